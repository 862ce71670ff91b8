// One client in one process: carries out what the runner says and reports what it cost.
import { startMeter } from './meter.mjs';

const { default: client } = await import(`../clients/${process.argv[2]}.mjs`);
const CONNECTIONS = 6;
await client.open({ connections: CONNECTIONS });

const works = {
  async sequence({ url, n }) {
    if (client.sequence !== undefined) return client.sequence(url, n);
    const tally = { n, ok: 0, bytes: 0 };
    for (let i = 0; i < n; i++) {
      const r = await client.get(url);
      tally.bytes += r.bytes;
      if (r.status === 200) tally.ok++;
    }
    return tally;
  },
  async many({ url, n }) {
    return { n, ...(await client.many(url, n, CONNECTIONS)) };
  },
  async download({ url }) {
    const r = await client.download(url);
    return { n: 1, ok: r.status === 200 ? 1 : 0, ...r };
  },
  async upload({ url, bytes }) {
    const r = await client.upload(url, bytes);
    return { n: 1, ok: r.status === 200 ? 1 : 0, ...r };
  },
};

process.on('message', async ({ work, ...rest }) => {
  const stop = startMeter();
  try {
    const { n, ok, bytes, cpu } = await works[work](rest);
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
