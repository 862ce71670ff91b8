// A program that makes requests at an even pace, with the inspector on or off, and says what that costs. Told what to do by messages.
import { QNetworkAccessManager } from '../../dist/index.js';
import { startInspector } from '../../dist/inspector.js';

const BATCH = 5;
const manager = new QNetworkAccessManager();
let inspector = null;
let wrong = 0;

const later = (ms) => new Promise((done) => setTimeout(done, ms));

async function one(url) {
  const reply = manager.get(url);
  await reply.whenFinished();
  if (reply.error() !== 0 || reply.readAll().length !== 1000) wrong++;
  reply.deleteLater();
}

/** Makes `count` requests, `perMinute` of them; 0 = as many at a time as there are connections. Gives CPU milliseconds. */
async function run({ base, count, perMinute }) {
  wrong = 0;
  const before = process.cpuUsage();
  const began = performance.now();
  const running = [];
  for (let i = 0; i < count; i += BATCH) {
    const batch = Array.from({ length: BATCH }, (_, k) => one(`${base}/b/1000?request=${i + k}&page=${(i + k) % 7}`));
    if (perMinute === 0) await Promise.all(batch);
    else {
      running.push(...batch);
      await later(Math.max(0, began + ((i + BATCH) / perMinute) * 60_000 - performance.now()));
    }
  }
  await Promise.all(running);
  const { user, system } = process.cpuUsage(before);
  return { cpu: (user + system) / 1000, seconds: (performance.now() - began) / 1000, wrong };
}

const tasks = {
  run,
  async open(options) {
    inspector = await startInspector(manager, options);
    return { url: inspector.url };
  },
  async close() {
    await inspector?.close();
    inspector = null;
    return { rss: process.memoryUsage().rss };
  },
};

process.on('message', async ({ task, ...rest }) => process.send(await tasks[task](rest)));
process.on('disconnect', () => process.exit());
