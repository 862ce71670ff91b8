import { Agent, fetch } from 'undici';
import { allAtOnce, count, versionOf, webSource } from '../lib/data.mjs';

let dispatcher;

async function get(url) {
  const r = await fetch(url, { dispatcher });
  return { status: r.status, bytes: (await r.arrayBuffer()).byteLength };
}

export default {
  version: versionOf('undici'),
  load: "import('undici')",
  open({ connections }) {
    dispatcher = new Agent({ connections, keepAliveTimeout: 600_000 });
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  async download(url) {
    const r = await fetch(url, { dispatcher });
    return { status: r.status, bytes: await count(r.body) };
  },
  async upload(url, bytes) {
    const r = await fetch(url, { dispatcher, method: 'PUT', body: webSource(bytes), duplex: 'half' });
    return { status: r.status, bytes: Number(await r.text()) };
  },
  close: () => dispatcher.close(),
};
