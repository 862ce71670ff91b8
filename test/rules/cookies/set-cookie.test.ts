import { describe, expect, test } from 'vitest';
import type { Cookie, CookieStandard } from '../../../src/contract/cookie.ts';
import { parseSetCookie } from '../../../src/rules/cookies/set-cookie.ts';
import { cookie } from './support.ts';

const NOW = Date.parse('2030-01-01T00:00:00Z');
const parse = (line: string, standard: CookieStandard = '6265bis'): Cookie | null => parseSetCookie(line, standard, NOW);
const x = (n: number): string => 'x'.repeat(n);

describe('name and value', () => {
  test.each<[string, string, string]>([
    ['a=1', 'a', '1'],
    ['  a \t= \t1  ; Path=/', 'a', '1'],
    ['a=', 'a', ''],
    ['a=b=c', 'a', 'b=c'],
    ['a="b c"', 'a', '"b c"'],
    ['a="b;c"', 'a', '"b'],
    ['a=1,b=2', 'a', '1,b=2'],
    ['a b=c', 'a b', 'c'],
    ['$Version=1; a=2', '$Version', '1'],
    ['a=\xe4', 'a', '\xe4'],
    // RFC 6265bis: cookies without a name
    ['=1', '', '1'],
    ['bare', '', 'bare'],
    ['= a=b', '', 'a=b'],
    [`a=${x(4095)}`, 'a', x(4095)],
    ['a=\t1', 'a', '1'],
  ])('%j', (line, name, value) => {
    expect(parse(line)).toMatchObject({ name, value });
  });

  test.each([
    [''],
    [';'],
    ['='],
    [' = ; Path=/'],
    ['; a=1'],
    [`a=${x(4096)}`],
    ['a=1\x01'],
    ['a\x7f=1'],
    ['a=1\r\nb=2'],
    ['a=1; Path=/\x00'],
  ])('%j is ignored', (line) => {
    expect(parse(line)).toBeNull();
  });
});

describe('attributes', () => {
  test.each<[string, Partial<Cookie>]>([
    ['a=1', {}],
    ['a=1; lol; x=y; ;=;', {}],
    ['a=1; Path=/x', { path: '/x', pathGiven: true }],
    ['a=1;PATH = /x ', { path: '/x', pathGiven: true }],
    ['a=1; Path=/x; path=/y', { path: '/y', pathGiven: true }],
    ['a=1; Path=/x; Path=relative', {}],
    ['a=1; Path', {}],
    ['a=1; Path="/x"', {}],
    [`a=1; Path=/x; Path=/${x(1024)}`, { path: '/x', pathGiven: true }],
    ['a=1; Domain=Example.ORG', { domain: 'example.org' }],
    ['a=1; Domain=.example.org', { domain: '.example.org' }],
    ['a=1; Domain=[::1]', { domain: '::1' }],
    ['a=1; Domain=.', {}],
    ['a=1; Domain=x.org; Domain=', {}],
    ['a=1; Secure', { secure: true }],
    ['a=1; secure=no', { secure: true }],
    ['a=1; "Secure"', {}],
    ['a=1; HttpOnly', { httpOnly: true }],
    ['a=1; Partitioned', { partitioned: true }],
    ['a=1; SameSite=Strict', { sameSite: 'strict' }],
    ['a=1; samesite=LAX', { sameSite: 'lax' }],
    ['a=1; SameSite=None', { sameSite: 'none' }],
    ['a=1; SameSite=Lax; SameSite=Weird', {}],
    ['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT', { expires: Date.parse('2031-01-01T00:00:00Z') }],
    ['a=1; Expires=Wed, 01 Jan 2031 00:00:00 GMT; Expires=junk', { expires: Date.parse('2031-01-01T00:00:00Z') }],
    ['a=1; Expires=junk', {}],
    ['a=1; Max-Age=60', { expires: NOW + 60_000 }],
    ['a=1; Max-Age=0', { expires: 0 }],
    ['a=1; Max-Age=-5', { expires: 0 }],
    ['a=1; Max-Age=+5', {}],
    ['a=1; Max-Age=5x', {}],
    ['a=1; Max-Age=', {}],
    ['a=1; Max-Age=99999999999999999999', { expires: 8.64e15 }],
    // Max-Age wins, wherever it stands
    ['a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT', { expires: NOW + 60_000 }],
    ['a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=0', { expires: 0 }],
  ])('%j', (line, expected) => {
    expect(parse(line)).toEqual(cookie(expected));
  });
});

describe('RFC 6265 as published', () => {
  test.each<[string, Partial<Cookie> | null]>([
    ['a=1; SameSite=Strict; Partitioned; Secure', { secure: true }],
    ['=1', null],
    ['bare', null],
    [`a=${x(5000)}`, { value: x(5000) }],
    [`a=1; Path=/${x(2000)}`, { path: `/${x(2000)}`, pathGiven: true }],
    ['a=1\x01', { value: '1\x01' }],
    // what no field can hold is refused all the same
    ['a=1\r\nb=2', null],
    ['a=1; Domain=x.org; Domain=', { domain: 'x.org' }],
  ])('%j', (line, expected) => {
    expect(parse(line, '6265')).toEqual(expected === null ? null : cookie(expected));
  });
});
