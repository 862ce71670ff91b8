// @ts-check
// What is held against this package from outside, and how to read what each suite says. docs/conformance.json has what they have said.

/**
 * @typedef {Record<'suites' | 'oracle' | 'cache' | 'wpt', string>} Folders where each lies
 * @typedef {{ passed: number, of: number, detail: string }} Score
 * @typedef {Score & { command: string, date: string, node: string }} Result
 * @typedef {{
 *   label: string, what: string, needs: readonly (keyof Folders)[],
 *   command(folders: Folders, root: string): string[], read: RegExp, score(groups: string[]): Score,
 * }} Suite
 * @typedef {Record<string, Result>} Results
 */

const whole = (/** @type {string | undefined} */ text) => Number(text);

/** By the names of `npm run conformance -- --only`. @type {Readonly<Record<string, Suite>>} */
export const SUITES = {
  members: {
    label: 'Qt members',
    what: 'members and values of Qt’s classes that are there',
    needs: [],
    command: (_folders, root) => [`${root}scripts/coverage-api.mjs`],
    read: /^(\d+) of (\d+) members present, \d+ later, 0 problems; (\d+) are tested/m,
    score: ([passed, of, tested]) => ({
      passed: whole(passed),
      of: whole(of),
      detail: `${tested} members with a test each, the others are values that are compared`,
    }),
  },
  traces: {
    label: 'Qt traces',
    what: 'scenarios that Qt 6.4.2 carried out, whose signals, states and bytes on the wire are the same here',
    needs: ['oracle'],
    command: ({ oracle }, root) => [
      `${oracle}/drive.mjs`,
      ...['--adapter', `node --import ${oracle}/shim/resolve.mjs ${root}test/adapters/oracle.mjs`],
    ],
    read: /^(\d+) of (\d+) traces reproduced/m,
    score: ([passed, of]) => ({ passed: whole(passed), of: whole(of), detail: '' }),
  },
  hostile: {
    label: 'hostile responses',
    what: 'answers that are broken, ambiguous or an attack: refused, or read the one right way, within bounds of time and memory',
    needs: ['suites'],
    command: ({ suites }, root) => [`${suites}/hostile/run-hostile.mjs`, '--adapter', `${root}test/adapters/hostile.mjs`],
    read: /: must (\d+)\/(\d+), should (\d+)\/(\d+), skipped (\d+)/,
    score: ([must, ofMust, should, ofShould]) => ({
      passed: whole(must) + whole(should),
      of: whole(ofMust) + whole(ofShould),
      detail: `must ${must} of ${ofMust}, should ${should} of ${ofShould}`,
    }),
  },
  cache: {
    label: 'HTTP cache tests',
    what: 'required and optimal tests of the public suite for HTTP caches, run as for a browser',
    needs: ['suites', 'cache'],
    command: ({ suites, cache }, root) => [
      `${suites}/cache/run-cache-tests.mjs`,
      ...['--suite', cache, '--module', `${root}test/adapters/cache.mjs`],
    ],
    read: /^required (\d+)\/(\d+) {2}optimal (\d+)\/(\d+)/m,
    score: ([required, ofRequired, optimal, ofOptimal]) => ({
      passed: whole(required) + whole(optimal),
      of: whole(ofRequired) + whole(ofOptimal),
      detail: `required ${required} of ${ofRequired}, optimal ${optimal} of ${ofOptimal}`,
    }),
  },
  cookies: {
    label: 'cookie cases',
    what: 'what a jar takes and sends by RFC 6265bis, dates of cookies, and public suffixes',
    needs: ['suites'],
    command: ({ suites }, root) => [`${suites}/cookies/run-cookie-cases.mjs`, '--adapter', `${root}test/adapters/cookies.mjs`],
    read: /: cookies (\d+)\/(\d+) \(.*?\), dates (\d+)\/(\d+), psl (\d+)\/(\d+), psl-through-jar (\d+)\/(\d+)/,
    score: ([cookies, ofCookies, dates, ofDates, suffixes, ofSuffixes, jar, ofJar]) => ({
      passed: whole(cookies) + whole(dates) + whole(suffixes) + whole(jar),
      of: whole(ofCookies) + whole(ofDates) + whole(ofSuffixes) + whole(ofJar),
      detail: `cookies ${cookies} of ${ofCookies}, dates ${dates} of ${ofDates}, suffixes ${suffixes} of ${ofSuffixes} and through a jar ${jar} of ${ofJar}`,
    }),
  },
  wpt: {
    label: 'WPT fetch',
    what: 'subtests of the web platform tests of fetch, with `fetch` replaced and the classes of Node.js around it as they are',
    needs: ['suites', 'wpt'],
    command: ({ suites, wpt }, root) => [
      `${suites}/wpt/run-wpt.mjs`,
      ...['--suite', wpt, '--module', `${root}test/adapters/wpt.mjs`, '--baseline', `${suites}/wpt/results/builtin.json`],
    ],
    read: /^lost against baseline (\d+)$[\s\S]*^wpt .*: (\d+)\/(\d+) subtests/m,
    score: ([lost, passed, of]) => ({
      passed: whole(passed),
      of: whole(of),
      detail: `${lost} of those that the built-in \`fetch\` passes are lost`,
    }),
  },
  tests: {
    label: 'own tests',
    what: 'tests of this repository',
    needs: [],
    command: (_folders, root) => [`${root}scripts/run-tests.mjs`],
    read: /^(\d+) passed, (\d+) failed, (\d+) skipped$/m,
    score: ([passed, failed, skipped]) => ({
      passed: whole(passed),
      of: whole(passed) + whole(failed),
      detail: skipped === '0' ? 'none skipped' : `${skipped} more skipped`,
    }),
  },
};

/** What one runs to have it measured again. @param {string} name */
export function commandFor(name) {
  const folders = /** @type {Suite} */ (SUITES[name]).needs.map((need) => ` --${need} FOLDER`);
  return `npm run conformance -- --only ${name}${folders.join('')}`;
}

/** What a suite has printed, as a score. @param {string} name @param {string} printed @returns {Score} */
export function scoreOf(name, printed) {
  const { read, score } = /** @type {Suite} */ (SUITES[name]);
  const found = read.exec(printed);
  if (found === null) throw new Error(`${name}: there is no line like ${read} in what was printed:\n${printed.slice(-2000)}`);
  return score(found.slice(1));
}
