#!/usr/bin/env node
// npm run bench: side by side, each client in a process of its own against the same local origin. See README.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ALL, choose } from './lib/clients.mjs';
import { importCost, startClient as start, startOrigin } from './lib/processes.mjs';
import { machine, printWorkload, summarise } from './lib/report.mjs';
import { pick, WORKLOADS } from './lib/workloads.mjs';

const HELP = `node bench/run.mjs [options]
  --clients a,b     ${ALL.join(', ')}
  --workloads a,b   ${WORKLOADS.map((w) => w.id).join(', ')}
  --rounds N        rounds of each workload (default 9; those marked with fewer take fewer)
  --quick           3 rounds, without the 100,000 ones
  --json FILE       where the figures go (default bench/results/<date>.json)`;

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string' },
    workloads: { type: 'string' },
    rounds: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}

const LIMIT = 120_000;
const QUEUE_LIMIT = 30_000;
const rounds = Number(options.rounds ?? (options.quick ? 3 : 9));
if (!(Number.isInteger(rounds) && rounds > 0)) throw new Error(`--rounds wants a whole number from 1 on, not ${options.rounds}`);
const workloads = pick(options.workloads).filter(
  (w) => !(options.quick && options.workloads === undefined && (w.n === 100_000 || w.mode === 'grow')),
);
const clients = choose(options.clients?.split(',') ?? ALL, console.error);
const origin = await startOrigin();

/** Counts answers that are not what the origin sends. */
function check(workload, sample) {
  if (sample.error !== undefined) return sample;
  const wrong = sample.n - sample.ok + (sample.bytes === sample.n * workload.bytes ? 0 : 1);
  return { ...sample, wrong };
}
const order = (list, round) => [...list.slice(round % list.length), ...list.slice(0, round % list.length)];
const message = (w) => ({ work: w.work, url: origin.doors[w.door ?? 'plain'] + w.path, n: w.n, bytes: w.bytes });
// Milliseconds of CPU time: what a live client is warmed up with, and what one of its slices takes at least.
const WARM = 1200;
const SLICE = 300;
const warmUp = { work: 'many', n: 200 };

/** Starts a client, and takes down which version it is of. */
async function startClient(description, door) {
  const { client, hello } = await start(description, door);
  if (hello.version !== undefined) result.versions[description.name] = hello.version;
  return { client, hello };
}

/** All clients stay, and take turns: another one begins each round. */
async function live(workload, list, count) {
  const samples = Object.fromEntries(list.map((c) => [c.name, []]));
  const running = [];
  for (const c of list) {
    const { client, hello } = await startClient(c, workload.door);
    if (hello.error !== undefined) samples[c.name].push({ error: hello.error });
    else if (hello.can.includes(workload.work)) running.push({ name: c.name, client, hello });
    else client.stop();
  }
  for (const r of running) await r.client.ask({ ...message(workload), slice: WARM }, LIMIT);
  for (let round = 0; round < count; round++)
    for (const { name, client } of order(running, round))
      samples[name].push({ round, ...check(workload, await client.ask({ ...message(workload), slice: SLICE }, LIMIT)) });
  for (const { client } of running) client.stop();
  return samples;
}

/** A new process each time, warmed with small requests. */
async function fresh(workload, list, count, measure) {
  const samples = Object.fromEntries(list.map((c) => [c.name, []]));
  for (let round = 0; round < count; round++)
    for (const c of order(list, round)) {
      const { client, hello } = await startClient(c);
      if (hello.error !== undefined) {
        samples[c.name].push({ round, error: hello.error });
        continue;
      }
      if (hello.can.includes(workload.work)) {
        if (!hello.outside) await client.ask({ ...warmUp, url: `${origin.base}/b/100` }, LIMIT);
        samples[c.name].push({ round, ...(await measure(client)) });
      }
      client.stop();
    }
  return samples;
}

const once = (workload) => async (client) =>
  check(workload, await client.ask(message(workload), workload.id.startsWith('queue') ? QUEUE_LIMIT : LIMIT));

/** A hundred times a thousand requests in one process: does a request cost the same at the end? */
const growing = (workload) => async (client) => {
  const windows = { '1k': [0, 1], '10k': [6, 10], '100k': [90, 100] };
  const sum = { n: 0, cpu: 0, wall: 0, wrong: 0, growth: 0 };
  const spent = [];
  for (let k = 0; k < 100; k++) {
    const s = check(workload, await client.ask(message(workload), LIMIT));
    if (s.error !== undefined) return s;
    for (const field of ['n', 'cpu', 'wall', 'wrong']) sum[field] += s[field];
    sum.growth = Math.max(sum.growth, s.growth ?? 0);
    spent.push(s.cpu / s.n);
  }
  const mean = ([from, to]) => spent.slice(from, to).reduce((a, b) => a + b, 0) / (to - from);
  return { ...sum, marks: Object.fromEntries(Object.entries(windows).map(([name, w]) => [name, mean(w)])) };
};

async function importing(list, count) {
  const samples = {};
  for (const c of list) {
    if (c.binary !== undefined) continue;
    const { client, hello } = await startClient(c);
    client.stop();
    if (hello.load === undefined) continue;
    samples[c.name] = [];
    importCost(hello.load); // fills the file cache
    for (let round = 0; round < count; round++)
      samples[c.name].push({ round, n: 1, wrong: 0, growth: null, ...importCost(hello.load) });
  }
  return samples;
}

const result = { date: new Date().toISOString(), machine: machine(), rounds, versions: {}, workloads: {} };
const m = result.machine;
console.log(
  `${m.cpu}, ${m.cores} cores, ${m.memoryGiB} GiB, ${m.platform}, Node ${m.node}, load ${m.load.join(' ')}${m.pinned ? ', origin and clients on cores of their own' : ''}`,
);
console.log(
  'Figures are medians; a ratio compares with undici-dispatch in the same round. The origin is a Node program: look at CPU before wall time.',
);
try {
  for (const workload of workloads) {
    const list =
      workload.only !== undefined && options.clients === undefined
        ? clients.filter((c) => workload.only.includes(c.name))
        : clients;
    const count = options.rounds === undefined ? Math.min(rounds, workload.rounds ?? rounds) : rounds;
    const samples =
      workload.mode === 'live'
        ? await live(workload, list, count)
        : workload.mode === 'import'
          ? await importing(list, count)
          : await fresh(workload, list, count, workload.mode === 'grow' ? growing(workload) : once(workload));
    const rows = summarise(workload, samples);
    for (const name of Object.keys(rows)) if (samples[name].length === 0) delete rows[name];
    result.workloads[workload.id] = { title: workload.title, rows, samples };
    console.log(printWorkload(workload, rows));
  }
} finally {
  origin.stop();
}
const file =
  options.json === undefined
    ? fileURLToPath(new URL(`./results/${result.date.replaceAll(':', '-')}.json`, import.meta.url))
    : resolve(options.json);
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`);
console.log(`\nfigures: ${file}`);
