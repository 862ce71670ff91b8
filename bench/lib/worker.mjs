// One client in one process: carries out what the runner says and reports what it cost.
import { inTurn } from './data.mjs';
import { startMeter } from './meter.mjs';

const { default: client } = await import(`../clients/${process.argv[2]}.mjs`);
const CONNECTIONS = 6;
await client.open({ connections: CONNECTIONS, door: process.argv[3] });

const works = {
  sequence: ({ url, n }) => (client.sequence === undefined ? inTurn(client.get, url, n) : client.sequence(url, n)),
  async many({ url, n }) {
    return { n, ...(await client.many(url, n, CONNECTIONS)) };
  },
  async download({ url }) {
    const r = await client.download(url);
    return { n: 1, ok: r.status === 200 ? 1 : 0, bytes: r.bytes, ...(r.cpu === undefined ? {} : r) };
  },
  async upload({ url, bytes }) {
    const r = await client.upload(url, bytes);
    return { n: 1, ok: r.status === 200 ? 1 : 0, bytes: r.bytes, ...(r.cpu === undefined ? {} : r) };
  },
};

/** Repeats the work until so much CPU time (in ms) is used or four times as long has passed, so that short work makes a long enough slice. */
async function repeat(work, task, slice) {
  const sum = { n: 0, ok: 0, bytes: 0 };
  const cpu = process.cpuUsage();
  const end = performance.now() + 4 * slice;
  const used = () => {
    const c = process.cpuUsage(cpu);
    return (c.user + c.system) / 1000;
  };
  do {
    const r = await works[work](task);
    for (const [field, value] of Object.entries(r)) if (typeof value === 'number') sum[field] = (sum[field] ?? 0) + value;
  } while (used() < slice && performance.now() < end);
  return sum;
}

process.on('message', async ({ work, slice = 0, ...task }) => {
  const stop = startMeter();
  try {
    const { n, ok, bytes, cpu } = await repeat(work, task, client.outside === true ? 0 : slice);
    const cost = stop();
    // A client that works in another process knows its CPU time itself; the memory of this one then says nothing.
    process.send({ n, ok, bytes, ...cost, ...(cpu === undefined ? {} : { cpu, growth: null }) });
  } catch (e) {
    process.send({ error: String(e?.stack ?? e).slice(0, 400) });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({
  ready: true,
  version: client.version,
  load: client.load,
  can: Object.keys(works).filter((w) => w === 'sequence' || client[w] !== undefined),
  outside: client.outside === true,
});
