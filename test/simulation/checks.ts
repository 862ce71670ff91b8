import { type QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import type { TestNetwork } from '../../src/testing/network/network.ts';
import { bodyOf, differenceOf } from './body.ts';
import type { Books, Served } from './books.ts';
import type { Play } from './play.ts';
import type { Seen } from './seen.ts';
import type { Watched } from './watched.ts';

/** How a reply ended, and that it did once. */
export function checkReply(books: Books, watched: Watched): void {
  const { told, reply } = watched;
  const count = (what: string): number => told.filter((one) => one === what).length;
  const [finished, destroyed, errors] = [count('finished'), count('destroyed'), count('error')];
  if (finished > 1 || destroyed > 1 || errors > 1)
    books.violated('ends', `${watched.name}: ended by ${told.slice(-6).join(', ')}`);
  if (finished === 0 && destroyed === 0)
    return books.violated('hang', `${watched.name}: never ended; last it was ${told.at(-1) ?? 'not told of anything'}`);
  if (finished === 1 && count('manager') !== 1)
    books.violated('ends', `${watched.name}: the manager has told of its end ${count('manager')} times`);
  if (watched.promised && watched.settled === null)
    books.violated('ends', `${watched.name}: its promise is not settled, and it was told ${told.slice(-4).join(', ')}`);
  if (destroyed === 1 && finished === 0) return;
  checkOrder(books, watched);
  if (destroyed === 0) checkBody(books, watched, reply.error() === QNetworkReply.NoError || reply.failure()?.kind === 'status');
}

function checkOrder(books: Books, { told, name, reply }: Watched): void {
  const before = (what: string, first: string): boolean => {
    const at = told.indexOf(what as never);
    const then = told.indexOf(first as never);
    return at >= 0 && (then < 0 || then > at);
  };
  const wrong: string[] = [];
  if (before('read', 'meta')) wrong.push('readyRead before metaDataChanged');
  if (before('finished', 'manager')) wrong.push("the reply's finished before the manager's");
  if (before('finished', 'channel') && !told.includes('closing')) wrong.push('finished without readChannelFinished');
  const error = told.indexOf('error');
  if (error >= 0 && ['read', 'meta', 'sent', 'dialing'].some((one) => told.indexOf(one as never, error) >= 0))
    wrong.push('something else after errorOccurred');
  if ((reply.error() !== QNetworkReply.NoError) !== error >= 0)
    wrong.push(`error() is ${reply.error()}, and errorOccurred was ${error < 0 ? 'not ' : ''}told`);
  if (wrong.length > 0) books.violated('order', `${name}: ${wrong.join('; ')}: ${told.join(', ')}`);
}

function checkBody(books: Books, watched: Watched, complete: boolean): void {
  const { reply, plan, body, name } = watched;
  const serial = Number(reply.rawHeader('X-Serial').toString() || -1);
  const served = books.served.get(serial);
  if (served === undefined) {
    if (serial >= 0) books.violated('bodies', `${name}: an answer that nobody gave: X-Serial ${serial}`);
    return;
  }
  const stored = reply.attribute(QNetworkRequest.SourceIsFromCacheAttribute) === true;
  checkOwner(books, watched, served, stored);
  if (books.unread.has(serial)) books.violated('bodies', `${name}: a head that is none was taken for one`);
  const wanted = wantedOf(watched, served);
  const difference = differenceOf(body, wanted);
  if (difference !== '')
    return books.violated('bodies', `${name}: answer ${serial}${stored ? ', out of the cache,' : ''} ${difference}`);
  const open = served.plan?.framing === 'close';
  const whole = body.length === wanted.length;
  const read = plan.reading !== 'iterate' && plan.reading !== 'web' && plan.reading !== 'promise';
  if (complete && !whole && !open && !watched.ended && (read || watched.settled === 'resolved'))
    books.violated(
      'complete',
      `${name}: a success with ${body.length} of ${wanted.length} bytes of answer ${serial}${stored ? ', out of the cache' : ''}`,
    );
  if (reply.error() !== QNetworkReply.NoError && plan.reading === 'promise' && watched.settled === 'resolved')
    books.violated('complete', `${name}: its promise was kept, and it has failed: ${reply.errorString()}`);
}

function checkOwner(books: Books, { plan, name, reply }: Watched, served: Served, stored: boolean): void {
  const shared = plan.cached !== null && served.etag !== '' && served.path === `/page/${plan.cached.page}`;
  if (served.id !== plan.id && !shared) books.violated('bodies', `${name}: has the answer to request ${served.id}`);
  // where a redirect leads to is the URL before an answer comes from there
  if (served.plan?.kind !== 'redirect' && served.site.host !== reply.url().host())
    books.violated('bodies', `${name}: an answer of ${served.site.url} for ${reply.url()}`);
  if (stored && served.etag === '') books.violated('cache', `${name}: what must not be stored came out of the cache`);
  if (served.etag !== '' && reply.rawHeader('ETag').toString() !== served.etag)
    books.violated('cache', `${name}: answer ${served.serial} has the validator ${reply.rawHeader('ETag')}`);
}

/** All of the body that this answer has for this request. */
function wantedOf({ plan, reply }: Watched, { serial, size, status }: Served): Buffer {
  const code = reply.status();
  if (plan.method === 'HEAD' || code === 204 || code === 304 || status === 204) return Buffer.alloc(0);
  const all = bodyOf(`s${serial}`, size);
  const part = /^bytes (\d+)-(\d+)\/\d+$/.exec(reply.rawHeader('Content-Range').toString());
  return code === 206 && part !== null ? all.subarray(Number(part[1]), Number(part[2]) + 1) : all;
}

/** Nothing is left when all connections have had their time. */
export function checkLeft(books: Books, seen: Seen, { clock }: TestNetwork, manager: QNetworkAccessManager): void {
  const left = { connections: seen.open, timers: clock.running, 'connections in its books': manager.connectionCount() };
  const some = Object.entries(left).filter(([, count]) => count > 0);
  if (some.length > 0) books.violated('nothing left', some.map(([what, count]) => `${what}: ${count}`).join(', '));
}

/** Connections to one address at a time (Qt's, and that of browsers). */
const MOST_CONNECTIONS = 6;

/** Through a proxy each origin has its own. */
export function checkLimits(books: Books, most: ReadonlyMap<string, number>, http2: number): void {
  // those that speak HTTP/1.1 alone have connections of their own
  const limit = http2 < 1 ? 2 * MOST_CONNECTIONS : MOST_CONNECTIONS;
  for (const [where, count] of most)
    if (count > limit && !/port (3128|1080)$/.test(where))
      books.violated('limits', `${count} connections to ${where} stood at once`);
}

export function checkListeners(books: Books, plays: readonly Play[], count: (signal: AbortSignal) => number): void {
  for (const { controller, watched } of plays)
    if (controller !== null && watched !== null && count(controller.signal) > 0)
      books.violated('nothing left', `${watched.name}: its AbortSignal still has ${count(controller.signal)} listeners`);
}

/** Strict transport security is known of those that have said so over good TLS, and of nobody else. */
export function checkKnown(books: Books, manager: QNetworkAccessManager): void {
  const said = new Set(
    [...books.served.values()]
      .filter(({ site, plan }) => site.scheme === 'https' && site.good && plan?.hsts === true)
      .map(({ site }) => site.host),
  );
  for (const policy of manager.strictTransportSecurityHosts())
    if (!said.has(policy.host()))
      books.violated('hsts', `${policy.host()} is known to want TLS, and has never said so over good TLS`);
}
