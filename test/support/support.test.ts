import { execFile } from 'node:child_process';
import { connect as connectTcp } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { ManualClock } from './clock.ts';
import { once, until, within } from './once.ts';
import { type Origin, type Served, serve } from './server.ts';
import { caPem, identity, trustingEnvironment } from './tls.ts';

/** Sends `text` over a connection of its own; everything that came back, and how it ended. */
function exchange(server: Served, text: string, until?: string): Promise<{ text: string; end: string }> {
  return within(
    new Promise((resolve) => {
      let got = '';
      const socket = connectTcp({ host: '127.0.0.1', port: server.port }, () => socket.write(text));
      socket.on('data', (d) => {
        got += d.toString('latin1');
        if (until !== undefined && got.includes(until)) socket.destroy();
      });
      let end = 'close';
      socket.on('error', (e: NodeJS.ErrnoException) => {
        end = e.code ?? 'error';
      });
      socket.on('close', () => resolve({ text: got, end }));
    }),
    'the exchange',
  );
}

const GET = 'GET /x?q=1 HTTP/1.1\r\nHost: h\r\n\r\n';

describe('the scripted server', () => {
  const cases: [string, Origin, string, { text: string | RegExp; end: string }][] = [
    [
      'answers',
      { routes: { '/x': { body: 'hello', end: 'close' } } },
      GET,
      { text: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello', end: 'close' },
    ],
    [
      'says 404 where nothing fits',
      {},
      GET.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'),
      { text: /^HTTP\/1.1 404 Not Found/, end: 'close' },
    ],
    [
      'frames chunks',
      {
        routes: {
          '*': { body: 'abcd', framing: 'chunked', chunks: [3], chunkExtension: ';e', trailers: [['X', 'y']], end: 'close' },
        },
      },
      GET,
      { text: /\r\n\r\n3;e\r\nabc\r\n1;e\r\nd\r\n0\r\nX: y\r\n\r\n$/, end: 'close' },
    ],
    [
      'gives HEAD no body',
      { routes: { '*': { body: 'abcd', end: 'close' } } },
      GET.replace('GET', 'HEAD'),
      { text: /Content-Length: 4\r\n\r\n$/, end: 'close' },
    ],
    [
      'sends raw bytes',
      { routes: { '*': { raw: ['ab', { pause: 2 }, 'cd'], end: 'close' } } },
      GET,
      { text: 'abcd', end: 'close' },
    ],
    ['closes before the head', { routes: { '*': { fault: 'close before head' } } }, GET, { text: '', end: 'close' }],
    ['resets before the head', { routes: { '*': { fault: 'reset before head' } } }, GET, { text: '', end: 'ECONNRESET' }],
    ['closes after n bytes', { routes: { '*': { fault: { close: 12 } } } }, GET, { text: 'HTTP/1.1 200', end: 'close' }],
    ['closes at once', { connect: { end: 'close' } }, '', { text: '', end: 'close' }],
    ['refuses at the first byte', { refuse: { write: 'no\n', end: 'close' } }, 'x', { text: 'no\n', end: 'close' }],
  ];
  for (const [name, origin, text, want] of cases) {
    it(name, async () => {
      await using server = await serve(origin);
      const got = await exchange(server, text);
      expect(got.end).toBe(want.end);
      expect(got.text).toEqual(typeof want.text === 'string' ? want.text : expect.stringMatching(want.text));
    });
  }

  it('stalls after n bytes until it is closed', async () => {
    const server = await serve({ routes: { '*': { fault: { stall: 8 } } } });
    const answer = exchange(server, GET);
    await server.whenRequests(1);
    expect(server.open).toBe(1);
    await server.close();
    expect((await answer).text).toBe('HTTP/1.1');
  });

  it('resets after n bytes', async () => {
    await using server = await serve({ routes: { '*': { fault: { reset: 8 } } } });
    expect((await exchange(server, GET)).end).toBe('ECONNRESET');
  });

  it('keeps the connection, counts, and logs raw bytes', async () => {
    const post = 'POST /p HTTP/1.1\r\nHost: h\r\nX-a: \xc3\xbc\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n';
    await using server = await serve({
      routes: { '/p': (r, nth) => ({ body: `${nth} ${r.body}` }), '/x': [{ body: 'one' }, { body: 'two', end: 'close' }] },
    });
    const got = await exchange(server, post + GET + GET);
    expect(got.text.match(/(1 abc|one|two)/g)).toEqual(['1 abc', 'one', 'two']);
    expect(server.connections.map((c) => c.requests)).toEqual([3]);
    expect(server.requests[0]).toMatchObject({ connection: 1, method: 'POST', target: '/p', chunked: true, short: false });
    expect(server.requests[0]?.raw.toString('latin1')).toBe(Buffer.from(post, 'utf8').toString('latin1'));
    expect(server.requests[1]?.header('HOST')).toBe('h');
    await server.whenIdle();
  });

  it('marks a body that ended early', async () => {
    await using server = await serve({ routes: { '*': { early: true, fault: 'stall before head' } } });
    const socket = connectTcp({ host: '127.0.0.1', port: server.port }, () =>
      socket.end('PUT / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc'),
    );
    await server.whenRequests(1);
    socket.destroy();
    await server.whenIdle();
  });

  it.each([false, true])('speaks TLS, and plain HTTP, too, where it should (%s)', async (plainToo) => {
    await using server = await serve({ tls: identity(), plainToo, routes: { '*': { body: 'safe', end: 'close' } } });
    const got = await within(
      new Promise<string>((resolve, reject) => {
        let text = '';
        const socket = connectTls({ host: '127.0.0.1', port: server.port, ca: caPem() }, () => socket.write(GET));
        socket.on('data', (d) => {
          text += d.toString();
        });
        socket.on('error', reject).on('close', () => resolve(text));
      }),
      'the TLS exchange',
    );
    expect(got).toMatch(/safe$/);
    expect(server.url('/a')).toBe(`https://127.0.0.1:${server.port}/a`);
    expect((await exchange(server, GET)).text.endsWith('safe')).toBe(plainToo);
    expect(server.connections.map(({ secure }) => secure)).toEqual(plainToo ? [true, false] : [true]);
  });

  it('is trusted by a child process with the test environment', async () => {
    await using server = await serve({ tls: identity(), routes: { '*': { body: 'safe', end: 'close' } } });
    const code = `fetch('${server.url('/')}').then((r) => r.text()).then(console.log, (e) => console.log(e.cause.code))`;
    const run = (env: NodeJS.ProcessEnv): Promise<string> =>
      new Promise((resolve, reject) => {
        execFile(process.execPath, ['-e', code], { env }, (error, out) => (error === null ? resolve(out.trim()) : reject(error)));
      });
    expect(await run(trustingEnvironment())).toBe('safe');
    expect(await run(process.env)).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE');
  });
});

describe('the manual clock', () => {
  it('runs what falls due in order, also what is set on the way, and nothing cancelled', () => {
    const clock = new ManualClock(1_000);
    const seen: string[] = [];
    clock.after(20, () => seen.push(`b${clock.now()}`));
    clock.after(10, () => {
      seen.push(`a${clock.now()}`);
      clock.after(5, () => seen.push(`c${clock.now()}`));
    });
    clock.after(12, () => seen.push('never')).cancel();
    clock.after(50, () => seen.push('late'), true);
    clock.advance(30);
    expect(seen).toEqual(['a10', 'c15', 'b20']);
    expect([clock.now(), clock.wall(), clock.running, clock.holding]).toEqual([30, 1_030, 1, 1]);
  });
});

describe('waiting', () => {
  it('fails by name', async () => {
    const silent = { connect: () => {}, disconnect: () => {} };
    await expect(once(silent, 'finished', 5)).rejects.toThrow('finished was not emitted within 5 ms');
    await expect(until(() => false, 'the impossible', 5)).rejects.toThrow('the impossible did not come true within 5 ms');
    await expect(within(new Promise(() => {}), 'nothing', 5)).rejects.toThrow('nothing did not happen within 5 ms');
  });

  it('hands over the arguments and lets go', async () => {
    const slots = new Set<(n: number) => unknown>();
    const signal = {
      connect: (s: (n: number) => unknown) => slots.add(s),
      disconnect: (s: (n: number) => unknown) => slots.delete(s),
    };
    const next = once(signal);
    for (const s of slots) s(7);
    expect(await next).toEqual([7]);
    expect(slots.size).toBe(0);
  });
});
