import { describe, expect, test } from 'vitest';
import { KnownHeaders } from '../../../src/api/access/access-enums.ts';
import { combinedPairs, knownHeaderName, knownHeaderText, readKnownHeader } from '../../../src/api/access/known-headers.ts';
import { QNetworkCookie } from '../../../src/api/cookies/qnetworkcookie.ts';
import { QUrl } from '../../../src/api/core/qurl.ts';
import { HeaderList } from '../../../src/base/header-list.ts';

type Name = keyof typeof KnownHeaders & string;

const COOKIES = QNetworkCookie.parseCookies('a=1; Path=/\nb=2');

const date = new Date('1994-11-06T08:49:37Z');

function read(name: Name, ...values: string[]): unknown {
  const list = new HeaderList();
  for (const value of values) list.append(knownHeaderName(KnownHeaders[name], 'test').toLowerCase(), value);
  const found: unknown = readKnownHeader(list, KnownHeaders[name] as number, 'test');
  if (Array.isArray(found))
    return found.map((one: unknown) => (one instanceof QNetworkCookie ? one.toRawForm().toString() : one));
  return found instanceof QUrl ? found.toString() : found;
}

describe('text to value', () => {
  test.each<[Name, string[], unknown]>([
    ['ContentTypeHeader', ['text/html; charset=utf-8'], 'text/html; charset=utf-8'],
    ['ContentTypeHeader', ['text/plain', 'text/html'], 'text/plain, text/html'],
    ['ContentTypeHeader', [''], ''],
    ['ContentLengthHeader', ['0'], 0],
    ['ContentLengthHeader', [' 42 '], 42],
    ['ContentLengthHeader', ['-1'], null],
    ['ContentLengthHeader', ['1e3'], null],
    ['ContentLengthHeader', ['many'], null],
    ['ContentLengthHeader', ['99999999999999999999'], null],
    ['ContentLengthHeader', ['4', '4'], null],
    ['LocationHeader', ['http://example.org/x'], 'http://example.org/x'],
    ['LocationHeader', ['javascript:1'], 'javascript:1'],
    ['LocationHeader', ['/x'], null],
    ['LocationHeader', ['//example.org/x'], null],
    ['LocationHeader', [''], null],
    ['LastModifiedHeader', ['Sun, 06 Nov 1994 08:49:37 GMT'], date],
    ['LastModifiedHeader', ['Sunday, 06-Nov-94 08:49:37 GMT'], date],
    ['LastModifiedHeader', ['Sun Nov  6 08:49:37 1994'], date],
    ['LastModifiedHeader', ['Sun, 06 Nov 1994 08:49:37 +0100'], date],
    ['LastModifiedHeader', ['long ago'], null],
    ['IfModifiedSinceHeader', ['Sun, 06 Nov 1994 08:49:37 GMT'], date],
    ['ContentDispositionHeader', ['attachment; filename="a"'], 'attachment; filename="a"'],
    ['UserAgentHeader', ['Gr\xc3\xbc\xc3\x9fe'], 'Grüße'],
    ['UserAgentHeader', ['Gr\xfc\xdfe'], 'Grüße'],
    ['ServerHeader', ['nginx'], 'nginx'],
    ['ETagHeader', ['"abc"'], '"abc"'],
    ['ETagHeader', [' W/"abc" '], 'W/"abc"'],
    ['ETagHeader', ['abc'], null],
    ['ETagHeader', ['"abc'], null],
    ['ETagHeader', ['w/"abc"'], null],
    ['IfMatchHeader', ['"a", W/"b", "c"'], ['"a"', '"c"']],
    ['IfMatchHeader', ['*'], ['*']],
    ['IfNoneMatchHeader', ['"a",W/"b" , c, "d"'], ['"a"', 'W/"b"', '"d"']],
    ['IfNoneMatchHeader', ['"a,b", "c"'], ['"a,b"', '"c"']],
    ['IfNoneMatchHeader', ['"a"x, "b"'], ['"b"']],
    ['IfNoneMatchHeader', ['"a"', '"b"'], ['"a"', '"b"']],
    ['IfNoneMatchHeader', [''], []],
    ['CookieHeader', ['a=1; b=2'], ['a=1', 'b=2']],
    ['CookieHeader', ['a=1; b'], null],
    ['SetCookieHeader', ['a=1; Path=/', 'b=2, c; Secure'], ['a=1; path=/', 'b=2, c; secure']],
    ['SetCookieHeader', ['bare'], []],
  ])('%s %j is %j', (name, values, expected) => {
    expect(read(name, ...values)).toEqual(expected);
  });

  test('a header that is missing is null', () => {
    expect(readKnownHeader(new HeaderList(), KnownHeaders.ContentTypeHeader, 'test')).toBeNull();
  });
});

