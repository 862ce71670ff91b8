import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type QNetworkAccessManager, type QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { Pipe } from '../support/pipe.ts';
import type { Origin } from '../support/server.ts';
import { caFile } from '../support/tls.ts';

const { Attribute, RedirectPolicy } = QNetworkRequest;

export const SLOT_ROUTES = {
  '/hello': { body: 'hello world' },
  '/pieces': { body: 'aabbcc', chunks: [2, 2], pause: 2, framing: 'chunked' },
  '/long': { body: 'x'.repeat(1000), chunks: [500], pause: 110 },
  '/404': { status: 404, body: 'nope' },
  '/gzip': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('a'.repeat(5000)) },
  '/bad-gzip': { headers: { 'Content-Encoding': 'gzip' }, body: 'no gzip at all' },
  '/cut': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'close' },
  '/twice': { fault: 'close before head' },
  '/found': { status: 302, headers: { Location: '/pieces' }, body: 'elsewhere' },
  '/loop': { status: 302, headers: { Location: '/loop' }, body: 'elsewhere' },
  '/never': { fault: 'stall before head' },
} as const satisfies Origin['routes'];

/** A kind of transfer: all that it says is heard, and something is done in every one of its slots. */
export interface Kind {
  readonly title: string;
  readonly tls?: true;
  readonly start: (manager: QNetworkAccessManager, at: (path: string) => string, folder: string) => QNetworkReply;
  /** What the program does while it runs, in slots that come behind those that listen. */
  readonly meanwhile?: (reply: QNetworkReply) => void;
}

/** A request with attributes or other wishes. */
function wish(url: string, wishes: (request: QNetworkRequest) => void): QNetworkRequest {
  const request = new QNetworkRequest(url);
  wishes(request);
  return request;
}

export const KINDS: readonly Kind[] = [
  { title: 'GET in pieces', start: (m, at) => m.get(at('/pieces')) },
  { title: 'GET that takes longer than a beat of progress', start: (m, at) => m.get(at('/long')) },
  { title: 'GET over TLS', tls: true, start: (m, at) => m.get(at('/hello')) },
  { title: 'PUT answered 404', start: (m, at) => m.put(at('/404'), Buffer.alloc(200_000, 'u')) },
  {
    title: 'POST from a device that is collected',
    start(m, at) {
      const device = new Pipe('abc');
      const reply = m.post(at('/hello'), device);
      setImmediate(() => device.close());
      return reply;
    },
  },
  { title: 'GET decoded', start: (m, at) => m.get(at('/gzip')) },
  { title: 'GET that cannot be decoded', start: (m, at) => m.get(at('/bad-gzip')) },
  { title: 'GET cut off', start: (m, at) => m.get(at('/cut')) },
  { title: 'PUT sent again and lost again', start: (m, at) => m.put(at('/twice'), 'abc') },
  { title: 'GET redirected', start: (m, at) => m.get(at('/found')) },
  {
    title: 'GET redirected when it is allowed',
    start(m, at) {
      const request = wish(at('/found'), (r) =>
        r.setAttribute(Attribute.RedirectPolicyAttribute, RedirectPolicy.UserVerifiedRedirectPolicy),
      );
      return m.get(request);
    },
    meanwhile: (reply) => reply.redirected.connect(() => setImmediate(() => reply.redirectAllowed.emit())),
  },
  {
    title: 'GET redirected too often',
    start: (m, at) => m.get(wish(at('/loop'), (r) => r.setMaximumRedirectsAllowed(1))),
  },
  { title: 'GET refused', start: (m) => m.get('http://127.0.0.1:1/') },
  { title: 'GET of no host', start: (m) => m.get('http://nobody.invalid/') },
  // this limit counts from when the request is sent, so that all before it is said on a slow machine too
  { title: 'GET out of time', start: (m, at) => m.get(at('/never'), { timeout: { firstByte: 20 } }) },
  {
    title: 'GET read slowly',
    start(m, at) {
      const reply = m.get(at('/pieces'));
      reply.setReadBufferSize(1);
      return reply;
    },
    meanwhile: (reply) => reply.readyRead.connect(() => reply.read(1)),
  },
  {
    title: 'PUT aborted',
    start: (m, at) => m.put(at('/pieces'), 'abc'),
    meanwhile: (reply) => reply.metaDataChanged.connect(() => reply.abort()),
  },
  { title: 'a scheme that nobody knows', start: (m) => m.get('gopher://127.0.0.1/') },
  { title: 'data:', start: (m) => m.get('data:,hello') },
  { title: 'file:', start: (m) => m.get(pathToFileURL(caFile).href) },
  { title: 'no such file:', start: (m) => m.get(`${pathToFileURL(caFile).href}.not`) },
  { title: 'PUT to file:', start: (m, _at, folder) => m.put(pathToFileURL(join(folder, 'made')).href, Buffer.alloc(200_000)) },
];

/** A folder that `using` takes away again. */
export function scratch(): { path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'qnetwork-slot-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
