import zlib from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply } from '../../src/index.ts';
import { type Answer, type Served, serve } from '../support/server.ts';
import { child } from './child.ts';

// Answers that want to eat memory, time or trust: a clear error each, a bounded price, and the manager works on.

const MiB = 1 << 20;
const { NetworkError } = QNetworkReply;

/** Node 20 has none. 201 is ZSTD_c_checksumFlag. */
const zstdSync = (zlib as unknown as { zstdCompressSync?: (bytes: Uint8Array, options?: object) => Buffer }).zstdCompressSync;
const zstd = zstdSync === undefined ? undefined : (b: Uint8Array) => zstdSync(b, { params: { 201: 1 } });

/** `count` times the same, which a decoder of members or frames takes for one body. */
const times = (count: number, piece: Uint8Array): Buffer => Buffer.concat(new Array<Uint8Array>(count).fill(piece));
const zeros = Buffer.alloc(4 * MiB);

/** 256 MiB of zeros in 256 KiB. */
const gzipBomb = times(64, zlib.gzipSync(zeros, { level: 9 }));

const coded = (coding: string, body: Uint8Array): Answer => ({ headers: { 'Content-Encoding': coding }, body });

function* endless(start: string, unit: string): Generator<string> {
  yield start;
  const block = unit.repeat(Math.ceil(65_536 / unit.length));
  for (;;) yield block;
}

/** A fresh generator for each request; its own rule is asked for each. */
const forEver = (start: string, unit: string) => (): Answer => ({ raw: endless(start, unit) });

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;

interface Row {
  readonly what: string;
  readonly answer: Answer | (() => Answer);
  /** Kind and phase of the failure, and the words that say what is wrong. */
  readonly kind: string;
  readonly phase: string;
  readonly says: RegExp;
}

const bomb = (what: string, coding: string, body: Uint8Array): Row => ({
  what,
  answer: coded(coding, body),
  kind: 'decode',
  phase: 'decode',
  says: /decompression bomb: \d+ (?:of \d+ )?bytes of \w+(?:, \w+)* data became more than \d+ bytes/,
});
const flood = (what: string, start: string, unit: string, phase: string, says: RegExp): Row => ({
  what,
  answer: forEver(start, unit),
  kind: 'protocol',
  phase,
  says,
});

const ROWS: Row[] = [
  bomb('gzip, 256 KiB to 256 MiB', 'gzip', gzipBomb),
  bomb('gzip in gzip, 64 KiB to 256 MiB', 'gzip, gzip', Buffer.concat([zlib.gzipSync(gzipBomb), Buffer.alloc(62 << 10)])),
  bomb(
    'br to 256 MiB',
    'br',
    zlib.brotliCompressSync(Buffer.alloc(256 * MiB), { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } }),
  ),
  ...(zstd === undefined ? [] : [bomb('zstd to 256 MiB', 'zstd', times(64, zstd(zeros)))]),
  flood('100 (Continue) for ever', '', 'HTTP/1.1 100 Continue\r\n\r\n', 'wait', /more than 64 interim answers/),
  flood('103 for ever', '', 'HTTP/1.1 103 Hints\r\nLink: </a>\r\n\r\n', 'wait', /more than 64 interim answers/),
  flood('empty lines for ever', '', '\r\n', 'wait', /empty lines instead of an answer/),
  flood('a status line without end', `${OK.trim()} `, 'x', 'wait', /longer than \d+ octets/),
  flood('header fields for ever', OK, 'X-More: and more\r\n', 'wait', /(?:more|longer) than \d+/),
  flood('a header field without end', `${OK}X-Long: `, 'x', 'wait', /longer than \d+ octets/),
  flood('a chunk extension without end', `${CHUNKED}1;a=`, 'x', 'receive', /chunk extensions are longer than 4096 octets/),
  flood('a chunk size without end', CHUNKED, '0', 'receive', /a chunk size is too large/),
  flood('trailers for ever', `${CHUNKED}0\r\n`, 'X-More: and more\r\n', 'receive', /trailers are longer than 65536 octets/),
  flood('a trailer without end', `${CHUNKED}0\r\nX-Long: `, 'x', 'receive', /trailers are longer than 65536 octets/),
];

