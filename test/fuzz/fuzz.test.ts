import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { campaign } from './campaign.ts';
import { judge, piecesOf, type Verdict } from './judge.ts';
import { LICENCES } from './licences.ts';
import { Waiting } from './node-parser.ts';
import { readWithOurs } from './ours.ts';
import type { Sample } from './responses.ts';
import { STRICTNESS } from './strictness.ts';

const OK = 'HTTP/1.1 200 OK\r\n';
const OLD = 'HTTP/1.0 200 OK\r\n';
const HELLO = 'Content-Length: 5\r\n\r\nhello';
const CHUNKED = 'Transfer-Encoding: chunked\r\n';
const CHUNKS = '5\r\nhello\r\n0\r\n\r\n';

async function judged(text: string, method: Sample['method'] = 'GET', cuts: readonly number[] = []): Promise<Verdict> {
  return (await judge([{ method, text, cuts }]))[0]!;
}

function short(verdict: Verdict): string {
  if (verdict.kind === 'agreed') return verdict.read ? 'both read' : 'both refuse';
  return verdict.kind === 'stricter' || verdict.kind === 'licensed'
    ? `${verdict.kind}: ${verdict.rule}`
    : `${verdict.kind}: ${verdict.why}`;
}

test('5,000 answers: nothing is read too laxly, and every disagreement has its row in a table', async () => {
  const report = await campaign(20_251, 0, 5_000);
  expect(report.laxer).toEqual([]);
  expect(report.unexplained).toEqual([]);
  // the run says something only if enough of each kind came along
  expect(report.bothRead).toBeGreaterThan(1_500);
  expect(report.bothRefused).toBeGreaterThan(1_500);
  expect(report.stricter.size).toBeGreaterThan(6);
  expect(report.licensed.size).toBeGreaterThan(5);
}, 60_000);

