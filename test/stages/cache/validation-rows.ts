import { QNetworkRequest } from '../../../src/index.ts';
import type { Row, Step } from './scene.ts';

const { AlwaysNetwork } = QNetworkRequest;
const CHANGED = 'Wed, 31 Dec 2025 00:00:00 GMT';
const LATER = 'Wed, 31 Dec 2025 12:00:00 GMT';
const AT_ONCE = 'max-age=0';

const came = (headers: Record<string, string>, body = 'one'): Step => ({ answer: { headers, body } });
const TAGGED = came({ ETag: '"1"', 'Cache-Control': 'max-age=10' });
const holds = (headers: Record<string, string>, more: Partial<Step> = {}): Step => ({
  answer: { status: 304, headers },
  is: 'one',
  ...more,
});

const questions: readonly [title: string, headers: Record<string, string>, asked: Record<string, string | null>][] = [
  ['a tag', { ETag: '"1"' }, { 'If-None-Match': '"1"', 'If-Modified-Since': null }],
  ['a weak tag', { ETag: 'W/"1"' }, { 'If-None-Match': 'W/"1"' }],
  ['a date', { 'Last-Modified': CHANGED }, { 'If-None-Match': null, 'If-Modified-Since': CHANGED }],
  ['both', { ETag: '"1"', 'Last-Modified': CHANGED }, { 'If-None-Match': '"1"', 'If-Modified-Since': CHANGED }],
  ['nothing', {}, { 'If-None-Match': null, 'If-Modified-Since': null }],
];

/** Fields of the 304 that go in the place of the stored ones, and those that do not. */
const renewals: readonly [field: string, before: string, said: string, after: string][] = [
  ['X-Note', 'old', 'new', 'new'],
  ['Cache-Control', 'max-age=10', 'max-age=10, public', 'max-age=10, public'],
  ['Content-Length', '3', '7', '3'],
  ['Content-Type', 'text/a', 'text/b', 'text/a'],
  ['Content-Language', 'de', 'en', 'en'],
];

