import type { Collected } from '../har/collected.ts';
import type { Shelf } from '../har/shelf.ts';

/** Bytes that it takes to know of another piece. */
const KNOWING = 16;

/** A body as it comes, piece by piece. Its size is known also when it is not kept. */
export class KeptBody implements Collected {
  size = 0;
  /** It has made room for later ones. */
  crowded = false;
  private readonly shelf: Shelf;
  /** Place, size, place, size …; null = it is not kept. */
  private pieces: number[] | null = [];

  constructor(shelf: Shelf) {
    this.shelf = shelf;
  }

  /** Counts another piece, which is kept unless the body is longer than the limit by now: then nothing of it is. */
  add(bytes: Uint8Array, start: number, end: number, limit: number): void {
    this.size += end - start;
    if (this.size > limit) this.release();
    else this.pieces?.push(this.shelf.keep(bytes, start, end), end - start);
  }

  get kept(): boolean {
    return this.pieces !== null;
  }

  /** Bytes of memory that it takes; in pieces of a byte, those that know of the pieces are most of them. */
  get held(): number {
    return this.pieces === null ? 0 : this.size + KNOWING * (this.pieces.length / 2 - 1);
  }

  get bytes(): Buffer | null {
    const { pieces, shelf } = this;
    if (pieces === null) return null;
    const whole = Buffer.allocUnsafe(this.size);
    let at = 0;
    for (let i = 0; i < pieces.length; i += 2) {
      shelf.copy(pieces[i]!, pieces[i + 1]!, whole, at);
      at += pieces[i + 1]!;
    }
    return whole;
  }

  /** Others need the room. */
  makeRoom(): void {
    this.crowded = this.pieces !== null;
    this.release();
  }

  /** The memory is given back. */
  release(): void {
    for (let i = 0; i < (this.pieces?.length ?? 0); i += 2) this.shelf.release(this.pieces![i]!);
    this.pieces = null;
  }
}
