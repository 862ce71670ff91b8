import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import type { PacCall } from '../../../src/system/pac/calls.ts';
import { PacThread } from '../../../src/system/pac/thread.ts';

// The thread is a built file: dist/pac-worker.js.

const CALL: PacCall = { url: 'https://a.test/', host: 'a.test', known: new Map(), own: [], now: 0, time: 1000 };
const LIMITS = { memory: 16 * 1_048_576, time: 1000 };

const open: PacThread[] = [];

function threadWith(script: string): PacThread {
  const thread = new PacThread(script, LIMITS, systemClock);
  open.push(thread);
  return thread;
}

afterEach(() => {
  for (const thread of open.splice(0)) thread.close();
});

const does = (code: string): string => `function FindProxyForURL(url, host) { ${code} }`;

describe('the thread of a proxy script', () => {
  it('answers one call after the other', async () => {
    const thread = threadWith(does('return host + dnsResolve("b.test")'));
    const known = new Map([['b.test', ['192.0.2.1']]]);
    expect(
      await Promise.all([thread.run(CALL), thread.run({ ...CALL, known }), thread.run({ ...CALL, host: 'c', known })]),
    ).toEqual([
      { kind: 'wants', name: 'b.test' },
      { kind: 'answer', text: 'a.test192.0.2.1', alerts: [] },
      { kind: 'answer', text: 'c192.0.2.1', alerts: [] },
    ]);
  });

  it.each([
    ['in the language', 'for (;;);'],
    ['inside of the engine', '[].indexOf.call({ length: 2 ** 53 - 1 }, 1)'],
    ['where it is out of memory', 'const all = []; for (;;) all.push(new Uint8Array(1e6))'],
  ])('is ended when the script loops %s, and the next call gets another', async (_, loop) => {
    const thread = threadWith(does(`if (host === 'loop') { ${loop} } return 'DIRECT'`));
    let turns = 0;
    const turning = setInterval(() => turns++, 10);
    const start = performance.now();
    const outcomes = await Promise.all([thread.run({ ...CALL, host: 'loop' }), thread.run(CALL)]);
    clearInterval(turning);
    expect(outcomes).toMatchObject([
      { kind: 'problem', broken: true },
      { kind: 'answer', text: 'DIRECT' },
    ]);
    expect(performance.now() - start).toBeLessThan(10_000);
    // everybody else went on meanwhile
    expect(turns).toBeGreaterThan(5);
  });

  it('says what waits when it is closed', async () => {
    const thread = threadWith(does('for (;;);'));
    const running = [thread.run({ ...CALL, time: 60_000 }), thread.run(CALL)];
    thread.close();
    for (const outcome of await Promise.all(running))
      expect(outcome).toEqual({ kind: 'problem', message: 'it was ended', broken: true });
  });
});
