import { HeaderList } from '../../../base/header-list.ts';
import { fieldFault } from '../field-fault.ts';
import { huffmanText } from './huffman.ts';
import { type Entry, STATIC_SIZE, sizeOf, staticFields, TABLE_BYTES } from './tables.ts';

/** The head of an answer, or a trailer section. */
export interface DecodedHead {
  /** `:status`, '' = none. */
  readonly status: string;
  readonly fields: HeaderList;
  /** Why it is malformed (RFC 9113 8.1.1), '' = it is not. */
  readonly fault: string;
}

export interface HeadLimits {
  /** Octets of all names and values, 32 added for each field. */
  readonly bytes: number;
  readonly fields: number;
}

let staticEntries: readonly Entry[] | null = null;

/** Made when the first head is read: most programs never speak HTTP/2. */
function staticEntry(index: number): Entry {
  staticEntries ??= staticFields().map(([name, value]) => ({ name, value, fault: fieldFault(name, value) }));
  return staticEntries[index]!;
}

/** Reads header blocks (RFC 7541). The table goes through all blocks of a connection, so each has to be read, wanted or not. */
export class HpackDecoder {
  private readonly limits: HeadLimits;
  /** The dynamic table, the oldest first; those before `first` are gone. */
  private entries: Entry[] = [];
  private first = 0;
  private size = 0;
  private most = TABLE_BYTES;
  // the block that is read
  private b: Buffer = Buffer.alloc(0);
  private at = 0;
  private end = 0;

  constructor(limits: HeadLimits) {
    this.limits = limits;
  }

  /** The fields of a block, or null when it breaks the rules; then nothing that comes behind it can be read either. */
  decode(b: Buffer, from: number, to: number): DecodedHead | null {
    this.b = b;
    this.at = from;
    this.end = to;
    const head = new HeadBuilder(this.limits);
    let sizes = true;
    while (this.at < this.end) {
      const octet = b[this.at]!;
      const isSize = (octet & 0xe0) === 0x20;
      if (isSize ? !sizes || !this.resize() : !this.field(octet, head)) return null;
      sizes = isSize;
    }
    return head;
  }

  /** 6.3: only in front of the fields, and never more than we allow. */
  private resize(): boolean {
    const most = this.integer(0x1f);
    if (most < 0 || most > TABLE_BYTES) return false;
    this.most = most;
    this.evict(0);
    return true;
  }

  private field(octet: number, head: HeadBuilder): boolean {
    const entry = (octet & 0x80) !== 0 ? this.lookUp(this.integer(0x7f)) : this.literal(octet);
    if (entry === null) return false;
    head.add(entry);
    return true;
  }

  /** 6.2 */
  private literal(octet: number): Entry | null {
    const keep = (octet & 0x40) !== 0;
    const index = this.integer(keep ? 0x3f : 0x0f);
    if (index < 0) return null;
    const known = index === 0 ? null : this.lookUp(index);
    if (index > 0 && known === null) return null;
    const name = known === null ? this.text() : known.name;
    const value = name === null ? null : this.text();
    if (name === null || value === null) return null;
    const entry: Entry = { name, value, fault: fieldFault(name, value) };
    if (keep) this.keep(entry);
    return entry;
  }

  private lookUp(index: number): Entry | null {
    if (index <= 0) return null;
    if (index <= STATIC_SIZE) return staticEntry(index);
    const at = this.entries.length - (index - STATIC_SIZE);
    return at < this.first ? null : this.entries[at]!;
  }

  private keep(entry: Entry): void {
    const size = sizeOf(entry.name, entry.value);
    this.evict(size);
    if (size > this.most) return;
    this.entries.push(entry);
    this.size += size;
  }

  /** Makes room (4.4). */
  private evict(room: number): void {
    while (this.size + room > this.most && this.first < this.entries.length) {
      const { name, value } = this.entries[this.first++]!;
      this.size -= sizeOf(name, value);
    }
    if (this.first === 0 || (this.first < 256 && this.first < this.entries.length)) return;
    this.entries = this.entries.slice(this.first);
    this.first = 0;
  }

  /** 5.1; -1 = it is cut off, or longer than any that makes sense. */
  private integer(mask: number): number {
    const { b, end } = this;
    let value = b[this.at++]! & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      if (this.at >= end) return -1;
      const octet = b[this.at++]!;
      value += (octet & 0x7f) << shift;
      if ((octet & 0x80) === 0) return value;
    }
    return -1;
  }

  /** 5.2 */
  private text(): string | null {
    if (this.at >= this.end) return null;
    const coded = (this.b[this.at]! & 0x80) !== 0;
    const length = this.integer(0x7f);
    const from = this.at;
    if (length < 0 || length > this.end - from) return null;
    this.at = from + length;
    return coded ? huffmanText(this.b, from, this.at) : this.b.toString('latin1', from, this.at);
  }
}

class HeadBuilder implements DecodedHead {
  status = '';
  fault = '';
  readonly fields = new HeaderList();
  private readonly limits: HeadLimits;
  private size = 0;

  constructor(limits: HeadLimits) {
    this.limits = limits;
  }

  add({ name, value, fault }: Entry): void {
    this.size += sizeOf(name, value);
    if (this.size > this.limits.bytes || this.fields.size >= this.limits.fields) this.spoil('it is too long');
    if (fault !== '') this.spoil(fault);
    if (this.fault !== '') return;
    if (name !== ':status') this.fields.append(name, value);
    else if (this.status !== '' || this.fields.size > 0) this.spoil('it has its status in a wrong place');
    else this.status = value;
  }

  private spoil(why: string): void {
    if (this.fault === '') this.fault = why;
  }
}
