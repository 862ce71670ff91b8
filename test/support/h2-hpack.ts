// HPACK by hand (RFC 7541): the encoder writes what it is told, broken or not; the decoder reads what well-behaved clients send.

/** Name and value of a field. */
export type Field = readonly [name: string, value: string];

/** Appendix A, from index 1. */
const STATIC: readonly Field[] = [
  [':authority', ''],
  [':method', 'GET'],
  [':method', 'POST'],
  [':path', '/'],
  [':path', '/index.html'],
  [':scheme', 'http'],
  [':scheme', 'https'],
  ...['200', '204', '206', '304', '400', '404', '500'].map((status): Field => [':status', status]),
  ['accept-charset', ''],
  ['accept-encoding', 'gzip, deflate'],
  ...(
    'accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control content-disposition ' +
    'content-encoding content-language content-length content-location content-range content-type cookie date etag expect expires ' +
    'from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards ' +
    'proxy-authenticate proxy-authorization range referer refresh retry-after server set-cookie strict-transport-security ' +
    'transfer-encoding user-agent vary via www-authenticate'
  )
    .split(' ')
    .map((name): Field => [name, '']),
];

/** Symbols by the length of their code, shortest first: the code is canonical, so lengths say it all. Rarer ones are left out. */
const LENGTHS: Readonly<Record<number, string>> = {
  5: '012aceiost',
  6: ' %-./3456789=A_bdfghlmnpru',
  7: ':BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz',
  8: '&*,;XZ',
  10: '!"()?',
  11: "'+|",
  12: '#>',
  13: '\0$@[]~',
  14: '^}',
  15: '<`{',
};

const CODES = new Map<string, string>();
const SYMBOLS = new Map<string, string>();
{
  let code = 0;
  let length = 0;
  for (const [bits, symbols] of Object.entries(LENGTHS)) {
    code <<= Number(bits) - length;
    length = Number(bits);
    for (const symbol of symbols) {
      const word = (code++).toString(2).padStart(length, '0');
      CODES.set(symbol, word);
      SYMBOLS.set(word, symbol);
    }
  }
}

const LONGEST = 15;

/** The bits of a text; a test may append what it likes. */
export const huffmanBits = (text: string): string =>
  Array.from(text, (symbol) => {
    const word = CODES.get(symbol);
    if (word === undefined) throw new Error(`no Huffman code is known here for ${JSON.stringify(symbol)}`);
    return word;
  }).join('');

/** Octets of bits, filled up with ones, as the end of a string is. */
export function packed(bits: string, filler: '0' | '1' = '1'): Buffer {
  const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, filler);
  return Buffer.from(whole.match(/.{8}/g)?.map((octet) => Number.parseInt(octet, 2)) ?? []);
}

/** An integer with a prefix of so many bits behind `pattern` (5.1). */
export function integer(value: number, prefix: number, pattern = 0): Buffer {
  const limit = 2 ** prefix - 1;
  if (value < limit) return Buffer.of(pattern | value);
  const bytes = [pattern | limit];
  for (value -= limit; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 128);
  return Buffer.from([...bytes, value]);
}

/** A string literal (5.2). Text is one octet a character; bytes are taken for Huffman's as they are. */
export function string(text: string | Uint8Array): Buffer {
  if (typeof text !== 'string') return Buffer.concat([integer(text.length, 7, 0x80), text]);
  return Buffer.concat([integer(text.length, 7), Buffer.from(text, 'latin1')]);
}

/** A field by its index (6.1). */
export const indexed = (index: number): Buffer => integer(index, 7, 0x80);

/** A literal field that enters nobody's table (6.2.2), or that does (6.2.1). A name may be an index. */
export const literal = (name: string | Uint8Array | number, value: string | Uint8Array, remember = false): Buffer => {
  const [prefix, pattern] = remember ? [6, 0x40] : [4, 0];
  const start = typeof name === 'number' ? integer(name, prefix, pattern) : Buffer.concat([Buffer.of(pattern), string(name)]);
  return Buffer.concat([start, string(value)]);
};

/** A new size of the dynamic table (6.3). */
export const tableSize = (size: number): Buffer => integer(size, 5, 0x20);

/** A block of fields: names and values, or pieces already written. */
export const block = (...fields: readonly (Field | Buffer)[]): Buffer =>
  Buffer.concat(fields.map((field) => (Buffer.isBuffer(field) ? field : literal(field[0], field[1]))));

/** A block with a status and fields, as most answers have it. */
export const answer = (status: number | string, ...fields: readonly (Field | Buffer)[]): Buffer =>
  block([':status', String(status)], ...fields);

/** What a connection remembers of the blocks it has read. */
export class HpackDecoder {
  readonly #table: Field[] = [];
  #size = 0;
  #limit = 4_096;

  read(bytes: Buffer): Field[] {
    const fields: Field[] = [];
    const at = { bytes, offset: 0 };
    while (at.offset < bytes.length) {
      const first = bytes[at.offset]!;
      if (first & 0x80) fields.push(this.#entry(readInteger(at, 7)));
      else if (first & 0x40) fields.push(this.#remember(this.#literal(at, 6)));
      else if (first & 0x20) this.#resize(readInteger(at, 5));
      else fields.push(this.#literal(at, 4));
    }
    return fields;
  }

  #literal(at: Cursor, prefix: number): Field {
    const index = readInteger(at, prefix);
    return [index === 0 ? readString(at) : this.#entry(index)[0], readString(at)];
  }

  #entry(index: number): Field {
    const field = index <= STATIC.length ? STATIC[index - 1] : this.#table[index - STATIC.length - 1];
    if (field === undefined) throw new Error(`a client named the field ${index}, which nobody has`);
    return field;
  }

  #remember(field: Field): Field {
    this.#table.unshift(field);
    this.#size += weight(field);
    this.#resize(this.#limit);
    return field;
  }

  #resize(limit: number): void {
    this.#limit = limit;
    while (this.#size > limit) this.#size -= weight(this.#table.pop()!);
  }
}

/** Octets that a field counts in a table or a list (RFC 7541 4.1). */
export const weight = ([name, value]: Field): number => name.length + value.length + 32;

interface Cursor {
  readonly bytes: Buffer;
  offset: number;
}

function readInteger(at: Cursor, prefix: number): number {
  const limit = 2 ** prefix - 1;
  let value = at.bytes[at.offset++]! & limit;
  if (value < limit) return value;
  for (let scale = 1; ; scale *= 128) {
    const octet = at.bytes[at.offset++]!;
    value += (octet & 127) * scale;
    if (octet < 128) return value;
  }
}

function readString(at: Cursor): string {
  const coded = (at.bytes[at.offset]! & 0x80) !== 0;
  const length = readInteger(at, 7);
  const bytes = at.bytes.subarray(at.offset, at.offset + length);
  at.offset += length;
  return coded ? unpacked(bytes) : bytes.toString('latin1');
}

function unpacked(bytes: Buffer): string {
  let text = '';
  let word = '';
  for (const bit of Array.from(bytes, (octet) => octet.toString(2).padStart(8, '0')).join('')) {
    word += bit;
    const symbol = SYMBOLS.get(word);
    if (symbol === undefined && word.length > LONGEST) throw new Error('a client coded a symbol that this table does not have');
    if (symbol === undefined) continue;
    text += symbol;
    word = '';
  }
  return text;
}
