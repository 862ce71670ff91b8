import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { badgeSvg } from '../../scripts/house/badge-svg.mjs';
import { allBadges, filled } from '../../scripts/house/badges.mjs';
import { commandFor, type Results, SUITES, scoreOf } from '../../scripts/house/conformance.mjs';
import { axis, type Figures, performanceSvg, SCHEME_NAMES } from '../../scripts/house/performance-svg.mjs';
import { ROOT, read } from './blocks.ts';

test('the picture of the progress is what the tool shows', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  const out = join(folder, 'progress.svg');
  execFileSync(process.execPath, [`${ROOT}scripts/progress-picture.mjs`, out], { stdio: ['ignore', 'ignore', 'inherit'] });
  const drawn = readFileSync(out, 'utf8');
  rmSync(folder, { recursive: true });
  expect(drawn, 'npm run pictures draws it anew').toBe(read('docs/images/progress.svg'));
});

const figures = (): Figures => JSON.parse(read('bench/figures.json'));

test.each(SCHEME_NAMES)('the %s chart says what was measured', (scheme) => {
  expect(performanceSvg(figures(), scheme), 'npm run pictures draws it anew').toBe(read(`docs/images/performance-${scheme}.svg`));
});

test('bars begin at 0 and are as long as their figure says', () => {
  const { workloads } = figures();
  const chart = performanceSvg(figures(), 'light');
  const bars = Array.from(chart.matchAll(/<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/g), ([, x, width]) => ({
    x: Number(x),
    width: Number(width),
  }));
  const zeros = Array.from(chart.matchAll(/<text x="([\d.]+)" [^>]*>0<\/text>/g), ([, x]) => Number(x));
  expect(zeros).toHaveLength(3);
  for (const [i, id] of ['seq', 'queue-2k', '64k'].entries()) {
    const measured = Object.values(workloads[id]!.clients).map(({ cpu }) => cpu);
    const mine = bars.filter(({ x }) => x === zeros[i]);
    expect(mine).toHaveLength(measured.length);
    const perMicrosecond = Math.max(...mine.map(({ width }) => width)) / Math.max(...measured);
    const widths = mine.map(({ width }) => width).sort((a, b) => a - b);
    for (const [k, cpu] of measured.sort((a, b) => a - b).entries()) expect(widths[k]).toBeCloseTo(cpu * perMicrosecond, 1);
  }
});

test.each([
  [1, 0.25, 1],
  [9.1, 2, 10],
  [51, 20, 60],
  [240, 50, 250],
  [431, 100, 500],
  [1000, 250, 1000],
])('an axis for %d has steps of %d up to %d', (most, step, end) => {
  expect(axis(most)).toEqual({ step, end });
});

const results = (): Results => JSON.parse(read('docs/conformance.json'));

test('the badges say what the suites have said', () => {
  const there = readdirSync(`${ROOT}docs/images/badges`).map((name) => [name, read(`docs/images/badges/${name}`)]);
  expect(Object.fromEntries(there), 'npm run badges draws them anew').toEqual(allBadges(results()));
});

test('so do the documents', () => {
  for (const [path, text] of filled(results())) expect(readFileSync(path, 'utf8'), 'npm run badges writes it anew').toBe(text);
});

test('what is kept was said by a suite, and the command for it is named', () => {
  expect(Object.keys(results())).toEqual(Object.keys(SUITES).filter((name) => name in results()));
  for (const [name, { passed, of, command, date }] of Object.entries(results())) {
    expect(command).toBe(commandFor(name));
    expect(passed, name).toBeGreaterThan(0);
    expect(of, name).toBeGreaterThanOrEqual(passed);
    expect(new Date(date).toISOString().slice(0, 10)).toBe(date);
  }
});

test('a badge is green when all of it passed', () => {
  expect(badgeSvg('cookies', { passed: 3, of: 3 })).toMatch(/<title>cookies: 3 of 3<\/title>[\s\S]*#1a7f37/);
  expect(badgeSvg('cookies', { passed: 2, of: 3 })).not.toContain('#1a7f37');
});

test.each([
  ['members', 'x\n12 of 14 members present, 2 later, 0 problems; 9 are tested in test/members, 3 values', 12, 14],
  ['traces', 'FAIL a\n505 of 510 traces reproduced (3 s)\n', 505, 510],
  ['hostile', 'head 3/3\nqnetwork: must 86/87, should 44/44, skipped 0 (x), timeouts 0', 130, 131],
  ['cache', 'required 136/137  optimal 75/77  checks-yes 9/9  (300 tests, 9 s)\n', 211, 214],
  [
    'cookies',
    'qnetwork: cookies 350/351 (RFC 6265 vectors as first published 1/2), dates 70/70, psl 7/7, psl-through-jar 5/6',
    432,
    434,
  ],
  ['wpt', 'lost against baseline 2\napi/basic 3/3\nwpt wpt.mjs: 1705/1927 subtests in 118 files\n', 1705, 1927],
  ['tests', 'x\n7 passed, 1 failed, 2 skipped\n', 7, 8],
])('%s: what was printed is read', (name, printed, passed, of) => {
  expect(scoreOf(name, printed)).toMatchObject({ passed, of });
  expect(() => scoreOf(name, 'it crashed')).toThrow(`${name}: there is no line like`);
});
