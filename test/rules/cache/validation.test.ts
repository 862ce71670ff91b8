import { describe, expect, it } from 'vitest';
import type { StoredHead } from '../../../src/contract/cache.ts';
import { freshFor } from '../../../src/rules/cache/freshness.ts';
import { servedHeaders } from '../../../src/rules/cache/stored-head.ts';
import {
  canBeValidated,
  conditions,
  refreshed,
  refreshedByHead,
  sameSelection,
  unchanged,
} from '../../../src/rules/cache/validation.ts';
import { at, date, head, stored, text } from './support.ts';

describe('the fields to ask with (RFC 9111 4.3.1)', () => {
  const day = date(-86400);
  const rows: readonly [what: string, answer: StoredHead, fields: [string, string][]][] = [
    ['a tag', stored('ETag: "1"'), [['If-None-Match', '"1"']]],
    ['a weak tag', stored('ETag: W/"1"'), [['If-None-Match', 'W/"1"']]],
    ['a tag without quotes, as it came', stored('ETag: 1'), [['If-None-Match', '1']]],
    ['a change date', stored(`Last-Modified: ${day}`), [['If-Modified-Since', day]]],
    [
      'both',
      stored(`Last-Modified: ${day}\nETag: "1"`),
      [
        ['If-None-Match', '"1"'],
        ['If-Modified-Since', day],
      ],
    ],
    ['the first of two', stored('ETag: "1"\nETag: "2"'), [['If-None-Match', '"1"']]],
    ['none', stored(`Date: ${day}`), []],
    ['empty ones', stored('ETag:\nLast-Modified:'), []],
    ['a part', stored('ETag: "1"', { status: 206 }), [['If-None-Match', '"1"']]],
    ['the last of those that succeeded', stored('ETag: "1"', { status: 299 }), [['If-None-Match', '"1"']]],
    ['an error', stored('ETag: "1"', { status: 404 }), []],
    ['a redirect', stored('ETag: "1"', { status: 301 }), []],
  ];
  it.each(rows)('%s', (_what, answer, fields) => {
    expect(conditions(answer)).toEqual(fields);
    expect(canBeValidated(answer)).toBe(fields.length > 0);
  });
});

describe('of what a 304 speaks (RFC 9111 4.3.3)', () => {
  const rows: readonly [what: string, kept: string, received: string, same: boolean][] = [
    ['the same strong tag', 'ETag: "1"', 'ETag: "1"', true],
    ['another strong tag', 'ETag: "1"', 'ETag: "2"', false],
    ['a strong tag for a weak one', 'ETag: W/"1"', 'ETag: "1"', false],
    ['a weak tag for a strong one', 'ETag: "1"', 'ETag: W/"1"', true],
    ['the same weak tag', 'ETag: W/"1"', 'ETag: W/"1"', true],
    ['another weak tag', 'ETag: W/"1"', 'ETag: W/"2"', false],
    ['the tag goes before the date', 'ETag: "1"\nLast-Modified: a', 'ETag: "1"\nLast-Modified: b', true],
    ['the same date', 'Last-Modified: a', 'Last-Modified: a', true],
    ['another date', 'Last-Modified: a', 'Last-Modified: b', false],
    ['a tag that was not known', 'Last-Modified: a', 'Last-Modified: a\nETag: "1"', true],
    ['no validator: what was asked about', 'ETag: "1"\nLast-Modified: a', 'Date: x', true],
    ['no validator on either side', '', '', true],
    ['only the other validator', 'ETag: "1"', 'Last-Modified: a', true],
  ];
  it.each(rows)('%s', (_what, kept, received, same) => {
    expect(sameSelection(stored(kept), head(304, received))).toBe(same);
  });
});

