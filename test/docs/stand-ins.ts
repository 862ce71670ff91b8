import { readFileSync } from 'node:fs';
import { startOrigin } from '../../examples/demo/origin.mjs';
import { certificate, startSecure } from '../../examples/servers/secure.mjs';
import { FtpServer } from '../support/ftp-server.ts';
import { httpProxy, socksProxy } from '../support/proxy-server.ts';
import { type Route, type Served, serve } from '../support/server.ts';
import { caFile, identity } from '../support/tls.ts';
import { localServer } from './local-server.ts';

/** What stands in for the servers and files that documents speak of. */
export interface StandIns {
  /** In a program: names of the documents become ours. */
  enter(code: string): string;
  /** In what it printed: ours become those of the documents. */
  leave(output: string): string;
  /** In which the programs run. */
  readonly environment: NodeJS.ProcessEnv;
  close(): Promise<void>;
}

const file = (name: string): string => new URL(`../support/certs/${name}.pem`, import.meta.url).pathname;

/** A server that knows who comes by a key (RFC 4279); suites that HTTP/2 does not allow. */
const KEYED = {
  ciphers: 'PSK',
  maxVersion: 'TLSv1.2',
  ALPNProtocols: ['http/1.1'],
  pskIdentityHint: 'kitchen',
  pskCallback: (_socket: unknown, name: string) => (name === 'lamp' ? Buffer.from('a long secret') : null),
} as const;

const ADA = `Basic ${Buffer.from('ada:secret').toString('base64')}`;
const TOKEN = 'Bearer token-1';

/** What somebody who says who it is may see. */
const guarded =
  (answer: string, challenge: string, body: string): Route =>
  (request) =>
    request.header('Authorization') === answer ? { body } : { status: 401, headers: { 'WWW-Authenticate': challenge } };

/** A server with one page, which the programs trust as they do the others. */
function secured(page: Route): Promise<Served> {
  const tls = { key: readFileSync(certificate('localhost-key')), cert: readFileSync(certificate('localhost')) };
  return serve({ tls, routes: { '*': page } });
}

const REFUSAL = { write: 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="Gate"\r\nContent-Length: 0\r\n\r\n' };

/** The proxies that documents speak of, by what is written in them. */
async function proxies(): Promise<{ readonly names: [theirs: string, ours: string][]; close(): Promise<unknown> }> {
  const open = await httpProxy();
  const closed = await httpProxy();
  await closed.close();
  const gateway = await socksProxy({ users: { ada: 'secret' } });
  const gate = await httpProxy({ answer: ({ authorization }) => (authorization === ADA ? undefined : REFUSAL) });
  const running = { proxy: [open, 3128], closed: [closed, 3128], guarded: [gate, 3128], gateway: [gateway, 1080] } as const;
  return {
    names: Object.entries(running).flatMap(([name, [{ port }, theirs]]): [string, string][] => [
      [`${name}.example.org:${theirs}`, `127.0.0.1:${port}`],
      [`'${name}.example.org', ${theirs}`, `'127.0.0.1', ${port}`],
    ]),
    close: () => Promise.all([open, gateway, gate].map((one) => one.close())),
  };
}

/** Starts all of them. */
export async function standIns(): Promise<StandIns> {
  const origin = await startOrigin();
  const secure = {
    'https://example.org': await startSecure({ requestCert: true, rejectUnauthorized: false }),
    'https://self-signed.example.org': await startSecure(identity('selfsigned')),
    'https://internal.example.org': await startSecure(identity('good')),
    'https://keyed.example.org': await startSecure(KEYED),
  };
  const members = await secured(guarded(ADA, 'Basic realm="Library"', 'Hello, ada.'));
  const api = await secured(guarded(TOKEN, 'Bearer scope="read"', 'Hello, token.'));
  const ways = await proxies();
  const local = await localServer();
  const files = new FtpServer({ files: { 'pub/readme.txt': 'Hello, reader.' } });
  await files.listen();
  const urls: (readonly [theirs: string, ours: string])[] = [
    ['http://example.org', origin.url],
    ['localhost:8080', `localhost:${local.port}`],
    ...Object.entries(secure).map(([theirs, { url }]) => [theirs, url] as const),
    ['//members.example.org', `//localhost:${members.port}`],
    ['@members.example.org', `@localhost:${members.port}`],
    ['//api.example.org', `//localhost:${api.port}`],
    ['//ftp.example.org', `//127.0.0.1:${files.port}`],
    ...ways.names,
  ];
  const paths: (readonly [theirs: string, ours: string])[] = [
    ["'self-signed.pem'", `'${file('selfsigned')}'`],
    ["'company.pem'", `'${caFile}'`],
    ["'ada.pem'", `'${certificate('ada')}'`],
    ["'ada-key.pem'", `'${certificate('ada-key')}'`],
    ["'undici'", "'undici-7'"],
    // in commands
    ['https://www.example.org', secure['https://example.org'].url],
    ['--port 8080', '--port 0'],
    ['it.pem', certificate('localhost')],
  ];
  return {
    enter: (code) => [...urls, ...paths].reduce((text, [theirs, ours]) => text.replaceAll(theirs, ours), code),
    leave: (output) => urls.reduce((text, [theirs, ours]) => text.replaceAll(ours, theirs), output),
    environment: { ...process.env, NODE_EXTRA_CA_CERTS: certificate('authority') },
    close: async () => {
      await Promise.all([origin, local, members, api, ways, files, ...Object.values(secure)].map((one) => one.close()));
    },
  };
}
