import { QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import type { Answer } from '../../support/server.ts';
import type { Row, Step } from './scene.ts';

const { PreferCache } = QNetworkRequest;
const came = (said: string, body = 'one'): Step => ({
  answer: { headers: { ETag: '"1"', 'Cache-Control': said, Connection: 'close' }, body },
});
const DEAD: Answer = { fault: 'close before head' };
/** A connection that dies is tried once more on another one. */
const unreachable = (load?: QNetworkRequest.CacheLoadControl): Step => ({
  ...(load === undefined ? {} : { load }),
  answer: [DEAD, DEAD],
  is: '',
  status: null,
  stored: false,
  error: QNetworkReply.RemoteHostClosedError,
});
const instead = (step: Step, wait: number): Step => ({ ...step, wait, is: 'one', status: 200, stored: true, error: 0 });
const trouble = (status: number): Step => ({ answer: { status, body: 'oops' } });

/** stale-if-error (RFC 5861 4) and a server that cannot be reached (RFC 9111 4.2.4). */
export const STALE: readonly Row[] = [
  ...[500, 502, 503, 504].map(
    (status): Row => ({
      of: 'RFC 5861 4',
      title: `${status}: what is stale stands in for as long as it says`,
      steps: [came('max-age=10, stale-if-error=20'), instead(trouble(status), 30), { ...trouble(status), wait: 1 }],
    }),
  ),
  { of: 'RFC 5861 4', title: '501 is an answer', steps: [came('max-age=10, stale-if-error=20'), { wait: 15, ...trouble(501) }] },
  { of: 'RFC 5861 4', title: 'not unless it says so', steps: [came('max-age=10'), { wait: 15, ...trouble(500) }] },
  {
    of: 'RFC 5861 4',
    title: 'the request may say so, too',
    steps: [came('max-age=10'), { ...instead(trouble(500), 15), send: { 'Cache-Control': 'stale-if-error=20' } }],
  },
  {
    of: '5.2.2.2',
    title: 'not with must-revalidate',
    steps: [came('max-age=10, stale-if-error=20, must-revalidate'), { wait: 15, ...trouble(500) }],
  },
  {
    of: 'RFC 5861 4',
    title: 'nobody answers: tried once more, then what is stale stands in',
    steps: [came('max-age=10, stale-if-error=20'), instead(unreachable(), 30), { ...unreachable(), wait: 1 }],
  },
  {
    of: 'RFC 5861 4',
    title: 'the second try goes well',
    steps: [came('max-age=10, stale-if-error=20'), { wait: 15, answer: [DEAD, { body: 'two' }] }],
  },
  {
    of: '4.2.4',
    title: 'PreferCache: nobody answers, and what is stale stands in, however old',
    steps: [came('max-age=10'), instead(unreachable(PreferCache), 100_000), unreachable()],
  },
  {
    of: '4.2.4',
    title: 'PreferCache: not with must-revalidate',
    steps: [came('max-age=10, must-revalidate'), { wait: 15, ...unreachable(PreferCache) }],
  },
  { of: '4.2.4', title: 'PreferCache: nothing is there', steps: [unreachable(PreferCache)] },
  {
    of: 'RFC 9110 14',
    title: 'a part of it stands in for a part',
    steps: [
      came('max-age=10, stale-if-error=20', '0123'),
      { ...instead(trouble(500), 15), send: { Range: 'bytes=1-2' }, is: '12', status: 206 },
    ],
  },
  {
    of: 'RFC 5861 4',
    title: 'HEAD',
    steps: [
      came('max-age=10, stale-if-error=20'),
      { wait: 15, method: 'HEAD', answer: { status: 500 }, status: 200, stored: true },
    ],
  },
];
