import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, fresh, type Heard, signalOf, Trace, turns } from '../bridge/support.ts';

// What is heard at the end of a reply in special cases; the rows of Qt's behaviour are in test/life/signal-rows.ts and signal-calls.ts.

const { Attribute } = QNetworkRequest;

let server: Served;
beforeAll(async () => {
  server = await serve({
    routes: {
      '/hello': { body: 'hello world' },
      '/404': { status: 404, body: 'nope' },
      '/stall': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'hang' },
      '/never': { fault: 'stall before head' },
      '/garbage': { raw: 'what is this?\r\n\r\n', end: 'close' },
    },
  });
});
afterAll(() => server.close());

const at = (path: string) => server.url(path);
const ABORT = ['aboutToClose', 'error(5)', 'errorOccurred(5)'];
const LAST = ['readChannelFinished', 'M.finished', 'finished'];

describe('an answer that fails', () => {
  it('because it is garbage is asked for once', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/garbage'));
    const trace = new Trace(manager, reply);
    await finished(reply);
    expect(trace.all).toEqual([
      'socketStartedConnecting',
      'requestSent',
      'error(399)',
      'errorOccurred(399)',
      'downloadProgress(0, 0)',
      ...LAST,
    ]);
  });

  it('runs until finished is emitted, and is over inside it', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/404'));
    const states: [string, boolean, boolean][] = [];
    const note = (name: string) => () => void states.push([name, reply.isRunning(), reply.isFinished()]);
    note('returned')();
    reply.metaDataChanged.connect(note('metaDataChanged'));
    reply.errorOccurred.connect(note('errorOccurred'));
    manager.finished.connect(note('M.finished'));
    reply.finished.connect(note('finished'));
    await finished(reply);
    expect(states).toEqual([
      ['returned', true, false],
      ['metaDataChanged', true, false],
      ['errorOccurred', true, false],
      ['M.finished', false, true],
      ['finished', false, true],
    ]);
  });
});

describe('abort()', () => {
  const upTo = (name: string) => {
    const order = ['socketStartedConnecting', 'requestSent', 'uploadProgress(3, 3)', 'metaDataChanged', 'readyRead'];
    return order.slice(0, order.findIndex((line) => line.startsWith(name)) + 1);
  };
  const canceled = (got: string) => [...ABORT, `downloadProgress(${got})`, 'uploadProgress(0, 0)', ...LAST];
  const failed = [...upTo('readyRead'), 'error(203)', 'errorOccurred(203)'];
  const closing: readonly [Heard, readonly string[]][] = [
    ['socketStartedConnecting', [...upTo('socketStartedConnecting'), ...canceled('0, 0')]],
    ['requestSent', [...upTo('requestSent'), ...canceled('0, 0')]],
    ['uploadProgress', [...upTo('uploadProgress'), ...canceled('0, 0')]],
    ['metaDataChanged', [...upTo('metaDataChanged'), ...canceled('0, 4')]],
    ['readyRead', [...upTo('readyRead'), ...canceled('4, 4')]],
    // from here on the end has begun: the device closes, the first error stays
    ['errorOccurred', [...failed, 'aboutToClose', 'downloadProgress(4, 4)', 'uploadProgress(0, 0)', ...LAST]],
    ['downloadProgress', [...failed, 'downloadProgress(4, 4)', 'aboutToClose', 'uploadProgress(0, 0)', ...LAST]],
    [
      'readChannelFinished',
      [
        ...failed,
        'downloadProgress(4, 4)',
        'uploadProgress(0, 0)',
        'readChannelFinished',
        'aboutToClose',
        'M.finished',
        'finished',
      ],
    ],
    ['M.finished', [...failed, 'downloadProgress(4, 4)', 'uploadProgress(0, 0)', ...LAST]],
    ['finished', [...failed, 'downloadProgress(4, 4)', 'uploadProgress(0, 0)', ...LAST]],
  ];
  it.each(closing)('inside %s', async (name, order) => {
    await using manager = fresh();
    const reply = manager.put(at('/404'), 'abc');
    const trace = new Trace(manager, reply);
    signalOf(manager, reply, name).once(() => reply.abort());
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    await turns(20);
    expect(trace.all).toEqual(order);
  });

  it.each(closing.slice(0, 2))('inside %s not one byte of the request is sent', async (name) => {
    await using origin = await serve({ routes: { '*': { body: 'x' } } });
    await using manager = fresh();
    const reply = manager.put(origin.url(), 'abc');
    signalOf(manager, reply, name).once(() => reply.abort());
    await finished(reply);
    await manager.get(origin.url('/later')).bytes();
    expect(origin.requests.map(({ target }) => target)).toEqual(['/later']);
  });
});

