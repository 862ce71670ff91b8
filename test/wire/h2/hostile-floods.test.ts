import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkReply } from '../../../src/index.ts';
import { child } from '../../life/child.ts';
import {
  Code,
  continuation,
  data,
  Flag,
  frame,
  goaway,
  headers,
  octets,
  ping,
  priority,
  pushPromise,
  rst,
  settings,
  settingsAck,
  Type,
  windowUpdate,
} from '../../support/h2-frames.ts';
import { answer, block, indexed, literal } from '../../support/h2-hpack.ts';
import { fine, type H2Served, type Script, type Step, serveH2 } from '../../support/h2-server.ts';

// Servers that want to eat memory or time with frames that are allowed each: an error, a bounded price, and the process works on.

const { NetworkError } = QNetworkReply;
const BROKEN = NetworkError.ProtocolFailure;
const TIMEOUT = NetworkError.TimeoutError;

const MiB = 2 ** 20;
/** What one of them may cost, in bytes; two thousand requests at once cost something themselves. */
const PRICE = 40 * MiB;
const PRICE_OF_MANY = 100 * MiB;
/** Milliseconds for each, where nothing else ends it: long for what has to be noticed, short for what may go on. */
const LIMIT = 10_000;
const BRIEF = 300;

interface Row {
  readonly what: string;
  readonly rfc: string;
  readonly script: Script;
  /** How the client asks: beside GETs one that does not read, one that allows pushes, very many at once, and one with little time. */
  readonly how?: 'unread' | 'pushed' | 'many' | 'briefly';
  readonly errors?: readonly number[];
}

const many = (count: number, step: (i: number) => Buffer): Buffer =>
  Buffer.concat(Array.from({ length: count }, (_, i) => step(i)));

/** The same frames for ever, 64 KiB at a time. */
const forever = (...frames: Parameters<typeof octets>[0][]): Step => {
  const unit = Buffer.concat(frames.map(octets));
  return { forever: many(Math.ceil(65_536 / unit.length), () => unit) };
};

const flood = (what: string, rfc: string, say: (stream: number) => readonly Step[], more: Partial<Row> = {}): Row => ({
  what,
  rfc,
  script: { answer: say },
  ...more,
});

const STATUS = answer(200);
const PUSHED = block([':method', 'GET'], [':scheme', 'http'], [':authority', 'x'], [':path', '/']);
/** 4,000 octets that are remembered, and asked for 15,000 times: 60 MB out of 19 KB. */
const BOMB = [literal('x', 'y'.repeat(4_000), true), many(12_000, () => indexed(62))];
const FIELD = literal('x', 'y'.repeat(8_000));

const ROWS: readonly Row[] = [
  flood('SETTINGS', 'CVE-2019-9515', () => [forever(settings([3, 100]))]),
  flood('SETTINGS, whose acknowledgements nobody reads', 'CVE-2019-9515', () => ['stop reading', forever(settings([3, 100]))]),
  flood('PING', 'CVE-2019-9512', () => [forever(ping())]),
  flood('PING, whose acknowledgements nobody reads', 'CVE-2019-9512', () => ['stop reading', forever(ping())]),
  flood('acknowledgements of SETTINGS', '9113 10.5', () => [forever(settingsAck())]),
  flood('acknowledgements of PING', '9113 10.5', () => [forever(frame(Type.PING, Flag.ACK, 0, '8 octets'))]),
  flood('empty DATA', 'CVE-2019-9518', (n) => [headers(n, STATUS), forever(data(n))]),
  flood('DATA that is all padding', '9113 10.5', (n) => [headers(n, STATUS), forever(data(n, '', { pad: 255 }))], {
    how: 'briefly',
    errors: [BROKEN, TIMEOUT],
  }),
  flood('CONTINUATION without content', 'CVE-2024-27316', (n) => [
    headers(n, STATUS, { more: true }),
    forever(continuation(n, block(), { more: true })),
  ]),
  flood('CONTINUATION with fields', 'CVE-2024-27316', (n) => [
    headers(n, STATUS, { more: true }),
    forever(continuation(n, FIELD, { more: true })),
  ]),
  flood('interim answers', '9113 10.5', (n) => [forever(headers(n, answer(103)))]),
  flood('interim answers with large heads', '9113 10.5', (n) => [forever(headers(n, answer(103, FIELD)))]),
  flood('trailers', '9113 8.1', (n) => [headers(n, STATUS), forever(headers(n, FIELD))]),
  flood('RST_STREAM of one stream', 'CVE-2019-9514', (n) => [forever(rst(n, Code.CANCEL))]),
  flood('RST_STREAM of very many requests', 'CVE-2023-44487', (n) => [rst(n, Code.CANCEL)], { how: 'many' }),
  flood('PRIORITY', 'CVE-2019-9513', (n) => [forever(priority(n), priority(n + 2, n))]),
  flood('WINDOW_UPDATE of the connection', '9113 10.5', () => [forever(windowUpdate(0, 1))]),
  flood('WINDOW_UPDATE of the stream', '9113 10.5', (n) => [forever(windowUpdate(n, 1))]),
  flood('unknown frames', '9113 10.5', (n) => [forever(frame(0xbb, 0, n, 'x'.repeat(100)))]),
  flood('GOAWAY', '9113 6.8', (n) => [forever(goaway(n, Code.NO_ERROR, 'x'.repeat(1_000)))]),
  flood('ALTSVC for ever', '7838 4', (n) => [forever(frame(Type.ALTSVC, 0, n, '\0\0h2="x:1"'))]),
  flood('ALTSVC of very many origins', '7838 4', () => [
    many(20_000, (i) => octets(frame(Type.ALTSVC, 0, 0, `\0\x14https://${String(i).padStart(12, '0')}h2="x:1"`))),
  ]),
  flood(
    'ORIGIN',
    '8336 2.1',
    () => [
      many(1_000, (i) =>
        octets(
          frame(
            Type.ORIGIN,
            0,
            0,
            many(400, (k) => Buffer.from(`\0\x14https://x${String(400 * i + k).padStart(11, '0')}`)),
          ),
        ),
      ),
    ],
    { how: 'briefly', errors: [BROKEN, TIMEOUT] },
  ),
  flood('PUSH_PROMISE', '9113 8.4', (n) => [many(20_000, (i) => octets(pushPromise(n, 2 * i + 2, PUSHED)))], { how: 'pushed' }),
  flood('an HPACK bomb', '7541 7.3', (n) => [headers(n, Buffer.concat([STATUS, ...BOMB]), { end: true })], {}),
  flood('HPACK bombs for ever', '7541 7.3', (n) => [
    headers(n, Buffer.concat([STATUS, ...BOMB]), { end: true }),
    forever(headers(n, BOMB[1]!)),
  ]),
  flood('DATA, whatever the window', '9113 5.2', (n) => [headers(n, STATUS), forever(data(n, 'x'.repeat(16_000)))], {
    how: 'unread',
  }),
];

