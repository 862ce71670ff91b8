import { describe, expect, it } from 'vitest';
import type { StoredHead } from '../../../src/contract/cache.ts';
import { isStrongTag, listsTag, strongMatch, weakMatch } from '../../../src/rules/cache/entity-tags.ts';
import { isConditional, notModifiedHeaders, type OwnCondition, ownCondition } from '../../../src/rules/cache/own-conditions.ts';
import { asks, at, date, stored, text } from './support.ts';

describe('entity tags (RFC 9110 8.8.3)', () => {
  it.each([
    ['"1"', '"1"', true, true],
    ['W/"1"', 'W/"1"', false, true],
    ['W/"1"', '"1"', false, true],
    ['W/"1"', 'W/"2"', false, false],
    ['"1"', '"2"', false, false],
    ['w/"1"', '"1"', false, false],
    ['', '', false, true],
  ])('%s and %s', (a, b, strong, weak) => {
    expect(strongMatch(a, b)).toBe(strong);
    expect(weakMatch(a, b)).toBe(weak);
    expect(weakMatch(b, a)).toBe(weak);
  });

  it('are strong without W/', () => {
    expect(['"1"', 'W/"1"', '', '1'].map(isStrongTag)).toEqual([true, false, false, true]);
  });

  it.each([
    ['"a"', '"a"', true],
    ['"a", "b", "c"', '"a"', true],
    ['"a", "b", "c"', '"b"', true],
    ['"a", "b", "c"', '"c"', true],
    ['"a","b"', '"b"', true],
    [' , "a" ,, "b" ', '"b"', true],
    ['W/"a"', '"a"', true],
    ['"a"', 'W/"a"', true],
    ['"a", "b"', '"ab"', false],
    ['"a, b"', '"a, b"', true],
    ['"a, b"', '"b"', false],
    ['"a,b", "c"', '"c"', true],
    // without quotes, as some servers have them
    ['a, b', 'b', true],
    ['a', '"a"', false],
    ['a "b', 'a "b', true],
    ['', '"a"', false],
    [',,', '', false],
  ])('%j lists %j: %s', (tags, tag, listed) => {
    expect(listsTag(tags, tag)).toBe(listed);
  });
});

describe('isConditional', () => {
  it.each([
    ['', false],
    ['Range: bytes=0-4\nIf-Range: "1"', false],
    ['If-None-Match: *', true],
    ['If-Modified-Since: x', true],
    ['If-Match: *', true],
    ['If-Unmodified-Since: x', true],
  ])('%j: %s', (request, conditional) => {
    expect(isConditional(asks(request))).toBe(conditional);
  });
});

describe("the caller's conditions against what is stored (RFC 9111 4.3.2, RFC 9110 13)", () => {
  const tagged = stored('ETag: "1"');
  const changed = stored(`Last-Modified: ${date(-3000)}\nDate: ${date(0)}`);
  const rows: readonly [what: string, request: string, answer: StoredHead, want: OwnCondition][] = [
    ['none', '', tagged, 'whole'],
    ['the tag', 'If-None-Match: "1"', tagged, 'not-modified'],
    ['the tag among others', 'If-None-Match: "0"\nIf-None-Match: "2", "1"', tagged, 'not-modified'],
    ['the tag, weakly', 'If-None-Match: W/"1"', tagged, 'not-modified'],
    ['another tag', 'If-None-Match: "2"', tagged, 'whole'],
    ['any', 'If-None-Match: *', stored(''), 'not-modified'],
    ['a tag where none is known', 'If-None-Match: "1"', changed, 'whole'],
    ['the date', `If-Modified-Since: ${date(-3000)}`, changed, 'not-modified'],
    ['a later date', `If-Modified-Since: ${date(-2000)}`, changed, 'not-modified'],
    ['an earlier date', `If-Modified-Since: ${date(-3001)}`, changed, 'whole'],
    ['the date in the obsolete form', 'If-Modified-Since: Wednesday, 01-Jan-25 11:10:00 GMT', changed, 'not-modified'],
    ['a date that is none', 'If-Modified-Since: now', changed, 'whole'],
    ['Date in the place of a change date', `If-Modified-Since: ${date(-5)}`, stored(`Date: ${date(-5)}`), 'not-modified'],
    ['an earlier one than that', `If-Modified-Since: ${date(-6)}`, stored(`Date: ${date(-5)}`), 'whole'],
    ['when it came, in the place of both', `If-Modified-Since: ${date(0)}`, stored(''), 'not-modified'],
    ['an earlier one than it came', `If-Modified-Since: ${date(-1)}`, stored(''), 'whole'],
    ['the tag goes before the date', `If-None-Match: "2"\nIf-Modified-Since: ${date(0)}`, changed, 'whole'],
    [
      'the tag goes before the date, the other way',
      `If-None-Match: "1"\nIf-Modified-Since: ${date(-9999)}`,
      tagged,
      'not-modified',
    ],
    ['If-Match is for the origin', 'If-Match: "1"', tagged, 'ask'],
    ['so is If-Unmodified-Since', `If-Unmodified-Since: ${date(0)}\nIf-None-Match: "1"`, tagged, 'ask'],
    // RFC 9110 13.2.1
    ['an error', 'If-None-Match: "1"', stored('ETag: "1"', { status: 404 }), 'whole'],
    ['a redirect', 'If-None-Match: "1"', stored('ETag: "1"', { status: 301 }), 'whole'],
  ];
  it.each(rows)('%s', (_what, request, answer, want) => {
    expect(ownCondition(asks(request), answer)).toBe(want);
  });

  it('makes a 304 with what that repeats (RFC 9110 15.4.5)', () => {
    const kept = [
      'ETag: "1"',
      'Cache-Control: max-age=9',
      'vary: Foo',
      'Content-Location: /y',
      `Date: ${date(0)}`,
      `Expires: ${date(9)}`,
    ];
    kept.push(`Last-Modified: ${date(-9)}`);
    const answer = stored(['Content-Type: a/b', 'Content-Length: 5', ...kept, 'X: 1', 'Content-Encoding: gzip'].join('\n'));
    expect(text(notModifiedHeaders(answer, at(4)))).toBe([...kept, 'Age: 4'].join('\n'));
  });
});