describe('the end of a reply', () => {
  it('deleteLater() before anything happened sends nothing', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const trace = new Trace(manager, reply);
    reply._destroy();
    await turns(20);
    expect(trace.all).toEqual(['destroyed']);
    expect(origin.accepted).toBe(0);
  });

  it('the manager takes its replies along, without finished', async () => {
    const manager = fresh();
    const stalled = manager.get(at('/stall'));
    await new Promise<void>((resolve) => stalled.readyRead.connect(() => resolve()));
    const replies = [stalled, manager.get('data:,x'), manager.post(at('/never'), 'x')];
    expect(replies.map((reply) => reply.parent())).toEqual([manager, manager, manager]);
    expect(replies.map((reply) => reply.manager())).toEqual([manager, manager, manager]);
    const traces = replies.map((reply) => new Trace(manager, reply));
    manager._destroy();
    await turns();
    expect(traces.map(({ all }) => all)).toEqual([['destroyed'], ['destroyed'], ['destroyed']]);
  });

  const auto: readonly [manager: boolean, attribute: boolean | undefined, deleted: boolean][] = [
    [false, undefined, false],
    [true, undefined, true],
    [false, true, true],
    [true, false, false],
    [true, true, true],
    [false, false, false],
  ];
  it.each(auto)('manager.autoDeleteReplies %s, attribute %s: deleted %s', async (flag, attribute, deleted) => {
    await using manager = fresh();
    manager.setAutoDeleteReplies(flag);
    for (const url of [at('/hello'), at('/404'), 'data:,x', 'gopher://x/']) {
      const request = new QNetworkRequest(url);
      if (attribute !== undefined) request.setAttribute(Attribute.AutoDeleteReplyOnFinishAttribute, attribute);
      const reply = manager.get(request);
      const trace = new Trace(manager, reply);
      await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
      await turns();
      expect(trace.all.slice(-2)).toEqual(deleted ? ['finished', 'destroyed'] : ['M.finished', 'finished']);
    }
  });

  it('an aborted reply is deleted automatically too', async () => {
    await using manager = fresh();
    manager.setAutoDeleteReplies(true);
    const reply = manager.get(at('/stall'));
    const trace = new Trace(manager, reply);
    reply.abort();
    expect(trace.all.at(-1)).toBe('finished');
    await turns();
    expect(trace.all.at(-1)).toBe('destroyed');
  });

  it('deleting in the slot of M.finished keeps the reply for its own finished', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/hello'));
    const trace = new Trace(manager, reply);
    manager.finished.connect((r) => r.deleteLater());
    let body = '';
    reply.finished.connect(() => {
      body = reply.readAll().toString();
    });
    await new Promise<void>((resolve) => reply.destroyed.connect(() => resolve()));
    expect(trace.all.slice(-3)).toEqual(['M.finished', 'finished', 'destroyed']);
    expect(body).toBe('hello world');
  });

  it('a request started in a finished slot runs on the freed connection', async () => {
    await using origin = await serve({ routes: { '*': { body: 'x' } } });
    await using manager = fresh();
    const second = new Promise<QNetworkReply>((resolve) => {
      manager.get(origin.url('/1')).finished.connect(() => {
        const reply = manager.get(origin.url('/2'));
        reply.finished.connect(() => resolve(reply));
      });
    });
    await second;
    expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 1]);
  });
});
