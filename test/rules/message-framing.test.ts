import { describe, expect, test } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { type Framing, framingOf, keepAliveHint, keepsAlive, lengthValue } from '../../src/rules/message-framing.ts';

/** `Name: value` lines as a list. */
function fields(...lines: string[]): HeaderList {
  return new HeaderList(lines.flatMap((line) => /^([^:]*):[ \t]*(.*?)[ \t]*$/.exec(line)!.slice(1)));
}

function framed(method: string, status: number, ...lines: string[]): string {
  const framing = framingOf(method, status, fields(...lines));
  return framing.by === 'length' ? `length ${framing.length}` : framing.by === 'error' ? framing.why : framing.by;
}

describe('the end of a body (RFC 9112 6.3)', () => {
  test.each([
    // rule 1: no body whatever the fields say
    ['HEAD', 200, ['Content-Length: 5'], 'length 0'],
    ['HEAD', 200, ['Transfer-Encoding: chunked'], 'length 0'],
    ['HEAD', 200, [], 'length 0'],
    ['HEAD', 404, ['Content-Length: 5'], 'length 0'],
    ['GET', 204, ['Content-Length: 5'], 'length 0'],
    ['GET', 204, ['Transfer-Encoding: chunked'], 'length 0'],
    ['GET', 304, ['Content-Length: 5'], 'length 0'],
    ['POST', 304, [], 'length 0'],
    ['GET', 100, ['Content-Length: 5'], 'length 0'],
    ['GET', 103, [], 'length 0'],
    ['GET', 199, ['Transfer-Encoding: chunked'], 'length 0'],
    // rule 2: a tunnel, whatever the fields say
    ['CONNECT', 200, [], 'tunnel'],
    ['CONNECT', 204, ['Content-Length: 5'], 'tunnel'],
    ['CONNECT', 299, ['Transfer-Encoding: nonsense'], 'tunnel'],
    ['CONNECT', 407, ['Content-Length: 5'], 'length 5'],
    ['CONNECT', 300, [], 'close'],
    // rule 3: Transfer-Encoding overrides Content-Length
    ['GET', 200, ['Content-Length: 3', 'Transfer-Encoding: chunked'], 'chunks'],
    ['GET', 200, ['Transfer-Encoding: chunked', 'Content-Length: 3'], 'chunks'],
    ['GET', 200, ['Transfer-Encoding: chunked', 'Content-Length: three'], 'Content-Length "three" is not one decimal number'],
    // rule 4: chunked and nothing else
    ['GET', 200, ['Transfer-Encoding: chunked'], 'chunks'],
    ['GET', 200, ['transfer-encoding: CHUNKED'], 'chunks'],
    ['GET', 200, ['Transfer-Encoding:'], 'Transfer-Encoding "" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: gzip'], 'Transfer-Encoding "gzip" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: identity'], 'Transfer-Encoding "identity" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: gzip, chunked'], 'Transfer-Encoding "gzip, chunked" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: chunked, gzip'], 'Transfer-Encoding "chunked, gzip" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: chunked, chunked'], 'Transfer-Encoding "chunked, chunked" is not chunked'],
    [
      'GET',
      200,
      ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'],
      'Transfer-Encoding "chunked, chunked" is not chunked',
    ],
    ['GET', 200, ['Transfer-Encoding: chunked', 'Transfer-Encoding:'], 'Transfer-Encoding "chunked, " is not chunked'],
    ['GET', 200, ['Transfer-Encoding: xchunked'], 'Transfer-Encoding "xchunked" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: chunked;a=b'], 'Transfer-Encoding "chunked;a=b" is not chunked'],
    ['GET', 200, ['Transfer-Encoding: "chunked"'], 'Transfer-Encoding "\\"chunked\\"" is not chunked'],
    // rule 5: a bad length is refused also where it would not be used
    ['GET', 200, ['Content-Length:'], 'Content-Length "" is not one decimal number'],
    ['GET', 200, ['Content-Length: 5', 'Content-Length: 3'], 'Content-Length "5, 3" is not one decimal number'],
    ['GET', 200, ['Content-Length: 5, 3'], 'Content-Length "5, 3" is not one decimal number'],
    ['HEAD', 200, ['Content-Length: x'], 'Content-Length "x" is not one decimal number'],
    ['GET', 304, ['Content-Length: -1'], 'Content-Length "-1" is not one decimal number'],
    ['GET', 100, ['Content-Length: x'], 'Content-Length "x" is not one decimal number'],
    ['HEAD', 200, ['Transfer-Encoding:'], 'Transfer-Encoding "" is not chunked'],
    ['GET', 200, [`Content-Length: ${'1'.repeat(50)}x`], `Content-Length "${'1'.repeat(40)}…" is not one decimal number`],
    // rule 6
    ['GET', 200, ['Content-Length: 5'], 'length 5'],
    ['GET', 200, ['Content-Length: 0'], 'length 0'],
    ['GET', 200, ['content-length: 5', 'CONTENT-LENGTH: 5'], 'length 5'],
    ['GET', 200, ['Content-Length: 5, 5'], 'length 5'],
    ['GET', 205, ['Content-Length: 2'], 'length 2'],
    // rule 8
    ['GET', 200, [], 'close'],
    ['POST', 500, ['Content-Type: text/plain'], 'close'],
    ['GET', 200, ['Content-Lengthy: 5', 'X-Content-Len: 5', 'Transfer-Encodings: a'], 'close'],
    // nothing was offered to switch to
    ['GET', 101, [], 'status 101 switches to a protocol that the request did not offer'],
    ['HEAD', 101, ['Upgrade: h2c'], 'status 101 switches to a protocol that the request did not offer'],
  ])('%s answered by %i %j: %s', (method, status, lines, expected) => {
    expect(framed(method, status, ...lines)).toBe(expected);
  });
});

