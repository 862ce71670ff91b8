import {
  type ClientHttp2Session,
  type ClientSessionOptions,
  connect,
  type IncomingHttpHeaders,
  type SecureClientSessionOptions,
} from 'node:http2';
import { connect as dialTcp } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type QNetworkReply, QNetworkRequest, QSslCertificate, QSslConfiguration } from '../../../src/index.ts';
import { createTestAuthority, createTestServer, type TestAnswer } from '../../../src/testing/index.ts';
import { ManualClock } from '../../support/clock.ts';
import {
  dataOf,
  type Frame,
  FrameReader,
  headers,
  octets,
  PREFACE,
  ping,
  Setting,
  settings,
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { block } from '../../support/h2-hpack.ts';
import { managers } from '../../support/managers.ts';
import { until, within } from '../../support/once.ts';
import { plain } from './plain.ts';

const manager = managers();
const authority = createTestAuthority();
/** What the last connection that failed said. */
let broken = '';
const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});

/** Connections of Node.js's own client. */
function dial(url: string, options: ClientSessionOptions & SecureClientSessionOptions = {}): ClientHttp2Session {
  const session = connect(url, { ca: authority.pem, ...options });
  session.on('error', (error: NodeJS.ErrnoException) => (broken = error.code ?? ''));
  sessions.push(session);
  return session;
}

interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
  /** '' = it ended as it should. */
  readonly failed: string;
}

function ask(session: ClientHttp2Session, fields: Record<string, string> = {}, body?: string): Promise<Told> {
  const told = new Promise<Told>((resolve) => {
    const stream = session.request({ ':path': '/x', ...fields }, { endStream: body === undefined });
    let headers: IncomingHttpHeaders & { ':status'?: number | undefined } = {};
    let trailers: IncomingHttpHeaders = {};
    let text = '';
    let failed = '';
    stream.on('response', (head) => (headers = head)).on('trailers', (tail) => (trailers = tail));
    stream.on('data', (piece: Buffer) => (text += piece.toString()));
    stream.on('error', (error) => (failed = error.message));
    stream.on('aborted', () => (failed = 'aborted'));
    stream.on('close', () => resolve({ status: headers[':status'] ?? 0, headers, body: text, trailers, failed }));
    if (body !== undefined) stream.end(body);
  });
  return within(told, 'the answer');
}

