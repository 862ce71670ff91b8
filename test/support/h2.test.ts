import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2';
import { afterEach, describe, expect, it } from 'vitest';
import { Code, data, Flag, frame, goaway, headers, octets, ping, rst, settings, Type, windowUpdate } from './h2-frames.ts';
import { answer, HpackDecoder, huffmanBits, indexed, literal, packed, string, tableSize } from './h2-hpack.ts';
import { acknowledged, ended, fine, heard, type Script, type Step, serveH2 } from './h2-server.ts';
import { caPem, identity } from './tls.ts';

// The scripted server of HTTP/2 against the client of Node.js, which is not ours.

const sessions: ClientHttp2Session[] = [];
afterEach(() => {
  for (const session of sessions.splice(0)) session.destroy();
});

function session(url: string): ClientHttp2Session {
  const made = connect(url, { ca: caPem() });
  made.on('error', () => {});
  sessions.push(made);
  return made;
}

interface Got {
  readonly fields: IncomingHttpHeaders;
  readonly body: string;
  /** The error of the stream. */
  readonly failed: string;
}

/** One request and all that came of it. */
function ask(on: ClientHttp2Session, path = '/', body?: Buffer): Promise<Got> {
  return new Promise((resolve) => {
    const stream = on.request({ ':path': path, ':method': body === undefined ? 'GET' : 'POST', 'x-name': 'Größe & <{|}~^`"?!' });
    let fields: IncomingHttpHeaders = {};
    let text = '';
    let failed = '';
    stream.on('response', (given) => {
      fields = given;
    });
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString();
    });
    stream.on('error', (error) => {
      failed = error.message;
    });
    stream.on('close', () => resolve({ fields, body: text, failed }));
    stream.end(body);
  });
}

async function told(given: Script, then: (url: string) => Promise<Got> = (url) => ask(session(url), '/path?query')) {
  await using server = await serveH2({ scripts: given });
  const got = await then(server.url());
  return { got, request: server.requests[0], frames: server.connections[0]?.frames ?? [], faults: server.faults };
}

