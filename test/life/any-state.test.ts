import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { once, until, within } from '../support/once.ts';
import { Pipe } from '../support/pipe.ts';
import { type Served, serve } from '../support/server.ts';

const { Attribute, RedirectPolicy } = QNetworkRequest;

let server: Served;
/** Accepts connections and says nothing. */
let silent: Served;
beforeAll(async () => {
  server = await serve({
    routes: {
      '/hello': { body: 'hello world' },
      '/404': { status: 404, body: 'nope' },
      '/never': { fault: 'stall before head' },
      '/stall': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'hang' },
      '/big': { body: Buffer.alloc(3_000_000) },
      '/found': { status: 302, headers: { Location: '/hello' }, body: 'elsewhere' },
    },
  });
  silent = await serve({ connect: 'hang' });
});
afterAll(() => Promise.all([server.close(), silent.close()]));

const { OperationCanceledError: CANCELED } = QNetworkReply;
type Where = (m: QNetworkAccessManager) => Promise<QNetworkReply> | QNetworkReply;

/** A request with a body that is streamed: three bytes of ten come. */
function upload(): QNetworkRequest {
  const request = new QNetworkRequest(server.url('/hello'));
  request.setAttribute(Attribute.DoNotBufferUploadDataAttribute, true);
  request.setHeader(QNetworkRequest.ContentLengthHeader, 10);
  return request;
}

/** The milestones a reply has passed. */
function passed(reply: QNetworkReply): string[] {
  const timings = reply.timings();
  if (timings === null) return [];
  return (['resolveStart', 'connectStart', 'tlsStart', 'connected', 'sent', 'headReceived', 'ended'] as const).filter(
    (mark) => timings[mark] >= 0,
  );
}

const started = () => new Promise<void>((next) => process.nextTick(next));

/** A reply that runs, how it came there, and what shows that it did. */
const RUNNING: readonly [state: string, reach: Where, passed: readonly string[]][] = [
  ['not started', (m) => m.get(server.url('/hello')), []],
  ['collecting its body', (m) => m.post(server.url('/hello'), new Pipe('abc')), []],
  [
    'resolving',
    async (m) => {
      const reply = m.get(`http://localhost:${server.port}/hello`);
      await started();
      return reply;
    },
    ['resolveStart'],
  ],
  [
    'connecting',
    async (m) => {
      const reply = m.get(server.url('/hello'));
      await started();
      return reply;
    },
    ['resolveStart', 'connectStart'],
  ],
  [
    'in its TLS handshake',
    async (m) => {
      const accepted = silent.accepted;
      const reply = m.get(silent.url('/').replace('http:', 'https:'));
      await until(() => silent.accepted > accepted && reply.timings()!.tlsStart >= 0, 'the handshake');
      return reply;
    },
    ['resolveStart', 'connectStart', 'tlsStart'],
  ],
  [
    'in line for a connection',
    async (m) => {
      const asked = server.requests.length;
      for (let i = 0; i < 6; i++) m.get(server.url('/never'));
      await server.whenRequests(asked + 6);
      const reply = m.get(server.url('/hello'));
      await started();
      return reply;
    },
    [],
  ],
  [
    'sending its body',
    async (m) => {
      const reply = m.put(upload(), new Pipe('abc'));
      await once(reply.uploadProgress);
      return reply;
    },
    // what is sent is the head
    ['resolveStart', 'connectStart', 'connected', 'sent'],
  ],
  [
    'waiting for the answer',
    async (m) => {
      const asked = server.requests.length;
      const reply = m.get(server.url('/never'));
      await server.whenRequests(asked + 1);
      return reply;
    },
    ['resolveStart', 'connectStart', 'connected', 'sent'],
  ],
  [
    'waiting for leave to follow a redirect',
    async (m) => {
      const request = new QNetworkRequest(server.url('/found'));
      request.setAttribute(Attribute.RedirectPolicyAttribute, RedirectPolicy.UserVerifiedRedirectPolicy);
      const reply = m.get(request);
      await once(reply.redirected);
      await turns();
      return reply;
    },
    // the trip that has not begun has none
    [],
  ],
  [
    'receiving',
    async (m) => {
      const reply = m.get(server.url('/stall'));
      await once(reply.readyRead);
      return reply;
    },
    ['resolveStart', 'connectStart', 'connected', 'sent', 'headReceived'],
  ],
  [
    'waiting for its reader',
    async (m) => {
      const reply = m.get(server.url('/big'));
      reply.setReadBufferSize(1);
      await once(reply.readyRead);
      await turns();
      return reply;
    },
    ['resolveStart', 'connectStart', 'connected', 'sent', 'headReceived'],
  ],
  [
    'waiting for its reader with all that came',
    async (m) => {
      const reply = m.get(server.url('/hello'));
      reply.setReadBufferSize(1);
      await until(() => reply.timings()!.ended >= 0, 'the end of the answer');
      return reply;
    },
    ['resolveStart', 'connectStart', 'connected', 'sent', 'headReceived', 'ended'],
  ],
];

