import type { SiteForCookies } from '../../contract/cookie.ts';
import { QUrl, toUrl, type UrlLike } from '../core/qurl.ts';

/**
 * On whose behalf a request is made: the address of the document that wants it, or null for one that shares its site with nobody. As an
 * object it can say besides that the request replaces the document, as following a link does.
 */
export type SiteForCookiesInit = UrlLike | null | { readonly url: UrlLike | null; readonly navigation?: boolean };

/** Throws a TypeError for what is no address of a site. */
export function siteForCookies(init: SiteForCookiesInit, where: string): SiteForCookies {
  if (init === null) return NOBODY;
  const plain = typeof init === 'string' || init instanceof URL || init instanceof QUrl;
  const { url, navigation = false } = plain ? { url: init } : init;
  if ((!plain && typeof init !== 'object') || typeof navigation !== 'boolean' || url === undefined)
    throw new TypeError(`${where} expects a URL, null, or { url, navigation }.`);
  if (url === null) return Object.freeze({ url: null, navigation });
  const site = toUrl(url);
  if (site.error !== '' || site.scheme === '' || !site.host)
    throw new TypeError(
      `${where} expects the URL of a site, with a scheme and a host${site.error === '' ? '' : `: ${site.error}`}.`,
    );
  return Object.freeze({ url: site, navigation });
}

const NOBODY: SiteForCookies = Object.freeze({ url: null, navigation: false });

/** True when both mean the same requests. */
export function sameSiteForCookies(a: SiteForCookies | null, b: SiteForCookies | null): boolean {
  return a?.navigation === b?.navigation && a?.url?.href === b?.url?.href && (a === null) === (b === null);
}
