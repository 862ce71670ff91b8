// RFC 6265bis 5.7, the storage model: what a cookie is for, and whether it may be kept.
import type { Cookie, CookieStandard, PublicSuffixes, SiteRelation } from '../../contract/cookie.ts';
import { bareDomain, domainMatches, isAddress } from './domain-match.ts';
import { hasControls, isTooBig } from './limits.ts';
import { defaultPath } from './path-match.ts';
import { keepsPromise } from './prefixes.ts';
import { isTakenFrom } from './same-site.ts';

/** Fills in what the cookie leaves to its request: domain and path. A domain that was given is for the hosts below it, too. */
export function completed(cookie: Cookie, host: string, path: string, suffixes: PublicSuffixes): Cookie {
  const domain = completedDomain(cookie.domain, host, suffixes);
  if (domain === cookie.domain && cookie.path !== '') return cookie;
  return { ...cookie, domain, path: cookie.path === '' ? defaultPath(path) : cookie.path };
}

function completedDomain(domain: string, host: string, suffixes: PublicSuffixes): string {
  if (domain === '') return host;
  const bare = bareDomain(domain);
  if (isAddress(bare)) return bare;
  // a public suffix that is a host itself may speak for itself (step 9)
  if (bare === host && isSuffix(bare, suffixes)) return host;
  return '.' + bare;
}

/** A name of one label is one by the list's own default rule, so that the list need not be asked. */
function isSuffix(domain: string, suffixes: PublicSuffixes): boolean {
  return !domain.includes('.') || suffixes.isPublicSuffix(domain);
}

/** The answer that sets a cookie. */
export interface CookieOrigin {
  readonly host: string;
  /** Its scheme denotes a secure protocol. */
  readonly secure: boolean;
  readonly relation: SiteRelation;
  readonly standard: CookieStandard;
}

export type Refusal =
  | 'domain' // it is for hosts that the sender does not speak for
  | 'public suffix' // it is for hosts of different people
  | 'empty' // neither a name nor a value, or no name under RFC 6265
  | 'too big'
  | 'control characters'
  | 'not secure' // Secure, and came over an open connection
  | 'secure exists' // from an open connection, and would stand in the way of a secure one
  | 'cross-site' // only for same-site requests, and came with another
  | 'none but not secure' // SameSite=None wants Secure
  | 'prefix'; // its name promises what it does not keep

/**
 * Why a completed cookie is not to be kept; null when it is. `shadows` is asked only when it matters: whether a secure cookie of that
 * name would be hidden.
 */
export function refusal(cookie: Cookie, from: CookieOrigin, suffixes: PublicSuffixes, shadows: () => boolean): Refusal | null {
  const domain = bareDomain(cookie.domain);
  if (!domainMatches(from.host, domain)) return 'domain';
  // the list has rules for all below a name that is no suffix itself; a name above them would reach different people as well
  if (domain !== from.host && (isSuffix(domain, suffixes) || suffixes.isAboveSuffix(domain, from.host))) return 'public suffix';
  if (from.standard === '6265') return cookie.name === '' ? 'empty' : null;
  return refusalOfBis(cookie, from, shadows);
}

/** What RFC 6265 did not know. */
function refusalOfBis(cookie: Cookie, from: CookieOrigin, shadows: () => boolean): Refusal | null {
  const { name, value } = cookie;
  if (name === '' && value === '') return 'empty';
  if (isTooBig(name, value)) return 'too big';
  if (hasControls(name) || hasControls(value)) return 'control characters';
  if (!from.secure && cookie.secure) return 'not secure';
  if (!from.secure && shadows()) return 'secure exists';
  if (!isTakenFrom(cookie, from.relation)) return 'cross-site';
  if (cookie.sameSite === 'none' && !cookie.secure) return 'none but not secure';
  return keepsPromise(cookie) ? null : 'prefix';
}
