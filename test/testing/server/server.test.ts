import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTestServer } from '../../../src/testing/index.ts';
import { ManualClock } from '../../support/clock.ts';
import { until, within } from '../../support/once.ts';
import { plain } from './plain.ts';

describe('a test server', () => {
  it('answers by the most special route, and lists in order', async () => {
    await using server = await createTestServer({
      routes: { 'POST /a': { body: 'posted' }, '/a': [{ body: 'one' }, { status: 201, body: 'two' }], '*': { body: 'any' } },
    });
    expect((await plain(server.url('/a?q'), { method: 'POST' })).text).toBe('posted');
    expect((await plain(server.url('/a'))).text).toBe('one');
    expect(await plain(server.url('/a'))).toMatchObject({ status: 201, text: 'two', failed: '' });
    expect((await plain(server.url('/a'))).text).toBe('two');
    expect((await plain(server.url('/toString'))).text).toBe('any');
    expect(server.requests.map(({ line }) => line)).toEqual([
      'POST /a?q HTTP/1.1',
      'GET /a HTTP/1.1',
      'GET /a HTTP/1.1',
      'GET /a HTTP/1.1',
      'GET /toString HTTP/1.1',
    ]);
    server.verify();
  });

  it('asks a function, and waits for what it promises', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await using server = await createTestServer({
      routes: {
        '/x': async ({ body }, nth) => {
          await gate;
          return { body: `${nth} ${body}` };
        },
      },
    });
    const answer = plain(server.url('/x'), { method: 'PUT', body: 'hello' });
    await server.whenRequests(1);
    open();
    expect((await answer).text).toBe('1 hello');
  });

  it('tells of requests that no route fits', async () => {
    await using server = await createTestServer({ routes: { '/a': {}, 'POST /b': {} } });
    expect(server.verify()).toBeUndefined();
    expect(await plain(server.url('/b?x=1'))).toMatchObject({
      status: 404,
      text: 'no route fits GET /b?x=1; there are routes for /a, POST /b\n',
    });
    await plain(server.url('/a'));
    expect(server.unexpected.map(({ target }) => target)).toEqual(['/b?x=1']);
    expect(() => server.verify()).toThrow(
      "Not everything went as the test's origin has it:\n- no route fits GET /b?x=1\n- there are routes for /a, POST /b",
    );
  });

  const failing: [what: string, route: () => never, told: string][] = [
    [
      'throws',
      () => {
        throw new Error('no luck');
      },
      'the route "/x" failed at its request number 1: Error: no luck',
    ],
    [
      'gives what is no answer',
      () => ({ stauts: 200 }) as never,
      'the route "/x" failed at its request number 1: TypeError: routes["/x"](…) has an unknown key "stauts"; there are delay, raw,',
    ],
    ['gives what comes too late', () => ({ early: true }) as never, 'routes["/x"](…).early comes too late'],
  ];
  it.each(failing)('tells of a route that %s', async (_what, route, told) => {
    await using server = await createTestServer({ routes: { '/x': route } });
    const { status, text } = await plain(server.url('/x'));
    expect(status).toBe(500);
    expect(text).toContain(told);
    expect(() => server.verify()).toThrow(told);
  });

  it('tells of a decision about connections that throws', async () => {
    const connect = (): never => {
      throw new Error('no luck');
    };
    await using server = await createTestServer({ connect });
    expect((await plain(server.url())).failed).toBe('ECONNRESET');
    expect(() => server.verify()).toThrow('connect failed at connection number 1: Error: no luck');
  });

  it('tells of faults that are not of its protocol', async () => {
    await using server = await createTestServer({ routes: { '*': [{ fault: 'goaway' }, { fault: { resetStream: 1 } }] } });
    expect((await plain(server.url())).failed).toBe('ECONNRESET');
    expect((await plain(server.url())).failed).toBe('ECONNRESET');
    expect(() => server.verify()).toThrow(/- the fault "goaway" is one of HTTP\/2.*\n- the fault "resetStream"/);
  });

  it('tells which requests there were when one is waited for in vain', async () => {
    await using server = await createTestServer({ routes: { '*': {} } });
    await plain(server.url('/a'));
    await expect(server.whenRequests(2, 5)).rejects.toThrow(
      'request number 2 did not come true within 5 ms; there were GET /a HTTP/1.1',
    );
  });

  it('sends what a generator makes in chunks', async () => {
    const body = function* () {
      yield Buffer.from('ab');
      yield Buffer.from('cd');
    };
    await using server = await createTestServer({ routes: { '*': { body: body() } } });
    expect(await plain(server.url())).toMatchObject({ text: 'abcd', headers: { 'transfer-encoding': 'chunked' }, failed: '' });
  });

  it('takes its time from the clock it is given', async () => {
    const clock = new ManualClock();
    await using server = await createTestServer({ clock, routes: { '*': { delay: 30_000, body: 'late' } } });
    const answer = plain(server.url());
    await until(() => clock.running === 1, 'the delay');
    clock.advance(29_999);
    expect(clock.running).toBe(1);
    clock.advance(1);
    expect((await answer).text).toBe('late');
  });
});

describe('a server that reads slowly', () => {
  /** Milliseconds that the body of this size took. */
  async function taken(reads: { origin?: number; answer?: number }, size: number): Promise<number> {
    const clock = new ManualClock();
    const { origin, answer } = reads;
    await using server = await createTestServer({
      clock,
      ...(origin === undefined ? {} : { reads: origin }),
      routes: { '*': answer === undefined ? (request) => ({ body: `${request.body.length}` }) : { reads: answer, body: 'ok' } },
    });
    let over = false;
    const answered = plain(server.url(), { method: 'PUT', body: 'x'.repeat(size) }).then(({ text }) => {
      over = true;
      return text;
    });
    await server.whenRequests(1);
    while (!over) {
      await until(() => over || clock.running > 0, 'the next portion');
      if (!over) clock.advance(1);
    }
    expect(await answered).toBe(answer === undefined ? `${size}` : 'ok');
    return clock.now();
  }

  it('takes so many bytes a second', async () => {
    expect(await taken({ origin: 1_000 }, 500)).toBe(500);
    expect(await taken({ answer: 100 }, 50)).toBe(500);
    expect(await taken({ origin: 10, answer: 1_000 }, 500)).toBe(500);
  });

  it.each([0, 1_000])('lets the client wait (%i)', async (reads) => {
    const size = 32 * 1024 * 1024;
    await using server = await createTestServer({ reads, routes: { '/next': { body: 'ok' } } });
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(`PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: ${size}\r\n\r\n`);
    for (let i = 0; i < 32; i++) socket.write(Buffer.alloc(size / 32));
    await server.whenRequests(1);
    // as long as another one is served
    for (let i = 0; i < 150; i++) await plain(server.url('/next'));
    expect(socket.writableLength).toBeGreaterThan(size / 2);
    expect(server.requests[0]!.body.length).toBe(0);
    await within(server.close(), 'the end');
  });

  it('reads nothing at all with 0', async () => {
    await using server = await createTestServer({ reads: 0, routes: { '/next': { body: 'ok' } } });
    const left = plain(server.url(), { method: 'PUT', body: 'hello' });
    await server.whenRequests(1);
    for (let i = 0; i < 5; i++) await plain(server.url('/next'));
    await server.close();
    expect((await left).failed).toBe('ECONNRESET');
    expect(server.requests[0]).toMatchObject({ short: true });
    expect(server.requests[0]!.body.length).toBe(0);
  });
});
