import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bodyOf, differenceOf } from './body.ts';
import { campaign } from './campaign.ts';
import { CELLS, matrixOf, missedOf } from './cells.ts';
import { PLANTED, plant } from './planted.ts';
import { runSeed } from './run.ts';

describe('the simulation', () => {
  it('finds nothing in some dozens of seeds', async () => {
    const { finds, seeds, transfers, schedules, cells } = await campaign({ from: 0, to: 60 });
    expect(finds).toEqual([]);
    expect(seeds).toBe(60);
    expect(transfers).toBeGreaterThan(300);
    expect(schedules.size).toBeGreaterThan(55);
    expect(missedOf(cells).length).toBeLessThan(CELLS.length / 2);
  });

  it('does the same again for the same seed, and something else for another one', async () => {
    for (const seed of [3, 17, 41]) {
      const [first, again, other] = [await runSeed(seed), await runSeed(seed, true), await runSeed(seed + 1)];
      expect([again.fingerprint, again.cells]).toEqual([first.fingerprint, first.cells]);
      expect(other.fingerprint).not.toBe(first.fingerprint);
      expect([first.lines.length, again.lines.length > 20]).toEqual([0, true]);
    }
  });

  it('knows whose every byte of a body is', () => {
    const [one, two] = [bodyOf('s1', 1_000), bodyOf('s2', 1_000)];
    expect([one.length, differenceOf(one, one), differenceOf(one.subarray(0, 500), one)]).toEqual([1_000, '', '']);
    expect(differenceOf(Buffer.concat([one.subarray(0, 512), two.subarray(512)]), one)).toContain('from byte 513 of 1000');
    expect(differenceOf(Buffer.concat([one, two]), one)).toContain('(2000 came)');
  });

  it('draws its matrix of all cells', () => {
    const lines = matrixOf(new Map([[CELLS[0]!, 7]])).split('\n');
    expect(lines[1]).toMatch(/^dns not found .* 7 /);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });
});

describe('planted bugs', () => {
  const root = fileURLToPath(new URL('../../src/', import.meta.url));

  it.each(PLANTED.map((planted) => [planted.name, planted] as const))('%s: its place is still there', (_name, planted) => {
    const source = readFileSync(`${root}${planted.file}`, 'utf8');
    const broken = plant(planted, source);
    expect(broken).not.toBe(source);
    expect(broken).toContain(planted.broken);
  });

  it('are refused where they do not fit', () => {
    expect(() => plant(PLANTED[0]!, 'nothing')).toThrow(/^Planted bug 1 .* is 0 times in src\/rules\/retry\.ts/);
  });
});
