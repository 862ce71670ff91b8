// RFC 9110 5.6.7: the three forms of an HTTP date.

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

// "Sun, 06 Nov 1994 08:49:37 GMT" and "Sunday, 06-Nov-94 08:49:37 GMT". Servers send other zones although the time must be
// GMT; the zone is read over and the time taken as GMT, as Qt does.
const WITH_COMMA =
  /^[a-z]+,[ \t]*(\d{1,2})[ -]([a-z]{3})[ -](\d{4}|\d{2})[ \t]+(\d{1,2}):(\d{2}):(\d{2})(?:[ \t]+[a-z0-9+:-]+)?$/i;
// "Sun Nov  6 08:49:37 1994"
const ASCTIME = /^[a-z]{3}[ \t]+([a-z]{3})[ \t]+(\d{1,2})[ \t]+(\d{1,2}):(\d{2}):(\d{2})[ \t]+(\d{4})$/i;

/**
 * Reads an HTTP date; milliseconds since 1970, or null when the text is none. `currentYear` decides the century of
 * two-digit years.
 */
export function parseHttpDate(text: string, currentYear: number): number | null {
  const trimmed = text.trim();
  const comma = WITH_COMMA.exec(trimmed);
  if (comma) return toTime(year(comma[3]!, currentYear), comma[2]!, comma[1]!, comma[4]!, comma[5]!, comma[6]!);
  const asc = ASCTIME.exec(trimmed);
  if (asc) return toTime(Number(asc[6]), asc[1]!, asc[2]!, asc[3]!, asc[4]!, asc[5]!);
  return null;
}

/** Writes an IMF-fixdate, the only form a sender may use. Throws a RangeError outside the years 0 to 9999. */
export function formatHttpDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const y = date.getUTCFullYear();
  if (!(y >= 0 && y <= 9999)) throw new RangeError('An HTTP date needs a valid time between the years 0 and 9999.');
  return date.toUTCString();
}

function year(digits: string, currentYear: number): number {
  const n = Number(digits);
  if (digits.length === 4) return n;
  // RFC 9110 5.6.7: what appears to be more than 50 years ahead is the most recent past year with these last two digits.
  const latest = currentYear + 50;
  return latest - ((((latest - n) % 100) + 100) % 100);
}

function toTime(y: number, monthName: string, day: string, hour: string, minute: string, second: string): number | null {
  const at = MONTHS.indexOf(monthName.toLowerCase());
  const d = Number(day);
  const h = Number(hour);
  const m = Number(minute);
  const s = Number(second);
  // 60 is a leap second; years below 100 cannot be meant and would confuse Date.
  if (at < 0 || at % 3 !== 0 || h > 23 || m > 59 || s > 60 || y < 100) return null;
  const time = Date.UTC(y, at / 3, d, h, m, s);
  // Date rolls 30 February over; such a day does not exist.
  return d >= 1 && new Date(Date.UTC(y, at / 3, d)).getUTCDate() === d ? time : null;
}
