import type { Clock, Timer } from '../../contract/clock.ts';

/** Silence after which the peer is asked whether it is still there. */
const QUIET_MS = 15_000;
/** What it has for the answer. */
const PONG_MS = 10_000;

/** Bytes that a system takes for a line that is slower. */
const MOST_BUFFERED = 2_097_152;
/** Bytes a millisecond that a line takes at least which still counts as one. */
const SLOWEST = 8;

export interface Watched {
  /** Counts what shows that the peer is at work: parts of answers, and what it says to a PING. */
  readonly signs: number;
  /** Exchanges under way. */
  readonly depth: number;
  /** Bytes of uploads that may lie before a PING in the buffers of the system. */
  readonly unheard: number;
  ping(): void;
  /** The peer answers nothing any more. */
  dead(): void;
}

/** Finds out that a connection has died without saying so (RFC 9113 6.7): the machine slept, a NAT forgot it. One timer for all streams. */
export class Watchdog {
  private readonly clock: Clock;
  private readonly watched: Watched;
  private timer: Timer | null = null;
  private signs = 0;
  private asked = false;

  constructor(clock: Clock, watched: Watched) {
    this.clock = clock;
    this.watched = watched;
  }

  /** Something was sent on a connection that was idle since then. */
  start(idleSince: number): void {
    if (this.timer !== null) return;
    this.signs = this.watched.signs;
    // who was silent for long is asked at once, since the request may go nowhere
    if (idleSince > 0 && this.clock.now() - idleSince >= QUIET_MS) this.ask();
    else this.wait(QUIET_MS);
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = null;
  }

  private ask(): void {
    this.asked = true;
    this.wait(PONG_MS + Math.min(this.watched.unheard, MOST_BUFFERED) / SLOWEST);
    this.watched.ping();
  }

  private wait(milliseconds: number): void {
    this.timer = this.clock.after(milliseconds, () => this.look());
  }

  private look(): void {
    this.timer = null;
    const { signs, depth } = this.watched;
    const silent = signs === this.signs;
    this.signs = signs;
    if (depth === 0) this.asked = false;
    else if (!silent) {
      this.asked = false;
      this.wait(QUIET_MS);
    } else if (this.asked) this.watched.dead();
    else this.ask();
  }
}
