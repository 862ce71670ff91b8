import type { Clock, Timer } from '../../src/contract/clock.ts';

interface Pending extends Timer {
  readonly at: number;
  readonly order: number;
  readonly keepAlive: boolean;
  readonly run: () => void;
}

/** A clock that stands still until the test moves it. Order (`soon`, `afterIo`) stays real, because it is not about time. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #epoch: number;
  #order = 0;
  #pending: Pending[] = [];

  constructor(wall = Date.UTC(2026, 0, 1)) {
    this.#epoch = wall;
  }

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  after(ms: number, f: () => void, keepAlive = false): Timer {
    const pending: Pending = {
      at: this.#now + Math.max(0, ms),
      order: this.#order++,
      keepAlive,
      run: f,
      cancel: () => {
        this.#pending = this.#pending.filter((p) => p !== pending);
      },
    };
    this.#pending.push(pending);
    return pending;
  }

  soon(f: () => void): void {
    process.nextTick(f);
  }

  afterIo(f: () => void): void {
    setImmediate(f);
  }

  /** Timers that have neither run nor been cancelled: a test can see that nothing was left behind. */
  get running(): number {
    return this.#pending.length;
  }

  /** Those of them that would keep a process alive. */
  get holding(): number {
    return this.#pending.filter((p) => p.keepAlive).length;
  }

  /** Moves the time on, running what falls due in order, also timers that are set on the way. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = this.#earliest(end);
      if (next === undefined) break;
      this.#now = next.at;
      next.cancel();
      next.run();
    }
    this.#now = end;
  }

  #earliest(end: number): Pending | undefined {
    let best: Pending | undefined;
    for (const p of this.#pending) {
      if (p.at > end) continue;
      if (best === undefined || p.at < best.at || (p.at === best.at && p.order < best.order)) best = p;
    }
    return best;
  }
}
