import type { Row, Scene } from './scene.ts';
import { ABORTED, BODY, DIAL, DONE, END, failed } from './signal-parts.ts';

/** What the slot of authenticationRequired does. */
type Answer = 'right' | 'later' | 'nothing' | 'abort';

/** A GET for what is protected. */
const asked = (path: string, answer: Answer) => async (scene: Scene) => {
  const { manager } = scene;
  const reply = scene.record(manager.get(scene.at(path)));
  manager.authenticationRequired.connect((_reply, authenticator) => {
    const fill = (): void => {
      authenticator.setUser('u');
      authenticator.setPassword('p');
    };
    if (answer === 'right') fill();
    if (answer === 'later') return Promise.resolve().then(fill);
    if (answer === 'abort') scene.call('abort()', () => reply.abort());
    return undefined;
  });
  await scene.over(reply);
};

const REFUSED = ['requestSent', 'M.authenticationRequired'];

/** Rows 14 and 15: a server wants to know who asks. */
export const ASKED: readonly Row[] = [
  { of: '14', title: '401 solved', play: asked('/secret', 'right'), order: [DIAL, ...REFUSED, ...BODY, ...DONE] },
  { of: '14', title: '401 solved later', play: asked('/secret', 'later'), order: [DIAL, ...REFUSED, ...BODY, ...DONE] },
  {
    of: '15',
    title: '401 not solved',
    play: asked('/denied', 'nothing'),
    order: [DIAL, ...REFUSED, 'metaDataChanged', 'readyRead', ...failed(204), 'downloadProgress(6, 6)', ...END],
  },
  {
    of: 'abort() inside authenticationRequired',
    title: 'the slot aborts',
    play: asked('/denied', 'abort'),
    order: [DIAL, ...REFUSED, '> abort()', ...ABORTED, 'downloadProgress(0, 0)', ...END, '< abort()'],
  },
];
