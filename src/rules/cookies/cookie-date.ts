// RFC 6265bis 5.1.1, the same in RFC 6265: tokens in any order make a date, as long as there are a time, a day, a month and a year.

const DELIMITERS = /[\x09\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/;
const DAY = /^\d{1,2}(?!\d)/;
const MONTH = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const YEAR = /^\d{2,4}(?!\d)/;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';
const NONE = -1;

/** The time of an Expires attribute in milliseconds since 1970, null when the text is no date. */
export function parseCookieDate(text: string): number | null {
  let time: RegExpExecArray | null = null;
  let day = NONE;
  let month = NONE;
  let year = NONE;
  for (const token of text.split(DELIMITERS)) {
    if (time === null && TIME.test(token)) time = TIME.exec(token);
    else if (day === NONE && DAY.test(token)) day = Number.parseInt(token, 10);
    else if (month === NONE && MONTH.test(token)) month = MONTHS.indexOf(token.slice(0, 3).toLowerCase()) / 3;
    else if (year === NONE && YEAR.test(token)) year = Number.parseInt(token, 10);
  }
  if (time === null || day < 1 || month === NONE || year === NONE) return null;
  if (year >= 70 && year <= 99) year += 1900;
  else if (year <= 69) year += 2000;
  const [, hour, minute, second] = time.map(Number) as [number, number, number, number];
  if (year < 1601 || hour > 23 || minute > 59 || second > 59) return null;
  const at = Date.UTC(year, month, day, hour, minute, second);
  // Date rolls 30 February over; such a day does not exist
  return new Date(at).getUTCDate() === day ? at : null;
}
