import type { BodyReader } from '../contract/body.ts';
import type { Failure } from '../contract/failure.ts';
import { brokenReader, errorOfStream, guardStream, sourceFailure } from './source-kinds.ts';

/** The bytes of a piece; throws a TypeError for what has none. */
type BytesOf = (piece: unknown) => Uint8Array;

/** Longest piece handed over at once: what a progress step can resolve. */
const LONGEST = 1 << 20;

/** Pieces held while a stream that was told to pause goes on for a moment. */
const MOST_READY = 4;

/**
 * Reads a Node stream piece by piece, without a promise a piece. It lets the stream flow and pauses it, because `read()` without a
 * size would join what is buffered into a copy.
 */
export class StreamReader implements BodyReader {
  failure: Failure | null = null;
  private readonly stream: NodeJS.ReadableStream;
  private readonly bytesOf: BytesOf;
  private ended = false;
  private wake: (() => void) | null = null;
  private readonly ready: (Uint8Array | string)[] = [];
  private flowing = false;
  private readonly onData = (piece: Uint8Array | string): void => this.arrived(piece);
  private readonly onEnd = (): void => this.stop(null);
  private readonly onError = (error: unknown): void => this.stop({ error });
  private readonly onClose = (): void => this.stop({ error: new Error('the stream was closed before its end') });

  constructor(stream: NodeJS.ReadableStream, bytesOf: BytesOf) {
    this.stream = stream;
    this.bytesOf = bytesOf;
    guardStream(stream);
    const state = stream as { readableEnded?: boolean; destroyed?: boolean };
    const error = errorOfStream(stream);
    if (error !== null) this.stop(error);
    else if (state.destroyed === true) this.onClose();
    else if (state.readableEnded === true) this.stop({ error: new Error('the stream was read to its end before') });
    stream.on('end', this.onEnd);
    stream.on('error', this.onError);
    stream.on('close', this.onClose);
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    const piece = this.ready.shift();
    if (piece !== undefined) return this.checked(piece);
    if (this.failure !== null) return null;
    if (this.ended) return null;
    this.wake = wake;
    if (!this.flowing) this.flow();
    return this.ready.length > 0 || this.ended ? this.pull(wake) : undefined;
  }

  private flow(): void {
    this.flowing = true;
    if (!this.stream.listeners('data').includes(this.onData)) this.stream.on('data', this.onData);
    this.stream.resume();
  }

  private arrived(piece: Uint8Array | string): void {
    this.ready.push(piece);
    if (this.ready.length >= MOST_READY) {
      this.flowing = false;
      this.stream.pause();
    }
    this.call();
  }

  private checked(piece: Uint8Array | string): Uint8Array | null {
    try {
      return this.bytesOf(piece);
    } catch (error) {
      // the stream may have ended already
      this.failure ??= sourceFailure(error);
      this.ended = true;
      return null;
    }
  }

  private stop(problem: { readonly error: unknown } | null): void {
    if (this.ended) return;
    this.ended = true;
    if (problem !== null) this.failure = sourceFailure(problem.error);
    this.call();
  }

  private call(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  close(): void {
    const { stream } = this;
    stream.removeListener('data', this.onData);
    this.ready.length = 0;
    stream.removeListener('end', this.onEnd);
    stream.removeListener('error', this.onError);
    stream.removeListener('close', this.onClose);
    this.wake = null;
    const destroyed = (stream as { destroyed?: boolean }).destroyed === true;
    if ((!this.ended || this.failure !== null) && !destroyed) (stream as { destroy?(): void }).destroy?.();
    this.ended = true;
  }
}

/** Reads whatever has an iterator, web streams among them. */
export class IteratorReader implements BodyReader {
  failure: Failure | null = null;
  private readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  private readonly bytesOf: BytesOf;
  private ready: Uint8Array | null = null;
  private asking = false;
  /** The iterator has nothing more to say. */
  private exhausted = false;
  private closed = false;

  constructor(iterator: AsyncIterator<unknown> | Iterator<unknown>, bytesOf: BytesOf) {
    this.iterator = iterator;
    this.bytesOf = bytesOf;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.ready !== null) return this.portion(this.ready);
    if (this.exhausted || this.failure !== null) return null;
    if (this.asking) return undefined;
    try {
      const step = this.iterator.next() as IteratorResult<unknown> | PromiseLike<IteratorResult<unknown>>;
      if (typeof (step as Partial<PromiseLike<unknown>>).then === 'function') {
        this.wait(step as PromiseLike<IteratorResult<unknown>>, wake);
        return undefined;
      }
      this.take(step as IteratorResult<unknown>);
    } catch (error) {
      this.failure = sourceFailure(error);
    }
    return this.ready === null ? null : this.portion(this.ready);
  }

  private wait(step: PromiseLike<IteratorResult<unknown>>, wake: () => void): void {
    this.asking = true;
    const answered = (act: () => void): void => {
      this.asking = false;
      if (this.closed) return;
      act();
      wake();
    };
    step.then(
      (result) =>
        answered(() => {
          try {
            this.take(result);
          } catch (error) {
            this.failure = sourceFailure(error);
          }
        }),
      (error: unknown) =>
        answered(() => {
          this.failure = sourceFailure(error);
        }),
    );
  }

  private take(step: IteratorResult<unknown>): void {
    if (step.done === true) this.exhausted = true;
    else this.ready = this.bytesOf(step.value);
  }

  private portion(ready: Uint8Array): Uint8Array {
    if (ready.length <= LONGEST) {
      this.ready = null;
      return ready;
    }
    this.ready = ready.subarray(LONGEST);
    return ready.subarray(0, LONGEST);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.ready = null;
    if (this.exhausted) return;
    try {
      Promise.resolve(this.iterator.return?.()).catch(() => {});
    } catch {
      // what a source says to being stopped concerns nobody
    }
  }
}

/** Waits for a source that is promised. */
export class LateReader implements BodyReader {
  private inner: BodyReader | null = null;
  private closed = false;
  private wake: (() => void) | null = null;

  constructor(promise: PromiseLike<unknown>, open: (source: unknown) => BodyReader) {
    const arrive = (inner: BodyReader): void => {
      this.inner = inner;
      if (this.closed) inner.close();
      else this.wake?.();
    };
    promise.then(
      (source) => arrive(open(source)),
      (error: unknown) => arrive(brokenReader(sourceFailure(error))),
    );
  }

  get failure(): Failure | null {
    return this.inner?.failure ?? null;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.inner !== null) return this.inner.pull(wake);
    this.wake = wake;
    return undefined;
  }

  close(): void {
    this.closed = true;
    this.inner?.close();
  }
}
