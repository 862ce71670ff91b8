import { parseHttpDate } from '../../base/http-date.ts';

const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)';
const LONG_DAY = '(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)';
const MONTH = '[a-z]{3}';
const TIME = '\\d{2}:\\d{2}:\\d{2}';
const FORMS = new RegExp(
  `^(?:${DAY}, \\d{2} ${MONTH} \\d{4} ${TIME} gmt|${LONG_DAY}, \\d{2}-${MONTH}-\\d{2} ${TIME} gmt|${DAY} ${MONTH} [ \\d]\\d ${TIME} \\d{4})$`,
  'i',
);

/**
 * One of the three forms of RFC 9110 5.6.7 to the letter but for case; milliseconds since 1970, or null. Elsewhere a date is read as
 * kindly as Qt does; a cache must take what is not in form for invalid, as it says how long an answer holds (RFC 9111 5.3). `now` tells
 * the century of years with two digits.
 */
export function parseStrictDate(text: string | undefined, now: number): number | null {
  if (text === undefined || !FORMS.test(text)) return null;
  return parseHttpDate(text, new Date(now).getUTCFullYear());
}
