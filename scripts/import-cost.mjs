// @ts-check
// What importing the package costs beyond node:net and node:tls, in CPU milliseconds, and how big the files are.
// `npm run check:import-cost` (after a build). Each import is measured in a process of its own; the median of interleaved rounds counts.
// With `--structure` only what makes it dear fails, modules of Node.js that come along and size: time also depends on who else computes here.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { builtEntry, ROOT } from './house/tree.mjs';

const LIMIT = 55;
const ROUNDS = 15;
/** Bytes of the library, minified. */
const MOST_BYTES = 701 * 1024;

const entry = pathToFileURL(builtEntry()).href;

/** What `code` prints in a fresh process. @param {string} code */
function ran(code) {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', code], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`Could not measure the import:\n${stderr}`);
  return stdout;
}

/** Modules of Node.js that are loaded once `targets` are imported. @param {readonly string[]} targets @returns {string[]} */
function loadedBy(targets) {
  const code = `for (const target of ${JSON.stringify(targets)}) await import(target); console.log(JSON.stringify(process.moduleLoadList));`;
  return JSON.parse(ran(code));
}

/** CPU milliseconds (user and system) of the imports. @param {readonly string[]} targets */
function cost(targets) {
  const code = `
    const before = process.cpuUsage();
    for (const target of ${JSON.stringify(targets)}) await import(target);
    const { user, system } = process.cpuUsage(before);
    console.log((user + system) / 1000);`;
  return Number(ran(code));
}

/** Bytes of a file and of those beside it that it imports at once. @param {string} file @returns {number} */
function sizeOf(file, seen = new Set()) {
  if (seen.has(file)) return 0;
  seen.add(file);
  const code = readFileSync(file, 'utf8');
  const beside = [...code.matchAll(/\bfrom ?["']\.\/([\w-]+\.js)["']/g)].map(([, name = '']) =>
    sizeOf(join(dirname(file), name), seen),
  );
  return beside.reduce((sum, size) => sum + size, statSync(file).size);
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

// any module from a file brings the loader's own modules; this one imports nothing
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-import-'));
const nothing = join(folder, 'nothing.mjs');
writeFileSync(nothing, 'export {};\n');
const known = new Set(loadedBy([...ground, pathToFileURL(nothing).href]));
rmSync(folder, { recursive: true });
const extras = loadedBy([...ground, entry]).filter((name) => !known.has(name));
const bytes = sizeOf(builtEntry());
console.log(`modules of Node.js that come along: ${extras.join(', ') || 'none'}; library ${bytes} bytes, limit ${MOST_BYTES}`);
const sound = extras.length === 0 && bytes <= MOST_BYTES;
process.exitCode = sound && (process.argv.includes('--structure') || extra <= LIMIT) ? 0 : 1;
