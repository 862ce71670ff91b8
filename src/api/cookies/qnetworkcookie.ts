import { systemClock } from '../../base/clock.ts';
import { toAscii, toUnicode } from '../../base/url-host.ts';
import type { Cookie, SameSite as SameSiteWord } from '../../contract/cookie.ts';
import { completed } from '../../rules/cookies/admission.ts';
import { cookieTextProblem } from '../../rules/cookies/limits.ts';
import { requestPath } from '../../rules/cookies/path-match.ts';
import { cookiePair, setCookieLine } from '../../rules/cookies/raw-form.ts';
import { parseSetCookie } from '../../rules/cookies/set-cookie.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { publicSuffixes } from '../../stores/cookies/public-suffixes.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { type BytesLike, toBytes } from '../core/qbytearray.ts';
import { toUrl, type UrlLike } from '../core/qurl.ts';

const RawForm = makeEnum({ NameAndValueOnly: 0, Full: 1 });
const SameSite = makeEnum({ Default: 0, None: 1, Lax: 2, Strict: 3 });

const WORDS: readonly SameSiteWord[] = ['default', 'none', 'lax', 'strict'];
const SESSION = Number.POSITIVE_INFINITY;

const EMPTY: Cookie = Object.freeze({
  name: '',
  value: '',
  domain: '',
  path: '',
  pathGiven: false,
  expires: SESSION,
  secure: false,
  httpOnly: false,
  sameSite: 'default',
  partitioned: false,
});

let read: (cookie: QNetworkCookie) => Cookie;
let make: (cookie: Cookie) => QNetworkCookie;

/**
 * One HTTP cookie (Qt: QNetworkCookie): a name, a value, and for whom it is. A value: jars take and give copies.
 *
 *     const cookie = new QNetworkCookie('session', 'abc');
 *     cookie.setExpirationDate(new Date(Date.now() + 3_600_000));
 *     manager.cookieJar()?.setCookiesFromUrl([cookie], 'https://example.org/');
 *
 *     QNetworkCookie.parseCookies('a=1; Path=/; Secure')[0].isSecure(); // true
 *
 * Names and values are bytes: text goes in as UTF-8 and comes out as a Buffer.
 */
export class QNetworkCookie extends withEnums({ RawForm, SameSite }) {
  #cookie: Cookie;

  static {
    read = (cookie) => cookie.#cookie;
    make = (cookie) => {
      const made = new QNetworkCookie();
      made.#cookie = cookie;
      return made;
    };
  }

  /**
   * A cookie of the session, or a copy of another. Throws a TypeError for a name or value that could not be sent: one with a control
   * character or `;`, or a name with `=`.
   */
  constructor(name: BytesLike | QNetworkCookie = '', value: BytesLike = '') {
    super();
    if (name instanceof QNetworkCookie) this.#cookie = name.#cookie;
    else this.#cookie = { ...EMPTY, name: nameText(name), value: valueText(value) };
  }

  /** True when both are the same in everything. */
  equals(other: QNetworkCookie): boolean {
    const a = this.#cookie;
    const b = other.#cookie;
    return a === b || (setCookieLine(a) === setCookieLine(b) && a.expires === b.expires);
  }

  /** True when one would replace the other in a jar: same name, domain and path. Qt 5.0. */
  hasSameIdentifier(other: QNetworkCookie): boolean {
    const a = this.#cookie;
    const b = other.#cookie;
    return a.name === b.name && a.domain === b.domain && a.path === b.path;
  }

