// @ts-check
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The root of the project, with a slash at the end. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The TypeScript files under a folder of the project, as { path: text }, paths from the root with forward slashes.
 * @param {string} [folder]
 * @returns {Record<string, string>}
 */
export function readTree(folder = 'src') {
  /** @type {Record<string, string>} */
  const files = {};
  for (const entry of readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.[cm]?[jt]s$/.test(entry.name)) continue;
    const path = (entry.parentPath + '/' + entry.name).replaceAll('\\', '/');
    files[path.slice(ROOT.length)] = readFileSync(path, 'utf8');
  }
  return files;
}

/** The tables of member tests, as { path: text }. */
export function readTables() {
  return Object.fromEntries(Object.entries(readTree('test/members')).filter(([path]) => /\/q[a-z0-9]+\.ts$/.test(path)));
}

/**
 * Prints what was found and sets the exit code.
 * @param {Record<string, string>} files @param {readonly import('./rules.mjs').Violation[]} violations
 */
export function report(files, violations) {
  for (const { path, line, sentence } of violations) console.log(`${path}:${line}  ${sentence}`);
  console.log(`${Object.keys(files).length} files, ${violations.length} violations`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

/** Where the built package begins. Ends the script with advice when it is not built. */
export function builtEntry() {
  const entry = `${ROOT}dist/index.js`;
  if (existsSync(entry)) return entry;
  console.error('There is no dist/index.js: run `npm run build` first.');
  process.exit(1);
}
