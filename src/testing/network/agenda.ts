import type { Chance } from './chance.ts';
import type { TestClock } from './clock.ts';
import type { Trace } from './trace.ts';

/** When things happen in the network, and what is written down of them. */
export class Agenda {
  readonly clock: TestClock;
  readonly trace: Trace;
  /** null = what happens at the same time happens in its order. */
  private readonly shuffle: Chance | null;
  private readonly due: (() => void)[] = [];
  /** Things that are to happen and have not. */
  pending = 0;

  constructor(clock: TestClock, trace: Trace, shuffle: Chance | null) {
    this.clock = clock;
    this.trace = trace;
    this.shuffle = shuffle;
  }

  /** Calls `f` when it is that late, never inside the call. What happens twice in the same moment has a turn of the event loop each. */
  at(time: number, f: () => void): void {
    this.pending++;
    const ms = time - this.clock.now();
    if (ms > 0) this.clock.after(ms, () => this.happens(f), true);
    else if (this.shuffle === null) this.clock.afterIo(() => this.happens(f));
    else {
      this.due.push(f);
      this.clock.afterIo(() => this.happens(this.draw(this.shuffle!)));
    }
  }

  private happens(f: () => void): void {
    this.pending--;
    f();
  }

  private draw(chance: Chance): () => void {
    const place = chance.below(this.due.length);
    const [f] = this.due.splice(place, 1);
    return f!;
  }
}
