import { fileURLToPath } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { mint } from '../../support/mint.ts';
import { SERVER, SERVER6, type Side, TwoLinks } from '../namespaces.ts';
import { Talk } from './talk.ts';

/** What the server has counted of a request. */
export interface Counted {
  /** How often it came, and how often its body was complete in either direction. */
  readonly seen: number;
  readonly whole: number;
  readonly peers: readonly string[];
  readonly ranges: readonly string[];
  /** Of downloads. */
  readonly statuses: readonly number[];
}

/** Two links, the server at their other end, and whoever asks at this end. */
export interface Scene {
  readonly links: TwoLinks;
  readonly server: Talk;
  readonly client: Talk;
  readonly port: number;
}

const MODULES = {
  server: new URL('./server.mjs', import.meta.url),
  client: new URL('./client.mjs', import.meta.url),
  probe: new URL('./probe.mjs', import.meta.url),
};

export async function scene(who: 'client' | 'probe'): Promise<Scene> {
  const links = new TwoLinks();
  onTestFinished(() => links[Symbol.asyncDispose]());
  const authority = mint({ name: 'authority of the links', authority: true });
  const certificate = mint({ name: 'server', by: authority, for: [`IP:${SERVER}`] });
  const start = (side: Side, name: keyof typeof MODULES, env: NodeJS.ProcessEnv): Talk =>
    new Talk(`the ${name}`, links.node(side, fileURLToPath(MODULES[name]), env));
  const server = start('server', 'server', { KEY: certificate.keyPem, CERT: certificate.pem });
  const { plain, secure } = await server.hear('listening');
  const urls = {
    PLAIN: `http://${SERVER}:${plain}`,
    PLAIN6: `http://[${SERVER6}]:${plain}`,
    SECURE: `https://${SERVER}:${secure}`,
  };
  const client = start('client', who, { ...urls, AUTHORITY: authority.pem });
  await client.hear('ready');
  return { links, server, client, port: plain as number };
}

/** What the server has counted so far. */
export async function counted(server: Talk): Promise<Readonly<Record<string, Counted>>> {
  return (await server.ask('report'))['requests'] as Record<string, Counted>;
}

/** The process has nothing more to do; all that it had is still there. */
export async function endsByItself({ client }: Scene): Promise<void> {
  const left = performance.now();
  client.leave();
  expect(await client.ended).toBe(0);
  expect(client.trouble).toBe('');
  expect(performance.now() - left).toBeLessThan(2_000);
}

/** Nobody has a socket that the manager does not know of. Fails when the server still has others after a while. */
export async function nobodyLeaks({ client, server }: Scene): Promise<void> {
  const { connections, sockets } = await client.ask('look');
  expect(sockets).toBe(connections);
  const end = performance.now() + 20_000;
  let open: unknown;
  do open = (await server.ask('report'))['sockets'];
  while (open !== connections && performance.now() < end);
  expect(open).toBe(connections);
}
