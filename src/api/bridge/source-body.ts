import type { Body, BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { toBytes } from '../core/qbytearray.ts';
import type { StreamSource } from './source-device.ts';

/** A stream as a body: read at the speed of the socket, sent again only when a function can open it again. */
export class SourceBody implements Body {
  readonly bytes = null;
  readonly length: number;
  readonly replayable: boolean;
  private readonly source: StreamSource;

  constructor(source: StreamSource, announced: number) {
    this.source = source;
    const blob = isBlob(source);
    this.length = announced >= 0 ? announced : blob ? source.size : -1;
    this.replayable = typeof source === 'function' || blob;
  }

  open(): BodyReader {
    try {
      const source = typeof this.source === 'function' ? (this.source as () => unknown)() : this.source;
      return openSource(source);
    } catch (error) {
      return broken(error);
    }
  }
}

function openSource(source: unknown): BodyReader {
  if (isNodeStream(source)) return new StreamReader(source);
  if (isBlob(source)) return new IteratorReader(source.stream()[Symbol.asyncIterator]());
  if (typeof source === 'string' || source instanceof Uint8Array) return new IteratorReader([source][Symbol.iterator]());
  const iterable = source as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null;
  if (typeof iterable?.[Symbol.asyncIterator] === 'function') return new IteratorReader(iterable[Symbol.asyncIterator]!());
  if (typeof iterable?.[Symbol.iterator] === 'function') return new IteratorReader(iterable[Symbol.iterator]!());
  throw new TypeError(`a body source gave ${source === null ? 'null' : typeof source}; expected bytes, a stream, a Blob or an async iterable`);
}

function broken(error: unknown): BodyReader {
  const problem = sourceFailure(error);
  return { failure: problem, pull: () => null, close() {} };
}

function sourceFailure(error: unknown): Failure {
  return failure('upload', 'send', `the body source failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}

export function isNodeStream(x: unknown): x is NodeJS.ReadableStream & { destroy?(): void; readableEnded?: boolean; errored?: unknown } {
  return typeof x === 'object' && x !== null && typeof (x as { pipe?: unknown }).pipe === 'function' && typeof (x as { on?: unknown }).on === 'function';
}

export function isBlob(x: unknown): x is Blob {
  return typeof x === 'object' && x !== null && typeof (x as Partial<Blob>).stream === 'function' && typeof (x as Partial<Blob>).size === 'number';
}

/** Reads a Node stream by its own buffer, without a promise a piece. */
class StreamReader implements BodyReader {
  failure: Failure | null = null;
  private readonly stream: NodeJS.ReadableStream;
  private ended = false;
  private wake: (() => void) | null = null;
  private readonly onReadable = (): void => this.call();
  private readonly onEnd = (): void => this.stop(null);
  private readonly onError = (error: unknown): void => this.stop(error);
  private readonly onClose = (): void => this.stop(this.ended ? null : new Error('the stream was closed before its end'));

  constructor(stream: NodeJS.ReadableStream) {
    this.stream = stream;
    const state = stream as { readableEnded?: boolean; errored?: unknown; destroyed?: boolean };
    if (state.errored != null) this.stop(state.errored);
    else if (state.readableEnded === true || state.destroyed === true) this.stop(new Error('the stream was read before; a consumed body cannot be sent'));
    stream.on('readable', this.onReadable);
    stream.on('end', this.onEnd);
    stream.on('error', this.onError);
    stream.on('close', this.onClose);
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null) return null;
    const piece = this.stream.read() as Uint8Array | string | null;
    if (piece !== null) return this.checked(piece);
    if (this.ended) return null;
    this.wake = wake;
    return undefined;
  }

  private checked(piece: Uint8Array | string): Uint8Array | null {
    try {
      return toBytes(piece);
    } catch (error) {
      this.stop(error);
      return null;
    }
  }

  private stop(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    if (error !== null) this.failure = sourceFailure(error);
    this.call();
  }

  private call(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  close(): void {
    const { stream } = this;
    stream.removeListener('readable', this.onReadable);
    stream.removeListener('end', this.onEnd);
    stream.removeListener('close', this.onClose);
    this.wake = null;
    if (!this.ended) (stream as { destroy?(): void }).destroy?.();
    this.ended = true;
  }
}

/** Reads whatever has an iterator, web streams among them. */
class IteratorReader implements BodyReader {
  failure: Failure | null = null;
  private readonly iterator: AsyncIterator<unknown> | Iterator<unknown>;
  private ready: Uint8Array | null = null;
  private asking = false;
  private ended = false;

  constructor(iterator: AsyncIterator<unknown> | Iterator<unknown>) {
    this.iterator = iterator;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    const { ready } = this;
    if (ready !== null) {
      this.ready = null;
      return ready;
    }
    if (this.ended) return null;
    if (!this.asking) this.ask(wake);
    return undefined;
  }

  private ask(wake: () => void): void {
    this.asking = true;
    Promise.resolve()
      .then(() => this.iterator.next())
      .then((step) => {
        this.asking = false;
        if (this.ended) return;
        if (step.done === true) this.ended = true;
        else this.ready = toBytes(step.value as Uint8Array);
        wake();
      })
      .catch((error: unknown) => {
        this.asking = false;
        if (this.ended) return;
        this.ended = true;
        this.failure = sourceFailure(error);
        wake();
      });
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    try {
      Promise.resolve(this.iterator.return?.()).catch(() => {});
    } catch {
      // what a source says to being stopped concerns nobody
    }
  }
}
