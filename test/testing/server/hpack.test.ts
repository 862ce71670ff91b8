import { describe, expect, it } from 'vitest';
import { BlockReader } from '../../../src/testing/server/http2/hpack.ts';
import { block, indexed, literal, tableSize } from '../../support/h2-hpack.ts';

describe('blocks of requests', () => {
  it('are read with the table of the connection (RFC 7541 C.3)', () => {
    const reader = new BlockReader();
    const read = (hex: string) => reader.read(Buffer.from(hex, 'hex')).map((field) => field.join('='));
    expect(read('828684410f7777772e6578616d706c652e636f6d')).toEqual([
      ':method=GET',
      ':scheme=http',
      ':path=/',
      ':authority=www.example.com',
    ]);
    expect(read('828684be58086e6f2d6361636865').slice(3)).toEqual([':authority=www.example.com', 'cache-control=no-cache']);
    expect(read('828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565')).toEqual([
      ':method=GET',
      ':scheme=https',
      ':path=/index.html',
      ':authority=www.example.com',
      'custom-key=custom-value',
    ]);
  });

  it('forget what the table has no room for', () => {
    const reader = new BlockReader();
    const long = 'x'.repeat(2_000);
    for (const name of ['a', 'b', 'c']) reader.read(literal(name, long, true));
    expect(reader.read(indexed(63))[0]![0]).toBe('b');
    expect(() => reader.read(indexed(64))).toThrow('the field number 64, which nobody has');
    reader.read(tableSize(0));
    expect(() => reader.read(indexed(62))).toThrow('the field number 62, which nobody has');
  });

  const bad: [what: string, octets: Buffer, text: string][] = [
    ['index 0', Buffer.of(0x80), 'the field number 0'],
    ['a text that is cut off', block(['a', 'bcd']).subarray(0, 5), 'a text longer than its block'],
    ['a number that is cut off', Buffer.of(0xff), 'a block of fields that ends too early'],
    ['a field without a value', block(['a', '']).subarray(0, 3), 'a block of fields that ends too early'],
    ['bits that are no code', Buffer.of(0, 1, 0x61, 0x81, 0x00), 'a text that is no Huffman code'],
  ];
  it.each(bad)('are refused: %s', (_what, octets, text) => {
    expect(() => new BlockReader().read(octets)).toThrow(text);
  });
});
