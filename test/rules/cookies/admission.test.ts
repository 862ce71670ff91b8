import { describe, expect, test } from 'vitest';
import type { Cookie } from '../../../src/contract/cookie.ts';
import { type CookieOrigin, completed, type Refusal, refusal } from '../../../src/rules/cookies/admission.ts';
import { parseSetCookie } from '../../../src/rules/cookies/set-cookie.ts';
import { cookie, suffixes } from './support.ts';

describe('a cookie is completed by its request', () => {
  const at = (changes: Partial<Cookie>, host = 'www.example.org', path = '/a/b'): [string, string] => {
    const made = completed(cookie(changes), host, path, suffixes);
    return [made.domain, made.path];
  };
  test.each<[Partial<Cookie>, [string, string]]>([
    [{}, ['www.example.org', '/a']],
    [{ domain: 'example.org' }, ['.example.org', '/a']],
    [{ domain: '.example.org' }, ['.example.org', '/a']],
    [{ domain: 'www.example.org' }, ['.www.example.org', '/a']],
    [{ path: '/x' }, ['www.example.org', '/x']],
    [{ domain: '127.0.0.1' }, ['127.0.0.1', '/a']],
    [{ domain: '::1' }, ['::1', '/a']],
  ])('%o', (changes, expected) => {
    expect(at(changes)).toEqual(expected);
  });
  test('a public suffix that is a host speaks for itself alone', () => {
    expect(at({ domain: 'github.io' }, 'github.io')[0]).toBe('github.io');
    expect(at({ domain: 'localhost' }, 'localhost')[0]).toBe('localhost');
    expect(at({ domain: 'github.io' }, 'x.github.io')[0]).toBe('.github.io');
  });
});

const HTTPS: CookieOrigin = { host: 'www.example.org', secure: true, relation: 'same-site', standard: '6265bis' };
const HTTP: CookieOrigin = { ...HTTPS, secure: false };
const OLD: CookieOrigin = { ...HTTP, standard: '6265' };

function why(line: string, from: CookieOrigin, path = '/', shadows = false): Refusal | null {
  const parsed = parseSetCookie(line, from.standard, 0);
  return refusal(completed(parsed ?? cookie({ name: '', value: '' }), from.host, path, suffixes), from, suffixes, () => shadows);
}

describe('a cookie is kept, or not', () => {
  test.each<[string, CookieOrigin, Refusal | null]>([
    ['a=1', HTTP, null],
    ['a=1; Domain=example.org', HTTP, null],
    ['a=1; Domain=other.org', HTTP, 'domain'],
    ['a=1; Domain=x.www.example.org', HTTP, 'domain'],
    ['a=1; Domain=..example.org', HTTP, 'domain'],
    ['a=1; Domain=ample.org', HTTP, 'domain'],
    ['a=1; Domain=org', HTTP, 'public suffix'],
    ['a=1; Domain=co.uk', { ...HTTP, host: 'a.co.uk' }, 'public suffix'],
    ['a=1; Domain=github.io', { ...HTTP, host: 'github.io' }, null],
    ['a=1; Domain=wild.test', { ...HTTP, host: 'x.a.wild.test' }, 'public suffix'],
    ['a=1; Domain=a.wild.test', { ...HTTP, host: 'x.a.wild.test' }, 'public suffix'],
    ['a=1; Domain=b\xfccher.example', { ...HTTP, host: 'xn--bcher-kva.example' }, 'domain'],
    ['a=1; Domain=127.0.0.1', { ...HTTP, host: '127.0.0.1' }, null],
    ['a=1; Domain=0.0.1', { ...HTTP, host: '127.0.0.1' }, 'domain'],
    ['', HTTP, 'empty'],
    ['a=1; Secure', HTTPS, null],
    ['a=1; Secure', HTTP, 'not secure'],
    ['a=1; SameSite=Lax', { ...HTTPS, relation: 'cross-site' }, 'cross-site'],
    ['a=1', { ...HTTPS, relation: 'cross-site' }, 'cross-site'],
    ['a=1; SameSite=None; Secure', { ...HTTPS, relation: 'cross-site' }, null],
    ['a=1; SameSite=Strict', { ...HTTPS, relation: 'unsafe-navigation' }, null],
    ['a=1; SameSite=None', HTTPS, 'none but not secure'],
    ['__Secure-a=1', HTTPS, 'prefix'],
    ['__SECURE-a=1; Secure', HTTPS, null],
    ['__Host-a=1; Secure; Path=/', HTTPS, null],
    ['__Host-a=1; Secure', HTTPS, 'prefix'],
    ['__Host-a=1; Path=/', HTTPS, 'prefix'],
    ['__hOST-a=1; Secure; Path=/a', HTTPS, 'prefix'],
    ['__Host-a=1; Secure; Path=/; Domain=www.example.org', HTTPS, 'prefix'],
    ['=__Host-a=1; Secure; Path=/', HTTPS, 'prefix'],
    ['__Secure-a; Secure', HTTPS, 'prefix'],
    ['__Hosts=1', HTTPS, null],
  ])('%j from %o: %s', (line, from, expected) => {
    expect(why(line, from)).toBe(expected);
  });

  test('an open connection leaves secure cookies alone', () => {
    expect(why('a=1', HTTP, '/', true)).toBe('secure exists');
    expect(why('a=1', HTTPS, '/', true)).toBeNull();
  });

  test('what a program made is looked at as well', () => {
    const made = (changes: Partial<Cookie>): Refusal | null =>
      refusal(cookie({ domain: 'www.example.org', path: '/', ...changes }), HTTP, suffixes, () => false);
    expect(made({})).toBeNull();
    expect(made({ value: 'x'.repeat(4096) })).toBe('too big');
    expect(made({ value: 'a\r\nb' })).toBe('control characters');
    expect(made({ name: '', value: '' })).toBe('empty');
  });

  test('RFC 6265 as published knew less', () => {
    for (const line of ['a=1; Secure', 'a=1; SameSite=None', '__Secure-a=1', '__Host-a=1'])
      expect(why(line, { ...OLD, relation: 'cross-site' }, '/', true)).toBeNull();
    expect(why('a=1; Domain=co.uk', { ...OLD, host: 'a.co.uk' })).toBe('public suffix');
    expect(why('a=1; Domain=other.org', OLD)).toBe('domain');
    expect(refusal(cookie({ name: '', domain: 'h', path: '/' }), { ...OLD, host: 'h' }, suffixes, () => false)).toBe('empty');
  });
});
