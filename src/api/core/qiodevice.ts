import { type EnumValue, makeEnum, withEnums } from './enums.ts';
import { asBuffer, type BytesLike, toBytes } from './qbytearray.ts';
import { peekSignal, QOBJECT_SIGNALS, QObject } from './qobject.ts';
import type { Signal } from './signal.ts';

const OpenModeFlag = makeEnum({
  NotOpen: 0,
  ReadOnly: 1,
  WriteOnly: 2,
  ReadWrite: 3,
  Append: 4,
  Truncate: 8,
  Text: 16,
  Unbuffered: 32,
});

/** Signal indices, for `peekSignal`. */
export const READY_READ = QOBJECT_SIGNALS;
export const BYTES_WRITTEN = QOBJECT_SIGNALS + 1;
export const ABOUT_TO_CLOSE = QOBJECT_SIGNALS + 2;
export const READ_CHANNEL_FINISHED = QOBJECT_SIGNALS + 3;
/** First signal index a direct subclass of QIODevice may use. */
export const QIODEVICE_SIGNALS = QOBJECT_SIGNALS + 4;

/** What a device says that has no error to tell. */
export const UNKNOWN_ERROR = 'Unknown error';

/** What a read gives that has nothing to give. */
export const NO_BYTES: Buffer = Buffer.alloc(0);

const NEWLINE = 10;
const RETURN = 13;
const LINE_STEP = 4096;
const READ_STEP = 65_536;

/**
 * Something that bytes are read from and written to (Qt: QIODevice). Bytes come out as Buffers and go in as text (UTF-8) or bytes.
 *
 * A device of your own overrides `readData` and `writeData`, and `isSequential` to return true when it has no positions; a
 * random-access one also overrides `size`. While they run `pos()` is where to read or write.
 *
 *     class Hello extends QIODevice {
 *       private left = Buffer.from('hello');
 *       override isSequential() { return true; }
 *       override bytesAvailable() { return super.bytesAvailable() + this.left.length; }
 *       protected override readData(maxSize: number) {
 *         const piece = this.left.subarray(0, maxSize);
 *         this.left = this.left.subarray(piece.length);
 *         return piece;
 *       }
 *     }
 *     const device = new Hello();
 *     device.open(QIODevice.ReadOnly);
 *     device.readAll(); // <Buffer 68 65 6c 6c 6f>
 */
export class QIODevice extends withEnums(QObject, { OpenModeFlag }) {
  private _mode: number = OpenModeFlag.NotOpen;
  private _pos = 0;
  private _error = '';
  /** Bytes already taken from the device but not from us: what peek, readLine and ungetChar leave. */
  private _ahead: Buffer | null = null;

  /** New bytes can be read. */
  get readyRead(): Signal<[]> {
    return this.sig(READY_READ);
  }

  /** So many bytes went on to the device. */
  get bytesWritten(): Signal<[bytes: number]> {
    return this.sig(BYTES_WRITTEN);
  }

  /** Emitted by `close()` while the device can still be read. */
  get aboutToClose(): Signal<[]> {
    return this.sig(ABOUT_TO_CLOSE);
  }

  /** No more bytes will arrive. */
  get readChannelFinished(): Signal<[]> {
    return this.sig(READ_CHANNEL_FINISHED);
  }

  /** Opens the device with flags of {@link QIODevice.OpenModeFlag}; false when that fails, then `errorString()` says why. */
  open(mode: QIODevice.OpenMode): boolean {
    this.setOpenMode(mode);
    this._error = '';
    this._ahead = null;
    this._pos = (mode & OpenModeFlag.Append) !== 0 && !this.isSequential() ? this.size() : 0;
    return true;
  }

  /** Emits `aboutToClose` and closes. Unread bytes and the error text are dropped. Does nothing when the device is not open. */
  close(): void {
    if (this._mode === OpenModeFlag.NotOpen) return;
    peekSignal(this, ABOUT_TO_CLOSE)?.emit();
    this._mode = OpenModeFlag.NotOpen;
    this._error = '';
    this._ahead = null;
    this._pos = 0;
  }

  isOpen(): boolean {
    return this._mode !== OpenModeFlag.NotOpen;
  }

  /** The flags given to `open()`, with those they imply. */
  openMode(): QIODevice.OpenMode {
    return this._mode;
  }

  isReadable(): boolean {
    return (this._mode & OpenModeFlag.ReadOnly) !== 0;
  }

  isWritable(): boolean {
    return (this._mode & OpenModeFlag.WriteOnly) !== 0;
  }

  /** True for a device without size and positions, such as a socket or a pipe. Default: false. */
  isSequential(): boolean {
    return false;
  }

  /** Bytes in all; for a sequential device those that can be read now. */
  size(): number {
    return this.isSequential() ? this.bytesAvailable() : 0;
  }

