// @ts-check
// Runs the suites that judge this package from outside, through test/adapters, and keeps what they say in docs/conformance.json, of which
// `npm run badges` makes the badges. Needs dist/. A suite that cannot be run here stays as it was; its date tells.
//
//     npm run conformance -- [--only NAME,NAME] [--suites FOLDER] [--oracle FOLDER] [--cache FOLDER] [--wpt FOLDER]
//
//   --suites  the runners of the suites for hostile answers, caches, cookies and web platform tests
//   --oracle  the scenarios and recorded traces of Qt, with their driver
//   --cache   a checkout of http-tests/cache-tests; --wpt of the web platform tests
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { commandFor, SUITES, scoreOf } from './house/conformance.mjs';
import { ROOT } from './house/tree.mjs';

const FILE = `${ROOT}docs/conformance.json`;
const folder = /** @type {const} */ ({ type: 'string' });
const { values } = parseArgs({
  options: { only: { type: 'string' }, suites: folder, oracle: folder, cache: folder, wpt: folder },
});
const { only, ...given } = values;
/** @type {Record<string, string>} */
const folders = Object.fromEntries(Object.entries(given).map(([name, path]) => [name, resolve(path ?? '')]));

const names = only?.split(',') ?? Object.keys(SUITES);
for (const name of names)
  if (SUITES[name] === undefined) throw new RangeError(`--only ${name}: known are ${Object.keys(SUITES)}`);

/** @type {import('./house/conformance.mjs').Results} */
const results = JSON.parse(readFileSync(FILE, 'utf8'));
for (const name of names) {
  const suite = /** @type {import('./house/conformance.mjs').Suite} */ (SUITES[name]);
  const missing = suite.needs.filter((need) => folders[need] === undefined);
  if (missing.length > 0) {
    console.log(`${name}: not run, it needs ${missing.map((need) => `--${need} FOLDER`).join(' and ')}`);
    if (only !== undefined) process.exitCode = 1;
    continue;
  }
  const printed = await output(suite.command(/** @type {any} */ (folders), ROOT));
  const score = scoreOf(name, printed);
  results[name] = {
    ...score,
    command: commandFor(name),
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
  };
  console.log(`${name}: ${score.passed} of ${score.of}${score.detail === '' ? '' : ` (${score.detail})`}`);
  // in the order of the suites, whatever was run first
  const sorted = Object.keys(SUITES).flatMap((known) => (results[known] === undefined ? [] : [[known, results[known]]]));
  writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
}

/** What a script prints. How it ends says whether all passed, which its figures say as well. @param {string[]} script @returns {Promise<string>} */
function output(script) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, script, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece) => {
      text += piece;
    });
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}
