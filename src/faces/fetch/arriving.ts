import { ByteQueue } from '../../base/byte-queue.ts';

/** Bytes that wait for a reader before the peer is held back. */
export const MOST_WAITING = 65_536;

const NOTHING = Buffer.alloc(0);

/** Where the bytes come from. */
export interface Source {
  pause(): void;
  resume(): void;
  /** Nobody wants the rest. */
  cancel(): void;
}

/** Somebody who waits for the next piece, or for all of them. */
interface Waiting {
  readonly all: boolean;
  resolve(bytes: Buffer | null): void;
  reject(error: unknown): void;
}

/** The body of an answer while it comes: bytes wait here for a reader, and when there are too many the peer waits. */
export class Arriving {
  /** Somebody has read from it, or has given it up. */
  used = false;
  /** Told when nobody has to read to know how it ends: all was read before, or it has failed. */
  closed: ((error: { readonly reason: unknown } | null) => void) | null = null;
  private readonly queue = new ByteQueue();
  private source: Source | null;
  private readonly signal: AbortSignal | null;
  private ended = false;
  private problem: { readonly reason: unknown } | null = null;
  private waiting: Waiting | null = null;
  private received = 0;
  private readonly expected: number;

  /** `expected` bytes are to come, -1 = unknown. */
  constructor(source: Source | null, expected: number, signal: AbortSignal | null) {
    this.source = source;
    this.expected = expected;
    this.signal = signal;
  }

  // ---- from the transfer

  data(bytes: Buffer, start: number, end: number): void {
    this.received += end - start;
    this.queue.copyIn(bytes, start, end, this.expected < 0 ? -1 : this.expected - this.received);
    const { waiting } = this;
    if (waiting === null) {
      if (this.queue.size >= MOST_WAITING) this.source?.pause();
    } else if (!waiting.all) this.answer(waiting, this.queue.take(this.queue.size));
  }

  room(left: number): Buffer {
    return this.queue.roomFor(left);
  }

  end(): void {
    this.ended = true;
    this.source = null;
    const { waiting } = this;
    if (waiting !== null) this.answer(waiting, waiting.all ? this.queue.take(this.queue.size) : null);
    if (waiting === null && this.queue.size === 0) this.close(null);
  }

  /** It has ended, and all was read. */
  get finished(): boolean {
    return this.ended && this.problem === null && this.queue.size === 0;
  }

  /** What waits is lost, as the standard has it. */
  fail(reason: unknown): void {
    if (this.problem !== null || (this.ended && this.used && this.queue.size === 0)) return;
    this.problem = { reason };
    this.ended = true;
    this.source = null;
    this.queue.clear();
    const { waiting } = this;
    this.waiting = null;
    waiting?.reject(reason);
    this.close(this.problem);
  }

  /** Somebody waits for what comes. */
  get awaited(): boolean {
    return this.waiting !== null;
  }

  // ---- from the reader

  /** All bytes that are left, at once or later; asked when there is no trouble. */
  all(): Buffer | Promise<Buffer> {
    this.used = true;
    if (this.ended) return this.queue.take(this.queue.size);
    this.source?.resume();
    return this.wait(true) as Promise<Buffer>;
  }

  /** What is here, or the next piece; null at the end. One may wait at a time. */
  async next(): Promise<Buffer | null> {
    this.used = true;
    const problem = this.trouble();
    if (problem !== null) throw problem.reason;
    if (this.queue.size > 0) {
      const piece = this.queue.take(this.queue.size);
      this.source?.resume();
      return piece;
    }
    if (this.ended) return null;
    this.source?.resume();
    return this.wait(false);
  }

  /** Nobody wants the rest. */
  cancel(): void {
    this.used = true;
    const { source } = this;
    this.ended = true;
    this.source = null;
    this.queue.clear();
    source?.cancel();
  }

  /** Why nothing can be read; null when it can. An abort also counts for what is here and was not read. */
  trouble(): { readonly reason: unknown } | null {
    const { signal } = this;
    if (this.problem === null && signal !== null && signal.aborted) this.fail(signal.reason);
    return this.problem;
  }

  private wait(all: boolean): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      this.waiting = { all, resolve, reject };
    });
  }

  private answer(waiting: Waiting, bytes: Buffer | null): void {
    this.waiting = null;
    waiting.resolve(bytes);
  }

  private close(problem: { readonly reason: unknown } | null): void {
    const { closed } = this;
    this.closed = null;
    closed?.(problem);
  }
}

/** A body that is here. */
export function arrived(bytes: Uint8Array, signal: AbortSignal | null): Arriving {
  const body = new Arriving(null, bytes.length, signal);
  if (bytes.length > 0) body.data(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  body.end();
  return body;
}

/** Memory of its own that may be given away, without a copy where that is so already. */
export function detachable(bytes: Buffer = NOTHING): ArrayBuffer {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset === 0 && byteLength === buffer.byteLength && byteLength > 0) return buffer as ArrayBuffer;
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}
