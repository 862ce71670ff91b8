// @ts-check
// Which diagnoses the doctor makes of the set-ups of its tests, and which were expected: `npm run doctor:matrix`. Exits with 1 when one differs.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
const { stdout, stderr, status } = spawnSync(process.execPath, [vitest, 'run', 'test/tools/doctor/setups.test.ts'], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  env: { ...process.env, DOCTOR_MATRIX: '1', NO_COLOR: '1' },
  encoding: 'utf8',
  maxBuffer: 16 * 1024 * 1024,
});
const matrix = /^broken set-ups: [\s\S]*?\n(?:no confusions|(?: {2}.*\n)+)/m.exec(stdout);
process.stdout.write(matrix === null ? `no matrix was made:\n${stdout}${stderr}` : `${matrix[0].trimEnd()}\n`);
process.exitCode = status === 0 && matrix !== null ? 0 : 1;
