import {
  brokenReader,
  isBlob,
  isFormData,
  isIterator,
  isNodeStream,
  isWebStream,
  sourceFailure,
  spend,
} from '../../bodies/source-kinds.ts';
import { IteratorReader, LateReader, StreamReader } from '../../bodies/source-readers.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { type BytesLike, QByteArray, toBytes } from '../core/qbytearray.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { deviceReader } from './device-body.ts';
import type { StreamSource } from './source-device.ts';
import { isMultiPart } from './source-kinds.ts';

/** A stream as a body: read at the speed of the socket, sent again only when a function can open it again. */
export class SourceBody implements Body {
  readonly bytes = null;
  readonly length: number;
  private readonly source: StreamSource;
  private readonly reopens: boolean;
  private opened = false;

  /** `length` is what the source itself knows, -1 for nothing; `announced` is the caller's Content-Length or -1. */
  constructor(source: StreamSource, length: number, announced: number) {
    // as with bytes a smaller Content-Length cuts the body, a larger one is corrected
    const cut = isBlob(source) && announced >= 0 && announced < source.size;
    this.source = cut ? source.slice(0, announced) : source;
    this.length = length < 0 ? announced : cut ? announced : length;
    this.reopens = typeof source === 'function' || isBlob(source) || Array.isArray(source);
  }

  get replayable(): boolean {
    return this.reopens || !this.opened;
  }

  open(): BodyReader {
    this.opened = true;
    return openSource(this.source);
  }

  /** The body is not wanted any more. A source that nobody opened is told so: it may hold a file or a socket. */
  release(): void {
    const { source } = this;
    if (this.opened || this.reopens) return;
    this.opened = true;
    if (isNodeStream(source)) source.destroy?.();
    else if (isWebStream(source)) source.cancel().catch(() => {});
    else if (isIterator(source)) openSource(source).close();
  }
}

/** Starts reading a source. Never throws: what is wrong is the reader's failure. */
export function openSource(source: unknown): BodyReader {
  try {
    return typeof source === 'function' ? readerOf((source as () => unknown)(), 0) : readerOf(source, 0);
  } catch (error) {
    return brokenReader(sourceFailure(error));
  }
}

/** What a piece of a source may be; anything else is a TypeError. */
const bytesOf = (piece: unknown): Uint8Array => toBytes(piece as BytesLike);

/** How often a function may give a function. */
const DEEPEST = 8;

function readerOf(source: unknown, depth: number): BodyReader {
  if (typeof source === 'function' && depth < DEEPEST) return readerOf((source as () => unknown)(), depth + 1);
  if (typeof source === 'string' || source instanceof Uint8Array || source instanceof QByteArray)
    return bytesReader(toBytes(source));
  if (source instanceof ArrayBuffer) return bytesReader(new Uint8Array(source));
  if (source instanceof URLSearchParams) return bytesReader(toBytes(source.toString()));
  if (source instanceof QIODevice) return deviceReader(source);
  if (isFormData(source) || isMultiPart(source)) {
    throw new TypeError(
      'a function cannot give a form, whose boundary belongs into the head; pass the form itself, it can be sent again',
    );
  }
  if (isNodeStream(source)) return new StreamReader(spend(source), bytesOf);
  if (isBlob(source)) return webReader(source.stream());
  if (isWebStream(source)) return webReader(spend(source));
  if (typeof (source as PromiseLike<unknown> | null)?.then === 'function')
    return new LateReader(source as PromiseLike<unknown>, openSource);
  const iterable = source as Partial<AsyncIterable<unknown> & Iterable<unknown>> | null;
  if (isIterator(iterable)) spend(iterable);
  if (typeof iterable?.[Symbol.asyncIterator] === 'function')
    return new IteratorReader(iterable[Symbol.asyncIterator]!(), bytesOf);
  if (typeof iterable?.[Symbol.iterator] === 'function') return new IteratorReader(iterable[Symbol.iterator]!(), bytesOf);
  const got = source === null ? 'null' : typeof source;
  throw new TypeError(`it gave ${got}; expected text, bytes, a stream, a Blob, a device or an async iterable`);
}

function bytesReader(bytes: Uint8Array): BodyReader {
  return new IteratorReader([bytes][Symbol.iterator](), bytesOf);
}

/** By its reader and not by its iterator, whose `return` waits for a piece that may never come. */
function webReader(stream: ReadableStream<Uint8Array>): BodyReader {
  const reader = stream.getReader();
  return new IteratorReader(
    { next: () => reader.read(), return: () => reader.cancel() } as unknown as AsyncIterator<unknown>,
    bytesOf,
  );
}
