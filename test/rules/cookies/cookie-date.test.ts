import { expect, test } from 'vitest';
import { parseCookieDate } from '../../../src/rules/cookies/cookie-date.ts';

test.each([
  ['Sun, 06 Nov 1994 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sunday, 06-Nov-94 08:49:37 GMT', '1994-11-06T08:49:37Z'],
  ['Sun Nov  6 08:49:37 1994', '1994-11-06T08:49:37Z'],
  ['08:49:37 nov 6 1994', '1994-11-06T08:49:37Z'],
  ['6 Nov 1994 8:9:7', '1994-11-06T08:09:07Z'],
  ['1994 6 November 08:49:37 -0500 (EST)', '1994-11-06T08:49:37Z'],
  ['Thu, 01 Jan 1970 00:00:00 GMT', '1970-01-01T00:00:00Z'],
  ['06 Nov 69 08:49:37', '2069-11-06T08:49:37Z'],
  ['06 Nov 70 08:49:37', '1970-11-06T08:49:37Z'],
  ['06 Nov 00 08:49:37', '2000-11-06T08:49:37Z'],
  ['06 Nov 1601 08:49:37', '1601-11-06T08:49:37Z'],
  ['29 Feb 2024 00:00:00', '2024-02-29T00:00:00Z'],
  // the first that looks like a day is the day
  ['15 17 Apr 21:01:22', '2017-04-15T21:01:22Z'],
  // what follows the digits does not matter, unless it is a digit
  ['6th Nov 1994AD 08:49:37.5', '1994-11-06T08:49:37Z'],
])('%s is %s', (text, expected) => {
  expect(parseCookieDate(text)).toBe(Date.parse(expected));
});

test.each([
  [''],
  ['tomorrow'],
  ['06 Nov 1994'],
  ['Nov 1994 08:49:37'],
  ['06 1994 08:49:37'],
  ['06 Nov 08:49:37'],
  ['006 Nov 1994 08:49:37'],
  ['06 Nov 19944 08:49:37'],
  ['06 Nov 1994 08:49'],
  ['06 Nov 1994 08:49:377'],
  ['06 Nov 1994 24:00:00'],
  ['06 Nov 1994 00:60:00'],
  ['06 Nov 1994 00:00:60'],
  ['00 Nov 1994 08:49:37'],
  ['32 Jan 1994 08:49:37'],
  ['30 Feb 2024 00:00:00'],
  ['06 Nov 1600 08:49:37'],
  ['06 Nov 100 08:49:37'],
  ['1994-11-06T08:49:37Z'],
])('%j is no date', (text) => {
  expect(parseCookieDate(text)).toBeNull();
});
