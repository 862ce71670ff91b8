const EMPTY = Buffer.alloc(0);

/** Bytes waiting to be read: pieces in order, given out without copying where a piece fits. */
export class ByteQueue {
  private pieces: Buffer[] = [];
  private first = 0;
  /** Bytes of the first piece that are gone already. */
  private offset = 0;
  size = 0;

  /** Takes ownership of the piece. */
  push(piece: Buffer): void {
    if (piece.length === 0) return;
    this.pieces.push(piece);
    this.size += piece.length;
  }

  clear(): void {
    this.pieces = [];
    this.first = 0;
    this.offset = 0;
    this.size = 0;
  }

  /** Removes and returns up to `max` bytes. */
  take(max: number): Buffer {
    if (max <= 0 || this.size === 0) return EMPTY;
    const head = this.pieces[this.first]!;
    const here = head.length - this.offset;
    if (max < here) {
      const part = head.subarray(this.offset, this.offset + max);
      this.offset += max;
      this.size -= max;
      return part;
    }
    if (max === here || this.size === here) {
      const whole = this.offset === 0 ? head : head.subarray(this.offset);
      this.size -= here;
      this.dropFirst();
      return whole;
    }
    const n = Math.min(max, this.size);
    const out = Buffer.allocUnsafe(n);
    this.moveInto(out);
    return out;
  }

  /** Copies up to `max` bytes without removing them. */
  peek(max: number): Buffer {
    const n = Math.min(max, this.size);
    if (n <= 0) return EMPTY;
    const out = Buffer.allocUnsafe(n);
    let at = 0;
    let offset = this.offset;
    for (let i = this.first; at < n; i++) {
      const piece = this.pieces[i]!;
      at += piece.copy(out, at, offset, Math.min(piece.length, offset + n - at));
      offset = 0;
    }
    return out;
  }

  /** Distance to the first `byte` within the first `limit` bytes, or -1. */
  indexOf(byte: number, limit: number): number {
    let seen = 0;
    let offset = this.offset;
    for (let i = this.first; i < this.pieces.length && seen < limit; i++) {
      const piece = this.pieces[i]!;
      const at = piece.indexOf(byte, offset);
      if (at >= 0) return seen + at - offset < limit ? seen + at - offset : -1;
      seen += piece.length - offset;
      offset = 0;
    }
    return -1;
  }

  private moveInto(out: Buffer): void {
    let at = 0;
    while (at < out.length) {
      const piece = this.pieces[this.first]!;
      const n = Math.min(piece.length - this.offset, out.length - at);
      piece.copy(out, at, this.offset, this.offset + n);
      at += n;
      this.offset += n;
      this.size -= n;
      if (this.offset === piece.length) this.dropFirst();
    }
  }

  private dropFirst(): void {
    this.offset = 0;
    if (this.first + 1 === this.pieces.length) {
      this.pieces.length = 0;
      this.first = 0;
      return;
    }
    this.pieces[this.first++] = EMPTY;
    if (this.first > 64 && this.first * 2 > this.pieces.length) {
      this.pieces.splice(0, this.first);
      this.first = 0;
    }
  }
}