  /** Empty for a cookie that is only a value (RFC 6265bis), and for a new one. */
  name(): Buffer {
    return Buffer.from(this.#cookie.name, 'latin1');
  }

  /** Throws a TypeError for a name with a control character, `;` or `=`. */
  setName(cookieName: BytesLike): void {
    this.#set({ name: nameText(cookieName) });
  }

  value(): Buffer {
    return Buffer.from(this.#cookie.value, 'latin1');
  }

  /** Nothing is quoted or escaped. Throws a TypeError for a value with a control character or `;`. */
  setValue(value: BytesLike): void {
    this.#set({ value: valueText(value) });
  }

  /** Whether it is sent over secure connections only. */
  isSecure(): boolean {
    return this.#cookie.secure;
  }

  setSecure(enable: boolean): void {
    this.#set({ secure: enable === true });
  }

  /** Whether scripts of pages must not see it; to a program that has no scripts it means nothing. Qt 4.5. */
  isHttpOnly(): boolean {
    return this.#cookie.httpOnly;
  }

  setHttpOnly(enable: boolean): void {
    this.#set({ httpOnly: enable === true });
  }

  /** To which requests it is sent on behalf of other sites, see the request option `siteForCookies`. Default: `Default`. Qt 6.1. */
  sameSitePolicy(): QNetworkCookie.SameSite {
    return WORDS.indexOf(this.#cookie.sameSite) as QNetworkCookie.SameSite;
  }

  /** Throws a TypeError for what is no QNetworkCookie.SameSite. */
  setSameSitePolicy(sameSite: QNetworkCookie.SameSite): void {
    const word = WORDS[sameSite];
    if (word === undefined)
      throw new TypeError(`QNetworkCookie.setSameSitePolicy expects QNetworkCookie.SameSite; got ${String(sameSite)}.`);
    this.#set({ sameSite: word });
  }

  /** Whether it has the attribute Partitioned, which is kept and has no effect: see the request option `partition`. Not in Qt. */
  isPartitioned(): boolean {
    return this.#cookie.partitioned;
  }

  setPartitioned(enable: boolean): void {
    this.#set({ partitioned: enable === true });
  }

  /** True for a cookie without an expiration date: it ends with the program, or when the jar goes. */
  isSessionCookie(): boolean {
    return this.#cookie.expires === SESSION;
  }

  /** When it expires; null for a session cookie. */
  expirationDate(): Date | null {
    const { expires } = this.#cookie;
    return expires === SESSION ? null : new Date(expires);
  }

  /** null, or an invalid date, makes it a session cookie. Throws a TypeError for what is no Date. */
  setExpirationDate(date: Date | null): void {
    if (date !== null && !(date instanceof Date))
      throw new TypeError(`QNetworkCookie.setExpirationDate expects a Date or null; got ${typeof date}.`);
    const time = date === null ? Number.NaN : date.getTime();
    this.#set({ expires: Number.isNaN(time) ? SESSION : time });
  }

  /**
   * Whose cookie it is: with a leading dot also of all hosts below, without one of that host alone; '' as long as nobody has said. In
   * lower case, international names readable.
   */
  domain(): string {
    const { domain } = this.#cookie;
    const dot = domain.startsWith('.') ? '.' : '';
    return dot + (toUnicode(domain.slice(dot.length)) || domain.slice(dot.length));
  }

  setDomain(domain: string): void {
    const text = String(domain);
    const dot = text.startsWith('.') ? '.' : '';
    const name = text.slice(dot.length);
    // what is no name of a host is kept, and no host will match it
    this.#set({ domain: dot + (toAscii(name).host || name.toLowerCase()) });
  }

  /** For which paths of the host it is: that one and all below; '' as long as nobody has said. */
  path(): string {
    return Buffer.from(this.#cookie.path, 'latin1').toString('utf8');
  }

  setPath(path: string): void {
    const text = fieldText(String(path));
    this.#set({ path: text, pathGiven: text !== '' });
  }

  /**
   * Fills in what a Set-Cookie field leaves to the request, as a jar does that is given cookies for a URL: without a domain the cookie is
   * of the URL's host alone, one that was given gets its leading dot; the default path is that of the URL up to its last slash
   * (RFC 6265 5.1.4; Qt keeps the slash). Qt 5.0.
   */
  normalize(url: UrlLike): void {
    const record = toUrl(url);
    this.#cookie = completed(this.#cookie, record.host ?? '', requestPath(record), publicSuffixes);
  }

  /** The text of a Set-Cookie field; with `NameAndValueOnly` what is sent back. */
  toRawForm(form: QNetworkCookie.RawForm = RawForm.Full): Buffer {
    const cookie = this.#cookie;
    return Buffer.from(form === RawForm.NameAndValueOnly ? cookiePair(cookie) : setCookieLine(cookie), 'latin1');
  }

  /**
   * The cookies of Set-Cookie lines, one a line, read by RFC 6265bis. Lines that are to be ignored, and as in Qt those without a name,
   * give none.
   */
  static parseCookies(cookieString: BytesLike): QNetworkCookie[] {
    const now = systemClock.wall();
    const found: QNetworkCookie[] = [];
    for (const line of bytesText(cookieString).split('\n')) {
      const cookie = parseSetCookie(line.endsWith('\r') ? line.slice(0, -1) : line, '6265bis', now);
      if (cookie !== null && cookie.name !== '') found.push(make(cookie));
    }
    return found;
  }

  /** @internal What console.log shows: not the value, which may be a secret. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { name, domain, path } = this.#cookie;
    return `QNetworkCookie('${name}' for ${domain}${path})`;
  }

  #set(changes: Partial<Cookie>): void {
    this.#cookie = { ...this.#cookie, ...changes };
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkCookie {
  type RawForm = EnumValue<typeof RawForm>;
  type SameSite = EnumValue<typeof SameSite>;
}

/** The record behind a cookie. It never changes: setters replace it. */
export function cookieOf(cookie: QNetworkCookie): Cookie {
  return read(cookie);
}

/** A cookie for a record. */
export function qcookieFrom(cookie: Cookie): QNetworkCookie {
  return make(cookie);
}

function bytesText(bytes: BytesLike): string {
  return fieldText(toBytes(bytes));
}

function nameText(name: BytesLike): string {
  return checked(bytesText(name), 'name');
}

function valueText(value: BytesLike): string {
  return checked(bytesText(value), 'value');
}

/** What servers would read as something else than was meant is refused. */
function checked(text: string, what: 'name' | 'value'): string {
  const problem = cookieTextProblem(text, what === 'name');
  if (problem !== '')
    throw new TypeError(`QNetworkCookie: the ${what} ${problem}; servers would read something else (RFC 6265bis 4.2).`);
  return text;
}
