// @ts-check
// Puts members out of order in a run of vitest (test/members/members.test.ts does it) and judges what their tests said.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './tree.mjs';

/**
 * What a test said. `late`: it did not end in time.
 * @typedef {{ passed: boolean, why?: string, late?: boolean }} Said
 * @typedef {{ key: string, healthy?: Said, tried?: readonly ({ what: string } & Said)[], stuck?: boolean }} Line
 */

/** A member is tried within a few seconds; after this long the run is stuck in a loop that a mutant made endless. */
const STUCK_MS = 30_000;

/**
 * Tries the members one after another; a run that is stuck is ended, and another goes on behind the member that did it.
 * @param {readonly string[]} keys @returns {Promise<Line[]>} a line for each member
 */
export async function tryMutants(keys) {
  const lines = [];
  let left = [...keys];
  while (left.length > 0) {
    const done = await run(left);
    if (done.length === 0) break;
    lines.push(...done);
    left = left.slice(done.length);
  }
  return lines;
}

/** @param {readonly string[]} keys @returns {Promise<Line[]>} */
async function run(keys) {
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-mutants-'));
  const report = join(folder, 'report.jsonl');
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  // what a mutant breaks beside its test must not end the run
  const args = [vitest, 'run', 'test/members/members.test.ts', '--dangerouslyIgnoreUnhandledErrors', '--reporter=dot'];
  const env = { ...process.env, QNETWORK_MUTANTS: JSON.stringify({ keys, report }) };
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (said = (said + bytes).slice(-20_000)));
  let length = -1;
  let stuck = false;
  const watch = setInterval(() => {
    const now = text(report).length;
    if (now === length) {
      stuck = true;
      child.kill('SIGKILL');
    }
    length = now;
  }, STUCK_MS);
  const code = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  const lines = lastOfEach(text(report));
  rmSync(folder, { recursive: true, force: true });
  const last = lines.at(-1);
  if (stuck && last !== undefined && last.tried === undefined) last.stuck = true;
  else if (code !== 0 || lines.length < keys.length) console.log(`${said}\nThe run of the mutants ended with ${code}.`);
  return lines;
}

/** @param {string} path */
function text(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Each member has a line when it begins, and one with the result. @param {string} report @returns {Line[]} */
function lastOfEach(report) {
  /** @type {Map<string, Line>} */
  const found = new Map();
  for (const line of report.split('\n').slice(0, -1)) {
    /** @type {Line} */
    const read = JSON.parse(line);
    found.set(read.key, read);
  }
  return [...found.values()];
}

/**
 * Which members' tests noticed, and what is to be said of the others.
 * @param {readonly string[]} keys @param {readonly Line[]} lines
 */
export function judge(keys, lines) {
  const tried = new Map(lines.map((line) => [line.key, line]));
  const untried = keys.filter((key) => !tried.has(key));
  const survivors = untried.length === 0 ? [] : [`${untried.length} members from ${untried[0]} on were not tried`];
  let caught = 0;
  let late = 0;
  for (const [key, line] of tried) {
    const problem = problemOf(line);
    if (problem !== null) survivors.push(`${key} ${problem}`);
    else caught++;
    if (problem === null && (line.stuck === true || line.tried?.some((one) => one.late === true) === true)) late++;
  }
  return { caught, late, survivors };
}

/** @param {Line} line */
function problemOf({ healthy, tried = [], stuck }) {
  if (stuck === true) return null; // an endless loop fails a test as surely as an exception
  if (healthy === undefined) return 'was not tried to its end';
  if (!healthy.passed) return `fails although nothing is changed: ${healthy.why}`;
  if (tried.length === 0) return 'has no mutant';
  const survived = tried.filter((one) => one.passed);
  return survived.length === 0 ? null : `passes although ${survived.map(({ what }) => what).join(', and although ')}`;
}

/** How a member's test noticed, a line for each mutant. @param {Line} line */
export function noticed({ key, tried = [], stuck }) {
  if (stuck === true) return [`${key}: an endless loop`];
  return tried.map(({ what, why }) => `${key}: ${what} → ${why ?? 'not noticed'}`);
}
