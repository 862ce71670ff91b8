import { describe, expect, it } from 'vitest';
import { currentAge } from '../../../src/rules/cache/age.ts';
import { ageField, dateOf } from '../../../src/rules/cache/initial-age.ts';
import { at, CAME, date, list, stored } from './support.ts';

describe('the Age field (RFC 9111 5.1)', () => {
  const rows: readonly [fields: string, seconds: number][] = [
    ['', 0],
    ['Age: 0', 0],
    ['Age: 7200', 7200],
    ['Age: 007', 7],
    ['Age: 2147483647', 2147483647],
    ['Age: 2147483649', 2147483648],
    ['Age: 99999999999999999999', 2147483648],
    // no number is no age
    ['Age: abc', 0],
    ['Age:', 0],
    ['Age: -7200', 0],
    ['Age: 7200.0', 0],
    ['Age: 7200;foo=bar', 0],
    ['Age: 7200 0', 0],
    // the first of several
    ['Age: 7200, 0', 7200],
    ['Age: 0, 7200', 0],
    ['Age: 7200 , 0', 7200],
    ['Age: abc, 7200', 0],
    ['Age: , 7200', 0],
    ['Age: 7200\nAge: 0', 7200],
    ['Age: 0\nAge: 7200', 0],
    ['Age: 3600\nAge: 3600', 3600],
  ];
  it.each(rows)('%j', (fields, seconds) => {
    expect(ageField(list(fields))).toBe(seconds);
  });
});

describe('dateOf', () => {
  it('is when the answer came if Date says nothing', () => {
    expect(dateOf(list(`Date: ${date(-30)}`), CAME)).toBe(at(-30));
    expect(dateOf(list(''), CAME)).toBe(CAME);
    expect(dateOf(list('Date: foo'), CAME)).toBe(CAME);
  });
});

describe('current_age (RFC 9111 4.2.3)', () => {
  it.each([
    ['no fields, at once', stored(''), 0, 0],
    ['no fields, later', stored(''), 90, 90],
    ['Age', stored('Age: 30'), 10, 40],
    ['Date', stored(`Date: ${date(-100)}`), 10, 110],
    ['the greater of Age and Date', stored(`Date: ${date(-100)}\nAge: 30`), 10, 110],
    ['the greater of both the other way', stored(`Date: ${date(-20)}\nAge: 30`), 10, 40],
    ['a Date ahead of us', stored(`Date: ${date(50)}\nAge: 15`), 1, 16],
    ['a Date that is none', stored('Date: yesterday'), 5, 5],
    ['the time on the way', stored('Age: 30', { requestedAt: at(-8) }), 10, 48],
    ['the time on the way without Age', stored('', { requestedAt: at(-8) }), 10, 18],
    ['Date covers the time on the way', stored(`Date: ${date(-9)}`, { requestedAt: at(-8) }), 10, 19],
    ['a clock that was put back while it was on the way', stored('Age: 3', { requestedAt: at(100) }), 10, 13],
    ['a clock that was put back since', stored('Age: 3'), -1000, 1003],
  ])('%s', (_what, answer, seconds, age) => {
    expect(currentAge(answer, at(seconds))).toBe(age * 1000);
  });

  it('takes a part of a second in Date for none', () => {
    const answer = stored(`Date: ${date(0)}`, { requestedAt: CAME + 900, receivedAt: CAME + 900 });
    expect(currentAge(answer, CAME + 900)).toBe(0);
    const older = stored(`Date: ${date(0)}`, { requestedAt: CAME + 1900, receivedAt: CAME + 1900 });
    expect(currentAge(older, CAME + 1900)).toBe(1000);
  });
});
