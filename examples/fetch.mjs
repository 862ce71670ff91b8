// fetch on the engine of qnetwork, by itself and under three libraries that take one.
import { request } from '@octokit/request';
import ky from 'ky';
import createClient from 'openapi-fetch';
import { QNetworkAccessManager, QNetworkMemoryCache } from 'qnetwork';
import { createFetch } from 'qnetwork/fetch';
import { startOrigin } from './demo/origin.mjs';

const origin = await startOrigin();

// with a manager its connections, cache, cookies and proxies are shared
const manager = new QNetworkAccessManager();
manager.setCache(new QNetworkMemoryCache());
const fetch = createFetch(manager);

const reply = await fetch(`${origin.url}/news.json`);
console.log(`fetch: ${reply.status}, ${(await reply.json()).length} news`);

let bytes = 0;
for await (const piece of (await fetch(`${origin.url}/photo.raw`)).body) bytes += piece.length;
console.log(`streamed: ${bytes} bytes`);

const api = ky.create({ fetch, prefixUrl: origin.url });
console.log(`ky: hello ${(await api.post('echo', { json: { hello: 'ky' } }).json()).hello}`);

const client = createClient({ baseUrl: origin.url, fetch });
const { data } = await client.POST('/echo', { body: { hello: 'openapi-fetch' } });
console.log(`openapi-fetch: hello ${data.hello}`);

const octokit = request.defaults({ baseUrl: origin.url, request: { fetch } });
console.log(`octokit: hello ${(await octokit('POST /echo', { hello: 'octokit' })).data.hello}`);

try {
  await fetch('http://127.0.0.1:2/');
} catch (error) {
  console.log(`${error.message}: ${error.cause.message}`);
}

console.log(`${manager.connectionCount()} connection`);
await manager.close();
await origin.close();
