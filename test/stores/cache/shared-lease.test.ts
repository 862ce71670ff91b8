import { expect, test } from 'vitest';
import { ManualClock } from '../../support/clock.ts';
import { KEY, ScriptedServer, settled, storeOver } from './shared-parts.ts';

/** A store whose server gives these answers to claims, the last one for ever. */
function claiming(...answers: string[]): {
  clock: ManualClock;
  server: ScriptedServer;
  cache: ReturnType<typeof storeOver>['cache'];
} {
  const clock = new ManualClock();
  const server = new ScriptedServer();
  server.answer = () => (answers.length > 1 ? answers.shift() : answers[0]);
  return { clock, server, cache: storeOver(server, { lease: 3_000, wait: 1_000 }, clock).cache };
}

test('who waits looks again after growing pauses, and after a second fetches himself', async () => {
  const { clock, server, cache } = claiming('wait');
  let kind = '';
  void cache.claim(KEY, null).then((claim) => {
    kind = claim.kind;
  });
  const looks: number[] = [];
  let seen = 0;
  for (; kind === '' && clock.now() < 2_000; clock.advance(10)) {
    await settled();
    if (server.asked.length > seen) looks.push(clock.now());
    seen = server.asked.length;
    // a request waits here
    if (kind === '') expect(clock.holding).toBe(1);
  }
  expect(looks).toEqual([0, 10, 30, 70, 150, 310, 510, 710, 910]);
  expect(kind).toBe('fetch');
  expect(clock.running).toBe(0);
});

test.each([
  ['look', 'look'],
  ['mine', 'fetch'],
  ['alone', 'fetch'],
])('who waits and is told “%s” goes on with “%s”', async (answer, kind) => {
  const { clock, cache } = claiming('wait', answer);
  const claim = cache.claim(KEY, null);
  await settled();
  clock.advance(10);
  expect((await claim).kind).toBe(kind);
});

test('a lease is renewed every third of its time, without holding the process, until it is released', async () => {
  const { clock, server, cache } = claiming('mine', '1');
  const claim = await cache.claim(KEY, null);
  if (claim.kind !== 'fetch') throw new Error('expected to fetch');
  for (const times of [1, 2, 3]) {
    expect(clock.running).toBe(1);
    expect(clock.holding).toBe(0);
    clock.advance(1_000);
    await settled();
    expect(server.asked.length).toBe(1 + times);
    expect(server.asked.at(-1)!.at(-1)).toBe('3000');
  }
  claim.release();
  claim.release();
  await settled();
  expect(server.asked.length).toBe(5);
  expect(clock.running).toBe(0);
});

test('a lease that others have taken is not renewed any more', async () => {
  const { clock, server, cache } = claiming('mine');
  const claim = await cache.claim(KEY, null);
  if (claim.kind !== 'fetch') throw new Error('expected to fetch');
  server.answer = () => 0;
  clock.advance(1_000);
  await settled();
  expect(clock.running).toBe(0);
  claim.release();
  expect(server.asked.length).toBe(2);
});

test('closing gives the leases up', async () => {
  const { clock, server, cache } = claiming('mine', '1');
  await cache.claim(KEY, null);
  await cache.close();
  expect(server.asked.length).toBe(2);
  expect(server.asked[1]!.at(-1)).toBe('');
  expect(server.hungUp).toBe(1);
  expect(clock.running).toBe(0);
});
