import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { mayStore, type StoreQuestion } from '../../../src/rules/cache/storing.ts';
import { asks, CAME, date, list } from './support.ts';

type Change = Partial<Pick<StoreQuestion, 'method' | 'status' | 'shared' | 'partitioned'>> & {
  readonly request?: string;
  readonly url?: string;
};

function ask(fields: string, { request = '', url = 'http://a.test/dir/x', ...change }: Change = {}): boolean {
  return mayStore({
    method: 'GET',
    url: Url.parse(url),
    fields: asks(request),
    status: 200,
    headers: list(fields),
    now: CAME,
    shared: false,
    partitioned: false,
    ...change,
  });
}

const FRESH = 'Cache-Control: max-age=60';
const LONG_AGO = `Last-Modified: ${date(-864000)}`;

describe('what may be stored (RFC 9111 3)', () => {
  const rows: readonly [what: string, kept: boolean, fields: string, change?: Change][] = [
    ['a fresh one', true, FRESH],
    ['one that says nothing, with a status that needs no word', true, ''],
    ['one that is stale from the start', true, `Expires: ${date(-60)}`],
    ['one with Expires in no form', true, 'Expires: 0'],
    ['no-cache', true, 'Cache-Control: no-cache'],
    ['private', true, 'Cache-Control: private'],
    // methods
    ['HEAD', false, FRESH, { method: 'HEAD' }],
    ['PUT', false, FRESH, { method: 'PUT' }],
    ['get in small letters, which is another method', false, FRESH, { method: 'get' }],
    // statuses
    ['an interim answer', false, FRESH, { status: 103 }],
    ['304', false, FRESH, { status: 304 }],
    ['201 without a word', false, 'ETag: "1"', { status: 201 }],
    ['202 with a change date', false, LONG_AGO, { status: 202 }],
    ['201 that says how long', true, FRESH, { status: 201 }],
    ['204', true, '', { status: 204 }],
    ['299 that says how long', true, FRESH, { status: 299 }],
    ['300', true, '', { status: 300 }],
    ['301', true, '', { status: 301 }],
    ['302 without a word', false, '', { status: 302 }],
    ['302 that says how long', true, FRESH, { status: 302 }],
    ['302 that says it is stale', true, 'Cache-Control: max-age=0', { status: 302 }],
    ['302 that is public', true, 'Cache-Control: public', { status: 302 }],
    ['302 that is private', true, 'Cache-Control: private', { status: 302 }],
    ['302 with Expires', true, `Expires: ${date(60)}`, { status: 302 }],
    ['s-maxage means nothing to us', false, 'Cache-Control: s-maxage=60', { status: 302 }],
    ['but to a shared cache, even if it means stale', true, 'Cache-Control: s-maxage=0', { status: 302, shared: true }],
    ['but to a shared cache', true, 'Cache-Control: s-maxage=60', { status: 302, shared: true }],
    // errors only if they are of use
    ['404 that says how long', true, FRESH, { status: 404 }],
    ['404 with a change date', true, LONG_AGO, { status: 404 }],
    ['404 without a word', false, 'ETag: "1"', { status: 404 }],
    ['400 without a word', false, 'ETag: "1"', { status: 400 }],
    ['400 that means stale', false, 'Cache-Control: max-age=0', { status: 400 }],
    ['404 that is stale from the start', false, `Expires: ${date(-60)}`, { status: 404 }],
    ['404 with Expires', true, `Expires: ${date(60)}`, { status: 404 }],
    ['403 with a change date', false, LONG_AGO, { status: 403 }],
    ['500 that says how long', true, FRESH, { status: 500 }],
    ['503 with a change date', false, LONG_AGO, { status: 503 }],
    ['599 with a change date', false, LONG_AGO, { status: 599 }],
    ['599 that is public with a change date', true, `Cache-Control: public\n${LONG_AGO}`, { status: 599 }],
    // parts
    ['206 whose place is known', true, `${FRESH}\nContent-Range: bytes 0-4/10`, { status: 206 }],
    ['206 of unknown total length', true, `${FRESH}\nContent-Range: bytes 0-4/*`, { status: 206 }],
    ['206 without its place', false, FRESH, { status: 206 }],
    ['206 of several parts', false, `${FRESH}\nContent-Type: multipart/byteranges; boundary=x`, { status: 206 }],
    ['200 to a request for a part', true, FRESH, { request: 'Range: bytes=0-4' }],
    // forbidden
    ['no-store', false, `Cache-Control: no-store\nExpires: ${date(60)}`],
    ['no-store beside others', false, 'Cache-Control: max-age=60, public, NO-STORE'],
    ['no-store of the request', false, FRESH, { request: 'Cache-Control: no-store' }],
    ['no-store of the request in a second field', false, FRESH, { request: 'Cache-Control: max-age=0\nCache-Control: no-store' }],
    ['no-cache of the request', true, FRESH, { request: 'Cache-Control: no-cache' }],
    ['must-understand where we do', true, 'Cache-Control: max-age=60, no-store, must-understand'],
    ['must-understand where we do not', false, 'Cache-Control: max-age=60, no-store, must-understand', { status: 599 }],
    ['must-understand alone', false, 'Cache-Control: max-age=60, must-understand', { status: 299 }],
    ['Vary: *', false, `${FRESH}\nVary: *`],
    ['Vary: * among others', false, `${FRESH}\nVary: Foo, *`],
    ['Vary: * in a second field', false, `${FRESH}\nVary:\nVary: *`],
    ['Vary: a name', true, `${FRESH}\nVary: Foo`],
    // for one person: that is what a private cache is for
    ['an answer to Authorization', true, FRESH, { request: 'Authorization: x' }],
    ['an answer to Cookie, with Set-Cookie', true, `${FRESH}\nSet-Cookie: a=1`, { request: 'Cookie: a=1' }],
    // and what a shared one must not give to others
    ['for anybody', true, FRESH, { shared: true }],
    ['private in a shared store', false, 'Cache-Control: private, max-age=60', { shared: true }],
    ['private fields in a shared store', false, 'Cache-Control: private="x", max-age=60', { shared: true }],
    ['Authorization in a shared store', false, FRESH, { shared: true, request: 'Authorization: x' }],
    ['Authorization and public in a shared store', false, `${FRESH}, public`, { shared: true, request: 'Authorization: x' }],
    ['Cookie in a shared store', false, FRESH, { shared: true, request: 'Cookie: a=1' }],
    ['Set-Cookie in a shared store', false, `${FRESH}\nSet-Cookie: a=1`, { shared: true }],
    [
      'all of it in a partition of one',
      true,
      `${FRESH}\nSet-Cookie: a=1`,
      { shared: true, partitioned: true, request: 'Cookie: a=1' },
    ],
    ['no-store in a partition of one', false, 'Cache-Control: no-store', { shared: true, partitioned: true }],
    // RFC 9110 9.3.3
    ['POST', false, FRESH, { method: 'POST' }],
    ['POST that says it is what GET brings', true, `${FRESH}\nContent-Location: x`, { method: 'POST' }],
    ['POST with the whole URL', true, `${FRESH}\nContent-Location: http://a.test/dir/x`, { method: 'POST' }],
    ['POST with another query', false, `${FRESH}\nContent-Location: x?y`, { method: 'POST' }],
    ['POST with another origin', false, `${FRESH}\nContent-Location: http://b.test/dir/x`, { method: 'POST' }],
    ['POST that says nothing of time', false, 'Content-Location: x', { method: 'POST' }],
    ['POST that failed', false, `${FRESH}\nContent-Location: x`, { method: 'POST', status: 404 }],
    ['POST that is not to be stored', false, `${FRESH}, no-store\nContent-Location: x`, { method: 'POST' }],
    ['PUT with its Content-Location', false, `${FRESH}\nContent-Location: x`, { method: 'PUT' }],
  ];
  it.each(rows)('%s: %s', (_what, kept, fields, change) => {
    expect(ask(fields, change)).toBe(kept);
  });

  it('understands the statuses of RFC 9110', () => {
    const fields = 'Cache-Control: max-age=60, no-store, must-understand\nContent-Range: bytes 0-4/10';
    const kept = Array.from({ length: 400 }, (_, i) => i + 200).filter((status) => ask(fields, { status }));
    const [ok, moved, wrong, broken] = [2, 3, 4, 5].map((group) => kept.filter((status) => Math.floor(status / 100) === group));
    expect(ok).toEqual([200, 201, 202, 203, 204, 205, 206]);
    expect(moved).toEqual([300, 301, 302, 303, 305, 307, 308]);
    expect(wrong).toEqual([400, 402, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 422]);
    expect(broken).toEqual([500, 501, 502, 503, 504, 505]);
  });

  it('keeps no answer that is about the request', () => {
    const kept = Array.from({ length: 400 }, (_, i) => i + 200).filter((status) => !ask(FRESH, { status }));
    expect(kept).toEqual([206, 226, 304, 401, 407, 408, 412, 416, 417, 421, 425, 426, 428, 429, 431, 511]);
  });
});
