import { systemClock } from '../../base/clock.ts';
import type { Url } from '../../base/url.ts';
import { toAscii, toUnicode } from '../../base/url-host.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Cookie, CookieStandard, CookieWants, CookieWishes, SiteRelation } from '../../contract/cookie.ts';
import { completed, type Refusal, refusal } from '../../rules/cookies/admission.ts';
import { isAddress } from '../../rules/cookies/domain-match.ts';
import { requestPath } from '../../rules/cookies/path-match.ts';
import { cookiePair } from '../../rules/cookies/raw-form.ts';
import { relationOf } from '../../rules/cookies/same-site.ts';
import { isSecureScheme } from '../../rules/cookies/secure-scheme.ts';
import { parseSetCookie } from '../../rules/cookies/set-cookie.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { MemoryCookieStore } from '../../stores/cookies/memory-store.ts';
import { publicSuffixes } from '../../stores/cookies/public-suffixes.ts';
import { type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QObject } from '../core/qobject.ts';
import { qurlFrom, toUrl, type UrlLike } from '../core/qurl.ts';
import { cookieOf, QNetworkCookie, qcookieFrom } from './qnetworkcookie.ts';
import { type SiteForCookiesInit, siteForCookies } from './site-for-cookies.ts';

/** What may be said about a request whose cookies are asked for, or set. */
export interface CookieOptions {
  /** On whose behalf it is made, see the request option of this name. Without it the request speaks for itself. */
  siteForCookies?: SiteForCookiesInit | undefined;
  /** 'GET' unless given. */
  method?: string | undefined;
  /** '' unless given. */
  partition?: string | undefined;
}

/** The request for which a virtual function is called. */
interface Asked {
  readonly method: string;
  readonly wishes: CookieWishes;
}

const NO_WISHES: CookieWishes = Object.freeze({ siteForCookies: null, partition: '' });
const ITSELF: Asked = Object.freeze({ method: 'GET', wishes: NO_WISHES });

/**
 * Keeps cookies and says which go along with a request (Qt: QNetworkCookieJar). A manager has one by itself, and the cookies of the
 * session are in it until it goes; {@link QPersistentCookieJar} keeps them in a file.
 *
 *     class Picky extends QNetworkCookieJar {
 *       protected override validateCookie(cookie: QNetworkCookie, url: QUrl): boolean {
 *         return cookie.isSecure() && super.validateCookie(cookie, url);
 *       }
 *     }
 *     manager.setCookieJar(new Picky());
 *
 * The rules are those of RFC 6265bis; `setStandard('6265')` goes back to RFC 6265 as it was published. The virtual functions of a subclass
 * are called for every request and every answer. They answer at once; what they throw becomes an uncaught error, and the request goes on
 * without cookies. Up to 10,000 cookies are kept for a partition; then those go first that have expired, then those of crowded domains.
 */
export class QNetworkCookieJar extends QObject {
  private _followed: CookieStandard = '6265bis';
  private readonly _main = new MemoryCookieStore();
  /** Stores of partitions with a name; null as long as nobody named one. */
  private _others: Map<string, MemoryCookieStore> | null = null;
  private _asked: Asked = ITSELF;
  /** @internal That of the manager, if it runs on another one than the machine's. */
  _clock: Pick<Clock, 'wall'> = systemClock;

  constructor(parent: QObject | null = null) {
    super(parent);
  }

  // ---- virtual functions

  /** The cookies that go along with a request for `url`, in the order in which they are sent (RFC 6265bis 5.8.3). */
  cookiesForUrl(url: UrlLike): QNetworkCookie[] {
    const { method, wishes } = this._asked;
    return this._storeOf(wishes.partition)
      .select(this._wants(toUrl(url), method, wishes))
      .map(qcookieFrom);
  }

  /**
   * Takes the cookies of an answer from `url`: completes them (`normalize`), checks them (`validateCookie`) and keeps them (`insertCookie`).
   * True when one of them was kept.
   */
  setCookiesFromUrl(cookieList: Iterable<QNetworkCookie>, url: UrlLike): boolean {
    const where = qurlFrom(toUrl(url));
    let kept = false;
    for (const given of cookieList) {
      const cookie = new QNetworkCookie(checked(given, 'setCookiesFromUrl'));
      cookie.normalize(where);
      if (this.validateCookie(cookie, where) && this.insertCookie(cookie)) kept = true;
    }
    return kept;
  }

