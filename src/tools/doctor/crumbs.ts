import type { Url } from '../../base/url.ts';
import { QNetworkCookie, QNetworkCookieJar } from '../../index.ts';

/**
 * The cookies of one look: those of the program's jar, and what the answers on the way set. A redirect may want it back at once; the jar does not
 * learn of it.
 */
export class Crumbs {
  private readonly jar: QNetworkCookieJar | null;
  private readonly found = new QNetworkCookieJar();
  /** Names that an answer has taken away. */
  private readonly gone = new Set<string>();

  constructor(jar: QNetworkCookieJar | null) {
    this.jar = jar;
  }

  receive(fields: readonly string[], url: Url): void {
    if (this.jar === null) return;
    for (const field of fields) {
      this.found.setCookiesFromHeader(field, url.href);
      for (const cookie of QNetworkCookie.parseCookies(field)) this.gone.add(nameOf(cookie));
    }
  }

  /** The Cookie field for a URL; '' = none. */
  header(url: Url): string {
    if (this.jar === null) return '';
    const own = this.found.cookiesForUrl(url.href);
    const kept = this.jar.cookiesForUrl(url.href).filter((cookie) => !this.gone.has(nameOf(cookie)));
    return [...kept, ...own].map((cookie) => cookie.toRawForm(QNetworkCookie.NameAndValueOnly).toString()).join('; ');
  }
}

function nameOf(cookie: QNetworkCookie): string {
  return cookie.name().toString();
}
