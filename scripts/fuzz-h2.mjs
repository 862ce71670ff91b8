// @ts-check
// Compares our HTTP/2 with Node's own, over mutated connections (docs/decisions/012):
//   node scripts/fuzz-h2.mjs --count 10000 --seed 1     the connections 0 to 9999 of seed 1
//   node scripts/fuzz-h2.mjs --seed 1 --from 5 --to 6   one of them again, with its frames
// Node.js 20 is not compared with: some of these end the process there. Ours must close, and tell every request one end.
// The exit code is 1 when something was thrown, read too laxly, or read differently without a reason in the tables.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBeside } from './house/beside.mjs';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    to: { type: 'string' },
  },
});
const seed = number('seed', values.seed);
const from = number('from', values.from);
const to = values.to === undefined ? from + number('count', values.count) : number('to', values.to);

const { campaign, sample } = await load();
console.log(`Node.js ${process.version}, seed ${seed}, connections ${from} to ${to - 1}`);
let shown = performance.now();
const report = await campaign(seed, from, to, {
  progress: (done) => {
    if (performance.now() - shown < 10_000) return;
    shown = performance.now();
    console.log(`  ${done}`);
  },
});
if (to - from === 1) console.log(sample(seed, from).methods.join(', '), '\n', sample(seed, from).frames.join('\n '));
for (const [what, count] of [...report.counts].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${what}`);
for (const { index, kind, why } of report.findings.slice(0, 20))
  console.log(`${kind}: --seed ${seed} --from ${index} --to ${index + 1}: ${why}`);
console.log(`${report.samples} connections, ${report.findings.length} laxer or unexplained`);
process.exitCode = report.findings.length === 0 ? 0 : 1;

/** @param {string} name @param {string} text */
function number(name, text) {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`--${name} takes a whole number, not ${JSON.stringify(text)}`);
  return Number(text);
}

/** The codec is TypeScript and no part of the package's surface, so it is built beside. */
async function load() {
  const outDir = mkdtempSync(join(tmpdir(), 'qnetwork-fuzz-'));
  try {
    const entry = fileURLToPath(new URL('../test/fuzz/h2/campaign.ts', import.meta.url));
    await buildBeside({ campaign: entry }, outDir);
    return /** @type {typeof import('../test/fuzz/h2/campaign.ts')} */ (
      await import(pathToFileURL(join(outDir, 'campaign.mjs')).href)
    );
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
}
