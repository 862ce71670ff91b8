import { describe, expect, it } from 'vitest';
import type { Binding } from '../../../src/contract/access.ts';
import { failure } from '../../../src/contract/failure.ts';
import { Engine } from '../../../src/engine/assembly.ts';
import { NetworkError, QNetworkRequest } from '../../../src/index.ts';
import { ask, run } from '../../engine/rig.ts';
import { ManualClock } from '../../support/clock.ts';
import { FtpServer, type FtpSession } from '../../support/ftp-server.ts';
import { managers } from '../../support/managers.ts';
import { once, until } from '../../support/once.ts';
import { ended, FINE, got, put, request } from './support.ts';

const manager = managers();

async function serving(setup: ConstructorParameters<typeof FtpServer>[0] = {}): Promise<FtpServer> {
  const server = new FtpServer({ files: { abc: 'content', '/abc': 'root' }, ...setup });
  await server.listen();
  return server;
}

/** A server that lets its files wait until they are let go. */
async function holding(): Promise<{ server: FtpServer; held: (() => void)[] }> {
  const held: (() => void)[] = [];
  const server = await serving({
    scripts: { RETR: (s: FtpSession) => void held.push(() => s.send(Buffer.from('content'))) },
  });
  return { server, held };
}

describe('control connections', () => {
  it('are used again, also behind an upload and a listing', async () => {
    await using server = await serving();
    const one = manager();
    await got(one, server.url('/abc'));
    await got(one, server.url('/'));
    await put(one, server.url('/new'), 'x');
    await got(one, server.url('//abc'));
    expect([server.count('USER'), server.count('TYPE'), server.count('FEAT')]).toEqual([1, 1, 1]);
  });

  it('are six at most, and each has one transfer at a time', async () => {
    const { server, held } = await holding();
    await using _ = server;
    const one = manager();
    const replies = Array.from({ length: 8 }, () => one.get(request(server.url('/abc'))));
    await until(() => held.length === 6, 'six transfers');
    for (let i = 0; i < 20; i++) await new Promise((next) => setImmediate(next));
    expect([held.length, server.count('USER')]).toEqual([6, 6]);
    for (const go of held) go();
    await until(() => held.length === 8, 'the other two');
    for (const go of held.slice(6)) go();
    for (const reply of replies) expect((await ended(reply)).readAll().toString()).toBe('content');
    expect(server.count('USER')).toBe(6);
  });

  it('go to the urgent first', async () => {
    const { server, held } = await holding();
    await using _ = server;
    const one = manager();
    const order: string[] = [];
    const start = (name: string, priority: 1 | 3 | 5): void => {
      const asked = request(server.url(`/${name}`));
      asked.setPriority(priority);
      asked.setAttribute(QNetworkRequest.User, name);
      const reply = one.get(asked);
      reply.finished.connect(() => order.push(name));
    };
    for (let i = 0; i < 6; i++) start(`first${i}`, QNetworkRequest.NormalPriority);
    await until(() => held.length === 6, 'six transfers');
    start('low', QNetworkRequest.LowPriority);
    start('high', QNetworkRequest.HighPriority);
    held[0]!();
    await until(() => held.length === 7, 'the seventh');
    for (const go of held.slice(1)) go();
    await until(() => held.length === 8, 'the eighth');
    held[7]!();
    await until(() => order.length === 8, 'all');
    expect(server.requests.filter((line) => line.startsWith('RETR')).slice(6)).toEqual(['RETR high', 'RETR low']);
  });

  it('are content with as many as the server allows', async () => {
    const { server, held } = await holding();
    await using _ = server;
    let logins = 0;
    Object.assign(server.setup, {
      scripts: { ...server.setup.scripts, PASS: (s: FtpSession) => (++logins > 2 ? s.say('421 too many') : false) },
    });
    const one = manager();
    const replies = Array.from({ length: 5 }, () => one.get(request(server.url('/abc'))));
    for (let n = 1; n <= 5; n++) {
      await until(() => held.length >= n, `transfer ${n}`);
      held[n - 1]!();
    }
    for (const reply of replies) expect((await ended(reply)).errorString()).toBe(FINE);
  });

  it('are content with as many as have been let in, when more are refused as a wrong password is', async () => {
    let logins = 0;
    await using server = await serving({ scripts: { PASS: (s) => (++logins > 1 ? s.say('530 too many of you') : false) } });
    const one = manager();
    await got(one, server.url('/abc'));
    const replies = await Promise.all(Array.from({ length: 8 }, () => got(one, server.url('/abc'))));
    expect(replies.map((reply) => reply.readAll().toString())).toEqual(replies.map(() => 'content'));
    expect(logins).toBeGreaterThan(1);
  });

  it.each([
    ['closed', (s: FtpSession) => void s.socket.end()],
    ['closed with a word', (s: FtpSession) => void s.socket.end('421 idle too long\r\n')],
  ])('that were %s while idle are replaced', async (_what, close) => {
    await using server = await serving();
    const one = manager();
    await got(one, server.url('/abc'));
    close(server.sessions[0]!);
    await server.whenIdle();
    expect((await got(one, server.url('/abc'))).readAll().toString()).toBe('content');
  });

  it.each([
    ['without a word', (s: FtpSession) => s.socket.destroy()],
    ['with 421', (s: FtpSession) => s.socket.end('421 good bye\r\n')],
  ])('that close %s when they are used are replaced once', async (_what, close) => {
    let closing = 0;
    await using server = await serving({
      scripts: {
        SIZE: (s) => {
          if (s !== server.sessions[0] || server.count('SIZE') === 1) return false;
          closing++;
          return close(s);
        },
      },
    });
    const one = manager();
    await got(one, server.url('/abc'));
    expect((await got(one, server.url('/abc'))).readAll().toString()).toBe('content');
    expect([closing, server.count('USER')]).toEqual([1, 2]);
  });

  it('that always close are not replaced for ever', async () => {
    await using server = await serving({ scripts: { SIZE: (s) => s.socket.destroy() } });
    expect((await got(manager(), server.url('/abc'))).error()).toBe(NetworkError.RemoteHostClosedError);
    expect(server.count('USER')).toBeLessThanOrEqual(4);
  });

  it('are not shared between partitions', async () => {
    await using server = await serving();
    const one = manager();
    await got(one, server.url('/abc'));
    await ended(one.get(request(server.url('/abc')), { partition: 'other' }));
    expect(server.count('USER')).toBe(2);
  });

  it('close when nobody uses them and the caches are cleared', async () => {
    await using server = await serving();
    const one = manager();
    await got(one, server.url('/abc'));
    await until(() => server.open === 1, 'the end of the data connection');
    one.clearConnectionCache();
    await server.whenIdle();
    await got(one, server.url('/abc'));
    one.clearAccessCache();
    await server.whenIdle();
  });

  it('close with all transfers on them', async () => {
    const { server, held } = await holding();
    await using _ = server;
    const one = manager();
    const replies = Array.from({ length: 8 }, () => one.get(request(server.url('/abc'))));
    await until(() => held.length === 6, 'six transfers');
    one.clearConnectionCache();
    for (const reply of replies) expect((await ended(reply)).error()).toBe(NetworkError.OperationCanceledError);
    await server.whenIdle();
  });

  it('close when the time they may idle is none', async () => {
    await using server = await serving();
    const asked = request(server.url('/abc'));
    asked.setAttribute(QNetworkRequest.ConnectionCacheExpiryTimeoutSecondsAttribute, 0);
    await ended(manager().get(asked));
    await server.whenIdle();
  });
});

