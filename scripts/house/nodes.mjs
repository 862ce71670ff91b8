// @ts-check
// The versions of Node.js that are here: the one that runs, and those that .ci/run has fetched.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './tree.mjs';

/** Where .ci/run keeps what it fetches. */
const CACHE = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'qnetwork/nodes');

/** The folder of the program `node` of that major version, or ''. @param {string} major */
function binOf(major) {
  if (process.versions.node.split('.')[0] === major) return dirname(process.execPath);
  const wish = `${ROOT}tools/nodes/${major}/package.json`;
  if (!existsSync(wish)) return '';
  const bin = join(CACHE, JSON.parse(readFileSync(wish, 'utf8')).dependencies.node, 'node_modules/.bin');
  return existsSync(join(bin, 'node')) ? bin : '';
}

/** @param {readonly string[]} majors */
export function findNodes(majors) {
  const bins = majors.map((major) => ({ major, bin: binOf(major) }));
  const version = (/** @type {string} */ bin) =>
    execFileSync(join(bin, 'node'), ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim();
  return {
    found: bins.filter(({ bin }) => bin !== '').map(({ major, bin }) => ({ major, bin, version: version(bin) })),
    missing: bins.filter(({ bin }) => bin === '').map(({ major }) => major),
  };
}
