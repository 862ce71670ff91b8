import type { StoredHead } from '../../contract/cache.ts';
import { currentAge } from './age.ts';
import { factsOf } from './facts.ts';
import { parseStrictDate } from './strict-date.ts';

/** RFC 9111 4.2.1, in milliseconds, counted like the age. What the program said goes before the fields. */
export function freshnessLifetime(stored: StoredHead, shared: boolean): number {
  const facts = factsOf(stored);
  if (stored.expires >= 0) return Math.max(0, stored.expires - stored.receivedAt + facts.initialAge);
  return shared ? facts.sharedLifetime : facts.lifetime;
}

/** For how many milliseconds more it is fresh; 0 or less when it is stale, and then for how long it has been (RFC 9111 4.2). */
export function freshFor(stored: StoredHead, now: number, shared: boolean): number {
  return freshnessLifetime(stored, shared) - currentAge(stored, now);
}

/** Until when it is fresh as its fields say in so many words (RFC 9111 4.2.1), milliseconds since 1970; null when they do not. */
export function explicitExpiry(stored: StoredHead): number | null {
  const { said, initialAge } = factsOf(stored);
  if (said.maxAge < 0) return parseStrictDate(stored.headers.combined('expires'), stored.receivedAt);
  return stored.receivedAt + said.maxAge * 1000 - Math.floor(initialAge / 1000) * 1000;
}
