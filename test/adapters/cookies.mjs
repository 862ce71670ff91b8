// Door for the suites of cookies, dates and public suffixes: a jar as the manager uses it, asked directly.
//   node …/run-cookie-cases.mjs --adapter test/adapters/cookies.mjs [--rfc 6265]
import { QNetworkCookie, QNetworkCookieJar } from '../../dist/index.js';

export const name = 'qnetwork';

/** Where the request comes from. */
const CONTEXTS = {
  same: {},
  cross: { siteForCookies: null },
  'cross-nav': { siteForCookies: { url: null, navigation: true } },
  'cross-nav-post': { siteForCookies: { url: null, navigation: true }, method: 'POST' },
};

export function createJar({ rfc = '6265bis' } = {}) {
  const jar = new QNetworkCookieJar();
  if (rfc !== jar.standard()) jar.setStandard(rfc);
  return {
    receive: (url, lines, context = 'same') => jar.setCookiesFromHeader(lines, url, CONTEXTS[context]),
    cookieHeader: (url, context = 'same') => jar.cookieHeaderForUrl(url, CONTEXTS[context]).toString('utf8'),
  };
}

export const registrableDomain = (host) => QNetworkCookieJar.registrableDomain(host);

export const cookieDate = (text) => QNetworkCookie.parseCookies(`a=b; expires=${text}`)[0]?.expirationDate()?.getTime() ?? null;
