// The fetch that Node brings along. It has no limit on connections that a program could set without undici.
import { count, limited, webSource } from '../lib/data.mjs';

async function get(url) {
  const r = await fetch(url);
  return { status: r.status, bytes: (await r.arrayBuffer()).byteLength };
}

export default {
  version: `undici ${process.versions.undici}`,
  load: 'Promise.resolve(fetch)',
  open() {},
  get,
  many: (url, n, connections) => limited(get, url, n, connections),
  async download(url) {
    const r = await fetch(url);
    return { status: r.status, bytes: await count(r.body) };
  },
  async upload(url, bytes) {
    const r = await fetch(url, { method: 'PUT', body: webSource(bytes), duplex: 'half' });
    return { status: r.status, bytes: Number(await r.text()) };
  },
  close() {},
};
