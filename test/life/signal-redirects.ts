import { QNetworkRequest } from '../../src/index.ts';
import type { Row, Scene } from './scene.ts';
import { BODY, DIAL, DONE, END, failed, get, HEAD, NOTHING_CAME, put, SENT, UPLOADED } from './signal-parts.ts';

const { Attribute, RedirectPolicy } = QNetworkRequest;

/** GET with a wish that a request has about redirects. */
const wished = (path: string, wish: (request: QNetworkRequest) => void) => (scene: Scene) => {
  const request = new QNetworkRequest(scene.at(path));
  wish(request);
  return scene.whole(scene.manager.get(request));
};

/** Rows 12 and 13: what is heard of redirects that are followed, and of those that are not. */
export const REDIRECTS: readonly Row[] = [
  {
    of: '12',
    title: 'a redirect',
    play: get('/found'),
    order: [DIAL, ...HEAD, 'redirected(/hello)', ...BODY, ...DONE],
  },
  {
    of: '12',
    title: 'two redirects, the body goes to the first only',
    play: put('/other', 'abc'),
    order: [DIAL, ...SENT, 'metaDataChanged', 'redirected(/found)', ...HEAD, 'redirected(/hello)', ...BODY, ...DONE],
  },
  {
    of: '12',
    title: 'a redirect that takes the body along',
    play: put('/same', 'abc'),
    order: [
      DIAL,
      ...SENT,
      'metaDataChanged',
      'redirected(/hello)',
      ...SENT,
      'metaDataChanged',
      'readyRead',
      'downloadProgress(11, 11)',
      UPLOADED,
      ...END,
    ],
  },
  {
    of: '12',
    title: 'a redirect to another host',
    play: get('/elsewhere'),
    order: [DIAL, ...HEAD, 'redirected(http://127.0.0.1:1/)', DIAL, ...failed(1), ...NOTHING_CAME],
  },
  {
    of: '12',
    title: 'a redirect to an error',
    play: get('/found-404'),
    order: [DIAL, ...HEAD, 'redirected(/404)', ...BODY, ...failed(203), 'downloadProgress(4, 4)', ...END],
  },
  {
    of: '12',
    title: 'a redirect that the program allows later',
    async play(scene) {
      const request = new QNetworkRequest(scene.at('/found'));
      request.setAttribute(Attribute.RedirectPolicyAttribute, RedirectPolicy.UserVerifiedRedirectPolicy);
      const reply = scene.record(scene.manager.get(request));
      await scene.within(reply.redirected.next());
      scene.mark('> redirectAllowed');
      reply.redirectAllowed.emit();
      await scene.over(reply);
    },
    order: [DIAL, ...HEAD, 'redirected(/hello)', '> redirectAllowed', ...BODY, ...DONE],
  },
  {
    of: '13',
    title: 'a redirect that the policy refuses',
    play: wished('/elsewhere', (request) =>
      request.setAttribute(Attribute.RedirectPolicyAttribute, RedirectPolicy.SameOriginRedirectPolicy),
    ),
    order: [DIAL, ...HEAD, ...failed(11), 'downloadProgress(0, 9)', ...END],
  },
  {
    of: '13',
    title: 'one redirect more than is allowed',
    play: wished('/loop', (request) => request.setMaximumRedirectsAllowed(1)),
    order: [DIAL, ...HEAD, 'redirected(/loop)', ...HEAD, ...failed(10), 'downloadProgress(0, 9)', ...END],
  },
  ...['/ftp', '/nowhere'].map(
    (path): Row => ({
      of: '13',
      title: `a redirect that leads nowhere (${path}), its body is not delivered`,
      async play(scene) {
        const reply = scene.manager.get(scene.at(path));
        await scene.whole(reply);
        return reply.readAll().toString();
      },
      order: [DIAL, ...HEAD, ...failed(301), 'downloadProgress(0, 9)', ...END],
      facts: '',
    }),
  ),
];