  /**
   * Keeps a cookie as it is, in the place of the one with the same name, domain and path. One that has expired takes that one out, and the
   * result is false. Qt 5.0.
   */
  insertCookie(cookie: QNetworkCookie): boolean {
    const record = cookieOf(checked(cookie, 'insertCookie'));
    const expired = record.expires <= this._clock.wall();
    // replacing is no deletion, but a subclass that deletes elsewhere as well wants to know
    if (expired || this.deleteCookie !== QNetworkCookieJar.prototype.deleteCookie) this.deleteCookie(cookie);
    if (!expired) this._keep(record);
    return !expired;
  }

  /** Keeps a cookie if there is one with the same name, domain and path, and says whether there was. Qt 5.0. */
  updateCookie(cookie: QNetworkCookie): boolean {
    const { name, domain, path } = cookieOf(checked(cookie, 'updateCookie'));
    return this._store.has(name, domain, path) && this.insertCookie(cookie);
  }

  /** Takes out the cookie with this name, domain and path; false when there was none. Qt 5.0. */
  deleteCookie(cookie: QNetworkCookie): boolean {
    const { name, domain, path } = cookieOf(checked(cookie, 'deleteCookie'));
    return this._store.remove(name, domain, path);
  }

  /**
   * Whether a completed cookie may be kept that came from `url` (RFC 6265bis 5.7): its domain is the URL's or one above it and no public
   * suffix, it is not Secure over plain http, hides no secure cookie there, its prefix is true, and it is not too big. Qt 5.0.
   */
  protected validateCookie(cookie: QNetworkCookie, url: UrlLike): boolean {
    const { method, wishes } = this._asked;
    return this._refusal(cookieOf(checked(cookie, 'validateCookie')), toUrl(url), method, wishes) === null;
  }

  // ---- for subclasses

  /** All cookies in the order in which they came, those that have expired included. */
  protected allCookies(): QNetworkCookie[] {
    return this._store.all().map(qcookieFrom);
  }

  /** Forgets all cookies and keeps these, unchecked. */
  protected setAllCookies(cookieList: Iterable<QNetworkCookie>): void {
    this._store.replace(Array.from(cookieList, (cookie) => cookieOf(checked(cookie, 'setAllCookies'))));
  }

  // ---- not in Qt

  /** Which text is followed; '6265bis' unless set. */
  standard(): CookieStandard {
    return this._followed;
  }

  /**
   * '6265' is RFC 6265 as published in 2011: without name prefixes, SameSite and limits, Secure cookies also over http. Cookies that are
   * here stay. Throws a TypeError for anything but the two.
   */
  setStandard(standard: CookieStandard): void {
    if (standard !== '6265bis' && standard !== '6265')
      throw new TypeError(`QNetworkCookieJar.setStandard expects '6265bis' or '6265'; got ${String(standard)}.`);
    this._followed = standard;
  }

  /** What a manager would send as the Cookie field of a request; empty for no field. */
  cookieHeaderForUrl(url: UrlLike, options: CookieOptions = {}): Buffer {
    const { method, wishes } = askedBy(options, 'QNetworkCookieJar.cookieHeaderForUrl');
    return Buffer.from(this._header(toUrl(url), method, wishes), 'latin1');
  }

  /** Does what a manager does with the Set-Cookie fields of an answer from `url`, one line each. True when one of the cookies was kept. */
  setCookiesFromHeader(setCookie: BytesLike | Iterable<BytesLike>, url: UrlLike, options: CookieOptions = {}): boolean {
    const { method, wishes } = askedBy(options, 'QNetworkCookieJar.setCookiesFromHeader');
    const one = typeof setCookie === 'string' || !(Symbol.iterator in setCookie) || setCookie instanceof Uint8Array;
    const lines = one ? [setCookie as BytesLike] : (setCookie as Iterable<BytesLike>);
    return this._receive(
      Array.from(lines, (line) => fieldText(toBytes(line))),
      toUrl(url),
      method,
      wishes,
    );
  }

  /**
   * The part of a host's name that somebody registered, by the public suffix list: 'example.co.uk' for 'www.example.co.uk'. null for a public
   * suffix itself, an address and what is no name.
   */
  static registrableDomain(host: string): string | null {
    const name = toAscii(String(host)).host;
    if (name === '' || isAddress(name)) return null;
    const domain = publicSuffixes.registrableDomain(name);
    return domain === null ? null : toUnicode(domain) || domain;
  }

  // ---- for the bridge

  /** @internal Nothing is sent to anybody. */
  get _idle(): boolean {
    return this._storeOf('').size === 0 && this._others === null && !this._overrides('cookiesForUrl');
  }

  /** @internal Value of the Cookie field, '' for none. */
  _header(url: Url, method: string, wishes: CookieWishes): string {
    if (!this._overrides('cookiesForUrl')) return this._storeOf(wishes.partition).header(this._wants(url, method, wishes));
    const cookies = this._asking(method, wishes, () => [...this.cookiesForUrl(qurlFrom(url))]);
    return cookies.map((cookie) => cookiePair(cookieOf(checked(cookie, 'cookiesForUrl')))).join('; ');
  }