describe('where data comes from', () => {
  it('is asked by PASV where EPSV is not known, and remembered', async () => {
    await using server = await serving({ scripts: { EPSV: (s) => s.say('500 what?') } });
    const one = manager();
    for (let i = 0; i < 2; i++) expect((await got(one, server.url('/abc'))).readAll().toString()).toBe('content');
    // the address in its answers leads nowhere, and is not looked at
    expect([server.count('EPSV'), server.count('PASV')]).toEqual([1, 2]);
  });
});

describe('abort', () => {
  const moments = ['USER', 'PASS', 'FEAT', 'TYPE', 'SIZE', 'EPSV', 'RETR'];
  it.each(moments)('at %s', async (command) => {
    let reach: () => void = () => {};
    const reached = new Promise<void>((resolve) => (reach = resolve));
    await using server = await serving({ scripts: { [command]: () => reach() } });
    const reply = manager().get(request(server.url('/abc')));
    await reached;
    reply.abort();
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    await server.whenIdle();
  });

  it('in the middle of the data, and of every signal', async () => {
    await using server = await serving();
    for (const name of ['socketStartedConnecting', 'requestSent', 'metaDataChanged', 'readyRead'] as const) {
      const reply = manager().get(request(server.url('/abc')));
      (reply[name] as typeof reply.readyRead).connect(() => reply.abort());
      expect((await ended(reply)).error()).toBe(NetworkError.OperationCanceledError);
      await server.whenIdle();
    }
  });

  it('of an upload', async () => {
    await using server = await serving();
    const reply = manager().put(request(server.url('/new')), Buffer.alloc(10_000_000));
    await once(reply.uploadProgress);
    reply.abort();
    await server.whenIdle();
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
  });
});

