// @ts-check
// Packs the built package and follows docs/getting-started.md with it, command by command, in an empty folder; then runs the programs of the guide as
// TypeScript and with require(), and makes a request with each entry. `npm run check:getting-started` (after a build)
//
//     node scripts/try-package.mjs [--nodes 20,26] [--guide FILE]
//
// Node.js is the one that runs this script, and those that .ci/run has fetched. Without --nodes those of 20 and 26 are taken that are there.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { stepsOf } from './house/guide.mjs';
import { findNodes } from './house/nodes.mjs';
import { Shell } from './house/shell.mjs';
import { builtEntry, ROOT } from './house/tree.mjs';
import { entriesPrint, entriesProgram, TSCONFIGS, tsconfig, variantsOf } from './house/variants.mjs';

/** @typedef {{ major: string, bin: string, version: string }} Node */
/** @typedef {{ node: Node, shell: Shell, environment: NodeJS.ProcessEnv }} Room */

/**
 * Steps of the guide that something else takes the place of here, and why.
 * @type {readonly { script: RegExp, why: string, instead(shell: Shell): void }[]}
 */
const INSTEAD = [
  { script: /^npm ci\nnpm pack$/m, why: 'the built package has been packed, once for all', instead() {} },
  {
    script: /^npm install --save-dev typescript @types\/node$/m,
    why: 'those of the project are linked, so that the same ones are used each time and nothing is fetched',
    instead: ({ folder }) => linkCompiler(join(folder, 'node_modules')),
  },
];

builtEntry();
const { values: given } = parseArgs({
  options: { nodes: { type: 'string' }, guide: { type: 'string', default: `${ROOT}docs/getting-started.md` } },
});
const guide = readFileSync(given.guide, 'utf8');
const steps = stepsOf(guide);
const programs = steps.flatMap((step) =>
  step.kind === 'file' && step.name.endsWith('.mjs') && /from 'qnetwork/.test(step.text) ? [step] : [],
);
const { name: packageName, exports } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8'));
const entries = Object.keys(exports)
  .filter((entry) => !entry.endsWith('.json'))
  .map((entry) => packageName + entry.slice(1));

let passed = 0;
let failed = 0;

/** @param {Node} node @param {string} what @param {string} problem */
function told({ major }, what, problem) {
  console.log(`${problem === '' ? 'ok    ' : 'FAILED:'} Node.js ${major}, ${what}`);
  if (problem !== '') console.log(problem.replace(/^/gm, '        '));
  if (problem === '') passed++;
  else failed++;
}

const { found, missing } = findNodes([...new Set(given.nodes?.split(',') ?? ['20', '26'])]);
for (const major of missing) {
  const where = `Node.js ${major} is not here: run this script with it, or let .ci/run fetch it (tools/nodes/${major})`;
  console.log(`${given.nodes === undefined ? 'without' : 'FAILED:'} ${where}`);
  if (given.nodes !== undefined) failed++;
}

