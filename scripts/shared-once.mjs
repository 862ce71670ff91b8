// @ts-check
// 50 processes want the same thing at the same time, each with a manager of its own, all with one shared cache: how often is the origin
// asked? `npm run check:shared-once` (after a build; needs redis-server, on Debian the package redis-server).
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { builtEntry } from './house/tree.mjs';

const PROCESSES = 50;
/** So many are started at the same time; they wait for each other before they ask. */
const BATCH = 5;
const LIMIT = 120_000;
const BODY = 'x'.repeat(20_000);

const entry = pathToFileURL(builtEntry()).href;
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-once-'));
const socket = join(folder, 'socket');
/** @type {import('node:child_process').ChildProcess[]} */
const started = [];

/** @param {string} command @param {readonly string[]} args */
function start(command, args) {
  const child = spawn(command, args, {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` },
  });
  started.push(child);
  let said = '';
  /** @type {Set<() => void>} */
  const listeners = new Set();
  const hear = () => {
    for (const listener of listeners) listener();
  };
  child.stdout.on('data', (chunk) => {
    said += chunk;
    hear();
  });
  let over = false;
  const end = new Promise((resolve) => {
    child.on('error', (problem) => {
      said += `${problem.message}\n`;
      over = true;
      resolve(1);
      hear();
    });
    child.on('close', (code) => {
      over = true;
      resolve(code);
      hear();
    });
  });
  return {
    child,
    end,
    /** Resolves once it has said this, and rejects when it ends before. @param {RegExp} what */
    says(what) {
      return new Promise((resolve, reject) => {
        const look = () => {
          if (!what.test(said) && !over) return;
          listeners.delete(look);
          if (what.test(said)) resolve(said);
          else reject(new Error(`${command} has ended: ${said}`));
        };
        listeners.add(look);
        look();
      });
    },
  };
}

/** What each of the processes does. */
const CHILD = `
import { QNetworkAccessManager, SharedCache } from ${JSON.stringify(entry)};
const [path, url] = process.argv.slice(1);
const cache = new SharedCache({ url: path });
const manager = new QNetworkAccessManager();
manager.setCache(cache);
await cache.ready();
console.log('ready');
await new Promise((resolve) => process.stdin.once('data', resolve));
process.stdin.destroy();
const reply = manager.get(url);
console.log('asked');
const text = await reply.text();
console.log('answer ' + text.length + ' ' + text.slice(0, 20));
`;

async function measure() {
  let requests = 0;
  /** @type {() => void} */
  let allAsked = () => {};
  const asked = new Promise((resolve) => {
    allAsked = () => resolve(undefined);
  });
  const origin = createServer(async (_request, response) => {
    requests++;
    // nobody comes so late that there is an answer already
    await asked;
    response.writeHead(200, { 'Cache-Control': 'max-age=60', 'Content-Type': 'text/plain' });
    response.end(BODY);
  });
  await new Promise((resolve) => origin.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = origin.address();
  if (address === null || typeof address === 'string') throw new Error('the origin has no port');
  const url = `http://127.0.0.1:${address.port}/resource`;

  const words = ['--save', '', '--appendonly', 'no', '--port', '0', '--unixsocket', socket, '--dir', folder];
  await start('redis-server', words).says(/eady to accept connections/);

  const processes = [];
  while (processes.length < PROCESSES) {
    const batch = Array.from({ length: BATCH }, () => start(process.execPath, ['--input-type=module', '-e', CHILD, socket, url]));
    await Promise.all(batch.map((one) => one.says(/ready/)));
    processes.push(...batch);
  }
  for (const { child } of processes) child.stdin?.end('go\n');
  await Promise.all(processes.map((one) => one.says(/asked/)));
  allAsked();
  const said = await Promise.all(processes.map((one) => one.says(/answer .*\n/)));
  const codes = await Promise.all(processes.map(({ end }) => end));
  const right = said.filter((text, i) => codes[i] === 0 && text.includes(`answer ${BODY.length} ${BODY.slice(0, 20)}\n`)).length;
  origin.close();
  console.log(
    `${processes.length} processes, ${right} answers, ${requests} ${requests === 1 ? 'request' : 'requests'} at the origin`,
  );
  return right === PROCESSES && requests === 1;
}

const timer = setTimeout(() => {
  console.error(`Nothing came of it within ${LIMIT / 1000} seconds.`);
  for (const child of started) child.kill('SIGKILL');
}, LIMIT);
try {
  process.exitCode = (await measure()) ? 0 : 1;
} catch (problem) {
  console.error(problem instanceof Error ? problem.message : problem);
  process.exitCode = 1;
} finally {
  clearTimeout(timer);
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
process.exit();
