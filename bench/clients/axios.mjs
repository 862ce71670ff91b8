import http from 'node:http';
import axios from 'axios';
import { allAtOnce, count, source, versionOf } from '../lib/data.mjs';

let client;

async function get(url) {
  const r = await client.get(url, { responseType: 'arraybuffer' });
  return { status: r.status, bytes: r.data.length };
}

export default {
  version: versionOf('axios'),
  load: "import('axios')",
  open({ connections }) {
    const httpAgent = new http.Agent({ keepAlive: true, maxSockets: connections, scheduling: 'lifo' });
    client = axios.create({ httpAgent, proxy: false, maxBodyLength: Number.POSITIVE_INFINITY, maxRedirects: 0 });
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  async download(url) {
    const r = await client.get(url, { responseType: 'stream' });
    return { status: r.status, bytes: await count(r.data) };
  },
  async upload(url, bytes) {
    const r = await client.put(url, source(bytes), {
      headers: { 'content-length': String(bytes), 'content-type': 'application/octet-stream' },
    });
    return { status: r.status, bytes: Number(r.data) };
  },
  close() {},
};
