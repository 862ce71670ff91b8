import { isBusyBeside } from '../../base/beside.ts';
import { systemClock } from '../../base/clock.ts';
import type { Clock, Timer } from '../../contract/clock.ts';

/** How a {@link TestClock} begins. */
export interface TestClockOptions {
  /** Time goes on by itself whenever nothing else is to be done. Default false: it stands still until it is moved. */
  readonly auto?: boolean;
  /** What the wall clock says at the beginning, milliseconds since 1970. Default the beginning of 2026. */
  readonly wall?: number;
}

interface Pending extends Timer {
  readonly at: number;
  readonly keepAlive: boolean;
  readonly run: () => void;
}

/** Turns of the event loop in which nothing happened, before time goes on. What was put off in a program takes one or two. */
const QUIET_TURNS = 3;
/** Before a standstill is reported: milliseconds in which other threads may still come back with something. */
const LAST_CHANCE = 50;
const HOUR = 3_600_000;

/**
 * Time that a test owns. It stands still until it is moved, or, with `auto`, jumps to the next timer as soon as nothing else is to be done: 30
 * seconds take no time. As a process does, it stops when nobody waits for anything: timers that would not keep a process alive do not make
 * it go on.
 *
 *     const clock = new TestClock();
 *     clock.after(30_000, () => console.log('half a minute later'));
 *     clock.advance(30_000);
 *
 * Only timers are in its hands. What is to happen in this turn of the event loop or the next one (`soon`, `afterIo`, promises) happens as ever. It waits
 * for other threads that read and write files or decode answers; for whatever else takes real time there is {@link hold}, also for files that are read or
 * written as a whole by their path, of which Node.js 26 does not tell.
 */
export class TestClock implements Clock {
  #now = 0;
  #epoch: number;
  /** By time, and by the order in which they were set. */
  readonly #timers: Pending[] = [];
  #holding = 0;
  #auto: boolean;
  /** Open connections and the like that somebody waits for. */
  #awake = 0;
  #holds = 0;
  /** Calls of `runUntil` and `runUntilIdle` under way. */
  readonly #runs = new Set<Run>();
  /** Calls of `afterIo` that have not come yet. */
  #coming = 0;
  #stirred = 0;
  #seen = 0;
  #quiet = 0;
  #turning = false;

  constructor({ auto = false, wall = Date.UTC(2026, 0, 1) }: TestClockOptions = {}) {
    if (!Number.isFinite(wall)) throw new RangeError(`TestClock expects milliseconds since 1970 as wall; got ${String(wall)}.`);
    this.#auto = auto;
    this.#epoch = wall;
  }

  /** Whether time goes on by itself. */
  get auto(): boolean {
    return this.#auto;
  }

