import type { BodyReader } from '../../contract/body.ts';
import type { CacheWriter, StoredAnswer } from '../../contract/cache.ts';
import { QBuffer } from '../core/qbuffer.ts';
import { QIODevice } from '../core/qiodevice.ts';

/** Bytes up to which a body is read at once: such a device stays good whatever becomes of the entry. */
const SMALL = 1_048_576;

const GONE = 'The entry is not in the cache any more';
const nobody = (): void => {};

/** A stored body as a device, open for reading; null when it is gone. */
export function deviceOf(answer: StoredAnswer): QIODevice | null {
  const reader = answer.open(0);
  if (reader === null) return null;
  if (answer.length > SMALL) return new StoredDevice(answer, reader);
  const bytes = drained(reader);
  if (bytes === null) return null;
  const buffer = new QBuffer(bytes);
  buffer.open(QIODevice.ReadOnly);
  return buffer;
}

function drained(reader: BodyReader): Buffer | null {
  const pieces: Buffer[] = [];
  let piece = reader.pull(nobody);
  for (; piece instanceof Uint8Array; piece = reader.pull(nobody)) pieces.push(Buffer.from(piece));
  reader.close();
  return reader.failure === null ? Buffer.concat(pieces) : null;
}

/** Reads a large body piece by piece. */
class StoredDevice extends QIODevice {
  private readonly answer: StoredAnswer;
  private reader: BodyReader | null;
  /** Where the reader stands, and what it gave that nobody has taken yet: memory of the reader, until it is pulled again. */
  private at = 0;
  private rest: Uint8Array | null = null;

  constructor(answer: StoredAnswer, reader: BodyReader) {
    super();
    this.answer = answer;
    this.reader = reader;
    this.setOpenMode(QIODevice.ReadOnly);
  }

  override size(): number {
    return this.answer.length;
  }

  override close(): void {
    super.close();
    this.leave();
  }

  protected override readData(maxSize: number): Buffer | null {
    const piece = this.pieceAt(this.pos());
    if (piece === null) return null;
    const taken = Buffer.from(piece.subarray(0, maxSize));
    this.at += taken.length;
    this.rest = taken.length === piece.length ? null : piece.subarray(taken.length);
    return taken;
  }

  private pieceAt(pos: number): Uint8Array | null {
    if (this.reader === null || pos !== this.at) this.go(pos);
    const { reader } = this;
    if (reader === null) return null;
    const piece = this.rest ?? reader.pull(nobody);
    if (piece instanceof Uint8Array) return piece;
    if (reader.failure !== null) this.setErrorString(reader.failure.message);
    this.leave();
    return null;
  }

  private go(pos: number): void {
    this.leave();
    if (pos >= this.answer.length) return;
    this.reader = this.answer.open(pos);
    this.at = pos;
    if (this.reader === null) this.setErrorString(GONE);
  }

  private leave(): void {
    this.reader?.close();
    this.reader = null;
    this.rest = null;
  }

  protected override destructing(): void {
    this.leave();
    super.destructing();
  }
}

/** What a body is written to that is to be stored. */
export class ItemDevice extends QIODevice {
  private readonly writer: CacheWriter;
  /** Bytes so far. */
  written = 0;

  constructor(writer: CacheWriter) {
    super();
    this.writer = writer;
    this.setOpenMode(QIODevice.WriteOnly);
  }

  override isSequential(): boolean {
    return true;
  }

  protected override writeData(data: Buffer): number {
    this.writer.write(data);
    this.written += data.length;
    return data.length;
  }
}
