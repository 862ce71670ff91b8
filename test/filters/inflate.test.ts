import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { FilterTarget } from '../../src/contract/filter.ts';
import { availableCodings, Inflate } from '../../src/filters/inflate.ts';
import type { Coding } from '../../src/rules/content-coding.ts';

const MiB = 1_048_576;

class Recorder implements FilterTarget {
  chunks: Buffer[] = [];
  length = 0;
  ended: HeaderList | null | undefined;
  failure: Failure | null = null;
  sourcePaused = false;
  onData: (() => void) | null = null;
  readonly done: Promise<void>;
  #finish!: () => void;
  #closed = false;

  constructor() {
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }
  data(chunk: Uint8Array): void {
    expect(this.#closed).toBe(false);
    this.chunks.push(Buffer.from(chunk));
    this.length += chunk.length;
    this.onData?.();
  }
  end(trailers: HeaderList | null): void {
    expect(this.#closed).toBe(false);
    this.#closed = true;
    this.ended = trailers;
    this.#finish();
  }
  fail(failure: Failure): void {
    expect(this.#closed).toBe(false);
    this.#closed = true;
    this.failure = failure;
    this.#finish();
  }
  pause(): void {
    expect(this.sourcePaused).toBe(false);
    this.sourcePaused = true;
  }
  resume(): void {
    expect(this.sourcePaused).toBe(true);
    this.sourcePaused = false;
    this.#resumed?.();
  }
  #resumed: (() => void) | null = null;
  resumed(): Promise<void> {
    return this.sourcePaused ? new Promise((resolve) => (this.#resumed = resolve)) : Promise.resolve();
  }
  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

const encode: Record<string, (bytes: Uint8Array) => Buffer> = {
  gzip: (b) => zlib.gzipSync(b),
  deflate: (b) => zlib.deflateSync(b),
  'bare deflate': (b) => zlib.deflateRawSync(b),
  br: (b) => zlib.brotliCompressSync(b, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 4 } }),
};
const zstdCompressSync = (zlib as unknown as { zstdCompressSync?: (b: Uint8Array, options?: object) => Buffer }).zstdCompressSync;
if (zstdCompressSync) encode['zstd'] = (b) => zstdCompressSync(b);

/** Codings whose data carry a checksum. 201 is ZSTD_c_checksumFlag. */
const summed: Record<string, (bytes: Uint8Array) => Buffer> = { gzip: encode['gzip']!, deflate: encode['deflate']! };
if (zstdCompressSync) summed['zstd'] = (b) => zstdCompressSync(b, { params: { 201: 1 } });

const codingOf = (name: string): Coding => (name === 'bare deflate' ? 'deflate' : (name as Coding));
const NAMES = Object.keys(encode);

/** Letters that do not compress to nothing. */
function noise(length: number): Buffer {
  const out = Buffer.allocUnsafe(length);
  let x = 1;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    out[i] = 97 + ((x >> 16) % 26);
  }
  return out;
}

const NOISE_32K = noise(32_768);

/** Sends as a transport does: in pieces of one reused buffer, and not while it is asked to pause. */
async function send(filter: Inflate, target: Recorder, coded: Uint8Array, piece: number): Promise<void> {
  const memory = Buffer.alloc(piece);
  for (let at = 0; at < coded.length && target.failure === null; at += piece) {
    const part = coded.subarray(at, at + piece);
    memory.set(part);
    filter.data(memory.subarray(0, part.length));
    memory.fill(0xee);
    await target.resumed();
  }
}

/** Long enough for the threads of zlib to do a piece of work, however busy the machine is. */
function workerTurn(): Promise<void> {
  return new Promise((resolve) => zlib.deflate(NOISE_32K, () => resolve()));
}

/**
 * Sends until something came out (unless nothing is to come) and the source was asked to pause for a long time; how many bytes
 * went in.
 */
async function sendUntilStuck(filter: Inflate, target: Recorder, coded: Uint8Array, chunks: number): Promise<number> {
  let sent = 0;
  for (let still = 0; still < 20 || target.chunks.length < chunks; await workerTurn()) {
    if (target.sourcePaused) {
      still++;
    } else {
      still = 0;
      filter.data(coded.subarray(sent, sent + 32_768));
      sent += 32_768;
    }
  }
  return sent;
}

test('what can be undone', () => {
  const names = [...availableCodings()];
  expect(names.filter((name) => name !== 'zstd')).toEqual(['br', 'gzip', 'deflate']);
  expect(names.includes('zstd')).toBe('createZstdDecompress' in zlib);
  expect(availableCodings()).toBe(availableCodings());
});

describe.each(NAMES)('%s', (name) => {
  const coding = codingOf(name);
  const small = noise(5000);
  const coded = encode[name]!(small);

  test('a small body of known length is decoded at once', () => {
    const target = new Recorder();
    const filter = new Inflate([coding], coded.length, 0, target);
    filter.data(coded);
    expect(target.bytes.equals(small)).toBe(true);
    expect(target.ended).toBeUndefined();
    filter.end(null);
    expect(target.ended).toBeNull();
  });

  test('a small body in several pieces is decoded at once with the last one', () => {
    const target = new Recorder();
    const trailers = new HeaderList(['X-Sum', '1']);
    const filter = new Inflate([coding], coded.length, 0, target);
    const memory = Buffer.alloc(1000);
    for (let at = 0; at < coded.length; at += 1000) {
      expect(target.length).toBe(0);
      const part = coded.subarray(at, at + 1000);
      memory.set(part);
      filter.data(memory.subarray(0, part.length));
      memory.fill(0);
    }
    filter.end(trailers);
    expect(target.bytes.equals(small)).toBe(true);
    expect(target.ended).toBe(trailers);
  });

  test('a small body of unknown length is decoded at once when its end comes with it', () => {
    const target = new Recorder();
    const filter = new Inflate([coding], -1, 0, target);
    filter.data(coded);
    filter.end(null);
    expect(target.bytes.equals(small)).toBe(true);
    expect(target.ended).toBeNull();
  });

  test('a body of unknown length that comes byte by byte', async () => {
    const target = new Recorder();
    const filter = new Inflate([coding], -1, 0, target);
    for (const byte of coded.subarray(0, 50)) {
      filter.data(Uint8Array.of(byte));
      await null;
    }
    await send(filter, target, coded.subarray(50), 1);
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.bytes.equals(small)).toBe(true);
  });

  test('a large body is streamed', async () => {
    const large = noise(3 * MiB);
    const codedLarge = encode[name]!(large);
    const target = new Recorder();
    const trailers = new HeaderList();
    const filter = new Inflate([coding], codedLarge.length, 1000, target);
    await send(filter, target, codedLarge, 60_000);
    filter.end(trailers);
    expect(target.ended).toBeUndefined();
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.ended).toBe(trailers);
    expect(target.bytes.equals(large)).toBe(true);
    expect(Math.max(...target.chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(65_536);
  });

  test('a small body that becomes large is streamed', async () => {
    const zeros = Buffer.alloc(MiB);
    const codedZeros = encode[name]!(zeros);
    for (const length of [codedZeros.length, -1]) {
      const target = new Recorder();
      const filter = new Inflate([coding], length, -1, target);
      filter.data(codedZeros);
      filter.end(null);
      expect(target.length).toBe(0);
      await target.done;
      expect(target.failure).toBeNull();
      expect(target.bytes.equals(zeros)).toBe(true);
    }
  });

  test.each([false, true])('an empty body is empty (streamed: %s)', async (streamed) => {
    const target = new Recorder();
    const filter = new Inflate([coding, coding], streamed ? 100_000 : -1, 0, target);
    filter.data(new Uint8Array(0));
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.length).toBe(0);
  });

  test.each([
    ['at once', coded.length - 20],
    ['as a stream', 100_000],
  ])('a body cut short, %s', async (_, length) => {
    const target = new Recorder();
    const filter = new Inflate([coding], length, 0, target);
    filter.data(coded.subarray(0, -20));
    filter.end(null);
    await target.done;
    expect(target.failure).toMatchObject({ kind: 'decode', phase: 'decode' });
    expect(target.failure!.message).toContain(`in the middle of its ${coding} data`);
    expect(target.failure!.message).toContain('Accept-Encoding');
  });

  const short = encode[name]!(Buffer.from('a few words that are a few words and more than words'));
  test.each([
    ['at once', -1],
    ['as a stream', 100_000],
  ])('a body cut at any byte, %s', async (_, length) => {
    for (let cut = 1; cut < short.length; cut++) {
      const target = new Recorder();
      const filter = new Inflate([coding], length, 0, target);
      filter.data(short.subarray(0, cut));
      filter.end(null);
      await target.done;
      expect(target.failure?.message, `${cut} bytes`).toContain(`ended after ${cut} bytes in the middle of its ${coding} data`);
    }
  });

  test.each([
    ['at once', -1],
    ['as a stream', 100_000],
  ])('a body of something else, %s', async (_, length) => {
    const target = new Recorder();
    const filter = new Inflate([coding], length, 0, target);
    filter.data(Buffer.from('this is not compressed data, whatever the label says'));
    filter.end(null);
    await target.done;
    expect(target.failure).toMatchObject({ kind: 'decode', phase: 'decode' });
    expect(target.failure!.message).toContain(`not valid ${coding} data`);
    filter.data(coded);
    filter.end(null);
    filter.cancel();
  });

  test('what has arrived is given out before the end is known', async () => {
    const target = new Recorder();
    const first = new Promise<void>((resolve) => {
      target.onData = resolve;
    });
    const filter = new Inflate([coding], -1, 0, target);
    filter.data(await flushedPart(name, 'event: 1\n\n'));
    await first;
    expect(target.text).toBe('event: 1\n\n');
    filter.cancel();
  });

  test('a bomb is stopped at once when it is small', () => {
    const bomb = encode[name]!(Buffer.alloc(200_000));
    const target = new Recorder();
    new Inflate([coding], bomb.length, 100_000, target).data(bomb);
    expect(target.length).toBe(0);
    expect(target.failure).toMatchObject({ kind: 'decode', phase: 'decode' });
    const grown = Math.max(100_000, bomb.length * (coding === 'br' || coding === 'zstd' ? 100 : 40));
    expect(target.failure!.message).toContain(`${bomb.length} bytes of ${coding} data became more than ${grown} bytes`);
    expect(target.failure!.message).toContain('setDecompressedSafetyCheckThreshold()');
  });

  test('a bomb is stopped while it streams', async () => {
    const bomb = encode[name]!(Buffer.alloc(20 * MiB));
    const target = new Recorder();
    const filter = new Inflate([coding], -1, 10 * MiB, target);
    filter.data(bomb);
    filter.end(null);
    await target.done;
    expect(target.failure?.message).toContain('decompression bomb');
    expect(target.length).toBeLessThanOrEqual(10 * MiB);
    expect(target.length).toBeGreaterThan(9 * MiB);
  });

  test('below the threshold the ratio does not matter', async () => {
    const coded = encode[name]!(Buffer.alloc(5 * MiB));
    const target = new Recorder();
    const filter = new Inflate([coding], coded.length, 10 * MiB, target);
    filter.data(coded);
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.length).toBe(5 * MiB);
  });

  test('a consumer that pauses stops the decoder and the source', async () => {
    const coded = encode[name]!(noise(4 * MiB));
    const target = new Recorder();
    const filter = new Inflate([coding], coded.length, -1, target);
    target.onData = () => {
      if (target.chunks.length === 1) filter.pause();
    };
    const sent = await sendUntilStuck(filter, target, coded, 1);
    expect(target.chunks).toHaveLength(1);
    expect(sent).toBeLessThan(512 * 1024);
    filter.resume();
    await target.resumed();
    await send(filter, target, coded.subarray(sent), 32_768);
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.length).toBe(4 * MiB);
  });

  test('cancelled in the middle it is silent', async () => {
    const coded = encode[name]!(noise(MiB));
    const target = new Recorder();
    const filter = new Inflate([coding], -1, -1, target);
    const first = new Promise<void>((resolve) => {
      target.onData = () => {
        filter.cancel();
        resolve();
      };
    });
    filter.data(coded);
    filter.end(null);
    await first;
    for (let i = 0; i < 10; i++) await workerTurn();
    expect(target.chunks).toHaveLength(1);
    expect(target.ended).toBeUndefined();
    expect(target.failure).toBeNull();
  });
});

