import type { BodyReader } from '../../contract/body.ts';

/** Bodies are read and written in pieces of at most this size. */
export const PIECE = 65_536;

const FIRST_SLAB = 4096;

/** Collects a body in memory of its own. */
export class Collector {
  private readonly expected: number;
  private readonly pieces: Buffer[] = [];
  private slab: Buffer | null = null;
  private filled = 0;
  total = 0;

  /** `expected` bytes will come, in one piece of memory; -1 = nobody knows. */
  constructor(expected: number) {
    this.expected = expected;
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.slab === null || this.filled === this.slab.length) this.next(bytes.length - at);
      const slab = this.slab!;
      const n = Math.min(bytes.length - at, slab.length - this.filled);
      slab.set(at === 0 && n === bytes.length ? bytes : bytes.subarray(at, at + n), this.filled);
      this.filled += n;
      this.total += n;
      at += n;
    }
  }

  private next(coming: number): void {
    if (this.slab !== null) this.pieces.push(this.slab);
    const known = this.expected - this.total;
    this.slab = Buffer.allocUnsafeSlow(known > 0 ? known : Math.max(coming, Math.min(PIECE, Math.max(FIRST_SLAB, this.total))));
    this.filled = 0;
  }

  /** All that was added, in memory of just that size. Nothing may be added afterwards. */
  take(): Buffer[] {
    const { slab, filled, pieces } = this;
    if (slab !== null && filled > 0) pieces.push(filled === slab.length ? slab : copied(slab, filled));
    return pieces.length > 1 && this.total <= PIECE ? [Buffer.concat(pieces)] : pieces;
  }
}

function copied(slab: Buffer, length: number): Buffer {
  const exact = Buffer.allocUnsafeSlow(length);
  slab.copy(exact, 0, 0, length);
  return exact;
}

/** Reads a body that is in memory, without copying it. */
export class PiecesReader implements BodyReader {
  readonly failure = null;
  private readonly pieces: readonly Buffer[];
  private index = 0;
  private at: number;

  constructor(pieces: readonly Buffer[], from: number) {
    this.pieces = pieces;
    this.at = from;
  }

  pull(): Uint8Array | null {
    for (let piece = this.pieces[this.index]; piece !== undefined; piece = this.pieces[++this.index]) {
      const { at } = this;
      if (at >= piece.length) {
        this.at = at - piece.length;
        continue;
      }
      if (at === 0 && piece.length <= PIECE) {
        this.index++;
        return piece;
      }
      this.at = Math.min(at + PIECE, piece.length);
      return piece.subarray(at, this.at);
    }
    return null;
  }

  close(): void {
    this.index = this.pieces.length;
  }
}
