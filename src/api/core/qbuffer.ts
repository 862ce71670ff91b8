import { afterTurn } from '../../base/clock.ts';
import { type BytesLike, QByteArray, toBytes } from './qbytearray.ts';
import { BYTES_WRITTEN, NO_BYTES, QIODevice, READY_READ } from './qiodevice.ts';
import { isDestroyed, peekSignal, type QObject } from './qobject.ts';

const NEWLINE = 10;

/**
 * Bytes in memory as a device (Qt: QBuffer); it grows when written beyond its end. As in Qt it has to be opened before it is read or
 * written; as the body of a request it may stay closed.
 *
 *     const buffer = new QBuffer();
 *     buffer.open(QIODevice.ReadWrite);
 *     buffer.write('hello');
 *     buffer.seek(0);
 *     buffer.read(4).toString(); // 'hell'
 */
export class QBuffer extends QIODevice {
  private _array: QByteArray;
  private _unreported = 0;

  /** A QByteArray is used itself and shows what is written; other bytes are copied when they are first changed. Default: empty. */
  constructor(data: BytesLike | null = null, parent: QObject | null = null) {
    super(parent);
    this._array = data instanceof QByteArray ? data : new QByteArray(data === null ? undefined : toBytes(data));
  }

  /** Replaces the content. Bytes given are never written to. Throws when the buffer is open. */
  setData(data: BytesLike): void {
    this.assertClosed('setData');
    this._array = new QByteArray(toBytes(data));
  }

  /**
   * Works on the caller's bytes: a QByteArray shows all that is written, other memory as long as it need not grow. Null is an empty
   * buffer of its own. Throws when open.
   */
  setBuffer(data: BytesLike | null): void {
    this.assertClosed('setBuffer');
    if (data instanceof QByteArray) {
      this._array = data;
    } else {
      this._array = new QByteArray();
      if (data !== null) this._array.share(toBytes(data));
    }
  }

  /** The whole content as it is now. */
  data(): Buffer {
    return this._array.toUint8Array();
  }

  /** The whole content in place: changes show both ways until the buffer has to grow. */
  buffer(): Buffer {
    return this._array.view();
  }

  /** Needs an access mode; Append and Truncate imply WriteOnly. */
  override open(mode: QIODevice.OpenMode): boolean {
    if ((mode & (QIODevice.Append | QIODevice.Truncate)) !== 0) mode |= QIODevice.WriteOnly;
    if ((mode & QIODevice.ReadWrite) === 0) {
      this.setErrorString('The access mode is missing: open with ReadOnly, WriteOnly or ReadWrite');
      return false;
    }
    if ((mode & QIODevice.Truncate) !== 0) this._array.assign(NO_BYTES);
    return super.open(mode | QIODevice.Unbuffered);
  }

  override size(): number {
    return this._array.size();
  }

  /** Beyond the end of a writable buffer the gap is filled with zeros; of a read-only one the result is false. */
  override seek(pos: number): boolean {
    if (pos > this.size() && !this.isWritable()) return false;
    if (!super.seek(pos)) return false;
    if (pos > this.size()) this._array.writeAt(Math.trunc(pos), NO_BYTES);
    return true;
  }

  override canReadLine(): boolean {
    return this.isReadable() && (super.canReadLine() || this._array.view().indexOf(NEWLINE, this.pos()) >= 0);
  }

  /** @internal What a request sends: the bytes from here to the end, also when closed. Null when a subclass reads in its own way. */
  _body(): Buffer | null {
    if (this.readData !== QBuffer.prototype.readData || this.read !== QIODevice.prototype.read) return null;
    if (this.isOpen() && !this.isReadable()) return null;
    return this.data().subarray(this.pos());
  }

  protected override readData(maxSize: number): Buffer | null {
    const at = this.pos();
    const piece = this._array.view().subarray(at, Math.min(at + maxSize, this.size()));
    // The reader may change what it gets.
    return piece.length === 0 ? null : Buffer.from(piece);
  }

  protected override writeData(data: Buffer): number {
    this._array.writeAt(this.pos(), data);
    if (peekSignal(this, READY_READ) !== undefined || peekSignal(this, BYTES_WRITTEN) !== undefined)
      this.reportLater(data.length);
    return data.length;
  }

  /** As in Qt the signals come from the event loop, once for all writes until then. */
  private reportLater(length: number): void {
    if (this._unreported === 0 && length > 0) {
      afterTurn(() => {
        const bytes = this._unreported;
        this._unreported = 0;
        if (isDestroyed(this)) return;
        peekSignal(this, BYTES_WRITTEN)?.emit(bytes);
        peekSignal(this, READY_READ)?.emit();
      });
    }
    this._unreported += length;
  }

  private assertClosed(method: string): void {
    if (this.isOpen()) throw new Error(`QBuffer.${method}(): the buffer is open; close() it first`);
  }
}
