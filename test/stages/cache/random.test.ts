import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkMemoryCache, type QNetworkReply, type RequestOptions } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { type Answer, type SeenRequest, serve } from '../../support/server.ts';
import { isStored, LateStore } from './scene.ts';

const REQUESTS = 300;
const PAGES = 6;

/** mulberry32: the same numbers for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % sides;
  };
}

const SAID = [
  'max-age=60',
  'max-age=0',
  'no-store',
  'no-cache',
  'max-age=0, stale-while-revalidate=60',
  'max-age=0, stale-if-error=60',
];

/** Anything a server may do; the body says what it belongs to. */
function answer(request: SeenRequest, roll: (sides: number) => number): Answer {
  const page = request.target.slice(1);
  const tag = `"${roll(3)}"`;
  const headers: Record<string, string> = { 'Cache-Control': SAID[roll(SAID.length)]!, ETag: tag };
  const body = `${page}:${tag}:`.padEnd(40 + roll(3) * 30_000, page);
  if (roll(4) === 0) headers['Vary'] = 'X-Kind';
  const range = /^bytes=(\d+)-$/.exec(request.header('range') ?? '');
  switch (roll(14)) {
    case 0:
      return { fault: 'close before head' };
    case 1:
      return { status: 503, headers, body };
    case 2:
      return { headers, body, truncate: roll(40), end: 'close' };
    case 3:
      return { headers, body, chunks: [10, 10, 10], pause: roll(4) };
    case 4:
      return { delay: roll(20), headers, body };
    case 5:
      return { status: 304, headers: roll(2) === 0 ? { ETag: tag } : {} };
    case 6:
      return { status: 302, headers: { ...headers, Location: `/${roll(PAGES)}` }, body: 'moved' };
    case 7:
      return { headers, body, framing: 'chunked' };
    default:
      if (range === null || request.header('if-range') !== tag || Number(range[1]) >= body.length) return { headers, body };
      return {
        status: 206,
        headers: { ...headers, 'Content-Range': `bytes ${range[1]}-${body.length - 1}/${body.length}` },
        body: body.slice(Number(range[1])),
      };
  }
}

function options(roll: (sides: number) => number): RequestOptions {
  const headers: Record<string, string> = roll(2) === 0 ? { 'X-Kind': String(roll(2)) } : {};
  const kind = roll(12);
  if (kind === 0) headers['Cache-Control'] = 'no-cache';
  if (kind === 1) headers['Range'] = `bytes=${roll(10)}-${10 + roll(20)}`;
  const cache = (['force-cache', 'reload', 'no-store', 'only-if-cached'] as const)[kind - 2];
  return { headers, ...(cache === undefined ? {} : { cache }), ...(kind === 6 ? { timeout: { total: 1 + roll(30) } } : {}) };
}

interface Fate {
  finished: number;
  readonly reply: QNetworkReply;
}

/** Starts a request and does something to it, sooner or later. */
function start(manager: QNetworkAccessManager, url: (page: string) => string, roll: (sides: number) => number): Fate {
  const at = url(`/${roll(PAGES)}`);
  const reply = roll(12) === 0 ? manager.post(at, 'x') : roll(12) === 0 ? manager.head(at) : manager.get(at, options(roll));
  const fate: Fate = { finished: 0, reply };
  reply.finished.connect(() => {
    fate.finished++;
  });
  switch (roll(8)) {
    case 0:
      setTimeout(() => reply.abort(), roll(25));
      break;
    case 1:
      reply.metaDataChanged.connect(() => reply.abort());
      break;
    case 2:
      reply.readyRead.connect(() => reply.abort());
      break;
    case 3:
      reply.setReadBufferSize(5_000);
      reply.readyRead.connect(() => void setTimeout(() => reply.isOpen() && reply.readAll(), roll(3)));
      break;
  }
  return fate;
}

describe.each([1, 2, 3])('requests of all kinds, seed %i', (seed) => {
  it.each(['memory', 'late'])('each come to one end, and bring what belongs to them (%s)', async (kind) => {
    const roll = dice(seed);
    await using server = await serve({ routes: { '*': (request) => answer(request, roll) } });
    const manager = new QNetworkAccessManager();
    manager.setCache(kind === 'late' ? new LateStore() : new QNetworkMemoryCache());
    const fates: Fate[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      fates.push(start(manager, server.url.bind(server), roll));
      if (roll(6) === 0) await new Promise((next) => setTimeout(next, roll(6)));
    }
    await until(() => fates.every(({ reply }) => reply.isFinished()), 'the end of all', 12_000);
    await manager.close();
    await new Promise((next) => setTimeout(next, 20));
    expect(fates.map(({ finished }) => finished)).toEqual(Array(REQUESTS).fill(1));
    expect(fates.filter(({ reply }) => isStored(reply)).length).toBeGreaterThan(REQUESTS / 20);
    for (const { reply } of fates) {
      if (!reply.isOpen() || reply.error() !== 0) continue;
      const body = reply.readAll().toString();
      const page = /(\d)$/.exec(reply.url().toString())![1]!;
      // of one piece: nothing of another page, nothing of another version, nothing twice
      if (body !== '' && body !== 'moved' && reply.attribute(0) !== 206 && reply.readBufferSize() === 0)
        expect(body).toMatch(new RegExp(`^${page}:"\\d":${page}*$`));
    }
  });
});