/** The beginning of a coded body, flushed and not ended. */
function flushedPart(name: string, text: string): Promise<Buffer> {
  const z = zlib as unknown as Record<string, () => zlib.Gzip>;
  const maker = {
    gzip: 'createGzip',
    deflate: 'createDeflate',
    'bare deflate': 'createDeflateRaw',
    br: 'createBrotliCompress',
    zstd: 'createZstdCompress',
  };
  const stream = z[maker[name as 'gzip']]!();
  return new Promise((resolve) => {
    // by event: what one read() gives differs between versions of Node.js
    const parts: Buffer[] = [];
    stream.on('data', (part: Buffer) => parts.push(part));
    stream.write(text);
    stream.flush(() => resolve(Buffer.concat(parts)));
  });
}

describe('codings in a row', () => {
  const body = noise(300_000);

  test.each([[['gzip', 'gzip']], [['deflate', 'gzip']], [['gzip', 'br']], [['br', 'deflate', 'gzip']]])('%s', async (names) => {
    let coded: Buffer = body;
    for (const name of names) coded = encode[name]!(coded);
    const target = new Recorder();
    const filter = new Inflate(names as Coding[], -1, 0, target);
    await send(filter, target, coded, 10_000);
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.bytes.equals(body)).toBe(true);
  });

  test('a small one is decoded at once', () => {
    const coded = encode['gzip']!(encode['br']!(Buffer.from('twice')));
    const target = new Recorder();
    const filter = new Inflate(['br', 'gzip'], coded.length, 0, target);
    filter.data(coded);
    filter.end(null);
    expect(target.text).toBe('twice');
    expect(target.ended).toBeNull();
  });

  test('a failure names the coding that failed', async () => {
    const coded = encode['gzip']!(Buffer.from('this is not compressed data'));
    for (const length of [coded.length, 100_000]) {
      const target = new Recorder();
      const filter = new Inflate(['br', 'gzip'], length, 0, target);
      filter.data(coded);
      filter.end(null);
      await target.done;
      expect(target.failure?.message).toContain('not valid br data');
    }
  });

  test('a bomb inside a bomb', async () => {
    const coded = encode['gzip']!(encode['gzip']!(Buffer.alloc(64 * MiB)));
    const target = new Recorder();
    const filter = new Inflate(['gzip', 'gzip'], coded.length, 10 * MiB, target);
    filter.data(coded);
    filter.end(null);
    await target.done;
    expect(target.failure?.message).toContain('decompression bomb');
    expect(target.length).toBeLessThanOrEqual(10 * MiB);
  });

  test('the pause of the consumer reaches the source through all of them', async () => {
    const large = noise(4 * MiB);
    const coded = encode['gzip']!(encode['deflate']!(large));
    const target = new Recorder();
    const filter = new Inflate(['deflate', 'gzip'], coded.length, -1, target);
    filter.pause();
    const sent = await sendUntilStuck(filter, target, coded, 0);
    expect(target.length).toBe(0);
    expect(sent).toBeLessThan(1 * MiB);
    filter.resume();
    await target.resumed();
    await send(filter, target, coded.subarray(sent), 32_768);
    filter.end(null);
    await target.done;
    expect(target.bytes.equals(large)).toBe(true);
  });
});

