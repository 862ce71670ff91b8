import { describe, expect, it } from 'vitest';
import { failure } from '../../src/contract/failure.ts';
import { type Filter, FilterPhase, type FilterTarget } from '../../src/contract/filter.ts';
import { FilterChain } from '../../src/engine/filters.ts';
import { Target } from '../filters/target.ts';

/** Puts its name behind every piece, and slows its source down when the consumer or the test wants it. */
class Named implements Filter {
  readonly name: string;
  readonly target: FilterTarget;
  canceled = 0;

  constructor(name: string, target: FilterTarget) {
    this.name = name;
    this.target = target;
  }
  data(chunk: Uint8Array): void {
    this.target.data(Buffer.concat([chunk, Buffer.from(this.name)]));
  }
  end(): void {
    this.target.data(Buffer.from(`${this.name}!`));
    this.target.end(null);
  }
  cancel(): void {
    this.canceled++;
  }
  pause(): void {
    this.target.pause();
  }
  resume(): void {
    this.target.resume();
  }
}

const { raw, decoding, decoded } = FilterPhase;

/** A chain with these filters, put in in this order. */
function chain(...phases: readonly [name: string, phase: FilterPhase][]) {
  const out = new Target();
  const made = new FilterChain(out);
  const filters: Named[] = [];
  for (const [name, phase] of phases) {
    made.insert(phase, (target) => {
      const filter = new Named(name, target);
      filters.push(filter);
      return filter;
    });
  }
  return { out, chain: made, filters };
}

const THREE: readonly [string, FilterPhase][] = [
  ['a', raw],
  ['b', decoding],
  ['c', decoded],
];
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
].map((order) => [order.join(), order.map((i) => THREE[i]!)] as const);

describe.each(orders)('three filters, put in in the order %s', (_order, phases) => {
  it('are passed by phase, and told of the end so', () => {
    const { out, chain: made } = chain(...phases);
    made.data(Buffer.from('x'));
    made.end(null);
    expect(out.said).toEqual(['data xabc', 'data a!bc', 'data b!c', 'data c!', 'end']);
  });

  it('pass the wishes of the reader back to the source', () => {
    const { out, chain: made } = chain(...phases);
    made.pause();
    made.resume();
    expect(out.said).toEqual(['pause', 'resume']);
  });

  it('each may slow the source down itself, through those before it', () => {
    const { out, filters } = chain(...phases);
    for (const filter of filters) {
      filter.target.pause();
      filter.target.resume();
    }
    expect(out.said).toEqual(['pause', 'resume', 'pause', 'resume', 'pause', 'resume']);
  });

  it('a wish goes through every filter before', () => {
    const { filters } = chain(...phases);
    const heard: string[] = [];
    for (const filter of filters) {
      filter.pause = () => {
        heard.push(filter.name);
        filter.target.pause();
      };
    }
    filters.find(({ name }) => name === 'c')!.target.pause();
    expect(heard).toEqual(['b', 'a']);
  });

  it('are all canceled, once', () => {
    const { chain: made, filters } = chain(...phases);
    made.cancel();
    expect(filters.map(({ canceled }) => canceled)).toEqual([1, 1, 1]);
  });

  it('any may fail: the way out hears it at once', () => {
    const { out, filters } = chain(...phases);
    for (const filter of filters) filter.target.fail(failure('decode', 'decode', filter.name));
    expect(out.said).toEqual(filters.map(({ name }) => `fail decode: ${name}`));
  });
});

describe('filters of one phase', () => {
  it('are passed in the order in which they were put in', () => {
    const { out, chain: made } = chain(['a', raw], ['b', raw], ['z', decoded], ['c', raw]);
    made.data(Buffer.from('x'));
    expect(out.said).toEqual(['data xabcz']);
  });

  it('change the length of what comes out when they undo codings', () => {
    expect(chain(['a', raw], ['c', decoded]).chain.changes).toBe(false);
    expect(chain(['a', raw], ['b', decoding]).chain.changes).toBe(true);
  });
});
