import { describe, expect, it } from 'vitest';
import type { Alternative } from '../../src/contract/alt-svc.ts';
import { KnownAlternatives, MOST_ORIGINS } from '../../src/stores/alt-svc.ts';
import { ManualClock } from '../support/clock.ts';

const clock = new ManualClock();
const one = (port: number, seconds = 60): Alternative => ({
  protocol: 'h2',
  host: 'h.test',
  port,
  expires: clock.wall() + seconds * 1000,
  persist: false,
});
const A = 'https://a.test:443';
const B = 'https://b.test:443';

describe('known alternatives', () => {
  it('are those of an origin within a partition, in the order given', () => {
    const known = new KnownAlternatives(clock);
    known.note(A, '', [one(2), one(1)]);
    known.note(A, 'p', [one(3)]);
    expect([known.find(A, ''), known.find(A, 'p'), known.find(A, 'q'), known.find(B, '')]).toEqual([
      [one(2), one(1)],
      [one(3)],
      [],
      [],
    ]);
  });

  it('are replaced by what is said later, and forgotten when that is nothing', () => {
    const known = new KnownAlternatives(clock);
    known.note(A, '', [one(1), one(2)]);
    known.note(B, '', [one(4)]);
    known.note(A, '', [one(3)]);
    expect(known.find(A, '')).toEqual([one(3)]);
    known.note(A, '', []);
    expect([known.find(A, ''), known.find(B, '')]).toEqual([[], [one(4)]]);
    known.clear();
    expect(known.find(B, '')).toEqual([]);
  });

  it('end when their time is over, each by itself', () => {
    const turned = new ManualClock(clock.wall());
    const known = new KnownAlternatives(turned);
    known.note(A, '', [one(1, 10), one(2, 20)]);
    turned.advance(9_999);
    expect(known.find(A, '')).toHaveLength(2);
    turned.advance(1);
    expect(known.find(A, '')).toEqual([one(2, 20)]);
    turned.advance(10_000);
    expect(known.find(A, '')).toEqual([]);
  });

  it('are kept of so many origins, those heard of last', () => {
    const known = new KnownAlternatives(clock, 2);
    known.note(A, '', [one(1)]);
    known.note(B, '', [one(1)]);
    known.note(A, '', [one(2)]);
    known.note('https://c.test:443', '', [one(3)]);
    expect([A, B, 'https://c.test:443'].map((origin) => known.find(origin, '').length)).toEqual([1, 0, 1]);
  });

  it('fill no memory', () => {
    const known = new KnownAlternatives(clock);
    for (let i = 0; i <= MOST_ORIGINS; i++) known.note(`https://${i}.test:443`, '', [one(1)]);
    expect([known.find('https://0.test:443', ''), known.find('https://1.test:443', '')]).toEqual([[], [one(1)]]);
  });
});
