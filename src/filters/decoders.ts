import type { Transform } from 'node:stream';
import type { BrotliOptions, ZlibOptions } from 'node:zlib';
import { dismiss, hire, type Worker } from '../base/beside.ts';
import type { Coding } from '../rules/content-coding.ts';
import { ZstdFrames } from '../rules/zstd-frames.ts';

interface ZstdOptions extends Omit<BrotliOptions, 'flush' | 'finishFlush'> {}

/** The part of node:zlib that is not there in every supported Node. */
interface ZstdZlib {
  createZstdDecompress(options?: ZstdOptions): Transform;
  zstdDecompressSync(bytes: Uint8Array, options?: ZstdOptions): Uint8Array;
}

/** Bounds what a streaming decoder holds: input that waits, and one piece of output. */
const WAITING_INPUT = 131_072;
const OUTPUT_PIECE = 65_536;

// RFC 9659: a zstd body needs no larger window than 8 MiB, and a decoder need not allow more. 100 is ZSTD_d_windowLogMax.
const ZSTD_PARAMS: ZstdOptions['params'] = { 100: 23 };

let codings: ReadonlySet<Coding> | null = null;

/** What this Node can undo. Cheap: node:zlib, which takes milliseconds to load, is loaded when the first body is decoded. */
export function availableCodings(): ReadonlySet<Coding> {
  if (codings === null) {
    // Node names its zstd library in process.versions since the version in which node:zlib got zstd.
    const zstd = (process.versions as Record<string, string | undefined>)['zstd'] !== undefined;
    codings = new Set<Coding>(zstd ? ['zstd', 'br', 'gzip', 'deflate'] : ['br', 'gzip', 'deflate']);
  }
  return codings;
}

function zlib(): typeof import('node:zlib') & ZstdZlib {
  return process.getBuiltinModule('node:zlib') as typeof import('node:zlib') & ZstdZlib;
}

/**
 * RFC 9110 8.4.1.2: "deflate" means zlib-wrapped data, but some servers send it bare. The low half of a zlib header's first byte
 * is 8; bare data that starts so would have to begin with a stored block whose padding bits are not zero, which nobody writes.
 */
function isWrapped(firstByte: number): boolean {
  return (firstByte & 15) === 8;
}

/** Undoes one coding of a body that is there as a whole. Throws ERR_BUFFER_TOO_LARGE when more than `most` bytes come out. */
export function decodeWhole(coding: Coding, bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.length === 0) return bytes;
  const z = zlib();
  const maxOutputLength = Math.max(1, Math.min(Math.floor(most), OUTPUT_MAXIMUM));
  const options: ZlibOptions = { maxOutputLength, chunkSize: Math.min(OUTPUT_PIECE, Math.max(4096, bytes.length * 8)) };
  switch (coding) {
    case 'gzip':
      return z.gunzipSync(bytes, options);
    case 'deflate':
      return isWrapped(bytes[0]!) ? z.inflateSync(bytes, options) : z.inflateRawSync(bytes, options);
    case 'br':
      return z.brotliDecompressSync(bytes, options as BrotliOptions);
    case 'zstd':
      return decodeWholeZstd(z, bytes, { ...(options as ZstdOptions), params: ZSTD_PARAMS! }, maxOutputLength);
  }
}

const OUTPUT_MAXIMUM = 2 ** 31 - 1;

function decodeWholeZstd(z: ZstdZlib, bytes: Uint8Array, options: ZstdOptions, most: number): Uint8Array {
  const frames = new ZstdFrames();
  const parts: Uint8Array[] = [];
  let left = most;
  for (let at = 0; at < bytes.length; ) {
    const length = frames.next(bytes, at);
    if (frames.lost) throw noFrame();
    const part = z.zstdDecompressSync(bytes.subarray(at, at + length), { ...options, maxOutputLength: Math.max(1, left) });
    if (part.length > left) throw Object.assign(new Error('Output too large'), { code: 'ERR_BUFFER_TOO_LARGE' });
    left -= part.length;
    at += length;
    parts.push(part);
  }
  if (!frames.atBoundary) throw cutShort();
  return parts.length === 1 ? parts[0]! : Buffer.concat(parts);
}

function cutShort(): Error {
  return Object.assign(new Error('unexpected end of file'), { code: 'Z_BUF_ERROR' });
}

function noFrame(): Error {
  return new Error('something else stands where a frame has to begin');
}

