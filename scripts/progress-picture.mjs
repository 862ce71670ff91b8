// @ts-check
// Draws what `qnam get` of several files shows: `node scripts/progress-picture.mjs [OUT.svg]` (default docs/images/progress.svg), after a build.
//
// The tool's own code fetches over a network in memory whose links have a bandwidth and whose clock is turned, so that the same picture
// comes out on every machine: test/docs/pictures.test.ts draws it again.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createViteServer } from 'vitest/node';
import { Screen } from './house/screen.mjs';
import { svg } from './house/screen-svg.mjs';
import { builtEntry, ROOT } from './house/tree.mjs';

// words of advice are read from dist/; without them the picture would be another one
builtEntry();

const COLUMNS = 100;
const MB = 1_000_000;
/** When somebody looks, in milliseconds. */
const LOOKS = [4_000];

const HOST = 'files.example';
/** The files of the server: how long they are, and how many bytes a second come. */
const FILES = [
  { name: 'system.iso', size: 24 * MB, speed: 3 * MB },
  { name: 'film.mp4', size: 14 * MB, speed: 2 * MB },
  { name: 'photos.zip', size: 9 * MB, speed: 2.8 * MB },
  // its length is not known beforehand
  { name: 'events.log', size: 6 * MB, speed: 1.1 * MB, framing: 'chunked' },
  { name: 'report.pdf', size: 1.5 * MB, speed: 2 * MB, delay: 6_000 },
  { name: 'gone.txt', size: 0, speed: MB, status: 404 },
];
const names = FILES.map(({ name }) => name);

const out = resolve(process.argv[2] ?? `${ROOT}docs/images/progress.svg`);
const loader = await createViteServer({
  root: ROOT,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, ws: false },
});
const load = (/** @type {string} */ file) => loader.ssrLoadModule(`/src/${file}.ts`);
const api = await load('index');
const { QNetworkAccessManager } = api;
const { parseCommandLine } = await load('tools/cli/args');
const { run } = await load('tools/cli/run');
const { createTestNetwork } = await load('testing/index');

const routes = FILES.map(({ name, size, status = 200, delay = 0, framing = 'length' }) => [
  `/${name}`,
  { status, delay, framing, body: Buffer.alloc(size) },
]);
const network = createTestNetwork({
  origins: { [`http://${HOST}`]: { routes: Object.fromEntries(routes) } },
  // each has a connection of its own, in the order of the command line
  links: { [HOST]: (/** @type {number} */ nth) => ({ latency: 10, window: MB, bandwidth: FILES[nth - 1]?.speed ?? MB }) },
});
class Manager extends QNetworkAccessManager {
  /** @param {object} options */
  constructor(options) {
    super(options);
    network.manager(this);
  }
}

const screen = new Screen(COLUMNS);
/** A terminal begins each line at its left edge. @param {string} text */
const write = (text) => screen.write(text.replaceAll('\n', '\r\n'));
const stderr = { isTTY: true, columns: COLUMNS, rows: 40, write };
write(`$ qnam get -O ${HOST}/{${names.join(',')}}\n`);
/** @type {{ title: string, lines: import('./house/screen.mjs').Line[] }[]} */
const parts = [];
for (const at of LOOKS)
  network.clock.after(at, () => parts.push({ title: `qnam get, after ${at / 1000} s`, lines: screen.lines() }));

const folder = mkdtempSync(join(tmpdir(), 'progress-'));
process.chdir(folder);
const { plan } = parseCommandLine(['get', '-O', '--no-proxy', ...names.map((name) => `${HOST}/${name}`)]);
await run(
  { ...api, QNetworkAccessManager: Manager },
  plan,
  { stdin: process.stdin, stdout: process.stdout, stderr, clock: network.clock, env: {}, userAgent: 'qnam' },
  { exit: null, onInterrupt: null },
);
parts.push({ title: 'qnam get, at the end', lines: screen.lines() });
await network.close();
await loader.close();
process.chdir(ROOT);
rmSync(folder, { recursive: true });
writeFileSync(out, svg(parts, COLUMNS));
