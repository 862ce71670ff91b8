import { describe } from 'vitest';
import { QHttp2Configuration, QNetworkRequest } from '../../../src/index.ts';
import {
  Code,
  continuation,
  data,
  Flag,
  frame,
  goaway,
  headers,
  LAST_ID,
  ping,
  pushPromise,
  rst,
  Setting,
  settings,
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { answer, block, indexed } from '../../support/h2-hpack.ts';
import { fine, type Script, type Step } from '../../support/h2-server.ts';
import { until } from '../../support/once.ts';
import { BROKEN, type Case, direct, OK, suffer } from './hostile.ts';

// Frames that break the rules of framing, and frames that only look as if they did. Default outcome: ProtocolFailure.

const OK_BLOCK = answer(200);
const GET_BLOCK = block([':method', 'GET'], [':scheme', 'http'], [':authority', 'x'], [':path', '/pushed']);

type Said = (stream: number) => readonly Step[];

/** The connection is broken by what is said to the request. */
const broken = (what: string, rfc: string, say: Said): Case => ({ what, rfc, script: { answer: say }, after: 'closed' });
/** The stream is, or the connection. */
const either = (what: string, rfc: string, say: Said): Case => ({ what, rfc, script: { answer: say } });
/** What is said before a good answer does no harm. */
const harmless = (what: string, rfc: string, say: Said): Case => ({
  what,
  rfc,
  script: { answer: (n) => [...say(n), ...fine(n)] },
  error: OK,
  after: 'kept',
});
/** Forbidden without a need: who does not mind it answers. */
const lenient = (what: string, rfc: string, say: Said): Case => ({
  what,
  rfc,
  script: { answer: (n) => [...say(n), ...fine(n)] },
  error: [OK, BROKEN],
});
/** The server begins with this. */
const greeting = (what: string, rfc: string, ...steps: Step[]): Case => ({
  what,
  rfc,
  script: { greeting: steps },
  after: 'closed',
});

describe('frames of a wrong size or at a wrong place', () => {
  suffer([
    broken('DATA above the maximum', '9113 4.2', (n) => [headers(n, OK_BLOCK), data(n, Buffer.alloc(20_000))]),
    broken('HEADERS above the maximum', '9113 4.2', (n) => [headers(n, answer(200, ['x', 'y'.repeat(20_000)]), { end: true })]),
    broken('SETTINGS above the maximum', '9113 4.2', () => [frame(Type.SETTINGS, 0, 0, Buffer.alloc(18_000))]),
    broken('a frame that says it has 16 MiB', '9113 4.2', (n) => [{ ...frame(0xbb, 0, n), length: 2 ** 24 - 1 }]),
    broken('HEADERS shorter than their priority', '9113 6.2', (n) => [
      frame(Type.HEADERS, Flag.PRIORITY | Flag.END_HEADERS, n, 'abc'),
    ]),
    broken('DATA on stream 0', '9113 6.1', (n) => [headers(n, OK_BLOCK), data(0, 'x')]),
    broken('HEADERS on stream 0', '9113 6.2', () => [headers(0, OK_BLOCK)]),
    broken('DATA on an idle stream', '9113 5.1', () => [data(99, 'x')]),
    broken('DATA on an idle stream of the server', '9113 5.1', () => [data(2, 'x')]),
    broken('HEADERS on an idle stream', '9113 5.1', () => [headers(99, OK_BLOCK)]),
    broken('HEADERS on a stream that the server opens', '9113 5.1.1', () => [headers(2, GET_BLOCK)]),
    broken('RST_STREAM on stream 0', '9113 6.4', () => [rst(0, Code.CANCEL)]),
    broken('RST_STREAM on an idle stream', '9113 6.4', () => [rst(99, Code.CANCEL)]),
    broken('RST_STREAM of three octets', '9113 6.4', (n) => [frame(Type.RST_STREAM, 0, n, 'abc')]),
    lenient('PRIORITY on stream 0', '9113 6.3', () => [frame(Type.PRIORITY, 0, 0, Buffer.alloc(5))]),
    lenient('PRIORITY of four octets', '9113 6.3', (n) => [frame(Type.PRIORITY, 0, n, Buffer.alloc(4))]),
    broken('PING on a stream', '9113 6.7', (n) => [frame(Type.PING, 0, n, '8 octets')]),
    broken('PING of seven octets', '9113 6.7', () => [ping('7octets')]),
    lenient('an acknowledgement of a PING that nobody sent', '9113 6.7', () => [frame(Type.PING, Flag.ACK, 0, '8 octets')]),
    broken('GOAWAY on a stream', '9113 6.8', (n) => [frame(Type.GOAWAY, 0, n, Buffer.alloc(8))]),
    broken('GOAWAY of four octets', '9113 6.8', () => [frame(Type.GOAWAY, 0, 0, Buffer.alloc(4))]),
    lenient('GOAWAY whose last stream is the server’s', '9113 6.8', (n) => [goaway(n + 1, Code.NO_ERROR)]),
    lenient('GOAWAY whose last stream grows', '9113 6.8', (n) => [goaway(n, Code.NO_ERROR), goaway(n + 8, Code.NO_ERROR)]),
    broken('CONTINUATION without HEADERS', '9113 6.10', (n) => [continuation(n, OK_BLOCK)]),
    broken('CONTINUATION after the last one', '9113 6.10', (n) => [headers(n, OK_BLOCK), continuation(n, indexed(8))]),
    broken('CONTINUATION of another stream', '9113 6.10', (n) => [
      headers(n, OK_BLOCK, { more: true }),
      continuation(n + 2, indexed(8)),
    ]),
    broken('PING in the middle of a block', '9113 6.10', (n) => [headers(n, OK_BLOCK, { more: true }), ping()]),
    broken('DATA in the middle of a block', '9113 6.10', (n) => [headers(n, OK_BLOCK, { more: true }), data(n, 'x')]),
    broken('an unknown frame in the middle of a block', '9113 5.5', (n) => [
      headers(n, OK_BLOCK, { more: true }),
      frame(0xbb, 0, n, 'what?'),
    ]),
    broken('padding longer than DATA', '9113 6.1', (n) => [headers(n, OK_BLOCK), data(n, 'x', { padSaid: 200 })]),
    broken('padding as long as DATA', '9113 6.1', (n) => [headers(n, OK_BLOCK), data(n, '', { padSaid: 1 })]),
    broken('padding longer than HEADERS', '9113 6.2', (n) => [headers(n, OK_BLOCK, { padSaid: 200 })]),
    broken('padding one octet longer than HEADERS', '9113 6.2', (n) => [headers(n, OK_BLOCK, { padSaid: OK_BLOCK.length + 1 })]),
    broken('a padded frame without the length', '9113 6.1', (n) => [headers(n, OK_BLOCK), frame(Type.DATA, Flag.PADDED, n)]),
    either('DATA before HEADERS', '9113 8.1', (n) => [data(n, 'early', { end: true })]),
    {
      what: 'DATA after the end of the stream',
      rfc: '9113 5.1',
      script: { answer: (n) => [...fine(n), data(n, 'more')] },
      error: OK,
    },
    {
      what: 'HEADERS after the end of the stream',
      rfc: '9113 5.1',
      script: { answer: (n) => [...fine(n), headers(n, OK_BLOCK, { end: true })] },
      error: OK,
    },
    {
      what: 'WINDOW_UPDATE after the end of the stream',
      rfc: '9113 5.1',
      script: { answer: (n) => [...fine(n), windowUpdate(n, 10)] },
      error: OK,
      after: 'kept',
    },
    {
      what: 'RST_STREAM after the end of the stream',
      rfc: '9113 5.1',
      script: { answer: (n) => [...fine(n), rst(n, Code.NO_ERROR)] },
      error: OK,
      after: 'kept',
    },
  ]);
});

describe('what nobody knows is ignored', () => {
  suffer(
    [
      harmless('a frame of an unknown type', '9113 4.1', (n) => [frame(0xbb, 0xff, n, 'what?')]),
      harmless('a long frame of an unknown type on no stream', '9113 4.1', () => [frame(0xbc, 0, 0, Buffer.alloc(16_384))]),
      harmless('a frame of an unknown type on a stream that does not exist', '9113 4.1', () => [frame(0xbd, 0, 4_711, '?')]),
      harmless('a hundred of them', '9113 5.5', (n) => Array.from({ length: 100 }, (_, i) => frame(0x20 + i, i, n, 'x'))),
      harmless('a priority in HEADERS', '9113 6.2', (n) => [
        frame(Type.HEADERS, Flag.PRIORITY | Flag.END_HEADERS, n, Buffer.concat([Buffer.alloc(5), answer(103)])),
      ]),
      harmless('unknown flags', '9113 4.1', () => [frame(Type.PING, 0xfe, 0, '8 octets'), settings()]),
      harmless('the reserved bit of a stream’s number', '9113 4.1', (n) => [
        frame(Type.WINDOW_UPDATE, 0, n + 2 ** 31, '\0\0\0\x01'),
      ]),
      harmless('the reserved bit of an increment', '9113 6.9', (n) => [windowUpdate(n, 0x8000_0001)]),
      harmless('PRIORITY on any stream', '9113 6.3', (n) => [frame(Type.PRIORITY, 0, n + 10, Buffer.alloc(5, 1))]),
      harmless('ALTSVC that says nothing sensible', '7838 4', (n) => [
        frame(Type.ALTSVC, 0, n, Buffer.of(0, 0, 1, 2, 3)),
        frame(Type.ALTSVC, 0, 0, Buffer.of(0xff, 0xff, 1)),
        frame(Type.ALTSVC, 0, 0, Buffer.of(0)),
        frame(Type.ALTSVC, 0, 0, '\0\x01a=not Alt-Svc; "'),
      ]),
      lenient('ALTSVC whose origin is longer than the frame', '7838 4', () => [
        frame(Type.ALTSVC, 0, 0, Buffer.of(0xff, 0xff, 1)),
      ]),
      lenient('ALTSVC of one octet', '7838 4', () => [frame(Type.ALTSVC, 0, 0, Buffer.of(0))]),
      harmless('ORIGIN that says nothing sensible', '8336 2.1', (n) => [
        frame(Type.ORIGIN, 0, 0, '\0\x05htt\0:'),
        frame(Type.ORIGIN, 0, n, '\0\x01x'),
        frame(Type.ORIGIN, 0, 0),
      ]),
      harmless('padding of any length', '9113 6.1', (n) => [headers(n, answer(103), { pad: 255 })]),
      harmless('GOAWAY whose debug data is long', '9113 6.8', () => [goaway(LAST_ID, Code.NO_ERROR, 'because '.repeat(2_000))]),
    ].map((row): Case => (row.what.startsWith('GOAWAY') ? { ...row, after: 'closed' } : row)),
  );
});

describe('SETTINGS', () => {
  suffer([
    broken('on a stream', '9113 6.5', (n) => [frame(Type.SETTINGS, 0, n)]),
    broken('of five octets', '9113 6.5', () => [frame(Type.SETTINGS, 0, 0, '12345')]),
    broken('an acknowledgement with a payload', '9113 6.5', () => [frame(Type.SETTINGS, Flag.ACK, 0, '123456')]),
    broken('ENABLE_PUSH of a server', '9113 6.5.2', () => [settings([Setting.ENABLE_PUSH, 1])]),
    broken('ENABLE_PUSH of 2', '9113 6.5.2', () => [settings([Setting.ENABLE_PUSH, 2])]),
    broken('INITIAL_WINDOW_SIZE of 2^31', '9113 6.5.2', () => [settings([Setting.INITIAL_WINDOW_SIZE, 2 ** 31])]),
    broken('MAX_FRAME_SIZE below 2^14', '9113 6.5.2', () => [settings([Setting.MAX_FRAME_SIZE, 16_383])]),
    broken('MAX_FRAME_SIZE of 2^24', '9113 6.5.2', () => [settings([Setting.MAX_FRAME_SIZE, 2 ** 24])]),
    greeting('not the first frame', '9113 3.4', ping(), settings()),
    greeting('broken, as the first frame', '9113 3.4', settings([Setting.MAX_FRAME_SIZE, 1])),
    harmless('unknown ones', '9113 6.5.2', () => [settings([0, 1], [7, 2], [0xffff, 0xffff_ffff])]),
    harmless('ENABLE_PUSH of 0, the greatest table, the smallest list', '9113 6.5.2', () => [
      settings([Setting.ENABLE_PUSH, 0], [Setting.HEADER_TABLE_SIZE, 0xffff_ffff], [Setting.MAX_HEADER_LIST_SIZE, 0]),
    ]),
    harmless('many in a row', '9113 6.5', () =>
      Array.from({ length: 50 }, (_, i) => settings([Setting.HEADER_TABLE_SIZE, 100 * i])),
    ),
  ]);
});

describe('windows', () => {
  suffer([
    broken('an increment of 0 for the connection', '9113 6.9', () => [windowUpdate(0, 0)]),
    either('an increment of 0 for the stream', '9113 6.9', (n) => [windowUpdate(n, 0)]),
    broken('more than 2^31-1 for the connection', '9113 6.9.1', () => [windowUpdate(0, LAST_ID)]),
    either('more than 2^31-1 for the stream', '9113 6.9.1', (n) => [windowUpdate(n, LAST_ID)]),
    broken('of three octets', '9113 6.9', () => [frame(Type.WINDOW_UPDATE, 0, 0, 'abc')]),
    broken('for an idle stream', '9113 5.1', () => [windowUpdate(99, 1)]),
    harmless('just as much as there may be', '9113 6.9.1', (n) => [
      windowUpdate(0, LAST_ID - 65_535),
      windowUpdate(n, LAST_ID - 65_535),
    ]),
    harmless('a lower initial window, later a higher one', '9113 6.9.2', () => [
      settings([Setting.INITIAL_WINDOW_SIZE, 0]),
      settings([Setting.INITIAL_WINDOW_SIZE, LAST_ID]),
    ]),
  ]);
});

describe('PUSH_PROMISE', () => {
  const pushing = (url: string): QNetworkRequest => {
    const request = new QNetworkRequest(url);
    const http2 = new QHttp2Configuration();
    http2.setServerPushEnabled(true);
    request.setHttp2Configuration(http2);
    return request;
  };
  const promised: Script['answer'] = (n) => [
    pushPromise(n, 2, GET_BLOCK),
    headers(2, OK_BLOCK),
    data(2, 'pushed', { end: true }),
    ...fine(n),
  ];
  suffer([
    broken('while it is off', '9113 6.6', (n) => [pushPromise(n, 2, GET_BLOCK)]),
    broken('on a stream that does not exist', '9113 6.6', () => [pushPromise(99, 2, GET_BLOCK)]),
    broken('of a stream of the client', '9113 6.6', (n) => [pushPromise(n, n + 2, GET_BLOCK)]),
    {
      what: 'refused while it is on: nobody asked for it',
      rfc: '9113 8.4.2',
      script: { answer: promised },
      ask: (manager, url) => manager.get(pushing(url), direct()),
      error: OK,
      also: (server) =>
        until(
          () => server.connections[0]?.frames.some(({ type, stream }) => type === Type.RST_STREAM && stream === 2) === true,
          'its end',
        ),
    },
  ]);
});
