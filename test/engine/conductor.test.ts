import { describe, expect, it } from 'vitest';
import type { Carriage } from '../../src/contract/carriage.ts';
import { failure } from '../../src/contract/failure.ts';
import { type Filter, FilterPhase, type FilterTarget } from '../../src/contract/filter.ts';
import { type Hop, type HopFacts, NO_FACTS } from '../../src/contract/hop.ts';
import type { Journey, Stage, Verdict } from '../../src/contract/stage.ts';
import { Conductor } from '../../src/engine/conductor.ts';
import { NetLogHub } from '../../src/engine/netlog.ts';
import { head } from '../stages/journey.ts';
import { ManualClock } from '../support/clock.ts';
import { ask, Recorder, settle } from './rig.ts';

/** A transport whose hops the test plays. */
class Stagehand {
  readonly hops: Hop[] = [];
  readonly log: string[] = [];
  /** Called inside `carry`. */
  play: ((hop: Hop) => void) | null = null;

  carry(hop: Hop): Carriage {
    const carriage: Carriage = {
      cancel: () => void this.log.push('cancel'),
      discard: () => void this.log.push('discard'),
      pause: () => void this.log.push('pause'),
      resume: () => void this.log.push('resume'),
    };
    hop.carriedBy(carriage);
    this.hops.push(hop);
    this.play?.(hop);
    return carriage;
  }
  get last(): Hop {
    return this.hops.at(-1)!;
  }
}

interface Script {
  readonly outward?: (hop: Hop, journey: Journey) => Verdict;
  readonly inward?: (hop: Hop, journey: Journey) => Verdict;
  readonly failed?: (hop: Hop, facts: HopFacts, journey: Journey) => Verdict;
}

class Theatre {
  readonly clock = new ManualClock();
  readonly netlog = new NetLogHub();
  readonly stagehand = new Stagehand();
  readonly log: string[] = [];
  readonly conductor: Conductor;

  constructor(scripts: Readonly<Record<string, Script>>) {
    const stages = Object.entries(scripts).map(([name, script]): Stage => {
      const note = (way: string): void => void this.log.push(`${name} ${way}`);
      return {
        name,
        outward(hop, journey) {
          note('out');
          return script.outward?.(hop, journey) ?? 'go';
        },
        inward(hop, _head, journey) {
          note('in');
          return script.inward?.(hop, journey) ?? 'go';
        },
        failed(hop, _failure, facts, journey) {
          note('failed');
          return script.failed?.(hop, facts, journey) ?? 'go';
        },
        settle: () => note('settle'),
      };
    });
    const transports = new Map([['http', this.stagehand]]);
    this.conductor = new Conductor({ clock: this.clock, netlog: this.netlog, stages, transports });
  }

  start(url = 'http://h/', options = {}): Recorder {
    const recorder = new Recorder();
    recorder.transfer = this.conductor.create(ask(url, options), recorder);
    this.conductor.start(recorder.transfer);
    return recorder;
  }
}

const lost = () => failure('closed', 'wait', 'lost');
const bytes = (text: string): [Buffer, number, number] => [Buffer.from(text), 0, text.length];