describe('limits of time', () => {
  const halfway = (session: FtpSession): void => {
    session.say('150 go');
    session.withData((data) => data.write('cont'));
  };
  it.each([
    ['connect', { greeting: '120 wait' }, { connect: 60 }],
    ['firstByte', { scripts: { RETR: () => {} } }, { firstByte: 60 }],
    ['transfer', { scripts: { EPSV: () => {} } }, { transfer: 60 }],
    ['idle', { scripts: { RETR: halfway } }, { idle: 60 }],
  ] as const)('%s', async (name, setup, timeouts) => {
    await using server = await serving(setup);
    const reply = await ended(manager().get(request(server.url('/abc')), { timeout: timeouts } as never));
    expect([reply.error(), reply.failure()?.limit?.name]).toEqual([NetworkError.TimeoutError, name]);
    await server.whenIdle();
  });
});

describe('an engine', () => {
  const binding: Binding = { key: 'eth7', v4: '127.0.0.1', v6: '' };
  const bound = { access: { passage: () => binding, watch: () => () => {}, gone: () => false } };

  it('closes a connection that was idle for a minute, and leaves no timer behind', async () => {
    await using server = await serving();
    const clock = new ManualClock();
    const engine = new Engine({ clock });
    expect((await run(engine, ask(server.url('/abc')))).text).toBe('content');
    expect([engine.connections, clock.holding]).toEqual([1, 0]);
    clock.advance(59_999);
    expect(engine.connections).toBe(1);
    clock.advance(1);
    expect([engine.connections, clock.running]).toEqual([0, 0]);
    await server.whenIdle();
  });

  it('waits a little for the words of a server whose data connection broke', async () => {
    await using server = await serving({
      scripts: {
        RETR: (s) => {
          s.say('150 go');
          s.withData((data) => data.end('con'));
        },
      },
    });
    const clock = new ManualClock();
    const outcome = run(new Engine({ clock }), ask(server.url('/abc')));
    await until(() => clock.holding === 1, 'the wait');
    clock.advance(5_000);
    expect((await outcome).failure).toMatchObject({ kind: 'closed', message: expect.stringContaining('data connection') });
    expect(clock.holding).toBe(0);
  });

  it('leaves addresses that are ours no more', async () => {
    const { server, held } = await holding();
    await using _ = server;
    const engine = new Engine();
    const running = run(engine, ask(server.url('/abc'), bound));
    const free = run(engine, ask(server.url('/abc')));
    await until(() => held.length === 2, 'two transfers');
    engine.leave('eth7', failure('roamed', 'receive', 'gone'));
    // nothing of it had begun, so it begins anew
    await until(() => held.length === 3, 'the third');
    expect([server.count('USER'), engine.connections]).toEqual([3, 2]);
    for (const go of held.slice(1)) go();
    expect([(await running).text, (await free).text]).toEqual(['content', 'content']);
  });
});
