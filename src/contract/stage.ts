import type { Ask, Trip } from './ask.ts';
import type { Clock } from './clock.ts';
import type { Failure } from './failure.ts';
import type { Filter, FilterPhase, FilterTarget } from './filter.ts';
import type { Head } from './head.ts';
import type { Hop, HopFacts } from './hop.ts';
import type { Timings } from './netlog.ts';
import type { Sink } from './sink.ts';

/**
 * What a stage answers. `go`: to the next stage. `again`: a new hop from the top, inward after `journey.reroute`. `served`: the stage has told the hop the whole
 * answer. `wait`: it will call `journey.proceed`; the answer it has not left goes on then, or not. `fail`: it has called `journey.refuse`. `spliced`: the body that follows belongs to an answer that broke
 * off, whose head everybody knows.
 */
export type Verdict = 'go' | 'again' | 'served' | 'wait' | 'fail' | 'spliced';

/** One concern, seen in both directions. Stages keep nothing about a transfer but in the journey's memory. */
export interface Stage {
  readonly name: string;
  outward?(hop: Hop, journey: Journey): Verdict;
  inward?(hop: Hop, head: Head, journey: Journey): Verdict;
  /** The hop was lost before its final head. Answers `go` or `again`. */
  failed?(hop: Hop, failure: Failure, facts: HopFacts, journey: Journey): Verdict;
  /** The hop was lost inside the body of its answer. `again` fetches the rest: the next hop `continues`, and its answer has to be `spliced`. */
  broken?(hop: Hop, failure: Failure, journey: Journey): Verdict;
  /** The transfer is over, however it ended. Called exactly once for each transfer that passed the stage. */
  settle?(journey: Journey): void;
}

/** What a stage sees of the transfer it works on. */
export interface Journey {
  readonly ask: Ask;
  readonly clock: Clock;
  readonly hop: Hop;
  /** What the hops send now. */
  readonly trip: Trip;
  /** Resends of this trip so far because connections died. */
  readonly resends: number;
  /** When the transfer began. */
  readonly started: number;
  /** Milestones of the hop under way, in milliseconds of the clock. */
  readonly timings: Timings;
  /** When bytes last moved in either direction; kept only while `watched`. */
  readonly lastActivity: number;
  watched: boolean;
  /** The reader does not want more for now, so silence is not the peer's fault. */
  readonly paused: boolean;
  /** What stages remember between hops, by stage. */
  readonly memory: Map<Stage, unknown>;
  /** A stage has to decide before anything goes on. */
  readonly waiting: boolean;
  /** Who is told; for what only stages know. */
  readonly sink: Sink;
  /** The transfer is over: the sink aborted it. */
  readonly over: boolean;
  /** The stages further out, and the sink, see this head in the place of the one that came. */
  standIn(head: Head): void;
  /**
   * Leaves the answer that has just begun; the next hop, which the verdict `again` starts, makes this trip. `keep`: the connection is kept for
   * it, where that is possible.
   */
  reroute(trip: Trip, keep?: boolean): void;
  /** Records why, for a verdict of `fail`. */
  refuse(failure: Failure): 'fail';
  /** Ends the transfer from outside the walk, as a timer does. */
  giveUp(failure: Failure): void;
  /** Goes on after `wait`. */
  proceed(verdict: Verdict): void;
  /** Puts a filter into the way of the body, in the place that its phase gives it. */
  insert(phase: FilterPhase, make: (target: FilterTarget) => Filter): void;
  /** What the stage has put into `memory`; without one being made for those who never remember. */
  recall(stage: Stage): unknown;
}
