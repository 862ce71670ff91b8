// The lowest door of undici: no promise, no stream object of its own.
import { Agent } from 'undici';
import { allAtOnce, source, versionOf } from '../lib/data.mjs';

let agent;

function go(url, keep, more) {
  return new Promise((resolve, reject) => {
    const { origin, pathname } = new URL(url);
    const chunks = [];
    let status = 0;
    let bytes = 0;
    agent.dispatch(
      { origin, path: pathname, method: 'GET', ...more },
      {
        onRequestStart() {},
        onResponseStart(_controller, code) {
          status = code;
        },
        onResponseData(_controller, chunk) {
          bytes += chunk.length;
          if (keep) chunks.push(chunk);
        },
        onResponseEnd() {
          resolve({ status, bytes, body: keep ? (chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)) : null });
        },
        onResponseError(_controller, error) {
          reject(error);
        },
      },
    );
  });
}
const get = (url) => go(url, true);

export default {
  version: versionOf('undici'),
  load: "import('undici')",
  open({ connections, door }) {
    // one connection for all is the point of HTTP/2
    const over2 = { allowH2: true, connections: 1, pipelining: 100 };
    agent = new Agent({ connections, keepAliveTimeout: 600_000, ...(door === 'http2' && over2) });
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  download: (url) => go(url, false),
  async upload(url, bytes) {
    const r = await go(url, true, { method: 'PUT', body: source(bytes), headers: { 'content-length': String(bytes) } });
    return { status: r.status, bytes: Number(r.body) };
  },
  close: () => agent.close(),
};
