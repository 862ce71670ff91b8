import { speaksHttp } from '../../base/local-scheme.ts';
import { hideInText } from '../../base/redaction.ts';
import type { Ask } from '../../contract/ask.ts';
import type { CacheKeeper, CacheKey, StoredAnswer } from '../../contract/cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Journey, Stage, Verdict } from '../../contract/stage.ts';
import { completion } from '../../rules/cache/partial.ts';
import { NOT_LOOKED, servedBecause } from '../../rules/cache/reasons.ts';
import { conditions } from '../../rules/cache/validation.ts';
import { findVariant, varyMatches } from '../../rules/cache/vary.ts';
import { heard, heardOther } from './answers.ts';
import { Changes } from './changes.ts';
import { choose, reasonFor, substitute } from './choice.ts';
import { Flights, flightId } from './flights.ts';
import { fieldsOf, keyOf, Note, type Serving } from './note.ts';
import { behind } from './refreshing.ts';
import { serveStored, serveTimeout } from './serving.ts';

export interface CacheParts {
  readonly keeper: CacheKeeper;
  readonly clock: Clock;
  /** Makes a request of nobody's, whose answer only the store gets; only once at a time for each name. */
  readonly refresh: (name: string, ask: Ask) => void;
}

/** Others who have left before their answer was here; whoever waited for so many waits no more. */
const MOST_WAITS = 3;

/** Answers that are served without a look at what has come meanwhile: a program that gets one after the other would stop everything else. */
const MOST_IN_A_ROW = 200;

/**
 * Answers out of the store what may be answered so, asks the server about what is stale, and has written down what comes (RFC 9111). Two
 * stages, because they stand in two places: `lookup` next to the transport, where the fields of the request are final and the bytes are as
 * they came; `renewal` outside of all who learn from a head, so that the 304 that brings a stored answer is heard by them as well.
 */
export class HttpCache {
  readonly lookup: Stage;
  readonly renewal: Stage;
  /** One request on its way for all who want the same. */
  collapsing = true;
  private readonly keeper: CacheKeeper;
  private readonly clock: Clock;
  private readonly refresh: CacheParts['refresh'];
  private readonly flights: Flights;
  private readonly changes = new Changes();
  private inARow = 0;

  constructor({ keeper, clock, refresh }: CacheParts) {
    this.keeper = keeper;
    this.clock = clock;
    this.refresh = refresh;
    this.flights = new Flights(clock, (journey, apart) => this.goOn(journey, apart));
    this.lookup = {
      name: 'cache',
      outward: (hop, journey) => this.outward(hop, journey),
      inward: (hop, head, journey) => this.inward(hop, head, journey),
      failed: (hop, _problem, _facts, journey) => this.failed(hop, journey),
      settle: (journey) => this.note(journey)?.leave(journey),
    };
    this.renewal = {
      name: 'renewal',
      inward: (hop, _head, journey) => this.renew(hop, journey),
    };
  }

  private note(journey: Journey): Note | undefined {
    return journey.recall(this.lookup) as Note | undefined;
  }

  /** The note of this trip, when the network has the word. */
  private noteOf(hop: Hop, journey: Journey): Note | undefined {
    const note = this.note(journey);
    return note === undefined || hop.stored || note.trip !== journey.trip ? undefined : note;
  }

  // ---- outward

  private outward(hop: Hop, journey: Journey): Verdict {
    const { store } = this.keeper;
    const { cacheLoad, preconnect, partition } = hop.ask.wishes;
    if (hop.continues) return 'go';
    if (store === null && cacheLoad !== 'only' && hop.index === 0) return 'go';
    if (!isHttp(hop) || preconnect || hop.body !== null || (hop.method !== 'GET' && hop.method !== 'HEAD')) return 'go';
    const before = this.note(journey);
    const again = before?.trip === journey.trip ? before : null;
    if (again !== null) {
      // whatever cache the manager has by now
      if (again.serving !== null) return this.give(hop, journey, again, again.serving);
      if (again.sent) return this.send(hop, again);
    }
    before?.leave(journey);
    if (store === null) return cacheLoad === 'only' ? absent(journey) : 'go';
    const note = new Note(journey.trip, store, keyOf(hop.url, partition, store), again);
    if (cacheLoad !== 'network') return this.consult(hop, journey, note);
    if (hop.noting) hop.note('cache', { found: false, choice: 'ask', asking: 'all', why: NOT_LOOKED });
    journey.memory.set(this.lookup, note);
    return this.send(hop, note);
  }

  private consult(hop: Hop, journey: Journey, note: Note): Verdict {
    const changing = this.changes.at(note.key);
    if (changing !== undefined) return this.resume(journey, changing, () => this.consult(hop, journey, note));
    return this.look(note, note.key, journey, (found) => {
      if (found === null || found.head.variants.length === 0) return this.consider(hop, journey, note, found);
      note.signpost = found.head;
      const variant = findVariant(found.head, fieldsOf(hop));
      if (variant === null) return this.consider(hop, journey, note, null);
      note.foundKey = { ...note.key, variant: variant.variant };
      return this.look(note, note.foundKey, journey, (answer) => this.consider(hop, journey, note, answer));
    });
  }

  /** What is under the key, at once or later. */
  private look(note: Note, key: CacheKey, journey: Journey, then: (found: StoredAnswer | null) => Verdict): Verdict {
    const found = note.store.get(key);
    return found instanceof Promise ? this.resume(journey, found, then) : then(found);
  }

  /** Decides when it is there. */
  private resume<T>(journey: Journey, later: Promise<T>, then: (value: T) => Verdict): 'wait' {
    void later.then((value) => {
      if (!journey.over) journey.proceed(then(value));
    });
    return 'wait';
  }

