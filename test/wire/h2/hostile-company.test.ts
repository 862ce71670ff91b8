import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply } from '../../../src/index.ts';
import { Random } from '../../fuzz/random.ts';
import { data, headers, octets, ping, rst, Setting, settings, Type, windowUpdate } from '../../support/h2-frames.ts';
import { answer, block } from '../../support/h2-hpack.ts';
import { fine, heard, type Script, type Step, serveH2 } from '../../support/h2-server.ts';
import { BROKEN, CLOSED, direct, OK } from './hostile.ts';

// Several requests on one connection, pieces of any size, and answers that noise has spoiled.

const { NetworkError } = QNetworkReply;

type Said = (stream: number) => readonly Step[];

describe('in company', () => {
  /** Twenty requests of one connection, of which the eleventh meets `fate`. */
  async function twenty(fate: Said): Promise<{ errors: number[]; finished: number[]; connections: number }> {
    const all: number[] = [];
    const answer_: Script['answer'] = (n) => {
      all.push(n);
      // all are there before any is answered
      return all.length < 20 ? [] : all.flatMap((each, i) => (i === 10 ? fate(each) : fine(each)));
    };
    await using server = await serveH2({ scripts: { answer: answer_ } });
    await using manager = new QNetworkAccessManager();
    const replies = Array.from({ length: 20 }, (_, i) => manager.get(server.url(`/${i}`), direct({ resend: 'safe' })));
    const finished = replies.map(() => 0);
    for (const [i, reply] of replies.entries()) reply.finished.connect(() => finished[i]!++);
    await Promise.all(replies.map((reply) => reply.whenFinished()));
    return { errors: replies.map((reply) => reply.error()), finished, connections: server.connections.length };
  }
  const once = new Array<number>(20).fill(1);

  it('a malformed head fails its request alone (9113 5.4.2)', async () => {
    const { errors, finished, connections } = await twenty((n) => [headers(n, answer('abc'))]);
    expect(errors).toEqual(errors.map((_, i) => (i === 10 ? BROKEN : OK)));
    expect({ finished, connections }).toEqual({ finished: once, connections: 1 });
  });

  it('a broken connection fails those that wait, each once (9113 5.4.1)', async () => {
    const { errors, finished } = await twenty(() => [settings([Setting.MAX_FRAME_SIZE, 1])]);
    expect(errors).toEqual(errors.map((_, i) => (i < 10 ? OK : BROKEN)));
    expect(finished).toEqual(once);
  });
});

describe('octets', () => {
  /** A whole conversation behind the request. */
  const said: Said = (n) => [
    settings([Setting.MAX_CONCURRENT_STREAMS, 100]),
    ping(),
    headers(n, answer(103, ['link', '</a>'])),
    headers(n, answer(200, ['content-type', 'text/plain']), { pad: 3 }),
    data(n, 'o', { pad: 5 }),
    windowUpdate(n, 1),
    data(n, 'k'),
    headers(n, block(['x-end', 'yes']), { end: true }),
  ];
  const bytesOf = (steps: readonly Step[]): Buffer =>
    Buffer.concat(steps.map((step) => octets(step as Parameters<typeof octets>[0])));

  it('one by one make the same answer (9113 4.1)', async () => {
    const script: Script = { answer: (n) => Array.from(bytesOf(said(n)), (octet): Step[] => [Buffer.of(octet), 'turn']).flat() };
    await using server = await serveH2({ scripts: script });
    await using manager = new QNetworkAccessManager();
    expect(await manager.get(server.url(), direct()).text()).toBe('ok');
  });

  it('spoiled by noise end in one answer or one error each, 400 times (9113 5.4)', async () => {
    const random = new Random(23);
    const spoil = (bytes: Buffer): Buffer => {
      for (let i = random.below(3); i >= 0; i--) bytes[random.below(bytes.length)] = random.below(256);
      return random.chance(4) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
    };
    const script: Script = { answer: (n) => [spoil(bytesOf(said(n))), { end: 'close' }] };
    await using server = await serveH2({ scripts: script });
    await using manager = new QNetworkAccessManager();
    const seen = new Set<number>();
    for (let i = 0; i < 400; i++) {
      const reply = manager.get(server.url(), direct({ timeout: { total: 4_000 } }));
      let finished = 0;
      reply.finished.connect(() => finished++);
      await reply.whenFinished();
      expect(finished).toBe(1);
      seen.add(reply.error());
    }
    expect(seen).not.toContain(NetworkError.TimeoutError);
    for (const error of [OK, BROKEN, CLOSED]) expect(seen).toContain(error);
    expect(server.faults).toEqual([]);
  });
});

describe('requests that were given up', () => {
  it('more than a thousand: what still comes on their streams harms nobody (9113 5.1)', async () => {
    const begun: number[] = [];
    const script: Script = {
      greeting: [settings([Setting.MAX_CONCURRENT_STREAMS, 2_000])],
      answer: (n, request) => {
        if (request.field(':path') === '/next') return fine(n, 'next');
        begun.push(n);
        return [headers(n, answer(200)), heard(Type.RST_STREAM, n)];
      },
    };
    await using server = await serveH2({ scripts: script });
    await using manager = new QNetworkAccessManager();
    const next = (): Promise<string> => manager.get(server.url('/next'), direct()).text();
    expect(await next()).toBe('next');
    for (let round = 0; round < 3; round++) {
      const replies = Array.from({ length: 600 }, (_, i) => manager.get(server.url(`/${i}`), direct()));
      await server.whenRequests(1 + 600 * (round + 1));
      for (const reply of replies) reply.abort();
    }
    const late = begun.flatMap((n) => [data(n, 'late'), rst(n, 0), headers(n, answer(200))].slice(n % 3, (n % 3) + 1));
    expect(late.length).toBeGreaterThan(1_000);
    await server.connections[0]?.say(...late.slice(0, 900));
    expect(await next()).toBe('next');
    await server.connections[0]?.say(...late.slice(900));
    expect(await next()).toBe('next');
    expect(server.connections.length).toBe(1);
  });
});
