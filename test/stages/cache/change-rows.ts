import type { Row, Step } from './scene.ts';

const FRESH = { 'Cache-Control': 'max-age=60' };
const MINUTE: Step = { answer: { headers: FRESH, body: 'one' } };
const STAYS: Step = { is: 'one' };
const GONE: Step = { answer: { headers: FRESH, body: 'new' } };

const changes: readonly [method: string, status: number, gone: boolean][] = [
  ['POST', 200, true],
  ['POST', 202, true],
  ['POST', 500, false],
  ['POST', 404, false],
  ['PUT', 201, true],
  ['PUT', 412, false],
  ['DELETE', 204, true],
  ['PATCH', 200, true],
  ['ODD', 200, true],
  ['OPTIONS', 200, false],
  ['TRACE', 200, false],
];

/** Another URL whose answer is stored, changed by a POST to `/` that says so. */
const other = (of: string, title: string, headers: (at: string) => Record<string, string>, gone: boolean): Row => ({
  of,
  title,
  steps: [
    { path: '/other', answer: { headers: FRESH, body: 'one' } },
    { method: 'POST', body: 'x', answer: { headers: headers('/other'), body: 'ok' } },
    { path: '/other', ...(gone ? GONE : STAYS) },
  ],
});

/** What takes stored answers away (4.4), and what POST leaves behind (RFC 9110 9.3.3). */
export const CHANGES: readonly Row[] = [
  ...changes.map(
    ([method, status, gone]): Row => ({
      of: '4.4',
      title: `${method} answered ${status}: ${gone ? 'gone' : 'stays'}`,
      steps: [
        MINUTE,
        { method, ...(method === 'TRACE' ? {} : { body: 'x' }), answer: { status, ...(status === 204 ? {} : { body: 'b' }) } },
        gone ? GONE : STAYS,
      ],
    }),
  ),
  other('4.4', 'Location names it', (at) => ({ Location: at }), true),
  other('4.4', 'Content-Location names it', (at) => ({ 'Content-Location': at }), true),
  other('4.4', 'another origin is named', (at) => ({ Location: `http://example.invalid${at}` }), false),
  {
    of: 'RFC 9110 9.3.3',
    title: 'a POST that says it is what GET would bring',
    steps: [
      { method: 'POST', body: 'x', answer: { headers: { ...FRESH, 'Content-Location': '/' }, body: 'result' } },
      { is: 'result' },
      { method: 'POST', body: 'x', answer: { headers: FRESH, body: 'no such word' } },
      GONE,
    ],
  },
  {
    of: 'RFC 9110 9.3.3',
    title: 'but not for another URL, and not without an explicit time',
    steps: [
      { method: 'POST', body: 'x', answer: { headers: { ...FRESH, 'Content-Location': '/b' }, body: 'result' } },
      GONE,
      { method: 'POST', body: 'x', answer: { headers: { 'Content-Location': '/' }, body: 'result' } },
      GONE,
    ],
  },
  {
    of: '4',
    title: 'a GET with a body goes to the server and is not kept',
    steps: [
      { method: 'GET', body: 'question', answer: { headers: FRESH, body: 'answer' } },
      MINUTE,
      { method: 'GET', body: 'question', answer: { headers: FRESH, body: 'answer' } },
      STAYS,
    ],
  },
];

const HOP = { ...FRESH, Location: '/b' };
const ARRIVED: Step = { path: '/a', is: 'here' };
const hop = (status: number, headers: Record<string, string>, body = 'moved'): Step => ({
  path: '/a',
  answer: [
    { status, headers, body },
    { headers: FRESH, body: 'here' },
  ],
});

/** Redirects out of the store. */
export const REDIRECTS: readonly Row[] = [
  { of: 'RFC 9110 15.4.3', title: 'a 302 with a time is followed without asking', steps: [hop(302, HOP), ARRIVED] },
  { of: 'RFC 9110 15.4.2', title: 'a 301 without a body', steps: [hop(301, { ...HOP, 'Content-Length': '0' }, ''), ARRIVED] },
  {
    of: 'RFC 9110 15.4.9',
    title: 'a 308 without a time',
    steps: [
      hop(308, { Location: 'b', 'Last-Modified': 'Mon, 22 Dec 2025 00:00:00 GMT', Date: 'Thu, 01 Jan 2026 00:00:00 GMT' }),
      ARRIVED,
    ],
  },
  {
    of: 'RFC 9110 15.4.3',
    title: 'a 302 without a time is asked for again, where it leads is not',
    steps: [
      hop(302, { Location: '/b' }),
      { path: '/a', answer: { status: 302, headers: { Location: '/b' } }, is: 'here', status: 200, stored: true },
    ],
  },
  {
    of: '4',
    title: 'where it leads is stale: that is asked about',
    steps: [
      {
        path: '/a',
        answer: [
          { status: 301, headers: HOP },
          { headers: { 'Cache-Control': 'max-age=1', ETag: '"b"' }, body: 'here' },
        ],
      },
      { wait: 2, path: '/a', answer: { status: 304 }, is: 'here', wire: { 'If-None-Match': '"b"' } },
    ],
  },
  {
    of: '4',
    title: 'who does not follow gets it with its body, which those who follow have left',
    steps: [
      hop(301, HOP),
      { path: '/a', redirect: 'manual', answer: { status: 301, headers: HOP, body: 'moved' } },
      { path: '/a', redirect: 'manual', is: 'moved', status: 301, stored: true, has: { Location: '/b' } },
      ARRIVED,
    ],
  },
  {
    of: '4',
    title: 'HEAD needs no body',
    steps: [
      hop(301, HOP),
      { path: '/a', method: 'HEAD', stored: true },
      { path: '/a', method: 'HEAD', redirect: 'manual', status: 301, stored: true },
    ],
  },
  {
    of: '4',
    title: 'a circle ends',
    steps: [
      {
        path: '/a',
        answer: [
          { status: 301, headers: { ...FRESH, Location: '/c' } },
          { status: 301, headers: { ...FRESH, Location: '/a' } },
        ],
        is: '',
        status: 301,
        stored: true,
        error: 10,
      },
      { path: '/a', is: '', status: 301, stored: true, error: 10 },
    ],
  },
];