interface Outcome {
  readonly error: number;
  readonly failure: { readonly kind: string; readonly phase: string; readonly message: string };
  /** What the highest memory of the process rose by, in bytes. */
  readonly grown: number;
  /** The next answer on the same manager. */
  readonly next: string;
}

let server: Served;
beforeAll(async () => {
  const routes = Object.fromEntries(ROWS.map((row, i) => [`/${i}`, row.answer]));
  server = await serve({ routes: { ...routes, '/next': { body: 'fine' } } });
});
afterAll(() => server.close());

/**
 * Memory as it is seen every millisecond. (The operating system's own peak is of no use: a process inherits that of the one that
 * started it.)
 */
const WATCH = `
  let peak = 0;
  setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 1).unref();
  const watch = () => { const before = peak = process.memoryUsage.rss(); return () => Math.max(peak, process.memoryUsage.rss()) - before; };`;

/** All rows in one process of their own, one after the other; the threshold of 10 MiB is the default. */
async function suffer(paths: readonly string[]): Promise<Outcome[]> {
  const { out, err } = await child(
    `${WATCH}
    const manager = new QNetworkAccessManager();
    const next = () => manager.get(args[0] + 'next').text();
    for (let i = 0; i < 20; i++) await next();
    for (const path of args.slice(1)) {
      const grown = watch();
      const reply = manager.get(args[0] + path);
      await new Promise((done) => reply.finished.connect(done));
      const { kind, phase, message } = reply.failure() ?? {};
      console.log(JSON.stringify({ error: reply.error(), failure: { kind, phase, message }, grown: grown(), next: await next() }));
    }
    await manager.close();
    `,
    [server.url('/'), ...paths],
  );
  expect(err).toBe('');
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

describe('an answer that wants to eat the memory', () => {
  let suffered: Promise<Outcome[]> | null = null;

  it.each(ROWS.map((row, i) => [row.what, row, i] as const))('%s', { timeout: 60_000 }, async (_, { kind, phase, says }, i) => {
    suffered ??= suffer(ROWS.map((_, i) => String(i)));
    const outcome = (await suffered)[i]!;
    expect(outcome.failure).toMatchObject({ kind, phase });
    expect(outcome.failure.message).toMatch(says);
    expect(outcome.error).toBe(kind === 'decode' ? NetworkError.UnknownContentError : NetworkError.ProtocolFailure);
    // a bomb may fill the 10 MiB that are allowed, and what was allowed is copied once
    expect(outcome.grown).toBeLessThan(40 * MiB);
    expect(outcome.next).toBe('fine');
    expect(server.requests.filter((r) => r.target === `/${i}`)).toHaveLength(1);
  });
});

it('an allowed 1 GiB out of 1 MiB into a buffer of 64 KiB stays small', { timeout: 60_000 }, async () => {
  const piece = zlib.gzipSync(Buffer.alloc(16 * MiB));
  await using origin = await serve({ routes: { '*': coded('gzip', times(64, piece)) } });
  const { out, err } = await child(
    `${WATCH}
    const manager = new QNetworkAccessManager();
    const request = new QNetworkRequest(args[0]);
    request.setDecompressedSafetyCheckThreshold(-1);
    const reply = manager.get(request);
    reply.setReadBufferSize(65_536);
    let read = 0, fullest = 0;
    const take = () => {
      fullest = Math.max(fullest, reply.bytesAvailable());
      read += reply.readAll().length;
    };
    const { deflate } = process.getBuiltinModule('node:zlib');
    await reply.readyRead.next();
    const grown = watch();
    // a long while, in which a decoder that nobody stops would do much
    for (let i = 0; i < 3000; i++) await new Promise((next) => deflate(args[0], next));
    take();
    reply.readyRead.connect(take);
    await new Promise((done) => reply.finished.connect(done));
    take();
    console.log(JSON.stringify({ error: reply.error(), read, fullest, grown: grown() }));
    await manager.close();
    `,
    [origin.url()],
  );
  expect(err).toBe('');
  const { grown, ...rest } = JSON.parse(out) as { grown: number };
  expect(rest).toEqual({ error: 0, read: 1024 * MiB, fullest: 65_536 });
  // pieces that were read and not yet collected as garbage
  expect(grown).toBeLessThan(150 * MiB);
});

it('a reader that stops stops the sender, through the decoder', async () => {
  let sent = 0;
  const noise = zlib.gzipSync(
    Uint8Array.from({ length: 65_536 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 255),
    { level: 0 },
  );
  function* body(): Generator<Uint8Array> {
    for (;;) {
      sent += noise.length;
      yield noise;
    }
  }
  await using origin = await serve({
    routes: { '*': () => ({ headers: { 'Content-Encoding': 'gzip' }, framing: 'none', body: body(), end: 'close' }) },
  });
  await using manager = new QNetworkAccessManager();
  const reply = manager.get(origin.url());
  reply.setReadBufferSize(65_536);
  for (let still = 0, before = -1; still < 50; before = sent) {
    await new Promise((next) => zlib.deflate(noise, next));
    still = before === sent && sent > 0 ? still + 1 : 0;
    expect(sent).toBeLessThan(64 * MiB);
  }
  expect(reply.bytesAvailable()).toBe(65_536);
  reply.abort();
});

// Framing is complete, the coded data are not; Qt reports no error here.
describe('coded data that are cut short or damaged', () => {
  const letters = Uint8Array.from({ length: 200_000 }, (_, i) => 97 + ((Math.imul(i, 2654435761) >>> 11) % 26));
  const fast = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } };
  const codings: [name: string, coding: string, encode: (b: Uint8Array) => Buffer, summed: boolean][] = [
    ['gzip', 'gzip', (b) => zlib.gzipSync(b), true],
    ['deflate', 'deflate', (b) => zlib.deflateSync(b), true],
    ['deflate without its wrapper', 'deflate', (b) => zlib.deflateRawSync(b), false],
    ['br', 'br', (b) => zlib.brotliCompressSync(b, fast), false],
    ...(zstd === undefined ? [] : [['zstd', 'zstd', zstd, true] as (typeof codings)[number]]),
  ];

  async function failsWith(origin: Served, path: string, says: RegExp): Promise<void> {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(origin.url(path));
    await reply.whenFinished();
    expect(reply.error(), path).toBe(NetworkError.UnknownContentError);
    expect(reply.failure(), path).toMatchObject({ kind: 'decode', phase: 'decode' });
    expect(reply.errorString(), path).toMatch(says);
    expect(await manager.get(origin.url('/next')).text()).toBe('fine');
  }

  it.each(codings)('%s', async (_, coding, encode, summed) => {
    const whole = encode(letters);
    const cuts = [1, 5, 100, whole.length >> 1, whole.length - 9, whole.length - 4, whole.length - 1];
    const routes: Record<string, Answer> = { '/next': { body: 'fine' } };
    for (const cut of cuts) {
      routes[`/length/${cut}`] = coded(coding, whole.subarray(0, cut));
      routes[`/chunked/${cut}`] = { ...coded(coding, whole.subarray(0, cut)), framing: 'chunked', chunks: [3, 20_000] };
      routes[`/close/${cut}`] = { ...coded(coding, whole.subarray(0, cut)), framing: 'close' };
    }
    const damaged = Buffer.from(whole);
    damaged[damaged.length >> 1]! ^= 0x55;
    routes['/damaged'] = coded(coding, damaged);
    await using origin = await serve({ routes });
    for (const cut of cuts) {
      for (const framing of ['length', 'chunked', 'close'])
        await failsWith(origin, `/${framing}/${cut}`, new RegExp(`ended after ${cut} bytes in the middle of its ${coding} data`));
    }
    if (summed) await failsWith(origin, '/damaged', new RegExp(`not valid ${coding} data`));
  });
});
