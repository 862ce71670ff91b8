import { describe, expect, it } from 'vitest';
import { type Attempt, type Failure, failure } from '../../../src/contract/failure.ts';
import type { ByteStream } from '../../../src/contract/stream.ts';
import { interleave, Race } from '../../../src/wire/dial/race.ts';
import { ManualClock } from '../../support/clock.ts';
import { addressOf, SimulatedNetwork } from './simulated-network.ts';

const FOUR = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];

class Start {
  readonly clock = new ManualClock();
  readonly network = new SimulatedNetwork();
  readonly told: Attempt[] = [];
  won: ByteStream | null = null;
  lost: Failure | null = null;
  readonly race: Race;

  constructor(addresses: readonly string[]) {
    this.race = new Race(
      this.network,
      this.clock,
      addresses.map(addressOf),
      { port: 80, probes: null, local: null, secure: null },
      {
        attempt: (attempt) => this.told.push(attempt),
        won: (stream) => {
          expect(this.won ?? this.lost).toBeNull();
          this.won = stream;
        },
        lost: (problem) => {
          expect(this.won ?? this.lost).toBeNull();
          this.lost = problem;
        },
      },
    );
  }

  get tried(): string[] {
    return this.network.connects.map((step) => step.address!.address);
  }

  get running(): string[] {
    return this.network.connects.filter((step) => step.running).map((step) => step.address!.address);
  }

  /** Nothing is open but what won; no timer is left. */
  expectClean(): void {
    expect(this.running).toEqual([]);
    expect(this.network.open).toBe(this.won === null ? 0 : 1);
    expect(this.clock.running).toBe(0);
  }
}

describe('the order of addresses', () => {
  const rows: [given: string, tried: string][] = [
    ['', ''],
    ['a4', 'a4'],
    ['a6 b6 c4 d4', 'a6 c4 b6 d4'],
    ['a4 b4 c6', 'a4 c6 b4'],
    ['a4 b6 c6 d6', 'a4 b6 c6 d6'],
    ['a6 b4', 'a6 b4'],
  ];
  for (const [given, tried] of rows) {
    it(`of ${given || 'nobody'} is ${tried || 'none'}`, () => {
      const list = given.split(' ').filter(Boolean);
      const addresses = list.map((address) => ({ address, family: Number(address[1]) as 4 | 6 }));
      expect(
        interleave(addresses)
          .map((a) => a.address)
          .join(' '),
      ).toBe(tried);
    });
  }
});

describe('the race', () => {
  it('is won by the only one', () => {
    const start = new Start(['192.0.2.1']);
    expect(start.clock.running).toBe(0);
    start.clock.advance(40);
    const stream = start.network.connects[0]!.succeeds();
    expect(start.won).toBe(stream);
    expect(start.told).toEqual([{ address: '192.0.2.1', port: 80, outcome: 'connected', milliseconds: 40 }]);
    start.expectClean();
  });

  it('starts the next after 250 ms and lets the one before go on', () => {
    const start = new Start(FOUR);
    start.clock.advance(249);
    expect(start.running).toEqual(['192.0.2.1']);
    start.clock.advance(1);
    expect(start.running).toEqual(['192.0.2.1', '192.0.2.2']);
    start.clock.advance(250);
    expect(start.running).toEqual(FOUR);
    start.clock.advance(60_000);
    expect(start.running).toEqual(FOUR);
    expect(start.clock.running).toBe(0);
  });

  it('is won by a slow first one as long as it is first', () => {
    const start = new Start(['2001:db8::1', '192.0.2.1']);
    start.clock.advance(400);
    start.network.connects[0]!.succeeds();
    expect(start.won!.remoteAddress).toBe('2001:db8::1');
    expect(start.told.map((a) => `${a.address} ${a.outcome} ${a.milliseconds}`)).toEqual([
      '2001:db8::1 connected 400',
      '192.0.2.1 given up 150',
    ]);
    start.expectClean();
  });

  it('is won by the second when the first says nothing', () => {
    const start = new Start(['2001:db8::1', '192.0.2.1']);
    start.clock.advance(260);
    start.network.connects[1]!.succeeds();
    expect(start.won!.remoteAddress).toBe('192.0.2.1');
    start.expectClean();
  });

  it('goes to the next at once when one refuses', () => {
    const start = new Start(FOUR);
    start.clock.advance(10);
    start.network.connects[0]!.fails();
    expect(start.running).toEqual(['192.0.2.2']);
    // and the head start counts from then
    start.clock.advance(249);
    expect(start.running).toEqual(['192.0.2.2']);
    start.clock.advance(1);
    expect(start.running).toEqual(['192.0.2.2', '192.0.2.3']);
  });

  it('does not end before the last has failed', () => {
    const start = new Start(['2001:db8::1', '192.0.2.1']);
    start.clock.advance(250);
    start.network.connects[1]!.fails();
    expect(start.lost).toBeNull();
    start.network.connects[0]!.succeeds();
    expect(start.won!.remoteAddress).toBe('2001:db8::1');
    start.expectClean();
  });

  it('names every attempt in the error, the first failure before all', () => {
    const start = new Start(['2001:db8::1', '192.0.2.1', '192.0.2.2']);
    start.clock.advance(5);
    start.network.connects[0]!.fails(failure('network', 'connect', 'network unreachable'));
    start.clock.advance(250);
    start.network.connects[2]!.fails();
    start.clock.advance(100);
    start.network.connects[1]!.fails(failure('timeout', 'connect', 'no answer'));
    expect(start.lost).toMatchObject({
      kind: 'network',
      phase: 'connect',
      companions: [{ kind: 'refused' }, { kind: 'timeout' }],
    });
    expect(start.lost!.attempts.map((a) => [a.address, a.outcome, a.milliseconds])).toEqual([
      ['2001:db8::1', 'network unreachable', 5],
      ['192.0.2.2', 'connection refused', 0],
      ['192.0.2.1', 'no answer', 350],
    ]);
    for (const address of ['2001:db8::1', '192.0.2.1', '192.0.2.2']) expect(start.lost!.message).toContain(address);
    start.expectClean();
  });

  it('says plainly what was wrong with a single address', () => {
    const start = new Start(['192.0.2.1']);
    start.network.connects[0]!.fails(failure('refused', 'connect', 'connection refused (192.0.2.1 port 80)'));
    expect(start.lost!.message).toBe('connection refused (192.0.2.1 port 80)');
  });

  for (const outcome of ['succeeds', 'fails'] as const) {
    it(`starts nothing more when it is called off by who hears that an attempt ${outcome}`, () => {
      const start = new Start(FOUR);
      start.clock.advance(250);
      start.told.push = (...attempts) => {
        start.race.cancel();
        return Array.prototype.push.apply(start.told, attempts);
      };
      start.network.connects[0]![outcome]();
      expect([start.won, start.lost]).toEqual([null, null]);
      start.expectClean();
      expect(start.tried).toHaveLength(2);
    });
  }

  for (const after of [0, 100, 250, 500]) {
    it(`leaves nothing open when it is called off after ${after} ms`, () => {
      const start = new Start(FOUR);
      start.clock.advance(after);
      start.race.cancel();
      start.race.cancel();
      for (const step of start.network.connects) step.succeeds();
      expect([start.won, start.lost]).toEqual([null, null]);
      start.expectClean();
    });
  }
});
