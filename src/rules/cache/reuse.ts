// What a request gets out of the store (RFC 9111 4, 4.2.4, 5.2; RFC 5861; RFC 8246).
import type { HeaderList } from '../../base/header-list.ts';
import type { CacheLoad, StoredHead } from '../../contract/cache.ts';
import { isRedirect } from '../redirect.ts';
import { currentAge } from './age.ts';
import { type RequestDirectives, type ResponseDirectives, requestDirectives } from './directives.ts';
import { factsOf } from './facts.ts';
import { freshFor } from './freshness.ts';
import { isConditional, ownCondition } from './own-conditions.ts';
import { canBeValidated } from './validation.ts';

/** How the store is used. */
export interface Use {
  /** GET or HEAD. */
  readonly method: string;
  /** What the caller gave. */
  readonly fields: HeaderList;
  readonly load: CacheLoad;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The store is used for many people. */
  readonly shared: boolean;
  /** Redirects are followed, so nobody reads their bodies. */
  readonly follows: boolean;
  /** The stored part is all that is asked for, as `rangeAnswer` says. */
  readonly part?: boolean;
}

export type Reuse =
  | 'serve'
  /** 304, as the caller's own condition wants it. */
  | 'not-modified'
  /** Served as it is, and asked for anew behind the back of the caller (RFC 5861 3). */
  | 'serve-and-refresh'
  /** The origin is asked whether it still holds. */
  | 'validate'
  | 'fetch'
  /** Nothing can be served, and nothing may go out. */
  | 'absent';

/** The whole decision, for what the store gave under the key: null when nothing. */
export function reuse(use: Use, found: StoredHead | null): Reuse {
  const { fields, load } = use;
  if (load === 'network') return 'fetch';
  const stored = found !== null && isEnough(use, found) ? found : null;
  if (load === 'only') return stored !== null && mayServeUnasked(stored, use.now, use.shared) ? 'serve' : 'absent';
  const request = directivesOf(fields);
  const conditional = fields.size > 0 && isConditional(fields);
  if (stored !== null && load !== 'renew') {
    const answer = withoutAsking(use, request, stored);
    const own = conditional ? ownCondition(fields, stored) : 'whole';
    if (answer !== null && own !== 'ask') return own === 'not-modified' ? own : answer;
  }
  if (request.onlyIfCached) return 'absent';
  // RFC 9111 4.3.5: a HEAD of its own tells as much as a validation. And who asks conditions himself gets the answer himself
  return stored !== null && use.method !== 'HEAD' && !conditional && canBeValidated(stored) ? 'validate' : 'fetch';
}

export function directivesOf(fields: HeaderList): RequestDirectives {
  return requestDirectives(fields.combined('cache-control'), fields.combined('pragma'));
}

/** Of some answers only a part is there, or the head alone. */
export function isEnough({ method, follows, part }: Use, stored: StoredHead): boolean {
  if (stored.range === null || part === true) return true;
  return method === 'HEAD' ? stored.status !== 206 : follows && isRedirect(stored.status);
}

function withoutAsking(
  { now, shared }: Use,
  request: RequestDirectives,
  stored: StoredHead,
): 'serve' | 'serve-and-refresh' | null {
  const { said } = factsOf(stored);
  if (asksFirst(said) || request.noCache) return null;
  const left = freshFor(stored, now, shared);
  if (left > 0) {
    if (left < request.minFresh * 1000) return null;
    // RFC 8246 2: a reload, which is what max-age=0 is sent for, need not ask for what does not change
    return said.immutable || isYoungEnough(request, stored, now) ? 'serve' : null;
  }
  if (forbidsStale(said, shared) || request.minFresh >= 0 || !isYoungEnough(request, stored, now)) return null;
  if (request.maxStale >= 0 && -left <= request.maxStale * 1000) return 'serve';
  if (said.staleWhileRevalidate < 0 || -left > said.staleWhileRevalidate * 1000) return null;
  return request.onlyIfCached ? 'serve' : 'serve-and-refresh';
}

/** RFC 9111 5.2.2.4. A validation may have brought no-store as well: then it should not be here, and at least it is asked about. */
export function asksFirst(said: ResponseDirectives): boolean {
  return said.noCache || (said.noStore && !said.mustUnderstand);
}

/** RFC 9111 5.2.1.1. */
function isYoungEnough(request: RequestDirectives, stored: StoredHead, now: number): boolean {
  return request.maxAge < 0 || currentAge(stored, now) <= request.maxAge * 1000;
}

/** Whoever asks the store alone takes stale answers too, but none that its origin wants to be asked about first. */
function mayServeUnasked(stored: StoredHead, now: number, shared: boolean): boolean {
  const { said } = factsOf(stored);
  return !asksFirst(said) && (freshFor(stored, now, shared) > 0 || !forbidsStale(said, shared));
}

/** RFC 9111 4.2.4, 5.2.2.2, 5.2.2.8, 5.2.2.10: without its origin a stale answer is none. */
export function forbidsStale(said: ResponseDirectives, shared: boolean): boolean {
  return said.mustRevalidate || (shared && (said.proxyRevalidate || said.sMaxAge >= 0));
}

/** RFC 5861 4: the statuses that stale-if-error is about. */
export function isOriginTrouble(status: number): boolean {
  return status === 500 || status === 502 || status === 503 || status === 504;
}

export interface StaleUse extends Use {
  /** The origin has trouble (`isOriginTrouble`), or no answer has come at all. */
  readonly why: 'error' | 'unreachable';
}

/**
 * Whether a stored answer may stand in for what the network gave. RFC 5861 4, where the word of the request goes before that of the answer;
 * RFC 9111 4.2.4 allows more to who is cut off, and only who prefers the cache takes it.
 */
export function mayServeStale(use: StaleUse, stored: StoredHead): boolean {
  const { fields, load, now, shared, why } = use;
  const request = directivesOf(fields);
  const { said } = factsOf(stored);
  if (load === 'network' || asksFirst(said) || request.noCache || forbidsStale(said, shared) || !isEnough(use, stored))
    return false;
  const allowed = request.staleIfError >= 0 ? request.staleIfError : said.staleIfError;
  if (allowed >= 0 && -freshFor(stored, now, shared) <= allowed * 1000) return true;
  return why === 'unreachable' && load === 'prefer-cache' && isYoungEnough(request, stored, now);
}
