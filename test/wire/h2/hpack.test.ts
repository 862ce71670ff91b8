import { describe, expect, it } from 'vitest';
import { HpackDecoder } from '../../../src/wire/h2/hpack/decoder.ts';
import { HpackEncoder } from '../../../src/wire/h2/hpack/encoder.ts';
import { huffmanLength, huffmanText, huffmanWrite } from '../../../src/wire/h2/hpack/huffman.ts';
import { Random } from '../../fuzz/random.ts';
import { someFields } from './fields.ts';

const LIMITS = { bytes: 262_144, fields: 1_000 };

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ''), 'hex');

type Fields = readonly (readonly [string, string])[];

/** Reads a block with Node's decoder of tests in mind: the status is a field like others. */
function decoded(decoder: HpackDecoder, block: Buffer): Fields | string | null {
  const head = decoder.decode(block, 0, block.length);
  if (head === null) return null;
  if (head.fault !== '') return head.fault;
  const fields: [string, string][] = head.status === '' ? [] : [[':status', head.status]];
  for (let i = 0; i < head.fields.size; i++) fields.push([head.fields.nameAt(i), head.fields.valueAt(i)]);
  return fields;
}

function encoded(encoder: HpackEncoder, fields: Fields): Buffer {
  const flat = fields.flat();
  const bound = HpackEncoder.bound(flat);
  const target = Buffer.alloc(bound + 64, 0xee);
  const end = encoder.encode(flat, target, 7);
  expect(end - 7).toBeLessThanOrEqual(bound);
  return target.subarray(7, end);
}

