import { describe, expect, it } from 'vitest';
import { dateRange, type PacValue, timeRange, weekdayRange } from '../../../src/rules/pac/calendar.ts';

type Row = [args: PacValue[], inside: boolean];

/** Wednesday, 15 July 2026, 14:30:20 UTC; all rows say GMT, so the zone of the machine does not matter. */
const NOW = new Date(Date.UTC(2026, 6, 15, 14, 30, 20));

describe('the day of the week', () => {
  it.each<Row>([
    [['WED'], true],
    [['wed'], true],
    [['THU'], false],
    [['MON', 'FRI'], true],
    [['SAT', 'SUN'], false],
    [['FRI', 'WED'], true],
    [['THU', 'TUE'], false],
    [['WED', 'WED'], true],
    [[], false],
    [['XYZ'], false],
    [['MON', 'XYZ'], false],
    [['MON', 'TUE', 'FRI'], false],
    [[undefined], false],
  ])('%j', (args, inside) => {
    expect(weekdayRange([...args, 'GMT'], NOW)).toBe(inside);
    // the last argument may be left out as undefined
    expect(weekdayRange([...args, 'GMT', undefined], NOW)).toBe(inside);
  });
});

describe('the time of the day', () => {
  it.each<Row>([
    [[14], true],
    [['14'], true],
    [[15], false],
    [[9, 17], true],
    [[9, 14], true],
    [[15, 17], false],
    [[22, 15], true],
    [[22, 6], false],
    [[14, 30, 15, 0], true],
    [[14, 31, 15, 0], false],
    [[13, 0, 14, 30], true],
    [[13, 0, 14, 29], false],
    [[14, 30, 20, 14, 30, 20], true],
    [[14, 30, 21, 14, 31, 0], false],
    [[23, 0, 0, 14, 30, 20], true],
    [[24], false],
    [[-1, 23], false],
    [[14, 60, 15, 0], false],
    [[1.5], false],
    [['noon'], false],
    [[9, 10, 11], false],
    [[], false],
  ])('%j', (args, inside) => {
    expect(timeRange([...args, 'GMT'], NOW)).toBe(inside);
  });
});

describe('the date', () => {
  it.each<Row>([
    [[15], true],
    [[16], false],
    [['JUL'], true],
    [['jul'], true],
    [['AUG'], false],
    [[2026], true],
    [[2025], false],
    [[1, 15], true],
    [[16, 31], false],
    [[25, 15], true],
    [['JAN', 'JUL'], true],
    [['NOV', 'JUL'], true],
    [['NOV', 'FEB'], false],
    [[2026, 2027], true],
    [[2027, 2028], false],
    [[2028, 2026], false],
    [[1, 'JUN', 15, 'JUL'], true],
    [[16, 'JUL', 15, 'AUG'], false],
    [[24, 'DEC', 15, 'JUL'], true],
    [['JUN', 2026, 'AUG', 2026], true],
    [['AUG', 2026, 'JUN', 2027], false],
    [[15, 'JUL', 2026, 15, 'JUL', 2026], true],
    [[1, 'JAN', 2025, 14, 'JUL', 2026], false],
    [[1, 'JAN', 2027, 31, 'DEC', 2025], false],
    [[1, 'JUN', 2026, 'AUG'], false],
    [[0], false],
    [['JULY'], false],
    [[1, 'JUL', 'AUG'], false],
    [[], false],
  ])('%j', (args, inside) => {
    expect(dateRange([...args, 'GMT'], NOW)).toBe(inside);
  });
});

it('without GMT it is the time of this machine', () => {
  const local = new Date(2026, 6, 15, 3, 4, 5);
  expect(timeRange([3, 4, 5, 3, 4, 5], local)).toBe(true);
  expect(dateRange([15, 'JUL', 2026, 15, 'JUL', 2026], local)).toBe(true);
  expect(weekdayRange(['WED'], local)).toBe(true);
});
