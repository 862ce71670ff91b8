// RFC 6265bis 5.2, 5.6.7.1, 5.7 and 5.8.3. Schemes count, as in the HTML standard: http and https of one name are two sites.
import type { Url } from '../../base/url.ts';
import type { Cookie, PublicSuffixes, SiteForCookies, SiteRelation } from '../../contract/cookie.ts';
import { isSafe } from '../methods.ts';
import { isAddress } from './domain-match.ts';

/** How a request stands to the site on whose behalf it is made; without one it speaks for itself. */
export function relationOf(url: Url, method: string, site: SiteForCookies | null, suffixes: PublicSuffixes): SiteRelation {
  if (site === null || (site.url !== null && isSameSite(url, site.url, suffixes))) return 'same-site';
  if (!site.navigation) return 'cross-site';
  return isSafe(method) ? 'safe-navigation' : 'unsafe-navigation';
}

/** Two addresses are of one site: the same scheme, and the same name somebody registered. */
export function isSameSite(a: Url, b: Url, suffixes: PublicSuffixes): boolean {
  if (a.scheme !== b.scheme || a.host === null || b.host === null) return false;
  if (a.host === b.host) return true;
  if (isAddress(a.host) || isAddress(b.host)) return false;
  const registrable = suffixes.registrableDomain(a.host);
  return registrable !== null && registrable === suffixes.registrableDomain(b.host);
}

/** Whether a cookie goes along. What says nothing is treated as Lax, by the letter: there are no two minutes of grace for POST. */
export function isSentTo({ sameSite }: Cookie, relation: SiteRelation): boolean {
  if (relation === 'same-site' || sameSite === 'none') return true;
  return relation === 'safe-navigation' && sameSite !== 'strict';
}

/** Whether an answer may set it: what only same-site requests get, only they, and navigations, may leave behind. */
export function isTakenFrom({ sameSite }: Cookie, relation: SiteRelation): boolean {
  return relation !== 'cross-site' || sameSite === 'none';
}
