// @ts-check
// Kills those who write into a cache on disk, while others read and check every byte: npm run check:cache-crash
//   --writers 12        processes that write; one of them is killed every 150 ms, and another one started
//   --reads 100000      answers that are to be served meanwhile
//   --maximum 16777216  bytes that the cache may have
//   --seconds 150       when it ends in any case
// Then the same store on a full disk (as root, who may mount a small one) and in a folder that may only be read. Ends with one line; the exit
// code is 1 when something was damaged, too much was kept, or something was left behind.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBeside } from './house/beside.mjs';

const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '12' },
    reads: { type: 'string', default: '100000' },
    maximum: { type: 'string', default: String(16 * 1024 * 1024) },
    seconds: { type: 'string', default: '150' },
  },
});

/** @param {keyof typeof values} name */
function number(name) {
  if (!/^[1-9]\d{0,9}$/.test(values[name]))
    throw new TypeError(`--${name} takes a whole number, not ${JSON.stringify(values[name])}`);
  return Number(values[name]);
}

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-crash-'));
/** @type {string[]} */
const faults = [];
try {
  // somebody else is to come in, too
  chmodSync(folder, 0o755);
  await built();
  const { crash } = /** @type {typeof import('../test/crash/campaign.ts')} */ (await load('campaign'));
  const { fullDisk, readOnly } = /** @type {typeof import('../test/crash/trouble.ts')} */ (await load('trouble'));
  const worker = join(folder, 'worker.mjs');
  const started = performance.now();
  const directory = join(folder, 'crash');
  mkdirSync(directory);
  const result = await crash({
    worker,
    directory,
    writers: number('writers'),
    reads: number('reads'),
    maximum: number('maximum'),
    seconds: number('seconds'),
  });
  const full = await fullDisk(join(folder, 'full'));
  const forbidden = await readOnly(worker, join(folder, 'read-only'));
  faults.push(...result.faults, ...(typeof full === 'string' ? [] : full), ...forbidden);
  for (const fault of faults.slice(0, 50)) console.log(`FAULT: ${fault}`);
  if (typeof full === 'string') console.log(`not tried: ${full}`);
  const mib = (/** @type {number} */ bytes) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  const said = (/** @type {string[] | string} */ found) =>
    typeof found === 'string' ? 'not tried' : found.length === 0 ? 'fine' : `${found.length} faults`;
  console.log(
    `${result.served} answers served and ${result.missed} missed beside ${result.kills} kills of ${number('writers')} writers: ${result.faults.length} faults; ` +
      `at most ${mib(result.peak)} of ${mib(result.allowed)}; ${result.leftovers} leftovers; full disk: ${said(full)}; read-only folder: ${said(forbidden)} ` +
      `(${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = faults.length === 0 ? 0 : 1;

/** The stores are TypeScript and no part of the package's surface, so they are built beside. */
function built() {
  const from = (/** @type {string} */ name) => fileURLToPath(new URL(`../test/crash/${name}.ts`, import.meta.url));
  return buildBeside({ campaign: from('campaign'), trouble: from('trouble'), worker: from('worker') }, folder);
}

/** @param {string} name */
function load(name) {
  return import(pathToFileURL(join(folder, `${name}.mjs`)).href);
}
