import { describe, expect, test } from 'vitest';
import { headEnd, type ParsedHead, ProtocolFault, parseFields, parseHead, startFault } from '../../../src/wire/h1/head-parser.ts';
import { H1_LIMITS, type H1Limits } from '../../../src/wire/h1/limits.ts';

function octets(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function parse(text: string, limits: H1Limits = H1_LIMITS): ParsedHead | 'incomplete' | ProtocolFault {
  const b = octets(text);
  return parseHead(b, 0, b.length, limits);
}

/** What a head says, in short: status, version, reason, then its fields. */
function told(head: ParsedHead | 'incomplete' | ProtocolFault): unknown {
  if (head === 'incomplete') return head;
  if (head instanceof ProtocolFault) return head.why;
  return [head.status, `1.${head.minor}`, head.reason, ...head.headers.flat];
}

const OK = [200, '1.1', 'OK'];
const NOT_HTTP = 'the answer does not start with HTTP/1.0 or HTTP/1.1';
const NO_STATUS = 'the status is not a number of three digits';
const NO_SPACE = 'the status is not followed by a space';
const CONTROL = 'control character in the status line';

describe('status lines (RFC 9112 4)', () => {
  test.each<[string, unknown]>([
    ['HTTP/1.1 200 OK', OK],
    ['HTTP/1.0 200 OK', [200, '1.0', 'OK']],
    ['HTTP/1.1 404 Not Found', [404, '1.1', 'Not Found']],
    ['HTTP/1.1 200 ', [200, '1.1', '']],
    ['HTTP/1.1 200', [200, '1.1', '']],
    ['HTTP/1.1 200  two', [200, '1.1', ' two']],
    ['HTTP/1.1 200 O', [200, '1.1', 'O']],
    ['HTTP/1.1 200 OKAY', [200, '1.1', 'OKAY']],
    ['HTTP/1.1 200 \tA\t~', [200, '1.1', '\tA\t~']],
    ['HTTP/1.1 200 \xe9\xff\x80', [200, '1.1', '\xe9\xff\x80']],
    ['HTTP/1.1 100 Continue', [100, '1.1', 'Continue']],
    ['HTTP/1.1 999 High', [999, '1.1', 'High']],
    ['HTTP/1.1 099 Low', 'the status is below 100'],
    ['HTTP/1.1 000 None', 'the status is below 100'],
    ['HTTP/1.1 20 OK', NO_STATUS],
    ['HTTP/1.1 2 OK', NO_STATUS],
    ['HTTP/1.1 2000 OK', NO_SPACE],
    ['HTTP/1.1 200OK', NO_SPACE],
    ['HTTP/1.1 200\tOK', NO_SPACE],
    ['HTTP/1.1 +20 OK', NO_STATUS],
    ['HTTP/1.1 -20 OK', NO_STATUS],
    ['HTTP/1.1 2e1 OK', NO_STATUS],
    ['HTTP/1.1 2\xb20 OK', NO_STATUS],
    ['HTTP/1.1 OK', NO_STATUS],
    ['HTTP/1.1  200 OK', NO_STATUS],
    ['HTTP/1.1\t200 OK', 'the HTTP version is not followed by one space'],
    ['HTTP/1.10 200 OK', 'the HTTP version is not followed by one space'],
    ['HTTP/1.1', 'the HTTP version is not followed by one space'],
    ['HTTP/1.2 200 OK', 'unknown HTTP version in the status line'],
    ['HTTP/1. 200 OK', 'unknown HTTP version in the status line'],
    ['HTTP/2.0 200 OK', NOT_HTTP],
    ['HTTP/0.9 200 OK', NOT_HTTP],
    ['HTTP/11.1 200 OK', NOT_HTTP],
    ['HTTP/01.1 200 OK', NOT_HTTP],
    ['HTTP/1 200 OK', NOT_HTTP],
    ['HTTP/2 200', NOT_HTTP],
    ['HTTP 200 OK', NOT_HTTP],
    ['http/1.1 200 OK', NOT_HTTP],
    ['Http/1.1 200 OK', NOT_HTTP],
    [' HTTP/1.1 200 OK', NOT_HTTP],
    ['\xef\xbb\xbfHTTP/1.1 200 OK', NOT_HTTP],
    ['ICY 200 OK', NOT_HTTP],
    ['RTSP/1.0 200 OK', NOT_HTTP],
    ['SSH-2.0-OpenSSH_9.2', NOT_HTTP],
    ['<html>', NOT_HTTP],
    ['HTTP/1.1 200 O\x00K', CONTROL],
    ['HTTP/1.1 200 O\x7fK', CONTROL],
    ['HTTP/1.1 200 O\x0bK', CONTROL],
    ['HTTP/1.1 200 O\x1bK', CONTROL],
    ['HTTP/1.1 200 O\rK', CONTROL],
    ['HTTP/1.1 200 OK\r', CONTROL],
    ['HTTP/1.1 200\rOK', CONTROL],
  ])('%j: %j', (line, expected) => {
    expect(told(parse(`${line}\r\n\r\n`))).toEqual(expected);
  });

  test('a reason phrase holds HTAB, SP, visible characters and obs-text, and no other octet', () => {
    for (let c = 0; c < 256; c++) {
      const char = String.fromCharCode(c);
      const allowed = c === 9 || (c >= 32 && c !== 127);
      const ends = c === 10;
      expect(told(parse(`HTTP/1.1 200 a${char}b: c\r\n\r\n`)), `0x${c.toString(16)}`).toEqual(
        allowed ? [200, '1.1', `a${char}b: c`] : ends ? [200, '1.1', 'a', 'b', 'c'] : CONTROL,
      );
    }
  });
});

/** Begins with `why` where a fault is expected. */
const BAD_NAME = 'a field name is not a token or not followed by a colon';

describe('field lines (RFC 9112 5)', () => {
  test.each<[string, unknown]>([
    ['', []],
    ['A: b\r\n', ['A', 'b']],
    ['A:b\r\n', ['A', 'b']],
    ['A: \t b \t \r\n', ['A', 'b']],
    ['A: b c\td\r\n', ['A', 'b c\td']],
    ['A:\r\n', ['A', '']],
    ['A: \t \r\n', ['A', '']],
    ['A: :\r\n', ['A', ':']],
    ['A: \xe9\xff\r\n', ['A', '\xe9\xff']],
    ['A: \xa0b\xa0\r\n', ['A', '\xa0b\xa0']],
    ['A: 1\r\na: 2\r\nB: 3\r\nA: 4\r\n', ['A', '1', 'a', '2', 'B', '3', 'A', '4']],
    ["!#$%&'*+-.^_`|~09azAZ: b\r\n", ["!#$%&'*+-.^_`|~09azAZ", 'b']],
    [
      'content-length: 5\r\nCONTENT-LENGTH: 6\r\nContent-Length: 7\r\n',
      ['content-length', '5', 'CONTENT-LENGTH', '6', 'Content-Length', '7'],
    ],
    [' A: b\r\n', 'the first field line starts with white space'],
    ['\tA: b\r\n', 'the first field line starts with white space'],
    ['A : b\r\n', `${BAD_NAME}: "A "`],
    ['A\t: b\r\n', `${BAD_NAME}: "A?"`],
    ['A B: b\r\n', `${BAD_NAME}: "A "`],
    [': b\r\n', `${BAD_NAME}: ":"`],
    ['A\r\n', `${BAD_NAME}: "A?"`],
    ['A\n', `${BAD_NAME}: "A?"`],
    ['A\x00: b\r\n', `${BAD_NAME}: "A?"`],
    ['\xe9: b\r\n', `${BAD_NAME}: "?"`],
    ['"A": b\r\n', `${BAD_NAME}: "\\""`],
    // what stands behind may be a secret and is not repeated
    ['A: b\r\nSet-Cookie : secret\r\n', `${BAD_NAME}: "Set-Cookie "`],
    ['A: b\r\n{"token": "secret"}\r\n', `${BAD_NAME}: "{"`],
    [`${'x'.repeat(50)} : b\r\n`, `${BAD_NAME}: "${'x'.repeat(24)} "`],
    ['A: b\rc\r\n', 'control character in field A'],
    ['A: b\r\r\n', 'control character in field A'],
    ['A: b\x00c\r\n', 'control character in field A'],
    ['A: b\x7f\r\n', 'control character in field A'],
    ['A: b\x0b\r\n', 'control character in field A'],
    ['A:\x00\r\n', 'control character in field A'],
    ['A: b\r\n\rC: d\r\n', 'a bare CR stands where a field name should'],
    // lines that end in LF alone (RFC 9112 2.2)
    ['A: b\nC: d\r\n', ['A', 'b', 'C', 'd']],
    ['A: b\n', ['A', 'b']],
    ['A:\nC: \n', ['A', '', 'C', '']],
    // folded lines (RFC 9112 5.2)
    ['A: b\r\n c\r\n', ['A', 'b c']],
    ['A: b\r\n\tc\r\n', ['A', 'b c']],
    ['A: b \t\r\n \t c \t\r\n', ['A', 'b c']],
    ['A: b\r\n c\r\n\td\r\nE: f\r\n', ['A', 'b c d', 'E', 'f']],
    ['A: b\n c\n', ['A', 'b c']],
    ['A:\r\n b\r\n', ['A', 'b']],
    ['A: b\r\n \r\n', ['A', 'b']],
    ['A: b\r\n \t\r\n c\r\n', ['A', 'b c']],
    ['A:\r\n \r\n', ['A', '']],
    ['A: b\r\n Content-Length: 3\r\n', ['A', 'b Content-Length: 3']],
    ['A: b\r\n c\x00\r\n', 'control character in field continuation'],
    ['Content-Length: 5\r\n 6\r\n', 'a field of message framing is folded'],
    ['content-length:\r\n 5\r\n', 'a field of message framing is folded'],
    ['TRANSFER-ENCODING: chunked\r\n\t\r\n', 'a field of message framing is folded'],
    ['Transfer-Encodings: a\r\n b\r\n', ['Transfer-Encodings', 'a b']],
    ['X-Content-Length: a\r\n b\r\n', ['X-Content-Length', 'a b']],
  ])('%j: %j', (lines, expected) => {
    const head = parse(`HTTP/1.1 200 OK\r\n${lines}\r\n`);
    expect(told(head)).toEqual(typeof expected === 'string' ? expected : [...OK, ...(expected as string[])]);
  });

  test('a name is a token, octet by octet', () => {
    const tchars = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (let c = 0; c < 256; c++) {
      const char = String.fromCharCode(c);
      const head = parse(`HTTP/1.1 200 OK\r\na${char}b: c\r\n\r\n`);
      if (tchars.includes(char)) expect(told(head)).toEqual([...OK, `a${char}b`, 'c']);
      else if (char === ':') expect(told(head)).toEqual([...OK, 'a', 'b: c']);
      else expect(head, `0x${c.toString(16)}`).toBeInstanceOf(ProtocolFault);
    }
  });

  test('a value holds HTAB, SP, visible characters and obs-text, and no other octet', () => {
    for (let c = 0; c < 256; c++) {
      const char = String.fromCharCode(c);
      const head = parse(`HTTP/1.1 200 OK\r\na: b${char}c:\r\n\r\n`);
      if (c === 9 || (c >= 32 && c !== 127)) expect(told(head)).toEqual([...OK, 'a', `b${char}c:`]);
      else if (c === 10) expect(told(head)).toEqual([...OK, 'a', 'b', 'c', '']);
      else expect(told(head), `0x${c.toString(16)}`).toBe('control character in field a');
    }
  });

  test('the usual names are not made anew, whatever their spelling; look-alikes are', () => {
    for (const name of ['Content-Type', 'content-type', 'ETag', 'etag', 'x-powered-by', 'Vary', 'vary', 'date', 'Date']) {
      expect(told(parse(`HTTP/1.1 200 OK\r\n${name}: b\r\n\r\n`))).toEqual([...OK, name, 'b']);
    }
    for (const name of ['Content-type', 'CONTENT-TYPE', 'Cantent-Type', 'Dote', 'dAte', 'D-te', 'Contant-Longth', 'A', 'xy']) {
      expect(told(parse(`HTTP/1.1 200 OK\r\n${name}: b\r\n\r\n`))).toEqual([...OK, name, 'b']);
    }
  });
});

describe('limits', () => {
  const small: H1Limits = { ...H1_LIMITS, fieldCount: 3, fieldBytes: 20 };
  test.each<[string, unknown]>([
    ['A: 1\r\nB: 2\r\nC: 3\r\n', [...OK, 'A', '1', 'B', '2', 'C', '3']],
    ['A: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n', 'more than 3 header fields'],
    [`A: ${'x'.repeat(15)}\r\n`, [...OK, 'A', 'x'.repeat(15)]],
    [`A: ${'x'.repeat(16)}\r\n`, 'a header field is longer than 20 octets'],
    ['A: 1\r\n 12345678\r\n', [...OK, 'A', '1 12345678']],
    ['A: 1\r\n 123456789012345\r\n', 'a header field is longer than 20 octets'],
    ['A: 1\r\nB: 2\r\n 3\r\n 4\r\n', 'more than 3 header fields'],
  ])('%j: %j', (lines, expected) => {
    expect(told(parse(`HTTP/1.1 200 OK\r\n${lines}\r\n`, small))).toEqual(expected);
  });
});

describe('heads in the middle of octets', () => {
  const text = 'HTTP/1.1 206 Partial Content\r\nServer: x\r\nX-Fold: a\r\n b\r\nSet-Cookie: c=d\r\n\r\n';
  const expected = [206, '1.1', 'Partial Content', 'Server', 'x', 'X-Fold', 'a b', 'Set-Cookie', 'c=d'];

  test('are read where they stand, and what follows is left', () => {
    const b = octets(`before${text}\r\nHTTP/1.1`);
    const head = parseHead(b, 6, b.length, H1_LIMITS);
    expect(told(head)).toEqual(expected);
    expect((head as ParsedHead).end).toBe(6 + text.length);
  });

  test('are incomplete at every cut, and never looked at beyond it', () => {
    const b = octets(text);
    for (let cut = 0; cut < b.length; cut++) expect(parseHead(b, 0, cut, H1_LIMITS), `cut at ${cut}`).toBe('incomplete');
    expect(told(parseHead(b, 0, b.length, H1_LIMITS))).toEqual(expected);
  });

  test('one head does not show through in the next', () => {
    expect(told(parse('HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n'))).toEqual([...OK, 'A', '1', 'B', '2']);
    expect(told(parse('HTTP/1.1 200 OK\r\nC: 3\r\n\r\n'))).toEqual([...OK, 'C', '3']);
    expect(told(parse('HTTP/1.1 200 OK\r\n\r\n'))).toEqual(OK);
  });

  test.each([
    ['HTTP/1.1 200 OK\r\n\r\n', 19],
    ['HTTP/1.1 200 OK\n\n', 17],
    ['HTTP/1.1 200 OK\r\n\n', 18],
    ['HTTP/1.1 200 OK\n\r\n', 18],
    ['HTTP/1.1 200 OK\r\n\r\n\r\n', 19],
    ['HTTP/1.1 200 OK\r\n', -1],
    ['HTTP/1.1 200 OK\r\n\r', -1],
    ['HTTP/1.1 200 OK\r\r\n\r', -1],
    ['A: b\n \n\n', 8],
  ])('the blank line of %j ends at %i', (head, end) => {
    const b = octets(head);
    expect(headEnd(b, 0, b.length)).toBe(end);
    // also when it comes octet by octet and only the last three are looked at again
    let found = -1;
    for (let size = 1; size <= b.length && found < 0; size++) found = headEnd(b, Math.max(0, size - 4), size);
    expect(found).toBe(end);
  });
});

test.each([
  ['', ''],
  ['H', ''],
  ['HTTP/1.', ''],
  ['HTTP/1.1', ''],
  ['HTTP/1.1 2', ''],
  ['HTTP/1.1 200', ''],
  ['HTTP/1.1 200 ', ''],
  ['h', NOT_HTTP],
  ['HTTP/2', NOT_HTTP],
  ['HTTP/1.3', 'unknown HTTP version in the status line'],
  ['HTTP/1.1x', 'the HTTP version is not followed by one space'],
  ['HTTP/1.1 x', NO_STATUS],
  ['HTTP/1.1 20x', NO_STATUS],
  ['HTTP/1.1 0', 'the status is below 100'],
  ['HTTP/1.1 200x', NO_SPACE],
])('the first octets %j are known to be wrong at once: %j', (text, fault) => {
  const b = octets(text);
  expect(startFault(b, 0, b.length)).toBe(fault);
});

test('fields without a status line, as trailers are', () => {
  const b = octets('A: 1\r\nB: 2\r\n\r\nrest');
  const fields = parseFields(b, 0, b.length, H1_LIMITS);
  expect(fields).toMatchObject({ headers: { flat: ['A', '1', 'B', '2'] }, end: 14 });
  expect(parseFields(b, 0, 13, H1_LIMITS)).toBe('incomplete');
});