describe('a test server that speaks HTTP/2', () => {
  it('plays the same routes, in the clear', async () => {
    await using server = await createTestServer({
      http2: true,
      routes: {
        '/x': { headers: { 'X-A': 'b', Connection: 'keep-alive' }, body: 'hello' },
        'POST /x': ({ method, target, header, body }) => ({ status: 201, body: `${method} ${target} ${header('host')} ${body}` }),
        '/tail': { body: 'abc', chunks: [1], trailers: [['X-Sum', '3']] },
        '/empty': { status: 204 },
      },
    });
    const session = dial(server.url());
    const first = await ask(session);
    expect(first).toMatchObject({ status: 200, body: 'hello', headers: { 'x-a': 'b', 'content-length': '5' }, failed: '' });
    expect(first.headers).not.toHaveProperty('connection');
    const posted = await ask(session, { ':method': 'POST', ':path': '/x?y' }, 'body');
    expect(posted).toMatchObject({ status: 201, body: `POST /x?y 127.0.0.1:${server.port} body` });
    expect(await ask(session, { ':path': '/tail' })).toMatchObject({ body: 'abc', trailers: { 'x-sum': '3' } });
    expect(await ask(session, { ':path': '/empty' })).toMatchObject({ status: 204, body: '' });
    expect(await ask(session, { ':method': 'HEAD' })).toMatchObject({
      status: 200,
      body: '',
      headers: { 'content-length': '5' },
    });
    expect((await ask(session, { ':path': '/none' })).status).toBe(404);
    expect(server.requests.map(({ stream, line, version }) => [stream, line, version])).toEqual([
      [1, 'GET /x HTTP/2', 'HTTP/2'],
      [3, 'POST /x?y HTTP/2', 'HTTP/2'],
      [5, 'GET /tail HTTP/2', 'HTTP/2'],
      [7, 'GET /empty HTTP/2', 'HTTP/2'],
      [9, 'HEAD /x HTTP/2', 'HTTP/2'],
      [11, 'GET /none HTTP/2', 'HTTP/2'],
    ]);
    expect(server.connections).toMatchObject([{ requests: 6, secure: false }]);
  });

  it('speaks HTTP/1.1 to who wants that', async () => {
    await using server = await createTestServer({ http2: true, routes: { '/x': { body: 'hello' } } });
    expect((await plain(server.url('/x'))).text).toBe('hello');
    expect(server.requests[0]!.version).toBe('HTTP/1.1');
  });

  it('is chosen over TLS', async () => {
    await using server = await createTestServer({ http2: true, tls: authority.identity(), routes: { '/x': { body: 'hello' } } });
    const configuration = new QSslConfiguration();
    configuration.setCaCertificates(QSslCertificate.fromData(authority.pem));
    const request = new QNetworkRequest(server.url('/x'));
    request.setSslConfiguration(configuration);
    const reply = manager().get(request);
    expect(await reply.text()).toBe('hello');
    expect(reply.attribute(QNetworkRequest.Http2WasUsedAttribute)).toBe(true);
    expect(server.connections).toMatchObject([{ secure: true, requests: 1 }]);
  });

  it.each([10_000, 200_000])(
    'answers many requests beside each other, within the windows of the client (%i)',
    async (windowSize) => {
      const size = 300_000;
      await using server = await createTestServer({
        http2: true,
        routes: { '/x': ({ stream }) => ({ body: String(stream % 10).repeat(size) }) },
      });
      const session = dial(server.url(), { settings: { initialWindowSize: windowSize } });
      const told = await Promise.all(Array.from({ length: 5 }, () => ask(session)));
      expect(told.map(({ body }) => [body.length, body[0]])).toEqual(['1', '3', '5', '7', '9'].map((digit) => [size, digit]));
    },
  );

  it('sends an early answer and takes the rest', async () => {
    await using server = await createTestServer({ http2: true, routes: { '/x': { early: true, status: 413 } } });
    const session = dial(server.url());
    expect((await ask(session, { ':method': 'PUT' }, 'x'.repeat(100_000))).status).toBe(413);
    await until(() => server.requests[0]!.body.length === 100_000, 'the rest');
    expect((await ask(session)).status).toBe(413);
  });

  it('wants no more of a request that is not to be read', async () => {
    await using server = await createTestServer({ http2: true, routes: { '/x': { early: true, drain: false, status: 413 } } });
    const told = await ask(dial(server.url()), { ':method': 'PUT' }, 'x'.repeat(1_000_000));
    expect(told).toMatchObject({ status: 413 });
    expect(server.requests[0]).toMatchObject({ short: true });
  });

  it('ends the connection where an answer says so', async () => {
    await using server = await createTestServer({ http2: true, routes: { '/x': { body: 'last', end: 'close' } } });
    expect(await ask(dial(server.url()))).toMatchObject({ body: 'last', failed: '' });
    await server.whenIdle();
  });

  const streams: [fault: TestAnswer['fault'], status: number, body: string, failed: string][] = [
    ['refuse stream', 0, '', 'Stream closed with error code NGHTTP2_REFUSED_STREAM'],
    [{ resetStream: 0 }, 200, '', 'Stream closed with error code NGHTTP2_INTERNAL_ERROR'],
    [{ resetStream: 2 }, 200, 'he', 'Stream closed with error code NGHTTP2_INTERNAL_ERROR'],
    [{ resetStream: 6 }, 200, 'hello', ''],
  ];
  it.each(streams)('breaks a stream, and the connection goes on: %j', async (fault, status, body, failed) => {
    await using server = await createTestServer({ http2: true, routes: { '/x': [{ body: 'hello', fault: fault! }, {}] } });
    const session = dial(server.url());
    expect(await ask(session)).toMatchObject({ status, body, failed });
    expect((await ask(session)).status).toBe(200);
    server.verify();
  });

  const connections: [fault: TestAnswer['fault'], status: number, body: string, error: string][] = [
    [{ close: 2 }, 200, 'he', ''],
    [{ reset: 2 }, 200, 'he', 'ECONNRESET'],
    ['close before head', 0, '', ''],
    ['reset before head', 0, '', 'ECONNRESET'],
  ];
  it.each(connections)('breaks a connection: %j', async (fault, status, body, error) => {
    broken = '';
    await using server = await createTestServer({ http2: true, routes: { '/x': { body: 'hello', fault: fault! } } });
    expect(await ask(dial(server.url()))).toMatchObject({ status, body });
    await server.whenIdle();
    expect(broken).toBe(error);
    server.verify();
  });

  it('falls silent on one stream, and goes on with the others', async () => {
    await using server = await createTestServer({
      http2: true,
      routes: { '/x': [{ body: 'hello', fault: { stall: 2 } }, { fault: 'stall before head' }, { body: 'next' }] },
    });
    const session = dial(server.url());
    const ends: string[] = [];
    void ask(session).then(() => ends.push('stalled'));
    void ask(session).then(() => ends.push('silent'));
    expect((await ask(session)).body).toBe('next');
    expect(ends).toEqual([]);
  });

  it('goes away: what came before is answered, what came after goes elsewhere', async () => {
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await using server = await createTestServer({
      http2: true,
      routes: {
        '/slow': async () => {
          await gate;
          return { body: 'slow' };
        },
        '/x': [{ fault: 'goaway' }, { body: 'again' }],
      },
    });
    const client = manager();
    const get = (path: string): QNetworkReply => {
      const request = new QNetworkRequest(server.url(path));
      request.setAttribute(QNetworkRequest.Http2DirectAttribute, true);
      return client.get(request);
    };
    const slow = get('/slow');
    await server.whenRequests(1);
    const moved = get('/x');
    expect(await moved.text()).toBe('again');
    open();
    expect(await slow.text()).toBe('slow');
    expect(server.requests.map(({ connection, target }) => [connection, target])).toEqual([
      [1, '/slow'],
      [1, '/x'],
      [2, '/x'],
    ]);
    await until(() => !server.connections[0]!.open, 'the end of the first connection');
  });

  it('looks at nothing any more that comes after it has gone away', async () => {
    let open = (): void => {};
    const gate = new Promise<TestAnswer>((resolve) => {
      open = () => resolve({ body: 'slow' });
    });
    await using server = await createTestServer({ http2: true, routes: { '/slow': () => gate, '/x': { fault: 'goaway' } } });
    const head = (path: string): Buffer =>
      block([':method', 'GET'], [':scheme', 'http'], [':authority', 'a.test'], [':path', path]);
    const heard = new FrameReader();
    const frames: Frame[] = [];
    heard.read(Buffer.from(PREFACE));
    const socket = dialTcp(server.port, '127.0.0.1').on('data', (bytes: Buffer) => frames.push(...heard.read(bytes)));
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.write(Buffer.concat([Buffer.from(PREFACE), octets(settings()), octets(headers(1, head('/slow'), { end: true }))]));
    socket.write(octets(headers(3, head('/x'), { end: true })));
    await until(() => frames.some(({ type }) => type === Type.GOAWAY), 'the goodbye');
    socket.write(octets(headers(5, head('/slow'), { end: true })));
    socket.write(octets(ping()));
    await until(() => frames.some(({ type }) => type === Type.PING), 'the echo');
    open();
    await within(closed, 'the end');
    expect(server.requests.map(({ target }) => target)).toEqual(['/slow', '/x']);
    expect(frames.filter(({ type }) => type === Type.DATA).map((frame) => dataOf(frame).toString())).toEqual(['slow', '']);
    expect(frames.find(({ type }) => type === Type.GOAWAY)!.payload.readUInt32BE(0)).toBe(1);
  });

  it('keeps to the window of the connection', async () => {
    await using server = await createTestServer({ http2: true, routes: { '*': { body: Buffer.alloc(100_000) } } });
    const heard = new FrameReader();
    heard.read(Buffer.from(PREFACE));
    let got = 0;
    let echoed = false;
    const socket = dialTcp(server.port, '127.0.0.1').on('data', (bytes: Buffer) => {
      for (const frame of heard.read(bytes)) {
        if (frame.type === Type.DATA) got += frame.payload.length;
        if (frame.type === Type.PING) echoed = true;
      }
    });
    const head = block([':method', 'GET'], [':scheme', 'http'], [':authority', 'a.test'], [':path', '/']);
    socket.write(Buffer.concat([Buffer.from(PREFACE), octets(settings([Setting.INITIAL_WINDOW_SIZE, 200_000]))]));
    socket.write(octets(headers(1, head, { end: true })));
    await until(() => got >= 65_535, 'all that the window lets through');
    socket.write(octets(ping()));
    await until(() => echoed, 'the echo');
    expect(got).toBe(65_535);
    socket.write(octets(windowUpdate(0, 50_000)));
    await until(() => got === 100_000, 'the rest');
    socket.destroy();
  });

  it('reads fields that a client has shortened', async () => {
    await using server = await createTestServer({ http2: true, routes: { '*': {} } });
    const session = dial(server.url());
    const fields = { 'x-one': 'a~|\\', 'x-two': 'b'.repeat(300), 'x-three': '\u00fc' };
    for (let i = 0; i < 30; i++) await ask(session, { ...fields, 'x-new': String(i).repeat(100) });
    for (const [i, { header }] of server.requests.entries()) {
      expect([header('x-one'), header('X-Two')?.length, header('x-new')]).toEqual(['a~|\\', 300, String(i).repeat(100)]);
    }
  });

  it('reads as slowly as it is told', async () => {
    const clock = new ManualClock();
    await using server = await createTestServer({
      clock,
      http2: true,
      reads: 1_000,
      routes: { '/x': ({ body }) => ({ body: `${body.length}` }) },
    });
    const session = dial(server.url());
    // the narrow window is known
    await within(new Promise((resolve) => session.once('remoteSettings', resolve)), 'the settings');
    let over = false;
    const told = ask(session, { ':method': 'PUT' }, 'x'.repeat(3_000)).finally(() => {
      over = true;
    });
    await server.whenRequests(1);
    while (!over) {
      await until(() => over || clock.running > 0, 'the next portion');
      if (!over) clock.advance(1);
    }
    expect((await told).body).toBe('3000');
    expect(clock.now()).toBe(3_000);
  });

  it('tells of what cannot be said, and of clients that break the rules', async () => {
    await using server = await createTestServer({ http2: true, routes: { '/x': { raw: 'HTTP/1.1 200 OK\r\n\r\n' } } });
    expect((await ask(dial(server.url()))).failed).toBe('Stream closed with error code NGHTTP2_INTERNAL_ERROR');
    const socket = dialTcp(server.port, '127.0.0.1').resume();
    const closed = new Promise((resolve) => socket.on('close', resolve));
    const wrong = [0, 0, 0, 4, 0, 0, 0, 0, 1];
    socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from(wrong)]));
    await within(closed, 'the end');
    expect(() => server.verify()).toThrow(
      '- raw is about the bytes of HTTP/1, and GET /x HTTP/2 was asked\n- a client broke HTTP/2: a frame of type 4 on stream 1',
    );
  });
});