  /** Where the next byte is read or written; 0 for a sequential device. */
  pos(): number {
    // a byte put back at the very beginning stands before it
    return Math.max(0, this._pos);
  }

  /** Moves to a position; false for a closed or sequential device or a negative position. */
  seek(pos: number): boolean {
    if (!this.isOpen() || this.isSequential() || !(pos >= 0)) return false;
    this._pos = Math.trunc(pos);
    this._ahead = null;
    return true;
  }

  /** Back to the beginning; false for a sequential device. */
  reset(): boolean {
    return this.seek(0);
  }

  /** True when there is nothing to read now. For a sequential device more may come. */
  atEnd(): boolean {
    return !this.isOpen() || this.bytesAvailable() === 0;
  }

  /**
   * Bytes that can be read now; of a closed device that has positions those that can be read once it is open. An override for a
   * sequential device adds its own to `super.bytesAvailable()`.
   */
  bytesAvailable(): number {
    if (this.isSequential()) return this._ahead?.length ?? 0;
    return Math.max(0, this.size() - this._pos);
  }

  /** Bytes waiting to be written. Default: 0, nothing is buffered. */
  bytesToWrite(): number {
    return 0;
  }

  /** Up to `maxSize` bytes; empty at the end, on an error and when the device is not open for reading. */
  read(maxSize: number): Buffer {
    const limit = atLeastZero(maxSize, 'read', 'maxSize');
    return this.isReadable() ? this._handOut(this._readUpTo(limit, limit)) : NO_BYTES;
  }

  /** All bytes there are now. */
  readAll(): Buffer {
    if (!this.isReadable()) return NO_BYTES;
    return this._handOut(this._readUpTo(Number.POSITIVE_INFINITY, Math.max(READ_STEP, this.bytesAvailable())));
  }

  /** The next line with its `\n`, or what there is before the end; at most `maxSize` bytes, default 0 = no limit. */
  readLine(maxSize = 0): Buffer {
    const limit = atLeastZero(maxSize, 'readLine', 'maxSize') || Number.POSITIVE_INFINITY;
    if (!this.isReadable()) return NO_BYTES;
    const parts: Buffer[] = [];
    for (let length = 0; length < limit; ) {
      const piece = this._take(Math.min(limit - length, Math.max(LINE_STEP, this._ahead?.length ?? 0)));
      if (piece === null) break;
      const newline = piece.indexOf(NEWLINE);
      const used = newline < 0 ? piece.length : newline + 1;
      parts.push(used === piece.length ? piece : piece.subarray(0, used));
      if (newline >= 0) {
        this._giveBack(piece.subarray(used));
        break;
      }
      length += used;
    }
    return this._handOut(this._asText(join(parts)));
  }

  /** True when a whole line is at hand. A device with a buffer of its own adds that to `super.canReadLine()`. */
  canReadLine(): boolean {
    return this._ahead?.includes(NEWLINE) ?? false;
  }

  /** Like `read`, but the bytes stay. */
  peek(maxSize: number): Buffer {
    const limit = atLeastZero(maxSize, 'peek', 'maxSize');
    if (!this.isReadable()) return NO_BYTES;
    const taken: Buffer[] = [];
    const bytes = this._readUpTo(limit, limit, taken);
    this._giveBack(join(taken));
    // The caller may write into what it gets; what is kept must not change.
    return Buffer.from(bytes);
  }

  /** Passes over up to `maxSize` bytes, in text mode without counting `\r`, and returns how many; -1 when not open for reading. */
  skip(maxSize: number): number {
    const limit = atLeastZero(maxSize, 'skip', 'maxSize');
    if (!this.isReadable()) return -1;
    if ((this._mode & OpenModeFlag.Text) !== 0) return this._readUpTo(limit, READ_STEP).length;
    let skipped = 0;
    if (!this.isSequential()) {
      skipped = Math.min(limit, this.bytesAvailable());
      if (skipped > 0 && !this.seek(this._pos + skipped)) return -1;
    }
    // what has no positions, or more than its size says (/proc)
    while (skipped < limit) {
      const piece = this._take(Math.min(limit - skipped, READ_STEP));
      if (piece === null) break;
      skipped += piece.length;
    }
    if (skipped > 0) this._handedOut();
    return skipped;
  }

  /** The next byte, null when there is none. */
  getChar(): number | null {
    return this.read(1)[0] ?? null;
  }

  /** Puts a byte back in front, so that it is read next. */
  ungetChar(c: number): void {
    if (!Number.isInteger(c) || c < 0 || c > 255) throw new RangeError(`ungetChar(): expected a byte, 0 to 255, got ${c}`);
    if (this.isReadable()) this._giveBack(Buffer.of(c));
  }

