import { joinedPath, joinedQuery } from '../../rules/base-url.ts';
import { type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QUrl, qurlFrom, toUrl, type UrlLike } from '../core/qurl.ts';
import { QUrlQuery } from '../core/qurlquery.ts';
import type { QSslConfiguration } from '../security/qsslconfiguration.ts';
import { Attribute, type AttributeValue, type Priority } from './access-enums.ts';
import { rawHeaderText } from './known-headers.ts';
import type { HeadersInit, QHttpHeaders } from './qhttpheaders.ts';
import { QNetworkRequest, requestState } from './qnetworkrequest.ts';
import { type QueryInit, queryText } from './query-text.ts';

const NO_TOKEN = Buffer.alloc(0);

/** What a reply tells and no request asks for. */
const REPLY_ONLY: readonly number[] = [
  Attribute.HttpStatusCodeAttribute,
  Attribute.HttpReasonPhraseAttribute,
  Attribute.RedirectionTargetAttribute,
  Attribute.ConnectionEncryptedAttribute,
  Attribute.SourceIsFromCacheAttribute,
  Attribute.HttpPipeliningWasUsedAttribute,
  Attribute.Http2WasUsedAttribute,
  Attribute.OriginalContentLengthAttribute,
];

/**
 * Makes the requests to one service: what they have in common is said once, the rest with each request (Qt:
 * QNetworkRequestFactory, 6.7). A value: a copy goes its own way. Passwords and tokens never show in its text form.
 *
 *     const api = new QNetworkRequestFactory('https://example.org/v2');
 *     api.setBearerToken(token);
 *     api.setQueryParameters({ lang: 'de' });
 *     manager.get(api.createRequest('items', { page: 2 })); // https://example.org/v2/items?page=2&lang=de
 */
export class QNetworkRequestFactory {
  /** Base URL and what `createRequest` copies as it is. */
  readonly #template: QNetworkRequest;
  /** As it stands in a URL. */
  #query = '';
  #token: Buffer = NO_TOKEN;
  #userName = '';
  #password = '';

  /** A factory for requests to and below `baseUrl`, or a copy of a factory. Default: no base URL yet. */
  constructor(baseUrl?: UrlLike | QNetworkRequestFactory) {
    if (!(baseUrl instanceof QNetworkRequestFactory)) {
      this.#template = new QNetworkRequest(baseUrl);
      return;
    }
    this.#template = new QNetworkRequest(baseUrl.#template);
    this.#query = baseUrl.#query;
    this.#token = baseUrl.#token;
    this.#userName = baseUrl.#userName;
    this.#password = baseUrl.#password;
  }

  /** What the URLs of all requests begin with; a copy. */
  baseUrl(): QUrl {
    return this.#template.url();
  }

  /** Sets the base URL. Its path is put before the paths of requests, its query counts for requests that have none. */
  setBaseUrl(url: UrlLike): void {
    this.#template.setUrl(url);
  }

