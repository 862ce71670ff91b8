import { BytesBody } from '../../bodies/bytes-body.ts';
import {
  brokenReader,
  guardStream,
  isBlob,
  isFormData,
  isIterable,
  isIterator,
  isNodeStream,
  isWebStream,
  sourceFailure,
  spend,
} from '../../bodies/source-kinds.ts';
import { IteratorReader, StreamReader } from '../../bodies/source-readers.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { extract } from '../fetch/init-body.ts';
import { invalidArgument, lengthMismatch } from './errors.ts';
import type { RequestFields } from './request-fields.ts';

/** Methods whose server expects a body: that there is none is said (RFC 9110 8.6). */
const PAYLOAD: ReadonlySet<string> = new Set(['PUT', 'POST', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH']);

/** Whatever undici takes for a body. The Content-Type that belongs to it is added where the caller says none. */
export function bodyOf(source: unknown, method: string, fields: RequestFields): Body | null {
  const body = source === null || source === undefined ? null : given(source, fields);
  if (body !== null && body.length !== 0) return body;
  return PAYLOAD.has(method) ? new BytesBody(Buffer.alloc(0)) : null;
}

function given(source: unknown, fields: RequestFields): Body {
  const bytes = bytesOf(source);
  if (bytes !== null) return new BytesBody(checked(bytes, fields));
  if (isFormData(source) || isBlob(source)) {
    const { body, type } = extract(source);
    if (type !== null && !fields.list.has('content-type')) fields.list.append('content-type', type);
    return body;
  }
  if (!isNodeStream(source) && !isIterable(source))
    throw invalidArgument('body must be a string, a Buffer, a Readable stream, an iterable, or an async iterable');
  if (isNodeStream(source)) guardStream(source);
  return new SourceBody(source as object, fields.contentLength);
}

function checked(bytes: Uint8Array, { contentLength }: RequestFields): Uint8Array {
  if (bytes.length > 0 && contentLength >= 0 && contentLength !== bytes.length) throw lengthMismatch();
  return bytes;
}

/** The bytes of what is in memory, without a copy; null = it is something else. */
function bytesOf(source: unknown): Uint8Array | null {
  if (typeof source === 'string') return Buffer.from(source, 'utf8');
  if (source instanceof Uint8Array) return source;
  if (ArrayBuffer.isView(source)) return Buffer.from(source.buffer, source.byteOffset, source.byteLength);
  return source instanceof ArrayBuffer ? new Uint8Array(source) : null;
}

function pieceOf(piece: unknown): Uint8Array {
  const bytes = bytesOf(piece);
  if (bytes === null)
    throw new TypeError(`a piece of the body is ${piece === null ? 'null' : typeof piece}; expected text or bytes`);
  return bytes;
}

/** A stream or an iterable: read at the speed of the socket. */
class SourceBody implements Body {
  readonly bytes = null;
  readonly length: number;
  private readonly source: object;
  private readonly reopens: boolean;
  private opened = false;

  constructor(source: object, length: number) {
    this.source = source;
    this.length = length;
    this.reopens = !(isNodeStream(source) || isWebStream(source) || isIterator(source));
  }

  get replayable(): boolean {
    return this.reopens || !this.opened;
  }

  open(): BodyReader {
    this.opened = true;
    try {
      return readerOf(this.source);
    } catch (error) {
      return brokenReader(sourceFailure(error));
    }
  }

  /** A stream that nobody has opened may hold a file or a socket. */
  release(): void {
    if (this.opened || this.reopens) return;
    this.open().close();
  }
}

function readerOf(source: object): BodyReader {
  if (isWebStream(source)) return extract(source).body.open();
  if (isNodeStream(source)) return new StreamReader(spend(source), pieceOf);
  if (isIterator(source)) spend(source);
  const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = source as Partial<AsyncIterable<unknown> & Iterable<unknown>>;
  return new IteratorReader(later === undefined ? now!.call(source) : later.call(source), pieceOf);
}
