import { describe, expect, test } from 'vitest';
import { ChunkDecoder } from '../../../src/wire/h1/chunked.ts';
import { H1_LIMITS, type H1Limits } from '../../../src/wire/h1/limits.ts';

interface Decoded {
  body: string;
  /** null: more is needed. */
  end: 'done' | string | null;
  trailers: readonly string[];
  /** Octets that were not used. */
  left: string;
}

/** Decodes pieces; `text` cut at `cuts`. */
function decode(text: string, cuts: readonly number[] = [], limits: H1Limits = H1_LIMITS): Decoded {
  const b = Buffer.from(text, 'latin1');
  const decoder = new ChunkDecoder();
  let body = '';
  const target = {
    body(bytes: Buffer, start: number, end: number): boolean {
      body += bytes.toString('latin1', start, end);
      return true;
    },
  };
  let used = 0;
  let at = 0;
  for (const end of [...cuts, b.length]) {
    used = at + decoder.feed(b.subarray(at, end), 0, end - at, target, limits);
    at = end;
    if (decoder.done || decoder.fault !== null) break;
  }
  return {
    body,
    end: decoder.fault !== null ? decoder.fault.why : decoder.done ? 'done' : null,
    trailers: decoder.trailers?.flat ?? [],
    left: decoder.done ? b.toString('latin1', used) : '',
  };
}

const NO_SIZE = 'a chunk has no size';
const AFTER_SIZE = 'a chunk size is not followed by CR LF or an extension';
const LINE_END = 'a chunk size line does not end in CR LF';
const TOO_LARGE = 'a chunk size is too large';
const TOO_LONG = 'chunk data is longer than its size says';
const DATA_END = 'chunk data does not end in CR LF';
const EXTENSION = 'a chunk extension is malformed';

