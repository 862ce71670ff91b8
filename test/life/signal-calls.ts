import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { QIODevice, QNetworkReply, QNetworkRequest, QObject } from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { until } from '../support/once.ts';
import { Pipe } from '../support/pipe.ts';
import { caFile } from '../support/tls.ts';
import type { Row, Scene } from './scene.ts';
import { ABORTED, BODY, DIAL, DONE, END, failed, HEAD, NOTHING_CAME, SENT } from './signal-parts.ts';

const { Attribute } = QNetworkRequest;
const PARTIAL = ['downloadProgress(10, 100)', ...END];

/** What can be seen of a reply beside its signals. */
const seen = (reply: QNetworkReply) => ({
  open: reply.isOpen(),
  finished: reply.isFinished(),
  running: reply.isRunning(),
  error: reply.error(),
});
const CANCELED = { open: false, finished: true, running: false, error: QNetworkReply.OperationCanceledError };

/** A reply of which ten bytes of a hundred have come, and no more will. */
async function stalled(scene: Scene): Promise<QNetworkReply> {
  const reply = scene.record(scene.manager.get(scene.at('/stall')));
  await scene.within(reply.readyRead.next());
  return reply;
}

const autoDelete = (title: string, manager: boolean, wish: boolean | undefined, deleted: boolean): Row => ({
  of: 'autoDelete',
  title,
  async play(scene) {
    scene.manager.setAutoDeleteReplies(manager);
    const request = new QNetworkRequest(scene.at('/hello'));
    if (wish !== undefined) request.setAttribute(Attribute.AutoDeleteReplyOnFinishAttribute, wish);
    const reply = scene.record(scene.manager.get(request));
    // deleted in the same turn as the reply, in the order in which deleteLater() was called
    const before = new QObject();
    const after = new QObject();
    before.destroyed.connect(() => scene.mark('> destroyed what M.finished deleted'));
    after.destroyed.connect(() => scene.mark('> destroyed what finished deleted'));
    scene.manager.finished.connect(() => before.deleteLater());
    reply.finished.connect(() => after.deleteLater());
    await scene.within(after.destroyed.next());
    await turns(5);
  },
  order: [
    DIAL,
    ...BODY,
    ...DONE,
    '> destroyed what M.finished deleted',
    ...(deleted ? ['destroyed'] : []),
    '> destroyed what finished deleted',
  ],
});

