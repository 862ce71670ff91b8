import { derAt } from './der.ts';

/** Deeper than any certificate or key store. */
const MOST_LEVELS = 32;
const CONSTRUCTED = 0x20;

/** A value in BER (X.690) with everything in it, which is read when it is asked for. DER is BER, too. */
export class Ber {
  readonly tag: number;
  readonly content: Buffer;
  /** Tag and length included. */
  readonly whole: Buffer;

  constructor(tag: number, content: Buffer, whole: Buffer) {
    this.tag = tag;
    this.content = content;
    this.whole = whole;
  }

  /** The values in it, as far as they can be read. */
  get inside(): Ber[] {
    const all: Ber[] = [];
    for (let at = 0; at < this.content.length; ) {
      const value = readBer(this.content.subarray(at));
      if (value === null) break;
      all.push(value);
      at += value.whole.length;
    }
    return all;
  }

  /** The first value in it. */
  get first(): Ber | undefined {
    return readBer(this.content) ?? undefined;
  }

  /** Of an OCTET STRING, which may come in pieces. */
  get octets(): Buffer {
    return (this.tag & CONSTRUCTED) === 0 ? this.content : Buffer.concat(this.inside.map((piece) => piece.octets));
  }

  /** Of a BIT STRING. */
  get bits(): Buffer {
    return this.content.subarray(1);
  }

  /** Of an INTEGER. */
  get integer(): bigint {
    const { length } = this.content;
    return length === 0 ? 0n : BigInt.asIntN(length * 8, BigInt(`0x${this.content.toString('hex')}`));
  }

  /** Of an OBJECT IDENTIFIER: `2.5.29.17`. */
  get oid(): string {
    const arcs: bigint[] = [];
    let arc = 0n;
    for (const octet of this.content) {
      arc = arc * 128n + BigInt(octet & 0x7f);
      if (octet >= 0x80) continue;
      arcs.push(arc);
      arc = 0n;
    }
    const [first = 0n, ...rest] = arcs;
    const root = first < 80n ? first / 40n : 2n;
    return [root, first - root * 40n, ...rest].join('.');
  }
}

/** The value at the beginning; null when there is none that is whole. */
export function readBer(bytes: Buffer, levels = MOST_LEVELS): Ber | null {
  const value = derAt(bytes, 0, bytes.length);
  if (value !== null) return new Ber(value.tag, bytes.subarray(value.start, value.end), bytes.subarray(0, value.end));
  const [tag = 0, length] = bytes;
  if (length !== 0x80 || (tag & CONSTRUCTED) === 0 || levels === 0) return null;
  // a length that is not told: the value ends with two octets of 0
  for (let at = 2; at < bytes.length; ) {
    if (bytes[at] === 0 && bytes[at + 1] === 0) return new Ber(tag, bytes.subarray(2, at), bytes.subarray(0, at + 2));
    const inner = readBer(bytes.subarray(at), levels - 1);
    if (inner === null) return null;
    at += inner.whole.length;
  }
  return null;
}
