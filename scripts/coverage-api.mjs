// @ts-check
// Which of Qt's members the built package has. `npm run coverage:api` (after a build)
//
// spec/api-inventory.json lists what Qt has, spec/later.json what may still be absent, each group with its reason. Anything else
// that is missing fails, and so does a line of later.json that is no longer true.
import { readFileSync } from 'node:fs';
import { coverage, unknown } from './house/coverage.mjs';
import { builtEntry, ROOT } from './house/tree.mjs';

const entry = builtEntry();
/** @type {import('./house/coverage.mjs').Inventory} */
const inventory = JSON.parse(readFileSync(`${ROOT}spec/api-inventory.json`, 'utf8'));
/** @type {Record<string, string[]>} */
const groups = JSON.parse(readFileSync(`${ROOT}spec/later.json`, 'utf8'));
const later = new Set(Object.values(groups).flat());

const rows = coverage(await import(entry), inventory, later);
const width = Math.max(...rows.map(({ name }) => name.length));
console.log(`${'class or enum'.padEnd(width)}  present  later`);
for (const row of rows) {
  console.log(
    `${row.name.padEnd(width)}  ${`${row.present}/${row.total}`.padStart(7)}  ${row.later === 0 ? '' : String(row.later).padStart(5)}`.trimEnd(),
  );
}
const problems = [
  ...rows.flatMap(({ missing }) => missing),
  ...rows.flatMap(({ early }) => early).map((text) => `${text}, but spec/later.json puts it off: take it out there`),
  ...unknown(inventory, later).map((name) => `${name} in spec/later.json is nothing that Qt has`),
];
for (const problem of problems) console.log(`- ${problem}`);
const sum = (/** @type {'present' | 'total' | 'later'} */ key) => rows.reduce((total, row) => total + row[key], 0);
console.log(`${sum('present')} of ${sum('total')} members present, ${sum('later')} later, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
