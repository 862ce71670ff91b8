/** What proxy scripts ask about the time: weekdayRange, dateRange and timeRange, as Netscape described them. Bad arguments are never in range. */

/** An argument as the script gave it. */
export type PacValue = string | number | boolean | null | undefined;

const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** `weekdayRange(from [, to] [, "GMT"])`. The week has no end: FRI to MON is four days. */
export function weekdayRange(args: readonly PacValue[], now: Date): boolean {
  const { values, utc } = withoutZone(args);
  if (values.length < 1 || values.length > 2) return false;
  const days = values.map((value) => [DAYS.indexOf(String(value).toUpperCase())]);
  if (days.some(([day]) => day === -1)) return false;
  return within([utc ? now.getUTCDay() : now.getDay()], days[0]!, days.at(-1)!, true);
}

/** `timeRange(hour)`, `(from, to)` in hours, hours and minutes, or hours, minutes and seconds, `[, "GMT"]`. Both ends are in it. */
export function timeRange(args: readonly PacValue[], now: Date): boolean {
  const { values, utc } = withoutZone(args);
  if (![1, 2, 4, 6].includes(values.length)) return false;
  const half = Math.max(1, values.length / 2);
  const numbers = values.map((value, i) => wholeNumber(value, i % half === 0 ? 23 : 59));
  if (numbers.some((number) => number < 0)) return false;
  const parts = utc
    ? [now.getUTCHours(), now.getUTCMinutes(), now.getUTCSeconds()]
    : [now.getHours(), now.getMinutes(), now.getSeconds()];
  return within(parts.slice(0, half), numbers.slice(0, half), numbers.slice(-half), true);
}

/**
 * `dateRange(from [, to] [, "GMT"])` where each end is made of a day (1 to 31), a month (`"JAN"`) and a year, or some of them. Without a
 * year the range goes round: DEC to FEB is three months.
 */
export function dateRange(args: readonly PacValue[], now: Date): boolean {
  const { values, utc } = withoutZone(args);
  if (![1, 2, 4, 6].includes(values.length)) return false;
  const half = Math.max(1, values.length / 2);
  const from = readDate(values.slice(0, half));
  const to = readDate(values.slice(-half));
  if (from === null || to === null || [0, 1, 2].some((i) => (from[i] === null) !== (to[i] === null))) return false;
  const today = utc
    ? [now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()]
    : [now.getFullYear(), now.getMonth(), now.getDate()];
  const named = (date: readonly (number | null)[]): number[] => date.filter((_, i) => from[i] !== null) as number[];
  return within(named(today), named(from), named(to), from[0] === null);
}

/** Year, month and day; null for what was not said, or for all of it when it is no date. */
function readDate(values: readonly PacValue[]): readonly [number | null, number | null, number | null] | null {
  const found: [number | null, number | null, number | null] = [null, null, null];
  for (const value of values) {
    const month = MONTHS.indexOf(String(value).toUpperCase());
    const number = month >= 0 ? month : wholeNumber(value, 9999);
    const at = month >= 0 ? 1 : number > 31 ? 0 : 2;
    if (number < (at === 2 ? 1 : 0) || found[at] !== null) return null;
    found[at] = number;
  }
  return found;
}

/** Compared part by part, the weightiest first. */
function within(now: readonly number[], from: readonly number[], to: readonly number[], goesRound: boolean): boolean {
  const after = compare(from, now) <= 0;
  const before = compare(now, to) <= 0;
  return compare(from, to) <= 0 || !goesRound ? after && before : after || before;
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, i) => value !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}

/** -1 for what is none up to `most`. */
function wholeNumber(value: PacValue, most: number): number {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,4}$/.test(value) ? Number(value) : -1;
  return Number.isInteger(number) && number >= 0 && number <= most ? number : -1;
}

function withoutZone(args: readonly PacValue[]): { values: readonly PacValue[]; utc: boolean } {
  // functions may be called with all six arguments of their longest form, the last ones undefined
  const given = args.filter((value) => value !== undefined);
  const utc = String(given.at(-1)).toUpperCase() === 'GMT';
  return { values: utc ? given.slice(0, -1) : given, utc };
}
