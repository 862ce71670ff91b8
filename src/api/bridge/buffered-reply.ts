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

  /** The body is to come into this memory, as long as it is. */
  protected gatherIn(memory: ArrayBuffer): void {
    this.buffer = new ByteQueue();
    this.buffer.gatherIn(Buffer.from(memory));
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
    this._fields = NO_FIELDS;
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

  /** Bytes that the reader has not taken yet, those that were only peeked at among them. */
  protected get unread(): number {
    return this.waiting + super.bytesAvailable();
  }

  /** What the reader may see now. */
  protected exposed(): number {
    const { waiting } = this;
    if (waiting === 0) return 0;
    const limit = this.readBufferSize();
    return limit > 0 && this.bounded() ? Math.max(0, Math.min(limit - super.bytesAvailable(), waiting)) : waiting;
  }

  /** @internal */
  protected override _handedOut(): void {
    if (this.readBufferSize() > 0 && this.bounded()) this.drained();
  }

  /** Never more than may be seen: what was peeked at counts for the limit. */
  override peek(maxSize: number): Buffer {
    return super.peek(Math.min(maxSize, this.bytesAvailable()));
  }

  protected override readData(maxSize: number): Buffer | null {
    if (this.pull !== null) return this.readPull(this.pull, maxSize);
    const max = Math.min(maxSize, this.exposed());
    return max <= 0 ? null : this.buffer!.take(max);
  }

  override readAll(): Buffer {
    // the common case: everything is in the buffer and nothing was peeked at
    if (this.pull !== null || super.bytesAvailable() > 0 || !this.isReadable()) return super.readAll();
    const max = this.exposed();
    if (max === 0) return NO_BYTES;
    const all = this.buffer!.take(max);
    this._handedOut();
    return all;
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