describe('the rows of the tables, and what fuzzing found', () => {
  /** `or`: newer versions of Node read it as we do. */
  const rows: [string, string, Sample['method']?][] = [
    ['both read', OK + HELLO],
    ['both read', `${OK}Content-Length:\t5\r\n\r\nhello`],
    ['both read', `${OK}\r\nhello`],
    ['both read', OK + CHUNKED + '\r\n' + CHUNKS],
    ['both read', `\r\n\n\r${OK}${HELLO}`],
    ['both read', `${OK}${CHUNKED}\r\n0000000000000000000000005\r\nhello\r\n0\r\n\r\n`],
    ['both read', `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 199 Odd\r\nContent-Length: 5\r\n\r\n${OK}${HELLO}`],
    ['both read', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n'],
    ['both read', `${OK}Connection: foo\t, keep-alive\r\n${HELLO}`],
    ['both read', `${OK}Connection: close\r\n${HELLO}more`],
    // Node takes Proxy-Connection for Connection
    ['both read', `${OK}Proxy-Connection: close\r\n${HELLO}`],
    ['both refuse', `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello`],
    ['both refuse', `${OK}Content-Length: x\r\n\r\n`, 'HEAD'],
    ['both refuse', `HTTP/1.1 100 Continue\r\nContent-Length: x\r\n\r\n${OK}${HELLO}`],
    ['both refuse', `HTTP/1.0 100 Continue\r\n\r\n${OK}${HELLO}`],
    ['both refuse', `HTTP/1.1 103 Hints\r\nConnection: close\r\n\r\n${OK}${HELLO}`],
    ['both refuse', `${OK}${CHUNKED}\r\n5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n`],
    ['both refuse', `${OK}${CHUNKED}\r\n5\r\nhello\r\n0\r\nX: a\n\r\n`],
    // insecureHTTPParser counts a folded length twice
    ['both refuse', `${OK}Content-Length: 5\r\n \r\n\r\nhello`],
    ['both refuse', `${OK}Transfer-Encoding:\r\n chunked\r\n\r\n${CHUNKS}`],
    ['both refuse', 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
    ['stricter: version', 'HTTP/2.0 200 OK\r\n\r\nhello'],
    ['stricter: version', 'RTSP/1.0 200 OK\r\n\r\nhello'],
    ['stricter: status-below-100', `HTTP/1.1 099 Low\r\n${HELLO}`],
    ['stricter: reason-octets', `HTTP/1.1 200 O\x00K\r\n${HELLO}`],
    ['stricter: reason-octets', `HTTP/1.1 103 H\x7f\r\n\r\n${OK}${HELLO}`],
    ['stricter: switching', 'HTTP/1.1 101 Switching Protocols\r\n\r\nhello'],
    ['stricter: coding', `${OK}Transfer-Encoding: gzip\r\n\r\nhello`],
    ['stricter: coding', `${OK}Transfer-Encoding: chunked, gzip\r\n\r\nhello`],
    ['stricter: coding', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n${CHUNKS}`],
    ['stricter: coding', `${OK}Transfer-Encoding: identity\r\n\r\n`, 'HEAD'],
    ['stricter: extension', `${OK}${CHUNKED}\r\n5;a=\r\nhello\r\n0\r\n\r\n`],
    ['stricter: extension', `${OK}${CHUNKED}\r\n5;;a\r\nhello\r\n0\r\n\r\n`],
    ['stricter: framing-trailer', `${OK}${CHUNKED}\r\n5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n`],
    ['stricter: length-beyond-integers', `${OK}Content-Length: 9007199254740993\r\n\r\n`, 'HEAD'],
    ['stricter: limits', `${'\r\n'.repeat(40)}${OK}${HELLO}`],
    ['stricter: limits', `${'HTTP/1.1 103 Hints\r\n\r\n'.repeat(65)}${OK}${HELLO}`],
    ['stricter: limits', `${OK}${CHUNKED}\r\n5;a=${'b'.repeat(5_000)}\r\nhello\r\n0\r\n\r\n`],
    ['stricter: tab-after-value or both refuse', `HTTP/1.1 102 Processing\r\nConnection: close\t\r\n\r\n${OK}${HELLO}`],
    ['stricter: interim-closes', `HTTP/1.0 100 C\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${OK}${HELLO}`],
    ['stricter: closes-1.0-coding', `${OLD}Connection: keep-alive\r\n${CHUNKED}\r\n${CHUNKS}`],
    ['stricter: closes-said', `${OLD}Connection: close, keep-alive\r\n${HELLO}`],
    ['stricter: closes-said or both read', `${OK}Connection: close\t\r\n${HELLO}`],
    ['stricter: closes-proxy-word', `${OLD}Proxy-Connection: keep-alive\r\n${HELLO}`],
    ['stricter: tab-after-value', `${OK}Transfer-Encoding: chunked\t\r\n\r\nhello`],
    ['licensed: bare-lf', `HTTP/1.1 200 OK\n${HELLO}`],
    ['licensed: bare-lf', `${OK}Content-Length: 5\r\n\nhello`],
    ['licensed: bare-lf', `HTTP/1.1 200\n\nhello`],
    ['licensed: obs-fold', `${OK}X: a\r\n b\r\n\t c\r\n${HELLO}`],
    ['licensed: obs-fold', `${OK}${CHUNKED}\r\n5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n`],
    ['licensed: length-repeated', `${OK}Content-Length: 5\r\n${HELLO}`],
    ['licensed: length-repeated', `${OK}Content-Length: 5, 5\r\n\r\nhello`],
    ['licensed: coding-over-length', `${OK}Content-Length: 3\r\n${CHUNKED}\r\n${CHUNKS}`],
    ['licensed: coding-over-length', `${OK}${CHUNKED}Content-Length: 3\r\n\r\n${CHUNKS}`],
    ['licensed: tab-after-value or both read', `${OK}Content-Length: 5\t\r\n\r\nhello`],
    ['licensed: tab-after-value', `${OK}Transfer-Encoding: chunked\t\r\n\r\n${CHUNKS}`],
    ['licensed: tab-after-value or both read', `${OLD}Connection: keep-alive\t\r\n${HELLO}`],
    ['licensed: head-keeps', `${OK}\r\n`, 'HEAD'],
    ['licensed: bare-lf + obs-fold', `HTTP/1.1 200 OK\nX: a\n b\n${HELLO}`],
  ];

  test.each(rows)('%s: %j', async (expected, text, method) => {
    expect(expected.split(' or ')).toContain(short(await judged(text, method)));
  });

  test('the decision about them names every row', () => {
    const page = readFileSync(new URL('../../docs/decisions/002-leniency-of-the-codec.md', import.meta.url), 'utf8');
    const named = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, id]) => id);
    expect(named.sort()).toEqual([...LICENCES, ...STRICTNESS].map(({ id }) => id).sort());
  });

  test('every row has an example', () => {
    const named = new Set(rows.map(([expected]) => expected.split(' or ')[0]));
    for (const { id } of STRICTNESS) expect(named, id).toContain(`stricter: ${id}`);
    for (const { id } of LICENCES) expect(named, id).toContain(`licensed: ${id}`);
  });
});

describe('the judge can tell', () => {
  /** What Node makes of it, as the judge sees it. */
  async function node(text: string, method = 'GET', insecure = false) {
    const waiting = new Waiting(method, insecure);
    await new Promise((turn) => setImmediate(turn));
    return waiting.read(piecesOf({ text, cuts: [3] }));
  }

  test('what Node reads, refuses and keeps', async () => {
    expect(await node(OK + HELLO)).toEqual({
      accepted: true,
      early: true,
      interims: [],
      version: '1.1',
      status: 200,
      reason: 'OK',
      fields: ['Content-Length', '5'],
      trailers: [],
      body: 'hello',
      reusable: true,
      why: '',
    });
    expect(await node(`${OK}Connection: close\r\n${HELLO}`)).toMatchObject({ accepted: true, early: true, reusable: false });
    expect(await node(`${OK}\r\nhello`)).toMatchObject({ accepted: true, early: false, reusable: false, body: 'hello' });
    expect(await node(`${OK}Content-Length: 6\r\n\r\nhello`)).toMatchObject({ accepted: false, body: 'hello' });
    expect(await node(`HTTP/1.1 200 OK\n${HELLO}`)).toMatchObject({ accepted: false, why: expect.stringContaining('HPE_') });
    expect(await node(`HTTP/1.1 200 OK\n${HELLO}`, 'GET', true)).toMatchObject({ accepted: true });
    expect(await node(`HTTP/1.1 103 H\r\n\r\n${OK}${CHUNKED}\r\n1\r\na\r\n0\r\nA: b\r\n\r\n`)).toMatchObject({
      interims: [103],
      body: 'a',
      trailers: ['A', 'b'],
    });
  });

  test('ours is fed with the pieces as they are', () => {
    const pieces = piecesOf({ text: OK + HELLO, cuts: [0, 5, 5, 20] });
    expect(pieces.map((piece) => piece.length)).toEqual([0, 5, 0, 15, 23]);
    expect(readWithOurs('GET', pieces)).toMatchObject({
      accepted: true,
      early: true,
      status: 200,
      body: 'hello',
      reusable: true,
    });
  });
});