describe('checksums are looked at', () => {
  const large = noise(300_000);
  test.each(Object.keys(summed))('%s', async (name) => {
    const coded = summed[name]!(large);
    coded[coded.length >> 1]! ^= 0x55;
    const target = new Recorder();
    const filter = new Inflate([name as Coding], coded.length, 0, target);
    await send(filter, target, coded, 10_000);
    filter.end(null);
    await target.done;
    expect(target.failure?.message).toContain(`not valid ${name} data`);
  });
});

describe('what follows the coded data', () => {
  const one = zlib.gzipSync('one ');
  const two = zlib.gzipSync('two');

  test.each([
    ['at once', -1, 1000],
    ['as a stream', 100_000, 1000],
    ['byte by byte', 100_000, 1],
    ['split between the members', 100_000, one.length],
  ])('gzip of several members, %s', async (_, length, piece) => {
    const target = new Recorder();
    const filter = new Inflate(['gzip'], length, 0, target);
    await send(filter, target, Buffer.concat([one, two]), piece);
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.text).toBe('one two');
  });

  test.each([
    ['gzip and zeros', 'gzip', Buffer.alloc(300_000)],
    ['deflate and garbage', 'deflate', noise(300_000)],
    ['br and garbage', 'br', noise(300_000)],
  ])('%s: the rest is passed over and the source is not held up', async (_, name, rest) => {
    const target = new Recorder();
    const filter = new Inflate([codingOf(name)], -1, 0, target);
    await send(filter, target, Buffer.concat([encode[name]!(Buffer.from('body')), rest]), 65_000);
    expect(target.ended).toBeUndefined();
    filter.end(null);
    await target.done;
    expect(target.failure).toBeNull();
    expect(target.text).toBe('body');
  });

  test.each([
    ['at once', -1],
    ['as a stream', 100_000],
  ])('garbage behind gzip, %s', async (_, length) => {
    const target = new Recorder();
    const filter = new Inflate(['gzip'], length, 0, target);
    filter.data(Buffer.concat([one, Buffer.from('no member of a gzip file')]));
    filter.end(null);
    await target.done;
    expect(target.failure?.message).toContain('not valid gzip data');
  });
});