test.each([
  ['5', 5],
  ['0', 0],
  ['00', 0],
  ['005', 5],
  ['0000000000000000000000000000005', 5],
  ['9007199254740991', 9007199254740991],
  ['9007199254740992', -1],
  ['9007199254740993', -1],
  ['99999999999999999999', -1],
  ['18446744073709551621', -1],
  ['4294967301', 4294967301],
  ['5, 5', 5],
  ['5,5', 5],
  ['5 \t,\t 5, 5', 5],
  ['5, 6', -1],
  ['5, 05', -1],
  ['5,', -1],
  [',5', -1],
  [',', -1],
  ['', -1],
  [' ', -1],
  ['+5', -1],
  ['-5', -1],
  ['0x5', -1],
  ['5.0', -1],
  ['5e0', -1],
  ['5 5', -1],
  ['5;a', -1],
  ['"5"', -1],
  ['\xb2', -1],
  ['\xa05', -1],
  ['5\xa0', -1],
  ['five', -1],
  ['9007199254740993, 9007199254740993', -1],
])('the length %j is %i', (text, length) => {
  expect(lengthValue(text)).toBe(length);
});

describe('whether a connection is kept (RFC 9112 9.3)', () => {
  const five: Framing = { by: 'length', length: 5 };
  const chunks: Framing = { by: 'chunks' };
  test.each<[0 | 1, string[], Framing, boolean]>([
    [1, [], five, true],
    [1, [], chunks, true],
    [0, [], five, false],
    [1, ['Connection: close'], five, false],
    [1, ['Connection: CLOSE'], five, false],
    [1, ['Connection: keep-alive'], five, true],
    [1, ['Connection: foo'], five, true],
    [1, ['Connection:'], five, true],
    [1, ['Connection: closed'], five, true],
    [1, ['Connection: "close"'], five, true],
    [1, ['Connection: foo, \tclose\t'], five, false],
    [1, ['Connection: ,close,'], five, false],
    [1, ['Connection: foo', 'Connection: close'], five, false],
    [1, ['Connection: keep-alive, close'], five, false],
    [0, ['Connection: keep-alive'], five, true],
    [0, ['Connection: Keep-Alive'], five, true],
    [0, ['Connection: foo, keep-alive'], five, true],
    [0, ['Connection: foo', 'Connection: keep-alive'], five, true],
    [0, ['Connection: foo'], five, false],
    [0, ['Connection: keep-alive, close'], five, false],
    [0, ['Connection: \xa0keep-alive, x'], five, false],
    // an old word of proxies is believed when it asks to close, and only then
    [1, ['Proxy-Connection: close'], five, false],
    [1, ['Proxy-Connection: keep-alive'], five, true],
    [0, ['Proxy-Connection: keep-alive'], five, false],
    [0, ['Connection: keep-alive', 'Proxy-Connection: Close'], five, false],
    // faulty framing: 6.1 and 6.3 rule 3
    [0, ['Connection: keep-alive', 'Transfer-Encoding: chunked'], chunks, false],
    [0, ['Connection: keep-alive', 'Transfer-Encoding: chunked'], five, false],
    [1, ['Transfer-Encoding: chunked', 'Content-Length: 5'], chunks, false],
    [1, ['Transfer-Encoding: chunked', 'Content-Length: 5'], { by: 'length', length: 0 }, false],
    [1, ['Transfer-Encoding: chunked'], chunks, true],
    // the end of the body is the end of the connection
    [1, ['Connection: keep-alive'], { by: 'close' }, false],
    [1, ['Connection: keep-alive'], { by: 'tunnel' }, false],
    [1, ['Connection: keep-alive'], { by: 'error', why: 'x' }, false],
  ])('HTTP/1.%i %j %j: %s', (minor, lines, framing, kept) => {
    expect(keepsAlive(minor, fields(...lines), framing)).toBe(kept);
  });
});

test.each([
  [[], -1],
  [['Keep-Alive: timeout=5'], 5000],
  [['keep-alive: timeout=5, max=100'], 5000],
  [['Keep-Alive: max=100, timeout=15'], 15_000],
  [['Keep-Alive: TIMEOUT = "7"'], 7000],
  [['Keep-Alive: timeout=0'], 0],
  [['Keep-Alive: max=100'], -1],
  [['Keep-Alive: timeout=soon'], -1],
  [['Keep-Alive: xtimeout=5'], -1],
  [['Keep-Alive: 300'], -1],
  [['Keep-Alive:'], -1],
])('%j keeps an idle connection for %i ms', (lines, hint) => {
  expect(keepAliveHint(fields(...lines))).toBe(hint);
});
