import { expect } from 'vitest';
import type { QNetworkReply, QRestAccessManager, QRestReply } from '../../src/index.ts';
import { over, type Package, scene } from './support.ts';
import type { MemberTests } from './types.ts';

type Done = (reply: QRestReply) => void;

/** Sends with and without a callback; looks at what the server got, and at whom the callback was told of. */
const sends = (
  q: Package,
  expected: [method: string, type: string | undefined, body: string],
  send: (rest: QRestAccessManager, url: string, done?: Done) => QNetworkReply,
): Promise<void> =>
  scene(q, async ({ manager, origin }) => {
    const rest = new q.QRestAccessManager(manager);
    const told: unknown[] = [];
    const first = send(rest, origin.url());
    const second = send(rest, origin.url(), (reply) => told.push(reply.networkReply(), reply.httpStatus()));
    expect(first.manager()).toBe(manager);
    await over(first);
    await over(second);
    expect(told).toEqual([second, 200]);
    const all = origin.requests.map((request) => [request.method, request.header('content-type'), request.body.toString()]);
    expect(all).toEqual([expected, expected]);
  });

const JSON_TYPE = 'application/json';

export const qrestaccessmanager: MemberTests = {
  'QRestAccessManager.constructor': (q) => {
    const manager = new q.QNetworkAccessManager();
    const parent = new q.QObject();
    const rest = new q.QRestAccessManager(manager, parent);
    expect([rest.networkAccessManager(), rest.parent()]).toEqual([manager, parent]);
  },
  'QRestAccessManager.networkAccessManager': (q) => {
    const manager = new q.QNetworkAccessManager();
    expect(new q.QRestAccessManager(manager).networkAccessManager()).toBe(manager);
    expect(new q.QRestAccessManager(null).networkAccessManager()).toBeNull();
  },
  'QRestAccessManager.get': (q) =>
    sends(q, ['GET', undefined, ''], (rest, url, done) => (done === undefined ? rest.get(url) : rest.get(url, null, done))),
  'QRestAccessManager.head': (q) =>
    sends(q, ['HEAD', undefined, ''], (rest, url, done) => (done === undefined ? rest.head(url) : rest.head(url, null, done))),
  'QRestAccessManager.deleteResource': (q) =>
    sends(q, ['DELETE', undefined, ''], (rest, url, done) =>
      done === undefined ? rest.deleteResource(url) : rest.deleteResource(url, null, done),
    ),
  'QRestAccessManager.post': (q) =>
    sends(q, ['POST', JSON_TYPE, '{"a":1}'], (rest, url, done) =>
      done === undefined ? rest.post(url, { a: 1 }) : rest.post(url, new Map([['a', 1]]), null, done),
    ),
  'QRestAccessManager.put': (q) =>
    sends(q, ['PUT', JSON_TYPE, '[1]'], (rest, url, done) =>
      done === undefined ? rest.put(url, [1]) : rest.put(url, q.QJsonDocument.fromVariant([1]), null, done),
    ),
  'QRestAccessManager.patch': (q) =>
    sends(q, ['PATCH', undefined, 'text'], (rest, url, done) =>
      done === undefined ? rest.patch(url, 'text') : rest.patch(url, Buffer.from('text'), null, done),
    ),
  'QRestAccessManager.sendCustomRequest': (q) =>
    sends(q, ['REPORT', JSON_TYPE, '{"a":1}'], (rest, url, done) =>
      done === undefined
        ? rest.sendCustomRequest(url, 'REPORT', { a: 1 })
        : rest.sendCustomRequest(url, Buffer.from('REPORT'), { a: 1 }, null, done),
    ),
};
