import { huffmanLength, huffmanWrite } from './huffman.ts';
import { STATIC_SIZE, sizeOf, staticFields, TABLE_BYTES } from './tables.ts';

/** Where a name is known from: its place in the static table, and the places of its values. Places in the dynamic table are counted up. */
interface Known {
  /** Index of a static entry with this name, 0 = none. */
  readonly fixed: number;
  readonly values: Map<string, number>;
  /** The same for the dynamic table, in the order in which they were added. */
  readonly kept: Map<string, number>;
}

/** Fields that are different each time would push the others out of the table. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  ':path',
  'content-length',
  'content-range',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'range',
]);

/** Never in a table that others' guesses could be tried against (RFC 7541 7.1.3). */
const SECRET: ReadonlySet<string> = new Set(['authorization', 'proxy-authorization']);

const FIXED = 0x0f;
const KEEP = 0x40;
const NEVER = 0x10;

/** Writes header blocks (RFC 7541): what was sent before costs an octet. */
export class HpackEncoder {
  private readonly huffman: boolean;
  private readonly names = new Map<string, Known>();
  /** The dynamic table: name, value, name, value …, the oldest first; those before `first` are gone. */
  private kept: string[] = [];
  private first = 0;
  /** Entries that were ever added. */
  private added = 0;
  private size = 0;
  private most = TABLE_BYTES;
  /** Sizes to be announced in front of the next block: the smallest since then, and the last; -1 = none. */
  private smallest = -1;

  constructor(huffman: boolean) {
    this.huffman = huffman;
    const fields = staticFields();
    for (let i = 1; i <= STATIC_SIZE; i++) {
      const [name, value] = fields[i]!;
      const known = this.names.get(name) ?? { fixed: i, values: new Map(), kept: new Map() };
      if (value !== '') known.values.set(value, i);
      this.names.set(name, known);
    }
  }

  /** The peer's table takes so many octets. */
  resize(most: number): void {
    const limit = Math.min(most, TABLE_BYTES);
    if (limit === this.most) return;
    this.most = limit;
    this.smallest = this.smallest < 0 ? limit : Math.min(this.smallest, limit);
    this.evict(0);
  }

  /** Octets that a block takes at most. */
  static bound(fields: readonly string[]): number {
    let size = 12;
    for (let i = 0; i < fields.length; i++) size += fields[i]!.length + 6;
    return size;
  }

  /** Writes name, value, name, value … and says where the block ends. */
  encode(fields: readonly string[], target: Buffer, at: number): number {
    if (this.smallest >= 0) {
      if (this.smallest < this.most) at = integer(target, at, this.smallest, 0x1f, 0x20);
      at = integer(target, at, this.most, 0x1f, 0x20);
      this.smallest = -1;
    }
    for (let i = 0; i < fields.length; i += 2) at = this.field(fields[i]!, fields[i + 1]!, target, at);
    return at;
  }

  private field(name: string, value: string, target: Buffer, at: number): number {
    const known = this.names.get(name);
    const index = known === undefined ? 0 : this.indexOf(known, value);
    if (index > 0) return integer(target, at, index, 0x7f, 0x80);
    const secret = SECRET.has(name);
    const keeps = !secret && !NOT_KEPT.has(name) && sizeOf(name, value) <= this.most >> 1;
    const named = known === undefined ? 0 : known.fixed || this.anyOf(known);
    at = integer(target, at, named, keeps ? 0x3f : FIXED, keeps ? KEEP : secret ? NEVER : 0);
    if (named === 0) at = this.text(name, target, at);
    at = this.text(value, target, at);
    if (keeps) this.keep(name, value, known);
    return at;
  }

  private indexOf({ values, kept }: Known, value: string): number {
    const place = kept.get(value);
    return place === undefined ? (values.get(value) ?? 0) : this.place(place);
  }

  private place(added: number): number {
    return STATIC_SIZE + this.added - added;
  }

  private anyOf({ kept }: Known): number {
    for (const added of kept.values()) return this.place(added);
    return 0;
  }

  private keep(name: string, value: string, before: Known | undefined): void {
    const size = sizeOf(name, value);
    this.evict(size);
    let known = before;
    // evicting may have forgotten a name that is in no other table
    if (known === undefined || !this.names.has(name)) {
      known = { fixed: 0, values: new Map(), kept: new Map() };
      this.names.set(name, known);
    }
    known.kept.set(value, this.added++);
    this.kept.push(name, value);
    this.size += size;
  }

  private evict(room: number): void {
    while (this.size + room > this.most && this.first < this.kept.length) {
      const name = this.kept[this.first]!;
      const value = this.kept[this.first + 1]!;
      const known = this.names.get(name)!;
      known.kept.delete(value);
      if (known.fixed === 0 && known.kept.size === 0) this.names.delete(name);
      this.first += 2;
      this.size -= sizeOf(name, value);
    }
    if (this.first === 0 || (this.first < 512 && this.first < this.kept.length)) return;
    this.kept = this.kept.slice(this.first);
    this.first = 0;
  }

  private text(text: string, target: Buffer, at: number): number {
    const coded = this.huffman ? huffmanLength(text) : text.length;
    if (coded < text.length) return huffmanWrite(text, target, integer(target, at, coded, 0x7f, 0x80));
    at = integer(target, at, text.length, 0x7f, 0);
    return at + target.write(text, at, 'latin1');
  }
}

/** RFC 7541 5.1. */
function integer(target: Buffer, at: number, value: number, mask: number, pattern: number): number {
  if (value < mask) {
    target[at] = pattern | value;
    return at + 1;
  }
  target[at++] = pattern | mask;
  let rest = value - mask;
  for (; rest >= 0x80; rest >>>= 7) target[at++] = (rest & 0x7f) | 0x80;
  target[at++] = rest;
  return at;
}
