import { afterAll, describe, expect, test } from 'vitest';
import { confusions, lookAt, type Result } from './confusion.ts';
import { AFTERWARDS, BROKEN, HEALTHY } from './setups.ts';

const results: Result[] = [];

afterAll(() => {
  // `npm run doctor:matrix` wants to see it
  if (process.env['DOCTOR_MATRIX'] === '1') process.stdout.write(`\n${confusions(results, AFTERWARDS)}\n`);
});

describe('what is broken is told', () => {
  test.each(BROKEN.map((setup) => [setup.name, setup] as const))('%s', async (_name, setup) => {
    const result = await lookAt(setup);
    results.push(result);
    expect([result.found, result.faults]).toEqual([setup.expected, []]);
  });
});

describe('what is well is not complained about', () => {
  test.each(HEALTHY.map((setup) => [setup.name, setup] as const))('%s', async (_name, setup) => {
    const result = await lookAt(setup);
    results.push(result);
    expect([result.found, result.faults]).toEqual([[], []]);
  });
});
