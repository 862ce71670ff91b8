// RFC 6265bis 5.7, the end: which cookies go when there are too many.
import type { Cookie } from '../../contract/cookie.ts';

/** A domain with more cookies than these gives up its own first (RFC 6265bis 6.1 asks for at least 50). */
const FAIR_SHARE = 50;

export interface Evictable {
  readonly cookie: Cookie;
  /** When it was last sent, or came; any scale. */
  readonly used: number;
  /** Cookies of its domain, this one included. */
  readonly neighbours: number;
}

/** The `count` cookies that go: expired ones, open ones of crowded domains, any of crowded domains, any; the longest unused first. */
export function toEvict<T extends Evictable>(all: readonly T[], count: number, now: number): T[] {
  const rank = ({ cookie, neighbours }: T): number => {
    if (cookie.expires <= now) return 0;
    if (neighbours <= FAIR_SHARE) return 3;
    return cookie.secure ? 2 : 1;
  };
  return [...all].sort((a, b) => rank(a) - rank(b) || a.used - b.used).slice(0, count);
}
