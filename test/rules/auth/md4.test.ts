import { describe, expect, it } from 'vitest';
import { md4 } from '../../../src/rules/auth/md4.ts';

describe('MD4', () => {
  // RFC 1320 A.5
  const published: [text: string, digest: string][] = [
    ['', '31d6cfe0d16ae931b73c59d7e0c089c0'],
    ['a', 'bde52cb31de33e46245e05fbdbd6fb24'],
    ['abc', 'a448017aaf21d8525fc10ae87aa6729d'],
    ['message digest', 'd9130a8164549fe818874806e1c7014b'],
    ['abcdefghijklmnopqrstuvwxyz', 'd79e1c308aa5bbcdeea8ed63df412da9'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', '043f8582f241db351ce627e153e7f0e4'],
    ['1234567890'.repeat(8), 'e33b4ddc9c38f2199c3e7b164fcc0536'],
  ];
  for (const [text, digest] of published) {
    it(`of ${JSON.stringify(text)} is as published`, () => expect(md4(Buffer.from(text)).toString('hex')).toBe(digest));
  }

  // computed by another implementation; around the end of a block the length needs a block of its own
  const lengths: [octets: number, digest: string][] = [
    [55, 'b3fdacaf630ca7d58381bfd01c75edc9'],
    [56, 'f8ad7dfb35c576d4baaa8f518adb550c'],
    [63, '5d16ea9b038da3c054acec6ca460087b'],
    [64, '0dcb7185c8a1897c6ff062e9a91a0bcd'],
    [65, 'c794570d6e5289c38126d2abeb1c4ac5'],
    [119, '6d1a37b77bae2098688df8e323520e67'],
    [120, '78c923c0fe8b9e6ce3ed9410e041d2d9'],
    [1000, 'eec14616b6297d66adf027591bf6b8ac'],
  ];
  for (const [octets, digest] of lengths) {
    it(`of ${octets} octets`, () => expect(md4(Buffer.alloc(octets, 0xa5)).toString('hex')).toBe(digest));
  }

  it('leaves what it reads alone, wherever that lies in its buffer', () => {
    const around = Buffer.from('..abc..');
    expect(md4(around.subarray(2, 5)).toString('hex')).toBe('a448017aaf21d8525fc10ae87aa6729d');
    expect(around.toString()).toBe('..abc..');
  });
});
