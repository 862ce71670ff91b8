#!/usr/bin/env node
import { overheadOptions } from './lib/overhead.mjs';
// What recording for a HAR costs: requests of a manager that is recorded, and of one that is not. Needs dist/.
//   node bench/recording-overhead.mjs [--rounds 9] [--limit 1.15]
// The clients live in processes of their own and take turns, as in run.mjs. Nothing of the recording is dropped, and no HAR is made of it: that is
// what `stop` costs, not what the requests pay. Code 1 when the median of the ratios of CPU time a request within each round is above the
// limit, when an answer was wrong, or when one is missing in the recording.
import { startClient, startOrigin } from './lib/processes.mjs';
import { median } from './lib/report.mjs';

/** The one to compare with comes first. */
const CLIENTS = [
  { label: 'plain', name: 'ours' },
  { label: 'recorded', name: 'ours-recorded' },
];
const WORKLOADS = [
  { title: 'GETs of 100 bytes, one after another', work: 'sequence', n: 500, bytes: 100 },
  { title: '2,000 GETs of 100 bytes at once, 6 connections', work: 'many', n: 2000, bytes: 100 },
];
const LIMIT = 120_000;
/** Milliseconds of CPU time, as in run.mjs. */
const WARM = 1200;
const SLICE = 300;

const { rounds, limit } = overheadOptions();
const origin = await startOrigin();
try {
  for (const workload of WORKLOADS) report(workload, await measure(workload));
} finally {
  origin.stop();
}

/** Another one begins each round. */
async function measure({ work, n, bytes }) {
  const message = { work, url: `${origin.base}/b/${bytes}`, n };
  const running = await Promise.all(CLIENTS.map(open));
  try {
    for (const { client } of running) await client.ask({ ...message, slice: WARM }, LIMIT);
    for (let round = 0; round < rounds; round++) {
      const from = round % running.length;
      for (const { label, samples, client } of [...running.slice(from), ...running.slice(0, from)]) {
        const sample = await client.ask({ ...message, slice: SLICE }, LIMIT);
        if (sample.error !== undefined) throw new Error(`${label}: ${sample.error}`);
        if (sample.ok !== sample.n || sample.bytes !== sample.n * bytes) throw new Error(`${label}: wrong answers`);
        samples.push(sample.cpu / sample.n);
      }
    }
  } finally {
    for (const { client } of running) client.stop();
  }
  return running;
}

async function open({ label, name }) {
  const { client, hello } = await startClient({ name });
  if (hello.error !== undefined) throw new Error(`${label}: ${hello.error}`);
  return { label, client, samples: [] };
}

function report({ title }, [plain, recorded]) {
  const ratios = recorded.samples.map((cost, round) => cost / plain.samples[round]);
  const ratio = median(ratios);
  console.log(title);
  console.log(`  plain    ${median(plain.samples).toFixed(1).padStart(6)} us`);
  console.log(
    `  recorded ${median(recorded.samples).toFixed(1).padStart(6)} us  ${ratio.toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)}), limit ${limit}: ${ratio <= limit ? 'ok' : 'TOO MUCH'}`,
  );
  if (ratio > limit) process.exitCode = 1;
}
