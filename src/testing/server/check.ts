/** Says what is wrong with a value, or nothing. */
export type Check = (value: unknown, place: string) => void;

export const show = (value: unknown): string =>
  process.getBuiltinModule('node:util').inspect(value, { depth: 1, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 60 });

const no = (place: string, what: string, value: unknown): TypeError =>
  new TypeError(`${place || 'an origin'} has to be ${what}, not ${show(value)}`);

/** A check of one thing. */
export const is =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value, place) => {
    if (!fits(value)) throw no(place, what, value);
  };

/** The same for numbers, where what is out of range is a RangeError. */
const number = (what: string, fits: (value: number) => boolean): Check => {
  return (value, place) => {
    if (typeof value !== 'number') throw no(place, what, value);
    if (!fits(value)) throw new RangeError(no(place, what, value).message);
  };
};

const whole = (from: number, to: number) => (value: number) => Number.isInteger(value) && value >= from && value <= to;

export const aFlag: Check = is('true or false', (value) => typeof value === 'boolean');
export const text: Check = is('text', (value) => typeof value === 'string');
export const milliseconds: Check = number('a number of milliseconds, 0 or more', (value) => value >= 0 && Number.isFinite(value));
export const bytesASecond: Check = number(
  'a number of bytes a second, 0 or more',
  (value) => value >= 0 && Number.isFinite(value),
);
export const count: Check = number('a whole number, 0 or more', whole(0, Number.MAX_SAFE_INTEGER));
export const between = (from: number, to: number): Check => number(`a whole number from ${from} to ${to}`, whole(from, to));

export const oneOf = (...words: readonly string[]): Check =>
  is(words.map((word) => `'${word}'`).join(' or '), (value) => words.includes(value as string));

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);

/** An object with no other keys than these. What is undefined is not there. */
export function checkKeys(value: unknown, checks: Readonly<Record<string, Check>>, place: string, what = 'an object'): void {
  if (!isRecord(value)) throw no(place, what, value);
  for (const [key, entry] of Object.entries(value)) {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (check === undefined)
      throw new TypeError(
        `${place || 'the origin'} has an unknown key ${JSON.stringify(key)}; there are ${Object.keys(checks).join(', ')}`,
      );
    if (entry !== undefined) check(entry, place === '' ? key : `${place}.${key}`);
  }
}

/** A list of which each item passes. */
export const listOf =
  (what: string, check: Check): Check =>
  (value, place) => {
    if (!Array.isArray(value)) throw no(place, what, value);
    value.forEach((item, i) => {
      check(item, `${place}[${i}]`);
    });
  };
