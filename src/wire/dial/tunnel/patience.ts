import type { Clock, Timer } from '../../../contract/clock.ts';

/** A proxy that says nothing for so long is given up. */
const MOST_SILENCE_MS = 30_000;
/** All that is said with proxies for one connection; what people take to answer does not count. */
const MOST_MS = 60_000;

/** How long proxies are waited for. One timer at a time, and none for each byte. */
export class Patience {
  private readonly clock: Clock;
  private readonly mine: () => boolean;
  private readonly over: (milliseconds: number) => void;
  private timer: Timer | null = null;
  private since = 0;
  private heardAt = 0;
  private spent = 0;

  /** `mine` is asked when it has run out: false = somebody else watches, and will know when it is enough. */
  constructor(clock: Clock, mine: () => boolean, over: (milliseconds: number) => void) {
    this.clock = clock;
    this.mine = mine;
    this.over = over;
  }

  start(): void {
    if (this.timer !== null) return;
    this.since = this.clock.now();
    this.heardAt = this.since;
    this.wait();
  }

  heard(): void {
    this.heardAt = this.clock.now();
  }

  stop(): void {
    if (this.timer === null) return;
    this.timer.cancel();
    this.timer = null;
    this.spent += this.clock.now() - this.since;
  }

  private wait(): void {
    const now = this.clock.now();
    const silence = this.heardAt + MOST_SILENCE_MS - now;
    const all = this.since + MOST_MS - this.spent - now;
    const left = Math.min(silence, all);
    if (left > 0) {
      this.timer = this.clock.after(left, () => this.wait(), true);
    } else if (this.mine()) {
      this.stop();
      this.over(all <= 0 ? MOST_MS : MOST_SILENCE_MS);
    } else {
      this.timer = this.clock.after(MOST_SILENCE_MS, () => this.wait(), true);
    }
  }
}
