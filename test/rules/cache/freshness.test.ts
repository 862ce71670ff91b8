import { describe, expect, it } from 'vitest';
import type { StoredHead } from '../../../src/contract/cache.ts';
import { explicitExpiry, freshFor, freshnessLifetime } from '../../../src/rules/cache/freshness.ts';
import { isHeuristicallyCacheable } from '../../../src/rules/cache/lifetime.ts';
import { at, CAME, date, stored } from './support.ts';

const DAY = 86400;

describe('freshness_lifetime (RFC 9111 4.2.1)', () => {
  const rows: readonly [what: string, answer: StoredHead, seconds: number, shared?: number][] = [
    ['nothing said', stored(`Date: ${date(0)}`), 0],
    ['max-age', stored('Cache-Control: max-age=60'), 60],
    ['max-age before a later Expires', stored(`Cache-Control: max-age=0\nExpires: ${date(60)}`), 0],
    ['max-age before an earlier Expires', stored(`Cache-Control: max-age=60\nExpires: ${date(-60)}`), 60],
    ['max-age before Expires in no form', stored('Cache-Control: max-age=60\nExpires: 0'), 60],
    ['max-age in no form is stale, whatever else', stored(`Cache-Control: max-age=x\nExpires: ${date(60)}`), 0],
    ['s-maxage is for shared caches', stored('Cache-Control: s-maxage=60, max-age=1'), 1, 60],
    ['s-maxage alone', stored('Cache-Control: s-maxage=60'), 0, 60],
    ['s-maxage of 0', stored('Cache-Control: s-maxage=0, max-age=60'), 60, 0],
    ['s-maxage before Expires', stored(`Cache-Control: s-maxage=60\nExpires: ${date(5)}`), 5, 60],
    ['Expires against Date', stored(`Date: ${date(10)}\nExpires: ${date(40)}`), 30],
    ['Expires at Date', stored(`Date: ${date(0)}\nExpires: ${date(0)}`), 0],
    ['Expires before Date', stored(`Date: ${date(400)}\nExpires: ${date(300)}`), 0],
    ['Expires without Date', stored(`Expires: ${date(30)}`), 30],
    ['Expires with a Date that is none', stored(`Date: foo\nExpires: ${date(30)}`), 30],
    ['Expires in the obsolete form', stored('Expires: Wednesday, 01-Jan-25 12:00:30 GMT'), 30],
    ["Expires in C's form", stored('Expires: Wed Jan  1 12:00:30 2025'), 30],
    ['Expires in another zone', stored('Expires: Thu, 18 Aug 2050 02:01:18 UTC'), 0],
    ['Expires of 0', stored('Expires: 0'), 0],
    ['Expires twice', stored(`Expires: ${date(30)}\nExpires: ${date(30)}`), 0],
    ['Expires far ahead', stored('Expires: Sun, 21 Nov 2286 04:46:39 GMT'), (Date.UTC(2286, 10, 21, 4, 46, 39) - CAME) / 1000],
    // 4.2.2
    ['a tenth of the time without change', stored(`Date: ${date(0)}\nLast-Modified: ${date(-10 * DAY)}`), DAY],
    ['counted from Date', stored(`Date: ${date(-DAY)}\nLast-Modified: ${date(-11 * DAY)}`), DAY],
    ['counted from when it came', stored(`Last-Modified: ${date(-10 * DAY)}`), DAY],
    ['changed after it was made', stored(`Date: ${date(0)}\nLast-Modified: ${date(100)}`), 0],
    ['Last-Modified that is none', stored('Last-Modified: long ago'), 0],
    ['no guess where Expires says something', stored(`Expires: 0\nLast-Modified: ${date(-10 * DAY)}`), 0],
    ['no guess where max-age says something', stored(`Cache-Control: max-age=0\nLast-Modified: ${date(-10 * DAY)}`), 0],
    ['no guess for a 302', stored(`Last-Modified: ${date(-10 * DAY)}`, { status: 302 }), 0],
    ['but for one that is public', stored(`Cache-Control: public\nLast-Modified: ${date(-10 * DAY)}`, { status: 302 }), DAY],
    ['a guess for a 404', stored(`Last-Modified: ${date(-10 * DAY)}`, { status: 404 }), DAY],
    // the word of the program
    ['the program says later', stored('Cache-Control: max-age=1', { expires: at(60) }), 60],
    ['the program says sooner', stored('Cache-Control: max-age=60', { expires: at(1) }), 1],
    ['the program says long ago', stored('Cache-Control: max-age=60', { expires: 0 }), 0],
    ['the program says stale', stored('Cache-Control: max-age=60', { expires: at(-1) }), 0],
    ['the program says when, not how long', stored('Age: 30\nCache-Control: max-age=60', { expires: at(60) }), 90],
  ];
  it.each(rows)('%s', (_what, answer, seconds, shared = seconds) => {
    expect(freshnessLifetime(answer, false)).toBe(seconds * 1000);
    expect(freshnessLifetime(answer, true)).toBe(shared * 1000);
  });
});

describe('freshFor (RFC 9111 4.2)', () => {
  const rows: readonly [what: string, answer: StoredHead, seconds: number, left: number][] = [
    ['fresh', stored('Cache-Control: max-age=60'), 59, 1],
    ['stale from the end on', stored('Cache-Control: max-age=60'), 60, 0],
    ['stale', stored('Cache-Control: max-age=60'), 75, -15],
    ['older than its time when it came', stored('Cache-Control: max-age=60\nAge: 100'), 0, -40],
    ['made long ago', stored(`Cache-Control: max-age=60\nDate: ${date(-100)}`), 0, -40],
    ['Age beyond Expires, Date behind', stored(`Date: ${date(-10)}\nExpires: ${date(10)}\nAge: 25`), 0, -5],
    ['Age beyond Expires, Date ahead', stored(`Date: ${date(10)}\nExpires: ${date(20)}\nAge: 15`), 0, -5],
    ['by the program', stored('Age: 500', { expires: at(60) }), 45, 15],
    ['by the program, past', stored('Cache-Control: max-age=600', { expires: at(60) }), 70, -10],
  ];
  it.each(rows)('%s', (_what, answer, seconds, left) => {
    expect(freshFor(answer, at(seconds), false)).toBe(left * 1000);
  });
});

describe('explicitExpiry', () => {
  const rows: readonly [what: string, answer: StoredHead, moment: number | null][] = [
    ['nothing said', stored(`Last-Modified: ${date(-DAY)}`), null],
    ['max-age', stored('Cache-Control: max-age=60', { requestedAt: CAME - 300 }), at(60)],
    ['max-age of 0', stored(`Cache-Control: max-age=0\nExpires: ${date(60)}`), at(0)],
    ['max-age less the age', stored('Cache-Control: max-age=60\nAge: 20'), at(40)],
    ['Expires', stored(`Expires: ${date(-60)}`), at(-60)],
    ['max-age before Expires', stored(`Cache-Control: max-age=60\nExpires: ${date(10)}`), at(60)],
    ['Expires that is none', stored('Expires: 0'), null],
  ];
  it.each(rows)('%s', (_what, answer, moment) => {
    expect(explicitExpiry(answer)).toBe(moment);
  });
});

it('knows the statuses of RFC 9110 15.1', () => {
  const all = Array.from({ length: 900 }, (_, i) => i + 100).filter(isHeuristicallyCacheable);
  expect(all).toEqual([200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501]);
});
