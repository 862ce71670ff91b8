import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredHead, StoredRange } from '../../../src/contract/cache.ts';
import {
  type Cut,
  cutHeaders,
  cutOut,
  ifRangeHolds,
  type RangeAnswer,
  rangeAnswer,
  rangeOf,
  readRange,
} from '../../../src/rules/cache/ranges.ts';
import { asks, at, date, list, stored, text } from './support.ts';

describe('Range (RFC 9110 14.1.2)', () => {
  const rows: readonly [value: string, first: number | null, last?: number][] = [
    ['bytes=0-499', 0, 499],
    ['bytes=500-', 500, -1],
    ['bytes=-500', -1, 500],
    ['BYTES=0-0', 0, 0],
    ['bytes= 1-2 ', 1, 2],
    ['bytes=-0', -1, 0],
    ['bytes=0-1,3-4', null],
    ['bytes=0-1,', null],
    ['bytes=', null],
    ['bytes=-', null],
    ['bytes=5-4', null],
    ['bytes=5-0', null],
    ['bytes=a-b', null],
    ['bytes=1 - 2', null],
    ['bytes =1-2', null],
    ['bytes=0x1-2', null],
    ['items=0-1', null],
    ['0-1', null],
    ['', null],
    ['bytes=9999999999999999-', null],
  ];
  it.each(rows)('%j', (value, first, last) => {
    expect(readRange(value)).toEqual(first === null ? null : { first, last });
  });
});

describe('Content-Range (RFC 9110 14.4)', () => {
  const rows: readonly [status: number, fields: string, range: [number, number, number] | null][] = [
    [206, 'Content-Range: bytes 0-4/10', [0, 4, 10]],
    [206, 'content-range: Bytes 5-9/10', [5, 9, 10]],
    [206, 'Content-Range: bytes 0-0/1', [0, 0, 1]],
    [206, 'Content-Range: bytes 0-4/*', [0, 4, -1]],
    [200, 'Content-Range: bytes 0-4/10', null],
    [206, '', null],
    [206, 'Content-Range: bytes 4-0/10', null],
    [206, 'Content-Range: bytes 0-10/10', null],
    [206, 'Content-Range: bytes 0-0/0', null],
    [206, 'Content-Range: bytes */10', null],
    [206, 'Content-Range: bytes=0-4/10', null],
    [206, 'Content-Range: items 0-4/10', null],
    [206, 'Content-Range: bytes 0-4', null],
    [206, 'Content-Range: bytes 0-4/10\nContent-Range: bytes 5-9/10', null],
    [206, 'Content-Range: x', null],
  ];
  it.each(rows)('%d %j', (status, fields, range) => {
    const [first, last, total] = range ?? [];
    expect(rangeOf(status, list(fields))).toEqual(range === null ? null : { first, last, total });
  });
});

const PART: StoredRange = { first: 4, last: 9, total: 10 };
const START: StoredRange = { first: 0, last: 4, total: 10 };
const OPEN: StoredRange = { first: 4, last: 9, total: -1 };

