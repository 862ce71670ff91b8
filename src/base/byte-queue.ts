const EMPTY = Buffer.alloc(0);

/** Room is made ahead for a piece of at most this size, so that a peer who announces much and sends little costs little. */
const MOST_AHEAD = 65_536;
/** Up to this size a piece comes out of the pool of Node.js. */
const POOLED_BYTES = 4096;
/**
 * Pieces of `LEAST_IN_SLAB` to `MOST_AHEAD` bytes share memory: a slab for several costs V8 half of what memory for each does. All others
 * get memory of their own, which is freed with them; so whoever keeps one piece keeps eight times its size at most.
 */
const SLAB_BYTES = 262_144;
const LEAST_IN_SLAB = 32_768;

let keepHere: ((memory: object) => void) | null = null;

/**
 * A reader gets the beginning of memory that is filled further. Were it transferred to another thread, a socket would go on writing into
 * what is not ours any more.
 */
function bind(memory: Buffer): void {
  keepHere ??= process.getBuiltinModule('node:worker_threads').markAsUntransferable;
  keepHere(memory.buffer);
}

let slab: Buffer = EMPTY;
let slabFilled = 0;

function memoryFor(size: number): Buffer {
  if (size <= POOLED_BYTES) return Buffer.allocUnsafe(size);
  if (size < LEAST_IN_SLAB || size > MOST_AHEAD) return Buffer.allocUnsafeSlow(size);
  if (slabFilled + size > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    bind(slab);
    slabFilled = 0;
  }
  const piece = slab.subarray(slabFilled, slabFilled + size);
  slabFilled += size;
  return piece;
}

/**
 * Bytes waiting to be read: pieces in order, given out without copying where a piece fits. A body whose length is known is gathered
 * in one piece as it arrives, so that reading it whole costs nothing.
 */
export class ByteQueue {
  private only: Buffer | null = null;
  private pieces: Buffer[] | null = null;
  private first = 0;
  /** Bytes of the first piece that are gone already. */
  private offset = 0;
  /** The last piece, as it will be when it is full, and how much of it is filled; null when it is full. */
  private room: Buffer | null = null;
  private filled = 0;
  /** The part of the room that bytes are being read into. */
  private lent: Buffer | null = null;
  size = 0;

  /** Keeps a copy of `bytes` from `start` to `end`; so many more are `expected` after them, -1 = unknown. */
  copyIn(bytes: Buffer, start: number, end: number, expected: number): void {
    const room = this.roomLeft();
    if (room !== null) {
      const n = Math.min(end - start, room.length - this.filled);
      // bytes that were read into the room are where they belong
      if (bytes !== this.lent || start !== 0) bytes.copy(room, this.filled, start, start + n);
      this.size += n;
      this.filled += n;
      this.setLast(room.subarray(0, this.filled));
      if (this.filled === room.length) this.room = null;
      start += n;
      if (start === end) return;
    }
    const here = end - start;
    const size = Math.max(here, Math.min(here + Math.max(0, expected), MOST_AHEAD));
    const piece = memoryFor(size);
    bytes.copy(piece, 0, start, end);
    if (size > here) {
      this.room = piece;
      this.filled = here;
    }
    this.push(size > here ? piece.subarray(0, here) : piece);
  }

  /** The bytes that come next are gathered in this memory until it is full. */
  gatherIn(memory: Buffer): void {
    this.room = memory;
    this.filled = 0;
    this.makePlace();
  }

  /** Memory that the program holds as well it may have given away: what waited in it is lost then. */
  private roomLeft(): Buffer | null {
    if (this.room?.length === 0) this.clear();
    return this.room;
  }

  /** Free memory for up to `left` bytes that come next; `copyIn` of this very memory copies nothing. */
  roomFor(left: number): Buffer {
    if (this.roomLeft() === null) this.gatherIn(Buffer.allocUnsafeSlow(Math.min(left, MOST_AHEAD)));
    const room = this.room!;
    this.lent = room.subarray(this.filled, Math.min(room.length, this.filled + left));
    return this.lent;
  }

  /** An empty last piece, which grows with the room. */
  private makePlace(): void {
    if (this.only === null && this.pieces === null) return;
    this.pieces ??= [this.only!];
    this.only = null;
    this.pieces.push(EMPTY);
  }

  private setLast(piece: Buffer): void {
    if (this.only === null && this.pieces === null) {
      // what was there is read already: only the new part waits
      this.only = piece;
      this.offset = piece.length - this.size;
    } else if (this.pieces === null) this.only = piece;
    else this.pieces[this.pieces.length - 1] = piece;
  }

  private push(piece: Buffer): void {
    this.size += piece.length;
    if (this.only === null && this.pieces === null) this.only = piece;
    else {
      this.pieces ??= this.only === null ? [] : [this.only];
      this.only = null;
      this.pieces.push(piece);
    }
  }

  clear(): void {
    this.only = null;
    this.pieces = null;
    this.room = null;
    this.first = 0;
    this.offset = 0;
    this.size = 0;
  }

  /** Frees the memory and keeps the size: nothing can be taken any more. */
  forget(): void {
    const { size } = this;
    this.clear();
    this.size = size;
  }

  /** Removes and returns up to `max` bytes. */
  take(max: number): Buffer {
    if (max <= 0 || (this.only === null && this.pieces === null)) return EMPTY;
    const head = this.pieces === null ? this.only! : this.pieces[this.first]!;
    if (head.length === 0) {
      // given away, see roomLeft
      this.clear();
      return EMPTY;
    }
    if (this.room !== null) bind(this.room);
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
    const out = Buffer.allocUnsafe(Math.min(max, this.size));
    this.moveInto(out);
    return out;
  }

  /** Distance to the first `byte` within the first `limit` bytes, or -1. */
  indexOf(byte: number, limit: number): number {
    let seen = 0;
    let offset = this.offset;
    const pieces = this.pieces ?? (this.only === null ? [] : [this.only]);
    for (let i = this.first; i < pieces.length && seen < limit; i++) {
      const piece = pieces[i]!;
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
      const piece = this.pieces![this.first]!;
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
    if (this.pieces === null || this.first + 1 === this.pieces.length) {
      this.only = null;
      this.pieces = null;
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
