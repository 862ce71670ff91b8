import { describe, expect, it } from 'vitest';
import { parseStrictDate } from '../../../src/rules/cache/strict-date.ts';
import { CAME } from './support.ts';

const MOMENT = Date.UTC(2050, 7, 18, 2, 1, 18);

describe('a date to the letter (RFC 9110 5.6.7)', () => {
  const rows: readonly [text: string | undefined, time: number | null][] = [
    ['Thu, 18 Aug 2050 02:01:18 GMT', MOMENT],
    ['Thursday, 18-Aug-50 02:01:18 GMT', MOMENT],
    ['Thu Aug 18 02:01:18 2050', MOMENT],
    ['Mon Aug  8 02:01:18 2050', Date.UTC(2050, 7, 8, 2, 1, 18)],
    // in any case
    ['THU, 18 aug 2050 02:01:18 gMt', MOMENT],
    ['Sun, 21 Nov 2286 04:46:39 GMT', Date.UTC(2286, 10, 21, 4, 46, 39)],
    [undefined, null],
    ['', null],
    ['0', null],
    ['-1', null],
    ['never', null],
    // other zones, and forms that are kindly read elsewhere
    ['Thu, 18 Aug 2050 02:01:18 UTC', null],
    ['Thu, 18 Aug 2050 02:01:18 AEST', null],
    ['Thu, 18 Aug 2050 02:01:18 +0000', null],
    ['Thu, 18 Aug 2050 02:01:18', null],
    ['Thu, 18 Aug 50 02:01:18 GMT', null],
    ['Thu 18 Aug 2050 02:01:18 GMT', null],
    ['18 Aug 2050 02:01:18 GMT', null],
    ['Thu,  18 Aug 2050 02:01:18 GMT', null],
    ['Thu, 18  Aug  2050 02:01:18 GMT', null],
    ['Thu, 18-Aug-2050 02:01:18 GMT', null],
    ['Thursday, 18-Aug-2050 02:01:18 GMT', null],
    ['Thu, 18-Aug-50 02:01:18 GMT', null],
    ['Thu, 8 Aug 2050 02:01:18 GMT', null],
    ['Thu, 18 Aug 2050 02.01.18 GMT', null],
    ['Thu, 18 Aug 2050 2:01:18 GMT', null],
    ['Thu, 18 Aug 2050 02:01 GMT', null],
    ['Thu Aug 8 02:01:18 2050', null],
    ['Thu, 18 Foo 2050 02:01:18 GMT', null],
    ['Xyz, 18 Aug 2050 02:01:18 GMT', null],
    ['Thu, 31 Jun 2050 02:01:18 GMT', null],
    ['Thu, 18 Aug 2050 25:01:18 GMT', null],
    ['Thu, 18 Aug 2050 02:01:18 GMT, Thu, 18 Aug 2050 02:01:18 GMT', null],
    ['Thu, 18 Aug 2050 02:01:18 GMT; x', null],
  ];
  it.each(rows)('%j', (text, time) => {
    expect(parseStrictDate(text, CAME)).toBe(time);
  });

  it('takes two digits for a year at most 50 ahead', () => {
    expect(parseStrictDate('Sunday, 06-Nov-94 08:49:37 GMT', CAME)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37));
    expect(parseStrictDate('Sunday, 06-Nov-75 08:49:37 GMT', CAME)).toBe(Date.UTC(2075, 10, 6, 8, 49, 37));
  });
});
