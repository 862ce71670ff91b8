import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qbytearray: MemberTests = {
  'QByteArray.constructor': (q) => {
    expect(new q.QByteArray('ä').toUint8Array()).toEqual(Buffer.from([0xc3, 0xa4]));
    const bytes = Buffer.from('abc');
    const array = new q.QByteArray(bytes);
    array.append('d');
    expect([array.toString(), bytes.toString(), new q.QByteArray().size()]).toEqual(['abcd', 'abc', 0]);
  },

  'QByteArray.size': (q) => {
    expect([new q.QByteArray().size(), new q.QByteArray('ä').size()]).toEqual([0, 2]);
  },

  'QByteArray.isEmpty': (q) => {
    expect([new q.QByteArray().isEmpty(), new q.QByteArray('').isEmpty(), new q.QByteArray('a').isEmpty()]).toEqual([
      true,
      true,
      false,
    ]);
  },

  'QByteArray.isNull': (q) => {
    expect([new q.QByteArray().isNull(), new q.QByteArray('').isNull()]).toEqual([true, false]);
  },

  'QByteArray.append': (q) => {
    const array = new q.QByteArray('a');
    expect(array.append('b').append(Buffer.from('c')).append(new q.QByteArray('d')) === array).toBe(true);
    expect(array.toString()).toBe('abcd');
  },

  'QByteArray.toBase64': (q) => {
    expect(new q.QByteArray('Qt is great!').toBase64().toString()).toBe('UXQgaXMgZ3JlYXQh');
    expect(new q.QByteArray(Uint8Array.of(255, 239)).toBase64().toString()).toBe('/+8=');
  },

  'QByteArray.fromBase64': (q) => {
    expect(q.QByteArray.fromBase64('UXQgaXMg\nZ3JlYXQh').toString()).toBe('Qt is great!');
    expect(q.QByteArray.fromBase64(new q.QByteArray('_-8=')).toUint8Array()).toEqual(Buffer.from([255, 239]));
  },

  'QByteArray.toHex': (q) => {
    expect(new q.QByteArray(Uint8Array.of(0, 255, 16)).toHex().toString()).toBe('00ff10');
  },

  'QByteArray.toString': (q) => {
    const array = new q.QByteArray('ä');
    expect([array.toString(), array.toString('latin1'), `${array}`]).toEqual(['ä', 'Ã¤', 'ä']);
  },

  'QByteArray.toUint8Array': (q) => {
    const array = new q.QByteArray('abc');
    const bytes = array.toUint8Array();
    array.append('d');
    expect([bytes instanceof Uint8Array, String(bytes), String(array.toUint8Array())]).toEqual([true, 'abc', 'abcd']);
  },
};
