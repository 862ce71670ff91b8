import type { Clock } from '../../contract/clock.ts';
import type { CacheFolder } from './disk-folder.ts';
import { sweep } from './disk-scan.ts';
import { SizeLog } from './disk-size.ts';

/** Over the maximum, the files are brought down to this part of it, as in Qt. */
const TARGET = 0.9;
/** Beyond this part of the maximum, room is made before more is kept; below, in little steps while other things go on. */
const HARD = 1.05;
/** Milliseconds that such a step takes. */
const STEP = 2;

type Steps = Generator<undefined, number>;

/** Looks after the size of a folder that several processes fill. */
export class DiskRoom {
  /** Bytes that the files may have. */
  most: number;
  private readonly folder: CacheFolder;
  private readonly clock: Clock;
  private readonly log: SizeLog;
  private readonly bodyOf: (file: string) => string | null;
  private readonly trouble: (error: unknown) => void;
  /** What is being counted in the background. */
  private steps: Steps | null = null;
  private swept = false;

  /** `bodyOf` tells the id of the body that the head in a file names. */
  constructor(
    folder: CacheFolder,
    clock: Clock,
    most: number,
    tools: { bodyOf: (file: string) => string | null; trouble: (error: unknown) => void },
  ) {
    this.folder = folder;
    this.clock = clock;
    this.most = most;
    this.log = new SizeLog(folder);
    this.bodyOf = tools.bodyOf;
    this.trouble = tools.trouble;
  }

  /** Bytes that all files have. */
  size(): number {
    return this.log.read()?.total ?? this.count(0, Number.POSITIVE_INFINITY);
  }

  /** So many bytes are about to come, or go when it is less than 0. */
  take(bytes: number): void {
    if (!this.swept) {
      // what was left behind before this process came
      this.swept = true;
      this.folder.sweepDrafts(this.clock.wall());
    }
    const tally = this.log.add(bytes);
    if (tally === null || tally.total > HARD * this.most) this.count(Math.max(0, bytes), this.most);
    else if (tally.total > this.most || tally.added > this.most) this.begin();
  }

  /** So many bytes are gone. */
  give(bytes: number): void {
    this.log.add(-bytes);
  }

  /** Counts, sweeps and makes room at once; tells the size. */
  expire(): number {
    return this.count(0, this.most);
  }

  private sweep(coming: number, most: number): Steps {
    const limit = { most: most - coming, target: TARGET * most - coming };
    return sweep(this.folder, this.clock.wall(), limit, this.bodyOf);
  }

  private count(coming: number, most: number): number {
    this.steps = null;
    const mark = this.log.mark();
    const steps = this.sweep(coming, most);
    for (;;) {
      const { done, value } = steps.next();
      if (done === true) return this.counted(value + coming, mark);
    }
  }

  private begin(): void {
    if (this.steps !== null) return;
    const steps = this.sweep(0, this.most);
    const mark = this.log.mark();
    this.steps = steps;
    this.clock.afterIo(() => this.step(steps, mark));
  }

  private step(steps: Steps, mark: Float64Array): void {
    // not any more when somebody could not wait
    if (this.steps !== steps) return;
    const end = this.clock.now() + STEP;
    do {
      const { done, value } = steps.next();
      if (done === true) {
        this.steps = null;
        this.counted(value, mark);
        return;
      }
    } while (this.clock.now() < end);
    this.clock.afterIo(() => this.step(steps, mark));
  }

  private counted(total: number, mark: Float64Array): number {
    try {
      if (this.folder.exists()) this.log.reset(total, mark, this.clock.wall());
    } catch (error) {
      this.trouble(error);
    }
    return total;
  }
}
