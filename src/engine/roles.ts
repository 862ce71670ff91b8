import type { Carriage } from '../contract/carriage.ts';
import type { Clock } from '../contract/clock.ts';
import type { Failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { Hop, HopFacts } from '../contract/hop.ts';
import type { NetLog, NetLogWhat } from '../contract/netlog.ts';
import type { Journey, Verdict } from '../contract/stage.ts';

/** A transfer as the conductor walks it. */
export interface Walked extends Journey {
  readonly over: boolean;
  /** Why a stage said `fail`. */
  readonly problem: Failure | null;
  /** Set while a stage waits: where the walk goes on. */
  waitingAt: number;
  /** What a stage has put in the place of the head that came. */
  readonly seen: Head | null;
  carriage: Carriage | null;
  note(hop: Hop, what: NetLogWhat, detail?: Readonly<Record<string, unknown>>): void;
  /** One more hop of the same trip. */
  nextHop(resent: boolean): void;
  /** The body is not to flow for now: its reader, or a filter, wants it so. */
  readonly stopped: boolean;
  /** The head has passed all stages. */
  tellHead(head: Head): void;
  finishFail(failure: Failure): void;
}

/** The conductor as a transfer knows it. */
export interface Guide {
  readonly clock: Clock;
  readonly netlog: NetLog;
  outward(transfer: Walked): void;
  proceed(transfer: Walked, verdict: Verdict): void;
  /** From the innermost stage, or from another one of those who look at heads. */
  inward(transfer: Walked, head: Head, from: number): Verdict;
  failed(transfer: Walked, hop: Hop, failure: Failure, facts: HopFacts): Verdict;
  /** The same for one whose head was told. */
  broken(transfer: Walked, hop: Hop, failure: Failure): Verdict;
  settle(transfer: Walked): void;
}
