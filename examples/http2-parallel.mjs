// HTTP/2: a hundred requests beside each other over one connection, the urgent one first. A server that cannot speak it gets HTTP/1.1.
import { QNetworkAccessManager, QNetworkRequest } from 'qnetwork';
import { certificate, startSecure } from './servers/secure.mjs';

const server = await startSecure();
// the authority of this server is nobody's but the examples'
const manager = new QNetworkAccessManager({ extraCaCertificates: certificate('authority') });

const tiles = Array.from({ length: 99 }, (_, i) => manager.get(`${server.url}/tile?${i}`, { priority: 'low' }));
const map = manager.get(`${server.url}/`, { priority: 'high' });
console.log((await map.text()).trim());
const bodies = await Promise.all(tiles.map((tile) => tile.text()));

console.log(`HTTP/2 was used: ${map.attribute(QNetworkRequest.Http2WasUsedAttribute)}`);
console.log(`${bodies.length} tiles, the last one is ${bodies.at(-1).trim()}`);
console.log(`${server.counts.connections} connection, ${server.counts.requests} requests, up to ${server.counts.most} at a time`);

// The same without: six connections, and the others wait in line.
await manager.close();
const before = server.counts.connections;
const request = new QNetworkRequest(`${server.url}/tile?alone`);
request.setAttribute(QNetworkRequest.Http2AllowedAttribute, false);
const plain = await Promise.all(Array.from({ length: 12 }, () => manager.get(request).text()));
console.log(`HTTP/1.1: ${plain.length} requests over ${server.counts.connections - before} connections`);

await manager.close();
await server.close();
