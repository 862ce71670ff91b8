import { HeaderList } from '../../src/base/header-list.ts';
import { Url } from '../../src/base/url.ts';
import type { Ask, Trip } from '../../src/contract/ask.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { Filter, FilterPhase, FilterTarget } from '../../src/contract/filter.ts';
import type { Head } from '../../src/contract/head.ts';
import type { Hop } from '../../src/contract/hop.ts';
import type { Timings } from '../../src/contract/netlog.ts';
import type { Journey, Stage, Verdict } from '../../src/contract/stage.ts';
import { type AskOptions, ask, Recorder } from '../engine/rig.ts';
import { ManualClock } from '../support/clock.ts';
import { NO_TIMINGS } from '../support/timings.ts';

/** What a stage sees, without an engine behind it. */
export class TestJourney implements Journey {
  readonly ask: Ask;
  trip: Trip;
  readonly sink = new Recorder();
  readonly waiting = false;
  over = false;
  proceeded: Verdict[] = [];
  readonly clock = new ManualClock();
  readonly hop: Hop;
  resends = 0;
  readonly started = 0;
  lastActivity = 0;
  watched = false;
  paused = false;
  readonly memory = new Map<Stage, unknown>();
  readonly timings: { -readonly [K in keyof Timings]: Timings[K] } = { ...NO_TIMINGS, queued: 0 };
  refused: Failure | null = null;
  gaveUp: Failure | null = null;
  inserted: Filter | null = null;
  seen: Head | null = null;

  constructor(url: string, options?: AskOptions) {
    this.ask = ask(url, options);
    this.trip = this.ask;
    const { method, body, headers } = this.ask;
    this.hop = { ask: this.ask, method, url: Url.parse(url), headers, body, acceptEncoding: '' } as unknown as Hop;
  }

  standIn(head: Head): void {
    this.seen = head;
  }
  refuse(failure: Failure): 'fail' {
    this.refused = failure;
    return 'fail';
  }
  giveUp(failure: Failure): void {
    this.gaveUp = failure;
  }
  reroute(trip: Trip): void {
    this.trip = trip;
  }
  proceed(verdict: Verdict): void {
    this.proceeded.push(verdict);
  }
  insert(_phase: FilterPhase, make: (target: FilterTarget) => Filter): void {
    this.inserted = make({ data() {}, end() {}, fail() {}, pause() {}, resume() {} });
  }
  recall(stage: Stage): unknown {
    return this.memory.get(stage);
  }
}

export function head(fields: Readonly<Record<string, string>>, bodyLength = 10): Head {
  const headers = new HeaderList(Object.entries(fields).flat());
  return { status: 200, reason: 'OK', version: '1.1', headers, bodyLength, pipelined: false };
}
