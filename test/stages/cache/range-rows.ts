import { gzipSync } from 'node:zlib';
import type { Answer } from '../../support/server.ts';
import type { Row, Step } from './scene.ts';

const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };
const BODY = '0123456789';
const WHOLE: Step = { answer: { headers: FRESH, body: BODY } };
const range = (wish: string): { send: Record<string, string> } => ({ send: { Range: `bytes=${wish}` } });

/** A 206 with those bytes. */
function part(first: number, last: number, headers: Record<string, string> = FRESH, total: number | '*' = 10): Answer {
  const said = { ...headers, 'Content-Range': `bytes ${first}-${last}/${total}` };
  return { status: 206, headers: said, body: BODY.slice(first, last + 1) };
}
/** The user asks for it and the server gives it. */
const came = (first: number, last: number, headers?: Record<string, string>): Step => ({
  ...range(`${first}-${last}`),
  answer: part(first, last, headers),
});
/** It comes out of what is stored. */
const cut = (wish: string, is: string, place: string): Step => ({
  ...range(wish),
  is,
  status: 206,
  stored: true,
  has: { 'Content-Range': `bytes ${place}`, 'Content-Length': String(is.length) },
});
/** The rest from there on is asked for, and the user gets all. */
const completed = (from: number, more: Partial<Step> = {}): Step => ({
  answer: part(from, 9),
  is: BODY,
  status: 200,
  stored: false,
  wire: { Range: `bytes=${from}-`, 'If-Range': '"1"' },
  has: { 'Content-Length': '10', 'Content-Range': null },
  ...more,
});
/** The body ends after so many of ten bytes. */
const broken = (length: number, headers: Record<string, string> = FRESH): Step => ({
  answer: { headers, body: BODY, truncate: length, framing: 'length', end: 'close' },
  is: BODY.slice(0, length),
  error: 2,
});
const ALL: Step = { is: BODY };

