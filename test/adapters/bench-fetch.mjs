// Door for the shared benchmark over fetch: OURS=<this file>, beside the clients undici-fetch and global-fetch.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createFetch } from '../../dist/fetch.js';
import { QNetworkAccessManager, QSslCertificate, QSslConfiguration } from '../../dist/index.js';

const target = new URL('../../dist/fetch.js', import.meta.url).href;
const { version } = JSON.parse(readFileSync(fileURLToPath(new URL('../../package.json', import.meta.url)), 'utf8'));
const block = new Uint8Array(65_536).fill(120);

let manager;
let fetch;

async function get(url) {
  const reply = await fetch(url);
  return { status: reply.status, bytes: (await reply.arrayBuffer()).byteLength };
}

/** A stream of so many bytes that are made when they are asked for. */
function source(bytes) {
  let left = bytes;
  const pull = (controller) => {
    if (left <= 0) return controller.close();
    const n = Math.min(left, block.length);
    left -= n;
    controller.enqueue(n === block.length ? block : block.subarray(0, n));
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

async function count(stream) {
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  return bytes;
}

export const benchAdapter = {
  name: 'ours-fetch',
  version,
  features: ['http', 'tls', 'h2', 'download', 'upload'],
  boot: (url) =>
    `const q=await import(${JSON.stringify(target)});await mark();await (await q.createFetch()(${url})).arrayBuffer()`,

  async setup({ ca }) {
    if (ca) {
      const configuration = QSslConfiguration.defaultConfiguration();
      configuration.setCaCertificates(QSslCertificate.fromPath(ca));
      QSslConfiguration.setDefaultConfiguration(configuration);
    }
    manager = new QNetworkAccessManager();
    manager.setCookieJar(null);
    fetch = createFetch(manager);
  },

  get,

  async getMany(urls) {
    const replies = await Promise.all(urls.map(get));
    return {
      ok: replies.filter(({ status }) => status === 200).length,
      bytes: replies.reduce((sum, reply) => sum + reply.bytes, 0),
    };
  },

  async download(url) {
    const reply = await fetch(url);
    return { status: reply.status, bytes: await count(reply.body) };
  },

  async upload(url, bytes) {
    const reply = await fetch(url, { method: 'PUT', body: source(bytes), duplex: 'half' });
    return { status: reply.status, bytes: Number(await reply.text()) };
  },

  close() {
    manager.deleteLater();
  },
};