  private consider(hop: Hop, journey: Journey, note: Note, found: StoredAnswer | null): Verdict {
    const fits = found !== null && (found.head.vary.length === 0 || varyMatches(found.head.vary, fieldsOf(hop)));
    note.found = fits ? found : null;
    const choice = choose(hop, note, this.clock);
    if (hop.noting)
      hop.note('cache', { found: fits, choice: choice.kind, asking: note.asking, why: reasonFor(hop, note, this.clock) });
    if (choice.kind === 'ask') return this.fetch(hop, journey, note);
    if (choice.kind === 'absent') return hop.ask.wishes.cacheLoad === 'only' ? absent(journey) : serveTimeout(hop, this.clock);
    if (choice.refresh) this.refreshBehind(note, hop);
    return this.give(hop, journey, note, choice.serving);
  }

  private give(hop: Hop, journey: Journey, note: Note, serving: Serving): Verdict {
    if (++this.inARow <= MOST_IN_A_ROW) return this.serve(hop, journey, note, serving);
    this.inARow = 0;
    this.clock.afterIo(() => {
      if (!journey.over) journey.proceed(this.serve(hop, journey, note, serving));
    });
    return 'wait';
  }

  private serve(hop: Hop, journey: Journey, note: Note, serving: Serving): Verdict {
    note.serving = null;
    if (serveStored(hop, this.clock, note, serving)) return 'served';
    // its body is gone
    note.found = null;
    note.asking = 'all';
    return hop.ask.wishes.cacheLoad === 'only' ? absent(journey) : this.fetch(hop, journey, note);
  }

  /** Goes to the network, unless somebody is there already for the same thing. */
  private fetch(hop: Hop, journey: Journey, note: Note): Verdict {
    journey.memory.set(this.lookup, note);
    if (!this.collapsing || note.apart || note.waits >= MOST_WAITS || !mayFly(hop)) return this.send(hop, note);
    const id = flightId(note.key);
    const under = this.flights.find(id);
    if (under !== undefined) {
      note.awaited = under;
      under.join(journey);
      return 'wait';
    }
    note.flight = this.flights.start(id);
    return note.store.claim === undefined ? this.send(hop, note) : this.claim(hop, journey, note);
  }

  /** Other machines may be there already, too. */
  private claim(hop: Hop, journey: Journey, note: Note): Verdict {
    const { flight } = note;
    void note.store.claim!(note.foundKey, note.found).then((claim) => {
      if (journey.over || flight === null || note.flight !== flight) {
        if (claim.kind === 'fetch') claim.release();
      } else if (claim.kind === 'fetch') {
        flight.claim = claim;
        journey.proceed(this.send(hop, note));
      } else {
        note.apart = true;
        note.land(true);
        journey.proceed(this.consult(hop, journey, note));
      }
    });
    return 'wait';
  }

  private send(hop: Hop, note: Note): Verdict {
    note.sent = true;
    note.requestedAt = this.clock.wall();
    if (note.asking === 'all') return 'go';
    const { head, length } = note.found!;
    const fields = note.asking === 'whether' ? conditions(head) : completion(head, length)!;
    hop.headers = hop.headers.copy();
    for (const [name, value] of fields) hop.headers.set(name, value);
    return 'go';
  }

  /** Somebody waited long enough. */
  private goOn(journey: Journey, apart: boolean): void {
    const note = this.note(journey);
    if (note === undefined || journey.over) return;
    note.awaited = null;
    note.apart = apart;
    note.waits++;
    journey.reroute(journey.trip);
    journey.proceed('again');
  }

  private refreshBehind({ key, trip }: Note, hop: Hop): void {
    const id = flightId(key);
    if (this.flights.find(id) === undefined) this.refresh(id, behind(trip, hop.ask.wishes));
  }

  // ---- inward

  private inward(hop: Hop, head: Head, journey: Journey): Verdict {
    if (hop.stored) return 'go';
    const note = this.noteOf(hop, journey);
    const { clock, changes } = this;
    if (note !== undefined) return heard({ hop, head, journey, note, clock, changes });
    const { store } = this.keeper;
    if (store !== null && isHttp(hop)) heardOther({ hop, head, journey, clock, changes }, store);
    return 'go';
  }

  /** The stored answer goes out in the place of what the network said, on a hop of its own. */
  private renew(hop: Hop, journey: Journey): Verdict {
    const note = this.noteOf(hop, journey);
    if (note === undefined || note.serving === null) return 'go';
    if (hop.noting) hop.note('again', { kind: 'cache', why: servedBecause(note.serving.validated) });
    journey.reroute(journey.trip);
    return 'again';
  }

  private failed(hop: Hop, journey: Journey): Verdict {
    const note = this.noteOf(hop, journey);
    if (note === undefined) return 'go';
    // those who wait would wait for the same failure, one after the other
    note.land(true);
    note.serving = substitute(hop, note, this.clock, 'unreachable');
    return note.serving === null ? 'go' : 'again';
  }
}

/** What others may wait for, or wait for others with. */
function mayFly({ ask, method, headers }: Hop): boolean {
  return ask.wishes.cacheSave && method === 'GET' && !headers.has('Range');
}

function isHttp({ url }: Hop): boolean {
  return speaksHttp(url.scheme);
}

function absent(journey: Journey): Verdict {
  const url = hideInText(journey.hop.url.hrefWithoutUserInfo);
  return journey.refuse(
    failure('not-stored', 'setup', `Error opening ${url}: only a stored answer is wanted, and there is none to use`),
  );
}
