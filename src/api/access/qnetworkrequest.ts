import { HeaderList } from '../../base/header-list.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { type QUrl, qurlFrom, toUrl, type UrlLike } from '../core/qurl.ts';
import {
  Attribute,
  type AttributeValue,
  CacheLoadControl,
  KnownHeaders,
  LoadControl,
  Priority,
  RedirectPolicy,
  TransferTimeoutConstant,
} from './access-enums.ts';
import {
  combinedText,
  type KnownHeaderInput,
  type KnownHeaderValue,
  knownHeaderName,
  knownHeaderText,
  rawHeaderName,
  rawHeaderText,
  readKnownHeader,
  setLines,
} from './known-headers.ts';
import { type HeadersInit, headerListOf, headersFrom, QHttpHeaders } from './qhttpheaders.ts';
import { changeSettings, ownState, stateOf, TunableRequest, takeState } from './request-base.ts';
import { checkAttribute, NO_HEADERS, type RequestState, type State, sameRequest } from './request-state.ts';

export { changeSettings } from './request-base.ts';

/**
 * What is to be fetched and how: the URL, the headers, attributes and limits of one request. A value: a manager takes its own copy
 * when a verb is called, so a request can be changed and used again.
 *
 * ```ts
 * const request = new QNetworkRequest('https://example.org/feed');
 * request.setHeader(QNetworkRequest.KnownHeaders.UserAgentHeader, 'feed-reader/1.0');
 * request.setRawHeader('Accept', 'application/atom+xml');
 * request.setTransferTimeout(10_000);
 * const reply = manager.get(request);
 * ```
 *
 * Qt: QNetworkRequest (4.4).
 */
