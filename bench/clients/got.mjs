import http from 'node:http';
import { got } from 'got';
import { allAtOnce, count, source, versionOf } from '../lib/data.mjs';

let client;

async function get(url) {
  const r = await client.get(url, { responseType: 'buffer' });
  return { status: r.statusCode, bytes: r.rawBody.length };
}

export default {
  version: versionOf('got'),
  load: "import('got')",
  open({ connections }) {
    client = got.extend({
      agent: { http: new http.Agent({ keepAlive: true, maxSockets: connections, scheduling: 'lifo' }) },
      retry: { limit: 0 },
    });
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  async download(url) {
    const stream = client.stream(url);
    let status = 0;
    stream.on('response', (r) => {
      status = r.statusCode;
    });
    const bytes = await count(stream);
    return { status, bytes };
  },
  async upload(url, bytes) {
    const r = await client.put(url, { body: source(bytes), headers: { 'content-length': String(bytes) } });
    return { status: r.statusCode, bytes: Number(r.body) };
  },
  close() {},
};
