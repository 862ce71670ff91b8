import { ByteQueue } from '../../base/byte-queue.ts';
import type { PullBody } from '../../contract/sink.ts';
import { Attribute } from '../access/access-enums.ts';
import { NO_FIELDS, QNetworkReply } from '../access/qnetworkreply.ts';
import { NO_BYTES } from '../core/qiodevice.ts';

/** The reading side of a reply: bytes that arrived and wait, or a body that is pulled when it is read. */
export abstract class BufferedReply extends QNetworkReply {
  private buffer: ByteQueue | null = null;
  /** A body that is read lazily; null for one that arrives. */
  protected pull: PullBody | null = null;
  /** Body bytes that arrived, or were pulled. */
  protected received = 0;

  /** Whether the read buffer's size bounds what may be seen. */
  protected abstract bounded(): boolean;

  /** The reader took something from a bounded buffer. */
  protected abstract drained(): void;

  /** Bytes that wait, seen or not. */
  protected get waiting(): number {
    return this.buffer === null ? 0 : this.buffer.size;
  }

  /** Keeps a copy; `expected` bytes are in the body in all, -1 = unknown. */
  protected keep(bytes: Buffer, start: number, end: number, expected: number): void {
    this.received += end - start;
    this.buffer ??= new ByteQueue();
    this.buffer.copyIn(bytes, start, end, expected < 0 ? -1 : expected - this.received);
  }

  /** Memory where bytes that come next will stay. */
  protected roomFor(left: number): Buffer | null {
    this.buffer ??= new ByteQueue();
    return this.buffer.roomFor(left);
  }

  /** Forgets everything that came. */
  protected letGo(): void {
    this.buffer = null;
    this.pull = null;
    this.fields = NO_FIELDS;
  }

  /** Frees what waits; its size is still told, as in Qt. */
  protected forgetBytes(): void {
    this.buffer?.forget();
  }

  protected dropBuffer(): void {
    this.buffer?.clear();
  }

  override bytesAvailable(): number {
    const here = this.pull === null ? this.exposed() : this.pull.length - this.received;
    return here + super.bytesAvailable();
  }

  /** What the reader may see now. */
  protected exposed(): number {
    const { waiting } = this;
    if (waiting === 0) return 0;
    const limit = this.readBufferSize();
    return limit > 0 && this.bounded() ? Math.min(limit, waiting) : waiting;
  }

  protected override readData(maxSize: number): Buffer | null {
    if (this.pull !== null) return this.readPull(this.pull, maxSize);
    const max = Math.min(maxSize, this.exposed());
    return max <= 0 ? null : this.takeOut(max);
  }

  override readAll(): Buffer {
    // the common case: everything is in the buffer and nothing was peeked at
    if (this.pull !== null || super.bytesAvailable() > 0 || !this.isReadable()) return super.readAll();
    const max = this.exposed();
    return max === 0 ? NO_BYTES : this.takeOut(max);
  }

  private takeOut(max: number): Buffer {
    const piece = this.buffer!.take(max);
    if (this.readBufferSize() > 0 && this.bounded()) this.drained();
    return piece;
  }

  private readPull(pull: PullBody, maxSize: number): Buffer | null {
    const target = Buffer.allocUnsafe(Math.min(maxSize, pull.length - this.received));
    if (target.length === 0) return null;
    const n = pull.read(target);
    this.received += n;
    if (n > 0) this.pulled();
    return target.subarray(0, n);
  }

  /** A file answers 200 OK once something of it was read, as in Qt. */
  private pulled(): void {
    if (this.url().scheme() === 'data' || this.attribute(Attribute.HttpStatusCodeAttribute) !== null) return;
    this.setAttribute(Attribute.HttpStatusCodeAttribute, 200);
    this.setAttribute(Attribute.HttpReasonPhraseAttribute, 'OK');
  }

  override canReadLine(): boolean {
    return super.canReadLine() || (this.buffer !== null && this.buffer.indexOf(10, this.exposed()) >= 0);
  }

  override atEnd(): boolean {
    return !this.isOpen() || this.bytesAvailable() === 0;
  }
}