export class QNetworkRequest extends withEnums(TunableRequest, {
  KnownHeaders,
  Attribute,
  CacheLoadControl,
  LoadControl,
  Priority,
  RedirectPolicy,
  TransferTimeoutConstant,
}) {
  /** The transfer timeout that setTransferTimeout() sets without an argument: 30000 ms. Qt 6.7. */
  static readonly DefaultTransferTimeout: number = TransferTimeoutConstant.DefaultTransferTimeoutConstant;

  /** A request for `url`, or a copy of a request. An invalid URL is kept and makes the reply fail. */
  constructor(url?: UrlLike | QNetworkRequest) {
    super();
    if (url instanceof QNetworkRequest) takeState(this, stateOf(url));
    else if (url !== undefined) stateOf(this).url = toUrl(url);
  }

  /** True when both ask for the same thing: URL, headers, attributes and settings are equal. */
  equals(other: QNetworkRequest): boolean {
    return sameRequest(stateOf(this), stateOf(other));
  }

  /** The URL; a copy, so changing it does not change the request. */
  url(): QUrl {
    return qurlFrom(stateOf(this).url);
  }

  /** Sets the URL. An invalid one is kept and makes the reply fail; throws a TypeError for what is no URL at all. */
  setUrl(url: UrlLike): void {
    const parsed = toUrl(url);
    ownState(this).url = parsed;
  }

  // ---- headers

  /** The parsed value of a known header, or null when it is not set or its text is of another form. */
  header<K extends number>(header: K): KnownHeaderValue<K> | null {
    return readKnownHeader(stateOf(this).headers, header, 'QNetworkRequest.header');
  }

  /**
   * Sets a known header from its value: text, a number (Content-Length), a Date (Last-Modified, If-Modified-Since), a URL (Location)
   * a list of entity tags (If-Match, If-None-Match) or of
   * QNetworkCookie (Cookie, Set-Cookie). null removes it. Throws a TypeError for a value without a text form.
   */
  setHeader(header: KnownHeaders, value: KnownHeaderInput): void {
    const where = 'QNetworkRequest.setHeader';
    const name = knownHeaderName(header, where);
    const text = knownHeaderText(header, value, where);
    if (text === null) this.#removeHeader(name);
    else setLines(this.#ownHeaders(), name, text);
  }

  /** True when a header of this name is set, even with an empty value. */
  hasRawHeader(headerName: string | Uint8Array): boolean {
    return stateOf(this).headers.has(fieldText(headerName));
  }

  /** The names of all headers as they were given, in order, each once. */
  rawHeaderList(): Buffer[] {
    const headers = stateOf(this).headers;
    const names: Buffer[] = [];
    for (let i = 0; i < headers.size; i++) {
      if (headers.indexOf(headers.nameAt(i)) === i) names.push(Buffer.from(headers.nameAt(i), 'latin1'));
    }
    return names;
  }

  /** The bytes of a header's value, several joined by ", "; empty when it is not set. */
  rawHeader(headerName: string | Uint8Array): Buffer {
    return Buffer.from(combinedText(stateOf(this).headers, fieldText(headerName)) ?? '', 'latin1');
  }

  /**
   * Sets a header, replacing one of this name where it stands. A string is sent as UTF-8, bytes as they are. null removes the header,
   * '' sends it empty. Throws a TypeError, and changes nothing, when the name is no token or the value contains a line break or
   * another control character (RFC 9110 5.5): it would be sent as something else than was meant.
   */
  setRawHeader(headerName: string | Uint8Array, value: string | Uint8Array | null): void {
    const name = rawHeaderName(headerName, 'QNetworkRequest.setRawHeader');
    if (value === null || value === undefined) this.#removeHeader(name);
    else this.#ownHeaders().set(name, rawHeaderText(name, value, 'QNetworkRequest.setRawHeader'));
  }

  /** All headers; a copy. Values are the octets that will be sent, as Latin-1 text. Qt 6.8. */
  headers(): QHttpHeaders {
    return headersFrom(stateOf(this).headers.copy());
  }

  /** Replaces all headers. Qt 6.8. */
  setHeaders(newHeaders: HeadersInit): void {
    const headers = newHeaders instanceof QHttpHeaders ? newHeaders : new QHttpHeaders(newHeaders);
    const list = headerListOf(headers);
    ownState(this).headers = list.size === 0 ? NO_HEADERS : list.copy();
  }

  /** Names of headers, in lower case, that were called secret; empty unless set. Not in Qt. */
  secretHeaders(): string[] {
    return [...stateOf(this).settings.secretHeaders];
  }

  /**
   * Says which headers carry secrets: like Authorization, Cookie, Proxy-Authorization and the usual names of API keys, which are known,
   * they are not sent to another origin when a redirect leads there. Throws a TypeError for a name that is no token. Not in Qt.
   */
  setSecretHeaders(headerNames: Iterable<string>): void {
    const names = [...headerNames].map((name) => rawHeaderName(name, 'QNetworkRequest.setSecretHeaders').toLowerCase());
    changeSettings(this, { secretHeaders: Object.freeze([...new Set(names)]) });
  }

  // ---- attributes

  /** The value of an attribute, or `defaultValue` when it is not set. */
  attribute<C extends number>(code: C): AttributeValue<C> | null;
  attribute<C extends number, D>(code: C, defaultValue: D): AttributeValue<C> | D;
  attribute(code: number, defaultValue: unknown = null): unknown {
    const attributes = stateOf(this).attributes;
    if (attributes === null) return defaultValue;
    if (code === Attribute.FollowRedirectsAttribute) {
      const policy = attributes.get(Attribute.RedirectPolicyAttribute);
      return policy === undefined ? defaultValue : policy !== RedirectPolicy.ManualRedirectPolicy;
    }
    const value = attributes.get(code);
    return value === undefined ? defaultValue : value;
  }

  /**
   * Sets an attribute; null or undefined removes it. User to UserMax take any value and give it back as it is. Qt 5's
   * FollowRedirectsAttribute is kept as a redirect policy: true is NoLessSafe, false is Manual.
   */
  setAttribute(code: number, value: unknown): void {
    checkAttribute(code, value);
    if (code === Attribute.FollowRedirectsAttribute) {
      code = Attribute.RedirectPolicyAttribute;
      if (value !== null && value !== undefined) {
        value = value ? RedirectPolicy.NoLessSafeRedirectPolicy : RedirectPolicy.ManualRedirectPolicy;
      }
    }
    const state = ownState(this);
    if (value === null || value === undefined) {
      state.attributes?.delete(code);
      if (state.attributes?.size === 0) state.attributes = null;
      return;
    }
    state.attributes ??= new Map();
    state.attributes.set(code, value);
  }

  #ownHeaders(): HeaderList {
    const state = ownState(this);
    if (state.headers === NO_HEADERS) state.headers = new HeaderList();
    return state.headers;
  }

  #removeHeader(name: string): void {
    if (stateOf(this).headers.has(name)) ownState(this).headers.remove(name);
  }
}

/** Types of the class's enums: `QNetworkRequest.Attribute` is a type as well as a value. */
export declare namespace QNetworkRequest {
  type KnownHeaders = EnumValue<typeof KnownHeaders>;
  type Attribute = EnumValue<typeof Attribute>;
  type CacheLoadControl = EnumValue<typeof CacheLoadControl>;
  type LoadControl = EnumValue<typeof LoadControl>;
  type Priority = EnumValue<typeof Priority>;
  type RedirectPolicy = EnumValue<typeof RedirectPolicy>;
  type TransferTimeoutConstant = EnumValue<typeof TransferTimeoutConstant>;
}

/** What a request consists of; for the bridge, which only reads it. The state of a snapshot never changes. */
export function requestState(request: QNetworkRequest): RequestState {
  return stateOf(request);
}

/** What `request` says now, kept: whoever changes the request from now on changes a copy. */
export function keptState(request: QNetworkRequest): RequestState {
  const state = stateOf(request);
  state.shared = true;
  return state;
}

/** A request that says what a kept state says. */
export function requestFrom(state: RequestState): QNetworkRequest {
  const request = new QNetworkRequest();
  takeState(request, state as State);
  return request;
}

/** A request that keeps what `request` says now. Nothing is copied until one of the two is changed. */
export function snapshot(request: QNetworkRequest): QNetworkRequest {
  return requestFrom(stateOf(request));
}
