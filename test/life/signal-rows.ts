import { statSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { QResource } from '../../src/index.ts';
import type { Heard } from '../api/bridge/support.ts';
import { caFile } from '../support/tls.ts';
import type { Row, Scene } from './scene.ts';
import { ASKED } from './signal-auth.ts';
import { CACHED } from './signal-cache.ts';
import { ABORTED, BODY, DIAL, DONE, END, failed, get, HEAD, NOTHING_CAME, put, SENT, UPLOADED } from './signal-parts.ts';
import { REDIRECTS } from './signal-redirects.ts';

/** A URL that is answered at once: whether its reply was finished when the call returned. */
const local =
  (url: string, method: 'get' | 'head' | 'put' = 'get') =>
  async (scene: Scene) => {
    const reply = method === 'put' ? scene.manager.put(url, 'x') : scene.manager[method](url);
    const returned = { running: reply.isRunning(), finished: reply.isFinished() };
    await scene.whole(reply);
    return returned;
  };
const AT_ONCE = { running: false, finished: true };
const LATER = { running: true, finished: false };
const LOCAL = ['M.finished', 'finished'];

const file = pathToFileURL(caFile).href;
QResource.unregisterResource('/rows');
QResource.registerResource('/rows', { page: 'in memory' });

/** Qt 5.15 has no signals of the socket. */
const QT_5: readonly Heard[] = ['metaDataChanged', 'readyRead', 'downloadProgress', 'error', 'errorOccurred', 'aboutToClose'];
const QT_4: readonly Heard[] = ['metaDataChanged', 'readyRead', 'downloadProgress', 'uploadProgress', 'error', 'aboutToClose'];
const LAST: readonly Heard[] = ['readChannelFinished', 'M.finished', 'finished'];

/** The numbered rows of section 1. */
export const NUMBERED: readonly Row[] = [
  { of: '1', title: 'GET on a new connection', play: get('/hello'), order: [DIAL, ...BODY, ...DONE] },
  {
    of: '1',
    title: 'GET in pieces',
    play: get('/pieces'),
    order: [DIAL, ...BODY, 'downloadProgress(6, 6)', ...END],
  },
  ...['/chunked', '/until-close'].map(
    (path): Row => ({ of: '1', title: `GET ${path}`, play: get(path), order: [DIAL, ...BODY, ...DONE] }),
  ),
  {
    of: '2',
    title: 'GET on a kept connection',
    async play(scene) {
      await scene.warm();
      await get('/hello')(scene);
    },
    order: [...BODY, ...DONE],
  },
  {
    of: '3',
    title: 'https on a new connection',
    tls: true,
    play: get('/hello'),
    order: [DIAL, 'M.encrypted', 'encrypted', ...BODY, ...DONE],
  },
  {
    of: '3',
    title: 'https, whose errors are ignored',
    tls: 'selfsigned',
    play: (scene) => {
      const reply = scene.manager.get(scene.at('/hello'));
      reply.ignoreSslErrors();
      return scene.whole(reply);
    },
    order: [DIAL, 'M.sslErrors', 'sslErrors(9)', 'M.encrypted', 'encrypted', ...BODY, ...DONE],
  },
  {
    of: '4',
    title: 'PUT with a body on a new connection',
    play: put('/hello', 'abc'),
    order: [DIAL, ...SENT, 'metaDataChanged', 'readyRead', 'downloadProgress(11, 11)', UPLOADED, ...END],
  },
  {
    of: '4',
    title: 'POST with a body on a kept connection',
    async play(scene) {
      await scene.warm();
      await scene.whole(scene.manager.post(scene.at('/204'), 'abc'));
    },
    order: [...SENT, 'metaDataChanged', 'downloadProgress(0, 0)', UPLOADED, ...END],
  },
  {
    of: '5',
    title: 'POST with an empty body',
    play: (scene) => scene.whole(scene.manager.post(scene.at('/hello'), '')),
    order: [DIAL, 'metaDataChanged', 'readyRead', 'downloadProgress(11, 11)', UPLOADED, ...END],
  },
  {
    of: '5',
    title: 'POST without a body',
    play: (scene) => scene.whole(scene.manager.post(scene.at('/hello'), null)),
    order: [DIAL, ...BODY, ...DONE],
  },
  {
    of: '6',
    title: 'HEAD',
    play: (scene) => scene.whole(scene.manager.head(scene.at('/hello'))),
    order: [DIAL, ...HEAD, 'downloadProgress(0, 11)', ...END],
  },
  { of: '6', title: '204', play: get('/204'), order: [DIAL, ...HEAD, ...NOTHING_CAME] },
  { of: '6', title: '304', play: get('/304'), order: [DIAL, ...HEAD, ...NOTHING_CAME] },
  {
    of: '7',
    title: '404, its body stays readable',
    async play(scene) {
      const reply = scene.manager.get(scene.at('/404'));
      await scene.whole(reply);
      return reply.readAll().toString();
    },
    order: [DIAL, ...BODY, ...failed(203), 'downloadProgress(4, 4)', ...END],
    facts: 'nope',
  },
  {
    of: '7',
    title: '500 to a body',
    play: put('/500', 'abc'),
    order: [DIAL, ...SENT, 'metaDataChanged', 'readyRead', ...failed(401), 'downloadProgress(4, 4)', UPLOADED, ...END],
  },
  {
    of: '8',
    title: 'nobody listens',
    play: (scene) => scene.whole(scene.manager.get('http://127.0.0.1:1/')),
    order: [DIAL, ...failed(1), ...NOTHING_CAME],
  },
  {
    of: '8',
    title: 'nobody listens, with a body',
    play: (scene) => scene.whole(scene.manager.put('http://127.0.0.1:1/', 'abc')),
    order: [DIAL, ...failed(1), 'downloadProgress(0, 0)', UPLOADED, ...END],
  },
  ...['http://nobody.invalid/', 'http:///path'].map(
    (url): Row => ({
      of: '8',
      title: `no such host: ${url}`,
      play: (scene) => scene.whole(scene.manager.get(url)),
      order: [...failed(3), ...NOTHING_CAME],
    }),
  ),
  ...(['/cut', '/reset'] as const).map(
    (path): Row => ({
      of: '9',
      title: `lost in the body (${path}), what came stays readable`,
      async play(scene) {
        const reply = scene.manager.get(scene.at(path));
        await scene.whole(reply);
        return reply.readAll().toString();
      },
      order: [DIAL, ...BODY, ...failed(2), 'downloadProgress(10, 100)', ...END],
      facts: '0123456789',
    }),
  ),
  {
    of: '9',
    title: 'lost in a chunked body',
    play: get('/cut-chunks'),
    order: [DIAL, ...BODY, ...failed(2), 'downloadProgress(10, 10)', ...END],
  },
  {
    of: '10',
    title: 'TLS refused',
    tls: 'selfsigned',
    play: get('/hello'),
    order: [DIAL, 'M.sslErrors', 'sslErrors(9)', ...failed(6), ...NOTHING_CAME],
  },
  {
    of: '11',
    title: 'abort() while the answer is awaited',
    async play(scene) {
      const reply = scene.record(scene.manager.get(scene.at('/never')));
      await scene.within(scene.server.whenRequests(1));
      scene.call('abort()', () => reply.abort());
      await scene.silence();
    },
    order: [DIAL, 'requestSent', '> abort()', ...ABORTED, ...NOTHING_CAME, '< abort()'],
  },
  {
    of: '11',
    title: 'abort() of one with a body',
    async play(scene) {
      const reply = scene.record(scene.manager.put(scene.at('/stall'), 'abc'));
      await scene.within(reply.readyRead.next());
      scene.call('abort()', () => reply.abort());
      await scene.silence();
    },
    order: [
      DIAL,
      ...SENT,
      'metaDataChanged',
      'readyRead',
      '> abort()',
      ...ABORTED,
      'downloadProgress(10, 100)',
      UPLOADED,
      ...END,
      '< abort()',
    ],
  },
  ...REDIRECTS,
  ...ASKED,
  ...CACHED,
  {
    of: '19',
    title: 'data:',
    play: local('data:,hello'),
    order: ['metaDataChanged', 'downloadProgress(5, 5)', 'readyRead', ...LOCAL],
    facts: AT_ONCE,
  },
  ...(
    [
      ['get', statSync(caFile).size],
      ['head', 0],
    ] as const
  ).map(
    ([method, sent]): Row => ({
      of: '19',
      title: `file:, ${method}`,
      play: local(file, method),
      order: ['metaDataChanged', `downloadProgress(${sent}, ${sent})`, 'readyRead', ...LOCAL],
      facts: AT_ONCE,
    }),
  ),
  {
    of: '19',
    title: 'qrc:',
    play: local('qrc:/rows/page'),
    order: ['metaDataChanged', 'downloadProgress(9, 9)', 'readyRead', ...LOCAL],
    facts: AT_ONCE,
  },
  ...(
    [
      ['a file that is not there', `${file}.not`, 203],
      ['a folder', new URL('.', file).href, 202],
      ['a resource that is not there', 'qrc:/rows/not', 203],
      ['a data: URL that is none', 'data://host/,x', 399],
    ] as const
  ).map(([title, url, code]): Row => ({ of: '20', title, play: local(url), order: [...failed(code), ...LOCAL], facts: AT_ONCE })),
  ...['gopher://127.0.0.1/', 'page.html'].map(
    (url): Row => ({
      of: '21',
      title: `a scheme that nobody knows: ${url}`,
      play: local(url),
      order: [...failed(301), ...NOTHING_CAME],
      facts: LATER,
    }),
  ),
  {
    of: '21',
    title: 'what a scheme cannot do: PUT to data:',
    play: local('data:,x', 'put'),
    order: [...failed(301), 'downloadProgress(0, 0)', UPLOADED, ...END],
    facts: LATER,
  },
  {
    of: '22',
    title: 'a new connection was dropped',
    play: get('/twice'),
    order: [DIAL, 'requestSent', ...BODY, ...DONE],
    alike: 'the two requestSent have nothing between them by which they could be told apart',
  },
  {
    of: '22',
    title: 'a kept connection was dropped, with a body',
    async play(scene) {
      await scene.warm();
      await put('/twice', 'abc')(scene);
    },
    order: [...SENT, ...SENT, 'metaDataChanged', 'readyRead', 'downloadProgress(11, 11)', UPLOADED, ...END],
  },
  {
    of: '23',
    title: 'what Qt 5.15 says of a 404',
    play: (scene) => scene.whole(scene.manager.get(scene.at('/404')), [...QT_5, ...LAST]),
    order: ['metaDataChanged', 'readyRead', ...failed(203), 'downloadProgress(4, 4)', ...END],
  },
  {
    of: '24',
    title: 'what Qt 4.8 says of a 404 to a body',
    play: (scene) => scene.whole(scene.manager.put(scene.at('/404'), 'abc'), [...QT_4, ...LAST]),
    order: ['uploadProgress(3, 3)', 'metaDataChanged', 'readyRead', 'error(203)', 'downloadProgress(4, 4)', UPLOADED, ...END],
  },
  {
    of: '24',
    title: 'what Qt 4.8 says of abort()',
    async play(scene) {
      const reply = scene.record(scene.manager.put(scene.at('/stall'), 'abc'), [...QT_4, ...LAST]);
      await scene.within(reply.readyRead.next());
      scene.call('abort()', () => reply.abort());
      await scene.silence();
    },
    order: [
      'uploadProgress(3, 3)',
      'metaDataChanged',
      'readyRead',
      '> abort()',
      'aboutToClose',
      'error(5)',
      'downloadProgress(10, 100)',
      UPLOADED,
      ...END,
      '< abort()',
    ],
  },
];
