// @ts-check
// Packs the built package and looks at it as npm, TypeScript and a user will. `npm run check:package` (after a build)
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtEntry, ROOT } from './house/tree.mjs';

builtEntry();
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-package-'));
const user = join(folder, 'user');
const installed = join(user, 'node_modules/qnetwork');
let failed = 0;

/**
 * @param {string} what @param {string} command @param {readonly string[]} args
 * @param {{ cwd?: string, wants?: RegExp }} [options] `wants`: what it must print
 */
function check(what, command, args, { cwd = ROOT, wants = /(?:)/ } = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const ok = status === 0 && wants.test(stdout);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${what}`);
  if (ok) return;
  failed++;
  console.log(`${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`.trimEnd());
}

/** @param {string} what @param {readonly string[]} problems */
function judge(what, problems) {
  console.log(`${problems.length === 0 ? 'ok    ' : 'FAILED'}  ${what}`);
  for (const problem of problems) console.log(`        ${problem}`);
  if (problems.length > 0) failed++;
}

try {
  const packed = JSON.parse(
    execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' }),
  );
  const { filename, files, size } = (Array.isArray(packed) ? packed : Object.values(packed))[0];
  const tarball = join(folder, filename);
  const names = files.map((/** @type {{ path: string }} */ { path }) => path);
  const wanted = [
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    'package.json',
    'dist/index.js',
    'dist/index.d.ts',
    'dist/hints.cjs',
    'dist/inspector.js',
    'dist/inspector-page.css',
    'dist/inspector-page.js',
    'dist/testing.js',
    'dist/testing.d.ts',
    'dist/cli.js',
  ];
  judge(`holds what belongs into it and nothing else (${names.length} files, ${Math.ceil(size / 1024)} KiB)`, [
    ...wanted.filter((name) => !names.includes(name)).map((name) => `${name} is not in the package`),
    ...names
      .filter((/** @type {string} */ name) => !wanted.includes(name) && !/^dist\/[\w.-]+\.(?:js|d\.ts)$/.test(name))
      .map((/** @type {string} */ name) => `${name} does not belong into the package`),
  ]);

  const bin = (/** @type {string} */ name) => join(ROOT, 'node_modules/.bin', name);
  check('publint', bin('publint'), ['run', tarball, '--strict']);
  check('are the types wrong?', bin('attw'), [tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']);
  check('knip: nothing unused, nothing unlisted', bin('knip'), ['--no-progress']);

  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '--strip-components=1', '-C', installed]);
  const use = 'if (typeof q.QNetworkAccessManager !== "function") throw new Error("no QNetworkAccessManager: " + Object.keys(q))';
  check('import from a user’s folder', process.execPath, ['--input-type=module', '-e', `import * as q from 'qnetwork'; ${use}`], {
    cwd: user,
  });
  check('require from a user’s folder', process.execPath, ['-e', `const q = require('qnetwork'); ${use}`], { cwd: user });
  const suite =
    'if (typeof cacheStoreContract !== "function") throw new Error("no cacheStoreContract"); if (cacheStoreContract({ make() {} }).length < 20) throw new Error("no cases")';
  check(
    'import of qnetwork/testing',
    process.execPath,
    ['--input-type=module', '-e', `import { cacheStoreContract } from 'qnetwork/testing'; ${suite}`],
    { cwd: user },
  );
  const { bin: commands } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  for (const name in commands) {
    check(`${name} --help`, process.execPath, [join(installed, commands[name]), '--help'], {
      cwd: user,
      wants: new RegExp(name),
    });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(failed === 0 ? 'The package is fine.' : `${failed} checks of the package failed.`);
process.exitCode = failed === 0 ? 0 : 1;
