import { describe, expect, it } from 'vitest';
import { Random } from '../../fuzz/random.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { managers } from '../../support/managers.ts';
import { weathered } from './storm.ts';
import { stormy, type Weather } from './stormy.ts';

// Servers that end their sessions at any moment: nothing is lost, and nothing is done twice. bench/h2-goaway.mjs does it at length.

const manager = managers();

const SKIES: Readonly<Record<string, Weather>> = {
  'without any': { slowly: 20 },
  'gently, in two steps': { gently: 5, slowly: 20 },
  'at once': { abruptly: 5, slowly: 20 },
  'with an error': { angrily: 5 },
  'at every third request': { abruptly: 33, slowly: 20 },
  'and streams refused': { refused: 10, gently: 2, abruptly: 2, angrily: 2, slowly: 20 },
};

describe('GOAWAY at random (RFC 9113 6.8)', () => {
  for (const [how, weather] of Object.entries(SKIES)) {
    it(`${how}: 0 of 400 lost, no POST twice`, async () => {
      const acted = new Map<string, number>();
      const random = new Random(7);
      await using server = await serveH2({ scripts: stormy(weather, () => random.below(1_000) / 1_000, acted) });
      const { lost, sent } = await weathered(manager(), server.url(''), { gets: 300, posts: 100, atOnce: 40 });
      expect(lost).toEqual([]);
      expect(sent.filter((path) => path.startsWith('/post') && acted.get(path) !== 1)).toEqual([]);
      expect(sent.filter((path) => !acted.has(path))).toEqual([]);
      expect(server.faults).toEqual([]);
      // the weather was what it says
      if (how !== 'without any') expect(server.connections.length).toBeGreaterThan(3);
      else expect(server.connections.length).toBe(1);
    });
  }
});
