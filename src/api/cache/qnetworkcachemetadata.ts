import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import type { StoredHead } from '../../contract/cache.ts';
import { Attribute } from '../access/access-enums.ts';
import { rawHeaderName, rawHeaderText } from '../access/known-headers.ts';
import { headerListOf, headersFrom, QHttpHeaders, sameFields } from '../access/qhttpheaders.ts';
import { type QUrl, qurlFrom, toUrl, type UrlLike } from '../core/qurl.ts';

/** What a QNetworkCacheMetaData says. It never changes: setters replace it. Times are milliseconds since 1970, NaN = none. */
export interface MetaFacts {
  readonly url: Url;
  readonly headers: HeaderList;
  readonly lastModified: number;
  readonly expires: number;
  readonly save: boolean;
  readonly attributes: ReadonlyMap<number, unknown>;
  /** The stored head it was made of, with what Qt's class has no words for; null when somebody else has made it. */
  readonly origin: StoredHead | null;
  /** Whether content codings are undone in the body that goes with it, as Qt's caches have it, whatever Content-Encoding says. */
  readonly decoded: boolean;
}

const NO_ATTRIBUTES: ReadonlyMap<number, unknown> = new Map();

const NOTHING: MetaFacts = Object.freeze({
  url: Url.EMPTY,
  headers: new HeaderList(),
  lastModified: Number.NaN,
  expires: Number.NaN,
  save: true,
  attributes: NO_ATTRIBUTES,
  origin: null,
  decoded: true,
});

let read: (meta: QNetworkCacheMetaData) => MetaFacts;
let make: (facts: MetaFacts) => QNetworkCacheMetaData;

/**
 * What a cache knows of a stored answer beside its body (Qt: QNetworkCacheMetaData, 4.5). A value: caches give and take copies.
 *
 *     const meta = new QNetworkCacheMetaData();
 *     meta.setUrl('https://example.org/icon.png');
 *     meta.setRawHeaders([['Content-Type', 'image/png']]);
 *     meta.setExpirationDate(new Date(Date.now() + 86_400_000));
 *     const device = cache.prepare(meta);
 *     device?.write(bytes);
 *     cache.insert(device);
 *
 * What this library stores carries along what Qt's class has no words for (what `Vary` depended on, when the answer came …). Copies have
 * it, too; a cache that writes down the fields by itself loses it, and such an answer is asked for again where that matters.
 */
export class QNetworkCacheMetaData {
  #facts: MetaFacts;

  static {
    read = (meta) => meta.#facts;
    make = (facts) => {
      const made = new QNetworkCacheMetaData();
      made.#facts = facts;
      return made;
    };
  }

  /** An invalid one, or a copy of another. */
  constructor(other?: QNetworkCacheMetaData) {
    if (other !== undefined && !(other instanceof QNetworkCacheMetaData))
      throw new TypeError(
        `QNetworkCacheMetaData expects another QNetworkCacheMetaData to copy, or nothing; got ${typeof other}.`,
      );
    this.#facts = other === undefined ? NOTHING : other.#facts;
  }