describe('what of the stored bytes answers it (RFC 9111 3.3)', () => {
  type Row = readonly [
    range: StoredRange | null,
    length: number,
    wish: string,
    offset: number | null,
    size?: number,
    says?: string,
  ];
  const rows: readonly Row[] = [
    // out of the whole
    [null, 11, '0-1', 0, 2, 'bytes 0-1/11'],
    [null, 11, '1-', 1, 10, 'bytes 1-10/11'],
    [null, 11, '-1', 10, 1, 'bytes 10-10/11'],
    [null, 11, '-99', 0, 11, 'bytes 0-10/11'],
    [null, 11, '5-99', 5, 6, 'bytes 5-10/11'],
    [null, 11, '0-10', 0, 11, 'bytes 0-10/11'],
    [null, 11, '0-11', 0, 11, 'bytes 0-10/11'],
    // not there at all, which the origin is to say
    [null, 11, '11-', null],
    [null, 11, '11-12', null],
    [null, 11, '-0', null],
    [null, 0, '0-', null],
    [null, 0, '-1', null],
    [null, -1, '0-1', null],
    // out of a part at the end
    [PART, 6, '6-8', 2, 3, 'bytes 6-8/10'],
    [PART, 6, '4-9', 0, 6, 'bytes 4-9/10'],
    [PART, 6, '6-', 2, 4, 'bytes 6-9/10'],
    [PART, 6, '6-99', 2, 4, 'bytes 6-9/10'],
    [PART, 6, '-1', 5, 1, 'bytes 9-9/10'],
    [PART, 6, '-6', 0, 6, 'bytes 4-9/10'],
    [PART, 6, '-7', null],
    [PART, 6, '3-5', null],
    [PART, 6, '10-', null],
    // out of a part at the beginning
    [START, 5, '0-4', 0, 5, 'bytes 0-4/10'],
    [START, 5, '1-3', 1, 3, 'bytes 1-3/10'],
    [START, 5, '1-5', null],
    [START, 5, '1-', null],
    [START, 5, '-2', null],
    [START, 5, '5-6', null],
    // out of a part whose end nobody knows
    [OPEN, 6, '6-8', 2, 3, 'bytes 6-8/*'],
    [OPEN, 6, '6-', null],
    [OPEN, 6, '-1', null],
    // a part that is shorter than it says
    [PART, 5, '6-8', 2, 3, 'bytes 6-8/10'],
    [PART, 5, '6-9', null],
    [PART, 5, '-5', 0, 5, 'bytes 5-9/10'],
    [PART, 5, '-1', 4, 1, 'bytes 9-9/10'],
    [PART, 5, '-6', null],
  ];
  it.each(rows.map((row) => [JSON.stringify(row), row] as const))('%s', (_row, [range, length, wish, offset, size, says]) => {
    const cut = cutOut(range, length, readRange(`bytes=${wish}`)!);
    expect(cut).toEqual(offset === null ? null : { offset, length: size, contentRange: says });
  });

  it('are those that the origin would send, or none', () => {
    const bytes = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);
    fc.assert(
      fc.property(
        fc.nat(20),
        fc.nat(20),
        fc.nat(20),
        fc.integer({ min: -1, max: 25 }),
        fc.integer({ min: -1, max: 25 }),
        (a, b, c, first, last) => {
          const [start, end, size] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
          const total = size + 1;
          const whole = start === 0 && end === size;
          if ((first < 0 && last < 0) || (first >= 0 && last >= 0 && last < first)) return;
          const cut = cutOut(whole ? null : { first: start, last: end, total }, end - start + 1, { first, last });
          const from = first < 0 ? Math.max(0, total - last) : first;
          const to = first < 0 || last < 0 ? size : Math.min(last, size);
          const here = from <= to && from >= start && to <= end;
          const got = cut === null ? null : bytes(start, end).slice(cut.offset, cut.offset + cut.length);
          expect(got).toEqual(here ? bytes(from, to) : null);
          if (here) expect(cut?.contentRange).toBe(`bytes ${from}-${to}/${total}`);
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('If-Range (RFC 9110 13.1.5)', () => {
  const dated = stored(`Last-Modified: ${date(-60)}\nDate: ${date(0)}`);
  const rows: readonly [what: string, condition: string, answer: StoredHead, holds: boolean][] = [
    ['the tag', '"1"', stored('ETag: "1"'), true],
    ['another', '"2"', stored('ETag: "1"'), false],
    ['a weak one', 'W/"1"', stored('ETag: W/"1"'), false],
    ['a tag where none is known', '"1"', dated, false],
    ['the date', date(-60), dated, true],
    ['a later date', date(-59), dated, false],
    ['the date in another form', 'Wednesday, 01-Jan-25 11:59:00 GMT', dated, false],
    ['a date that may have come twice in a second', date(0), stored(`Last-Modified: ${date(0)}\nDate: ${date(0)}`), false],
    ['a date a second before Date', date(-1), stored(`Last-Modified: ${date(-1)}\nDate: ${date(0)}`), true],
    ['a date without Date', date(-60), stored(`Last-Modified: ${date(-60)}`), false],
    ['a date where none is known', date(-60), stored('ETag: "1"'), false],
    ['no date', 'x', stored(`Last-Modified: x\nDate: ${date(0)}`), false],
  ];
  it.each(rows)('%s', (_what, condition, answer, holds) => {
    expect(ifRangeHolds(condition, answer)).toBe(holds);
  });
});

describe('rangeAnswer', () => {
  const cut = (offset: number, length: number, contentRange: string): Cut => ({ offset, length, contentRange });
  const tagged = stored('ETag: "1"');
  const rows: readonly [what: string, request: string, answer: StoredHead, length: number, want: RangeAnswer][] = [
    ['a plain request', '', tagged, 10, 'whole'],
    ['a plain request, and a part', '', stored('', { range: PART }), 6, 'elsewhere'],
    ['a part of the whole', 'Range: bytes=1-2', tagged, 10, cut(1, 2, 'bytes 1-2/10')],
    ['a part of a part', 'Range: bytes=5-6', stored('', { status: 206, range: PART }), 6, cut(1, 2, 'bytes 5-6/10')],
    ['more than a part', 'Range: bytes=0-6', stored('', { status: 206, range: PART }), 6, 'elsewhere'],
    ['several parts', 'Range: bytes=1-2,4-5', tagged, 10, 'elsewhere'],
    ['nothing that is there', 'Range: bytes=10-', tagged, 10, 'elsewhere'],
    ['a part of something whose length nobody knows', 'Range: bytes=1-2', tagged, -1, 'elsewhere'],
    ['a part of an error', 'Range: bytes=1-2', stored('', { status: 404 }), 10, 'whole'],
    ['a part of a redirect', 'Range: bytes=1-2', stored('', { status: 301 }), 10, 'whole'],
    ['a part of what is coded', 'Range: bytes=1-2', stored('Content-Encoding: gzip'), 10, 'elsewhere'],
    [
      'a part of a coded part',
      'Range: bytes=5-6',
      stored('Content-Encoding: gzip', { status: 206, range: PART }),
      6,
      cut(1, 2, 'bytes 5-6/10'),
    ],
    ['a part, if it is still that', 'Range: bytes=1-2\nIf-Range: "1"', tagged, 10, cut(1, 2, 'bytes 1-2/10')],
    ['else all', 'Range: bytes=1-2\nIf-Range: "2"', tagged, 10, 'whole'],
    ['else all, which is not here', 'Range: bytes=5-6\nIf-Range: "2"', stored('ETag: "1"', { range: PART }), 6, 'elsewhere'],
    ['If-Range alone', 'If-Range: "2"', tagged, 10, 'whole'],
  ];
  it.each(rows)('%s', (_what, request, answer, length, want) => {
    expect(rangeAnswer(asks(request), answer, length)).toEqual(want);
  });

  it('comes with these fields (RFC 9110 15.3.7)', () => {
    const answer = stored('ETag: "1"\nContent-Length: 10\nA: 1');
    expect(text(cutHeaders(answer, at(3), cut(1, 2, 'bytes 1-2/10')))).toBe(
      'ETag: "1"\nContent-Length: 2\nA: 1\nAge: 3\nContent-Range: bytes 1-2/10',
    );
    expect(text(answer.headers)).toBe('ETag: "1"\nContent-Length: 10\nA: 1');
  });
});
