import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FIGURES, tablesOf, textOf, withTables } from '../../bench/lib/figures.mjs';
import { read } from './blocks.ts';

const figures = JSON.parse(readFileSync(FIGURES, 'utf8'));

test('the tables of docs/performance.md are those of bench/figures.json', () => {
  const page = read('docs/performance.md');
  expect(page).toBe(withTables(page, figures));
});

test('the file is as the command writes it', () => {
  expect(readFileSync(FIGURES, 'utf8')).toBe(textOf(figures));
});

test('every table has qnetwork in it, which is 1.00 times itself', () => {
  const { requests, memory, importing, looking } = tablesOf(figures);
  for (const table of [requests, memory, importing]) expect(table).toMatch(/^\| qnetwork \|/m);
  expect(requests?.match(/^\| qnetwork .*$/m)?.[0]).toContain('(1.00 ×)');
  expect(looking).toMatch(/^\| nothing \|.* 1\.00 × \|/m);
});

test('a figure that is changed by hand is noticed', () => {
  const page = withTables(read('docs/performance.md'), figures);
  expect(withTables(page.replace('1.00 ×', '0.50 ×'), figures)).toBe(page);
});
