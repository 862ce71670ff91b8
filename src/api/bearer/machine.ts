import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Link, Links } from '../../contract/links.ts';
import { machineLinks } from '../../system/links/machine.ts';
import { type Configured, configurationsOf } from './configurations.ts';

/** Who is told when the interfaces change. Not held: who is forgotten by the program is forgotten here. */
export interface Follower {
  /** @internal */
  _linksMoved(before: readonly Configured[], now: readonly Configured[]): void;
}

/** What the machine knows of a follower. */
export interface Place {
  readonly follower: WeakRef<Follower>;
  /** The interfaces are watched for its sake. */
  needs: boolean;
}

/** The interfaces of the machine, for all sessions and configurations of the process. They are watched while somebody needs it. */
export class Machine {
  readonly clock: Clock;
  /** Identifiers of the configurations of which all sessions were ended, and none was opened since. */
  readonly stopped = new Set<string>();
  /** Milliseconds to wait for a connection, where they were set, by identifier. */
  readonly timeouts = new Map<string, number>();
  /** Usage policies that were set, by identifier. */
  readonly policies = new Map<string, number>();
  private readonly links: Links;
  private readonly places = new Set<Place>();
  private readonly gone = new FinalizationRegistry((place: Place) => this.remove(place));
  private seen: readonly Configured[] = [];
  private unwatch: (() => void) | null = null;

  constructor(links: Links, clock: Clock) {
    this.links = links;
    this.clock = clock;
  }

  /** All interfaces, as they are now. */
  list(): readonly Link[] {
    return this.links.list();
  }

  /** Looks at them before the system tells. */
  recheck(): void {
    this.links.look();
  }

  find(name: string): Link | null {
    return this.list().find((link) => link.name === name) ?? null;
  }

  configurations(): readonly Configured[] {
    return configurationsOf(this.list());
  }

  traffic(name: string): { readonly received: number; readonly sent: number } {
    return this.links.traffic(name) ?? { received: 0, sent: 0 };
  }

  add(follower: Follower): Place {
    const place = { follower: new WeakRef(follower), needs: false };
    this.places.add(place);
    this.gone.register(follower, place, place);
    return place;
  }

  remove(place: Place): void {
    this.gone.unregister(place);
    this.places.delete(place);
    this.need(place, false);
  }

  /** Whether the interfaces are watched for somebody. */
  need(place: Place, needs: boolean): void {
    place.needs = needs;
    if (needs && this.unwatch === null) {
      this.seen = this.configurations();
      this.unwatch = this.links.watch(() => this.look());
    } else if (!needs && this.unwatch !== null && ![...this.places].some((one) => one.needs)) {
      const end = this.unwatch;
      this.unwatch = null;
      end();
    }
  }

  /** Tells everybody what has changed. Does nothing unless somebody watches. */
  look(): void {
    if (this.unwatch === null) return;
    const before = this.seen;
    const now = this.configurations();
    this.seen = now;
    for (const place of [...this.places]) if (this.places.has(place)) place.follower.deref()?._linksMoved(before, now);
  }

  /** Those of them that are there now. */
  followers(): Follower[] {
    return [...this.places].map((place) => place.follower.deref()).filter((one) => one !== undefined);
  }
}

let current = new Machine(machineLinks, systemClock);

/** The machine of the process. Who is on one stays on it. */
export function machine(): Machine {
  return current;
}

/** For tests: another machine for all that is made from now on; the function returned puts the true one back. */
export function useMachine(links: Links, clock: Clock): () => void {
  const before = current;
  current = new Machine(links, clock);
  return () => {
    current = before;
  };
}
