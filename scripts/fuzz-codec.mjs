// @ts-check
// Compares our HTTP/1.1 parser with Node's own, strict and lenient, over mutated answers (docs/decisions/002):
//   node scripts/fuzz-codec.mjs --count 100000 --seed 1     the answers 0 to 99999 of seed 1
//   node scripts/fuzz-codec.mjs --seed 1 --from 5 --to 6    one answer again, with its text
// Ends with a line of counts; the exit code is 1 when an answer was read too laxly or differently without a reason in the tables.
import { loadBeside, samplesWanted } from './house/campaign.mjs';

const { seed, from, to } = samplesWanted('100000');
/** @type {typeof import('../test/fuzz/campaign.ts')} */
const { campaign, sample, sum } = await loadBeside('test/fuzz/campaign.ts');
console.log(`Node.js ${process.version}, llhttp ${process.versions['llhttp']}, seed ${seed}, answers ${from} to ${to - 1}`);
const started = performance.now();
let shown = started;
const report = await campaign(seed, from, to, (done) => {
  if (performance.now() - shown < 10_000) return;
  shown = performance.now();
  console.log(`  ${done} after ${((shown - started) / 1000).toFixed(0)} s`);
});
if (to - from === 1) console.log(JSON.stringify(sample(seed, from), null, 2));
table('Stricter than Node, by rule:', report.stricter);
table('Read although the strict parser of Node refuses it, by licence:', report.licensed);
for (const kind of /** @type {const} */ (['laxer', 'unexplained'])) {
  for (const { index, sample, why } of report[kind].slice(0, 20)) {
    console.log(
      `${kind}: --seed ${seed} --from ${index} --to ${index + 1}: ${why}\n    ${sample.method} ${JSON.stringify(sample.text)}`,
    );
  }
}
const agreed = report.bothRead + report.bothRefused;
console.log(`${agreed} agreed: ${report.bothRead} read with the same result, ${report.bothRefused} refused`);
console.log(
  `${report.count} responses: ${agreed} agreed, ${sum(report.stricter)} stricter by rule, ${sum(report.licensed)} read by licence of an RFC, ` +
    `${report.laxer.length} laxer, ${report.unexplained.length} unexplained`,
);
process.exitCode = report.laxer.length + report.unexplained.length === 0 ? 0 : 1;

/** @param {string} title @param {ReadonlyMap<string, number>} by */
function table(title, by) {
  console.log(title);
  for (const [rule, count] of [...by].sort((a, b) => b[1] - a[1])) console.log(`${String(count).padStart(8)}  ${rule}`);
}