  /** True when both have the same URL, headers, dates and saveToDisk; as in Qt attributes do not count. */
  equals(other: QNetworkCacheMetaData): boolean {
    return sameFacts(this.#facts, other.#facts);
  }

  /** False as long as nothing but attributes was set. What is not in a cache is invalid. */
  isValid(): boolean {
    return !sameFacts(this.#facts, NOTHING);
  }

  /** The URL of the answer, without password and fragment. */
  url(): QUrl {
    return qurlFrom(this.#facts.url);
  }

  /** Password and fragment are left out. Throws a TypeError for what is no URL. */
  setUrl(url: UrlLike): void {
    this.#set({ url: keptUrl(toUrl(url)) });
  }

  /** Name and value of every header field in order, as bytes. */
  rawHeaders(): [name: Buffer, value: Buffer][] {
    const { headers } = this.#facts;
    return Array.from({ length: headers.size }, (_, i) => [
      Buffer.from(headers.nameAt(i), 'latin1'),
      Buffer.from(headers.valueAt(i), 'latin1'),
    ]);
  }

  /** Replaces all header fields. Several lines of Set-Cookie become fields of their own. Throws a TypeError for what is no header. */
  setRawHeaders(headers: Iterable<readonly [name: string | Uint8Array, value: string | Uint8Array]>): void {
    this.#set({ headers: listFrom(headers) });
  }

  /** The header fields; a copy. Values are Latin-1 text. Qt 6.8. */
  headers(): QHttpHeaders {
    return new QHttpHeaders(headersFrom(this.#facts.headers));
  }

  /** Replaces all header fields. Throws a TypeError for what is no QHttpHeaders. Qt 6.8. */
  setHeaders(headers: QHttpHeaders): void {
    if (!(headers instanceof QHttpHeaders))
      throw new TypeError('QNetworkCacheMetaData.setHeaders expects a QHttpHeaders; setRawHeaders takes a list of pairs.');
    this.#set({ headers: headerListOf(headers).copy() });
  }

  /** When the content was last changed, as the server said; null when it did not. */
  lastModified(): Date | null {
    return dateOf(this.#facts.lastModified);
  }

  /** null, or an invalid date, is none. Throws a TypeError for what is no Date. */
  setLastModified(dateTime: Date | null): void {
    this.#set({ lastModified: timeOf(dateTime, 'setLastModified') });
  }

  /** Until when the answer is fresh; null when nobody has said. */
  expirationDate(): Date | null {
    return dateOf(this.#facts.expires);
  }

  /** Goes before what the headers say. null, or an invalid date, leaves it to them. Throws a TypeError for what is no Date. */
  setExpirationDate(dateTime: Date | null): void {
    this.#set({ expires: timeOf(dateTime, 'setExpirationDate') });
  }

  /** Whether the answer may be stored; true unless set. */
  saveToDisk(): boolean {
    return this.#facts.save;
  }

  setSaveToDisk(allow: boolean): void {
    this.#set({ save: allow === true });
  }

  /** What belongs to the answer, by QNetworkRequest.Attribute: status, reason phrase, and what a program has added. A copy. Qt 4.6. */
  attributes(): Map<number, unknown> {
    return new Map(this.#facts.attributes);
  }

  /**
   * Replaces all attributes. The caches of this library keep numbers, text, truth values, dates, URLs, bytes, and arrays and objects of
   * such; nothing else. Throws a TypeError for what is no Map of numbers. Qt 4.6.
   */
  setAttributes(attributes: ReadonlyMap<number, unknown>): void {
    if (!(attributes instanceof Map) || [...attributes.keys()].some((code) => typeof code !== 'number'))
      throw new TypeError(
        'QNetworkCacheMetaData.setAttributes expects a Map with numbers of QNetworkRequest.Attribute for keys.',
      );
    this.#set({ attributes: new Map(attributes) });
  }

  /** @internal */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const status = this.#facts.attributes.get(Attribute.HttpStatusCodeAttribute);
    return this.isValid() ? `QNetworkCacheMetaData(${String(status ?? '-')} ${this.url()})` : 'QNetworkCacheMetaData(invalid)';
  }

  #set(changes: Partial<MetaFacts>): void {
    this.#facts = { ...this.#facts, ...changes };
  }
}

/** What a QNetworkCacheMetaData says, and what it carries along. */
export function factsOf(meta: QNetworkCacheMetaData): MetaFacts {
  return read(meta);
}

/** A QNetworkCacheMetaData that says this. */
export function metaFrom(facts: MetaFacts): QNetworkCacheMetaData {
  return make(facts);
}

/** The URL under which an answer is kept: of the user information only the name stays. */
export function keptUrl(url: Url): Url {
  const { userInfo } = url;
  if (url.fragment === null && (userInfo === null || !userInfo.includes(':'))) return url;
  return url.with({ fragment: null, userInfo: userInfo?.replace(/:.*$/s, '') ?? null });
}

function sameFacts(a: MetaFacts, b: MetaFacts): boolean {
  if (a === b) return true;
  const dates = Object.is(a.lastModified, b.lastModified) && Object.is(a.expires, b.expires);
  return dates && a.save === b.save && a.url.href === b.url.href && sameFields(a.headers, b.headers);
}

function listFrom(pairs: Iterable<readonly [string | Uint8Array, string | Uint8Array]>): HeaderList {
  const where = 'QNetworkCacheMetaData.setRawHeaders';
  if (typeof pairs !== 'object' || pairs === null || typeof pairs[Symbol.iterator] !== 'function')
    throw new TypeError(`${where} expects a list of pairs of name and value.`);
  const list = new HeaderList();
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2)
      throw new TypeError(`${where}: a list of headers has pairs of name and value.`);
    const name = rawHeaderName(pair[0], where);
    for (const value of linesOf(name, pair[1])) list.append(name, rawHeaderText(name, value, where));
  }
  return list;
}

/** rawHeaderPairs() of a reply joins the values of Set-Cookie by line feeds. */
function linesOf(name: string, value: string | Uint8Array): (string | Uint8Array)[] {
  if (name.toLowerCase() !== 'set-cookie') return [value];
  if (typeof value === 'string') return value.split('\n');
  return Buffer.from(value)
    .toString('latin1')
    .split('\n')
    .map((line) => Buffer.from(line, 'latin1'));
}

function dateOf(time: number): Date | null {
  return Number.isNaN(time) ? null : new Date(time);
}

function timeOf(date: Date | null, method: string): number {
  if (date === null) return Number.NaN;
  if (date instanceof Date) return date.getTime();
  throw new TypeError(`QNetworkCacheMetaData.${method} expects a Date or null; got ${typeof date}.`);
}
