import { createServer, type Http2Server, type Http2Session, type ServerHttp2Session, type Settings } from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { Nghttpd } from './nghttpd.ts';
import { needing, program } from './programs.ts';
import { noise, sha256, TEXT } from './site.ts';

const { Attribute } = QNetworkRequest;
const { NetworkError } = QNetworkReply;

/** As a field it takes more than one frame. */
const LONG = 'long'.repeat(10_000);

function direct(url: string, headers: Readonly<Record<string, string>> = {}): QNetworkRequest {
  const made = new QNetworkRequest(url);
  made.setAttribute(Attribute.Http2DirectAttribute, true);
  for (const [name, value] of Object.entries(headers)) made.setRawHeader(name, value);
  return made;
}

async function body(reply: QNetworkReply): Promise<Buffer> {
  await within(reply.whenFinished(), `the end of ${reply.url().toString()}`, 10_000);
  expect([NetworkError[reply.error()], reply.errorString()]).toEqual(['NoError', expect.anything()]);
  return reply.readAll();
}

/** Downloads and uploads at a time, of several sizes, each with fields of its own. */
async function exchange(manager: QNetworkAccessManager, base: string): Promise<void> {
  const sizes = [0, 1, 16_384, 16_385, 65_535, 65_536, 200_000];
  const ups = sizes.map((size) => manager.post(direct(`${base}/echo`, { 'X-Size': `${size}`, 'X-Same': 'same' }), noise(size)));
  const downs = sizes.map((size) => manager.get(direct(`${base}/text.txt?${size}`, { 'X-Size': `${size}`, 'X-Same': 'same' })));
  for (const [i, reply] of ups.entries()) expect(sha256(await body(reply))).toBe(sha256(noise(sizes[i]!)));
  for (const reply of downs) expect((await body(reply)).toString()).toBe(TEXT);
  expect(manager.connectionCount()).toBe(1);
}

describe.skipIf(program('nghttpd') === null)(needing('nghttpd', 'nghttp2-server=nghttpd'), () => {
  const rows: [what: string, ...options: string[]][] = [
    ['pads its frames', '--padding', '255'],
    ['has no table of header fields', '-c', '0', '--encoder-header-table-size', '0'],
    ['has a large table of header fields', '-c', '65536', '--encoder-header-table-size', '65536'],
    ['takes one stream at a time', '-m', '1'],
    ['takes three streams at a time', '-m', '3'],
    ['has small windows', '-w', '10', '-W', '16'],
    ['has large windows', '-w', '24', '-W', '26'],
    ['tells no lengths', '--no-content-length'],
    ['speaks no priorities', '--no-rfc7540-pri'],
  ];
  it.each(rows)('%s', async (_, ...options) => {
    await using server = new Nghttpd();
    server.put('text.txt', TEXT);
    await server.start(null, ...options);
    await using manager = new QNetworkAccessManager();
    await exchange(manager, `http://127.0.0.1:${server.port}`);
  });

  it('answers before it has read, and what is left of an upload is not sent', async () => {
    await using server = await new Nghttpd().start(null, '--early-response');
    await using manager = new QNetworkAccessManager();
    const reply = manager.sendCustomRequest(direct(`http://127.0.0.1:${server.port}/missing`), 'PATCH', noise(2_000_000));
    await within(reply.whenFinished(), 'the answer');
    expect([reply.status(), NetworkError[reply.error()]]).toEqual([404, 'ContentNotFoundError']);
    expect(reply.readAll().toString()).toContain('404');
  });
});

describe('node:http2', () => {
  let server: Http2Server;
  let manager: QNetworkAccessManager;
  let sessions: ServerHttp2Session[];
  let sockets: Set<Socket>;
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function listen(settings: Settings): Promise<void> {
    server = createServer({ settings }, (request, response) => {
      if (request.url === '/echo') request.pipe(response);
      else if (request.url.startsWith('/text.txt')) response.end(TEXT);
      else if (request.url === '/fields') response.end(JSON.stringify(request.headers));
      else if (request.url === '/long') response.writeHead(200, { 'x-long': LONG }).end('long');
      else response.writeHead(404).end();
    });
    server.on('session', (session) => void sessions.push(session));
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }

  beforeEach(() => {
    manager = new QNetworkAccessManager();
    [sessions, sockets] = [[], new Set()];
  });
  afterEach(async () => {
    await manager.close();
    const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  });

  const rows: [what: string, settings: Settings][] = [
    ['tiny windows', { initialWindowSize: 100 }],
    ['the largest windows', { initialWindowSize: 2 ** 31 - 1 }],
    ['the largest frames', { maxFrameSize: 2 ** 24 - 1 }],
    ['no table of header fields', { headerTableSize: 0 }],
    ['a large table of header fields', { headerTableSize: 65_536 }],
    ['two streams at a time', { maxConcurrentStreams: 2 }],
    ['no wish to be pushed at', { enablePush: false }],
  ];
  it.each(rows)('with %s', async (_, settings) => {
    await listen(settings);
    await exchange(manager, base());
  });

  it('that changes its settings all the time', async () => {
    await listen({});
    const steps: Settings[] = [
      { initialWindowSize: 20, maxConcurrentStreams: 1 },
      { initialWindowSize: 1_000_000, headerTableSize: 0 },
      { initialWindowSize: 16_384, maxFrameSize: 65_536, maxConcurrentStreams: 5 },
      { initialWindowSize: 50_000, headerTableSize: 4096, maxFrameSize: 16_384 },
    ];
    let step = 0;
    server.on('stream', ({ session }) => void (session as Http2Session).settings(steps[step++ % steps.length]!));
    for (let i = 0; i < 3; i++) await exchange(manager, base());
    expect(step).toBe(42);
    expect(sessions.length).toBe(1);
  });

  it('and heads that need several frames, both ways', async () => {
    await listen({});
    const long = manager.get(direct(`${base()}/long`));
    expect((await body(long)).toString()).toBe('long');
    expect(long.rawHeader('x-long').toString() === LONG).toBe(true);

    const mine = { 'X-Accent': 'café', Cookie: 'a=1; b=2; c=3', TE: 'trailers' };
    const reply = manager.get(direct(`${base()}/fields`, { ...mine, 'X-Long': LONG }));
    const seen = JSON.parse((await body(reply)).toString());
    // text is UTF-8, which node:http2 shows octet by octet
    const accent = Buffer.from('café').toString('latin1');
    expect([seen['x-accent'], seen.cookie, seen.te, seen['x-long'] === LONG]).toEqual([accent, mine.Cookie, mine.TE, true]);
    expect(Object.keys(seen).filter((name) => /^(connection|host|keep-alive|transfer-encoding)$/.test(name))).toEqual([]);
    expect(seen[':authority']).toBe(base().slice(7));
  });

  it('and as many different fields as forget the old ones', async () => {
    await listen({ headerTableSize: 512 });
    for (let round = 0; round < 5; round++) {
      const fields = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`x-${round}-${i % 7}-${i}`, `${'v'.repeat(i)}${round}`]),
      );
      const seen = JSON.parse((await body(manager.get(direct(`${base()}/fields`, fields)))).toString());
      expect(seen).toMatchObject(fields);
    }
    expect(sessions.length).toBe(1);
  });
});
