import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests without I/O and without global state: they share their threads, which saves most of the time. */
const UNIT = ['test/base/**/*.test.ts', 'test/rules/**/*.test.ts', 'test/house/**/*.test.ts'];

/** Tests of the kernel's links and of a gigabyte: they measure how soon something is noticed, so they run last and one at a time. */
const MACHINE = ['links', 'namespaces', 'roaming', 'roaming-load', 'vsftpd'].map((name) => `test/interop/${name}.test.ts`);

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
      {
        extends: true,
        test: { name: 'io', include: ['test/**/*.test.ts'], exclude: [...UNIT, ...MACHINE, '**/node_modules/**'] },
      },
      {
        extends: true,
        test: { name: 'machine', include: MACHINE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
