import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { once } from '../../support/once.ts';
import { type Answer, type Served, serve } from '../../support/server.ts';
import { finished, fresh } from '../bridge/support.ts';

const { Attribute } = QNetworkRequest;
const MiB = 1 << 20;

/** Node 20 has none. */
const zstdSync = (zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array) => Buffer }).zstdCompressSync;

const TEXT = 'The quick brown fox jumps over the lazy dog. '.repeat(8);
const gzip = (body: string | Uint8Array) => zlib.gzipSync(body);

/** [what, Content-Encoding fields, the body as it comes] */
const CODED: [what: string, fields: string[], body: Buffer][] = [
  ['gzip', ['gzip'], gzip(TEXT)],
  ['x-gzip', ['x-gzip'], gzip(TEXT)],
  ['upper case', ['GZIP'], gzip(TEXT)],
  ['deflate', ['deflate'], zlib.deflateSync(TEXT)],
  ['deflate without its wrapper', ['deflate'], zlib.deflateRawSync(TEXT)],
  ['br', ['br'], zlib.brotliCompressSync(TEXT)],
  ['two in one field', ['gzip, gzip'], gzip(gzip(TEXT))],
  ['two in two fields', ['deflate', 'br'], zlib.brotliCompressSync(zlib.deflateSync(TEXT))],
  ['identity in the list', ['identity, gzip, identity'], gzip(TEXT)],
  ['gzip of two members', ['gzip'], Buffer.concat([gzip(TEXT.slice(0, 100)), gzip(TEXT.slice(100))])],
  ['gzip and zeros behind it', ['gzip'], Buffer.concat([gzip(TEXT), Buffer.alloc(100)])],
];
if (zstdSync !== undefined) CODED.push(['zstd', ['zstd'], zstdSync(Buffer.from(TEXT))]);

const coded = (fields: string[], body: Buffer, more: Partial<Answer> = {}): Answer => ({
  headers: fields.map((value): [string, string] => ['Content-Encoding', value]),
  body,
  ...more,
});

let server: Served;
beforeAll(async () => {
  const routes: Record<string, Answer> = {};
  for (const [i, [, fields, body]] of CODED.entries()) {
    routes[`/length/${i}`] = coded(fields, body);
    routes[`/chunked/${i}`] = coded(fields, body, { framing: 'chunked', chunks: [1, 7] });
    routes[`/close/${i}`] = coded(fields, body, { framing: 'close' });
  }
  server = await serve({
    routes: {
      ...routes,
      '/gzip': coded(['gzip'], gzip(TEXT)),
      '/unknown': coded(['snappy'], gzip(TEXT)),
      '/unknown-inside': coded(['snappy, gzip'], gzip(TEXT)),
      '/part': coded(['gzip'], gzip(TEXT).subarray(0, 30), { status: 206 }),
      '/204': { status: 204, headers: { 'Content-Encoding': 'gzip' } },
      '/304': { status: 304, headers: { 'Content-Encoding': 'gzip', 'Content-Length': '70' } },
      '/empty': coded(['gzip'], Buffer.alloc(0)),
      '/empty-chunked': coded(['gzip'], Buffer.alloc(0), { framing: 'chunked' }),
      '/empty-close': coded(['gzip'], Buffer.alloc(0), { framing: 'close' }),
      '/zeros': coded(['gzip'], gzip(Buffer.alloc(10 * MiB))),
      '/one-more': coded(['gzip'], gzip(Buffer.alloc(10 * MiB + 1))),
      '/small-zeros': coded(['gzip'], gzip(Buffer.alloc(20_000))),
      '/slowly': coded(['gzip'], gzip(TEXT), { framing: 'chunked', chunks: [60], pause: 110 }),
      '/cut': coded(['gzip'], gzip(TEXT).subarray(0, -3)),
      '/broken': coded(['br'], Buffer.from('this is no br')),
    },
  });
});
afterAll(() => server.close());

const at = (path: string): string => server.url(path);
const names = (reply: QNetworkReply): string[] => reply.rawHeaderList().map((name) => String(name).toLowerCase());
const originalLength = (reply: QNetworkReply): unknown => reply.attribute(Attribute.OriginalContentLengthAttribute);
const asked = (): string | undefined => server.requests.at(-1)!.header('accept-encoding');

describe('a coded body is decoded', () => {
  it.each(CODED.map(([what], i) => [what, i] as const))('%s', async (_, i) => {
    await using manager = fresh();
    for (const framing of ['length', 'chunked', 'close']) {
      const reply = await finished(manager.get(at(`/${framing}/${i}`)));
      const [, fields, body] = CODED[i]!;
      expect([reply.error(), reply.readAll().toString()]).toEqual([0, TEXT]);
      expect(reply.rawHeader('Content-Encoding').toString()).toBe(fields.join(', '));
      expect(names(reply)).not.toContain('content-length');
      expect(originalLength(reply)).toBe(framing === 'length' ? body.length : null);
    }
  });

  it.each(['/empty', '/empty-chunked', '/empty-close'])('%s: nothing is nothing, and no error', async (path) => {
    await using manager = fresh();
    const reply = await finished(manager.get(at(path)));
    expect([reply.error(), reply.readAll().length]).toEqual([0, 0]);
  });

  it('progress counts decoded bytes, and no total before the end', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/slowly'));
    const seen: [number, number][] = [];
    reply.downloadProgress.connect((received, total) => void seen.push([received, total]));
    await finished(reply);
    const last = seen.pop();
    expect(last).toEqual([TEXT.length, TEXT.length]);
    expect(seen.length).toBeGreaterThan(0);
    for (const [, total] of seen) expect(total).toBe(-1);
  });
});