  /** Writes text (UTF-8) or bytes and returns how many bytes were taken; -1 on an error and when the device is not open for writing. */
  write(data: BytesLike): number {
    const bytes = toBytes(data);
    if (!this.isWritable()) return -1;
    // The device stands behind the bytes that were read ahead: bring it back to where the caller believes it is.
    if (this._ahead !== null && !this.isSequential() && !this.seek(this.pos())) return -1;
    const windows = (this._mode & OpenModeFlag.Text) !== 0 && process.platform === 'win32';
    const written = this.writeData(windows ? withReturns(bytes) : asBuffer(bytes));
    if (written > 0 && !this.isSequential()) this._pos += written;
    return windows && written > 0 ? bytes.length : written;
  }

  /** What went wrong last. Default: 'Unknown error'. */
  errorString(): string {
    return this._error === '' ? UNKNOWN_ERROR : this._error;
  }

  /** Qt blocks here; this is true when there are bytes already, else false at once. */
  waitForReadyRead(_msecs: number): boolean {
    return this.isReadable() && this.bytesAvailable() > 0;
  }

  protected setErrorString(text: string): void {
    this._error = text;
  }

  /** Sets the flags without opening anything. */
  protected setOpenMode(mode: QIODevice.OpenMode): void {
    this._mode = mode;
  }

  /** Up to `maxSize` bytes from the device, never more; empty or null when there are none. The memory becomes the caller's. */
  protected readData(_maxSize: number): Buffer | null {
    return null;
  }

  /** Takes bytes, which are the caller's memory, and returns how many; -1 on an error. */
  protected writeData(_data: Buffer): number {
    return -1;
  }

  protected override destructing(): void {
    // Not close(): deleting a device is silent, as in Qt.
    this._mode = OpenModeFlag.NotOpen;
    this._ahead = null;
    super.destructing();
  }

  /** `taken` gets the bytes as they were in the device. */
  /** @internal The reader has taken something; peek() is no reader. */
  protected _handedOut(): void {}

  private _handOut(bytes: Buffer): Buffer {
    if (bytes.length > 0) this._handedOut();
    return bytes;
  }

  private _readUpTo(limit: number, step: number, taken?: Buffer[]): Buffer {
    if ((this._mode & OpenModeFlag.Text) === 0) {
      const raw = this._readRaw(limit, step);
      taken?.push(raw);
      return raw;
    }
    const parts: Buffer[] = [];
    for (let length = 0; length < limit; ) {
      const raw = this._readRaw(limit - length, step);
      if (raw.length === 0) break;
      taken?.push(raw);
      const text = this._asText(raw);
      parts.push(text);
      length += text.length;
    }
    return join(parts);
  }

  private _readRaw(limit: number, step: number): Buffer {
    const parts: Buffer[] = [];
    for (let length = 0; length < limit; ) {
      const piece = this._take(Math.min(limit - length, step));
      if (piece === null) break;
      parts.push(piece);
      length += piece.length;
    }
    return join(parts);
  }

  /** One piece, first from what was read ahead, then from the device; null when there is nothing. */
  private _take(limit: number): Buffer | null {
    if (limit <= 0) return null;
    const ahead = this._ahead;
    if (ahead === null) return this._takeFromDevice(limit);
    const piece = ahead.length <= limit ? ahead : ahead.subarray(0, limit);
    this._ahead = piece === ahead ? null : ahead.subarray(limit);
    if (!this.isSequential()) this._pos += piece.length;
    return piece;
  }

  private _takeFromDevice(limit: number): Buffer | null {
    const piece = this.readData(limit);
    if (piece === null || piece.length === 0) return null;
    if (piece.length > limit) {
      throw new RangeError(
        `${this.constructor.name}.readData() returned ${piece.length} bytes where at most ${limit} were asked for`,
      );
    }
    if (!this.isSequential()) this._pos += piece.length;
    return piece;
  }

  private _giveBack(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this._ahead = this._ahead === null ? bytes : Buffer.concat([bytes, this._ahead]);
    if (!this.isSequential()) this._pos -= bytes.length;
  }

  /** In text mode `\r` is dropped from what is read, as in Qt. */
  private _asText(bytes: Buffer): Buffer {
    return (this._mode & OpenModeFlag.Text) !== 0 && bytes.includes(RETURN)
      ? (bytes.filter((b) => b !== RETURN) as Buffer)
      : bytes;
  }
}

export declare namespace QIODevice {
  /** One flag. */
  type OpenModeFlag = EnumValue<typeof OpenModeFlag>;
  /** Flags of {@link QIODevice.OpenModeFlag} joined by `|`. */
  type OpenMode = number;
}

function join(parts: Buffer[]): Buffer {
  if (parts.length === 1) return parts[0]!;
  return parts.length === 0 ? NO_BYTES : Buffer.concat(parts);
}

function withReturns(bytes: Uint8Array): Buffer {
  return Buffer.from(asBuffer(bytes).toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

function atLeastZero(n: number, method: string, name: string): number {
  if (!(n >= 0)) throw new RangeError(`${method}(): ${name} must be a number of at least 0, got ${n}`);
  return Math.floor(n);
}