  set auto(on: boolean) {
    this.#auto = on;
    this.#stir();
  }

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#epoch + this.#now;
  }

  /**
   * Sets the wall clock so many milliseconds on, or back: the machine slept, or somebody set its time. Timers know nothing of it.
   * Throws a RangeError for what is no number.
   */
  jump(ms: number): void {
    if (!Number.isFinite(ms)) throw new RangeError(`TestClock.jump expects milliseconds; got ${String(ms)}.`);
    this.#epoch += ms;
  }

  after(ms: number, f: () => void, keepAlive = false): Timer {
    const timers = this.#timers;
    const at = this.#now + Math.max(0, ms);
    const pending: Pending = { at, keepAlive, run: f, cancel: () => this.#remove(pending) };
    let place = timers.length;
    while (place > 0 && timers[place - 1]!.at > at) place--;
    timers.splice(place, 0, pending);
    if (keepAlive) this.#holding++;
    this.#stir();
    return pending;
  }

  soon(f: () => void): void {
    this.#stirred++;
    systemClock.soon(f);
  }

  afterIo(f: () => void): void {
    this.#coming++;
    systemClock.afterIo(() => {
      this.#coming--;
      this.#stirred++;
      f();
    });
  }

  /** Timers that have neither run nor been cancelled: a test can see that nothing was left behind. */
  get running(): number {
    return this.#timers.length;
  }

  /** Those of them that would keep a process alive. */
  get holding(): number {
    return this.#holding;
  }

  /**
   * Moves the time on inside the call, running what falls due in order, also timers that are set on the way. What they set off by promises comes
   * when the call has returned; {@link pass} lets it come in between.
   */
  advance(ms: number): void {
    if (!(ms >= 0)) throw new RangeError(`TestClock.advance expects milliseconds, from 0; got ${String(ms)}.`);
    const end = this.#now + ms;
    for (let next = this.#timers[0]; next !== undefined && next.at <= end; next = this.#timers[0]) this.#run(next);
    this.#now = Math.max(this.#now, end);
  }

  /** Lets so many milliseconds pass, and between two timers whatever they have set off. */
  pass(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`TestClock.pass expects milliseconds, from 0; got ${String(ms)}.`);
    return this.runUntil(new Promise((resolve) => this.after(ms, resolve)), ms);
  }

  /**
   * Lets time go on until `goal` is settled, and gives what it brings. Rejects with an Error when nothing is left that could happen, or after `limit`
   * milliseconds of this clock (default an hour): a promise that hangs is found at once.
   */
  async runUntil<T>(goal: PromiseLike<T>, limit = HOUR): Promise<T> {
    let end!: () => void;
    const cut = new Promise<never>((_, reject) => {
      const run = { until: this.#now + limit, idle: false, over: reject };
      this.#runs.add(run);
      end = () => this.#runs.delete(run);
    });
    this.#stir();
    try {
      return await Promise.race([goal, cut]);
    } finally {
      end();
    }
  }

  /**
   * Lets time go on until no timer is left, also of those that would not keep a process alive: connections that idle are closed by then. Rejects with
   * an Error when there still are some after `limit` milliseconds of this clock (default an hour).
   */
  runUntilIdle(limit = HOUR): Promise<void> {
    return new Promise((resolve, reject) => {
      const run = {
        until: this.#now + limit,
        idle: true,
        over: (problem: Error | null) => {
          this.#runs.delete(run);
          if (problem === null) resolve();
          else reject(problem);
        },
      };
      this.#runs.add(run);
      this.#stir();
    });
  }

  /** Time does not go on by itself until the function returned is called: something is under way that no clock knows of. */
  hold(): () => void {
    let held = true;
    this.#holds++;
    return () => {
      if (!held) return;
      held = false;
      this.#holds--;
      this.#stir();
    };
  }

  /** @internal Somebody waits for something that is no timer, until `rest`. */
  wake(): void {
    this.#awake++;
    this.#stir();
  }

  /** @internal */
  rest(): void {
    this.#awake--;
  }

  #remove(pending: Pending): void {
    const place = this.#timers.indexOf(pending);
    if (place < 0) return;
    this.#timers.splice(place, 1);
    if (pending.keepAlive) this.#holding--;
    this.#stirred++;
  }

  #run(next: Pending): void {
    this.#now = Math.max(this.#now, next.at);
    next.cancel();
    next.run();
  }

  // ---- going on by itself

  #stir(): void {
    this.#stirred++;
    if (this.#turning || !this.#wanted()) return;
    this.#turning = true;
    this.#quiet = 0;
    systemClock.afterIo(this.#turn);
  }

  #wanted(): boolean {
    if (this.#holds > 0) return false;
    if (this.#runs.size > 0) return true;
    return this.#auto && this.#timers.length > 0 && (this.#holding > 0 || this.#awake > 0);
  }

  readonly #turn = (): void => {
    this.#turning = false;
    if (!this.#wanted()) return;
    const next = this.#timers[0];
    const due = next !== undefined && next.at <= this.#now;
    if (!due && (this.#coming > 0 || this.#stirred !== this.#seen || isElsewhere())) this.#quiet = 0;
    else this.#quiet++;
    this.#turning = true;
    try {
      if (due || this.#quiet >= QUIET_TURNS) this.#goOn(next);
    } finally {
      this.#seen = this.#stirred;
      this.#turning = this.#wanted();
      if (this.#turning) systemClock.afterIo(this.#turn);
    }
  };

  #goOn(next: Pending | undefined): void {
    this.#quiet = 0;
    for (const run of [...this.#runs]) {
      if (next !== undefined && next.at > run.until) run.over(new Error(this.#late(run)));
      else if (next === undefined && run.idle) run.over(null);
    }
    if (next !== undefined && this.#wanted()) this.#run(next);
    else if (next === undefined && this.#runs.size > 0) this.#standStill();
  }

  /** Nothing would ever happen, unless another thread is at work. */
  #standStill(): void {
    const release = this.hold();
    const before = this.#stirred;
    systemClock.after(
      LAST_CHANCE,
      () => {
        if (this.#stirred === before)
          for (const run of [...this.#runs])
            run.over(
              new Error(
                `Nothing is left that could happen at ${this.#now} ms: no timer is set` +
                  `${this.#awake === 0 ? '' : `, and ${this.#awake} open connections wait for a peer that is silent; give the request a timeout`}.`,
              ),
            );
        release();
      },
      true,
    );
  }

  #late({ until, idle }: Run): string {
    const what = idle ? `there still are ${this.#timers.length} timers` : 'what is waited for has not come';
    return `At ${until} ms of the test clock ${what}; give a higher limit if it may take longer.`;
  }
}

interface Run {
  /** The last moment of it. */
  readonly until: number;
  /** It ends when no timer is left. */
  readonly idle: boolean;
  over(problem: Error | null): void;
}

/** Another thread is at work: on files, of which Node.js tells which calls are under way (26 not those of `readFile(path)`), or on a coded body. */
function isElsewhere(): boolean {
  return isBusyBeside() || process.getActiveResourcesInfo().some((name) => name.startsWith('FSReq') || name === 'CloseReq');
}
