// @ts-check
// Programs and networks drawn by seed, with all that can go wrong between them, and whether everything still is as it has to be:
//   npm run simulate -- --from 0 --to 10000
//   --jobs 2      threads
//   --seed 4711   one seed, with everything that happened in it
//   --plant 3     with a bug planted on purpose; `all`, or a list as 3,7, plants each by itself, and tells at which seed it was found
// Ends with what was seen, and with every violation and the command that shows it; the exit code is 1 when there was one. docs/simulation.md has more.
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { buildBeside } from './house/beside.mjs';

/** Seconds without a new seed, after which one is said never to end. */
const STUCK = 60;
const SHOWN = 20;
/** @type {Record<string, Promise<any>>} */
const tables = {};

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '0' },
    to: { type: 'string', default: '1500' },
    jobs: { type: 'string', default: '1' },
    seed: { type: 'string' },
    plant: { type: 'string' },
    cells: { type: 'string', default: '0' },
  },
});

/** @typedef {import('../test/simulation/campaign.ts').Result} Result */
/** @typedef {import('../test/simulation/planted.ts').Planted} Planted */

const root = fileURLToPath(new URL('..', import.meta.url));
// below the tree, so that packages are found
const folder = `${root}node_modules/.cache/simulate-${process.pid}`;
mkdirSync(folder, { recursive: true });
try {
  const { PLANTED } = await built('planted');
  if (values.plant === 'all') process.exitCode = await plantAll(PLANTED);
  else if (/^\d+(,\d+)+$/.test(values.plant ?? ''))
    process.exitCode = await plantAll(
      PLANTED.filter((/** @type {Planted} */ { number }) => values.plant?.split(',').includes(`${number}`)),
    );
  else {
    const planted = values.plant === undefined ? undefined : PLANTED[number('plant') - 1];
    if (values.plant !== undefined && planted === undefined)
      throw new RangeError(`--plant takes 1 to ${PLANTED.length}, or all.`);
    process.exitCode = values.seed === undefined ? await many(planted) : await one(number('seed'), planted);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** @param {keyof typeof values} name */
function number(name) {
  const text = String(values[name]);
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} takes a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** @param {Planted} [planted] */
async function many(planted) {
  const { CELLS, matrixOf, missedOf } = await built('cells');
  const out = await campaignFor(planted);
  const result = await campaign(out, { from: number('from'), to: number('to') });
  const missed = missedOf(result.cells);
  const share = (100 * (CELLS.length - missed.length)) / CELLS.length;
  console.log(matrixOf(result.cells));
  if (missed.length > 0) console.log(`not hit: ${missed.join(', ')}`);
  const finds = tell(result.finds, planted);
  console.log(
    `${result.seeds} seeds, ${result.transfers} transfers, ${result.schedules.size} distinct schedules, ` +
      `${CELLS.length - missed.length} of ${CELLS.length} cells (${share.toFixed(1)} %), ${finds} violations ` +
      `(${(result.milliseconds / 1000).toFixed(1)} s, ${(result.milliseconds / Math.max(1, result.seeds)).toFixed(1)} ms a seed)`,
  );
  return finds > 0 || share < number('cells') ? 1 : 0;
}

/** @param {number} seed @param {Planted} [planted] */
async function one(seed, planted) {
  const out = await campaignFor(planted);
  const { runSeed } = await import(pathToFileURL(`${out}/run.mjs`).href);
  const { lines, violations, fingerprint } = await runSeed(seed, true);
  console.log(lines.join('\n'));
  tell(
    violations.map((/** @type {object} */ violation) => ({ seed, ...violation })),
    planted,
  );
  console.log(`seed ${seed}: ${fingerprint}, ${violations.length} violations`);
  return violations.length > 0 ? 1 : 0;
}

/** @param {readonly Planted[]} all */
async function plantAll(all) {
  let missed = 0;
  const to = number('from') + Math.min(1_000, number('to') - number('from'));
  for (const planted of all) {
    const out = await campaignFor(planted);
    const { finds, seeds } = await campaign(out, { from: number('from'), to, first: true });
    const [find] = finds;
    if (find === undefined) missed++;
    const what =
      find === undefined
        ? `NOT FOUND in ${seeds} seeds`
        : `found by seed ${find.seed}: ${find.property}: ${find.text.split('\n')[0]?.slice(0, 110)}`;
    console.log(`${String(planted.number).padStart(2)} ${planted.name}: ${what}`);
    rmSync(out, { recursive: true, force: true });
  }
  console.log(`${all.length - missed} of ${all.length} planted bugs found`);
  return missed > 0 ? 1 : 0;
}

/** @param {Result['finds']} finds @param {Planted} [planted] */
function tell(finds, planted) {
  const how = planted === undefined ? '' : ` --plant ${planted.number}`;
  for (const { seed, property, text } of finds.slice(0, SHOWN))
    console.log(`VIOLATED ${property}: ${text}\n  npm run simulate -- --seed ${seed}${how}`);
  if (finds.length > SHOWN) console.log(`and ${finds.length - SHOWN} more`);
  return finds.length;
}

/** Runs it on threads; what a thread that hangs was at is a find, too. @param {string} out @param {{ from: number, to: number, first?: boolean }} range */
async function campaign(out, { from, to, first = false }) {
  const jobs = first ? 1 : Math.max(1, number('jobs'));
  const parts = await Promise.all(
    Array.from({ length: jobs }, (_, job) => thread(out, { from: from + job, to, step: jobs, first })),
  );
  const [all, ...others] = /** @type {[Result, ...Result[]]} */ (parts);
  for (const part of others) {
    all.seeds += part.seeds;
    all.transfers += part.transfers;
    for (const schedule of part.schedules) all.schedules.add(schedule);
    for (const [cell, count] of part.cells) all.cells.set(cell, (all.cells.get(cell) ?? 0) + count);
    all.finds.push(...part.finds);
    all.milliseconds = Math.max(all.milliseconds, part.milliseconds);
  }
  all.finds.sort((a, b) => a.seed - b.seed);
  return all;
}

/** @param {string} out @param {object} range @returns {Promise<Result>} */
function thread(out, range) {
  const running = new Int32Array(new SharedArrayBuffer(4));
  return new Promise((resolve, reject) => {
    const worker = new Worker(`${out}/worker.mjs`, { workerData: { range, running } });
    let seen = -1;
    let since = Date.now();
    const watch = setInterval(() => {
      if (running[0] !== seen) [seen, since] = [running[0] ?? -1, Date.now()];
      if (Date.now() - since < STUCK * 1000) return;
      const text = `nothing came of it in ${STUCK} s; the rest of its thread was not run`;
      done({
        seeds: 0,
        transfers: 0,
        schedules: new Set(),
        cells: new Map(),
        finds: [{ seed: seen, property: 'hang', text }],
        milliseconds: 0,
      });
    }, 1_000);
    const done = (/** @type {Result} */ result) => {
      clearInterval(watch);
      void worker.terminate();
      resolve(result);
    };
    worker.once('message', done);
    worker.once('error', (error) => {
      clearInterval(watch);
      reject(error);
    });
  });
}

/** @param {Planted} [planted] */
async function campaignFor(planted) {
  const out = `${folder}/${planted?.number ?? 'plain'}`;
  const at = planted === undefined ? '' : `${root}src/${planted.file}`;
  const { plant } = await built('planted');
  let done = planted === undefined;
  await buildBeside({ worker: `${root}test/simulation/worker.ts`, run: `${root}test/simulation/run.ts` }, out, (file, source) => {
    if (planted === undefined || file !== at) return source;
    done = true;
    return plant(planted, source);
  });
  if (!done) throw new Error(`Planted bug ${planted?.number}: src/${planted?.file} is no part of what is built.`);
  return out;
}

/** A table that is TypeScript. @param {'cells' | 'planted'} name */
async function built(name) {
  const out = `${folder}/${name}`;
  const file = `${out}/${name}.mjs`;
  tables[name] ??= buildBeside({ [name]: `${root}test/simulation/${name}.ts` }, out).then(() => import(pathToFileURL(file).href));
  return tables[name];
}
