import { describe, expect, it } from 'vitest';
import { Url } from '../../src/base/url.ts';
import type { HstsEntry } from '../../src/contract/hsts.ts';
import { expiryOf, firstPolicy, hostName, isKnown, isWorthKeeping, parsePolicy, securedUrl } from '../../src/rules/hsts.ts';

const plain = (maxAge: number) => ({ maxAge, includeSubDomains: false });
const wide = (maxAge: number) => ({ maxAge, includeSubDomains: true });

describe('a field value (RFC 6797 6.1)', () => {
  const rows: readonly [value: string, policy: ReturnType<typeof parsePolicy>][] = [
    ['max-age=31536000', plain(31536000)],
    ['max-age=0', plain(0)],
    ['max-age=00010', plain(10)],
    ['MAX-AGE=5', plain(5)],
    ['max-age=5; includeSubDomains', wide(5)],
    ['max-age=5;includesubdomains', wide(5)],
    ['includeSubDomains ; max-age=5', wide(5)],
    // white space wherever RFC 2616 allows it
    [' \tmax-age \t= 5\t; \tincludeSubDomains ', wide(5)],
    // empty directives
    [';;max-age=5;;', plain(5)],
    ['max-age=5; ', plain(5)],
    // quoted-string
    ['max-age="5"', plain(5)],
    ['max-age="\\5\\0"', plain(50)],
    ['max-age = "5" ; includeSubDomains', wide(5)],
    ['max-age=""', null],
    ['max-age=" 5"', null],
    ['max-age="5', null],
    ['max-age="5\\"', null],
    ['max-age="5"6', null],
    ["max-age='5'", null],
    // max-age is required, and a number
    ['', null],
    [';', null],
    ['includeSubDomains', null],
    ['max-age', null],
    ['max-age=', null],
    ['max-age=;', null],
    ['max-age=abc', null],
    ['max-age=5s', null],
    ['max-age=-1', null],
    ['max-age=+1', null],
    ['max-age=1.5', null],
    ['max-age=0x10', null],
    ['max-age=1e3', null],
    // up to 2^63 - 1
    ['max-age=9223372036854775807', plain(2 ** 63)],
    ['max-age=9223372036854775808', null],
    ['max-age=99999999999999999999999', null],
    // each directive once
    ['max-age=5; max-age=5', null],
    ['max-age=5; Max-Age=6', null],
    ['max-age=0; max-age=5', null],
    ['max-age=5; includeSubDomains; INCLUDESUBDOMAINS', null],
    // a value of includeSubDomains is passed over, as in Qt
    ['max-age=5; includeSubDomains=yes', wide(5)],
    ['max-age=5; includeSubDomains="no"', wide(5)],
    // what nobody knows is passed over, as long as it is well-formed
    ['max-age=5; preload', plain(5)],
    ['max-age=5; report-uri="https://a.test/;max-age=7"; x', plain(5)],
    ['max-age=5; preload; preload', plain(5)],
    ['max-age=5; x="a\\"b;c"; includeSubDomains', wide(5)],
    ['max-age=5; =x', null],
    ['max-age=5; x=', null],
    ['max-age=5; x=y=z', null],
    ['max-age=5; "preload"', null],
    ['max-age=5; a/b', null],
    // the separator is missing, or another one
    ['max-age=5 includeSubDomains', null],
    ['max-age=5, max-age=6', null],
    ['max-age=5, includeSubDomains', null],
    ['max-age: 5', null],
    ['max-age=5; \xe9', null],
    ['max-age=5; x="\xe9"', plain(5)],
  ];
  it.each(rows)('%j', (value, policy) => {
    expect(parsePolicy(value)).toEqual(policy);
  });

  it('is read in a time that grows with its length', () => {
    const start = performance.now();
    for (const long of ['"', ';', 'a=', '\\', ' ', 'max-age=1;x="'].map((part) => part.repeat(20_000))) parsePolicy(long);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('several fields (RFC 6797 8.1)', () => {
  const rows: readonly [values: string[], policy: ReturnType<typeof parsePolicy>][] = [
    [[], null],
    [['max-age=1', 'max-age=2; includeSubDomains'], plain(1)],
    [['max-age=abc', 'max-age=2; includeSubDomains'], wide(2)],
    [['max-age=0', 'max-age=2'], plain(0)],
    [['nonsense', ''], null],
  ];
  it.each(rows)('%j', (values, policy) => {
    expect(firstPolicy(values)).toEqual(policy);
  });
});

describe('the end of a policy', () => {
  it.each([
    [0, 1000, 1000],
    [10, 1000, 11_000],
    [2 ** 63, 1000, 8.64e15],
  ])('max-age=%d, received at %d: %d', (maxAge, now, end) => {
    expect(expiryOf(maxAge, now)).toBe(end);
    expect(new Date(end).getTime()).toBe(end);
  });
});

describe('the name of a host', () => {
  const rows: readonly [url: string, name: string | null][] = [
    ['http://example.org/', 'example.org'],
    ['http://EXAMPLE.org/', 'example.org'],
    ['http://example.org./', 'example.org'],
    ['http://user:pass@example.org:8080/', 'example.org'],
    ['http://localhost/', 'localhost'],
    ['http://a_b.example.org/', 'a_b.example.org'],
    // RFC 6797 9: international names as ACE
    ['http://b\u00fccher.example/', 'xn--bcher-kva.example'],
    ['http://xn--bcher-kva.example/', 'xn--bcher-kva.example'],
    // RFC 6797 8.1.1: no addresses, in whatever spelling
    ['http://127.0.0.1/', null],
    ['http://127.1/', null],
    ['http://127.0.0.1./', null],
    ['http://[::1]/', null],
    ['http://[fe80::1%25eth0]/', null],
    ['http://010.0.0.1/', null],
    ['http://example.1/', null],
    ['http://1.example/', '1.example'],
    ['http://./', null],
    ['http:///x', null],
    ['data:,x', null],
    [`http://${`${'a'.repeat(63)}.`.repeat(4)}org/`, null],
  ];
  it.each(rows)('%s: %s', (url, name) => {
    expect(hostName(Url.parse(url).host)).toBe(name);
  });
});

describe('a known host (RFC 6797 8.2)', () => {
  const known: HstsEntry[] = [
    { host: 'only.test', expires: 1, includeSubDomains: false },
    { host: 'wide.test', expires: 1, includeSubDomains: true },
    { host: 'mixed.wide.test', expires: 1, includeSubDomains: false },
    { host: 'tld', expires: 1, includeSubDomains: false },
  ];
  const find = (host: string): HstsEntry | undefined => known.find((entry) => entry.host === host);
  const rows: readonly [name: string, known: boolean][] = [
    ['only.test', true],
    ['a.only.test', false],
    ['wide.test', true],
    ['a.wide.test', true],
    ['a.b.wide.test', true],
    ['mixed.wide.test', true],
    // the nearer one says nothing of what is below it, the farther one does
    ['a.mixed.wide.test', true],
    ['awide.test', false],
    ['wide.test.org', false],
    ['test', false],
    ['tld', true],
    ['a.tld', false],
  ];
  it.each(rows)('%s: %s', (name, is) => {
    expect(isKnown(name, find)).toBe(is);
  });
});

describe('the URL instead (RFC 6797 8.3)', () => {
  const rows: readonly [url: string, secured: string][] = [
    ['http://h.test', 'https://h.test'],
    ['http://h.test/', 'https://h.test/'],
    ['http://h.test:80/x', 'https://h.test:443/x'],
    ['http://h.test:8080/x', 'https://h.test:8080/x'],
    ['http://h.test:443/x', 'https://h.test:443/x'],
    ['http://u:p@h.test./a%2Fb/../c?d=%20&e#f', 'https://u:p@h.test./a%2Fb/../c?d=%20&e#f'],
  ];
  it.each(rows)('%s: %s', (url, secured) => {
    expect(securedUrl(Url.parse(url)).href).toBe(secured);
  });
});

describe('what is worth a write', () => {
  const entry = (expires: number, includeSubDomains = false): HstsEntry => ({ host: 'h.test', expires, includeSubDomains });
  const rows: readonly [what: string, kept: HstsEntry | undefined, entry: HstsEntry, worth: boolean][] = [
    ['a new host', undefined, entry(1000), true],
    ['the same again', entry(1000), entry(1000), false],
    ['a little later', entry(1000), entry(1100), false],
    ['much later', entry(1000), entry(1112), true],
    ['earlier', entry(1000), entry(999), true],
    ['sub-domains come in', entry(1000), entry(1000, true), true],
    ['sub-domains go', entry(1000, true), entry(1000), true],
  ];
  it.each(rows)('%s: %4$s', (_what, kept, next, worth) => {
    expect(isWorthKeeping(kept, next, 0)).toBe(worth);
  });
});