  /** @internal Takes Set-Cookie fields; true when one of the cookies was kept. */
  _receive(fields: readonly string[], url: Url, method: string, wishes: CookieWishes): boolean {
    const now = this._clock.wall();
    const cookies: Cookie[] = [];
    for (const field of fields) {
      const cookie = parseSetCookie(field, this._followed, now);
      if (cookie !== null) cookies.push(cookie);
    }
    if (cookies.length === 0) return false;
    return this._asking(method, wishes, () => {
      if (SETTERS.some((name) => this._overrides(name)))
        return this.setCookiesFromUrl(cookies.map(qcookieFrom), qurlFrom(url)) === true;
      let kept = false;
      for (const cookie of cookies) if (this._admit(cookie, url, now)) kept = true;
      return kept;
    });
  }

  /** @internal When everything is where it outlives the process. */
  async _flush(): Promise<void> {}

  // ---- within

  /** What `setCookiesFromUrl` does, without an object for each cookie. */
  private _admit(cookie: Cookie, url: Url, now: number): boolean {
    const { method, wishes } = this._asked;
    const record = completed(cookie, url.host ?? '', requestPath(url), publicSuffixes);
    if (this._refusal(record, url, method, wishes) !== null) return false;
    if (record.expires > now) {
      this._keep(record);
      return true;
    }
    this._store.remove(record.name, record.domain, record.path);
    return false;
  }

  private _refusal(cookie: Cookie, url: Url, method: string, wishes: CookieWishes): Refusal | null {
    const from = {
      host: url.host ?? '',
      secure: isSecureScheme(url.scheme),
      relation: this._relation(url, method, wishes),
      standard: this._followed,
    };
    const shadows = (): boolean => this._store.shadows(cookie.name, cookie.domain, cookie.path, this._clock.wall());
    return refusal(cookie, from, publicSuffixes, shadows);
  }

  private _keep(cookie: Cookie): void {
    const store = this._store;
    // RFC 6265 5.3 step 11: there one name and path has one cookie, whether for a host alone or with those below
    if (this._followed === '6265') {
      const { domain } = cookie;
      store.remove(cookie.name, domain.startsWith('.') ? domain.slice(1) : `.${domain}`, cookie.path);
    }
    store.put(cookie, this._clock.wall());
  }

  private _wants(url: Url, method: string, wishes: CookieWishes): CookieWants {
    return {
      host: url.host ?? '',
      path: requestPath(url),
      secure: isSecureScheme(url.scheme),
      relation: this._relation(url, method, wishes),
      now: this._clock.wall(),
    };
  }

  private _relation(url: Url, method: string, { siteForCookies: site }: CookieWishes): SiteRelation {
    return site === null || this._followed === '6265' ? 'same-site' : relationOf(url, method, site, publicSuffixes);
  }

  /** The store of the request under way. */
  private get _store(): MemoryCookieStore {
    return this._storeOf(this._asked.wishes.partition);
  }

  /** @internal */
  protected _storeOf(partition: string): MemoryCookieStore {
    if (partition === '') return this._main;
    this._others ??= new Map();
    const known = this._others.get(partition);
    if (known !== undefined) return known;
    const store = new MemoryCookieStore();
    this._others.set(partition, store);
    return store;
  }

  private _overrides(name: (typeof SETTERS)[number] | 'cookiesForUrl'): boolean {
    return this[name] !== QNetworkCookieJar.prototype[name];
  }

  /** The virtual functions have no argument for what is known of the request, so that it is kept aside while they run. */
  private _asking<T>(method: string, wishes: CookieWishes, call: () => T): T {
    const before = this._asked;
    this._asked = { method, wishes };
    try {
      return call();
    } finally {
      this._asked = before;
    }
  }
}

/** What a subclass may override to have a say in what is kept. */
const SETTERS = ['setCookiesFromUrl', 'validateCookie', 'insertCookie', 'deleteCookie'] as const;

function checked(cookie: QNetworkCookie, method: string): QNetworkCookie {
  if (cookie instanceof QNetworkCookie) return cookie;
  throw new TypeError(`QNetworkCookieJar.${method}: ${cookie === null ? 'null' : typeof cookie} is no QNetworkCookie.`);
}

function askedBy({ siteForCookies: site, method = 'GET', partition = '' }: CookieOptions, where: string): Asked {
  if (site === undefined && partition === '') return { method, wishes: NO_WISHES };
  return { method, wishes: { siteForCookies: site === undefined ? null : siteForCookies(site, where), partition } };
}
