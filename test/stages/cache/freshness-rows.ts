import type { Row, Step } from './scene.ts';

/** The day on which the clock of the tests begins, and others around it. */
const TODAY = 'Thu, 01 Jan 2026 00:00:00 GMT';
const IN_A_MINUTE = 'Thu, 01 Jan 2026 00:01:00 GMT';
const YESTERDAY = 'Wed, 31 Dec 2025 00:00:00 GMT';
const TEN_DAYS_AGO = 'Mon, 22 Dec 2025 00:00:00 GMT';

/** The first answer, with these fields. */
const came = (headers: Record<string, string>, body = 'one'): Step => ({ answer: { headers, body } });
/** Served without a word to the server, and stale a second later. */
const until = (seconds: number): Step[] => [
  { wait: seconds - 1, is: 'one' },
  { wait: 2, answer: { body: 'two' } },
];

const lifetimes: readonly [of: string, title: string, headers: Record<string, string>, seconds: number][] = [
  ['4.2.1', 'max-age', { 'Cache-Control': 'max-age=60' }, 60],
  ['4.2.1', 'max-age before Expires', { 'Cache-Control': 'max-age=60', Expires: YESTERDAY }, 60],
  ['4.2.1', 'Expires, counted from Date', { Date: TODAY, Expires: IN_A_MINUTE }, 60],
  ['4.2.3', 'Expires, and as old as Date says', { Date: YESTERDAY, Expires: IN_A_MINUTE }, 60],
  ['4.2.2', 'a tenth of the time since it was changed', { Date: TODAY, 'Last-Modified': TEN_DAYS_AGO }, 86_400],
  ['4.2.2', 'not when there is an explicit time', { 'Last-Modified': TEN_DAYS_AGO, 'Cache-Control': 'max-age=5' }, 5],
  ['4.2.3', 'Age counts', { 'Cache-Control': 'max-age=60', Age: '50' }, 10],
  ['4.2.3', 'an old Date counts', { 'Cache-Control': 'max-age=86460', Date: YESTERDAY }, 60],
  ['5.2.2.10', 's-maxage is not for a cache of one user', { 'Cache-Control': 's-maxage=5, max-age=60' }, 60],
  ['5.2.2.7', 'private is no obstacle to it', { 'Cache-Control': 'private, max-age=60' }, 60],
  ['5.2.2.9', 'public', { 'Cache-Control': 'public, max-age=60' }, 60],
];

const statuses: readonly [of: string, status: number, headers: Record<string, string>, kept: boolean][] = [
  ['3', 200, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 203, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 204, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 404, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 410, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 500, { 'Cache-Control': 'max-age=60' }, true],
  ['3', 599, { 'Cache-Control': 'max-age=60' }, true],
  ['4.2.2', 404, { 'Last-Modified': TEN_DAYS_AGO }, true],
  ['4.2.2', 403, { 'Last-Modified': TEN_DAYS_AGO }, false],
  ['4.2.2', 202, { 'Last-Modified': TEN_DAYS_AGO }, false],
  ['3', 416, { 'Cache-Control': 'max-age=60' }, false],
];

const unkept: readonly [of: string, title: string, headers: Record<string, string>][] = [
  ['5.2.2.5', 'no-store', { 'Cache-Control': 'no-store, max-age=60' }],
  ['5.2.2.3', 'must-understand with a status that is not', { 'Cache-Control': 'must-understand, no-store, max-age=60' }],
  ['4.1', 'Vary: *', { 'Cache-Control': 'max-age=60', Vary: '*' }],
  ['4.2.1', 'nothing said, nothing known', {}],
];

export const FRESHNESS: readonly Row[] = [
  ...lifetimes.map(([of, title, headers, seconds]): Row => ({ of, title, steps: [came(headers), ...until(seconds)] })),
  ...statuses.map(
    ([of, status, headers, kept]): Row => ({
      of,
      title: `a ${status} with ${Object.keys(headers)} is ${kept ? '' : 'not '}kept`,
      steps: [
        { answer: { status, headers, body: 'one' }, is: status === 204 ? '' : 'one' },
        kept ? { is: status === 204 ? '' : 'one', status } : { answer: { body: 'two' } },
      ],
    }),
  ),
  ...unkept.map(
    ([of, title, headers]): Row => ({
      of,
      title,
      steps: [{ answer: { status: title.startsWith('must') ? 299 : 200, headers, body: 'one' } }, { answer: { body: 'two' } }],
    }),
  ),
  {
    of: '5.1',
    title: 'Age tells how old it is by now, and that of the server is not said twice',
    steps: [
      { answer: { headers: { 'Cache-Control': 'max-age=60', Age: '10' }, body: 'one' }, has: { Age: '10' } },
      { wait: 7, is: 'one', has: { Age: '17' } },
      { wait: 1, is: 'one', has: { Age: '18' } },
    ],
  },
  {
    of: '5.2.2.3',
    title: 'must-understand with a status that is understood',
    steps: [came({ 'Cache-Control': 'must-understand, no-store, max-age=60' }), { is: 'one' }],
  },
  {
    of: '3.1',
    title: 'fields for one hop are not kept',
    steps: [
      came({ 'Cache-Control': 'max-age=60', Connection: 'X-Hop', 'X-Hop': 'a', 'X-End': 'b', 'Keep-Alive': 'c' }),
      { is: 'one', has: { Connection: null, 'X-Hop': null, 'X-End': 'b', 'Keep-Alive': null } },
    ],
  },
  {
    of: '5.2.2.4',
    title: 'fields that no-cache names are left out, the rest is served',
    steps: [
      came({ 'Cache-Control': 'max-age=60, no-cache="X-Once"', 'X-Once': 'a', 'X-Ever': 'b' }),
      { is: 'one', has: { 'X-Once': null, 'X-Ever': 'b' } },
    ],
  },
  {
    of: 'RFC 9110 9.3.2',
    title: 'HEAD is answered by what GET has stored, without its body',
    steps: [
      came({ 'Cache-Control': 'max-age=60', 'X-A': 'a' }),
      { method: 'HEAD', stored: true, has: { 'Content-Length': '3', 'X-A': 'a' } },
      { is: 'one' },
    ],
  },
  {
    of: 'RFC 9110 9.3.2',
    title: 'what HEAD brought is no answer to GET',
    steps: [{ method: 'HEAD', answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'one' } }, { answer: { body: 'two' } }],
  },
  {
    of: '2',
    title: 'the query belongs to the key, the fragment does not',
    steps: [
      { path: '/a?x=1', answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'one' } },
      { path: '/a?x=1#part', is: 'one' },
      { path: '/a?x=2', answer: { body: 'two' } },
    ],
  },
  {
    of: '2',
    title: 'partitions do not see each other',
    steps: [
      { partition: 'p', answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'of p' } },
      { answer: { headers: { 'Cache-Control': 'max-age=60' }, body: 'of all' } },
      { partition: 'q', answer: { body: 'of q' } },
      { partition: 'p', is: 'of p' },
      { is: 'of all' },
    ],
  },
  {
    of: '2',
    title: 'an answer that is larger than all that may be kept goes by',
    steps: [
      {
        answer: { headers: { 'Cache-Control': 'max-age=60', 'Content-Length': '70000000' }, body: '', end: 'close' },
        stored: false,
      },
      { answer: { body: 'two' } },
    ],
  },
];