/** Parts of what is stored (RFC 9110 14, RFC 9111 3.3 and 3.4). */
export const RANGES: readonly Row[] = [
  {
    of: 'RFC 9110 14.1.2',
    title: 'parts of the whole',
    steps: [
      WHOLE,
      cut('0-3', '0123', '0-3/10'),
      cut('4-', '456789', '4-9/10'),
      cut('-2', '89', '8-9/10'),
      cut('8-100', '89', '8-9/10'),
      { ...range('20-30'), answer: { status: 416, body: '' } },
      { ...range('0-1,4-5'), answer: { status: 206, headers: { 'Content-Type': 'multipart/byteranges' }, body: 'parts' } },
      ALL,
    ],
  },
  {
    of: 'RFC 9110 13.1.5',
    title: 'If-Range: the part when it is still the same, else all',
    steps: [
      WHOLE,
      { send: { Range: 'bytes=1-2', 'If-Range': '"1"' }, is: '12', status: 206 },
      { send: { Range: 'bytes=1-2', 'If-Range': '"0"' }, is: BODY, status: 200 },
    ],
  },
  {
    of: 'RFC 9110 14.2',
    title: 'a range means nothing to HEAD',
    steps: [WHOLE, { method: 'HEAD', ...range('0-3'), stored: true, has: { 'Content-Length': '10' } }],
  },
  {
    of: '3.3',
    title: 'a part of what is coded is not cut out of what is stored',
    steps: [
      { answer: { headers: { ...FRESH, 'Content-Encoding': 'gzip' }, body: gzipSync(BODY) }, is: BODY },
      { ...range('0-3'), answer: { status: 206, headers: { 'Content-Range': 'bytes 0-3/10' }, body: '0123' } },
      ALL,
    ],
  },
  {
    of: '3.3',
    title: 'what is stale is not cut; a part of the same says that the whole is still good, and does not take its place',
    steps: [WHOLE, { wait: 61, ...came(2, 4) }, ALL],
  },
  {
    of: '3.3',
    title: 'nor does a part of something else',
    steps: [
      WHOLE,
      { wait: 61, ...came(2, 4, { ...FRESH, ETag: '"2"' }) },
      { answer: { status: 304 }, is: BODY, wire: { 'If-None-Match': '"1"' } },
    ],
  },
  {
    of: '3.3',
    title: 'nor when nobody looked at what is there',
    steps: [WHOLE, { ...came(2, 4), load: 0 }, ALL],
  },
  { of: '3.3', title: 'a part is kept', steps: [came(2, 6), cut('2-6', '23456', '2-6/10'), cut('3-4', '34', '3-4/10')] },
  {
    of: '3.3',
    title: 'a part without its place is not',
    steps: [{ ...range('2-6'), answer: { status: 206, headers: FRESH, body: '23456' } }, came(2, 6)],
  },
  {
    of: '3.3',
    title: 'a part at the beginning is completed',
    steps: [came(0, 3), completed(4), ALL, cut('2-5', '2345', '2-5/10')],
  },
  {
    of: '3.3',
    title: 'one from the middle is not',
    steps: [came(2, 6), { ...WHOLE, wire: { Range: null, 'If-Range': null } }, ALL],
  },
  {
    of: '3.4',
    title: 'one with a weak tag is not',
    steps: [came(0, 3, { ...FRESH, ETag: 'W/"1"' }), { ...WHOLE, wire: { Range: null } }],
  },
  {
    of: '3.4',
    title: 'it is another by now: all of it comes at once',
    steps: [
      came(0, 3),
      { answer: { headers: { ...FRESH, ETag: '"2"' }, body: 'abc' }, wire: { Range: 'bytes=4-' } },
      { is: 'abc' },
    ],
  },
  {
    of: '3.4',
    title: 'the rest that comes is not of the same: it is asked for all',
    steps: [
      came(0, 3),
      {
        answer: [part(4, 9, { ...FRESH, ETag: '"2"' }), { headers: FRESH, body: 'abc' }],
        is: 'abc',
        status: 200,
        wire: { Range: null, 'If-Range': null },
      },
      { is: 'abc' },
    ],
  },
  {
    of: '3.4',
    title: 'the rest that comes begins elsewhere, or is too short',
    steps: [
      came(0, 3),
      { answer: [part(5, 9), { headers: FRESH, body: BODY }], status: 200, wire: { Range: null } },
      { ...came(0, 3), load: 0, wait: 61 },
    ],
  },
  {
    of: '3.4',
    title: 'the server knows no such rest',
    steps: [
      came(0, 3),
      {
        answer: [
          { status: 416, headers: { 'Content-Range': 'bytes */3' } },
          { headers: FRESH, body: 'abc' },
        ],
        is: 'abc',
        status: 200,
        wire: { Range: null },
      },
      { is: 'abc' },
    ],
  },
  {
    of: '3.4',
    title: 'the server has trouble with the rest: that is the answer, and the part stays',
    steps: [came(0, 3), { answer: { status: 503, body: 'busy' } }, completed(4)],
  },
  { of: '3.3', title: 'a body that broke off is kept and completed', steps: [broken(4), completed(4), ALL] },
  {
    of: '3.3',
    title: 'not without a strong tag',
    steps: [broken(4, { 'Cache-Control': 'max-age=60' }), { ...WHOLE, wire: { Range: null } }],
  },
  {
    of: '3.3',
    title: 'not when the server gives no parts',
    steps: [broken(4, { ...FRESH, 'Accept-Ranges': 'none' }), { ...WHOLE, wire: { Range: null } }],
  },
  {
    of: '3.3',
    title: 'a completion that breaks off leaves more than there was, unless it brought nothing',
    steps: [
      broken(4),
      { answer: { ...part(4, 9), truncate: 2, end: 'close' }, is: '012345', status: 200, error: 2 },
      { answer: { ...part(6, 9), truncate: 0, end: 'close' }, is: '', status: 200, error: 2 },
      completed(6),
      ALL,
    ],
  },
  {
    of: '3.4',
    title: 'the fields of the rest are those of all',
    steps: [
      came(0, 3, { ...FRESH, 'X-Old': 'o', 'X-Both': 'a' }),
      completed(4, {
        answer: part(4, 9, { ...FRESH, 'X-Both': 'b' }),
        has: { 'X-Old': 'o', 'X-Both': 'b', 'Content-Length': '10' },
      }),
      { is: BODY, has: { 'X-Old': 'o', 'X-Both': 'b' } },
    ],
  },
  {
    of: '3.3',
    title: 'a coded body is completed before it is undone',
    steps: (() => {
      const coded = gzipSync(BODY.repeat(50));
      const headers = { ...FRESH, 'Content-Encoding': 'gzip' };
      const rest = { ...headers, 'Content-Range': `bytes 20-${coded.length - 1}/${coded.length}` };
      return [
        { answer: { headers, body: coded, truncate: 20, end: 'close' }, is: '', error: 2 },
        {
          answer: { status: 206, headers: rest, body: coded.subarray(20) },
          is: BODY.repeat(50),
          status: 200,
          wire: { Range: 'bytes=20-' },
        },
        { is: BODY.repeat(50) },
      ];
    })(),
  },
];

/** What a part that the user asked for does to the part that is stored (3.4). */
export const MEETINGS: readonly Row[] = [
  {
    of: '3.4',
    title: 'it goes on where the stored one ends',
    steps: [came(0, 3), came(4, 6), cut('0-6', '0123456', '0-6/10'), completed(7), ALL],
  },
  { of: '3.4', title: 'it goes on in the middle, to the end', steps: [came(2, 4), came(5, 9), cut('3-9', '3456789', '3-9/10')] },
  { of: '3.4', title: 'it overlaps', steps: [came(0, 3), { wait: 1, ...came(2, 6) }, cut('0-6', '0123456', '0-6/10')] },
  {
    of: '3.4',
    title: 'both make the whole',
    steps: [came(0, 3), came(4, 9), { ...ALL, has: { 'Content-Range': null, 'Content-Length': '10' } }],
  },
  {
    of: '3.4',
    title: 'it brings nothing new, but says that the old is still good',
    steps: [came(0, 5), { wait: 61, ...came(2, 3) }, cut('0-5', '012345', '0-5/10')],
  },
  {
    of: '3.4',
    title: 'between them is a gap: the new one stays',
    steps: [came(0, 3), came(6, 8), cut('7-8', '78', '7-8/10'), came(0, 3)],
  },
  {
    of: '3.4',
    title: 'they are not of the same: the new one stays',
    steps: [came(0, 3), came(4, 6, { ...FRESH, ETag: '"2"' }), cut('4-6', '456', '4-6/10'), came(0, 3)],
  },
];