interface Outcome {
  readonly errors: readonly number[];
  readonly finished: number;
  readonly replies: number;
  readonly grown: number;
  readonly next: string;
  readonly uncaught: readonly string[];
}

const servers: H2Served[] = [];
beforeAll(async () => {
  for (const { script } of [...ROWS, { script: { answer: (n) => fine(n) } satisfies Script }])
    servers.push(await serveH2({ scripts: script }));
});
afterAll(() => Promise.all(servers.map((server) => server.close())));

/** All in one process with little memory, one after the other. Its highest memory is looked at every millisecond. */
async function suffer(): Promise<Outcome[]> {
  const urls = servers.map((server, i) => `${ROWS[i]?.how ?? ''} ${server.url()}`);
  const { out, err, code } = await child(
    `
    let peak = 0;
    setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 1).unref();
    const uncaught = [];
    process.on('uncaughtException', (error) => uncaught.push(String(error)));
    const direct = { attributes: { Http2DirectAttribute: true } };
    const options = (how) => ({ ...direct, timeout: { total: how === 'briefly' ? ${BRIEF} : ${LIMIT} } });
    const good = args.pop().trim();
    const warm = new QNetworkAccessManager();
    for (let i = 0; i < 20; i++) await warm.get(good, direct).text();
    for (const row of args) {
      const [how, url] = row.split(' ');
      const manager = new QNetworkAccessManager();
      const request = new QNetworkRequest(url);
      const http2 = request.http2Configuration();
      http2.setServerPushEnabled(true);
      if (how === 'pushed') request.setHttp2Configuration(http2);
      const before = peak = process.memoryUsage.rss();
      let finished = 0;
      const replies = Array.from({ length: how === 'many' ? 2000 : 1 }, () => manager.get(request, options(how)));
      if (how === 'unread') replies[0].setReadBufferSize(1000);
      for (const reply of replies) reply.finished.connect(() => finished++);
      await Promise.all(replies.map((reply) => reply.whenFinished()));
      const grown = Math.max(peak, process.memoryUsage.rss()) - before;
      const next = await manager.get(good, direct).text();
      await manager.close();
      const errors = [...new Set(replies.map((reply) => reply.error()))];
      console.log(JSON.stringify({ errors, finished, replies: replies.length, grown, next, uncaught: uncaught.splice(0) }));
    }`,
    urls,
    { ...process.env, NODE_OPTIONS: '--max-old-space-size=64' },
  );
  expect({ err, code }).toEqual({ err: '', code: 0 });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

describe('floods and bombs', () => {
  let outcomes: Promise<Outcome[]> | undefined;

  for (const [i, { what, rfc, how, errors = [BROKEN] }] of ROWS.entries()) {
    it(`${what} (${rfc})`, async () => {
      outcomes ??= suffer();
      const outcome = (await outcomes)[i]!;
      for (const error of outcome.errors) expect(errors).toContain(error);
      expect(outcome).toMatchObject({ finished: outcome.replies, next: 'ok', uncaught: [] });
      expect(outcome.grown).toBeLessThan(how === 'many' ? PRICE_OF_MANY : PRICE);
      await servers[i]!.whenIdle();
    });
  }
});
