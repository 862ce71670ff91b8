import { beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply } from '../../../src/index.ts';
import {
  Code,
  data,
  goaway,
  headers,
  LAST_ID,
  octets,
  rst,
  Setting,
  settings,
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { answer } from '../../support/h2-hpack.ts';
import { acknowledged, ended, fine, type H2Served, heard, type Script, type Step, serveH2 } from '../../support/h2-server.ts';
import { until } from '../../support/once.ts';
import { serve } from '../../support/server.ts';
import { trustTestAuthority } from '../../support/tls.ts';
import { BROKEN, type Case, CLOSED, direct, get, OK, post, suffer, TIMEOUT } from './hostile.ts';

// Servers that end streams and connections, or never do, and windows that open late.

const { NetworkError } = QNetworkReply;

beforeAll(trustTestAuthority);

/** Attempts at most, with the first (docs/decisions/003-resend.md), and where the server says each time that it did nothing. */
const ATTEMPTS = 4;
const REFUSALS = 21;

const OK_BLOCK = answer(200);
const LARGE = 'x'.repeat(200_000);
const CLOSE: Step = { end: 'close' };
const RESET: Step = { end: 'reset' };

type Said = (stream: number) => readonly Step[];
const row = (what: string, rfc: string, answer_: Said, more: Partial<Case> = {}): Case => ({
  what,
  rfc,
  script: { answer: answer_ },
  ...more,
});
const greeting = (what: string, steps: readonly Step[], more: Partial<Case>): Case => ({
  what,
  rfc: '9113 3.4',
  script: { greeting: steps },
  ...more,
});

describe('a server that does not begin as HTTP/2 does', () => {
  const http1 = [Buffer.from('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')];
  const lost: Partial<Case> = { error: CLOSED, connections: ATTEMPTS, after: 'closed' };
  const inOne: Partial<Case> = { tls: true, error: OK, body: 'one', connections: ATTEMPTS };
  suffer([
    greeting('HTTP/1.1', http1, { after: 'closed' }),
    greeting('HTTP/1.1 over TLS that agreed to HTTP/2', http1, inOne),
    greeting('noise', [Buffer.alloc(100, 0xff)], { after: 'closed' }),
    greeting('nothing', [], {
      ask: get({ timeout: 150 }),
      script: { greeting: [], deaf: true, answer: () => [] },
      error: TIMEOUT,
    }),
    greeting('it closes at once', [CLOSE], lost),
    greeting('it closes at once over TLS', [CLOSE], inOne),
    greeting('it resets at once', [RESET], lost),
    greeting('it closes after SETTINGS', [settings(), CLOSE], lost),
    greeting('it closes in the middle of SETTINGS', [octets(settings([3, 100])).subarray(0, 12), CLOSE], lost),
  ]);

  it('an alert instead of a handshake is a failed handshake', async () => {
    await using server = await serve({ refuse: { write: '\x15\x03\x03\x00\x02\x02\x28', end: 'close' } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url().replace('http:', 'https:'));
    await reply.whenFinished();
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
  });
});

describe('a server that closes', () => {
  const begun = (n: number): Step[] => [headers(n, OK_BLOCK), data(n, 'part')];
  const unanswered: Partial<Case> = { error: CLOSED, connections: ATTEMPTS, after: 'closed' };
  const unfinished: Partial<Case> = { error: CLOSED, after: 'closed' };
  suffer([
    row('instead of an answer', '9113 9.1', () => [CLOSE], unanswered),
    row('with a reset instead of an answer', '9113 9.1', () => [RESET], unanswered),
    row('in the head of a frame', '9113 4.1', () => [Buffer.of(0, 0), CLOSE], unanswered),
    row('after the head of a frame', '9113 4.1', (n) => [octets(headers(n, OK_BLOCK)).subarray(0, 9), CLOSE], unanswered),
    row('in a block', '9113 6.10', (n) => [headers(n, OK_BLOCK, { more: true }), CLOSE], unanswered),
    row('after the head of the answer', '9113 8.1', (n) => [headers(n, OK_BLOCK), heard(Type.SETTINGS), CLOSE], unfinished),
    row('in DATA', '9113 8.1', (n) => [...begun(n), octets(data(n, 'x'.repeat(99))).subarray(0, 50), CLOSE], unfinished),
    row('after DATA that did not end', '9113 8.1', (n) => [...begun(n), CLOSE], { ...unfinished, body: 'part' }),
    row(
      'after DATA, short of Content-Length',
      '9113 8.1.1',
      (n) => [headers(n, answer(200, ['content-length', '10'])), data(n, 'part'), CLOSE],
      { ...unfinished, body: 'part' },
    ),
    row('with a reset after DATA', '9113 8.1', (n) => [...begun(n), settings(), acknowledged(Type.SETTINGS), RESET], unfinished),
    row('in the middle of an upload', '9113 9.1', (n) => [heard(Type.DATA, n), CLOSE], {
      ask: post(LARGE),
      error: CLOSED,
      connections: ATTEMPTS,
      after: 'closed',
    }),
    row(
      'over TLS, with an alert in the clear',
      '8446 6',
      (n) => [...begun(n), { beneath: Buffer.from('15030300020228', 'hex') }, heard(Type.GOAWAY)],
      {
        tls: true,
        error: [CLOSED, BROKEN, NetworkError.UnknownNetworkError, NetworkError.SslHandshakeFailedError],
        after: 'closed',
      },
    ),
  ]);
});

/** Qt's number for each code (RFC 9113 7), as its own HTTP/2 has them. */
const CODES: readonly (readonly [code: keyof typeof Code, error: number | readonly number[]])[] = [
  ['NO_ERROR', [BROKEN, CLOSED]],
  ['PROTOCOL_ERROR', BROKEN],
  ['INTERNAL_ERROR', NetworkError.InternalServerError],
  ['FLOW_CONTROL_ERROR', BROKEN],
  ['SETTINGS_TIMEOUT', TIMEOUT],
  ['STREAM_CLOSED', BROKEN],
  ['FRAME_SIZE_ERROR', BROKEN],
  ['CANCEL', BROKEN],
  ['COMPRESSION_ERROR', BROKEN],
  ['CONNECT_ERROR', NetworkError.UnknownNetworkError],
  ['ENHANCE_YOUR_CALM', NetworkError.UnknownServerError],
  ['INADEQUATE_SECURITY', NetworkError.ContentAccessDenied],
];
const requests =
  (most: number) =>
  (server: H2Served): void =>
    expect(server.requests.length).toBeLessThanOrEqual(most);

describe('RST_STREAM', () => {
  suffer([
    ...CODES.flatMap(([name, error]) => [
      row(`${name} for an answer`, '9113 7', (n) => [rst(n, Code[name])], { error, after: 'kept', also: requests(1) }),
      row(`${name} in an answer`, '9113 7', (n) => [headers(n, OK_BLOCK), data(n, 'part'), rst(n, Code[name])], {
        error,
        body: 'part',
        after: 'kept',
        also: requests(1),
      }),
    ]),
    row('an unknown code', '9113 7', (n) => [rst(n, 0xdead_beef)], { after: 'kept', also: requests(1) }),
    row('REFUSED_STREAM again and again', '9113 8.7', (n) => [rst(n, Code.REFUSED_STREAM)], {
      connections: REFUSALS,
      also: requests(REFUSALS),
    }),
    row('REFUSED_STREAM in an answer', '9113 8.7', (n) => [headers(n, OK_BLOCK), rst(n, Code.REFUSED_STREAM)], {
      after: 'kept',
      also: requests(1),
    }),
    ...[get(), post(LARGE)].map(
      (ask, i): Case => ({
        what: `REFUSED_STREAM once, for ${i === 0 ? 'a GET' : 'an upload'}`,
        rfc: '9113 8.7',
        script: { answer: (n) => (n === 1 ? [rst(n, Code.REFUSED_STREAM)] : [ended(n), ...fine(n)]) },
        ask,
        error: OK,
        connections: 2,
        also: (server) => {
          expect(server.requests.length).toBe(2);
          expect(server.requests[1]?.body.length).toBe(i === 0 ? 0 : LARGE.length);
        },
      }),
    ),
    row('HTTP_1_1_REQUIRED of a server that is known to speak HTTP/2', '9113 7', (n) => [rst(n, Code.HTTP_1_1_REQUIRED)], {
      also: requests(1),
    }),
    row('HTTP_1_1_REQUIRED', '9113 7', (n) => [rst(n, Code.HTTP_1_1_REQUIRED)], {
      tls: true,
      error: OK,
      body: 'one',
      connections: 2,
    }),
    row(
      'NO_ERROR behind an answer to half of an upload',
      '9113 8.1',
      (n) => [heard(Type.DATA, n), headers(n, answer(413)), data(n, 'too much', { end: true }), rst(n, Code.NO_ERROR)],
      { ask: post(LARGE), error: NetworkError.UnknownContentError, body: 'too much', after: 'kept', also: requests(1) },
    ),
  ]);
});

describe('GOAWAY', () => {
  const second = (server: H2Served): Promise<void> => {
    expect(server.connections.map((connection) => connection.requests)).toEqual([1, 1]);
    return until(() => server.connections[0]?.open === false, 'the end of the first connection');
  };
  const elsewhere = (what: string, first: Script, more: Partial<Case> = {}): Case => ({
    what,
    rfc: '9113 6.8',
    script: [first, {}],
    error: OK,
    connections: 2,
    also: second,
    ...more,
  });
  suffer([
    elsewhere('that does not know the request, then the end', { answer: () => [goaway(0, Code.NO_ERROR), CLOSE] }),
    elsewhere('that does not know the request, and no end', { answer: () => [goaway(0, Code.NO_ERROR)] }),
    elsewhere('that does not know the request, in two steps', {
      answer: () => [goaway(LAST_ID, Code.NO_ERROR), goaway(0, Code.NO_ERROR)],
    }),
    elsewhere('that does not know a POST', { answer: () => [goaway(0, Code.NO_ERROR)] }, { ask: post('small') }),
    elsewhere(
      'that does not know half of an upload',
      { answer: (n) => [heard(Type.DATA, n), goaway(0, Code.NO_ERROR)] },
      { ask: post(LARGE) },
    ),
    elsewhere('with an error, that does not know the request', { answer: () => [goaway(0, Code.ENHANCE_YOUR_CALM), CLOSE] }),
    elsewhere('as the greeting', { greeting: [settings(), goaway(0, Code.NO_ERROR)], answer: () => [] }),
    row(
      'in the middle of an answer, which goes on',
      '9113 6.8',
      (n) => [
        headers(n, OK_BLOCK),
        data(n, 'o'),
        goaway(n, Code.NO_ERROR),
        settings(),
        acknowledged(Type.SETTINGS),
        data(n, 'k', { end: true }),
      ],
      { error: OK, after: 'closed' },
    ),
    row(
      'before the answer, in two steps',
      '9113 6.8',
      (n) => [goaway(LAST_ID, Code.NO_ERROR), goaway(n, Code.NO_ERROR), ...fine(n)],
      {
        error: OK,
        after: 'closed',
      },
    ),
    row('a hundred of them', '9113 6.8', (n) => [...new Array<Step>(100).fill(goaway(n, Code.NO_ERROR)), ...fine(n)], {
      error: OK,
      after: 'closed',
    }),
    row('that knows the request, then the end', '9113 6.8', (n) => [goaway(n, Code.NO_ERROR), CLOSE], {
      error: CLOSED,
      connections: ATTEMPTS,
      after: 'closed',
    }),
    row('that knows a POST, then the end', '9113 6.8', (n) => [goaway(n, Code.NO_ERROR), CLOSE], {
      ask: post('once'),
      error: CLOSED,
      also: requests(1),
    }),
    row(
      'in the middle of an answer, then the end',
      '9113 6.8',
      (n) => [headers(n, OK_BLOCK), data(n, 'part'), goaway(n, Code.NO_ERROR), CLOSE],
      { error: CLOSED, body: 'part', after: 'closed' },
    ),
    row('that never knows the request', '9113 6.8', () => [goaway(0, Code.NO_ERROR)], {
      error: [BROKEN, CLOSED],
      connections: REFUSALS,
      after: 'closed',
    }),
    ...CODES.filter(([name]) => name !== 'NO_ERROR').map(([name, error]) =>
      row(`${name}, which knows the request`, '9113 6.8', (n) => [goaway(n, Code[name], 'why'), CLOSE], {
        ask: post('once'),
        error,
        also: requests(1),
        after: 'closed',
      }),
    ),
    row('an unknown code, which knows the request', '9113 7', (n) => [goaway(n, 0xdead_beef), CLOSE], {
      ask: post('once'),
      after: 'closed',
    }),
  ]);
});

describe('windows and limits that change', () => {
  const took = (server: H2Served): void => expect(server.requests.at(-1)?.body.toString()).toBe(LARGE);
  const open = (n: number): Step[] => [windowUpdate(n, 300_000), ended(n), ...fine(n)];
  const upload: Partial<Case> = { ask: post(LARGE), error: OK, after: 'kept', also: took };
  suffer([
    row(
      'an initial window that leads beyond 2^31-1',
      '9113 6.9.2',
      (n) => [windowUpdate(n, LAST_ID - 65_535), settings([Setting.INITIAL_WINDOW_SIZE, 65_536])],
      { after: 'closed' },
    ),
    {
      ...row('no window for streams at first', '9113 6.9.2', open, upload),
      script: { greeting: [settings([4, 0])], answer: open },
    },
    row(
      'less than no window in the middle of an upload',
      '9113 6.9.2',
      (n) => [heard(Type.DATA, n), settings([Setting.INITIAL_WINDOW_SIZE, 0]), acknowledged(Type.SETTINGS), ...open(n)],
      upload,
    ),
    row(
      'a window of one octet at a time, for a while',
      '9113 6.9',
      (n) => [
        settings([Setting.INITIAL_WINDOW_SIZE, 1]),
        acknowledged(Type.SETTINGS),
        ...Array.from({ length: 50 }, () => windowUpdate(n, 1)),
        ...open(n),
      ],
      upload,
    ),
    row('the largest frames', '9113 4.2', (n) => [settings([Setting.MAX_FRAME_SIZE, 2 ** 24 - 1]), ended(n), ...fine(n)], upload),
    {
      ...row('no window ever', '9113 6.9', () => []),
      script: { deaf: true, answer: () => [] },
      ask: post(LARGE, { timeout: 150 }),
      error: TIMEOUT,
    },
    { ...row('SETTINGS never acknowledged', '9113 6.5.3', () => []), script: { deaf: true }, error: OK, after: 'kept' },
    {
      ...row('no table', '7541 4.2', () => []),
      script: { greeting: [settings([Setting.HEADER_TABLE_SIZE, 0])] },
      error: OK,
      after: 'kept',
    },
  ]);

  async function noStreams(then: (manager: QNetworkAccessManager, server: H2Served) => Promise<void>): Promise<void> {
    const none = settings([Setting.MAX_CONCURRENT_STREAMS, 0]);
    const answer_: Script['answer'] = (n) => (n === 1 ? [none, acknowledged(Type.SETTINGS), ...fine(n)] : fine(n, 'later'));
    await using server = await serveH2({ scripts: { answer: answer_ } });
    await using manager = new QNetworkAccessManager();
    expect(await manager.get(server.url(), direct()).text()).toBe('ok');
    await then(manager, server);
  }

  it('MAX_CONCURRENT_STREAMS of 0: requests wait until it is raised (9113 5.1.2)', () =>
    noStreams(async (manager, server) => {
      const later = [1, 2, 3].map(() => manager.get(server.url(), direct()).text());
      const idle = manager.get(server.url(), direct({ timeout: { total: 50 } }));
      await idle.whenFinished();
      expect(idle.error()).toBe(TIMEOUT);
      expect(server.requests.length).toBe(1);
      await server.connections[0]?.say(settings([Setting.MAX_CONCURRENT_STREAMS, 2]));
      expect(await Promise.all(later)).toEqual(['later', 'later', 'later']);
      expect(server.connections.length).toBe(1);
    }));
});