export const VALIDATION: readonly Row[] = [
  ...questions.map(
    ([title, headers, wire]): Row => ({
      of: '4.3.1',
      title: `what is stale is asked about with ${title}`,
      steps: [came({ ...headers, 'Cache-Control': 'max-age=1' }), { wait: 2, answer: { body: 'two' }, wire }],
    }),
  ),
  ...renewals.map(
    ([field, before, said, after]): Row => ({
      of: '3.2',
      title: `a 304 and ${field}`,
      steps: [
        came({ ETag: '"1"', 'Cache-Control': 'max-age=10', [field]: before }),
        { wait: 11, answer: { status: 304, headers: { [field]: said } }, is: 'one', has: { [field]: after } },
        { is: 'one', has: { [field]: after } },
      ],
    }),
  ),
  {
    of: '4.3.4',
    title: 'a 304 makes it fresh again, and a new one replaces it',
    steps: [
      TAGGED,
      { wait: 9, is: 'one', has: { Age: '9' } },
      { wait: 2, answer: { status: 304 }, is: 'one', wire: { 'If-None-Match': '"1"' }, has: { Age: '0' } },
      { wait: 9, is: 'one' },
      { wait: 2, answer: { headers: { ETag: '"2"', 'Cache-Control': 'max-age=10' }, body: 'two' } },
      { is: 'two' },
      { wait: 11, answer: { status: 304 }, is: 'two', wire: { 'If-None-Match': '"2"' } },
    ],
  },
  {
    of: '4.3.3',
    title: 'a 304 that speaks of another answer: it is asked for without conditions, once',
    steps: [
      TAGGED,
      {
        wait: 11,
        answer: [
          { status: 304, headers: { ETag: '"2"' } },
          { headers: { ETag: '"2"', 'Cache-Control': 'max-age=10' }, body: 'two' },
        ],
        wire: { 'If-None-Match': null },
      },
      { is: 'two' },
    ],
  },
  {
    of: '4.3.3',
    title: 'by its date as well',
    steps: [
      came({ 'Last-Modified': CHANGED, 'Cache-Control': AT_ONCE }),
      { answer: [{ status: 304, headers: { 'Last-Modified': LATER } }, { body: 'two' }], wire: { 'If-Modified-Since': null } },
    ],
  },
  {
    of: '4.3.3',
    title: 'a 304 twice over is the answer, and not asked about for ever',
    steps: [
      TAGGED,
      {
        wait: 11,
        answer: [
          { status: 304, headers: { ETag: '"2"' } },
          { status: 304, headers: { ETag: '"2"' } },
        ],
        is: '',
        status: 304,
        stored: false,
      },
    ],
  },
  {
    of: '4.3.3',
    title: 'a weak tag matches itself',
    steps: [came({ ETag: 'W/"1"', 'Cache-Control': AT_ONCE }), holds({ ETag: 'W/"1"' })],
  },
  {
    of: '4.3.3',
    title: 'what may not be kept any more is not served again',
    steps: [
      TAGGED,
      { wait: 11, answer: { headers: { 'Cache-Control': 'no-store' }, body: 'two' } },
      { answer: { body: 'three' }, wire: { 'If-None-Match': null } },
    ],
  },
  {
    of: '4.3.3',
    title: 'an error in between takes nothing away',
    steps: [
      TAGGED,
      { wait: 11, answer: { status: 500, body: 'oops' } },
      { wait: 1, answer: { status: 304 }, is: 'one', wire: { 'If-None-Match': '"1"' } },
    ],
  },
  {
    of: '4.3.2',
    title: 'what the caller has already is not sent again, if it is fresh',
    steps: [
      TAGGED,
      { send: { 'If-None-Match': '"0", "1"' }, is: '', status: 304, has: { ETag: '"1"', 'Content-Length': null } },
      { send: { 'If-None-Match': '"2"' }, is: 'one' },
    ],
  },
  {
    of: '4.3.2',
    title: "the caller's own question goes to the server when it is stale, and the answer is his; it tells us, too",
    steps: [
      TAGGED,
      {
        wait: 11,
        send: { 'If-None-Match': '"1"' },
        answer: { status: 304, headers: { ETag: '"1"' } },
        is: '',
        status: 304,
        stored: false,
      },
      { is: 'one' },
    ],
  },
  {
    of: '4.3.2',
    title: 'a 304 of which nobody knows what it means changes nothing',
    steps: [
      TAGGED,
      { wait: 11, send: { 'If-None-Match': '"2"' }, answer: { status: 304 }, is: '', status: 304, stored: false },
      { answer: { body: 'two' }, wire: { 'If-None-Match': '"1"' } },
    ],
  },
  {
    of: '4.3.2',
    title: 'If-Match is for the server alone',
    steps: [TAGGED, { send: { 'If-Match': '"9"' }, answer: { status: 412 }, is: '' }, { is: 'one' }],
  },
  {
    of: '4.3.5',
    title: 'HEAD makes what is stored fresh again',
    steps: [
      TAGGED,
      {
        wait: 11,
        method: 'HEAD',
        answer: { headers: { ETag: '"1"', 'Cache-Control': 'max-age=10', 'X-New': 'n' }, body: 'one' },
        wire: { 'If-None-Match': null },
      },
      { is: 'one', has: { 'X-New': 'n' } },
    ],
  },
  {
    of: '4.3.5',
    title: 'HEAD that tells of another one takes it away',
    steps: [
      TAGGED,
      { wait: 11, method: 'HEAD', answer: { headers: { ETag: '"2"' }, body: 'two' } },
      { answer: { body: 'two' }, wire: { 'If-None-Match': null } },
    ],
  },
  {
    of: '4.3.5',
    title: 'an error to HEAD says nothing',
    steps: [TAGGED, { wait: 11, method: 'HEAD', answer: { status: 500 } }, { ...holds({}), wire: { 'If-None-Match': '"1"' } }],
  },
  {
    of: '5.2.2.4',
    title: 'no-cache is asked about each time',
    steps: [came({ ETag: '"1"', 'Cache-Control': 'no-cache, max-age=60' }), holds({}), holds({}), { answer: { body: 'two' } }],
  },
  {
    of: '4.3.1',
    title: 'errors are not asked about',
    steps: [
      { answer: { status: 404, headers: { ETag: '"1"', 'Cache-Control': 'max-age=10' }, body: 'none' } },
      { wait: 11, answer: { body: 'two' }, wire: { 'If-None-Match': null } },
    ],
  },
  {
    of: '4',
    title: 'a reload takes the place of what is fresh, also when it may not be kept',
    steps: [
      TAGGED,
      {
        load: AlwaysNetwork,
        answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'two' },
        wire: { 'If-None-Match': null },
      },
      { is: 'two' },
      { load: AlwaysNetwork, answer: { headers: { 'Cache-Control': 'no-store' }, body: 'three' } },
      { answer: { body: 'four' } },
    ],
  },
];
