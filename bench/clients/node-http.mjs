import http from 'node:http';
import { allAtOnce, count, source } from '../lib/data.mjs';

let agent;

const go = (url, options, body) =>
  new Promise((resolve, reject) => {
    const request = http.request(url, { agent, ...options }, resolve);
    request.on('error', reject);
    if (body === undefined) request.end();
    else body.pipe(request);
  });

function get(url) {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent }, (response) => {
        const chunks = [];
        response.on('data', (c) => chunks.push(c));
        response.on('end', () => resolve({ status: response.statusCode, bytes: Buffer.concat(chunks).length }));
      })
      .on('error', reject);
  });
}

export default {
  version: process.version,
  load: "import('node:http')",
  open({ connections }) {
    agent = new http.Agent({ keepAlive: true, maxSockets: connections, scheduling: 'lifo' });
  },
  get,
  many: (url, n) => allAtOnce(get, url, n),
  async download(url) {
    const r = await go(url, {});
    return { status: r.statusCode, bytes: await count(r) };
  },
  async upload(url, bytes) {
    const r = await go(url, { method: 'PUT', headers: { 'content-length': String(bytes) } }, source(bytes));
    let text = '';
    for await (const c of r) text += c;
    return { status: r.statusCode, bytes: Number(text) };
  },
  close: () => agent.destroy(),
};