// Node 20 has no zstd.
const zstd = zstdCompressSync;
describe.each(zstd === undefined ? [] : ['at once', 'as a stream', 'as a stream with pauses'])('zstd frames, %s', (how) => {
  const frame = (text: string) => zstd!(Buffer.from(text));
  const skippable = Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 7, 7, 7]);
  /** An empty frame whose window has 2 ** log bytes. */
  const window = (log: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, (log - 10) << 3, 1, 0, 0]);
  const rows: [what: string, pieces: Buffer[], result: string | RegExp][] = [
    ['two', [frame('one '), frame('two')], 'one two'],
    ['skippable ones', [skippable, frame('one '), skippable, frame('two'), skippable], 'one two'],
    ['nothing but a skippable one', [skippable], ''],
    ['a cut skippable one', [frame('one '), skippable.subarray(0, 9)], /in the middle of its zstd data/],
    ['a cut magic number', [frame('one '), frame('two').subarray(0, 3)], /in the middle of its zstd data/],
    ['garbage behind them', [frame('one '), Buffer.from('garbage')], /not valid zstd data \(something else/],
    ['a window of 8 MiB', [window(23)], ''],
    ['a window above 8 MiB', [window(24)], /window above 8 MiB/],
  ];
  test.each(rows)('%s', async (_, pieces, result) => {
    const target = new Recorder();
    const filter = new Inflate(['zstd'], how === 'at once' ? -1 : 100_000, 0, target);
    if (how === 'as a stream with pauses') {
      for (const piece of pieces) {
        filter.data(piece);
        for (let i = 0; i < 3; i++) await workerTurn();
      }
    } else filter.data(Buffer.concat(pieces));
    filter.end(null);
    await target.done;
    if (typeof result === 'string') expect([target.text, target.failure]).toEqual([result, null]);
    else expect(target.failure?.message).toMatch(result);
  });
});

test('held output waits for the consumer, then the end follows', () => {
  const coded = zlib.gzipSync('hello');
  const target = new Recorder();
  const filter = new Inflate(['gzip'], coded.length, 0, target);
  filter.pause();
  filter.data(coded);
  filter.end(null);
  expect(target.length).toBe(0);
  expect(target.ended).toBeUndefined();
  filter.resume();
  expect(target.text).toBe('hello');
  expect(target.ended).toBeNull();
});

test('cancelled from inside data it does not end', () => {
  const coded = zlib.gzipSync('hello');
  const target = new Recorder();
  const filter = new Inflate(['gzip'], -1, 0, target);
  target.onData = () => filter.cancel();
  filter.data(coded);
  filter.end(null);
  expect(target.text).toBe('hello');
  expect(target.ended).toBeUndefined();
});