/** A reply that is over. */
const OVER: readonly [state: string, reach: Where][] = [
  ['finished', (m) => m.get(server.url('/hello')).whenFinished()],
  ['failed', (m) => m.get(server.url('/404')).whenFinished()],
  [
    'aborted',
    (m) => {
      const reply = m.get(server.url('/hello'));
      reply.abort();
      return reply;
    },
  ],
  [
    'destroyed while it ran',
    async (m) => {
      const reply = m.get(server.url('/never'));
      reply.deleteLater();
      await once(reply.destroyed);
      return reply;
    },
  ],
  [
    'destroyed with its manager',
    async () => {
      const m = new QNetworkAccessManager();
      const reply = m.get(server.url('/never'));
      m.deleteLater();
      await once(reply.destroyed);
      return reply;
    },
  ],
];

describe.each(['abort', 'close'] as const)('%s()', (end) => {
  it.each(RUNNING)('of a reply that is %s ends it within the call', async (_state, reach, milestones) => {
    await using manager = new QNetworkAccessManager();
    const reply = await reach(manager);
    expect(passed(reply)).toEqual(milestones);
    expect([reply.isRunning(), reply.isFinished(), reply.error()]).toEqual([true, false, 0]);
    const promises = [reply.whenFinished(), reply.bytes().catch(() => 'rejected')];
    const trace = new Trace(manager, reply);
    reply[end]();
    const said = [...trace.all];
    const kinds = said.map((line) => line.split('(')[0]).filter((kind) => kind !== 'uploadProgress');
    expect(kinds).toEqual([
      'aboutToClose',
      'error',
      'errorOccurred',
      'downloadProgress',
      'readChannelFinished',
      'M.finished',
      'finished',
    ]);
    expect([reply.isRunning(), reply.isFinished(), reply.error()]).toEqual([false, true, CANCELED]);
    expect([reply.isOpen(), reply.readAll().length]).toEqual([false, 0]);
    expect(await within(Promise.all(promises), 'the promises')).toEqual([reply, 'rejected']);
    // the manager goes on, by another name because six connections may be busy; what might still come finds nobody
    expect(await within(manager.get(`http://localhost:${server.port}/hello`).text(), 'the next')).toBe('hello world');
    await manager.close();
    await Promise.all([server.whenIdle(), silent.whenIdle()]);
    await turns(5);
    expect(trace.all).toEqual(said);
  });

  it.each(OVER)('of a reply that is %s does nothing', async (_state, reach) => {
    await using manager = new QNetworkAccessManager();
    const reply = await reach(manager);
    const told: string[] = [];
    manager.finished.connect(() => told.push('finished'));
    const before = [reply.isFinished(), reply.error(), reply.errorString(), reply.isOpen(), reply.bytesAvailable()];
    reply[end]();
    reply[end]();
    await turns(5);
    expect(told).toEqual([]);
    expect([reply.isFinished(), reply.error(), reply.errorString(), reply.isOpen(), reply.bytesAvailable()]).toEqual(before);
  });

  it('while the body is collected: it is not sent when its device comes to the end', async () => {
    await using manager = new QNetworkAccessManager();
    const asked = server.requests.length;
    const device = new Pipe('abc');
    const reply = manager.post(server.url('/hello'), device);
    reply[end]();
    const trace = new Trace(manager, reply);
    device.feed('defghij');
    device.close();
    await within(manager.get(server.url('/hello')).text(), 'the next');
    expect(trace.all).toEqual([]);
    expect(server.requests.slice(asked).map(({ method }) => method)).toEqual(['GET']);
  });

  it('of a data: reply that has said nothing yet closes the device and no more', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get('data:,hello');
    const trace = new Trace(manager, reply);
    reply[end]();
    reply[end]();
    expect([reply.isOpen(), reply.isFinished(), reply.error(), trace.all]).toEqual([false, true, 0, ['aboutToClose']]);
    await once(reply.finished);
    expect(trace.all.filter((line) => line === 'finished' || line === 'aboutToClose')).toEqual(['aboutToClose', 'finished']);
  });
});
