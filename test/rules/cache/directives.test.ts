import { describe, expect, it } from 'vitest';
import {
  deltaSeconds,
  NO_REQUEST_DIRECTIVES,
  NO_RESPONSE_DIRECTIVES,
  type RequestDirectives,
  type ResponseDirectives,
  requestDirectives,
  responseDirectives,
} from '../../../src/rules/cache/directives.ts';
import { list } from './support.ts';

const MOST = 2 ** 31;

it('who says nothing neither allows nor forbids', () => {
  const values = [...Object.values(NO_RESPONSE_DIRECTIVES), ...Object.values(NO_REQUEST_DIRECTIVES)];
  expect(new Set(values.map((value) => (Array.isArray(value) ? value.length : value)))).toEqual(new Set([-1, false, 0]));
  expect(NO_RESPONSE_DIRECTIVES.noCacheFields).toEqual([]);
});

describe('Cache-Control of an answer (RFC 9111 5.2.2)', () => {
  const rows: readonly [fields: string, said: Partial<ResponseDirectives>][] = [
    ['', {}],
    ['Cache-Control:', {}],
    ['Cache-Control: , ,', {}],
    ['Cache-Control: =no-store, =', {}],
    ['Cache-Control: max-age=60', { maxAge: 60 }],
    ['Cache-Control: MAX-AGE=60', { maxAge: 60 }],
    ['Cache-Control: max-age=0', { maxAge: 0 }],
    ['Cache-Control: max-age=0060', { maxAge: 60 }],
    ['Cache-Control: max-age=2147483648', { maxAge: MOST }],
    ['Cache-Control: max-age=99999999999999999999999999', { maxAge: MOST }],
    ['cache-control: s-maxage=7', { sMaxAge: 7 }],
    ['Cache-Control: unknown, max-age=60, other=1', { maxAge: 60 }],
    ['Cache-Control: no-store,no-cache,private,public', { noStore: true, noCache: true, private: true, public: true }],
    ['Cache-Control: must-revalidate, proxy-revalidate', { mustRevalidate: true, proxyRevalidate: true }],
    ['Cache-Control: Must-Understand, IMMUTABLE', { mustUnderstand: true, immutable: true }],
    ['Cache-Control: stale-while-revalidate=5, stale-if-error=6', { staleWhileRevalidate: 5, staleIfError: 6 }],
    // several fields are one list
    ['Cache-Control: max-age=60\nX: y\nCache-Control: no-cache', { maxAge: 60, noCache: true }],
    // 5.2: a quoted number is understood
    ['Cache-Control: max-age="60"', { maxAge: 60 }],
    ['Cache-Control: max-age="\\6\\0"', { maxAge: 60 }],
    // 4.2.1: what is no number makes it stale
    ['Cache-Control: max-age', { maxAge: 0 }],
    ['Cache-Control: max-age=', { maxAge: 0 }],
    ['Cache-Control: max-age=""', { maxAge: 0 }],
    ['Cache-Control: max-age=abc', { maxAge: 0 }],
    ['Cache-Control: max-age=60s', { maxAge: 0 }],
    ['Cache-Control: max-age=-60', { maxAge: 0 }],
    ['Cache-Control: max-age=+60', { maxAge: 0 }],
    ['Cache-Control: max-age=60.0', { maxAge: 0 }],
    ['Cache-Control: max-age=6e1', { maxAge: 0 }],
    ["Cache-Control: max-age='60'", { maxAge: 0 }],
    ['Cache-Control: max-age= 60', { maxAge: 0 }],
    ['Cache-Control: max-age =60', { maxAge: 0 }],
    ['Cache-Control: s-maxage=x', { sMaxAge: 0 }],
    // 4.2.1: the same said twice is said, different things are not
    ['Cache-Control: max-age=60, max-age=60', { maxAge: 60 }],
    ['Cache-Control: max-age=60, max-age=61', { maxAge: 0 }],
    ['Cache-Control: max-age=61\nCache-Control: max-age=60', { maxAge: 0 }],
    ['Cache-Control: max-age=0, max-age=60', { maxAge: 0 }],
    // what allows more only in form; the smallest
    ['Cache-Control: stale-while-revalidate=x, stale-if-error', {}],
    ['Cache-Control: stale-while-revalidate=9, stale-while-revalidate=4', { staleWhileRevalidate: 4 }],
    ['Cache-Control: stale-if-error=4, stale-if-error=9, stale-if-error=x', { staleIfError: 4 }],
    // quoted strings keep what is inside
    ['Cache-Control: ext="max-age=60", max-age=1', { maxAge: 1 }],
    ['Cache-Control: max-age=1, ext="x, no-store, max-age=60"', { maxAge: 1 }],
    ['Cache-Control: ext="a\\", no-store", max-age=1', { maxAge: 1 }],
    ['Cache-Control: ext="a\\\\", no-store', { noStore: true }],
    // but an open one hides nothing
    ['Cache-Control: ext="a, no-store', { noStore: true }],
    ['Cache-Control: ext="a\\", no-store', { noStore: true }],
    // 5.2.2.4 with field names
    ['Cache-Control: no-cache="X-One"', { noCacheFields: ['x-one'] }],
    ['Cache-Control: no-cache=x-one', { noCacheFields: ['x-one'] }],
    ['Cache-Control: no-cache="A, b ,,c", no-cache="d"', { noCacheFields: ['a', 'b', 'c', 'd'] }],
    ['Cache-Control: no-cache="a", no-cache', { noCache: true, noCacheFields: ['a'] }],
    ['Cache-Control: no-cache=""', { noCache: true }],
    ['Cache-Control: no-cache=', { noCache: true }],
    ['Cache-Control: no-cache ="a"', { noCache: true }],
    ['Cache-Control: no-cache="a b"', { noCache: true }],
    ['Cache-Control: no-cache="a, max-age=60', { noCache: true, maxAge: 60 }],
    // with or without a value, what forbids forbids
    ['Cache-Control: private="x"', { private: true }],
    ['Cache-Control: no-store="x", no-store =1', { noStore: true }],
    // 5.4: nothing is meant by Pragma in an answer
    ['Pragma: no-cache', {}],
  ];
  it.each(rows)('%j', (fields, said) => {
    expect(responseDirectives(list(fields))).toEqual({ ...NO_RESPONSE_DIRECTIVES, ...said });
  });
});

