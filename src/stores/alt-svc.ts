import type { Alternative, AlternativeStore } from '../contract/alt-svc.ts';
import type { Clock } from '../contract/clock.ts';

/** Origins that are remembered at most: no server can fill the memory. Beyond, those not heard of for longest are forgotten. */
export const MOST_ORIGINS = 1_000;

const NONE: readonly Alternative[] = Object.freeze([]);

/** What origins have said about their alternatives, in memory. */
export class KnownAlternatives implements AlternativeStore {
  private readonly clock: Clock;
  private readonly most: number;
  /** Those heard of last come last. */
  private readonly known = new Map<string, readonly Alternative[]>();

  constructor(clock: Clock, most = MOST_ORIGINS) {
    this.clock = clock;
    this.most = most;
  }

  find(origin: string, partition: string): readonly Alternative[] {
    const found = this.known.get(keyOf(origin, partition));
    if (found === undefined) return NONE;
    const now = this.clock.wall();
    return found.filter(({ expires }) => expires > now);
  }

  note(origin: string, partition: string, alternatives: readonly Alternative[]): void {
    const key = keyOf(origin, partition);
    this.known.delete(key);
    if (alternatives.length === 0) return;
    this.known.set(key, alternatives);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= this.most) return;
      this.known.delete(oldest);
    }
  }

  clear(): void {
    this.known.clear();
  }
}

/** No origin has a space in it. */
function keyOf(origin: string, partition: string): string {
  return `${origin} ${partition}`;
}
