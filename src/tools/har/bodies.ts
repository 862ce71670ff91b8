import type { Collected } from './collected.ts';
import type { Shelf } from './shelf.ts';

/** Places of a body that is not on the shelf. */
export const NONE = -1;
const TOO_LONG = -2;
const NO_ROOM = -3;
/** Bytes that it takes to know of a piece. */
const KNOWING = 16;

/**
 * Bodies as they come, piece by piece. What is known of each stands in two numbers of the ledger, its place and its size; only one that comes in several
 * pieces costs more than that.
 */
export class Bodies {
  private readonly shelf: Shelf;
  private readonly limit: number;
  private readonly most: number;
  /** Those in several pieces, by what the ledger calls them: place, size, place, size … */
  private readonly pieces = new Map<number, number[]>();
  /** Bytes of these. */
  private known = 0;

  /** `limit`: bytes of one body; `most`: bytes of memory of all that is on the shelf. */
  constructor(shelf: Shelf, limit: number, most: number) {
    this.shelf = shelf;
    this.limit = limit;
    this.most = most;
  }

  /** Counts another piece, which is kept unless the body is longer than the limit by now, or the shelf is full: then nothing of it is. */
  add(name: number, page: Float64Array, at: number, bytes: Uint8Array, start: number, end: number): void {
    const place = page[at]!;
    const before = place === NONE ? 0 : page[at + 1]!;
    const size = before + end - start;
    page[at + 1] = size;
    if (place < NONE) return;
    const long = size > this.limit;
    if (long || this.shelf.held + this.known + end - start > this.most) {
      this.forget(name, place);
      page[at] = long ? TOO_LONG : NO_ROOM;
    } else if (place === NONE) page[at] = this.shelf.keep(bytes, start, end);
    else {
      this.piecesOf(name, place, before).push(this.shelf.keep(bytes, start, end), end - start);
      this.known += KNOWING;
    }
  }

  read(name: number, place: number, size: number): Collected | null {
    if (place === NONE) return null;
    if (place < NONE) return { size, bytes: null, crowded: place === NO_ROOM };
    const pieces = this.pieces.get(name);
    return { size, bytes: pieces === undefined ? this.shelf.read(place, size) : this.whole(pieces, size), crowded: false };
  }

  /** Nothing of it is wanted any more. */
  forget(name: number, place: number): void {
    if (place < 0) return;
    const pieces = this.pieces.get(name);
    if (pieces === undefined) return this.shelf.release(place);
    this.pieces.delete(name);
    this.known -= (KNOWING * pieces.length) / 2;
    for (let i = 0; i < pieces.length; i += 2) this.shelf.release(pieces[i]!);
  }

  private whole(pieces: readonly number[], size: number): Buffer {
    const bytes = Buffer.allocUnsafe(size);
    let at = 0;
    for (let i = 0; i < pieces.length; i += 2) {
      this.shelf.copy(pieces[i]!, pieces[i + 1]!, bytes, at);
      at += pieces[i + 1]!;
    }
    return bytes;
  }

  private piecesOf(name: number, place: number, size: number): number[] {
    const begun = this.pieces.get(name);
    if (begun !== undefined) return begun;
    const pieces = [place, size];
    this.pieces.set(name, pieces);
    this.known += KNOWING;
    return pieces;
  }
}
