// @ts-check
// Runs the tests and ends with one line that counts them: `N passed, N failed, N skipped`. Arguments go to vitest.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, failures } from './house/count.mjs';

console.log(`Node.js ${process.version}`);
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-tests-'));
const result = join(folder, 'result.json');
const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const child = spawn(
  process.execPath,
  [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${result}`, ...process.argv.slice(2)],
  { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: 'inherit' },
);

// Ctrl-C reaches the child too; it prints what it has, then we count.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => child.kill(signal));

child.on('close', (code, signal) => {
  const status = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  let report = null;
  try {
    report = JSON.parse(readFileSync(result, 'utf8'));
  } catch (error) {
    console.error(
      `The test runner left no result (${error instanceof Error ? error.message : error}); it ended with ${signal ?? code}.`,
    );
  }
  rmSync(folder, { recursive: true, force: true });
  const { passed, failed, skipped } = count(report, status);
  const lines = failures(report);
  if (failed > 0 && lines.length === 0) lines.push('an error outside of the tests, see above');
  for (const line of lines) console.log(`FAILED: ${line}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed === 0 ? 0 : status || 1;
});
