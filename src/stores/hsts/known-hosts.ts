import type { Clock } from '../../contract/clock.ts';
import type { HstsEntry, HstsStore } from '../../contract/hsts.ts';

/** Hosts that are remembered at most: no server can fill the memory. Beyond, those not heard of for longest are forgotten. */
export const MOST_HOSTS = 10_000;

/** Known hosts in memory. */
export class KnownHosts implements HstsStore {
  private readonly clock: Clock;
  private readonly most: number;
  /** Those heard of last come last. */
  private readonly byHost = new Map<string, HstsEntry>();

  constructor(clock: Clock, most = MOST_HOSTS) {
    this.clock = clock;
    this.most = most;
  }

  find(host: string): HstsEntry | undefined {
    const entry = this.byHost.get(host);
    if (entry === undefined || entry.expires > this.clock.wall()) return entry;
    this.byHost.delete(host);
    return undefined;
  }

  note(entry: HstsEntry): void {
    this.byHost.delete(entry.host);
    if (!(entry.expires > this.clock.wall())) return;
    this.byHost.set(entry.host, entry);
    trim(this.byHost, this.most);
  }

  /** There is no place for another one unless an older one goes. */
  get full(): boolean {
    return this.byHost.size >= this.most;
  }

  entries(): HstsEntry[] {
    const now = this.clock.wall();
    return [...this.byHost.values()].filter((entry) => entry.expires > now);
  }
}

/** Takes out the oldest entries beyond the limit. */
export function trim(byHost: Map<string, HstsEntry>, most: number): void {
  for (const host of byHost.keys()) {
    if (byHost.size <= most) return;
    byHost.delete(host);
  }
}
