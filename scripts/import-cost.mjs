// @ts-check
// What importing the package costs beyond node:net and node:tls, in CPU milliseconds, and how big the files are.
// `npm run check:import-cost` (after a build). Each import is measured in a process of its own; the median of interleaved rounds counts.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { builtEntry, ROOT } from './house/tree.mjs';

const LIMIT = 15;
const ROUNDS = 15;

const entry = pathToFileURL(builtEntry()).href;

/** CPU milliseconds (user and system) of the imports. @param {readonly string[]} targets */
function cost(targets) {
  const code = `
    const before = process.cpuUsage();
    for (const target of ${JSON.stringify(targets)}) await import(target);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Could not import ${targets.join(', ')}:\n${stderr}`);
  return Number(stdout);
}

/** @param {number[]} numbers */
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;

for (const name of readdirSync(`${ROOT}dist`)) {
  if (!name.endsWith('.js')) continue;
  const bytes = readFileSync(`${ROOT}dist/${name}`);
  const kib = (/** @type {number} */ n) => (n / 1024).toFixed(1).padStart(7);
  console.log(`dist/${name.padEnd(12)} ${kib(bytes.length)} KiB, ${kib(gzipSync(bytes).length)} KiB gzipped`);
}

const ground = ['node:net', 'node:tls'];
/** @type {number[]} */
const without = [];
/** @type {number[]} */
const whole = [];
for (let round = 0; round < ROUNDS; round++) {
  without.push(cost(ground));
  whole.push(cost([...ground, entry]));
}
const extra = median(whole) - median(without);
console.log(
  `import: ${extra.toFixed(1)} ms CPU beyond ${ground.join(' and ')} (${median(without).toFixed(1)} ms), limit ${LIMIT} ms, Node ${process.versions.node}`,
);
process.exitCode = extra <= LIMIT ? 0 : 1;
