import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests without I/O and without global state: they share their threads, which saves most of the time. */
const UNIT = ['test/base/**/*.test.ts', 'test/rules/**/*.test.ts', 'test/house/**/*.test.ts'];

export default defineConfig({
  test: {
    pool: 'threads',
    // a hang is found as well in a minute, and a machine that others use as well is no reason to fail
    testTimeout: 60_000,
    retry: 0,
    // left to itself vitest takes one less than there are, which is one of two
    maxWorkers: availableParallelism(),
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, isolate: false } },
      { extends: true, test: { name: 'io', include: ['test/**/*.test.ts'], exclude: [...UNIT, '**/node_modules/**'] } },
    ],
  },
});
