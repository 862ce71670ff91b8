// Many requests one after another, every tenth aborted at a random moment: heap and open handles must stay flat.
//   node bench/soak.mjs [--count 200000] [--seed 1]
// Ends with the line `N requests, N aborted: heap a → b MiB, handles x → y`, and with code 1 when something grew or went wrong.
// Open handles are the files the process has open (/proc/self/fd), elsewhere the resources Node counts.
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { QNetworkAccessManager } from '../dist/index.js';
import { startOrigin } from './lib/processes.mjs';
import { random } from './lib/random.mjs';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '200000' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.count);
const seed = Number(values.seed);
if (!Number.isInteger(count) || count < 1) throw new Error(`--count expects a number of requests, got ${values.count}`);
const next = random(seed);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** Allowed growth from the first measurement, made when everything is warm, to the last. */
const HEAP_MIB = 3;
const HANDLES = 6;
/** Requests before the first measurement. */
const WARM_UP = Math.min(20_000, Math.ceil(count / 10));

function handles() {
  try {
    return readdirSync('/proc/self/fd').length;
  } catch {
    return process.getActiveResourcesInfo().length;
  }
}

async function measure() {
  for (let i = 0; i < 5; i++) {
    collect();
    await new Promise((go) => setTimeout(go, 10));
  }
  return { heap: process.memoryUsage().heapUsed / 1_048_576, handles: handles() };
}

/** Moments at which a request may be stopped: signals and the next turns. Those that do not come in time give way to the first bytes. */
const MOMENTS = [
  (_reply, stop) => stop(),
  (reply, stop) => reply.socketStartedConnecting.connect(stop),
  (reply, stop) => reply.requestSent.connect(stop),
  (reply, stop) => reply.metaDataChanged.connect(stop),
  (reply, stop) => reply.readyRead.connect(stop),
  (_reply, stop) => process.nextTick(stop),
  (_reply, stop) => setImmediate(stop),
  (_reply, stop) => setImmediate(() => setImmediate(stop)),
  (_reply, stop) => setTimeout(stop, 1 + next() * 2),
];
const later = (reply) => reply.deleteLater();
const ENDS = [(reply) => reply.abort(), (reply) => reply.close(), later];

const origin = await startOrigin();
const manager = new QNetworkAccessManager();
let aborted = 0;
let wrong = 0;

/** A request that is left alone; its body is read. */
function plain(url) {
  return new Promise((done) => {
    const reply = manager.get(url);
    reply.finished.connect(() => {
      if (reply.error() !== 0 || reply.readAll().length !== 100) wrong++;
      reply.deleteLater();
      done();
    });
  });
}

/** A request that is stopped somewhere on its way; a POST now and then. */
function stopped(url) {
  return new Promise((done) => {
    const upload = next() < 0.2;
    const reply = upload ? manager.put(`${origin.base}/up`, Buffer.alloc(50_000)) : manager.get(url);
    const end = ENDS[Math.floor(next() * ENDS.length)];
    let over = false;
    const settle = () => {
      if (over) wrong++;
      over = true;
      done();
    };
    reply.finished.connect(() => {
      // what is deleted at the end of the turn may finish within it
      if (reply.error() !== 5 && (reply.error() !== 0 || end !== later)) wrong++;
      settle();
    });
    reply.destroyed.connect(() => {
      if (!over) settle();
    });
    let ended = false;
    const stop = () => {
      if (over || ended) return;
      ended = true;
      aborted++;
      end(reply);
    };
    MOMENTS[Math.floor(next() * MOMENTS.length)](reply, stop);
    (upload ? reply.metaDataChanged : reply.readyRead).connect(stop);
  });
}

const small = `${origin.base}/b/100`;
const large = `${origin.base}/b/200000`;
const begun = performance.now();
let first = null;
for (let i = 1; i <= count; i++) {
  await (i % 10 === 0 ? stopped(large) : plain(small));
  if (i !== WARM_UP && i % Math.ceil(count / 10) !== 0) continue;
  const now = await measure();
  first ??= now;
  const seconds = (performance.now() - begun) / 1000;
  console.log(
    `${i} requests, ${seconds.toFixed(1)} s: heap ${now.heap.toFixed(1)} MiB, handles ${now.handles}, connections ${manager.connectionCount()}`,
  );
}
const last = await measure();
await manager.close();
origin.stop();
if (wrong > 0) console.log(`${wrong} requests ended otherwise than they should`);
const grew = last.heap - first.heap > HEAP_MIB || last.handles - first.handles > HANDLES;
if (grew) console.log(`heap may grow by ${HEAP_MIB} MiB and handles by ${HANDLES}`);
process.exitCode = grew || wrong > 0 ? 1 : 0;
console.log(
  `${count} requests, ${aborted} aborted: heap ${first.heap.toFixed(1)} → ${last.heap.toFixed(1)} MiB, handles ${first.handles} → ${last.handles}`,
);
