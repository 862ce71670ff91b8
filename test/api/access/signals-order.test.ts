import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, fresh, type Heard, signalOf, Trace, turns } from '../bridge/support.ts';

const { Attribute } = QNetworkRequest;
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-order-'));
const file = join(folder, 'page.txt');
writeFileSync(file, 'file content');
const fileUrl = pathToFileURL(file).href;

let server: Served;
let closedPort = 0;
beforeAll(async () => {
  const gone = await serve();
  closedPort = gone.port;
  await gone.close();
  server = await serve({
    routes: {
      '/hello': { body: 'hello world' },
      '/chunked': { body: 'hello world', framing: 'chunked' },
      '/close': { body: 'hello world', framing: 'close' },
      '/204': { status: 204 },
      '/304': { status: 304, headers: { ETag: '"x"' } },
      '/404': { status: 404, body: 'nope' },
      '/500': { status: 500, framing: 'chunked', body: 'oops' },
      '/cut': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'close' },
      '/cut-chunks': { framing: 'chunked', body: '0123456789', truncate: 10, end: 'close' },
      '/stall': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'hang' },
      '/never': { fault: 'stall before head' },
      '/garbage': { raw: 'what is this?\r\n\r\n', end: 'close' },
    },
  });
});
afterAll(() => server.close());

const at = (path: string) => server.url(path);
const END = ['readChannelFinished', 'M.finished', 'finished'];
const DONE = ['downloadProgress(11, 11)', ...END];
const BODY = ['metaDataChanged', 'readyRead'];

interface Row {
  readonly name: string;
  readonly send: (manager: QNetworkAccessManager) => QNetworkReply;
  /** Sent and finished before, so that a connection stands. */
  readonly warm?: true;
  readonly order: readonly string[];
}

const post = (path: string, data: string | null) => (manager: QNetworkAccessManager) =>
  manager.post(new QNetworkRequest(at(path)), data, { headers: { 'Content-Type': 'text/plain' } });