describe('Cache-Control and Pragma of a request (RFC 9111 5.2.1, 5.4)', () => {
  const ANY = Number.POSITIVE_INFINITY;
  const rows: readonly [cacheControl: string | undefined, pragma: string | undefined, said: Partial<RequestDirectives>][] = [
    [undefined, undefined, {}],
    ['', undefined, {}],
    ['max-age=5', undefined, { maxAge: 5 }],
    ['max-age=5, max-age=3, max-age=4', undefined, { maxAge: 3 }],
    ['max-age=x', undefined, { maxAge: 0 }],
    ['max-age=5, max-age', undefined, { maxAge: 0 }],
    ['min-fresh=5, min-fresh=7, min-fresh=x', undefined, { minFresh: 7 }],
    ['max-stale', undefined, { maxStale: ANY }],
    ['max-stale=9', undefined, { maxStale: 9 }],
    ['max-stale=9, max-stale', undefined, { maxStale: 9 }],
    ['max-stale, max-stale=9', undefined, { maxStale: 9 }],
    ['max-stale=0, max-stale', undefined, { maxStale: 0 }],
    ['max-stale=x', undefined, {}],
    ['stale-if-error=8', undefined, { staleIfError: 8 }],
    ['No-Store, NO-CACHE, only-if-cached', undefined, { noStore: true, noCache: true, onlyIfCached: true }],
    [undefined, 'no-cache', { noCache: true }],
    [undefined, 'x=1, No-Cache', { noCache: true }],
    [undefined, 'foo', {}],
    // Cache-Control goes before
    ['max-age=5', 'no-cache', { maxAge: 5 }],
    ['', 'no-cache', {}],
  ];
  it.each(rows)('%j %j', (cacheControl, pragma, said) => {
    expect(requestDirectives(cacheControl, pragma)).toEqual({ ...NO_REQUEST_DIRECTIVES, ...said });
  });

  it('makes nothing for a request that says nothing', () => {
    expect(requestDirectives(undefined, undefined)).toBe(NO_REQUEST_DIRECTIVES);
  });
});

describe('deltaSeconds (RFC 9111 1.2.2)', () => {
  it.each([
    ['0', 0],
    ['007', 7],
    ['2147483647', 2147483647],
    ['2147483649', MOST],
    ['', -1],
    [' 1', -1],
    ['1 ', -1],
    ['-1', -1],
    ['1.0', -1],
    ['0x1', -1],
    ['\u0661', -1],
  ])('%j', (value, seconds) => {
    expect(deltaSeconds(value)).toBe(seconds);
  });
});
