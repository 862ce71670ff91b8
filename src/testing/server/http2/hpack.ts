import { huffmanText } from '../../../wire/h2/hpack/huffman.ts';
import { STATIC_SIZE, sizeOf, staticFields, TABLE_BYTES } from '../../../wire/h2/hpack/tables.ts';

export type Field = readonly [name: string, value: string];

/** A block of fields that enters nobody's table (RFC 7541 6.2.2). */
export const blockOf = (fields: readonly Field[]): Buffer =>
  Buffer.concat(fields.flatMap(([name, value]) => [Buffer.of(0), ...literal(name), ...literal(value)]));

function literal(text: string): Buffer[] {
  const octets = Buffer.from(text, 'utf8');
  return [integer(octets.length), octets];
}

/** With a prefix of 7 bits (5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.of(value);
  const octets = [127];
  for (value -= 127; value >= 128; value = Math.floor(value / 128)) octets.push((value % 128) | 128);
  return Buffer.from([...octets, value]);
}

/** Reads the blocks of requests on one connection. Throws at what cannot be read; nothing behind it can be either. */
export class BlockReader {
  /** The newest first. */
  readonly #table: Field[] = [];
  #size = 0;
  #limit = TABLE_BYTES;
  #octets: Buffer = Buffer.alloc(0);
  #at = 0;

  read(octets: Buffer): Field[] {
    this.#octets = octets;
    this.#at = 0;
    const fields: Field[] = [];
    while (this.#at < octets.length) {
      const first = octets[this.#at]!;
      if ((first & 0x80) !== 0) fields.push(this.#entry(this.#integer(7)));
      else if ((first & 0x40) !== 0) fields.push(this.#keep(this.#literal(6)));
      else if ((first & 0x20) !== 0) this.#resize(this.#integer(5));
      else fields.push(this.#literal(4));
    }
    return fields;
  }

  #literal(prefix: number): Field {
    const index = this.#integer(prefix);
    return [index === 0 ? this.#text() : this.#entry(index)[0], this.#text()];
  }

  #entry(index: number): Field {
    const field = index === 0 ? undefined : index <= STATIC_SIZE ? staticFields()[index] : this.#table[index - STATIC_SIZE - 1];
    if (field === undefined) throw new Error(`the field number ${index}, which nobody has`);
    return field;
  }

  #keep(field: Field): Field {
    this.#table.unshift(field);
    this.#size += sizeOf(...field);
    this.#resize(this.#limit);
    return field;
  }

  #resize(limit: number): void {
    this.#limit = limit;
    while (this.#size > limit) this.#size -= sizeOf(...this.#table.pop()!);
  }

  #octet(): number {
    const octet = this.#octets[this.#at++];
    if (octet === undefined) throw new Error('a block of fields that ends too early');
    return octet;
  }

  #integer(prefix: number): number {
    const limit = 2 ** prefix - 1;
    let value = this.#octet() & limit;
    if (value < limit) return value;
    for (let scale = 1; ; scale *= 128) {
      const octet = this.#octet();
      value += (octet & 127) * scale;
      if (octet < 128) return value;
    }
  }

  #text(): string {
    const coded = (this.#octets[this.#at]! & 0x80) !== 0;
    const length = this.#integer(7);
    const start = this.#at;
    this.#at += length;
    if (this.#at > this.#octets.length) throw new Error('a text longer than its block');
    const text = coded ? huffmanText(this.#octets, start, this.#at) : this.#octets.toString('latin1', start, this.#at);
    if (text === null) throw new Error('a text that is no Huffman code');
    return text;
  }
}