const folder = mkdtempSync(join(tmpdir(), 'first-steps-'));
/** @type {Shell[]} */
const shells = [];
try {
  mkdirSync(join(folder, 'qnetwork'));
  execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', join(folder, 'qnetwork')], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const rooms = await Promise.all(found.map(furnished));
  await Promise.all(rooms.map(follow));
  const sources = await Promise.all(rooms.slice(0, 1).map(checkTypes));
  for (const { shell } of rooms.slice(1))
    for (const source of sources) cpSync(source, join(shell.folder, 'compiled'), { recursive: true });
  await atOnce(rooms.flatMap((room) => others(room)));
} finally {
  for (const shell of shells) shell.close();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed, 0 skipped`);
process.exitCode = failed === 0 && found.length > 0 ? 0 : 1;

/** A folder in which nothing is but what was packed, and a shell in it. @param {Node} node @returns {Promise<Room>} */
async function furnished(node) {
  const room = join(folder, node.major);
  cpSync(join(folder, 'qnetwork'), join(room, 'qnetwork'), { recursive: true });
  // the port of the guide may be taken, and there are several who follow it
  const port = String(await freePort());
  const environment = {
    ...process.env,
    PATH: `${node.bin}:${process.env['PATH']}`,
    NO_PROXY: 'localhost,127.0.0.1',
    no_proxy: 'localhost,127.0.0.1',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    npm_config_update_notifier: 'false',
    npm_config_prefer_offline: 'true',
  };
  const shell = new Shell(room, {
    enter: (text) => text.replaceAll('8080', port),
    leave: (text) => text.replaceAll(port, '8080'),
    environment,
  });
  shells.push(shell);
  return { node, shell, environment };
}

/** Does what the guide says. @param {Room} room */
async function follow({ node, shell }) {
  for (const step of steps) {
    if (step.kind === 'file') {
      shell.write(step);
      continue;
    }
    const what = `line ${step.line}: ${step.script.trim().replaceAll('\n', '; ')}`;
    const other = INSTEAD.find(({ script }) => script.test(step.script));
    if (other !== undefined) {
      other.instead(shell);
      console.log(`        Node.js ${node.major}  ${what}\n                (${other.why})`);
    } else told(node, what, await shell.run(step));
  }
  const packages = readdirSync(join(shell.folder, 'node_modules')).filter((name) => /^\w/.test(name) && name !== 'typescript');
  const strange = packages.filter((name) => !['qnetwork', 'tldts', 'tldts-core', 'undici-types'].includes(name));
  told(node, 'no other package was installed', strange.join(', '));
}

/** Checks the types of all programs, and compiles them; gives the folder. @param {Room} room */
async function checkTypes({ node, shell }) {
  const { compiled } = variantsOf(programs);
  const source = join(shell.folder, compiled.folder);
  furnish(
    source,
    compiled.files.map(([name, text]) => [name, shell.entered(text)]),
  );
  for (const [title, options] of Object.entries(TSCONFIGS)) {
    writeFileSync(join(source, `tsconfig.${title}.json`), tsconfig(options));
    const script = `cd ${compiled.folder}\nnpx tsc -p tsconfig.${title}.json\n`;
    told(node, `types of ${programs.length} programs, ${title}`, await shell.aside().run({ script, stays: '', prints: '' }));
  }
  return source;
}

/** The programs of the guide in other ways, as tasks. @param {Room} room @returns {(() => Promise<void>)[]} */
function others({ node, shell }) {
  const { typed, compiled, required } = variantsOf(programs);
  const [major = 0, minor = 0] = node.version.split('.').map(Number);
  const strips = major > 22 || (major === 22 && minor >= 18);
  const tasks = [strips ? typed : compiled, required].flatMap((variant) => {
    const home = join(shell.folder, variant.folder);
    if (variant !== compiled)
      furnish(
        home,
        variant.files.map(([name, text]) => [name, shell.entered(text)]),
      );
    return steps.flatMap((step) => {
      if (step.kind === 'file' || !programs.some(({ name }) => step.script.startsWith(`node ${name}\n`))) return [];
      const script = variant.command(step.script);
      const run = { ...step, script: `cd ${variant.folder}\n${script}` };
      return [async () => told(node, `${variant.title}: ${script.trim().replaceAll('\n', '; ')}`, await shell.aside().run(run))];
    });
  });
  return [
    ...tasks,
    async () => {
      furnish(shell.folder, [['entries.cjs', shell.entered(entriesProgram(entries, 'http://localhost:8080/'))]]);
      const run = { script: 'node entries.cjs\n', stays: /** @type {const} */ (''), prints: entriesPrint(entries) };
      told(node, `import() and require() of ${entries.join(', ')}`, await shell.aside().run(run));
    },
  ];
}

/** @param {string} home @param {readonly [name: string, text: string][]} files */
function furnish(home, files) {
  mkdirSync(home, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(home, name), text);
}

/** The compiler of the project, as if it had been installed. @param {string} modules */
function linkCompiler(modules) {
  for (const name of ['typescript', '@types/node', '.bin/tsc']) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
}

/** Runs the tasks, as many at once as there are processors. @param {(() => Promise<void>)[]} tasks */
async function atOnce(tasks) {
  const next = tasks[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      for (const task of next) await task();
    }),
  );
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, 'localhost', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });
}