/** The rows of section 1 that are about calls. */
export const CALLS: readonly Row[] = [
  {
    of: 'abort()',
    title: 'ends the reply, drops what came and the connection, leaves others alone, and is of no use twice',
    async play(scene) {
      const other = scene.manager.get(scene.at('/slow'));
      const text = other.text();
      const reply = await stalled(scene);
      const [mine] = scene.server.requests.filter(({ target }) => target === '/stall');
      scene.call('abort()', () => reply.abort());
      scene.call('abort(), close()', () => {
        reply.abort();
        reply.close();
      });
      // as recorded from Qt the size of what was dropped is still told
      const left = [reply.bytesAvailable(), reply.readAll().length, reply.errorString()];
      await scene.within(text);
      const later = new Trace(scene.manager, other);
      other.abort();
      await until(() => !scene.server.connections[mine!.connection - 1]!.open, 'the end of the connection', scene.patience);
      await turns(5);
      return { ...seen(reply), left, other: [await text, ...later.all], kept: scene.manager.connectionCount() };
    },
    order: [DIAL, ...BODY, '> abort()', ...ABORTED, ...PARTIAL, '< abort()', '> abort(), close()', '< abort(), close()'],
    facts: { ...CANCELED, left: [10, 0, 'Operation canceled'], other: ['slow'], kept: 1 },
  },
  {
    of: 'abort()',
    title: 'before anything was sent',
    async play(scene) {
      const reply = scene.record(scene.manager.get(scene.at('/hello')));
      scene.call('abort()', () => reply.abort());
      await turns(20);
      return { ...seen(reply), accepted: scene.server.accepted };
    },
    order: ['> abort()', ...ABORTED, ...NOTHING_CAME, '< abort()'],
    facts: { ...CANCELED, accepted: 0 },
  },
  {
    of: 'abort() during an upload',
    title: 'nothing comes after finished, whatever the device still gives',
    async play(scene) {
      const request = new QNetworkRequest(scene.at('/hello'));
      request.setAttribute(Attribute.DoNotBufferUploadDataAttribute, true);
      request.setHeader(QNetworkRequest.ContentLengthHeader, 10);
      const device = new Pipe('abc');
      const reply = scene.record(scene.manager.put(request, device));
      await scene.within(reply.uploadProgress.next());
      await until(() => scene.server.requests.length === 1, 'the head of the request', scene.patience);
      scene.call('abort()', () => reply.abort());
      device.feed('defghij');
      await scene.silence();
      const [request_] = scene.server.requests;
      return { ...seen(reply), cut: request_!.short, sent: request_!.body.toString() };
    },
    order: [
      DIAL,
      'requestSent',
      'uploadProgress(3, 10)',
      '> abort()',
      ...ABORTED,
      'downloadProgress(0, 0)',
      'uploadProgress(0, 0)',
      ...END,
      '< abort()',
    ],
    facts: { ...CANCELED, cut: true, sent: 'abc' },
  },
  {
    of: 'abort() inside encrypted',
    title: 'not one byte of the request is sent',
    tls: true,
    async play(scene) {
      const reply = scene.record(scene.manager.get(scene.at('/hello')));
      reply.encrypted.connect(() => scene.call('abort()', () => reply.abort()));
      await scene.over(reply);
      await scene.manager.get(scene.at('/204')).bytes();
      return {
        ...seen(reply),
        asked: scene.server.requests.map(({ target }) => target),
        spoke: scene.server.connections.length,
      };
    },
    order: [DIAL, 'M.encrypted', 'encrypted', '> abort()', ...ABORTED, ...NOTHING_CAME, '< abort()'],
    facts: { ...CANCELED, asked: ['/204'], spoke: 1 },
  },
  {
    of: 'close(), unfinished',
    title: 'is abort(), and stops the transfer',
    async play(scene) {
      const reply = await stalled(scene);
      scene.call('close()', () => reply.close());
      await scene.silence();
      return { ...seen(reply), rest: reply.readAll().length };
    },
    order: [DIAL, ...BODY, '> close()', ...ABORTED, ...PARTIAL, '< close()'],
    facts: { ...CANCELED, rest: 0 },
  },
  {
    of: 'close(), finished',
    // the table says that it closes the device, the recording of progress-close-after that it stays open
    title: 'changes nothing, as recorded from Qt',
    async play(scene) {
      const reply = scene.manager.get(scene.at('/hello'));
      await scene.whole(reply);
      scene.call('close()', () => reply.close());
      await turns(5);
      return { ...seen(reply), body: reply.readAll().toString() };
    },
    order: [DIAL, ...BODY, ...DONE, '> close()', '< close()'],
    facts: { open: true, finished: true, running: false, error: 0, body: 'hello world' },
  },
  {
    of: 'deleteLater(), running',
    title: 'only destroyed, and the transfer is dropped',
    async play(scene) {
      const reply = await stalled(scene);
      scene.call('deleteLater()', () => reply.deleteLater());
      await scene.over(reply);
      await scene.silence();
      return scene.manager.connectionCount();
    },
    order: [DIAL, ...BODY, '> deleteLater()', '< deleteLater()', 'destroyed'],
    facts: 0,
  },
  ...(
    [
      ['data:,hello', 5],
      [pathToFileURL(caFile).href, statSync(caFile).size],
    ] as const
  ).map(
    ([url, size]): Row => ({
      of: 'data:, file: abort()',
      title: `closes the device of a ${url.split(':')[0]}: reply, and what was queued comes all the same`,
      async play(scene) {
        const reply = scene.record(scene.manager.get(url));
        const before = reply.bytesAvailable();
        scene.call('abort()', () => reply.abort());
        await scene.within(reply.finished.next());
        await turns(5);
        return { ...seen(reply), rest: reply.readAll().length, before };
      },
      order: [
        '> abort()',
        'aboutToClose',
        '< abort()',
        'metaDataChanged',
        `downloadProgress(${size}, ${size})`,
        'readyRead',
        'M.finished',
        'finished',
      ],
      facts: { open: false, finished: true, running: false, error: 0, rest: 0, before: size },
    }),
  ),
  autoDelete('by the manager', true, undefined, true),
  autoDelete('by the request, against the manager', false, true, true),
  autoDelete('by the manager, against the request', true, false, false),
  autoDelete('by nobody', false, undefined, false),
  {
    of: 'parent()',
    title: 'is the manager, whose end is the end of its replies: only destroyed',
    async play(scene) {
      const waiting = scene.manager.get(scene.at('/never'));
      const local = scene.manager.get('data:,x');
      const others = [new Trace(scene.manager, waiting), new Trace(scene.manager, local)];
      const reply = await stalled(scene);
      await scene.within(scene.server.whenRequests(2));
      const before = others.map(({ all }) => all.length);
      const parents = [reply, waiting, local].map((each) => each.parent() === scene.manager);
      scene.call('manager.deleteLater()', () => scene.manager.deleteLater());
      await scene.over(reply);
      await scene.silence();
      return { parents, others: others.map(({ all }, i) => all.slice(before[i])) };
    },
    order: [DIAL, ...BODY, '> manager.deleteLater()', '< manager.deleteLater()', 'destroyed'],
    // the manager holds what runs; what is over belongs to the program
    facts: { parents: [true, true, true], others: [['destroyed'], []] },
  },
  {
    of: 'reading',
    title: 'readyRead for every arrival, read or not; what is there stays until the reply goes',
    async play(scene) {
      const reply = scene.record(scene.manager.get(scene.at('/pieces')));
      reply.readyRead.connect(() => scene.mark(`> ${reply.bytesAvailable()} bytes`));
      await scene.over(reply);
      const half = reply.read(3).toString();
      await turns(5);
      const rest = reply.readAll().toString();
      return [half, rest];
    },
    order: [
      DIAL,
      ...HEAD,
      ...['readyRead', '> 2 bytes', 'readyRead', '> 4 bytes', 'readyRead', '> 6 bytes'],
      'downloadProgress(6, 6)',
      ...END,
    ],
    facts: ['aab', 'bcc'],
  },
  {
    of: 'error(), errorString()',
    title: 'say nothing of an error before it is there',
    async play(scene) {
      const reply = scene.manager.get(scene.at('/404'));
      const told: unknown[] = [];
      const tell = () => told.push([reply.error(), reply.errorString() === 'Unknown error']);
      tell();
      reply.readyRead.connect(tell);
      reply.errorOccurred.connect(tell);
      await scene.whole(reply);
      return told;
    },
    order: [DIAL, ...BODY, ...failed(203), 'downloadProgress(4, 4)', ...END],
    facts: [
      [0, true],
      [0, true],
      [203, false],
    ],
  },
  {
    of: 'request()',
    title: 'is the request as it was, redirects change url() only',
    async play(scene) {
      const request = new QNetworkRequest(scene.at('/found'));
      request.setRawHeader('X-Mine', 'yes');
      const reply = scene.manager.get(request);
      request.setRawHeader('X-Mine', 'changed later');
      await scene.whole(reply);
      const kept = reply.request();
      return [kept.url().path(), kept.rawHeader('X-Mine').toString(), reply.url().path()];
    },
    order: [DIAL, ...HEAD, 'redirected(/hello)', ...BODY, ...DONE],
    facts: ['/found', 'yes', '/hello'],
  },
  {
    of: 'operation()',
    title: 'becomes Get when a redirect changed the method',
    async play(scene) {
      const reply = scene.manager.post(scene.at('/other'), 'abc');
      const told = [reply.operation()];
      reply.metaDataChanged.connect(() => told.push(reply.operation()));
      reply.redirected.connect(() => told.push(reply.operation()));
      await scene.whole(reply);
      return told.map((each) => (each === 4 ? 'post' : each === 2 ? 'get' : each));
    },
    order: [DIAL, ...SENT, 'metaDataChanged', 'redirected(/found)', ...HEAD, 'redirected(/hello)', ...BODY, ...DONE],
    facts: ['post', 'post', 'get', 'get', 'get', 'get'],
  },
  {
    of: 'isSequential()',
    title: 'is true, and size() is what can be read',
    async play(scene) {
      const reply = scene.manager.get(scene.at('/hello'));
      await scene.whole(reply);
      const before = [reply.isSequential(), reply.size(), reply.bytesAvailable()];
      reply.read(6);
      return [...before, reply.size(), reply.bytesAvailable(), reply.pos()];
    },
    order: [DIAL, ...BODY, ...DONE],
    facts: [true, 11, 11, 5, 5, 0],
  },
  {
    of: 'open mode',
    title: 'is ReadOnly, and writing fails',
    async play(scene) {
      const reply = scene.manager.get(scene.at('/hello'));
      const before = [reply.openMode(), reply.isWritable(), reply.write('x')];
      await scene.whole(reply);
      return [...before, reply.openMode(), reply.write('x'), reply.readAll().toString()];
    },
    order: [DIAL, ...BODY, ...DONE],
    facts: [QIODevice.ReadOnly, false, -1, QIODevice.ReadOnly, -1, 'hello world'],
  },
];
