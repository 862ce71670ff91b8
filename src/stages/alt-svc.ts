import { Url } from '../base/url.ts';
import type { Alternative, AlternativeStore } from '../contract/alt-svc.ts';
import type { Clock } from '../contract/clock.ts';
import type { Head } from '../contract/head.ts';
import type { Hop } from '../contract/hop.ts';
import type { Stage, Verdict } from '../contract/stage.ts';
import { alternativesOf, parseAltSvc } from '../rules/alt-svc.ts';
import { initialAge } from '../rules/cache/initial-age.ts';

/** RFC 9110 15.5.20: the server that answers has no say for this origin. */
const MISDIRECTED = 421;

/**
 * Notes which alternative services origins name (RFC 7838). None is ever used: that is for those who can speak what is offered. So there is
 * nothing to take back after a 421 either, which alone would make a request to an alternative go to the origin again.
 */
export class AlternativeServices implements Stage {
  readonly name = 'alt-svc';
  private readonly store: AlternativeStore;
  private readonly clock: Clock;

  constructor(store: AlternativeStore, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Those of an origin, without those that have ended. */
  of(origin: string, partition: string): readonly Alternative[] {
    return this.store.find(origin, partition);
  }

  clear(): void {
    this.store.clear();
  }

  inward(hop: Hop, head: Head): Verdict {
    // RFC 7838 2.1 and 9.5: what comes in the clear may be anybody's word, and would lead everybody to a place of his
    if (hop.url.scheme === 'https' && !hop.stored) this.learn(hop, head);
    return 'go';
  }

  private learn(hop: Hop, head: Head): void {
    const text = head.headers.combined('Alt-Svc');
    // RFC 7838 6
    if (text === undefined || head.status === MISDIRECTED) return;
    const now = this.clock.wall();
    this.hear(hop, text, initialAge(head.headers, now - Math.max(0, hop.headAt - hop.sentAt) / 1000, now));
  }

  /** An ALTSVC frame came on the connection of this hop, which is for the hop's origin alone (RFC 7838 4): others it cannot speak for. */
  advised(hop: Hop, text: string, origin: string): void {
    if (origin === '' || Url.parse(origin).origin === hop.url.origin) this.hear(hop, text, 0);
  }

  /** A field value that came for this hop's origin, so many milliseconds after it was made. */
  private hear(hop: Hop, text: string, age: number): void {
    const { secure, url } = hop;
    if (secure === null || secure.doubted) return;
    const said = parseAltSvc(text);
    if (said === null) return;
    const alternatives = alternativesOf(said, url.host ?? '', age, this.clock.wall());
    this.store.note(url.origin, hop.ask.wishes.partition, alternatives);
    if (hop.noting) hop.note('alt-svc', { alternatives });
  }
}
