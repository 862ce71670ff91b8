import { AssertionError } from 'node:assert';
import { expect, test } from 'vitest';
import type { ContractCase } from '../../src/testing/index.ts';

/** What tells a broken version that fails as it should from one that does not run at all. */
async function problemOf(one: ContractCase): Promise<unknown> {
  try {
    await one.run();
    return null;
  } catch (error) {
    return error;
  }
}

/**
 * Tests of a suite: what is in order passes every case, each case fails for one of the broken versions at least, and each of those is found by the
 * suite. A broken version has to fail by an AssertionError: that it throws by itself would prove nothing.
 */
export function bites<O>(
  suite: (options: O) => readonly ContractCase[],
  sound: Readonly<Record<string, O>>,
  broken: Readonly<Record<string, O>>,
): void {
  for (const [name, options] of Object.entries(sound)) for (const one of suite(options)) test(`${name}: ${one.name}`, one.run);

  const cases = new Set(Object.values(sound).flatMap((options) => suite(options).map(({ name }) => name)));
  const versions = Object.entries(broken).map(([name, options]) => ({ name, cases: suite(options) }));
  const found = new Set<string>();

  test.each([...cases])('is not passed by everybody: %s', async (name) => {
    let bitten = 0;
    for (const version of versions) {
      // one is enough, and every version has to be found somewhere
      if (bitten > 0 && found.has(version.name)) continue;
      const one = version.cases.find((each) => each.name === name);
      const problem = one === undefined ? null : await problemOf(one);
      if (problem === null) continue;
      expect(problem, `${version.name} fails by itself: ${String(problem)}`).toBeInstanceOf(AssertionError);
      bitten++;
      found.add(version.name);
    }
    expect(bitten, 'no broken version fails it').toBeGreaterThan(0);
  });

  test('every broken version is found', () => {
    expect(versions.map(({ name }) => name).filter((name) => !found.has(name))).toEqual([]);
  });
}
