import type { AnswerPlan, Plan, Site } from './plan.ts';

/** One answer that an origin gave; its number is in every 16 bytes of its body. */
export interface Served {
  readonly serial: number;
  /** Of the request it was for; other requests may get it out of the cache if it is one of a cached page. */
  readonly id: number;
  readonly site: Site;
  readonly path: string;
  readonly status: number;
  readonly size: number;
  readonly etag: string;
  readonly plan: AnswerPlan | null;
}

export interface Violation {
  readonly property: string;
  readonly text: string;
}

/** What truly happened in a run, and what must not have. */
export class Books {
  readonly served = new Map<number, Served>();
  readonly plans = new Map<number, Plan>();
  /** Requests that an origin has acted on, by number, host, path and method; and on which connections and streams they came. */
  readonly acted = new Map<string, { readonly line: string; readonly stream: number }[]>();
  /** Lines of HTTP/2 of which an origin has said that it has not looked at this stream and all above. */
  readonly passedOver = new Map<string, number>();
  /** Hosts that have said over good TLS that they want it, as programs could know. */
  readonly wantTls = new Set<string>();
  /** Those that were known when a request was made. */
  readonly knownThen = new Map<number, ReadonlySet<string>>();
  /** Cookies of these answers must not be known: their heads could not be read. */
  readonly unread = new Set<number>();
  readonly violations: Violation[] = [];
  readonly lines: string[] = [];
  tracing = false;
  private last = 0;
  private readonly clock: { now(): number };

  constructor(clock: { now(): number }) {
    this.clock = clock;
  }

  serial(): number {
    return ++this.last;
  }

  violated(property: string, text: string): void {
    this.violations.push({ property, text: `${text} (at ${this.clock.now().toFixed(3)} ms)` });
    this.note(`VIOLATED ${property}: ${text}`);
  }

  note(text: string): void {
    if (this.tracing) this.lines.push(`${this.clock.now().toFixed(3).padStart(10)} ${text}`);
  }
}
