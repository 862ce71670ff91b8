import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests without I/O and without global state: they share their threads, which saves most of the time. */
const UNIT = ['test/base/**/*.test.ts', 'test/rules/**/*.test.ts', 'test/house/**/*.test.ts'];

/**
 * Tests of the kernel's links and of a gigabyte, which measure how soon something is noticed, and those that start a browser, which is most of
 * the machine: they run last and one at a time.
 */
const MACHINE = ['inspector', 'inspector-safety', 'links', 'namespaces', 'roaming', 'roaming-load', 'vsftpd'].map(
  (name) => `test/interop/${name}.test.ts`,
);

/** What hardly depends on the version of Node.js and takes long: documents, traces of Qt, the command line, simulations, diagnoses. In CI one version runs them. */
const ONCE = [
  'test/docs/**/*.test.ts',
  'test/examples/**/*.test.ts',
  'test/interop/documents.test.ts',
  'test/life/any-slot.test.ts',
  'test/parity/**/*.test.ts',
  'test/simulation/**/*.test.ts',
  'test/tools/cli/**/*.test.ts',
  'test/tools/doctor/setups.test.ts',
];

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
        test: { name: 'io', include: ['test/**/*.test.ts'], exclude: [...UNIT, ...ONCE, ...MACHINE, '**/node_modules/**'] },
      },
      { extends: true, test: { name: 'once', include: ONCE } },
      {
        extends: true,
        test: { name: 'machine', include: MACHINE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