describe('an answer without a body says as much as one with it', () => {
  it.each<[string, 'head' | 'get', string, number | null]>([
    ['HEAD', 'head', '/gzip', gzip(TEXT).length],
    ['204', 'get', '/204', null],
    ['304', 'get', '/304', 70],
  ])('%s', async (_, verb, path, length) => {
    await using manager = fresh();
    const reply = await finished(manager[verb](at(path)));
    expect([reply.error(), reply.readAll().length, originalLength(reply)]).toEqual([0, 0, length]);
    expect(names(reply)).toEqual(['content-encoding']);
    // the connection is as good as before
    expect(await manager.get(at('/gzip')).text()).toBe(TEXT);
    expect(server.requests.at(-1)!.connection).toBe(server.requests.at(-2)!.connection);
  });
});

describe('a coded body is left as it is', () => {
  const raw = gzip(TEXT);
  it.each<[string, string, Record<string, string>]>([
    ['a coding nobody knows', '/unknown', {}],
    ['one in a list', '/unknown-inside', {}],
    ['the caller chose the codings', '/gzip', { 'Accept-Encoding': 'gzip' }],
    ['the caller wants none', '/gzip', { 'accept-encoding': 'identity' }],
  ])('%s', async (_, path, headers) => {
    await using manager = fresh();
    const reply = await finished(manager.get(at(path), { headers }));
    expect([reply.error(), reply.readAll().equals(raw)]).toEqual([0, true]);
    expect([reply.rawHeader('Content-Length').toString(), originalLength(reply)]).toEqual([String(raw.length), null]);
    const [own] = Object.values(headers);
    if (own === undefined) expect(asked()).toMatch(/gzip, deflate$/);
    else expect(asked()).toBe(own);
  });

  it('a part of one: it cannot be decoded, and coded parts are not asked for', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/part'), { headers: { Range: 'bytes=0-29' } }));
    expect(asked()).toBe('identity');
    expect([reply.error(), reply.status(), reply.readAll().equals(raw.subarray(0, 30))]).toEqual([0, 206, true]);
    expect(reply.rawHeader('Content-Length').toString()).toBe('30');
  });
});

it('who asked for no coding by an empty field still gets text from a server that does not listen', async () => {
  await using manager = fresh();
  const reply = manager.get(at('/gzip'), { headers: { 'Accept-Encoding': '' } });
  expect(await reply.text()).toBe(TEXT);
  expect(asked()).toBe('');
});

it('who asked for a range and got the whole, coded, gets it decoded', async () => {
  await using manager = fresh();
  expect(await manager.get(at('/gzip'), { headers: { Range: 'bytes=0-' } }).text()).toBe(TEXT);
});

describe('the guard against bombs', () => {
  const get = async (path: string, threshold?: number): Promise<QNetworkReply> => {
    const request = new QNetworkRequest(at(path));
    if (threshold !== undefined) request.setDecompressedSafetyCheckThreshold(threshold);
    const manager = fresh();
    const reply = manager.get(request);
    await once(reply.finished, 'finished', 10_000);
    await manager.close();
    return reply;
  };

  it.each<[string, string, number | undefined, number | RegExp]>([
    ['up to 10 MiB no ratio matters', '/zeros', undefined, 10 * MiB],
    ['beyond it does', '/one-more', undefined, /\d+ bytes of gzip data became more than 10485760 bytes/],
    ['a higher threshold', '/one-more', 10 * MiB + 1, 10 * MiB + 1],
    ['0 looks at small bodies too', '/small-zeros', 0, /^Decoding stopped, for this looks like a decompression bomb/],
    ['0 and an ordinary body', '/gzip', 0, TEXT.length],
    ['-1 never looks', '/one-more', -1, 10 * MiB + 1],
  ])('%s', async (_, path, threshold, result) => {
    const reply = await get(path, threshold);
    if (typeof result === 'number') return expect([reply.error(), reply.bytesAvailable()]).toEqual([0, result]);
    expect(reply.failure()).toMatchObject({ kind: 'decode', phase: 'decode' });
    expect(reply.errorString()).toMatch(result);
    expect(reply.errorString()).toMatch(/setDecompressedSafetyCheckThreshold\(\)/);
  });
});

it.each<[string, RegExp]>([
  ['/cut', /^The body ended after \d+ bytes in the middle of its gzip data/],
  ['/broken', /^The body is not valid br data \(/],
])('%s: the error says which coding, what is wrong and the way out, and the next request is fine', async (path, text) => {
  await using manager = fresh();
  const reply = await finished(manager.get(at(path)));
  expect(reply.failure()).toMatchObject({ kind: 'decode', phase: 'decode', maybeProcessed: false });
  expect(reply.errorString()).toMatch(text);
  expect(reply.errorString()).toMatch(/send an Accept-Encoding header of your own/);
  expect(await manager.get(at('/gzip')).text()).toBe(TEXT);
});