describe('the walk', () => {
  it('goes out in order, comes back in reverse, and settles each stage once', () => {
    const theatre = new Theatre({ a: {}, b: {}, c: {} });
    const one = theatre.start();
    const { last } = theatre.stagehand;
    last.head(head({}));
    last.data(...bytes('x'));
    last.end(null);
    expect(theatre.log.join(', ')).toBe('a out, b out, c out, c in, b in, a in, c settle, b settle, a settle');
    expect(one.log).toEqual(['head', 'data', 'end']);
  });

  it('stops where a stage refuses, with its reason', () => {
    const theatre = new Theatre({
      a: {},
      b: { outward: (_, journey) => journey.refuse(failure('input', 'setup', 'no')) },
      c: {},
    });
    const one = theatre.start();
    expect(one.failure!.message).toBe('no');
    expect(theatre.stagehand.hops).toEqual([]);
    expect(theatre.log.slice(0, 2)).toEqual(['a out', 'b out']);
    expect(one.endings).toBe(1);
  });

  for (const verdict of ['go', 'fail', 'again'] as const) {
    it(`waits for a stage that says so later: ${verdict}`, async () => {
      let journey!: Journey;
      let asked = 0;
      const theatre = new Theatre({
        a: {},
        b: {
          outward: (_, j) => {
            journey = j;
            return ++asked === 1 ? 'wait' : 'go';
          },
        },
        c: {},
      });
      const one = theatre.start();
      expect(theatre.log).toEqual(['a out', 'b out']);
      if (verdict === 'fail') journey.refuse(failure('input', 'setup', 'no'));
      journey.proceed(verdict);
      journey.proceed(verdict);
      await settle();
      const rest = { go: ['c out'], fail: ['c settle', 'b settle', 'a settle'], again: ['a out', 'b out', 'c out'] }[verdict];
      expect(theatre.log.slice(2)).toEqual(rest);
      expect(one.endings).toBe(verdict === 'fail' ? 1 : 0);
      expect(theatre.stagehand.hops.map((hop) => hop.index)).toEqual(verdict === 'fail' ? [] : [0]);
    });
  }

  it('does not go on for a transfer that was canceled while a stage waited', () => {
    let journey!: Journey;
    const theatre = new Theatre({
      a: {
        outward: (_, j) => {
          journey = j;
          return 'wait';
        },
      },
    });
    const one = theatre.start();
    one.transfer.cancel();
    journey.proceed('go');
    expect(theatre.stagehand.hops).toEqual([]);
    expect(theatre.log).toEqual(['a out', 'a settle']);
  });

  it('starts a new hop from the top when a stage wants one for the answer; late news of the old one find nobody', async () => {
    let trips = 0;
    const again = (journey: Journey): Verdict => {
      journey.reroute(journey.trip);
      return 'again';
    };
    const theatre = new Theatre({ a: {}, b: { inward: (_, journey) => (++trips === 1 ? again(journey) : 'go') } });
    const one = theatre.start();
    const old = theatre.stagehand.last;
    old.head(head({}));
    expect(theatre.stagehand.log).toEqual(['discard']);
    old.data(...bytes('old'));
    old.end(null);
    old.fail(lost(), NO_FACTS);
    await settle();
    const { last } = theatre.stagehand;
    expect([old.index, last.index, last.resent]).toEqual([0, 1, false]);
    last.head(head({}));
    last.data(...bytes('new'));
    last.end(null);
    expect([one.text, one.log]).toEqual(['new', ['head', 'data', 'end']]);
    expect(theatre.log.filter((line) => line.endsWith('settle'))).toHaveLength(2);
  });

  it('starts a new hop after a loss when a stage wants one, and not after the head was told', () => {
    const theatre = new Theatre({ a: { failed: () => 'again' } });
    const one = theatre.start();
    theatre.stagehand.last.dialing();
    theatre.stagehand.last.fail(lost(), NO_FACTS);
    const { last } = theatre.stagehand;
    expect([last.index, last.resent, one.transfer.resends]).toEqual([1, true, 1]);
    // the new connection is opened behind the back of the sink
    last.dialing();
    last.head(head({}));
    last.fail(lost(), NO_FACTS);
    expect(one.log).toEqual(['dialing', 'head', 'fail']);
    expect(theatre.stagehand.hops).toHaveLength(2);
  });

  it('makes a bounded number of trips', () => {
    const theatre = new Theatre({ a: { failed: () => 'again' } });
    theatre.stagehand.play = (hop) => hop.fail(lost(), NO_FACTS);
    const one = theatre.start();
    expect(theatre.stagehand.hops).toHaveLength(201);
    expect(one.failure!.message).toContain('200 trips');
    expect(one.endings).toBe(1);
  });

  it('bears a transport that tells everything before it returns', () => {
    const theatre = new Theatre({ a: {} });
    theatre.stagehand.play = (hop) => {
      hop.head(head({}));
      hop.data(...bytes('x'));
      hop.end(null);
    };
    const one = theatre.start();
    expect(one.log).toEqual(['head', 'data', 'end']);
    one.transfer.cancel();
    expect(theatre.stagehand.log).toEqual([]);
  });

  it('gives up from outside once', () => {
    let journey!: Journey;
    const theatre = new Theatre({
      a: {
        outward: (_, j) => {
          journey = j;
          return 'go';
        },
      },
    });
    const one = theatre.start();
    journey.giveUp(lost());
    journey.giveUp(lost());
    theatre.stagehand.last.end(null);
    expect(one.log).toEqual(['fail']);
    expect(theatre.stagehand.log).toEqual(['cancel']);
    expect(theatre.log).toEqual(['a out', 'a settle']);
  });
});