describe('what a 304 changes (RFC 9111 3.2, 4.3.4)', () => {
  const rows: readonly [what: string, kept: string, received: string, result: string][] = [
    ['what it does not say stays', 'A: 1\nB: 2', 'Date: x', 'A: 1\nB: 2\nDate: x'],
    ['what it says goes to the end', 'A: 1\nB: 2\nC: 3', 'B: 5', 'A: 1\nC: 3\nB: 5'],
    ['in any case of letters', 'Cache-Control: max-age=1', 'cache-control: max-age=2', 'cache-control: max-age=2'],
    ['all of one name', 'A: 1\nB: 2\na: 3', 'A: 7\nA: 8', 'B: 2\nA: 7\nA: 8'],
    [
      'an X-Content field',
      'X-Content-Foo: 1\nContent-Foo: 1',
      'X-Content-Foo: 2\nContent-Foo: 2',
      'X-Content-Foo: 2\nContent-Foo: 2',
    ],
    [
      'guards of pages',
      'X-Frame-Options: deny\nContent-Security-Policy: a',
      'X-Frame-Options: sameorigin\nContent-Security-Policy: b',
      'X-Frame-Options: sameorigin\nContent-Security-Policy: b',
    ],
    ['Set-Cookie', 'Set-Cookie: a=1\nSet-Cookie: b=2', 'Set-Cookie: a=3', 'Set-Cookie: a=3'],
    [
      'Content-Location and Content-MD5',
      'Content-Location: /a\nContent-MD5: x',
      'Content-Location: /b\nContent-MD5: y',
      'Content-Location: /b\nContent-MD5: y',
    ],
    ['not the length of the body', 'Content-Length: 36', 'Content-Length: 10', 'Content-Length: 36'],
    ['not a length that was not there', 'A: 1', 'Content-Length: 0', 'A: 1'],
    ['not the coding of the body', 'Content-Encoding: gzip', 'Content-Encoding: br', 'Content-Encoding: gzip'],
    ['not a coding that the body does not have', 'A: 1', 'Content-Encoding: gzip', 'A: 1'],
    ['not the place of a part', 'Content-Range: bytes 0-4/10', 'Content-Range: bytes 5-9/10', 'Content-Range: bytes 0-4/10'],
    ['not a type that is known', 'Content-Type: image/png', 'Content-Type: text/html', 'Content-Type: image/png'],
    ['but one that is not', 'A: 1', 'Content-Type: text/html', 'A: 1\nContent-Type: text/html'],
    [
      'no fields for one hop',
      'A: 1',
      'Connection: x, keep-alive\nX: 2\nKeep-Alive: timeout=5\nTransfer-Encoding: chunked\nB: 2',
      'A: 1\nB: 2',
    ],
    ['nothing by a field that Connection names', 'X: 1', 'Connection: x\nX: 2', 'X: 1'],
    ['the old Age is over', 'Age: 500\nA: 1', 'Date: x', 'A: 1\nDate: x'],
    ['a new Age counts', 'Age: 500\nA: 1', 'Age: 7', 'A: 1\nAge: 7'],
  ];
  it.each(rows)('%s', (_what, kept, received, result) => {
    const before = stored(kept);
    expect(text(refreshed(before, head(304, received), at(50), at(51)).headers)).toBe(result);
    expect(text(before.headers)).toBe(kept);
  });

  it('keeps what the answer is, and counts anew', () => {
    const before = stored('Cache-Control: max-age=60\nAge: 50', {
      status: 203,
      reason: 'Fine',
      vary: [['foo', '1']],
      notes: [[1, 'x']],
      expires: at(10),
    });
    const after = refreshed(before, head(304, `Date: ${date(100)}`), at(99), at(100));
    expect({ ...after, headers: null }).toEqual({
      ...before,
      headers: null,
      requestedAt: at(99),
      receivedAt: at(100),
      expires: -1,
    });
    expect(freshFor(after, at(100), false)).toBe(59_000);
    expect(servedHeaders(after, at(100)).get('Age')).toBe('1');
  });

  it('can make it stale', () => {
    const after = refreshed(stored('Cache-Control: max-age=60'), head(304, 'Cache-Control: max-age=0'), at(1), at(1));
    expect(freshFor(after, at(1), false)).toBe(0);
  });
});

describe('unchanged', () => {
  const rows: readonly [what: string, kept: string, received: string, same: boolean][] = [
    ['the same fields, never fresh', 'ETag: "1"\nA: 1', 'ETag: "1"', true],
    ['another field', 'ETag: "1"', 'ETag: "1"\nA: 1', false],
    ['another value', 'ETag: "1"\nA: 1', 'A: 2', false],
    ['the same fields, fresh from now on', 'Cache-Control: max-age=60', '', false],
    ['the same fields, fresh for many from now on', 'Cache-Control: s-maxage=60', '', false],
    ['the same fields, a time for stale ones from now on', 'Cache-Control: stale-if-error=60', '', false],
    ['the same fields, a time to refresh in from now on', 'Cache-Control: stale-while-revalidate=60', '', false],
    ['the same fields, a moment to refresh in', 'Cache-Control: stale-while-revalidate=0', '', false],
    ['one of two is gone', 'A: 1\nA: 1', 'A: 1', false],
  ];
  it.each(rows)('%s', (_what, kept, received, same) => {
    const before = stored(kept);
    expect(unchanged(before, refreshed(before, head(304, received), at(9), at(9)))).toBe(same);
  });

  it('is not when the word of the program is over', () => {
    const before = stored('ETag: "1"', { expires: at(1) });
    expect(unchanged(before, refreshed(before, head(304, 'ETag: "1"'), at(9), at(9)))).toBe(false);
  });
});

describe('what a HEAD tells of the answer for GET (RFC 9111 4.3.5)', () => {
  type Row = readonly [what: string, kept: string, length: number, status: number, received: string, result: string | null];
  const rows: readonly Row[] = [
    ['the same', 'ETag: "1"\nA: 1', 5, 200, 'ETag: "1"\nA: 2', 'ETag: "1"\nA: 2'],
    ['no validators', 'A: 1\nB: 1', 5, 200, 'A: 2', 'B: 1\nA: 2'],
    ['another tag', 'ETag: "1"', 5, 200, 'ETag: "2"', null],
    ['a tag now', 'A: 1', 5, 200, 'ETag: "2"', null],
    ['another date', 'Last-Modified: a\nETag: "1"', 5, 200, 'Last-Modified: b\nETag: "1"', null],
    ['the same length', 'Content-Length: 5', 5, 200, 'Content-Length: 5', 'Content-Length: 5'],
    ['another length', 'Content-Length: 5', 5, 200, 'Content-Length: 6', null],
    ['the length of a body that did not say it', 'A: 1', 5, 200, 'Content-Length: 5', 'A: 1'],
    ['not the length of a body that did not say it', 'A: 1', 5, 200, 'Content-Length: 6', null],
    ['a length nobody knows', 'A: 1', -1, 200, 'Content-Length: 6', 'A: 1'],
    ['another status says nothing', 'ETag: "1"', 5, 410, 'ETag: "2"', 'ETag: "1"'],
    ['nor does 304', 'ETag: "1"', 5, 304, 'ETag: "2"', 'ETag: "1"'],
  ];
  it.each(rows)('%s', (_what, kept, length, status, received, result) => {
    const answer = { head: stored(kept), length, open: () => null };
    const fresh = refreshedByHead(answer, head(status, received), at(9), at(9));
    expect(fresh === null ? null : text(fresh.headers)).toBe(result);
    if (status !== 200) expect(fresh).toBe(answer.head);
  });
});