describe('the examples of RFC 7541, Appendix C', () => {
  it('C.1: integers, here as lengths and sizes', () => {
    const decoder = new HpackDecoder(LIMITS);
    // C.1.1: 10 with 5 bits; C.1.2: 1337 with 5 bits, both as sizes of the table
    expect(decoded(decoder, hex('2a'))).toEqual([]);
    expect(decoded(decoder, hex('3f9a0a'))).toEqual([]);
    const encoder = new HpackEncoder(false);
    encoder.resize(10);
    expect(encoded(encoder, []).toString('hex')).toBe('2a');
    encoder.resize(1_337);
    expect(encoded(encoder, []).toString('hex')).toBe('3f9a0a');
    // C.1.3: 42 with 8 bits has no place in HPACK; the length of a text has 7
    expect(encoded(new HpackEncoder(false), [['x-a', 'v'.repeat(42)]]).subarray(5, 6)).toEqual(Buffer.of(42));
  });

  it.each([
    [
      'C.2.1, a literal that is kept',
      '400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572',
      [['custom-key', 'custom-header']],
      55,
    ],
    ['C.2.3, one that is never kept', '1008 7061 7373 776f 7264 0673 6563 7265 74', [['password', 'secret']], 0],
  ] as const)('%s', (_what, block, fields, size) => {
    const decoder = new HpackDecoder(LIMITS);
    expect(decoded(decoder, hex(block))).toEqual(fields);
    expect(Reflect.get(decoder, 'size')).toBe(size);
    expect(decoded(decoder, hex('be'))).toEqual(size === 0 ? null : fields);
  });

  it('C.2.2 and C.2.4: what only a request has cannot be in an answer', () => {
    expect(decoded(new HpackDecoder(LIMITS), hex('040c 2f73 616d 706c 652f 7061 7468'))).toMatch(/":path" has no place/);
    expect(decoded(new HpackDecoder(LIMITS), hex('82'))).toMatch(/":method" has no place/);
  });

  const requests: readonly Fields[] = [
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ],
    [
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
      ['cache-control', 'no-cache'],
    ],
    [
      [':method', 'GET'],
      [':scheme', 'https'],
      [':path', '/index.html'],
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ],
  ];
  it.each([
    [
      'C.3, requests',
      false,
      [
        '8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
        '8286 84be 5808 6e6f 2d63 6163 6865',
        '8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65',
      ],
    ],
    [
      'C.4, the same with Huffman',
      true,
      [
        '8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff',
        '8286 84be 5886 a8eb 1064 9cbf',
        '8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf',
      ],
    ],
  ])('%s: what we write is the same octet by octet', (_what, huffman, blocks) => {
    const encoder = new HpackEncoder(huffman);
    blocks.forEach((block, i) => {
      expect(encoded(encoder, requests[i]!).toString('hex')).toBe(hex(block).toString('hex'));
    });
  });

  const DATES = ['Mon, 21 Oct 2013 20:13:21 GMT', 'Mon, 21 Oct 2013 20:13:22 GMT'] as const;
  const COOKIE = 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1';
  const answers: readonly Fields[] = [
    [
      [':status', '302'],
      ['cache-control', 'private'],
      ['date', DATES[0]],
      ['location', 'https://www.example.com'],
    ],
    [
      [':status', '307'],
      ['cache-control', 'private'],
      ['date', DATES[0]],
      ['location', 'https://www.example.com'],
    ],
    [
      [':status', '200'],
      ['cache-control', 'private'],
      ['date', DATES[1]],
      ['location', 'https://www.example.com'],
      ['content-encoding', 'gzip'],
      ['set-cookie', COOKIE],
    ],
  ];
  it.each([
    [
      'C.5, answers',
      [
        `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 54
         6e17 6874 7470 733a 2f2f 7777 772e 6578 616d 706c 652e 636f 6d`,
        '4803 3330 37c1 c0bf',
        `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970
         7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33
         3630 303b 2076 6572 7369 6f6e 3d31`,
      ],
    ],
    [
      'C.6, the same with Huffman',
      [
        `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7
         8f0b 97c8 e9ae 82ae 43d3`,
        '4883 640e ffc1 c0bf',
        `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335
         dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      ],
    ],
  ])('%s with a table of 256 octets', (_what, blocks) => {
    const decoder = new HpackDecoder(LIMITS);
    // the size of the example, announced in front
    expect(decoded(decoder, hex('3fe101'))).toEqual([]);
    const sizes = [222, 222, 215];
    blocks.forEach((block, i) => {
      expect(decoded(decoder, hex(block))).toEqual(answers[i]);
      expect(Reflect.get(decoder, 'size')).toBe(sizes[i]);
    });
    // the last table: set-cookie, content-encoding, date
    expect(decoded(decoder, hex('bebfc0'))).toEqual([
      ['set-cookie', COOKIE],
      ['content-encoding', 'gzip'],
      ['date', DATES[1]],
    ]);
    expect(decoded(decoder, hex('c1'))).toBeNull();
  });
});

describe('Huffman', () => {
  const write = (text: string): Buffer => {
    const target = Buffer.alloc(text.length * 4 + 8, 0xee);
    const end = huffmanWrite(text, target, 0);
    expect(end).toBe(huffmanLength(text));
    return target.subarray(0, end);
  };

  it('every octet, alone and behind and before each other', () => {
    for (let a = 0; a < 256; a++) {
      const one = String.fromCharCode(a);
      const coded = write(one);
      expect(huffmanText(coded, 0, coded.length)).toBe(one);
      for (let b = 0; b < 256; b++) {
        const two = one + String.fromCharCode(b);
        const both = write(two);
        if (huffmanText(both, 0, both.length) !== two) expect.fail(`octets ${a} and ${b}`);
      }
    }
  });

  it('random texts', () => {
    const random = new Random(3);
    for (let i = 0; i < 3_000; i++) {
      const rare = random.chance(2);
      const text = Array.from({ length: random.below(60) }, () =>
        String.fromCharCode(rare ? random.below(256) : 97 + random.below(26)),
      ).join('');
      const coded = write(text);
      expect(huffmanText(Buffer.concat([Buffer.of(1), coded]), 1, coded.length + 1)).toBe(text);
    }
  });

  const texts: readonly [string, string, string?][] = [
    ['a', '1f'],
    ['', ''],
    ['aa', '18ff'],
    ['a', '1fff', 'more than 7 bits of filling'],
    ['a', '18', 'filling with zeros'],
    ['a', '1e', 'filling with a zero at its end'],
    ['', 'ff', 'an octet of filling alone'],
    ['EOS', 'fffffffc', 'the mark of the end, to the last bit'],
    ['EOS', 'ffffffff', 'the mark of the end'],
    ['a, EOS', '1fffffffff', 'the mark of the end behind a symbol'],
    ['cut', 'ffc0', 'a symbol that is cut'],
  ];
  it.each(texts)('%j from %s: %s', (text, block, fault) => {
    const bytes = hex(block);
    expect(huffmanText(bytes, 0, bytes.length)).toBe(fault === undefined ? text : null);
  });
});

describe('what breaks the rules of HPACK', () => {
  it.each([
    ['index 0', '80'],
    ['an index beyond the table', 'be'],
    ['an index far beyond it', 'ffff7f'],
    ['an index without end', 'ffffffffffffff'],
    ['an index that is cut', 'ff'],
    ['a literal with a name beyond the table', '7f00'],
    ['a literal without a value', '400161'],
    ['a literal without a name', '40'],
    ['a value longer than the block', '4001610562'],
    ['a length that is cut', '4001617f'],
    ['a length without end', '4001617fffffffffff7f'],
    ['a table beyond ours', '3fe21f'],
    ['a table that changes behind a field', '8820'],
    ['a text that is coded wrong', '4001618118'],
  ])('%s', (_what, block) => {
    const bytes = hex(block);
    expect(new HpackDecoder(LIMITS).decode(bytes, 0, bytes.length)).toBeNull();
  });

  it('is not: several sizes in front, the largest allowed, an entry larger than the table, which empties it', () => {
    const decoder = new HpackDecoder(LIMITS);
    expect(decoded(decoder, hex('203fe11f400161016288'.slice(0, -2)))).toEqual([['a', 'b']]);
    expect(decoded(decoder, hex('be'))).toEqual([['a', 'b']]);
    const large = Buffer.concat([hex('400178'), hex('7fe11f'), Buffer.alloc(4_192, 'v')]);
    expect(decoded(decoder, large)).toEqual([['x', 'v'.repeat(4_192)]]);
    expect(decoded(decoder, hex('be'))).toBeNull();
  });

  it('an entry may be named by one that it drives out', () => {
    const decoder = new HpackDecoder(LIMITS);
    // 100 octets: x-a with a value of 60 takes 95
    expect(decoded(decoder, Buffer.concat([hex('3f45'), hex('4003782d613c'), Buffer.alloc(60, 'v')]))).toHaveLength(1);
    expect(decoded(decoder, Buffer.concat([hex('7e3c'), Buffer.alloc(60, 'w')]))).toEqual([['x-a', 'w'.repeat(60)]]);
    expect(decoded(decoder, hex('be'))).toEqual([['x-a', 'w'.repeat(60)]]);
  });

  it('a head beyond its limits is read to its end and told as too long', () => {
    const decoder = new HpackDecoder({ bytes: 100, fields: 3 });
    expect(decoded(decoder, hex('88 4001610162 4001630164 4001650166'))).toMatch(/too long/);
    expect(decoded(decoder, hex('88be'))).toEqual([
      [':status', '200'],
      ['e', 'f'],
    ]);
    expect(decoded(decoder, hex('88bebebebe'))).toMatch(/too long/);
  });
});

describe('the encoder', () => {
  it.each([true, false])('writes what the decoder reads, Huffman: %s', (huffman) => {
    const random = new Random(huffman ? 11 : 12);
    for (let run = 0; run < 60; run++) {
      const encoder = new HpackEncoder(huffman);
      const decoder = new HpackDecoder(LIMITS);
      for (let i = 0; i < 40; i++) {
        if (random.chance(6))
          for (let n = random.below(3); n >= 0; n--) encoder.resize(random.pick([0, 64, 128, 1_000, 4_096, 65_536]));
        const fields = someFields(random);
        expect(decoded(decoder, encoded(encoder, fields))).toEqual(fields);
        const most = Reflect.get(encoder, 'most') as number;
        expect(Reflect.get(encoder, 'size')).toBe(Reflect.get(decoder, 'size'));
        expect(Reflect.get(encoder, 'size')).toBeLessThanOrEqual(most);
      }
    }
  });

  it('says the smallest size that was between, and the last', () => {
    const encoder = new HpackEncoder(true);
    encoder.resize(64);
    encoder.resize(0);
    encoder.resize(65_536);
    expect(encoded(encoder, [[':method', 'GET']]).toString('hex')).toBe('203fe11f82');
    expect(encoded(encoder, [[':method', 'GET']]).toString('hex')).toBe('82');
    encoder.resize(4_096);
    expect(encoded(encoder, []).length).toBe(0);
  });

  it('needs an octet for what it has sent before, and keeps no secrets', () => {
    const encoder = new HpackEncoder(true);
    const fields: Fields = [
      ['authorization', 'Basic c2VjcmV0'],
      ['proxy-authorization', 'Basic c2VjcmV0'],
      ['x-known', 'value'],
    ];
    const first = encoded(encoder, fields);
    // 6.2.3: never indexed, by the names of the static table
    expect(first.subarray(0, 2).toString('hex')).toBe('1f08');
    expect(first.toString('hex')).toContain('1f22');
    expect(encoded(encoder, fields).length).toBe(first.length - encoded(new HpackEncoder(true), [fields[2]!]).length + 1);
    expect(encoded(encoder, [fields[2]!]).toString('hex')).toBe('be');
  });

  it('its bound is never too small', () => {
    const random = new Random(5);
    const long = ['\xff'.repeat(300), 'é'.repeat(20_000), 'x'.repeat(200_000), '\0', ''];
    for (let i = 0; i < 300; i++) {
      const fields: [string, string][] = Array.from({ length: random.below(30) }, () => [random.pick(long), random.pick(long)]);
      const encoder = new HpackEncoder(random.chance(2));
      encoder.resize(64);
      encoder.resize(4_000);
      // checked in there
      encoded(encoder, fields);
    }
  });
});
