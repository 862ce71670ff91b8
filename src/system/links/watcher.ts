import type { Clock, Timer } from '../../contract/clock.ts';
import type { Link } from '../../contract/links.ts';
import type { Monitor, StartMonitor } from './ip-monitor.ts';

/** Milliseconds from the first notification to a look: a change is told in several pieces. */
const GATHER = 5;
/** Between two looks, however much is told. */
const REST = 50;
/** Between two looks when nothing is told. */
const PACE = 1000;
/** To the first look while a monitor starts; each time it takes double the time. */
const STARTING = 10;

/**
 * One watch over the interfaces for all who want to know. It runs while there is somebody, and looks when the monitor hears something. While
 * there is no monitor, or it does not stand yet, it looks by itself.
 */
export class LinkWatcher {
  private readonly read: () => readonly Link[];
  private readonly start: StartMonitor;
  private readonly clock: Clock;
  private readonly told = new Set<{ readonly changed: () => void }>();
  private links: readonly Link[] = [];
  private text = '';
  private looked = 0;
  private monitor: Monitor | null = null;
  /** A look that the monitor caused, and one that we take by ourselves. */
  private gathering: Timer | null = null;
  private pace: Timer | null = null;

  constructor(read: () => readonly Link[], start: StartMonitor, clock: Clock) {
    this.read = read;
    this.start = start;
    this.clock = clock;
  }

  list(): readonly Link[] {
    return this.told.size > 0 ? this.links : this.read();
  }

  watch(changed: () => void): () => void {
    const one = { changed };
    this.told.add(one);
    if (this.told.size === 1) this.begin();
    return () => {
      if (this.told.delete(one) && this.told.size === 0) this.end();
    };
  }

  /** Looks at once. Does nothing unless somebody watches. */
  look(): void {
    if (this.told.size > 0) this.compare();
  }

  private begin(): void {
    this.take();
    this.monitor = this.start(
      () => this.heard(),
      () => {
        this.monitor = null;
        this.lookIn(0);
      },
    );
    this.lookIn(this.monitor === null ? PACE : STARTING);
  }

  private end(): void {
    this.gathering?.cancel();
    this.gathering = null;
    this.pace?.cancel();
    this.monitor?.close();
    this.monitor = null;
  }

  private heard(): void {
    const rested = this.looked + REST - this.clock.now();
    this.gathering ??= this.clock.after(Math.max(GATHER, rested), () => {
      this.gathering = null;
      this.compare();
    });
  }

  private lookIn(ms: number): void {
    this.pace?.cancel();
    this.pace = this.clock.after(ms, () => {
      // first whether it stands, then the look: what comes between the two is seen
      const stands = this.monitor?.stands() === true;
      if (!stands) this.lookIn(this.monitor === null ? PACE : Math.min(ms * 2, PACE));
      this.compare();
    });
  }

  private compare(): void {
    const before = this.text;
    this.take();
    if (this.text === before) return;
    for (const one of [...this.told]) if (this.told.has(one)) one.changed();
  }

  private take(): void {
    this.links = this.read();
    this.text = JSON.stringify(this.links);
    this.looked = this.clock.now();
  }
}
