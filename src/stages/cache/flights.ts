import type { CacheClaim, CacheKey } from '../../contract/cache.ts';
import type { Clock, Timer } from '../../contract/clock.ts';
import type { Journey } from '../../contract/stage.ts';

/**
 * How long anybody waits for the head of somebody else's answer, or for more of its body, milliseconds. It may never come, or its reader may
 * want no more for now.
 */
const PATIENCE = 10_000;

/** One request on its way, and those who want the same and wait for what it brings (RFC 9111 4: collapsing). */
export class Flight {
  readonly id: string;
  /** Who fetches for all machines that share the store, if there is such a thing. */
  claim: CacheClaim | null = null;
  private readonly waiting = new Set<Journey>();
  private readonly flights: Flights;
  private timer: Timer | null = null;
  private over = false;
  private progress = (): number => 0;
  private seen = 0;

  constructor(id: string, flights: Flights) {
    this.id = id;
    this.flights = flights;
  }

  /** Waits for the end of the flight. */
  join(journey: Journey): void {
    this.waiting.add(journey);
    this.timer ??= this.watch();
  }

  leave(journey: Journey): void {
    this.waiting.delete(journey);
    if (this.waiting.size === 0) this.rest();
  }

  /** The answer is being stored: it is worth while to wait for all of it as long as it moves. `progress` tells how far it is. */
  boards(progress: () => number): void {
    this.progress = progress;
  }

  /**
   * It is over, and those who wait go on and look at what is stored now. `apart`: whoever finds nothing fetches on his own; else, as who
   * fetched has left, one of them fetches and the others wait again.
   */
  land(apart: boolean, kept: boolean): void {
    if (this.over) return;
    this.over = true;
    this.rest();
    this.flights.landed(this);
    if (this.claim?.kind === 'fetch') this.claim.release(!kept && apart);
    for (const journey of this.waiting) this.flights.goOn(journey, apart);
  }

  private watch(): Timer {
    return this.flights.clock.after(
      PATIENCE,
      () => {
        const now = this.progress();
        if (now === this.seen) return this.land(true, false);
        this.seen = now;
        this.timer = this.watch();
      },
      true,
    );
  }

  private rest(): void {
    this.timer?.cancel();
    this.timer = null;
  }
}

/** The requests that are on their way to fill the cache. */
export class Flights {
  readonly clock: Clock;
  /** Lets a journey that waited go on; `apart`: it waits for nobody any more. */
  readonly goOn: (journey: Journey, apart: boolean) => void;
  private readonly under = new Map<string, Flight>();

  constructor(clock: Clock, goOn: (journey: Journey, apart: boolean) => void) {
    this.clock = clock;
    this.goOn = goOn;
  }

  /** The flight that is under way for this key. */
  find(id: string): Flight | undefined {
    return this.under.get(id);
  }

  start(id: string): Flight {
    const flight = new Flight(id, this);
    this.under.set(id, flight);
    return flight;
  }

  landed(flight: Flight): void {
    if (this.under.get(flight.id) === flight) this.under.delete(flight.id);
  }
}

/** The key as one text. */
export function flightId({ partition, url }: CacheKey): string {
  return partition === '' ? url : `${partition}\n${url}`;
}
