import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/assembly.ts';
import { until, within } from '../support/once.ts';
import { type Answer, serve } from '../support/server.ts';
import { ask, type Recorder, run, start } from './rig.ts';

const engines: Engine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.clearConnections();
});

function engine(): Engine {
  const made = new Engine();
  engines.push(made);
  return made;
}

const digest = (bytes: Uint8Array): string => createHash('sha1').update(bytes).digest('hex');
const whole = (one: Recorder): string => digest(Buffer.concat(one.parts));

const PLAIN = randomBytes(6 * 1024 * 1024);
const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
const bodies: [coding: string, body: Buffer][] = [
  ['identity', PLAIN],
  ['gzip', gzipSync(PLAIN, { level: 1 })],
  ['deflate', deflateSync(PLAIN, { level: 1 })],
  ['br', brotliCompressSync(PLAIN, fast)],
];

describe('a long body', () => {
  for (const [coding, body] of bodies) {
    const headers = coding === 'identity' ? {} : { 'Content-Encoding': coding };
    const answers: [framing: string, answer: Answer][] = [
      ['by length', { headers, body }],
      ['in chunks', { headers, body, framing: 'chunked', chunks: Array(50).fill(100_000) }],
      ['by the end of the connection', { headers, body, framing: 'close' }],
    ];
    for (const [framing, answer] of answers) {
      it(`arrives whole: ${coding}, framed ${framing}`, async () => {
        await using server = await serve({ routes: { '*': answer } });
        const one = await run(engine(), ask(server.url()));
        expect(one.failure).toBeNull();
        expect(whole(one)).toBe(digest(PLAIN));
      });
    }

    it(`waits at the sender while the reader does, and then arrives whole: ${coding}`, async () => {
      await using server = await serve({ routes: { '*': { headers, body } } });
      const one = start(engine(), ask(server.url()), (moment, r) => {
        if (moment === 'data' && r.parts.length === 1) r.transfer.pause();
      });
      await until(() => one.parts.length > 0, 'the first piece');
      let got = 0;
      // it stands still when nothing came for a while; what was on the way may still arrive
      for (let still = 0; still < 10; still++) {
        await new Promise<void>((next) => setTimeout(next, 5));
        const now = one.parts.reduce((sum, part) => sum + part.length, 0);
        if (now !== got) still = 0;
        got = now;
      }
      expect(got).toBeLessThan(PLAIN.length / 2);
      expect(one.endings).toBe(0);
      expect(server.open).toBe(1);
      one.transfer.resume();
      await within(one.done, 'the end');
      expect(one.failure).toBeNull();
      expect(whole(one)).toBe(digest(PLAIN));
    });

    it(`may stop and go at every piece: ${coding}`, async () => {
      await using server = await serve({ routes: { '*': { headers, body } } });
      const one = start(engine(), ask(server.url()), (moment, r) => {
        if (moment !== 'data') return;
        r.transfer.pause();
        setImmediate(() => r.transfer.resume());
      });
      await within(one.done, 'the end', 10_000);
      expect(whole(one)).toBe(digest(PLAIN));
    });
  }
});

describe('a reader that waits', () => {
  it('does not lose what the server sent before it closed the connection', async () => {
    const body = PLAIN.subarray(0, 100_000);
    await using server = await serve({ routes: { '*': { body, framing: 'close' } } });
    const one = start(engine(), ask(server.url()), (moment, r) => {
      if (moment === 'head') r.transfer.pause();
    });
    await until(() => one.log.includes('head'), 'the head');
    await new Promise<void>((next) => setTimeout(next, 30));
    one.transfer.resume();
    await within(one.done, 'the end');
    expect(one.failure).toBeNull();
    expect(whole(one)).toBe(digest(body));
  });

  it('leaves the connection usable for the next request', async () => {
    await using server = await serve({ routes: { '*': { body: 'abc' } } });
    const e = engine();
    const one = start(e, ask(server.url('/1')), (moment, r) => {
      if (moment === 'data') r.transfer.pause();
    });
    await within(one.done, 'the end');
    const two = await run(e, ask(server.url('/2')));
    expect(two.text).toBe('abc');
    expect(server.connections).toHaveLength(1);
  });
});