describe('value to text', () => {
  test.each<[Name, unknown, string | null]>([
    ['ContentTypeHeader', 'text/html', 'text/html'],
    ['ContentTypeHeader', Buffer.from('a/b'), 'a/b'],
    ['ContentTypeHeader', null, null],
    ['ContentTypeHeader', undefined, null],
    ['ContentTypeHeader', '', ''],
    ['ContentLengthHeader', 0, '0'],
    ['ContentLengthHeader', 12n, '12'],
    ['ContentLengthHeader', '7', '7'],
    ['LocationHeader', 'http://example.org/a b', 'http://example.org/a%20b'],
    ['LocationHeader', new URL('http://example.org/x'), 'http://example.org/x'],
    ['LocationHeader', new QUrl('/relative'), '/relative'],
    ['LastModifiedHeader', date, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    ['IfModifiedSinceHeader', 'Sun Nov  6 08:49:37 1994', 'Sun Nov  6 08:49:37 1994'],
    ['UserAgentHeader', 'Grüße', 'Gr\xc3\xbc\xc3\x9fe'],
    ['ETagHeader', '"e"', '"e"'],
    ['IfMatchHeader', '"c"', '"c"'],
    ['IfNoneMatchHeader', ['"a"', '"b"'], '"a", "b"'],
    ['CookieHeader', 'a=1', 'a=1'],
    ['CookieHeader', COOKIES, 'a=1; b=2'],
    ['CookieHeader', COOKIES[0], 'a=1'],
    ['SetCookieHeader', COOKIES, 'a=1; path=/\nb=2'],
  ])('%s from %o is %j', (name, value, text) => {
    expect(knownHeaderText(KnownHeaders[name], value, 'test')).toBe(text);
  });

  test.each<[Name, unknown, RegExp]>([
    ['ContentTypeHeader', 5, /test\(ContentTypeHeader\) expects a string; got a number/],
    ['ContentTypeHeader', 'a\r\nb', /carriage return at position 1/],
    ['ContentLengthHeader', -1, /whole number/],
    ['ContentLengthHeader', 1.5, /whole number/],
    ['ContentLengthHeader', 'x', /got a string of another form/],
    ['LocationHeader', 5, /valid URL/],
    ['LocationHeader', 'http://host:99999/', /valid URL/],
    ['LastModifiedHeader', new Date(Number.NaN), /got an invalid Date/],
    ['LastModifiedHeader', 784111777, /expects a Date/],
    ['LastModifiedHeader', 'tomorrow', /expects a Date/],
    ['IfMatchHeader', [1], /entity tags; got an array/],
    ['CookieHeader', ['a=1'], /an array of QNetworkCookie; got an array/],
    ['CookieHeader', 'a=1\nb', /line feed at position 3/],
    ['SetCookieHeader', 'a=1\rb', /carriage return at position 3/],
    ['SetCookieHeader', 5, /a string or an array of QNetworkCookie; got a number/],
    ['NumKnownHeaders', 'x', /13 is no header/],
  ])('%s refuses %o', (name, value, message) => {
    expect(() => knownHeaderText(KnownHeaders[name], value, 'test')).toThrow(TypeError);
    expect(() => knownHeaderText(KnownHeaders[name], value, 'test')).toThrow(message);
  });
});

test('combinedPairs shows each name once, Set-Cookie joined by line feeds', () => {
  const list = new HeaderList(['Via', 'a', 'Set-Cookie', 'x=1', 'via', 'b', 'set-cookie', 'y=2', 'ETag', '"e"']);
  expect(combinedPairs(list)).toEqual([['Via', 'a, b'], ['Set-Cookie', 'x=1\ny=2'], ['ETag', '"e"']]); // biome-ignore format: a table
});