// Numbers are those of semantics.md, section 1.
const rows: readonly Row[] = [
  {
    name: '1: GET on a new connection',
    send: (m) => m.get(at('/hello')),
    order: ['socketStartedConnecting', 'requestSent', ...BODY, ...DONE],
  },
  {
    name: '1: GET, chunked',
    send: (m) => m.get(at('/chunked')),
    order: ['socketStartedConnecting', 'requestSent', ...BODY, ...DONE],
  },
  {
    name: '1: GET, until close',
    send: (m) => m.get(at('/close')),
    order: ['socketStartedConnecting', 'requestSent', ...BODY, ...DONE],
  },
  { name: '2: GET on a kept connection', warm: true, send: (m) => m.get(at('/hello')), order: ['requestSent', ...BODY, ...DONE] },
  {
    name: '4: POST with a body',
    send: post('/hello', 'abc'),
    order: [
      'socketStartedConnecting',
      'requestSent',
      'uploadProgress(3, 3)',
      ...BODY,
      'downloadProgress(11, 11)',
      'uploadProgress(0, 0)',
      ...END,
    ],
  },
  {
    name: '4: PUT with a body on a kept connection',
    warm: true,
    send: (m) => m.put(at('/hello'), 'abc'),
    order: ['requestSent', 'uploadProgress(3, 3)', ...BODY, 'downloadProgress(11, 11)', 'uploadProgress(0, 0)', ...END],
  },
  {
    name: '5: POST with an empty body',
    send: post('/hello', ''),
    order: ['socketStartedConnecting', ...BODY, 'downloadProgress(11, 11)', 'uploadProgress(0, 0)', ...END],
  },
  {
    name: '5: POST without a body',
    send: post('/hello', null),
    order: ['socketStartedConnecting', 'requestSent', ...BODY, ...DONE],
  },
  {
    name: '6: HEAD',
    send: (m) => m.head(at('/hello')),
    order: ['socketStartedConnecting', 'requestSent', 'metaDataChanged', 'downloadProgress(0, 11)', ...END],
  },
  {
    name: '6: 204',
    send: (m) => m.get(at('/204')),
    order: ['socketStartedConnecting', 'requestSent', 'metaDataChanged', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: '6: 304',
    send: (m) => m.get(at('/304')),
    order: ['socketStartedConnecting', 'requestSent', 'metaDataChanged', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: '7: 404',
    send: (m) => m.get(at('/404')),
    order: [
      'socketStartedConnecting',
      'requestSent',
      ...BODY,
      'error(203)',
      'errorOccurred(203)',
      'downloadProgress(4, 4)',
      ...END,
    ],
  },
  {
    name: '7: 500, chunked, with a body sent',
    send: post('/500', 'abc'),
    order: [
      'socketStartedConnecting',
      'requestSent',
      'uploadProgress(3, 3)',
      ...BODY,
      'error(401)',
      'errorOccurred(401)',
      'downloadProgress(4, 4)',
      'uploadProgress(0, 0)',
      ...END,
    ],
  },
  {
    name: '8: nobody listens',
    send: (m) => m.get(`http://127.0.0.1:${closedPort}/`),
    order: ['socketStartedConnecting', 'error(1)', 'errorOccurred(1)', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: '8: no host',
    send: (m) => m.get('http:///path'),
    order: ['error(3)', 'errorOccurred(3)', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: '9: lost in the body',
    send: (m) => m.get(at('/cut')),
    order: [
      'socketStartedConnecting',
      'requestSent',
      ...BODY,
      'error(2)',
      'errorOccurred(2)',
      'downloadProgress(10, 100)',
      ...END,
    ],
  },
  {
    name: '9: lost in a chunked body',
    send: (m) => m.get(at('/cut-chunks')),
    order: [
      'socketStartedConnecting',
      'requestSent',
      ...BODY,
      'error(2)',
      'errorOccurred(2)',
      'downloadProgress(10, 10)',
      ...END,
    ],
  },
  {
    name: '19: data:',
    send: (m) => m.get('data:,hello%20world'),
    order: ['metaDataChanged', 'downloadProgress(11, 11)', 'readyRead', 'M.finished', 'finished'],
  },
  {
    name: '19: file:',
    send: (m) => m.get(fileUrl),
    order: ['metaDataChanged', 'downloadProgress(12, 12)', 'readyRead', 'M.finished', 'finished'],
  },
  {
    name: '20: a file that does not exist',
    send: (m) => m.get(`${fileUrl}.not`),
    order: ['error(203)', 'errorOccurred(203)', 'M.finished', 'finished'],
  },
  {
    name: '20: a folder',
    send: (m) => m.get(pathToFileURL(folder).href),
    order: ['error(202)', 'errorOccurred(202)', 'M.finished', 'finished'],
  },
  {
    name: '21: a scheme nobody knows',
    send: (m) => m.get('gopher://127.0.0.1/'),
    order: ['error(301)', 'errorOccurred(301)', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: '21: no scheme',
    send: (m) => m.get('page.html'),
    order: ['error(301)', 'errorOccurred(301)', 'downloadProgress(0, 0)', ...END],
  },
  {
    name: 'garbage instead of an answer',
    send: (m) => m.get(at('/garbage')),
    order: ['socketStartedConnecting', 'requestSent', 'error(399)', 'errorOccurred(399)', 'downloadProgress(0, 0)', ...END],
  },
];

describe('the order of signals', () => {
  it.each(rows)('$name', async ({ send, warm, order }) => {
    await using manager = fresh();
    if (warm === true) await manager.get(at('/hello')).bytes();
    const reply = send(manager);
    const trace = new Trace(manager, reply);
    await turns(0);
    expect(trace.all, 'nothing comes before control returns to the event loop').toEqual([]);
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    await turns();
    expect(trace.all).toEqual(order);
  });

  it('22: a resend after a fresh connection was dropped says requestSent again, and nothing else', async () => {
    await using origin = await serve({ routes: { '/': [{ fault: 'close before head' }, { body: 'hello world' }] } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const trace = new Trace(manager, reply);
    await finished(reply);
    expect(trace.all).toEqual(['socketStartedConnecting', 'requestSent', 'requestSent', ...BODY, ...DONE]);
    expect(origin.requests).toHaveLength(2);
  });

  it('22: a resend after a kept connection was dropped, with its body', async () => {
    await using origin = await serve({
      routes: { '/': { body: 'hello world' }, '/put': [{ fault: 'close before head' }, { body: 'hello world' }] },
    });
    await using manager = fresh();
    await manager.get(origin.url()).bytes();
    const reply = manager.put(origin.url('/put'), 'abc');
    const trace = new Trace(manager, reply);
    await finished(reply);
    expect(trace.all).toEqual([
      'requestSent',
      'uploadProgress(3, 3)',
      'requestSent',
      'uploadProgress(3, 3)',
      ...BODY,
      'downloadProgress(11, 11)',
      'uploadProgress(0, 0)',
      ...END,
    ]);
    expect(origin.requests.map(({ body }) => body.toString())).toEqual(['', 'abc', 'abc']);
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

  it('data: and file: are finished when get() returns', async () => {
    await using manager = fresh();
    for (const url of ['data:,abc', fileUrl, `${fileUrl}.not`]) {
      const reply = manager.get(url);
      expect([reply.isRunning(), reply.isFinished()]).toEqual([false, true]);
    }
  });

  it('data that comes in pieces says readyRead for every arrival, read or not', async () => {
    await using origin = await serve({ routes: { '/': { body: 'aabbcc', chunks: [2, 2], pause: 20 } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const available: number[] = [];
    reply.readyRead.connect(() => void available.push(reply.bytesAvailable()));
    await finished(reply);
    expect(available).toEqual([2, 4, 6]);
    expect(reply.readAll().toString()).toBe('aabbcc');
  });
});

const ABORT = ['aboutToClose', 'error(5)', 'errorOccurred(5)'];
const LAST = ['readChannelFinished', 'M.finished', 'finished'];

describe('abort()', () => {
  it('11: finishes inside the call', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/stall'));
    const trace = new Trace(manager, reply);
    await new Promise<void>((resolve) => reply.readyRead.connect(() => resolve()));
    trace.mark('abort');
    reply.abort();
    trace.mark('returned');
    await turns();
    expect(trace.all.slice(trace.all.indexOf('abort'))).toEqual([
      'abort',
      ...ABORT,
      'downloadProgress(10, 100)',
      ...LAST,
      'returned',
    ]);
    expect(reply.error()).toBe(QNetworkReply.OperationCanceledError);
    expect(reply.errorString()).toBe('Operation canceled');
    // as recorded from Qt: the size of what was dropped is still told, and nothing can be read
    expect([reply.isOpen(), reply.isFinished(), reply.bytesAvailable(), reply.readAll().length]).toEqual([false, true, 10, 0]);
  });

  it('at once: nothing is sent', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const trace = new Trace(manager, reply);
    reply.abort();
    expect(trace.all).toEqual([...ABORT, 'downloadProgress(0, 0)', ...LAST]);
    await turns(20);
    expect(trace.all).toHaveLength(ABORT.length + 1 + LAST.length);
    expect(origin.accepted).toBe(0);
  });

  it('11: with a body it says uploadProgress(0, 0)', async () => {
    await using manager = fresh();
    const reply = manager.put(at('/never'), 'abc');
    const trace = new Trace(manager, reply);
    await new Promise<void>((resolve) => reply.uploadProgress.connect(() => resolve()));
    reply.abort();
    expect(trace.all).toEqual([
      'socketStartedConnecting',
      'requestSent',
      'uploadProgress(3, 3)',
      ...ABORT,
      'downloadProgress(0, 0)',
      'uploadProgress(0, 0)',
      ...LAST,
    ]);
  });

  it('a second call, and one after the end, do nothing', async () => {
    await using manager = fresh();
    const aborted = manager.get(at('/stall'));
    aborted.abort();
    const trace = new Trace(manager, aborted);
    aborted.abort();
    const done = await finished(manager.get(at('/hello')));
    const after = new Trace(manager, done);
    done.abort();
    await turns();
    expect([...trace.all, ...after.all]).toEqual([]);
    expect(done.readAll().toString()).toBe('hello world');
    expect(done.error()).toBe(QNetworkReply.NoError);
  });

  it('closes its connection and leaves other requests alone', async () => {
    await using origin = await serve({
      routes: { '/stall': { headers: { 'Content-Length': '9' }, body: 'x', end: 'hang' }, '/slow': { delay: 30, body: 'slow' } },
    });
    await using manager = fresh();
    const stalled = manager.get(origin.url('/stall'));
    const slow = manager.get(origin.url('/slow'));
    await new Promise<void>((resolve) => stalled.readyRead.connect(() => resolve()));
    stalled.abort();
    expect((await slow.bytes()).toString()).toBe('slow');
    expect(origin.connections.find(({ number }) => number === origin.requests[0]!.connection)!.open).toBe(false);
  });

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

  it.each(['data:,abc', fileUrl])('of %s closes the device; the queued signals come all the same', async (url) => {
    await using manager = fresh();
    const reply = manager.get(url);
    const trace = new Trace(manager, reply);
    reply.abort();
    expect(trace.all).toEqual(['aboutToClose']);
    expect(reply.isOpen()).toBe(false);
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    expect(trace.all.filter((line) => !line.startsWith('downloadProgress'))).toEqual([
      'aboutToClose',
      'metaDataChanged',
      'readyRead',
      'M.finished',
      'finished',
    ]);
    expect(reply.error()).toBe(QNetworkReply.NoError);
    expect(reply.readAll()).toHaveLength(0);
  });
});

describe('close()', () => {
  it('of an unfinished reply is abort()', async () => {
    await using origin = await serve({ routes: { '/': { headers: { 'Content-Length': '9' }, body: 'x', end: 'hang' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const trace = new Trace(manager, reply);
    await new Promise<void>((resolve) => reply.readyRead.connect(() => resolve()));
    reply.close();
    expect(trace.all).toEqual(['socketStartedConnecting', 'requestSent', ...BODY, ...ABORT, 'downloadProgress(1, 9)', ...LAST]);
    expect(reply.error()).toBe(QNetworkReply.OperationCanceledError);
    await origin.whenIdle();
  });

  it('of a finished reply does nothing, as recorded from Qt', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/hello')));
    const trace = new Trace(manager, reply);
    reply.close();
    reply.close();
    await turns();
    expect(trace.all).toEqual([]);
    expect([reply.isOpen(), reply.error(), reply.isFinished()]).toEqual([true, 0, true]);
    expect(reply.status()).toBe(200);
  });
});

describe('the end of a reply', () => {
  it('deleteLater() of a running reply says destroyed and nothing else; the transfer is dropped', async () => {
    await using origin = await serve({ routes: { '/': { headers: { 'Content-Length': '9' }, body: 'x', end: 'hang' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    await new Promise<void>((resolve) => reply.readyRead.connect(() => resolve()));
    const trace = new Trace(manager, reply);
    reply.deleteLater();
    await turns();
    expect(trace.all).toEqual(['destroyed']);
    await origin.whenIdle();
    expect(() => reply.rawHeader('x')).toThrow(/deleted/);
  });

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
