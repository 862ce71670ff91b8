/** Bytes of a piece of memory that many share. */
const SHARED = 65_536;
const SMALL = 4096;
const GONE = Buffer.alloc(0);

/**
 * Where bytes are kept: small pieces side by side, large ones in memory of their own. A place is a number, so that what is kept costs no object,
 * and the collector of garbage has nothing to carry.
 */
export class Shelf {
  private memory = Buffer.allocUnsafeSlow(SHARED);
  private used = 0;
  /** Bytes of all memories but that one. */
  private settled = 0;
  /** Which of them `memory` is. */
  private current = 0;
  private readonly memories: Buffer[] = [this.memory];
  /** How many pieces are in each of them. */
  private readonly pieces: number[] = [0];
  /** Those of them that are gone. */
  private readonly vacant: number[] = [];

  /** Bytes of memory that are taken; what is still free of the piece that is being filled does not count. */
  get held(): number {
    return this.settled + this.used;
  }

  /** Keeps a copy of the bytes from `start` to `end`, and says where. */
  keep(bytes: Uint8Array, start: number, end: number): number {
    const whole = start === 0 && end === bytes.length;
    const from = whole ? bytes : bytes.subarray(start, end);
    if (from.length > SMALL) return this.own(Buffer.from(from));
    const at = this.room(from.length);
    this.memory.set(from, at);
    return this.current * SHARED + at;
  }

  /** Keeps a text of which each letter is an octet, and says where. */
  write(text: string): number {
    const { length } = text;
    if (length > SMALL) return this.own(Buffer.from(text, 'latin1'));
    const at = this.room(length);
    this.memory.write(text, at, length, 'latin1');
    return this.current * SHARED + at;
  }

  /** What is kept there, without a copy. */
  read(place: number, size: number): Buffer {
    const at = place % SHARED;
    return this.memories[Math.floor(place / SHARED)]!.subarray(at, at + size);
  }

  /** Writes what is kept there into `target`, from `at` on. */
  copy(place: number, size: number, target: Buffer, at: number): void {
    const from = place % SHARED;
    this.memories[Math.floor(place / SHARED)]!.copy(target, at, from, from + size);
  }

  text(place: number, size: number): string {
    return size === 0 ? '' : this.read(place, size).toString('latin1');
  }

  /** What is kept there is not wanted any more. Memory goes when nothing in it is wanted. */
  release(place: number): void {
    const which = Math.floor(place / SHARED);
    this.pieces[which]!--;
    if (which !== this.current) this.tidy(which);
  }

  private room(size: number): number {
    // full is not enough: behind the last byte is the place of the next memory
    if (this.used + size >= SHARED) this.turnOver();
    const at = this.used;
    this.used += size;
    this.pieces[this.current]!++;
    return at;
  }

  private turnOver(): void {
    const full = this.current;
    this.settled += SHARED;
    this.memory = Buffer.allocUnsafeSlow(SHARED);
    this.used = 0;
    this.current = this.add(this.memory, 0);
    this.tidy(full);
  }

  private own(memory: Buffer): number {
    this.settled += memory.length;
    return this.add(memory, 1) * SHARED;
  }

  private add(memory: Buffer, pieces: number): number {
    const which = this.vacant.pop() ?? this.memories.length;
    this.memories[which] = memory;
    this.pieces[which] = pieces;
    return which;
  }

  private tidy(which: number): void {
    if (this.pieces[which] !== 0) return;
    this.settled -= this.memories[which]!.length;
    this.memories[which] = GONE;
    this.vacant.push(which);
  }
}