/** Who is told what comes out of a link. Nothing is told after `ended`, `broken` or the link's `close`. */
export interface LinkTarget {
  /** The memory is not used again by the link. */
  output(link: Link, chunk: Uint8Array): void;
  /** All input was taken and all output told. */
  ended(link: Link): void;
  broken(link: Link, error: Error): void;
  /** Room again after `write` answered false. */
  drained(link: Link): void;
}

/** One streaming decoder in a chain. */
export class Link implements Worker {
  readonly coding: Coding;
  /** Place in the chain. */
  readonly index: number;
  #target: LinkTarget | null;
  #stream: Transform | null = null;
  #frames: ZstdFrames | null = null;
  #paused = false;
  #inputEnded = false;
  /** The coded data has ended; what follows in the body is not looked at. */
  #outputEnded = false;

  constructor(coding: Coding, index: number, target: LinkTarget) {
    this.coding = coding;
    this.index = index;
    this.#target = target;
  }

  /** Takes over the memory of `chunk`. False: the link is full, wait for `drained`. */
  write(chunk: Uint8Array): boolean {
    if (chunk.length === 0 || this.#outputEnded || this.#target === null) return true;
    this.#stream ??= this.#open(chunk[0]!);
    const frames = this.#frames;
    if (frames === null) return this.#stream.write(chunk);
    let room = true;
    for (let at = 0; at < chunk.length; ) {
      const length = frames.next(chunk, at);
      if (frames.lost) {
        this.#break(noFrame());
        return true;
      }
      room = this.#stream.write(chunk.subarray(at, at + length));
      at += length;
    }
    return room;
  }

  /** No more input. */
  end(): void {
    this.#inputEnded = true;
    // A body without any byte has nothing to undo: several servers answer HEAD-like requests so.
    if (this.#stream === null || this.#outputEnded) this.#finish();
    else this.#stream.end();
  }

  pause(): void {
    this.#paused = true;
    this.#stream?.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#stream?.resume();
  }

  /** Silent from now on; the memory of the decoder is freed. */
  close(): void {
    this.#target = null;
    if (this.#stream === null) return;
    dismiss(this);
    this.#stream.destroy();
  }

  get busy(): boolean {
    const stream = this.#stream;
    if (stream === null || stream.destroyed || stream.isPaused()) return false;
    return stream.writableLength > 0 || (stream.writableEnded && !stream.readableEnded);
  }

  #open(firstByte: number): Transform {
    const stream = openStream(this.coding, firstByte);
    if (this.coding === 'zstd') this.#frames = new ZstdFrames();
    stream.on('data', (chunk: Uint8Array) => this.#target?.output(this, chunk));
    stream.on('drain', () => this.#target?.drained(this));
    stream.on('error', (error: Error) => this.#break(error));
    stream.on('end', () => this.#outputIsOver(stream));
    if (this.#paused) stream.pause();
    hire(this);
    return stream;
  }

  #outputIsOver(stream: Transform): void {
    if (this.#target === null) return;
    if (this.#frames?.atBoundary === false && this.#inputEnded) {
      this.#break(cutShort());
      return;
    }
    this.#outputEnded = true;
    // After bytes that follow the coded data Node never calls back for the last write, so the stream would not drain by itself.
    const waiting = stream.writableNeedDrain;
    stream.destroy();
    if (this.#inputEnded) this.#finish();
    else if (waiting) this.#target.drained(this);
  }

  #finish(): void {
    const target = this.#target;
    this.close();
    target?.ended(this);
  }

  #break(error: Error): void {
    const target = this.#target;
    this.close();
    target?.broken(this, error);
  }
}

function openStream(coding: Coding, firstByte: number): Transform {
  const z = zlib();
  // SYNC_FLUSH gives out at once what can be decoded, so that a slow answer is seen as it comes.
  const streams = { chunkSize: OUTPUT_PIECE, writableHighWaterMark: WAITING_INPUT, readableHighWaterMark: OUTPUT_PIECE };
  const options = { ...streams, flush: z.constants.Z_SYNC_FLUSH };
  switch (coding) {
    case 'gzip':
      return z.createGunzip(options);
    case 'deflate':
      return isWrapped(firstByte) ? z.createInflate(options) : z.createInflateRaw(options);
    case 'br':
      return z.createBrotliDecompress(streams);
    case 'zstd':
      return z.createZstdDecompress({ ...streams, params: ZSTD_PARAMS! });
  }
}
