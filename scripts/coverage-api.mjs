// @ts-check
// Which of Qt's members the built package has, and which test looks after each. `npm run coverage:api` (after a build)
//
// spec/api-inventory.json lists what Qt has, spec/later.json what may still be absent, each group with its reason. Anything else
// that is missing fails, and so does a line of later.json that is no longer true, and a member without a test in test/members.
// The values of enums are tested by the comparison with the inventory itself.
//
//   --list                  names each member's test, and how it noticed that the member did nothing
//   --mutate                also makes each member do nothing in turn, and expects its test to fail
//   --class QNetworkReply   only these classes (may be given several times)
//   --readme                writes the table of the README
//   --from 10 --to 20       of the members to mutate only those, counted from 1
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { coverage, unknown, unnoticed } from './house/coverage.mjs';
import { problemsOf, testFiles } from './house/member-tests.mjs';
import { judge, noticed, tryMutants } from './house/mutants.mjs';
import { isInReadme, writeToReadme } from './house/readme-table.mjs';
import { builtEntry, ROOT, readTables } from './house/tree.mjs';

const { values: options } = parseArgs({
  options: {
    list: { type: 'boolean', default: false },
    mutate: { type: 'boolean', default: false },
    readme: { type: 'boolean', default: false },
    class: { type: 'string', multiple: true },
    from: { type: 'string', default: '1' },
    to: { type: 'string', default: 'Infinity' },
  },
});
/** @type {import('./house/coverage.mjs').Inventory} */
const inventory = JSON.parse(readFileSync(`${ROOT}spec/api-inventory.json`, 'utf8'));
/** @type {Record<string, string[]>} */
const groups = JSON.parse(readFileSync(`${ROOT}spec/later.json`, 'utf8'));
const later = new Set(Object.values(groups).flat());
const all = await import(builtEntry());
const tables = readTables();
const files = testFiles(tables);
const isEnum = (/** @type {string} */ name) => inventory[name]?.kind === 'enum';
const wanted = (/** @type {string} */ name) => options.class === undefined || options.class.includes(name.split('.')[0] ?? '');

for (const name of options.class ?? [])
  if (!Object.hasOwn(inventory, name)) throw new RangeError(`--class: ${name} is no class in spec/api-inventory.json`);
for (const option of /** @type {const} */ (['from', 'to']))
  if (!(Number(options[option]) >= 1)) throw new RangeError(`--${option}: ${options[option]} is no position among the members`);

const rows = coverage(all, inventory, later).filter(({ name }) => wanted(name));
const width = Math.max(...rows.map(({ name }) => name.length));
const columns = (/** @type {string[]} */ ...cells) => cells.map((cell) => cell.padStart(7)).join('  ');
console.log(`${'class or enum'.padEnd(width)}  ${columns('present', 'tested', 'later')}`);
for (const { name, present, total, later } of rows) {
  const tested = isEnum(name) ? present.length : present.filter((path) => files.has(path)).length;
  const cells = columns(`${present.length}/${total}`, `${tested}/${present.length}`, later === 0 ? '' : String(later));
  console.log(`${name.padEnd(width)}  ${cells}`.trimEnd());
  if (!options.list) continue;
  for (const path of present) console.log(`  ${path}  ${isEnum(name) ? 'compared here' : (files.get(path) ?? 'no test')}`);
}
if (options.readme) writeToReadme(rows);
const stale = options.class === undefined && !isInReadme(rows);
const members = rows.filter(({ name }) => !isEnum(name)).flatMap(({ present }) => present);
const tested = members.filter((path) => files.has(path));
const problems = [
  ...rows.flatMap(({ missing }) => missing),
  ...rows.flatMap(({ early }) => early).map((text) => `${text}, but spec/later.json puts it off: take it out there`),
  ...(stale ? ['the table in README.md is another: npm run coverage:api -- --readme writes it'] : []),
  ...unknown(inventory, later).map((name) => `${name} in spec/later.json is nothing that Qt has`),
  ...problemsOf(tables, inventory),
  ...members.filter((path) => !files.has(path)).map((path) => `${path} has no test in test/members`),
];
for (const problem of problems) console.log(`- ${problem}`);
const sum = (/** @type {(row: import('./house/coverage.mjs').Row) => number} */ of) => rows.reduce((n, row) => n + of(row), 0);
const present = sum((row) => row.present.length);
console.log(
  `${present} of ${sum((row) => row.total)} members present, ${sum((row) => row.later)} later, ${problems.length} problems; ` +
    `${tested.length} are tested in test/members, ${present - members.length} values of enums by comparison`,
);
if (problems.length > 0) process.exitCode = 1;
if (options.mutate) await mutate();

async function mutate() {
  const blind = rows.flatMap(({ name }) => (isEnum(name) ? unnoticed(all, inventory, name) : []));
  const values = present - members.length;
  for (const path of blind) console.log(`- another number for ${path} is not noticed`);
  console.log(`${values - blind.length} of ${values} values of enums: the comparison fails when the number is another`);

  const chosen = members.slice(Number(options.from) - 1, Number(options.to));
  const tested = chosen.filter((path) => files.has(path));
  const begun = performance.now();
  const lines = await tryMutants(tested);
  const { caught, late, survivors } = judge(tested, lines);
  const seconds = Math.round((performance.now() - begun) / 1000);
  if (options.list) for (const line of lines.flatMap(noticed)) console.log(`  ${line}`);
  for (const survivor of survivors) console.log(`- ${survivor}`);
  console.log(
    `${caught} of ${chosen.length} members: their test fails when the member does nothing (${seconds} s; ${late} by not coming to an end)`,
  );
  if (survivors.length + blind.length > 0) process.exitCode = 1;
}
