import type { Url } from '../../base/url.ts';
import type { Clock, Timer } from '../../contract/clock.ts';
import type { Link, Links } from '../../contract/links.ts';
import { isPortal, type NetworkFacts, networkFacts, wayOut } from '../../rules/links/reachability.ts';
import type { ProbeAnswer } from '../bridge/portal-probe.ts';

/** From a change of the links to the question whether there is a portal: what makes a link usable comes in pieces. */
const SETTLE = 500;
/** To the same question again while somebody stands in the way, or nobody answers. */
const AGAIN = 30_000;

/** Whom to ask for a captive portal, and what they say when there is none; null = status 204. */
export interface PortalProbe {
  readonly url: Url;
  readonly expected: string | null;
}

/** What it works with. */
export interface InformationParts {
  readonly links: Links;
  /** The links say where the default routes lead. */
  readonly routed: boolean;
  readonly clock: Clock;
  readonly ask: (url: Url, done: (answer: ProbeAnswer | null) => void) => () => void;
}

/** Knows what the network as a whole is like, from when it is made until it is closed. */
export class LinkInformation {
  /** As they are now. */
  facts: NetworkFacts;
  private readonly parts: InformationParts;
  private readonly changed: () => void;
  private readonly unwatch: () => void;
  private links: readonly Link[];
  private probe: PortalProbe | null = null;
  private portal = false;
  private giveUp: (() => void) | null = null;
  /** Of the next question, and when it comes. */
  private timer: Timer | null = null;
  private due = 0;

  /** `changed` is called after the facts have. */
  constructor(parts: InformationParts, changed: () => void) {
    this.parts = parts;
    this.changed = changed;
    this.unwatch = parts.links.watch(() => this.linksChanged());
    this.links = parts.links.list();
    this.facts = networkFacts(this.links, parts.routed, false);
  }

  /** null = portals are not looked for. */
  setProbe(probe: PortalProbe | null): void {
    this.rest();
    this.probe = probe;
    if (probe === null) this.settle(false);
    else this.askIn(0);
  }

  close(): void {
    this.rest();
    this.unwatch();
  }

  private linksChanged(): void {
    const before = JSON.stringify(this.wayOut());
    this.links = this.parts.links.list();
    if (JSON.stringify(this.wayOut()) !== before) {
      // the question was about the way that was
      this.giveUp?.();
      this.giveUp = null;
      this.askIn(SETTLE);
    }
    this.settle(this.portal);
  }

  private wayOut(): Link | null {
    return wayOut(this.links, this.parts.routed);
  }

  /** Unless it is planned for earlier. */
  private askIn(ms: number): void {
    const due = this.parts.clock.now() + ms;
    if (this.probe === null || (this.timer !== null && this.due <= due)) return;
    this.timer?.cancel();
    this.due = due;
    this.timer = this.parts.clock.after(ms, () => this.ask());
  }

  private ask(): void {
    this.timer = null;
    if (this.probe === null || this.wayOut() === null) return;
    const { url, expected } = this.probe;
    this.giveUp = this.parts.ask(url, (answer) => {
      this.giveUp = null;
      const portal = isPortal(answer, expected);
      if (portal || answer === null) this.askIn(AGAIN);
      this.settle(portal);
    });
  }

  private settle(portal: boolean): void {
    const before = this.facts;
    this.facts = networkFacts(this.links, this.parts.routed, portal);
    this.portal = this.facts.portal;
    if (JSON.stringify(this.facts) !== JSON.stringify(before)) this.changed();
  }

  private rest(): void {
    this.giveUp?.();
    this.giveUp = null;
    this.timer?.cancel();
    this.timer = null;
  }
}
