import { expect, it } from 'vitest';
import type { SeenHop } from '../../../src/contract/tap.ts';
import { Running } from '../../../src/tools/har/running.ts';

/** A trip, of which only the beginning counts here. */
const trip = (began: number): SeenHop => ({ began }) as unknown as SeenHop;

/** Numbers that look random, the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it.each([1, 7, 64, 1000])('knows what a Map knows, with %i beginnings', (beginnings) => {
  const random = numbers(beginnings);
  const known = new Map<SeenHop, number>();
  const running = new Running();
  for (let row = 0; row < 1200; row++) {
    const hops = [...known.keys()];
    const old = hops[Math.floor(random() * hops.length)];
    if (old !== undefined && random() < (row % 600 < 300 ? 0.3 : 0.8)) {
      known.delete(old);
      running.remove(old);
      expect(running.find(old)).toBe(-1);
    } else {
      const hop = trip(Math.floor(random() * beginnings) / 1000);
      known.set(hop, row);
      running.add(hop, row);
    }
    expect(running.size).toBe(known.size);
    for (const [hop, at] of known) if (running.find(hop) !== at) expect.fail(`row ${at} is lost in step ${row}`);
  }
  expect(new Map(running.entries())).toEqual(known);
  running.remove(trip(0));
  expect(running.size).toBe(known.size);
});
