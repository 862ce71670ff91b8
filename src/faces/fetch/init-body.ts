import { randomToken } from '../../base/clock.ts';
import { HeaderList } from '../../base/header-list.ts';
import { BytesBody } from '../../bodies/bytes-body.ts';
import { JoinedBody, type Joint } from '../../bodies/joined-body.ts';
import {
  blobType,
  brokenReader,
  guardStream,
  isBlob,
  isFormData,
  isIterable,
  isNodeStream,
  isWebStream,
  sourceFailure,
  spentText,
} from '../../bodies/source-kinds.ts';
import { IteratorReader, StreamReader } from '../../bodies/source-readers.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { webDisposition } from '../../rules/form-data.ts';
import { closing, partHead } from '../../rules/multipart.ts';

/** A body with the Content-Type that belongs to it; null when it says none. */
export interface TypedBody {
  readonly body: Body;
  readonly type: string | null;
  /** It comes piece by piece, and cannot be had again. */
  readonly streams: boolean;
  /** The request is given up for this reason, which a stream is told. */
  abandon?(reason: unknown): void;
}

/** Fetch, "extract a body", from what any library calls a Blob, FormData or stream. Bytes are copied. Throws a TypeError for a used stream. */
export function extract(init: unknown): TypedBody {
  if (typeof init === 'string') return bytes(Buffer.from(init), 'text/plain;charset=UTF-8');
  if (init instanceof Uint8Array) return bytes(Buffer.from(init), null);
  if (ArrayBuffer.isView(init)) return bytes(Buffer.from(new Uint8Array(init.buffer, init.byteOffset, init.byteLength)), null);
  if (init instanceof ArrayBuffer || init instanceof SharedArrayBuffer) return bytes(Buffer.from(new Uint8Array(init)), null);
  if (tagOf(init) === 'URLSearchParams')
    return bytes(Buffer.from(String(init)), 'application/x-www-form-urlencoded;charset=UTF-8');
  if (isFormData(init)) return form(init);
  if (isBlob(init)) return { body: blobBody(init), type: blobType(init) || null, streams: false };
  if (isWebStream(init) || isNodeStream(init) || (isIterable(init) && typeof init === 'object' && !Array.isArray(init)))
    return stream(init as object);
  return bytes(Buffer.from(String(init)), 'text/plain;charset=UTF-8');
}

function tagOf(x: unknown): unknown {
  return typeof x === 'object' && x !== null ? (x as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] : undefined;
}

function bytes(content: Uint8Array, type: string | null): TypedBody {
  return { body: new BytesBody(content), type, streams: false };
}

function form(data: FormData): TypedBody {
  const boundary = `----qnetwork-${randomToken()}`;
  const joints: Joint[] = [];
  for (const [name, value] of data) {
    const file = typeof value === 'string' ? null : value;
    const fields = new HeaderList(['Content-Disposition', webDisposition(name, file === null ? null : (file.name ?? 'blob'))]);
    if (file !== null) fields.append('Content-Type', blobType(file) || 'application/octet-stream');
    joints.push(text(partHead(boundary, fields)));
    const content = file ?? (value as string).replace(/\r\n|\r|\n/g, '\r\n');
    if (typeof content === 'string') joints.push({ body: new BytesBody(Buffer.from(content)), name: '' });
    else joints.push({ body: blobBody(content), name: `the file of field ${JSON.stringify(name)}` });
    joints.push(text('\r\n'));
  }
  joints.push(text(closing(boundary)));
  return { body: new JoinedBody(joints, -1), type: `multipart/form-data; boundary=${boundary}`, streams: false };
}

function text(latin1: string): Joint {
  return { body: new BytesBody(Buffer.from(latin1, 'latin1')), name: '' };
}

function blobBody(blob: Blob): Body {
  return { bytes: null, length: blob.size, replayable: true, open: () => webReader(blob.stream()) };
}

function stream(source: object): TypedBody {
  const problem = spentText(source);
  if (problem !== '') throw new TypeError(`fetch: ${problem}.`);
  if (isNodeStream(source)) guardStream(source);
  const body = new OneWayBody(source);
  return { body, type: null, streams: true, abandon: (reason) => body.abandon(reason) };
}

/** A stream: it can be read once. */
class OneWayBody implements Body {
  readonly bytes = null;
  readonly length = -1;
  private readonly source: object;
  private opened = false;
  private reason: unknown;

  constructor(source: object) {
    this.source = source;
  }

  get replayable(): boolean {
    return !this.opened;
  }

  open(): BodyReader {
    this.opened = true;
    const { source } = this;
    try {
      if (isWebStream(source)) return webReader(source, () => this.reason);
      if (isNodeStream(source)) return new StreamReader(source, pieceOf);
      const { [Symbol.asyncIterator]: later, [Symbol.iterator]: now } = source as Partial<
        AsyncIterable<unknown> & Iterable<unknown>
      >;
      return new IteratorReader(later === undefined ? now!.call(source) : later.call(source), pieceOf);
    } catch (error) {
      return brokenReader(sourceFailure(error));
    }
  }

  abandon(reason: unknown): void {
    this.reason = reason;
    this.release();
  }

  release(): void {
    if (!this.opened) this.open().close();
  }
}

/** By its reader and not by its iterator, whose `return` waits for a piece that may never come. */
function webReader(stream: ReadableStream, reason: () => unknown = () => undefined): BodyReader {
  const reader = stream.getReader();
  return readerBody(
    () => reader.read(),
    () => reader.cancel(reason()),
  );
}

/** Bytes as `next` gives them. */
export function readerBody(next: () => Promise<unknown>, cancel: () => Promise<unknown>): BodyReader {
  return new IteratorReader({ next, return: cancel } as unknown as AsyncIterator<unknown>, bytesOf);
}

/** What Node streams and iterables give is no matter of the standard: there text counts, too. */
function pieceOf(piece: unknown): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece) : bytesOf(piece);
}

function bytesOf(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  if (ArrayBuffer.isView(piece)) return new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
  if (piece instanceof ArrayBuffer) return new Uint8Array(piece);
  throw new TypeError(`a stream that is sent gives bytes; got ${piece === null ? 'null' : typeof piece}`);
}