describe('chunks (RFC 9112 7.1)', () => {
  test.each<[string, string, string | null]>([
    ['5\r\nhello\r\n0\r\n\r\n', 'hello', 'done'],
    ['0\r\n\r\n', '', 'done'],
    ['000\r\n\r\n', '', 'done'],
    ['1\r\na\r\n2\r\nbc\r\n0\r\n\r\n', 'abc', 'done'],
    ['a\r\n0123456789\r\n0\r\n\r\n', '0123456789', 'done'],
    ['A\r\n0123456789\r\n0\r\n\r\n', '0123456789', 'done'],
    ['00A\r\n0123456789\r\n0\r\n\r\n', '0123456789', 'done'],
    ['0000000000000000000000000000000000000005\r\nhello\r\n0\r\n\r\n', 'hello', 'done'],
    ['1F\r\n0123456789012345678901234567890\r\n0\r\n\r\n', '0123456789012345678901234567890', 'done'],
    ['4\r\n\r\n\r\n\r\n0\r\n\r\n', '\r\n\r\n', 'done'],
    ['5\r\n0\r\n\r\n\r\n0\r\n\r\n', '0\r\n\r\n', 'done'],
    ['\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    [';a\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['-5\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['+5\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    [' 5\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['\t5\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['xyz\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['"5"\r\nhello\r\n0\r\n\r\n', '', NO_SIZE],
    ['5g\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['0x5\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['0_5\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5.0\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5 \r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5\t\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5,a\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5\x00\r\nhello\r\n0\r\n\r\n', '', AFTER_SIZE],
    ['5\rhello\r\n0\r\n\r\n', '', LINE_END],
    ['5\r\r\nhello\r\n0\r\n\r\n', '', LINE_END],
    ['fffffffffffff\r\n', '', null],
    ['1fffffffffffff\r\n', '', null],
    ['20000000000000\r\n', '', TOO_LARGE],
    ['ffffffffffffffff\r\n', '', TOO_LARGE],
    ['10000000000000005\r\nhello\r\n0\r\n\r\n', '', TOO_LARGE],
    ['100000005\r\nhello\r\n0\r\n\r\n', 'hello\r\n0\r\n\r\n', null],
    ['3\r\nhello\r\n0\r\n\r\n', 'hel', TOO_LONG],
    ['5\r\nhello\n0\r\n\r\n', 'hello', TOO_LONG],
    ['5\r\nhello0\r\n\r\n', 'hello', TOO_LONG],
    ['5\r\nhello\r0\r\n\r\n', 'hello', DATA_END],
    ['5\r\nhello\r\r\n0\r\n\r\n', 'hello', DATA_END],
    ['5\r\nhello\r\n\r\n0\r\n\r\n', 'hello', NO_SIZE],
    // cut short
    ['', '', null],
    ['5', '', null],
    ['5\r\nhel', 'hel', null],
    ['5\r\nhello', 'hello', null],
    ['5\r\nhello\r\n', 'hello', null],
    ['5\r\nhello\r\n0', 'hello', null],
    ['5\r\nhello\r\n0\r\n', 'hello', null],
    ['5\r\nhello\r\n0\r\n\r', 'hello', null],
  ])('%j: body %j, then %j', (text, body, end) => {
    expect(decode(text)).toEqual({ body, end, trailers: [], left: '' });
  });

  test('what stands behind the last chunk is left alone', () => {
    expect(decode('1\r\na\r\n0\r\n\r\nHTTP/1.1')).toMatchObject({ end: 'done', left: 'HTTP/1.1' });
    expect(decode('1\r\na\r\n0\r\nA: b\r\n\r\n\r\n')).toMatchObject({ end: 'done', left: '\r\n', trailers: ['A', 'b'] });
  });

  test('more digits than anybody needs are refused', () => {
    const limits = { ...H1_LIMITS, chunkExtensionBytes: 8 };
    expect(decode('00000005\r\nhello\r\n0\r\n\r\n', [], limits).end).toBe('done');
    expect(decode('000000005\r\nhello\r\n0\r\n\r\n', [], limits).end).toBe(TOO_LARGE);
  });
});

describe('chunk extensions (RFC 9112 7.1.1) are checked and thrown away', () => {
  test.each<[string, boolean]>([
    [';a', true],
    [';a=b', true],
    [';a=b;c', true],
    [';a;b;c=d;e', true],
    [";!#$%&'*+-.^_`|~=!#$%&'*+-.^_`|~", true],
    [';a=""', true],
    [';a="b"', true],
    [';a="b;c=d"', true],
    [';a="b c\td"', true],
    [';a="\\""', true],
    [';a="\\\\"', true],
    [';a="\\b"', true],
    [';a="\xe9\\\xe9"', true],
    [';a="b";c="d"', true],
    [';a="b";c', true],
    [';', false],
    [';;a', false],
    [';a;', false],
    [';=b', false],
    [';a=', false],
    [';a=;b', false],
    [';a=b=c', false],
    [';a==b', false],
    ['; a', false],
    [';a =b', false],
    [';a= b', false],
    [';a ', false],
    [' ;a', false],
    [';a=b ', false],
    [';"a"', false],
    [';a="b"c', false],
    [';a="b" ', false],
    [';a="b"=c', false],
    [';a=b"c"', false],
    [';a"b"', false],
    [';a,b', false],
    [';a/b', false],
    [';\xe9', false],
    [';a=\xe9', false],
    [';a\x00', false],
    [';a="\x00"', false],
    [';a="\x7f"', false],
    [';a="\\\x00"', false],
    [';a="\r\n"', false],
    [';a="b\n"', false],
    [';a="b', false],
    [';a="b\\', false],
    [';a\n', false],
    [';a=b\n', false],
  ])('%j: %s', (extension, allowed) => {
    const decoded = decode(`5${extension}\r\nhello\r\n0${extension}\r\n\r\n`);
    if (allowed) expect(decoded).toEqual({ body: 'hello', end: 'done', trailers: [], left: '' });
    else expect([EXTENSION, AFTER_SIZE]).toContain(decoded.end);
  });

  test('each chunk may have as many octets of them as the limit says', () => {
    const limits = { ...H1_LIMITS, chunkExtensionBytes: 10 };
    expect(decode('1;aaa=bbbbb\r\na\r\n1;aaa=bbbbbb\r\nb\r\n0\r\n\r\n', [], limits)).toMatchObject({ body: 'ab', end: 'done' });
    expect(decode('1;aaa=bbbbbbb\r\na\r\n0\r\n\r\n', [], limits)).toMatchObject({
      body: '',
      end: 'chunk extensions are longer than 10 octets',
    });
  });
});

const BARE_LF = 'a trailer line does not end in CR LF';
const FRAMING = 'trailers: a field of message framing stands behind the message';

describe('trailers (RFC 9112 7.1.2)', () => {
  test.each<[string, readonly string[] | string | null]>([
    ['A: 1\r\n\r\n', ['A', '1']],
    ['A: 1\r\nB: 2\r\na: 3\r\n\r\n', ['A', '1', 'B', '2', 'a', '3']],
    ['A:\r\n\r\n', ['A', '']],
    ['A: 1\r\n 2\r\n\r\n', ['A', '1 2']],
    ['A: 1\r\n', null],
    ['A: 1\r\n\r', null],
    ['A: 1', null],
    ['\n', BARE_LF],
    ['\nA: 1\r\n\r\n', BARE_LF],
    ['A: 1\n\r\n', BARE_LF],
    ['A: 1\r\n\n', BARE_LF],
    ['A: 1\n\n', BARE_LF],
    ['A: 1\nB: 2\r\n\r\n', BARE_LF],
    ['\rA: 1\r\n\r\n', 'trailers: a bare CR stands where a field name should'],
    ['\r\r\n\r\n', 'trailers: a bare CR stands where a field name should'],
    [' A: 1\r\n\r\n', 'trailers: the first field line starts with white space'],
    ['A : 1\r\n\r\n', 'trailers: a field name is not a token or not followed by a colon: "A "'],
    ['A\r\n\r\n', 'trailers: a field name is not a token or not followed by a colon: "A?"'],
    ['A: \x00\r\n\r\n', 'trailers: control character in field A'],
    ['Content-Length: 5\r\n\r\n', FRAMING],
    ['A: 1\r\ntransfer-encoding: chunked\r\n\r\n', FRAMING],
  ])('%j: %j', (section, expected) => {
    const decoded = decode(`1\r\na\r\n0\r\n${section}`);
    if (Array.isArray(expected)) expect(decoded).toEqual({ body: 'a', end: 'done', trailers: expected, left: '' });
    else expect(decoded.end).toBe(expected);
  });

  test('are bounded, whole and in pieces', () => {
    const limits = { ...H1_LIMITS, trailerBytes: 10 };
    const why = 'trailers are longer than 10 octets';
    const every = (text: string): number[] => Array.from(text, (_, i) => i);
    for (const [section, end] of [
      ['A: 345\r\n\r\n', 'done'],
      ['A: 3456\r\n\r\n', why],
      ['A: 34567890', why],
      ['A: 1\r\nB: 1\r\n\r\n', why],
      ['A: 3456789', null],
    ] as const) {
      const text = `0\r\n${section}`;
      expect(decode(text, [], limits).end, section).toBe(end);
      expect(decode(text, every(text), limits).end, section).toBe(end);
    }
    const few = { ...H1_LIMITS, fieldCount: 1 };
    expect(decode('0\r\nA: 1\r\nB: 2\r\n\r\n', [], few).end).toBe('trailers: more than 1 header fields');
  });
});

describe('cuts', () => {
  test.each([
    '5;a="b\\"c";d=e\r\nhello\r\n00B\r\nhello world\r\n0;x\r\n\r\nbehind',
    '1\r\na\r\n0\r\nA: 1\r\nB: 2\r\n 3\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    '5\r\nhello\r\n0\r\nA: 1\nB: 2\r\n\r\n',
    '5\r\nhello\r\r\n0\r\n\r\n',
    '5;a="b\x00"\r\nhello\r\n0\r\n\r\n',
  ])('of %j change nothing', (text) => {
    const whole = decode(text);
    for (let i = 0; i <= text.length; i++) {
      for (let j = i; j <= text.length; j++) expect(decode(text, [i, j]), `cut at ${i} and ${j}`).toEqual(whole);
    }
    expect(
      decode(
        text,
        Array.from(text, (_, i) => i),
      ),
    ).toEqual(whole);
  });
});

test('a target that has enough stops the decoder, which goes on where it was', () => {
  const b = Buffer.from('3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n');
  const decoder = new ChunkDecoder();
  const pieces: string[] = [];
  const target = {
    body(bytes: Buffer, start: number, end: number): boolean {
      pieces.push(bytes.toString('latin1', start, end));
      return false;
    },
  };
  const stops: number[] = [];
  while (!decoder.done) stops.push(decoder.feed(b, stops.at(-1) ?? 0, b.length, target, H1_LIMITS));
  expect(pieces).toEqual(['abc', 'de']);
  expect(stops).toEqual([6, 13, 20]);
});
