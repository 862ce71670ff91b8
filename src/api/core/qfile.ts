import type { Stats } from 'node:fs';
import { QIODevice } from './qiodevice.ts';
import type { QObject } from './qobject.ts';

const READ_STEP = 65_536;

type Fs = typeof import('node:fs');

/** Loaded on first use: importing the package must not load the file system. */
function fs(): Fs {
  return process.getBuiltinModule('node:fs');
}

/**
 * A file as a device (Qt: QFile), read and written synchronously. What fails returns false, -1 or nothing and leaves the reason in
 * `errorString()`.
 *
 *     const file = new QFile('page.html');
 *     if (!file.open(QIODevice.WriteOnly)) throw new Error(file.errorString());
 *     file.write('<p>hello');
 *     file.close();
 */
export class QFile extends QIODevice {
  private _name: string;
  private _fd = -1;
  /** Pipes, terminals and other things without positions. */
  private _stream = false;

  constructor(name = '', parent: QObject | null = null) {
    super(parent);
    this._name = nameOf(name);
  }

  fileName(): string {
    return this._name;
  }

  /** Names another file; an open one is closed first. Of a `file:` URL `QUrl.toLocalFile()` gives the name. */
  setFileName(name: string): void {
    this.close();
    this._name = nameOf(name);
  }

  /** True for whatever has that name, a directory too. */
  exists(): boolean {
    return QFile.exists(this._name);
  }

  /** The same for a name. */
  static exists(name: string): boolean {
    return name !== '' && fs().existsSync(name);
  }

  /** Closes and deletes the file; false when that fails. */
  remove(): boolean {
    this.close();
    try {
      fs().unlinkSync(this._name);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  /** The same for a name. */
  static remove(name: string): boolean {
    return new QFile(name).remove();
  }

  /**
   * WriteOnly alone empties an existing file; ReadWrite and Append keep it; all three make a missing one. False when the file cannot be
   * opened, is a directory or is open already.
   */
  override open(mode: QIODevice.OpenMode): boolean {
    if (this.isOpen()) return this.refuse('The file is already open');
    if (this._name === '') return this.refuse('No file name specified');
    if ((mode & QIODevice.Append) !== 0) mode |= QIODevice.WriteOnly;
    if ((mode & QIODevice.ReadWrite) === 0)
      return this.refuse('The access mode is missing: open with ReadOnly, WriteOnly or ReadWrite');
    if ((mode & (QIODevice.ReadWrite | QIODevice.Append)) === QIODevice.WriteOnly) mode |= QIODevice.Truncate;
    let fd = -1;
    let stats: Stats;
    try {
      fd = fs().openSync(this._name, openFlags(mode), 0o666);
      stats = fs().fstatSync(fd);
    } catch (error) {
      if (fd >= 0) fs().closeSync(fd);
      this.fail(error);
      return false;
    }
    if (stats.isDirectory()) {
      fs().closeSync(fd);
      return this.refuse('Is a directory');
    }
    this._fd = fd;
    this._stream = !(stats.isFile() || stats.isBlockDevice());
    return super.open(mode);
  }

  override close(): void {
    super.close();
    if (this._fd < 0) return;
    const fd = this._fd;
    this._fd = -1;
    this._stream = false;
    try {
      fs().closeSync(fd);
    } catch (error) {
      this.fail(error);
    }
  }

  override isSequential(): boolean {
    return this._stream;
  }

  /** Bytes in the file, 0 when there is none. */
  override size(): number {
    if (this._stream) return super.size();
    try {
      return this._fd >= 0 ? fs().fstatSync(this._fd).size : (fs().statSync(this._name, { throwIfNoEntry: false })?.size ?? 0);
    } catch {
      return 0;
    }
  }

  /** True when the file is open: nothing is buffered, so there is nothing to flush. */
  flush(): boolean {
    return this._fd >= 0;
  }

  protected override readData(maxSize: number): Buffer | null {
    const at = this.pos();
    // Some files (/proc) have no size and can be read all the same.
    const expected = this._stream ? READ_STEP : Math.max(this.size() - at, READ_STEP);
    const target = Buffer.allocUnsafe(Math.min(maxSize, expected));
    try {
      const n = fs().readSync(this._fd, target, 0, target.length, this._stream ? null : at);
      return target.subarray(0, n);
    } catch (error) {
      this.fail(error);
      return null;
    }
  }

  /** @internal Reads on into `target` and gives how much; -1 when a subclass may read in its own way, or this is no plain file. */
  _readInto(target: Buffer): number {
    const plain = Object.getPrototypeOf(this) === QFile.prototype && !this._stream && (this.openMode() & QIODevice.Text) === 0;
    if (!plain || !this.isReadable()) return -1;
    const at = this.pos();
    try {
      const n = fs().readSync(this._fd, target, 0, target.length, at);
      this.seek(at + n);
      return n;
    } catch (error) {
      this.fail(error);
      return 0;
    }
  }

  protected override writeData(data: Buffer): number {
    const anywhere = this._stream || (this.openMode() & QIODevice.Append) !== 0;
    const at = this.pos();
    let written = 0;
    try {
      while (written < data.length) {
        written += fs().writeSync(this._fd, data, written, data.length - written, anywhere ? null : at + written);
      }
    } catch (error) {
      this.fail(error);
      if (written === 0) return -1;
    }
    return written;
  }

  protected override destructing(): void {
    this.close();
    super.destructing();
  }

  private refuse(why: string): false {
    this.setErrorString(why);
    return false;
  }

  private fail(error: unknown): void {
    this.setErrorString(reasonOf(error));
  }
}

function nameOf(name: string): string {
  if (typeof name === 'string') return name;
  throw new TypeError(`QFile: the name must be a string, got ${typeof name}; for a URL use new QUrl(url).toLocalFile()`);
}

function openFlags(mode: QIODevice.OpenMode): number {
  const { constants } = fs();
  const write = (mode & QIODevice.WriteOnly) !== 0;
  let flags = constants.O_RDONLY;
  if (write) flags = constants.O_CREAT | ((mode & QIODevice.ReadOnly) !== 0 ? constants.O_RDWR : constants.O_WRONLY);
  if ((mode & QIODevice.Append) !== 0) flags |= constants.O_APPEND;
  if (write && (mode & QIODevice.Truncate) !== 0) flags |= constants.O_TRUNC;
  return flags;
}

/** The system's words, as Qt gives them: "ENOENT: no such file or directory, open 'x'" becomes "No such file or directory". */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const words = /^E[A-Z0-9]+: (.+?)(?:, \w+.*)?$/s.exec(message)?.[1];
  return words === undefined ? message : words[0]!.toUpperCase() + words.slice(1);
}