describe('the scripted server of HTTP/2', () => {
  it('answers, and has read the request', async () => {
    const { got, request, faults } = await told({});
    expect(got).toMatchObject({ fields: { ':status': 200, 'content-length': '2' }, body: 'ok', failed: '' });
    expect(Object.fromEntries(request?.fields ?? [])).toMatchObject({
      ':method': 'GET',
      ':path': '/path?query',
      ':scheme': 'http',
    });
    expect(request).toMatchObject({ connection: 1, stream: 1, complete: true });
    expect(faults).toEqual([]);
  });

  it('reads what a client remembers from one request to the next', async () => {
    await using server = await serveH2();
    const on = session(server.url());
    for (let i = 0; i < 3; i++) await ask(on, `/${i}`);
    expect(server.requests.map((request) => [request.stream, request.field(':path'), request.field(':scheme')])).toEqual([
      [1, '/0', 'http'],
      [3, '/1', 'http'],
      [5, '/2', 'http'],
    ]);
    expect(server.connections).toMatchObject([{ protocol: 'h2', requests: 3, open: true }]);
  });

  it('takes an upload that is larger than the windows', async () => {
    const body = Buffer.alloc(300_000, 'x');
    const { got, request } = await told({}, (url) => ask(session(url), '/', body));
    expect(got).toMatchObject({ body: 'ok' });
    expect(request?.body.equals(body)).toBe(true);
  });

  it('waits for frames, each once', async () => {
    const steps = (stream: number): Step[] => [
      ping('12345678'),
      acknowledged(Type.PING),
      settings([4, 1_000]),
      acknowledged(Type.SETTINGS),
      ...fine(stream),
    ];
    const { got, frames } = await told({ answer: steps });
    expect(got.body).toBe('ok');
    const acknowledgements = frames.filter((frame) => (frame.flags & Flag.ACK) !== 0 && frame.stream === 0);
    expect(acknowledgements.map(({ type, payload }) => [type, payload.toString()])).toEqual([
      [Type.SETTINGS, ''],
      [Type.PING, '12345678'],
      [Type.SETTINGS, ''],
    ]);
  });

  it('pads, cuts blocks and refuses', async () => {
    const padded = await told({
      answer: (n) => [headers(n, answer(200), { pad: 9 }), data(n, 'padded', { pad: 200, end: true })],
    });
    expect(padded.got).toMatchObject({ fields: { ':status': 200 }, body: 'padded', failed: '' });
    const refused = await told({ answer: (n) => [rst(n, Code.ENHANCE_YOUR_CALM)] });
    expect(refused.got.failed).toMatch(/NGHTTP2_ENHANCE_YOUR_CALM/);
    const last = await told({ answer: () => [goaway(0, Code.INTERNAL_ERROR), { end: 'close' }] });
    expect(last.got.failed).not.toBe('');
  });

  it('writes HPACK of every kind', async () => {
    const block = Buffer.concat([
      tableSize(0),
      tableSize(4_096),
      indexed(8),
      literal('x-plain', 'a'),
      literal('x-kept', 'b', true),
      indexed(62),
      literal(packed(huffmanBits('x-short')), packed(huffmanBits('Coded <{|}~^`"?!'))),
      literal(31, 'text/plain'),
    ]);
    const { got } = await told({ answer: (n) => [headers(n, block, { end: true })] });
    expect(got.fields).toMatchObject({
      ':status': 200,
      'x-plain': 'a',
      'x-kept': 'b, b',
      'x-short': 'Coded <{|}~^`"?!',
      'content-type': 'text/plain',
    });
  });

  it('does not acknowledge when it is deaf', async () => {
    const deaf: Script = { deaf: true, answer: (n) => [ended(n), heard(Type.WINDOW_UPDATE), ...fine(n)] };
    const { got, frames } = await told(deaf, (url) => {
      const on = session(url);
      const answered = ask(on);
      on.once('remoteSettings', () => on.setLocalWindowSize(1_000_000));
      return answered;
    });
    expect(got.body).toBe('ok');
    expect(frames.some((frame) => frame.type === Type.WINDOW_UPDATE)).toBe(true);
  });

  it('floods until the client goes, and notices it', async () => {
    const flood: Step[] = [headers(1, answer(200)), { forever: octets(frame(0xbb, 0, 0, Buffer.alloc(16_384))) }];
    await using server = await serveH2({ scripts: { answer: () => flood } });
    const on = session(server.url());
    const answered = ask(on);
    await server.whenRequests(1);
    await new Promise((flooded) => setImmediate(() => setImmediate(flooded)));
    on.destroy();
    expect((await answered).body).toBe('');
    await server.whenIdle();
    expect(server.connections).toMatchObject([{ open: false }]);
  });

  it('speaks TLS, and HTTP/1.1 to who offers nothing else', async () => {
    await using server = await serveH2({
      tls: identity(),
      scripts: { answer: (n) => [windowUpdate(0, 5), ...fine(n, 'secret')] },
    });
    expect(await ask(session(server.url()))).toMatchObject({ body: 'secret', failed: '' });
    const one = await fetchOverHttp1(server.port);
    expect(one).toMatch(/^HTTP\/1\.1 200 OK\r\n.*one$/s);
    expect(server.connections).toMatchObject([
      { protocol: 'h2', requests: 1 },
      { protocol: 'http/1.1', requests: 1 },
    ]);
  });

  it('says what it cannot read', async () => {
    await using server = await serveH2();
    const { connect: dial } = await import('node:net');
    await new Promise((resolve) => dial(server.port, '127.0.0.1').on('close', resolve).end('GET / HTTP/1.1\r\n\r\n').resume());
    expect(server.faults).toEqual([expect.stringMatching(/^not the preface of HTTP\/2: "GET/)]);
  });
});

async function fetchOverHttp1(port: number): Promise<string> {
  const { connect: dial } = await import('node:tls');
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = dial({ port, host: '127.0.0.1', ca: caPem(), ALPNProtocols: ['http/1.1'] });
    socket.on('error', reject).on('data', (bytes: Buffer) => {
      text += bytes.toString();
      if (!text.endsWith('one')) return;
      socket.destroy();
      resolve(text);
    });
    socket.write('GET / HTTP/1.1\r\n\r\n');
  });
}

describe('the HPACK of tests', () => {
  it('reads the examples of RFC 7541 C.4, Huffman and table', () => {
    const reader = new HpackDecoder();
    const read = (hex: string) => reader.read(Buffer.from(hex.replaceAll(' ', ''), 'hex')).map((field) => field.join('='));
    expect(read('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')).toEqual([
      ':method=GET',
      ':scheme=http',
      ':path=/',
      ':authority=www.example.com',
    ]);
    expect(read('8286 84be 5886 a8eb 1064 9cbf').slice(3)).toEqual([':authority=www.example.com', 'cache-control=no-cache']);
    expect(read('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf')).toEqual([
      ':method=GET',
      ':scheme=https',
      ':path=/index.html',
      ':authority=www.example.com',
      'custom-key=custom-value',
    ]);
  });

  it('codes as RFC 7541 C.4.1 does', () => {
    expect(packed(huffmanBits('www.example.com')).toString('hex')).toBe('f1e3c2e5f23a6ba0ab90f4ff');
    expect(string('abc').toString('hex')).toBe('03616263');
  });
});
