#!/usr/bin/env node
// What a tunnel through a proxy costs: requests over TLS, on connections that are kept, through CONNECT and directly. Needs dist/.
//   node bench/proxy-overhead.mjs [--rounds 9] [--limit 1.15]
// The clients live in processes of their own and take turns, as in run.mjs; the proxy is a process beside the origin. Requests go one after
// another, so that each costs the client one turn of its event loop, whatever is between. The second figure, of many at once, is for
// comparison: what passes a proxy comes in smaller helpings, and a client that is woken more often pays more whatever it does; `relayed` is without a
// proxy, through a process that only passes bytes on, and shows how much. Code 1 when the median of the ratios of CPU time
// a request within each round is above the limit, or an answer was wrong.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { overheadOptions } from './lib/overhead.mjs';
import { forkServer, startClient, startOrigin } from './lib/processes.mjs';
import { median } from './lib/report.mjs';

/** The one to compare with comes first. */
const CLIENTS = [
  { label: 'direct', name: 'ours' },
  { label: 'relayed', name: 'ours', relayed: true },
  { label: 'tunnelled', name: 'ours-proxied' },
];
const WORKLOADS = [
  { title: 'GETs of 100 bytes over TLS, one after another', work: 'sequence', n: 500, judged: true },
  { title: '2,000 of them at once, 6 connections', work: 'many', n: 2000, judged: false },
];
const PATH = '/b/100';
const BYTES = 100;
const LIMIT = 120_000;
/** Milliseconds of CPU time, as in run.mjs. */
const WARM = 1200;
const SLICE = 300;
/** Connections that the client has at most; a tunnel is made once for each. */
const CONNECTIONS = 6;

if (process.argv[2] === 'proxy') serve(Number(process.argv[3]));
else await main();

// ---- the proxy

/** Listens for CONNECT, and for those who want to be led to `port` without a word. */
function serve(port) {
  let count = 0;
  const pass = (socket, to, greeting) => {
    const upstream = connect({ ...to, noDelay: true }, () => {
      socket.write(greeting);
      socket.pipe(upstream).pipe(socket);
    });
    upstream.on('error', () => socket.destroy());
  };
  const server = (said) =>
    createServer({ noDelay: true }, (socket) => {
      socket.on('error', () => {});
      said(socket);
    }).listen(0, '127.0.0.1');
  const relay = server((socket) => pass(socket, { host: '127.0.0.1', port }, ''));
  const proxy = server((socket) =>
    socket.once('data', (data) => {
      const target = /^CONNECT ([^\s:]+):(\d+) HTTP\/1\.1\r\n/.exec(data.toString('latin1'));
      if (target === null) return socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n');
      count++;
      pass(socket, { host: target[1], port: Number(target[2]) }, 'HTTP/1.1 200 Connection established\r\n\r\n');
    }),
  );
  const portOf = (one) => one.address().port;
  Promise.all([once(relay, 'listening'), once(proxy, 'listening')]).then(() =>
    process.send({ relay: portOf(relay), proxy: portOf(proxy) }),
  );
  process.on('message', () => process.send({ count }));
  process.on('disconnect', () => process.exit(0));
}

async function startProxy(port) {
  const child = forkServer(fileURLToPath(import.meta.url), ['proxy', String(port)]);
  const [ports] = await once(child, 'message');
  return {
    ...ports,
    async tunnels() {
      child.send('count');
      return (await once(child, 'message'))[0].count;
    },
    stop: () => child.disconnect(),
  };
}

// ---- the measurement

async function main() {
  const { rounds, limit } = overheadOptions();
  const origin = await startOrigin();
  const proxy = await startProxy(Number(new URL(origin.doors.tls).port));
  process.env.BENCH_PROXY = `http://127.0.0.1:${proxy.proxy}`;
  const running = [];
  try {
    for (const { label, name, relayed } of CLIENTS) {
      const url = relayed === true ? `https://127.0.0.1:${proxy.relay}${PATH}` : origin.doors.tls + PATH;
      running.push({ label, url, client: await open(name), samples: [] });
    }
    for (const workload of WORKLOADS) {
      await measure(running, workload, rounds);
      report(workload, running, limit);
    }
    const tunnels = await proxy.tunnels();
    // without one nothing would have been measured, with many more the connections were not kept
    if (tunnels < 1 || tunnels > CONNECTIONS) throw new Error(`${tunnels} tunnels were made; expected 1 to ${CONNECTIONS}`);
  } finally {
    for (const { client } of running) client.stop();
    proxy.stop();
    origin.stop();
  }
}

async function open(name) {
  const { client, hello } = await startClient({ name }, 'tls');
  if (hello.error !== undefined) throw new Error(`${name}: ${hello.error}`);
  return client;
}

/** Another one begins each round. */
async function measure(running, { work, n }, rounds) {
  for (const one of running) {
    one.samples = [];
    await one.client.ask({ work, url: one.url, n, slice: WARM }, LIMIT);
  }
  for (let round = 0; round < rounds; round++) {
    const from = round % running.length;
    for (const { label, url, samples, client } of [...running.slice(from), ...running.slice(0, from)]) {
      const sample = await client.ask({ work, url, n, slice: SLICE }, LIMIT);
      if (sample.error !== undefined) throw new Error(`${label}: ${sample.error}`);
      if (sample.ok !== sample.n || sample.bytes !== sample.n * BYTES) throw new Error(`${label}: wrong answers`);
      samples.push(sample.cpu / sample.n);
    }
  }
}

function report({ title, judged }, [direct, ...others], limit) {
  console.log(title);
  console.log(`  ${direct.label.padEnd(10)} ${median(direct.samples).toFixed(1).padStart(6)} us`);
  for (const { label, samples } of others) {
    const ratios = samples.map((cost, round) => cost / direct.samples[round]);
    const ratio = median(ratios);
    const about = `${ratio.toFixed(3)} (${Math.min(...ratios).toFixed(3)} to ${Math.max(...ratios).toFixed(3)})`;
    const counts = judged && label === 'tunnelled';
    const verdict = counts ? `, limit ${limit}: ${ratio <= limit ? 'ok' : 'TOO MUCH'}` : '';
    console.log(`  ${label.padEnd(10)} ${median(samples).toFixed(1).padStart(6)} us  ${about}${verdict}`);
    if (counts && ratio > limit) process.exitCode = 1;
  }
}
