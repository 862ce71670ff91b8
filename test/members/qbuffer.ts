import { expect } from 'vitest';
import type { MemberTests } from './types.ts';

export const qbuffer: MemberTests = {
  'QBuffer.constructor': (q) => {
    const array = new q.QByteArray('abc');
    const parent = new q.QObject();
    const buffer = new q.QBuffer(array, parent);
    expect([buffer.data().toString(), buffer.parent() === parent, new q.QBuffer().size()]).toEqual(['abc', true, 0]);
    buffer.open(q.QIODevice.Append);
    buffer.write('def');
    expect(array.toString()).toBe('abcdef');
  },

  'QBuffer.setData': (q) => {
    const bytes = Buffer.from('abc');
    const buffer = new q.QBuffer('old');
    buffer.setData(bytes);
    buffer.open(q.QIODevice.ReadWrite);
    buffer.write('X');
    expect([buffer.data(), bytes].map(String)).toEqual(['Xbc', 'abc']);
    expect(() => buffer.setData('new')).toThrow('the buffer is open');
  },

  'QBuffer.data': (q) => {
    const buffer = new q.QBuffer('abc');
    buffer.open(q.QIODevice.ReadWrite);
    const before = buffer.data();
    buffer.write('X');
    expect([before, buffer.data()].map(String)).toEqual(['abc', 'Xbc']);
  },

  'QBuffer.buffer': (q) => {
    const buffer = new q.QBuffer();
    buffer.open(q.QIODevice.WriteOnly);
    buffer.write('abc');
    const inPlace = buffer.buffer();
    inPlace[0] = 0x58;
    expect([inPlace, buffer.data()].map(String)).toEqual(['Xbc', 'Xbc']);
  },

  'QBuffer.setBuffer': (q) => {
    const memory = Buffer.from('abc');
    const buffer = new q.QBuffer('old');
    buffer.setBuffer(memory);
    buffer.open(q.QIODevice.ReadWrite);
    buffer.write('X');
    expect([memory, buffer.readAll()].map(String)).toEqual(['Xbc', 'bc']);
    expect(() => buffer.setBuffer(memory)).toThrow('the buffer is open');
  },
};
