// @ts-check
// Compares our HTTP/2 with Node's own, over mutated connections (docs/decisions/012):
//   node scripts/fuzz-h2.mjs --count 10000 --seed 1     the connections 0 to 9999 of seed 1
//   node scripts/fuzz-h2.mjs --seed 1 --from 5 --to 6   one of them again, with its frames
// Node.js 20 is not compared with: some of these end the process there. Ours must close, and tell every request one end.
// The exit code is 1 when something was thrown, read too laxly, or read differently without a reason in the tables.
import { loadBeside, samplesWanted } from './house/campaign.mjs';

const { seed, from, to } = samplesWanted('10000');
/** @type {typeof import('../test/fuzz/h2/campaign.ts')} */
const { campaign, sample } = await loadBeside('test/fuzz/h2/campaign.ts');
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
