// HTTP/2 sessions that end at random: GETs and POSTs over a server that sends GOAWAY and refuses streams. Nothing may be lost, no POST done twice.
//   node bench/h2-goaway.mjs [--gets 10000] [--posts 1000] [--at-once 100] [--seed 1]
// The server is another process (test/wire/h2/stormy.ts says what it does). Of a hundred requests it refuses two, and ends the session at three: in two
// steps, as RFC 9113 6.8 has it, at once, or with an error code. What it has looked at it answers, some of it late. It counts by path what it acted
// on. The last line sums up; code 1 when something was lost or done twice.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildBeside } from '../scripts/house/beside.mjs';
import { random } from './lib/random.mjs';

const WEATHER = { refused: 2, gently: 1, abruptly: 1, angrily: 1, slowly: 20 };

if (process.argv[2] === 'server') await serve();
else await storm();

async function serve() {
  const [, , , folder, seed] = process.argv;
  const load = (name) => import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  const { serveH2 } = await load('h2-server');
  const { stormy } = await load('stormy');
  const acted = new Map();
  const server = await serveH2({ scripts: stormy(WEATHER, random(Number(seed)), acted) });
  process.on('message', () => process.send({ acted: [...acted], sessions: server.connections.length, faults: server.faults }));
  process.on('disconnect', () => process.exit(0));
  process.send({ base: server.url('') });
}

/** The server of the tests is TypeScript. */
async function built(folder) {
  const from = (path) => fileURLToPath(new URL(`../test/${path}`, import.meta.url));
  await buildBeside({ 'h2-server': from('support/h2-server.ts'), stormy: from('wire/h2/stormy.ts') }, folder);
}

async function storm() {
  const { values } = parseArgs({
    options: {
      gets: { type: 'string', default: '10000' },
      posts: { type: 'string', default: '1000' },
      'at-once': { type: 'string', default: '100' },
      seed: { type: 'string', default: '1' },
    },
  });
  const gets = Number(values.gets);
  const posts = Number(values.posts);
  const { QNetworkAccessManager } = await import('../dist/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'qnetwork-goaway-'));
  try {
    await built(folder);
    const child = fork(fileURLToPath(import.meta.url), ['server', folder, values.seed], { execArgv: [] });
    const said = () => new Promise((resolve) => child.once('message', resolve));
    const { base } = await said();

    const manager = new QNetworkAccessManager();
    let resent = 0;
    manager.netlog((event) => {
      if (event.what === 'again') resent++;
    });
    const sent = shuffled(gets, posts, random(Number(values.seed) + 1));
    const started = performance.now();
    const lost = await send(manager, base, sent, Number(values['at-once']));
    const seconds = (performance.now() - started) / 1000;

    child.send('count');
    const { acted, sessions, faults } = await said();
    child.disconnect();
    await manager.close();
    const times = new Map(acted);
    const twice = sent.filter(({ verb, path }) => verb === 'post' && times.get(path) > 1).length;
    const never = sent.filter(({ path }) => !times.has(path)).length;
    for (const line of [...lost, ...faults].slice(0, 20)) console.log(line);
    process.exitCode = lost.length === 0 && twice === 0 && never === 0 && faults.length === 0 ? 0 : 1;
    console.log(
      `${gets} GETs and ${posts} POSTs in ${seconds.toFixed(1)} s over ${sessions} sessions, ${resent} resent: ` +
        `${lost.length} lost, ${never} never seen, ${twice} POSTs done twice`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function shuffled(gets, posts, next) {
  const all = [...Array(gets).fill('get'), ...Array(posts).fill('post')];
  return all.map((verb, i) => ({ verb, path: `/${verb}-${i}`, key: next() })).sort((a, b) => a.key - b.key);
}

/** Sends them in their order, so many beside each other; gives those that were lost, with the reason. */
async function send(manager, base, sent, atOnce) {
  const options = { attributes: { Http2DirectAttribute: true }, timeout: { total: 60_000 } };
  const body = Buffer.alloc(1_000, 'x');
  const lost = [];
  const queue = sent.values();
  async function lane() {
    for (const { verb, path } of queue) {
      const reply = verb === 'post' ? manager.post(base + path, body, options) : manager.get(base + path, options);
      await reply.whenFinished();
      if (reply.error() !== 0) lost.push(`${path}: ${reply.errorString()}`);
      else if (reply.readAll().toString() !== path) lost.push(`${path}: the wrong answer`);
      reply.deleteLater();
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane));
  return lost;
}