describe('a turn', () => {
  it('starts its transfers together, the urgent ones first, and none that was canceled', async () => {
    const theatre = new Theatre({});
    const made = ([2, 1, 0, 1, 0] as const).map((priority, i) => {
      const recorder = new Recorder();
      const transfer = theatre.conductor.create(ask(`http://h/${i}`, { priority }), recorder);
      theatre.conductor.schedule(transfer);
      return transfer;
    });
    made[3]!.cancel();
    expect(theatre.stagehand.hops).toEqual([]);
    await settle();
    expect(theatre.stagehand.hops.map((hop) => hop.url.path)).toEqual(['/2', '/4', '/1', '/0']);
  });
});

describe('a filter', () => {
  class Doubling implements Filter {
    readonly log: string[] = [];
    readonly target: FilterTarget;
    constructor(target: FilterTarget) {
      this.target = target;
    }
    data(chunk: Uint8Array): void {
      this.target.data(Buffer.concat([chunk, chunk]));
    }
    end(): void {
      this.target.end(null);
    }
    cancel(): void {
      this.log.push('cancel');
    }
    pause(): void {
      this.log.push('pause');
    }
    resume(): void {
      this.log.push('resume');
    }
  }

  function filtered(): { theatre: Theatre; filter: () => Doubling; one: Recorder } {
    let filter!: Doubling;
    const theatre = new Theatre({
      a: {
        inward: (_, journey) => {
          journey.insert(FilterPhase.decoding, (target) => {
            filter = new Doubling(target);
            return filter;
          });
          return 'go';
        },
      },
    });
    const one = theatre.start();
    theatre.stagehand.last.head(head({}));
    return { theatre, filter: () => filter, one };
  }

  it('stands between transport and sink', () => {
    const { theatre, one } = filtered();
    theatre.stagehand.last.data(...bytes('ab'));
    theatre.stagehand.last.end(null);
    expect([one.text, one.log]).toEqual(['abab', ['head', 'data', 'end']]);
  });

  it('hears the reader, and the transport hears the filter', () => {
    const { theatre, filter, one } = filtered();
    one.transfer.pause();
    one.transfer.pause();
    expect([filter().log, theatre.stagehand.log]).toEqual([['pause'], []]);
    filter().target.pause();
    filter().target.resume();
    one.transfer.resume();
    expect([filter().log, theatre.stagehand.log]).toEqual([
      ['pause', 'resume'],
      ['pause', 'resume'],
    ]);
  });

  it('ends the transfer when it fails, also after the transport is done', () => {
    for (const done of [false, true]) {
      const { theatre, filter, one } = filtered();
      filter().end = () => {};
      if (done) theatre.stagehand.last.end(null);
      filter().target.fail(failure('decode', 'decode', 'broken'));
      filter().target.data(Buffer.from('late'));
      filter().target.end(null);
      expect(one.log).toEqual(['head', 'fail']);
      expect(theatre.stagehand.log).toEqual(done ? [] : ['cancel']);
    }
  });

  it('is canceled with its transfer, and silent from then on', () => {
    const { filter, one } = filtered();
    one.transfer.cancel();
    filter().target.data(Buffer.from('late'));
    filter().target.end(null);
    expect(filter().log).toEqual(['cancel']);
    expect(one.log).toEqual(['head']);
  });
});

describe('the netlog', () => {
  it('is told of every trip, costs nothing without a listener, and bears one that throws', async () => {
    const theatre = new Theatre({ a: { failed: (hop) => (hop.index === 0 ? 'again' : 'go') } });
    expect(theatre.netlog.on).toBe(false);
    const events: string[] = [];
    const stop = theatre.netlog.listen((event) => events.push(`${event.transfer}.${event.hop} ${event.what}`));
    theatre.start();
    theatre.stagehand.last.fail(lost(), NO_FACTS);
    theatre.stagehand.last.head(head({}));
    theatre.stagehand.last.end(null);
    stop();
    stop();
    expect(theatre.netlog.on).toBe(false);
    theatre.start().transfer.cancel();
    expect(events).toEqual(['1.0 start', '1.0 again', '1.1 head', '1.1 end']);
  });
});
