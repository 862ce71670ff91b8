import { QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import type { Row, Step } from './scene.ts';

const { AlwaysCache, AlwaysNetwork, PreferCache, PreferNetwork } = QNetworkRequest;
const { ContentNotFoundError, InternalServerError } = QNetworkReply;

const came = (said: string, body = 'one'): Step => ({ answer: { headers: { ETag: '"1"', 'Cache-Control': said }, body } });
const MINUTE = came('max-age=60');
/** The request says so; after the time it is served, or asked about. */
const served = (said: string, wait: number): Step => ({ send: { 'Cache-Control': said }, wait, is: 'one' });
const asked = (said: string, wait: number): Step => ({
  send: { 'Cache-Control': said },
  wait,
  answer: { status: 304 },
  is: 'one',
  wire: { 'If-None-Match': '"1"', 'Cache-Control': said },
});

/** What requests say (5.2.1). */
export const DIRECTIVES: readonly Row[] = [
  { of: '5.2.1.1', title: 'max-age', steps: [MINUTE, served('max-age=10', 10), asked('max-age=10', 1)] },
  { of: '5.2.1.1', title: 'max-age=0', steps: [MINUTE, asked('max-age=0', 1)] },
  { of: '5.2.1.2', title: 'max-stale', steps: [MINUTE, served('max-stale=20', 80), asked('max-stale=20', 1)] },
  { of: '5.2.1.2', title: 'max-stale, any', steps: [MINUTE, served('max-stale', 100_000)] },
  {
    of: '5.2.2.2',
    title: 'max-stale against must-revalidate',
    steps: [came('max-age=60, must-revalidate'), served('max-stale', 59), asked('max-stale', 2)],
  },
  { of: '5.2.1.3', title: 'min-fresh', steps: [MINUTE, served('min-fresh=50', 10), asked('min-fresh=50', 1)] },
  { of: '5.2.1.4', title: 'no-cache', steps: [MINUTE, asked('no-cache', 0)] },
  {
    of: '5.4',
    title: 'Pragma: no-cache',
    steps: [MINUTE, { send: { Pragma: 'no-cache' }, answer: { status: 304 }, is: 'one' }, { is: 'one' }],
  },
  {
    of: '5.2.1.5',
    title: 'no-store: the answer is not kept, what is here is served',
    steps: [
      { send: { 'Cache-Control': 'no-store' }, answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'zero' } },
      MINUTE,
      served('no-store', 0),
    ],
  },
  { of: '5.2.1.7', title: 'only-if-cached, a hit', steps: [MINUTE, served('only-if-cached', 1)] },
  {
    of: '5.2.1.7',
    title: 'only-if-cached, nothing to be had',
    steps: [
      { send: { 'Cache-Control': 'only-if-cached' }, is: '', status: 504 },
      MINUTE,
      { wait: 61, send: { 'Cache-Control': 'only-if-cached' }, is: '', status: 504 },
    ],
  },
  {
    of: 'RFC 8246 2',
    title: 'immutable',
    steps: [came('max-age=60, immutable'), served('max-age=0', 59), asked('max-age=0', 2)],
  },
];

const never = (more: Partial<Step> = {}): Step => ({
  load: AlwaysCache,
  is: '',
  status: null,
  stored: false,
  error: ContentNotFoundError,
  ...more,
});

/** What the program says: Qt's modes. */
export const LOADS: readonly Row[] = [
  {
    of: 'AlwaysNetwork',
    title: 'does not look, and says so; the answer is kept',
    steps: [
      MINUTE,
      {
        load: AlwaysNetwork,
        answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'two' },
        wire: { 'Cache-Control': 'no-cache', Pragma: 'no-cache', 'If-None-Match': null },
      },
      { load: PreferNetwork, is: 'two' },
    ],
  },
  {
    of: 'PreferCache',
    title: 'asks about what is stale',
    steps: [
      MINUTE,
      { load: PreferCache, wait: 59, is: 'one' },
      { load: PreferCache, wait: 2, answer: { status: 304 }, is: 'one' },
    ],
  },
  {
    of: 'AlwaysCache',
    title: 'takes what is there, also when it is stale',
    steps: [MINUTE, { load: AlwaysCache, is: 'one' }, { load: AlwaysCache, wait: 1_000, is: 'one', has: { Age: '1000' } }],
  },
  { of: 'AlwaysCache', title: 'with nothing there', steps: [never()] },
  { of: 'AlwaysCache', title: 'with what wants to be asked about', steps: [came('max-age=60, no-cache'), never()] },
  {
    of: 'AlwaysCache',
    title: 'with must-revalidate, fresh and stale',
    steps: [came('max-age=60, must-revalidate'), { load: AlwaysCache, is: 'one' }, never({ wait: 61 })],
  },
  {
    of: 'AlwaysCache',
    title: 'HEAD',
    steps: [MINUTE, { load: AlwaysCache, method: 'HEAD', stored: true }, never({ method: 'HEAD', path: '/other' })],
  },
  {
    of: 'AlwaysCache',
    title: 'an error that is kept stays that error',
    steps: [
      { answer: { status: 500, headers: { 'Cache-Control': 'max-age=60' }, body: 'oops' }, error: InternalServerError },
      { load: AlwaysCache, is: 'oops', status: 500, error: InternalServerError },
    ],
  },
  {
    of: 'AlwaysCache',
    title: 'a POST is none of its business',
    steps: [{ load: AlwaysCache, method: 'POST', body: 'x', answer: { body: 'done' } }],
  },
  {
    of: 'CacheSaveControl',
    title: 'off: nothing is kept, and what is there stays',
    steps: [
      { save: false, answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'zero' } },
      MINUTE,
      { save: false, load: AlwaysNetwork, answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'two' } },
      { save: false, is: 'one' },
      { wait: 61, save: false, answer: { status: 304, headers: { 'X-New': 'n' } }, is: 'one', has: { 'X-New': 'n' } },
      { answer: { status: 304 }, is: 'one', has: { 'X-New': null } },
    ],
  },
];
