import { describe, expect, it } from 'vitest';
import { createTestNetwork, type TestNetwork } from '../../../src/testing/network/network.ts';

const TEXT = Array.from({ length: 3_000 }, (_, i) => String(i)).join(' ');

interface Told {
  readonly trace: string;
  readonly fingerprint: string;
  readonly bodies: readonly string[];
}

/** Twelve transfers beside each other, with all that chance can do. */
async function run(seed: number, shuffle = true): Promise<Told> {
  const page = { routes: { '*': { body: TEXT, chunks: [10, 1_000], framing: 'chunked' } } } as const;
  const network: TestNetwork = createTestNetwork({
    seed,
    shuffle,
    origins: { 'http://one.test': page, 'https://two.test': { ...page, http2: true }, 'https://three.test': page },
    links: {
      '*': { jitter: 20, latency: 5, loss: 0.05, segment: 'random' },
      'three.test': { segment: 'random', sending: { bandwidth: 100_000 } },
    },
  });
  const manager = network.manager();
  const bodies = await Promise.all(
    Array.from({ length: 12 }, (_, n) => {
      const url = [`http://one.test/${n}`, `https://two.test/${n}`, `https://three.test/${n}`][n % 3]!;
      return n % 2 === 0 ? manager.get(url).text() : manager.post(url, TEXT).text();
    }),
  );
  await network.close();
  await network.clock.runUntilIdle();
  return { trace: network.trace, fingerprint: network.fingerprint, bodies };
}

describe('a network with a seed', () => {
  it('does the same again', async () => {
    const first = await run(7);
    for (let n = 0; n < 3; n++) {
      const again = await run(7);
      expect(again.trace).toBe(first.trace);
      expect(again.fingerprint).toBe(first.fingerprint);
    }
  });

  it('does something else with another seed, and all bytes are there all the same', async () => {
    const prints = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      const { fingerprint, bodies } = await run(seed);
      prints.add(fingerprint);
      for (const body of bodies) expect(body).toBe(TEXT);
    }
    expect(prints.size).toBe(12);
  });

  it('keeps its order when work in the program is put off', async () => {
    const quiet = await run(3);
    // promises, ticks and turns of somebody else, none of which is about the network
    let on = true;
    const noise = (): void => {
      if (on) setImmediate(() => process.nextTick(() => void Promise.resolve().then(noise)));
    };
    noise();
    const loud = await run(3);
    on = false;
    expect(loud.trace).toBe(quiet.trace);
  });

  it('only shuffles when it is told to', async () => {
    const order = async (seed: number, shuffle: boolean): Promise<string> => {
      const network = createTestNetwork({
        seed,
        shuffle,
        origins: { 'http://one.test': {}, 'http://two.test': {}, 'http://three.test': {} },
      });
      const manager = network.manager();
      await Promise.all(
        ['one', 'two', 'three'].map((name) =>
          manager
            .get(`http://${name}.test/`)
            .text()
            .catch(() => ''),
        ),
      );
      await network.close();
      return network.fingerprint;
    };
    const [first, ...others] = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => order(seed, false)));
    for (const other of others) expect(other).toBe(first);
    const shuffled = new Set(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((seed) => order(seed, true))));
    expect(shuffled.size).toBeGreaterThan(2);
  });

  it('takes whole numbers as seeds', () => {
    expect(() => createTestNetwork({ seed: 1.5 })).toThrow(RangeError);
  });
});
