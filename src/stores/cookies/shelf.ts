import type { Cookie, CookieWants } from '../../contract/cookie.ts';
import { cookiePair } from '../../rules/cookies/raw-form.ts';
import { isSentTo } from '../../rules/cookies/same-site.ts';
import type { Placed } from '../../rules/cookies/send-order.ts';

/** A cookie on its shelf. */
export interface Entry extends Placed {
  cookie: Cookie;
  readonly place: number;
  /** When it came, in ticks of the store. */
  came: number;
}

/** The cookies of one domain and path, by name. Those that are sent together are joined once and not for every request. */
export class Shelf {
  readonly domain: string;
  readonly path: string;
  /** In the order in which they came: a Map keeps the place of what is replaced. */
  readonly entries = new Map<string, Entry>();
  /** When they were last sent, in ticks of the store. */
  used = 0;
  /** What an open and what a secure same-site request sends; null = not known. */
  private open: string | null = null;
  private secure: string | null = null;
  /** Until when that is true: the first of them expires. */
  private until = Number.POSITIVE_INFINITY;

  constructor(domain: string, path: string) {
    this.domain = domain;
    this.path = path;
  }

  /** An entry came, went or changed. */
  changed(): void {
    this.open = null;
    this.secure = null;
    this.until = Number.POSITIVE_INFINITY;
  }

  /** The pairs that go along with a request, joined. */
  text(wants: CookieWants): string {
    if (wants.relation !== 'same-site') return joined(this.chosen(wants, []));
    if (wants.now >= this.until) this.changed();
    const known = wants.secure ? this.secure : this.open;
    if (known !== null) return known;
    const entries = this.chosen(wants, []);
    for (const { cookie } of entries) if (cookie.expires < this.until) this.until = cookie.expires;
    const text = joined(entries);
    if (wants.secure) this.secure = text;
    else this.open = text;
    return text;
  }

  /** Adds the entries that go along with a request. */
  chosen(wants: CookieWants, to: Entry[]): Entry[] {
    for (const entry of this.entries.values()) {
      const { cookie } = entry;
      if (cookie.expires > wants.now && (wants.secure || !cookie.secure) && isSentTo(cookie, wants.relation)) to.push(entry);
    }
    return to;
  }
}

/** As they are sent. */
export function joined(entries: readonly Entry[]): string {
  let text = '';
  for (const { cookie } of entries) text += text === '' ? cookiePair(cookie) : `; ${cookiePair(cookie)}`;
  return text;
}
