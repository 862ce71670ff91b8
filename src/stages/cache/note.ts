import type { Url } from '../../base/url.ts';
import type { Trip } from '../../contract/ask.ts';
import type { CacheKey, CacheStore, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Journey } from '../../contract/stage.ts';
import type { Cut } from '../../rules/cache/ranges.ts';
import type { RequestFields } from '../../rules/cache/request-fields.ts';
import type { Flight } from './flights.ts';

/** A stored answer that is to be given out, and how. */
export interface Serving {
  readonly answer: StoredAnswer;
  /** What is known of it now; a validation may just have renewed it. */
  readonly head: StoredHead;
  readonly validated: boolean;
  /** A part of it, where a part was asked for; 304 where the caller has it already; or just as it is. */
  readonly as: 'whole' | 'not-modified' | Cut;
}

/** Why the network is asked: there is nothing; whether what is here still holds; for the part that is missing. */
export type Asking = 'all' | 'whether' | 'rest';

/** What the stage remembers of one trip of a transfer. */
export class Note {
  readonly trip: Trip;
  readonly store: CacheStore;
  /** Of the URL; variants have keys of their own. */
  readonly key: CacheKey;
  /** The list of variants, when the answer of this URL depends on the request. */
  signpost: StoredHead | null = null;
  /** The stored answer that fits, fresh or not, and its key. */
  found: StoredAnswer | null = null;
  foundKey: CacheKey;
  asking: Asking = 'all';
  /** Milliseconds since 1970. */
  requestedAt = 0;
  /** Goes out in the place of what the network says. */
  serving: Serving | null = null;
  /** The network is asked, and is asked the same when the trip is made once more. */
  sent = false;
  /** Waits for nobody who fetches the same. */
  apart = false;
  /** How often this trip waited for others who then left. */
  waits = 0;
  /** This transfer fetches for those who wait. */
  flight: Flight | null = null;
  /** This transfer waits for another. */
  awaited: Flight | null = null;
  /** The answer is being written down, and who does that ends the flight. */
  writing = false;

  /** `waited`: the note of this trip before it waited for others. */
  constructor(trip: Trip, store: CacheStore, key: CacheKey, waited: Note | null = null) {
    this.trip = trip;
    this.store = store;
    this.key = key;
    this.foundKey = key;
    if (waited === null) return;
    this.apart = waited.apart;
    this.waits = waited.waits;
  }

  /** The transfer has no business with others any more. */
  leave(journey: Journey): void {
    this.awaited?.leave(journey);
    this.awaited = null;
    if (!this.writing) this.land(false);
  }

  /** Ends the flight, if this transfer leads one; see `Flight.land`. */
  land(apart: boolean, kept = false): void {
    const { flight } = this;
    this.flight = null;
    flight?.land(apart, kept);
  }
}

/** What a hop is going to say, also what only the transport writes. */
export function fieldsOf(hop: Hop): RequestFields {
  return {
    get(name) {
      const own = hop.headers.size === 0 ? undefined : hop.headers.combined(name);
      if (own !== undefined) return own;
      if (name === 'accept-encoding') return hop.acceptEncoding === '' ? undefined : hop.acceptEncoding;
      if (name === 'host') return hop.url.authority;
      return hop.defaults.combined(name);
    },
  };
}

/** Under what the answers of a URL are kept. The name of a user stays in it: what one may see is none of another's business. */
export function keyOf(url: Url, partition: string, { simple = false }: CacheStore): CacheKey {
  // such a cache is the program's, which hears the URL as it was asked for, with its fragment
  if (simple) return { url: url.href, partition, variant: '' };
  if (url.fragment === null && url.userInfo === null) return { url: url.href, partition, variant: '' };
  const user = url.userInfo?.replace(/:.*$/s, '') ?? null;
  return { url: url.with({ fragment: null, userInfo: user }).href, partition, variant: '' };
}
