#!/usr/bin/env node
// npm run bench:figures: measures what the documents show, keeps it in bench/figures.json, and writes the tables of docs/performance.md out of
// that file. At most 6 minutes on two quiet cores. The chart of the README (scripts/performance-picture.mjs) is drawn behind it.
//   node bench/figures.mjs             measures, then writes both (needs dist/)
//   node bench/figures.mjs --tables    measures nothing: writes the tables out of bench/figures.json
//   node bench/figures.mjs --rounds 2 --workloads seq,import --json /tmp/trial.json    a trial, which touches neither
//
// bench/figures.json is the one source of every table and chart of figures in the documents:
//   {
//     "date": "2026-11-22T10:40:00.000Z",
//     "machine": { "cpu", "cores", "memoryGiB", "platform", "node", "load": [1, 5, 15 minutes], "pinned": boolean },
//     "rounds": 9,
//     "names": { "ours": "qnetwork", "undici-dispatch": "undici, dispatch", "global-fetch": "built-in fetch", … },
//     "versions": { "ours": "0.1.0", "got": "14.6.6", … },
//     "workloads": {                  in the order in which they are shown; the ids are those of bench/lib/workloads.mjs
//       "seq": {
//         "title": "small GETs (100 B) one after another",
//         "unit": "request",          what `cpu` and `wall` are counted by: "request", "MiB" or "import"
//         "rounds": 9,
//         "clients": {                cheapest first
//           "ours": {
//             "cpu": 51.3,            microseconds of CPU time a unit, median
//             "ratio": 1,             of that to qnetwork's in the same round: median, least and most
//             "least": 1, "most": 1,
//             "wall": 102.9,          microseconds on the clock a unit, median
//             "growthMiB": 3.1        peak growth of resident memory, median; null where it says nothing
//           }
//         }
//       }
//     },
//     "features": {                   the same of workload "seq", where the clients are qnetwork with something turned on
//       "title", "unit", "rounds", "clients": { "ours": {…}, "ours-recorded": {…}, … }
//     }
//   }
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FIGURES, figuresOf, textOf, writeTables } from './lib/figures.mjs';

const { values: options } = parseArgs({
  options: {
    tables: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    workloads: { type: 'string' },
    json: { type: 'string' },
  },
});

/** What is measured beside each other: who takes part, in what. */
const PARTS = [
  {
    clients: ['ours', 'undici-dispatch', 'undici-request', 'global-fetch', 'node-http', 'got', 'axios'],
    workloads: ['seq', 'queue-2k', '64k', 'down', 'up', 'queue-10k'],
  },
  { clients: ['ours', 'undici-dispatch', 'global-fetch', 'node-http', 'got', 'axios'], workloads: ['import'] },
  { clients: ['ours', 'undici-dispatch', 'global-fetch'], workloads: ['tls-2k'] },
  { clients: ['ours', 'undici-dispatch'], workloads: ['h2-2k'] },
  { clients: ['ours', 'ours-told', 'ours-logged', 'ours-recorded', 'ours-inspected'], workloads: ['seq'], features: true },
];

if (options.tables) writeTables(JSON.parse(readFileSync(FIGURES, 'utf8')));
else await main();

async function main() {
  const asked = options.workloads?.split(',');
  const folder = mkdtempSync(join(tmpdir(), 'figures-'));
  const parts = [];
  try {
    for (const part of PARTS) {
      const workloads = part.workloads.filter((id) => asked === undefined || asked.includes(id));
      if (workloads.length > 0)
        parts.push({ ...part, result: await measure(part.clients, workloads, join(folder, 'part.json')) });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const figures = figuresOf(parts);
  const file = options.json ?? FIGURES;
  writeFileSync(file, textOf(figures));
  console.log(`\nfigures: ${file}, ${Math.round(performance.now() / 1000)} s`);
  if (options.json === undefined) writeTables(figures);
}

/** Has bench/run.mjs measure; gives what it has written. */
async function measure(clients, workloads, json) {
  const rounds = options.rounds === undefined ? [] : ['--rounds', options.rounds];
  const script = fileURLToPath(new URL('./run.mjs', import.meta.url));
  const args = [script, '--clients', clients.join(','), '--workloads', workloads.join(','), '--json', json, ...rounds];
  const code = await new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).once('error', reject).once('close', resolve);
  });
  if (code !== 0) throw new Error(`bench/run.mjs ended with code ${code}`);
  return JSON.parse(readFileSync(json, 'utf8'));
}