  /**
   * A request to the base URL, or to `path` below it. Base path and path are joined by one slash; of a path that is a whole URL
   * only path and query count. The query is made of `query`, the query in `path` and queryParameters(), in this order; without
   * any of them it is the base URL's. Throws a TypeError for a path that cannot be read.
   */
  createRequest(path?: string, query?: QueryInit): QNetworkRequest;
  createRequest(query: QueryInit): QNetworkRequest;
  createRequest(first?: string | QueryInit, second?: QueryInit): QNetworkRequest {
    const where = 'QNetworkRequestFactory.createRequest: the query';
    const [path, query] = typeof first === 'string' ? [first, second] : ['', first];
    if (typeof first !== 'string' && second !== undefined)
      throw new TypeError('QNetworkRequestFactory.createRequest expects a path as a string before a query.');
    const made = new QNetworkRequest(this.#template);
    made.setUrl(this.#urlFor(path, query === undefined ? '' : queryText(query, where)));
    if (this.#token.length > 0) made.setRawHeader('Authorization', Buffer.concat([Buffer.from('Bearer '), this.#token]));
    return made;
  }

  #urlFor(path: string, query: string): QUrl {
    const { url: base } = requestState(this.#template);
    const below = toUrl(path);
    if (below.error !== '') {
      throw new TypeError(
        `QNetworkRequestFactory.createRequest: the path is no relative URL (${below.error}); begin it with a slash.`,
      );
    }
    // What is wrong with the base URL is an error of the reply, as for every request.
    if (base.error !== '') return qurlFrom(base);
    const made = qurlFrom(
      base.with({ path: joinedPath(base.path, below.path), query: joinedQuery(base.query, query, below.query, this.#query) }),
    );
    if (this.#userName !== '' || this.#password !== '') {
      made.setUserName(this.#userName);
      made.setPassword(this.#password);
    }
    return made;
  }

  /** How TLS is spoken for every request: the default configuration unless one was set; a copy. */
  sslConfiguration(): QSslConfiguration {
    return this.#template.sslConfiguration();
  }

  /** Sets how TLS is spoken for every request. */
  setSslConfiguration(configuration: QSslConfiguration): void {
    this.#template.setSslConfiguration(configuration);
  }

  // ---- headers

  /** Sets the headers that every request has; they replace those set before. */
  setCommonHeaders(headers: HeadersInit): void {
    this.#template.setHeaders(headers);
  }

  /** The headers that every request has; a copy. The bearer token is not among them. */
  commonHeaders(): QHttpHeaders {
    return this.#template.headers();
  }

  clearCommonHeaders(): void {
    this.#template.setHeaders([]);
  }

  // ---- credentials

  /** The token, empty when there is none. */
  bearerToken(): Buffer {
    return Buffer.from(this.#token);
  }

  /**
   * Sets the token to send as `Authorization: Bearer …` (RFC 6750 2.1), in place of an Authorization among the common headers.
   * Empty is none. Throws a TypeError when it cannot be sent, and changes nothing.
   */
  setBearerToken(token: BytesLike): void {
    const bytes = Buffer.from(toBytes(token));
    rawHeaderText('Authorization', bytes, 'QNetworkRequestFactory.setBearerToken');
    this.#token = bytes;
  }

  clearBearerToken(): void {
    this.#token = NO_TOKEN;
  }

  /** '' when none is set. */
  userName(): string {
    return this.#userName;
  }

  /**
   * Sets the user name to put into the URL of every request, for servers that ask for one. While user name and password are '',
   * the default, those of the base URL stay; Qt takes them away.
   */
  setUserName(userName: string): void {
    this.#userName = checkedText(userName, 'setUserName');
  }

  clearUserName(): void {
    this.#userName = '';
  }

  /** '' when none is set. */
  password(): string {
    return this.#password;
  }

  /** Sets the password to put into the URL of every request, see setUserName(). */
  setPassword(password: string): void {
    this.#password = checkedText(password, 'setPassword');
  }

  clearPassword(): void {
    this.#password = '';
  }

  // ---- query

  /** What every query ends with; a copy. */
  queryParameters(): QUrlQuery {
    return new QUrlQuery(this.#query);
  }

  /** Sets what is put at the end of every query, such as a language or a version. */
  setQueryParameters(query: QueryInit): void {
    this.#query = queryText(query, 'QNetworkRequestFactory.setQueryParameters: the query');
  }

  clearQueryParameters(): void {
    this.#query = '';
  }

  // ---- settings

  /** Milliseconds without a byte in either direction after which a request is given up; 0, the default, is never. */
  transferTimeout(): number {
    return this.#template.transferTimeout();
  }

  /** Sets the transfer timeout in milliseconds. Throws a RangeError unless it is a whole number from 0. */
  setTransferTimeout(timeout: number): void {
    this.#template.setTransferTimeout(timeout);
  }

  /** Place in the queue for a free connection; NormalPriority unless set. Qt 6.8. */
  priority(): Priority {
    return this.#template.priority();
  }

  /** Sets the place in the queue. Throws a TypeError for what is no QNetworkRequest.Priority. Qt 6.8. */
  setPriority(priority: Priority): void {
    this.#template.setPriority(priority);
  }

  /** The value of an attribute, or `defaultValue` when it is not set. Qt 6.8. */
  attribute<C extends number>(attribute: C): AttributeValue<C> | null;
  attribute<C extends number, D>(attribute: C, defaultValue: D): AttributeValue<C> | D;
  attribute(attribute: number, defaultValue: unknown = null): unknown {
    return this.#template.attribute(attribute, defaultValue);
  }

  /**
   * Sets an attribute of every request; null or undefined removes it. Throws a TypeError for one that only replies have: Qt
   * ignores it with a warning. Qt 6.8.
   */
  setAttribute(attribute: number, value: unknown): void {
    if (REPLY_ONLY.includes(attribute)) {
      throw new TypeError(`QNetworkRequestFactory.setAttribute: ${Attribute[attribute]} is an attribute of replies.`);
    }
    this.#template.setAttribute(attribute, value);
  }

  /** Qt 6.8. */
  clearAttribute(attribute: number): void {
    this.#template.setAttribute(attribute, null);
  }

  /** Qt 6.8. */
  clearAttributes(): void {
    for (const code of [...(requestState(this.#template).attributes?.keys() ?? [])]) this.clearAttribute(code);
  }

  // ---- looking

  /** For people: of headers and query only the names, of credentials only whether there are any. */
  toString(): string {
    const set = (there: boolean): string => (there ? '(is set)' : '(empty)');
    const base = this.baseUrl()
      .adjusted(QUrl.RemoveUserInfo | QUrl.RemoveQuery)
      .toString();
    const names = new Set(
      this.commonHeaders()
        .toListOfPairs()
        .map(([name]) => name),
    );
    const keys = new Set(
      this.queryParameters()
        .queryItems()
        .map(([key]) => key),
    );
    return (
      `QNetworkRequestFactory(baseUrl = ${base}, headers = [${[...names].join(', ')}], queryParameters = [${[...keys].join(', ')}], ` +
      `bearerToken = ${set(this.#token.length > 0)}, userName = ${set(this.#userName !== '')}, ` +
      `password = ${set(this.#password !== '')}, transferTimeout = ${this.transferTimeout()})`
    );
  }

  /** @internal What console.log shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

function checkedText(text: string, method: string): string {
  if (typeof text !== 'string') throw new TypeError(`QNetworkRequestFactory.${method} expects a string.`);
  return text;
}
