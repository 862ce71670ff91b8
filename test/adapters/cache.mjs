// Door for the HTTP cache suite: fetch() over one manager with a cache. CACHE=memory (default), disk or shared.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QNetworkAccessManager, QNetworkDiskCache, QNetworkMemoryCache, QNetworkRequest, SharedCache } from '../../dist/index.js';

const { HttpStatusCodeAttribute, HttpReasonPhraseAttribute, CacheLoadControlAttribute, RedirectPolicyAttribute } =
  QNetworkRequest.Attribute;

/** A store of each kind, and how to get rid of it. */
const stores = {
  memory: () => ({ cache: new QNetworkMemoryCache(), remove() {} }),
  disk() {
    const folder = mkdtempSync(join(process.env.CACHE_TEST_TMP ?? tmpdir(), 'cache-'));
    const cache = new QNetworkDiskCache();
    cache.setCacheDirectory(folder);
    return { cache, remove: () => rmSync(folder, { recursive: true }) };
  },
  shared() {
    const url = process.env.REDIS ?? 'redis://127.0.0.1:6379';
    // the suite is about private caches
    const cache = new SharedCache({ url, partition: 'suite' });
    return { cache, remove: () => cache.close() };
  },
};

export async function createFetch() {
  const kind = process.env.CACHE ?? 'memory';
  const make = stores[kind];
  if (make === undefined) throw new Error(`CACHE=${kind}: known are ${Object.keys(stores).join(', ')}`);
  const { cache, remove } = make();
  const manager = new QNetworkAccessManager();
  manager.setCache(cache);
  const fetch = (url, init = {}) => answered(send(manager, url, init), init.signal);
  return {
    fetch,
    async close() {
      await manager.close();
      await remove();
    },
  };
}

function send(manager, url, { method = 'GET', headers = [], body, cache = 'default', redirect = 'follow', signal }) {
  const request = new QNetworkRequest(String(url));
  const values = new Map();
  for (const [name, value] of headers) {
    const known = values.get(name.toLowerCase());
    values.set(name.toLowerCase(), [name, known === undefined ? value : `${known[1]}, ${value}`]);
  }
  for (const [name, value] of values.values()) request.setRawHeader(name, Buffer.from(value, 'latin1'));
  if (redirect === 'manual') request.setAttribute(RedirectPolicyAttribute, QNetworkRequest.RedirectPolicy.ManualRedirectPolicy);
  // PreferNetwork, but that what is stale is served where the origin cannot be reached (RFC 9111 4.2.4)
  if (cache === 'default') request.setAttribute(CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
  const options = cache === 'default' ? { signal } : { cache, signal };
  if (method === 'GET' && body == null) return manager.get(request, options);
  if (method === 'HEAD') return manager.head(request, options);
  return manager.sendCustomRequest(request, method, body ?? null, options);
}

/** An answer of any status is one; a Response would take none beyond 599. */
function answered(reply, signal) {
  return new Promise((resolve, reject) => {
    reply.finished.connect(() => {
      const status = reply.attribute(HttpStatusCodeAttribute);
      const failure = reply.failure();
      if (failure === null || failure.kind === 'status') return resolve(response(status, reply));
      if (signal?.aborted) reject(signal.reason);
      // A client says what happened; a cache that may not use what it has, for nobody can be asked, says 504 (RFC 9111 5.2.2.2).
      else if (failure.kind === 'closed' && status === null) resolve(response(504, null));
      else reject(new TypeError(`${failure.kind}: ${failure.message}`));
    });
  });
}

function response(status, reply) {
  const headers = new Headers();
  for (const [name, value] of reply?.rawHeaderPairs() ?? []) headers.append(name.toString('latin1'), value.toString('latin1'));
  const bytes = reply?.isOpen() ? reply.readAll() : Buffer.alloc(0);
  return {
    status,
    statusText: reply?.attribute(HttpReasonPhraseAttribute) ?? '',
    ok: status >= 200 && status < 300,
    headers,
    text: async () => bytes.toString('utf8'),
    arrayBuffer: async () => bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  };
}
