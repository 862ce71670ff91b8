// Who takes part, and why somebody does not.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { has } from './processes.mjs';

const folder = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const FROM_NPM = {
  'undici-dispatch': 'undici',
  'undici-request': 'undici',
  'undici-fetch': 'undici',
  got: 'got',
  axios: 'axios',
};
export const ALL = [
  'ours',
  'undici-dispatch',
  'undici-request',
  'undici-fetch',
  'global-fetch',
  'node-http',
  'got',
  'axios',
  'curl',
  'qt',
];

/** This package with something turned on; they take part only when they are named. */
const WAYS = ['ours-told', 'ours-logged', 'ours-recorded', 'ours-inspected'];

/** Installs the rivals once, into bench/node_modules. Says what to do when that fails. */
function install(say) {
  if (existsSync(folder('node_modules/undici/package.json'))) return;
  say('installing the rivals into bench/node_modules (once)');
  try {
    execFileSync('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error'], {
      cwd: folder('.'),
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
  } catch {
    say('that failed: clients from npm are left out. With a registry at hand run "npm install" in bench/');
  }
}

/** Compiles the Qt client when Qt's headers are here and it is older than its source. */
function buildQt() {
  const binary = folder('node_modules/.qt/qtclient');
  const sources = folder('native/qtclient.cpp');
  if (existsSync(binary) && statSync(binary).mtimeMs > statSync(sources).mtimeMs) return { binary };
  let flags;
  for (const major of ['6', '5']) {
    if (has('pkg-config', '--exists', `Qt${major}Network`)) {
      flags = execFileSync('pkg-config', ['--cflags', '--libs', `Qt${major}Network`, `Qt${major}Core`], { encoding: 'utf8' })
        .trim()
        .split(/\s+/);
      break;
    }
  }
  if (flags === undefined) return { why: 'the headers of Qt Network are not installed' };
  mkdirSync(folder('node_modules/.qt'), { recursive: true });
  try {
    execFileSync('g++', ['-O2', '-fPIC', '-std=c++17', '-o', binary, sources, ...flags], { stdio: ['ignore', 'ignore', 'pipe'] });
    return { binary };
  } catch (e) {
    return { why: `it does not compile: ${String(e.stderr ?? e.message).split('\n')[0]}` };
  }
}

/** The clients that can take part, in the order asked for; the others are named with the reason. */
export function choose(names, say) {
  if (names.some((n) => n in FROM_NPM)) install(say);
  const taking = [];
  for (const name of names) {
    const why = missing(name);
    if (why !== undefined) {
      say(`left out: ${name} (${why})`);
    } else if (name === 'qt') {
      const built = buildQt();
      if (built.binary === undefined) say(`left out: qt (${built.why})`);
      else taking.push({ name, binary: built.binary });
    } else {
      taking.push({ name });
    }
  }
  return taking;
}

function missing(name) {
  if (!ALL.includes(name) && !WAYS.includes(name))
    throw new Error(`no such client: ${name}. There are ${[...ALL, ...WAYS].join(', ')}`);
  if (name.startsWith('ours') && !existsSync(folder('../dist/index.js'))) return 'dist/ is not built: run "npm run build" first';
  if (name in FROM_NPM && !existsSync(folder(`node_modules/${FROM_NPM[name]}/package.json`))) return 'not installed';
  if (name === 'curl' && !(has('curl', '--version') && has('bash', '--version'))) return 'the program is not installed';
  return undefined;
}
