/** What is accepted wherever bytes go in. Text is encoded as UTF-8. */
export type BytesLike = string | Uint8Array | QByteArray;

const NOTHING = Buffer.alloc(0);

/** The bytes of a value, without copying where there are bytes already. Throws a TypeError for anything else. */
export function toBytes(x: BytesLike): Uint8Array {
  if (typeof x === 'string') return Buffer.from(x, 'utf8');
  if (x instanceof Uint8Array) return x;
  if (x instanceof QByteArray) return x.toUint8Array();
  throw new TypeError(`Expected bytes (a string, a Uint8Array or a QByteArray), got ${x === null ? 'null' : typeof x}`);
}

/** A Buffer over the same memory. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Growing bytes (Qt: QByteArray), for code that is carried over. The library itself gives Buffers out and takes a QByteArray wherever
 * bytes go in.
 *
 *     const data = new QByteArray('abc').append('def');
 *     data.toBase64().toString(); // 'YWJjZGVm'
 */
export class QByteArray {
  private memory: Buffer = NOTHING;
  private used = 0;
  private given = false;
  /** Whether the memory may be written: not if it belongs to the caller or was given out. */
  private own = false;
  /** The memory is the caller's, and is to be written. */
  private shared = false;

  /** Default: null, that is empty and never set, and so is the copy of such a one. The bytes are copied when they are first changed. */
  constructor(data?: BytesLike) {
    if (data !== undefined && !(data instanceof QByteArray && data.isNull())) this.assign(data);
  }

  /** Number of bytes. */
  size(): number {
    return this.used;
  }

  isEmpty(): boolean {
    return this.used === 0;
  }

  /** True until data was given, even empty data. */
  isNull(): boolean {
    return !this.given;
  }

  /** Adds bytes at the end and returns the same object. */
  append(data: BytesLike): this {
    this.writeAt(this.used, toBytes(data));
    return this;
  }

  toBase64(): QByteArray {
    return new QByteArray(this.view().toString('base64'));
  }

  /** Decodes Base64 (RFC 4648, also its URL-safe alphabet); other characters are skipped, `=` too. */
  static fromBase64(data: BytesLike): QByteArray {
    // Node.js stops at the first `=`
    return new QByteArray(Buffer.from(asBuffer(toBytes(data)).toString('latin1').replaceAll('=', ''), 'base64'));
  }

  /** Two lower-case digits a byte. */
  toHex(): QByteArray {
    return new QByteArray(this.view().toString('hex'));
  }

  /** Default: UTF-8. */
  toString(encoding: 'utf8' | 'latin1' = 'utf8'): string {
    return this.view().toString(encoding);
  }

  /** The bytes as they are now; later changes of this object do not show in them. */
  toUint8Array(): Buffer {
    if (this.shared) return Buffer.from(this.view());
    this.own = false;
    return this.view();
  }

  /** @internal The bytes in place: changes show until the array has to grow. */
  view(): Buffer {
    return this.used === this.memory.length ? this.memory : this.memory.subarray(0, this.used);
  }

  /** @internal Replaces everything. */
  assign(data: BytesLike): void {
    this.memory = asBuffer(toBytes(data));
    this.used = this.memory.length;
    this.given = true;
    this.own = false;
    this.shared = false;
  }

  /** @internal Lets changes go into the caller's memory as long as they fit. */
  share(data: Uint8Array): void {
    this.assign(data);
    this.own = true;
    this.shared = true;
  }

  /** @internal Overwrites and extends from `at`; a gap is filled with zeros. */
  writeAt(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length;
    const size = Math.max(this.used, end);
    if (!this.own || size > this.memory.length) {
      // Doubling keeps many small appends linear.
      const grown = Buffer.alloc(
        size > this.memory.length ? Math.max(size, Math.min(2 * this.used, this.used + 0x4000000)) : size,
      );
      this.view().copy(grown);
      this.memory = grown;
      this.own = true;
      this.shared = false;
    } else if (at > this.used) {
      this.memory.fill(0, this.used, at);
    }
    this.memory.set(bytes, at);
    this.used = size;
    this.given = true;
  }
}
