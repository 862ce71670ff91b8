import { describe, expect, test } from 'vitest';
import { formatHttpDate, parseHttpDate } from '../../src/base/http-date.ts';

const NOV_1994 = Date.UTC(1994, 10, 6, 8, 49, 37);

describe('parseHttpDate', () => {
  test.each<[string, string, number]>([
    ['IMF-fixdate', 'Sun, 06 Nov 1994 08:49:37 GMT', NOV_1994],
    ['RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', NOV_1994],
    ['asctime', 'Sun Nov  6 08:49:37 1994', NOV_1994],
    ['asctime with a two-digit day', 'Wed Nov 16 08:49:37 1994', Date.UTC(1994, 10, 16, 8, 49, 37)],
    ['white space around it', ' Sun, 06 Nov 1994 08:49:37 GMT\t', NOV_1994],
    ['another zone is read as GMT', 'Sun, 06 Nov 1994 08:49:37 +0100', NOV_1994],
    ['no zone', 'Sun, 06 Nov 1994 08:49:37', NOV_1994],
    ['other case', 'sun, 06 NOV 1994 08:49:37 gmt', NOV_1994],
    ['one-digit day', 'Sun, 6 Nov 1994 08:49:37 GMT', NOV_1994],
    ['dashes and four digits', 'Sun, 06-Nov-1994 08:49:37 GMT', NOV_1994],
    ['wrong weekday', 'Mon, 06 Nov 1994 08:49:37 GMT', NOV_1994],
    ['leap second', 'Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2017, 0, 1)],
    ['leap day', 'Thu, 29 Feb 2024 00:00:00 GMT', Date.UTC(2024, 1, 29)],
    ['far future', 'Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
  ])('reads %s', (_what, text, time) => {
    expect(parseHttpDate(text, 2025)).toBe(time);
  });

  test.each([
    '',
    '0',
    '-1',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 anf 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Wed, 29 Feb 2023 00:00:00 GMT',
    'Sun, 06 Nov 1994 24:49:37 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 0094 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun Nov  6 08:49:37 94',
  ])('takes %j for no date', (text) => {
    expect(parseHttpDate(text, 2025)).toBeNull();
  });

  test.each<[string, number, number]>([
    ['94', 2025, 1994],
    ['25', 2025, 2025],
    ['26', 2025, 2026],
    ['75', 2025, 2075],
    ['76', 2025, 1976],
    ['00', 2025, 2000],
    ['10', 2099, 2110],
    ['49', 1998, 1949],
    ['48', 1998, 2048],
  ])('two-digit year %s, read in %i, is %i', (digits, now, expected) => {
    expect(parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, now)).toBe(Date.UTC(expected, 10, 6, 8, 49, 37));
  });
});

describe('formatHttpDate', () => {
  test.each<[number, string]>([
    [NOV_1994, 'Sun, 06 Nov 1994 08:49:37 GMT'],
    [0, 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [999, 'Thu, 01 Jan 1970 00:00:00 GMT'],
    [Date.UTC(9999, 11, 31), 'Fri, 31 Dec 9999 00:00:00 GMT'],
  ])('%i is %s', (time, text) => {
    expect(formatHttpDate(time)).toBe(text);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.64e15])('refuses %d', (time) => {
    expect(() => formatHttpDate(time)).toThrow(RangeError);
  });
});
