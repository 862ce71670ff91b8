import { Agent, request } from 'undici';
import { allAtOnce, count, source, versionOf } from '../lib/data.mjs';

let dispatcher;

async function get(url) {
  const r = await request(url, { dispatcher });
  return { status: r.statusCode, bytes: (await r.body.arrayBuffer()).byteLength };
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
    const r = await request(url, { dispatcher });
    return { status: r.statusCode, bytes: await count(r.body) };
  },
  async upload(url, bytes) {
    const r = await request(url, {
      dispatcher,
      method: 'PUT',
      body: source(bytes),
      headers: { 'content-length': String(bytes) },
    });
    return { status: r.statusCode, bytes: Number(await r.body.text()) };
  },
  close: () => dispatcher.close(),
};
