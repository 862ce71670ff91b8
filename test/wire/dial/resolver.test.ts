import { beforeEach, describe, expect, it } from 'vitest';
import { Resolver } from '../../../src/wire/dial/resolver.ts';
import { ManualClock } from '../../support/clock.ts';
import { SimulatedNetwork } from './simulated-network.ts';

const KEPT_MS = 30_000;
const KEPT_NAMES = 256;

let clock: ManualClock;
let network: SimulatedNetwork;
let resolver: Resolver;
beforeEach(() => {
  clock = new ManualClock();
  network = new SimulatedNetwork();
  resolver = new Resolver(network, clock);
});

/** Asks, and writes down what comes. */
function ask(host: string): { heard: string[]; takeBack: () => void } {
  const heard: string[] = [];
  const takeBack = resolver.resolve(host, (problem, addresses) => {
    heard.push(problem === null ? addresses.map((a) => a.address).join() : problem.kind);
  });
  return { heard, takeBack };
}

const asked = (): string[] => network.lookups.map((lookup) => lookup.host);

describe('the resolver', () => {
  for (const literal of ['192.0.2.1', '2001:db8::1']) {
    it(`takes ${literal} for what it is, at once`, () => {
      expect(ask(literal).heard).toEqual([literal]);
      expect(asked()).toEqual([]);
    });
  }

  it('asks once for all who wait', () => {
    const all = [ask('a'), ask('a'), ask('b'), ask('a')];
    expect(asked()).toEqual(['a', 'b']);
    network.lookups[0]!.finds('192.0.2.1', '192.0.2.2');
    expect(all.map((one) => one.heard)).toEqual([['192.0.2.1,192.0.2.2'], ['192.0.2.1,192.0.2.2'], [], ['192.0.2.1,192.0.2.2']]);
  });

  it('tells nobody who has taken the question back; the answer is kept all the same', () => {
    const [a, b] = [ask('a'), ask('a')];
    a.takeBack();
    a.takeBack();
    network.lookups[0]!.finds('192.0.2.1');
    expect([a.heard, b.heard]).toEqual([[], ['192.0.2.1']]);
    expect(ask('a').heard).toEqual(['192.0.2.1']);
  });

  it('keeps an answer for half a minute', () => {
    ask('a');
    network.lookups[0]!.finds('192.0.2.1');
    clock.advance(KEPT_MS - 1);
    expect(ask('a').heard).toEqual(['192.0.2.1']);
    clock.advance(1);
    expect(ask('a').heard).toEqual([]);
    expect(asked()).toEqual(['a', 'a']);
  });

  it('keeps no failure', () => {
    const first = ask('a');
    network.lookups[0]!.fails();
    expect(first.heard).toEqual(['not-found']);
    ask('a');
    expect(asked()).toEqual(['a', 'a']);
  });

  it('keeps a bounded number of names, the oldest goes first', () => {
    for (let i = 0; i <= KEPT_NAMES; i++) {
      ask(`host${i}`);
      network.lookups[i]!.finds('192.0.2.1');
    }
    ask('host1');
    expect(asked()).toHaveLength(KEPT_NAMES + 1);
    ask('host0');
    expect(asked()).toHaveLength(KEPT_NAMES + 2);
  });

  it('forgets one name, or all', () => {
    for (const [i, host] of ['a', 'b'].entries()) {
      ask(host);
      network.lookups[i]!.finds('192.0.2.1');
    }
    resolver.forget('a');
    ask('a');
    ask('b');
    expect(asked()).toEqual(['a', 'b', 'a']);
    resolver.clear();
    ask('b');
    expect(asked()).toEqual(['a', 'b', 'a', 'b']);
  });

  it('bears a question inside an answer', () => {
    const inner: string[] = [];
    resolver.resolve('a', () => resolver.resolve('a', (_, addresses) => inner.push(addresses[0]!.address)));
    network.lookups[0]!.finds('192.0.2.1');
    expect(inner).toEqual(['192.0.2.1']);
  });
});
