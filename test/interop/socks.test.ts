import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../support/once.ts';
import { trustTestAuthority } from '../support/tls.ts';
import { answering, ended, RIGHT, send, VERBS, WRONG } from './asked.ts';
import { Behind, type Manner, type Target } from './behind.ts';
import type { Daemon } from './daemon.ts';
import { needing, program } from './programs.ts';
import { Relay } from './relay.ts';
import { dante, microsocks } from './socks-servers.ts';

const TARGETS: readonly Target[] = ['http', 'https'];
const MANNERS: readonly Manner[] = ['kept', 'closed'];

const CASES = TARGETS.flatMap((target) =>
  MANNERS.flatMap((manner) => VERBS.map(([verb, answer]) => [target, manner, verb, answer] as const)),
);

const KINDS = [
  ['microsocks', 'microsocks', microsocks, ['socks5', 'socks5h']],
  ['danted', 'dante-server=danted', dante, ['socks4', 'socks5', 'socks5h']],
] as const;

const missing = (...names: string[]): boolean => names.some((name) => program(name) === null);

/** A server, and who counts the connections to it. */
class Counted implements AsyncDisposable {
  readonly server: Daemon;
  readonly relay: Relay;

  constructor(server: Daemon) {
    this.server = server;
    this.relay = new Relay(server.ports[0]!);
  }

  url(scheme: string, user = ''): string {
    return `${scheme}://${user}127.0.0.1:${this.relay.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.relay[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}

async function counted(server: Daemon): Promise<Counted> {
  const made = new Counted(server);
  await made.relay.listen();
  return made;
}

describe.each(KINDS)('%s', (command, packageName, start, schemes) => {
  describe.skipIf(missing(command, 'nginx'))(needing('with nginx behind it', packageName, 'nginx'), () => {
    let behind: Behind;
    let proxy: Counted;
    beforeAll(async () => {
      trustTestAuthority();
      behind = await new Behind().start();
      proxy = await counted(await start());
    });
    afterAll(async () => {
      await proxy[Symbol.asyncDispose]();
      await behind[Symbol.asyncDispose]();
    });

    describe.each(schemes)('%s', (scheme) => {
      it.each(CASES)('%s, connections %s, %s', async (target, manner, verb, answer) => {
        const { manager, questions } = answering(WRONG, proxy.url(scheme));
        await using _ = manager;
        const before = proxy.relay.count;
        const url = behind.url(target, manner);
        for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
        const connections = manner === 'kept' ? 1 : 3;
        expect(await behind.connections(3, url)).toBe(connections);
        expect(proxy.relay.count - before).toBe(connections);
        expect(questions).toEqual({ server: 0, proxy: 0 });
      });

      it('nobody listens at the target', async () => {
        const { manager } = answering(WRONG, proxy.url(scheme));
        await using _ = manager;
        // SOCKS4 has one word for all that goes wrong
        const error = scheme === 'socks4' ? 'UnknownNetworkError' : 'ConnectionRefusedError';
        expect(await ended(manager.get('http://127.0.0.1:1/'))).toEqual([error, '']);
      });
    });
  });
});

describe.skipIf(missing('microsocks', 'nginx'))(needing('microsocks with a password', 'microsocks', 'nginx'), () => {
  let behind: Behind;
  let proxy: Counted;
  beforeAll(async () => {
    trustTestAuthority();
    behind = await new Behind().start();
    proxy = await counted(await microsocks('alice', RIGHT));
  });
  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await behind[Symbol.asyncDispose]();
  });

  it.each(CASES)('%s, connections %s, %s: known, so nobody is asked', async (target, manner, verb, answer) => {
    const { manager, questions } = answering(WRONG, proxy.url('socks5h', `alice:${RIGHT}@`));
    await using _ = manager;
    const url = behind.url(target, manner);
    for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
    expect(await behind.connections(3, url)).toBe(manner === 'kept' ? 1 : 3);
    expect(questions).toEqual({ server: 0, proxy: 0 });
    for (const fields of behind.seen) expect(fields).not.toHaveProperty('proxy-authorization');
  });

  it.each(CASES)('%s, connections %s, %s: asked once, and right', async (target, manner, verb, answer) => {
    const { manager, questions } = answering(RIGHT, proxy.url('socks5h'));
    await using _ = manager;
    const url = behind.url(target, manner);
    for (let i = 0; i < 3; i++) expect(await ended(send(manager, verb, url))).toEqual(['NoError', answer]);
    expect(await behind.connections(3, url)).toBe(manner === 'kept' ? 1 : 3);
    expect(questions).toEqual({ server: 0, proxy: 1 });
  });

  it.each(CASES)('%s, connections %s, %s: wrong', async (target, manner, verb) => {
    const { manager, questions } = answering(WRONG, proxy.url('socks5h', 'alice:no@'));
    await using _ = manager;
    const before = proxy.relay.count;
    const seen = behind.seen.length;
    expect(await ended(send(manager, verb, behind.url(target, manner)))).toEqual(['ProxyAuthenticationRequiredError', '']);
    // what is known, and what was said when asked; the same once more is the end
    expect(questions).toEqual({ server: 0, proxy: 2 });
    expect(proxy.relay.count - before).toBe(2);
    expect(behind.seen.length).toBe(seen);
  });

  it.each([
    ['socks5', '127.0.0.1'],
    ['socks5h', 'localhost'],
  ])('is told an address or a name: %s', async (scheme, told) => {
    const { manager } = answering(RIGHT, proxy.url(scheme, `alice:${RIGHT}@`));
    await using _ = manager;
    const url = behind.url('http', 'kept', 'localhost');
    expect(await ended(manager.get(url))).toEqual(['NoError', 'GET 0']);
    await until(() => proxy.server.printed.includes(`connected to ${told}:${new URL(url).port}`), 'the word of microsocks');
  });
});
