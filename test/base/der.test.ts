import { describe, expect, it } from 'vitest';
import { certificateParts, derAt, derInside, derNumber } from '../../src/base/der.ts';

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('a DER value', () => {
  const rows: [what: string, hex: string, value: { tag: number; start: number; end: number } | null][] = [
    ['short', '02 01 05', { tag: 2, start: 2, end: 3 }],
    ['empty', '05 00', { tag: 5, start: 2, end: 2 }],
    ['with a long length', `04 81 80 ${'00'.repeat(128)}`, { tag: 4, start: 3, end: 131 }],
    ['with a longer length', `04 82 01 00 ${'00'.repeat(256)}`, { tag: 4, start: 4, end: 260 }],
    ['cut off', '02 05 01', null],
    ['without a length', '02', null],
    ['nothing', '', null],
    ['of indefinite length', '30 80 00 00', null],
    ['with a tag of several octets', '3f 81 01 00', null],
    ['longer than anything', '04 85 01 00 00 00 00', null],
  ];
  for (const [what, hex, value] of rows) {
    it(what, () => {
      const b = bytes(hex);
      expect(derAt(b, 0, b.length)).toEqual(value);
    });
  }

  it('may hold others, read as far as they go', () => {
    const b = bytes('30 07 02 01 05 01 01 ff 02');
    expect(derInside(b, { tag: 0x30, start: 2, end: 9 }).map(({ tag }) => tag)).toEqual([2, 1]);
  });

  it('may be a number', () => {
    const number = (hex: string): number => derNumber(bytes(hex), derAt(bytes(hex), 0, bytes(hex).length) ?? undefined);
    expect([number('02 01 05'), number('02 02 01 00'), number('01 01 ff'), number('02 05 01 00 00 00 00')]).toEqual([
      5, 256, -1, -1,
    ]);
    expect(derNumber(bytes('00'), undefined)).toBe(-1);
  });
});

describe('parts of a certificate', () => {
  const constraints = (inner: string): string => {
    const extension = wrap('30', `0603551d13${wrap('04', wrap('30', inner))}`);
    return wrap('30', wrap('30', `a003020102020101${wrap('a3', wrap('30', extension))}`));
  };
  const size = (hex: string): string => (hex.length / 2).toString(16).padStart(2, '0');
  const wrap = (tag: string, hex: string): string => `${tag}${size(hex)}${hex}`;

  it('are the version and how many authorities may follow', () => {
    expect(certificateParts(bytes(constraints('0101ff020103')))).toEqual({ version: 3, pathLength: 3 });
    expect(certificateParts(bytes(constraints('0101ff')))).toEqual({ version: 3, pathLength: -1 });
  });

  it('are those of version 1 without any', () => {
    expect(certificateParts(bytes('30 05 30 03 02 01 01'))).toEqual({ version: 1, pathLength: -1 });
  });

  it('cannot be read from what is no certificate', () => {
    for (const hex of ['', '02 01 05', '30 00']) expect(certificateParts(bytes(hex))).toEqual({ version: 0, pathLength: -1 });
  });
});
