import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import { fieldText } from '../../rules/field-syntax.ts';
import { withEnums } from '../core/enums.ts';
import { type QUrl, qurlFrom, toUrl, type UrlLike } from '../core/qurl.ts';
import {
  Attribute,
  type Attribute as AttributeNumber,
  type AttributeValue,
  CacheLoadControl,
  type CacheLoadControl as CacheLoadControlNumber,
  type KnownHeaders as KnownHeaderNumber,
  KnownHeaders,
  LoadControl,
  type LoadControl as LoadControlNumber,
  Priority,
  type Priority as PriorityNumber,
  RedirectPolicy,
  type RedirectPolicy as RedirectPolicyNumber,
  TransferTimeoutConstant,
  type TransferTimeoutConstant as TransferTimeoutNumber,
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
} from './known-headers.ts';
import { QHttp1Configuration } from './qhttp1configuration.ts';
import { type HeadersInit, headerListOf, headersFrom, QHttpHeaders } from './qhttpheaders.ts';
import {
  checkAttribute,
  checkWhole,
  DEFAULT_SETTINGS,
  NO_HEADERS,
  type RequestSettings,
  type RequestState,
  State,
  sameRequest,
} from './request-state.ts';

let stateOf: (request: QNetworkRequest) => State;
let adopt: (state: State) => QNetworkRequest;
let change: (request: QNetworkRequest, settings: Partial<RequestSettings>) => void;

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
export class QNetworkRequest extends withEnums({
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

  #state: State;

  static {
    stateOf = (request) => request.#state;
    adopt = (state) => {
      const request = new QNetworkRequest();
      state.shared = true;
      request.#state = state;
      return request;
    };
    change = (request, settings) => request.#set(settings);
  }

  /** A request for `url`, or a copy of a request. An invalid URL is kept and makes the reply fail. */
  constructor(url?: UrlLike | QNetworkRequest) {
    super();
    if (url instanceof QNetworkRequest) {
      this.#state = url.#state;
      this.#state.shared = true;
      return;
    }
    this.#state = new State(url === undefined ? Url.EMPTY : toUrl(url), NO_HEADERS, null, DEFAULT_SETTINGS);
  }

  /** True when both ask for the same thing: URL, headers, attributes and settings are equal. */
  equals(other: QNetworkRequest): boolean {
    return sameRequest(this.#state, other.#state);
  }

  /** The URL; a copy, so changing it does not change the request. */
  url(): QUrl {
    return qurlFrom(this.#state.url);
  }

  /** Sets the URL. An invalid one is kept and makes the reply fail; throws a TypeError for what is no URL at all. */
  setUrl(url: UrlLike): void {
    const parsed = toUrl(url);
    this.#own().url = parsed;
  }

  // ---- headers

  /** The parsed value of a known header, or null when it is not set or its text is of another form. */
  header<K extends number>(header: K): KnownHeaderValue<K> | null {
    return readKnownHeader(this.#state.headers, header, 'QNetworkRequest.header');
  }

  /**
   * Sets a known header from its value: text, a number (Content-Length), a Date (Last-Modified, If-Modified-Since), a URL (Location)
   * or a list of entity tags (If-Match, If-None-Match). null removes it. Throws a TypeError for a value without a text form.
   */
  setHeader(header: KnownHeaders, value: KnownHeaderInput): void {
    const where = 'QNetworkRequest.setHeader';
    const name = knownHeaderName(header, where);
    const text = knownHeaderText(header, value, where);
    if (text === null) this.#removeHeader(name);
    else this.#ownHeaders().set(name, text);
  }

  /** True when a header of this name is set, even with an empty value. */
  hasRawHeader(headerName: string | Uint8Array): boolean {
    return this.#state.headers.has(fieldText(headerName));
  }

  /** The names of all headers as they were given, in order, each once. */
  rawHeaderList(): Buffer[] {
    const headers = this.#state.headers;
    const names: Buffer[] = [];
    for (let i = 0; i < headers.size; i++) {
      if (headers.indexOf(headers.nameAt(i)) === i) names.push(Buffer.from(headers.nameAt(i), 'latin1'));
    }
    return names;
  }

  /** The bytes of a header's value, several joined by ", "; empty when it is not set. */
  rawHeader(headerName: string | Uint8Array): Buffer {
    return Buffer.from(combinedText(this.#state.headers, fieldText(headerName)) ?? '', 'latin1');
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
    return headersFrom(this.#state.headers.copy());
  }

  /** Replaces all headers. Qt 6.8. */
  setHeaders(newHeaders: HeadersInit): void {
    const headers = newHeaders instanceof QHttpHeaders ? newHeaders : new QHttpHeaders(newHeaders);
    const list = headerListOf(headers);
    this.#own().headers = list.size === 0 ? NO_HEADERS : list.copy();
  }

  // ---- attributes

  /** The value of an attribute, or `defaultValue` when it is not set. */
  attribute<C extends number>(code: C): AttributeValue<C> | null;
  attribute<C extends number, D>(code: C, defaultValue: D): AttributeValue<C> | D;
  attribute(code: number, defaultValue: unknown = null): unknown {
    const attributes = this.#state.attributes;
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
    const state = this.#own();
    if (value === null || value === undefined) {
      state.attributes?.delete(code);
      if (state.attributes?.size === 0) state.attributes = null;
      return;
    }
    state.attributes ??= new Map();
    state.attributes.set(code, value);
  }

  // ---- settings

  /** Place in the queue for a free connection; NormalPriority unless set. Qt 4.7. */
  priority(): Priority {
    return this.#state.settings.priority;
  }

  /** Sets the place in the queue. Throws a TypeError for what is no QNetworkRequest.Priority. */
  setPriority(priority: Priority): void {
    if (Priority[priority] === undefined || typeof priority !== 'number') {
      throw new TypeError(`QNetworkRequest.setPriority expects QNetworkRequest.Priority; got ${String(priority)}.`);
    }
    this.#set({ priority });
  }

  /** The object that asked for this request, or null. Only kept for the program's own use. Qt 4.6. */
  originatingObject(): object | null {
    return this.#state.settings.originatingObject;
  }

  /** Remembers who asks; null forgets it. */
  setOriginatingObject(object: object | null): void {
    this.#set({ originatingObject: object });
  }

  /** How many redirects are followed at most; 50 unless set, 0 follows none. Qt 5.6. */
  maximumRedirectsAllowed(): number {
    return this.#state.settings.maximumRedirects;
  }

  /** Sets the most redirects to follow. Throws a RangeError unless it is a whole number from 0. */
  setMaximumRedirectsAllowed(maximumRedirectsAllowed: number): void {
    checkWhole('setMaximumRedirectsAllowed', 'a number of redirects', maximumRedirectsAllowed, 0);
    this.#set({ maximumRedirects: maximumRedirectsAllowed });
  }

  /** The name that the peer's certificate must be for, '' for the host of the URL. Qt 5.13. */
  peerVerifyName(): string {
    return this.#state.settings.peerVerifyName;
  }

  /** Sets the name to verify the peer's certificate against; '' is the host of the URL. */
  setPeerVerifyName(peerName: string): void {
    if (typeof peerName !== 'string') throw new TypeError('QNetworkRequest.setPeerVerifyName expects a host name as a string.');
    this.#set({ peerVerifyName: peerName });
  }

  /** Settings of HTTP/1 connections; a copy. Qt 6.5. */
  http1Configuration(): QHttp1Configuration {
    const configuration = new QHttp1Configuration();
    configuration.setNumberOfConnectionsPerHost(this.#state.settings.connectionsPerHost);
    return configuration;
  }

  /** Takes over the settings of HTTP/1 connections. */
  setHttp1Configuration(configuration: QHttp1Configuration): void {
    this.#set({ connectionsPerHost: configuration.numberOfConnectionsPerHost() });
  }

  /**
   * From how many decoded bytes on a compressed body is suspected to be a decompression bomb; 10485760 (10 MiB) unless set, 0 looks
   * always, -1 never. Qt 6.2.
   */
  decompressedSafetyCheckThreshold(): number {
    return this.#state.settings.decompressedSafetyCheckThreshold;
  }

  /** Sets the threshold in bytes. Throws a RangeError unless it is a whole number from -1. */
  setDecompressedSafetyCheckThreshold(threshold: number): void {
    checkWhole('setDecompressedSafetyCheckThreshold', 'a number of bytes', threshold, -1);
    this.#set({ decompressedSafetyCheckThreshold: threshold });
  }

  /** After how many milliseconds without a byte in either direction the transfer is given up; 0, the default, is never. Qt 5.15. */
  transferTimeout(): number {
    return this.#state.settings.timeouts.transfer;
  }

  /** Sets the transfer timeout in milliseconds, 30000 without an argument. Throws a RangeError unless it is a whole number from 0. */
  setTransferTimeout(timeout: number = TransferTimeoutConstant.DefaultTransferTimeoutConstant): void {
    checkWhole('setTransferTimeout', 'milliseconds', timeout, 0);
    this.#set({ timeouts: { ...this.#state.settings.timeouts, transfer: timeout } });
  }

  /** The same as transferTimeout(): durations are milliseconds here. Qt 6.7. */
  transferTimeoutAsDuration(): number {
    return this.transferTimeout();
  }

  /** Seconds a connection is idle before TCP probes it; 0, the default, means 60. Qt 6.11. */
  tcpKeepAliveIdleTimeBeforeProbes(): number {
    return this.#state.settings.tcpKeepAliveIdle;
  }

  /** Sets the seconds of idleness. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveIdleTimeBeforeProbes(idle: number): void {
    checkWhole('setTcpKeepAliveIdleTimeBeforeProbes', 'seconds', idle, 0);
    this.#set({ tcpKeepAliveIdle: idle });
  }

  /** Seconds between two TCP probes; 0, the default, leaves it to the system. Kept only: Node has no call for it. Qt 6.11. */
  tcpKeepAliveIntervalBetweenProbes(): number {
    return this.#state.settings.tcpKeepAliveInterval;
  }

  /** Sets the seconds between probes. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveIntervalBetweenProbes(interval: number): void {
    checkWhole('setTcpKeepAliveIntervalBetweenProbes', 'seconds', interval, 0);
    this.#set({ tcpKeepAliveInterval: interval });
  }

  /** How many TCP probes stay unanswered before the connection counts as lost; 0, the default, leaves it to the system. Kept only: Node has no call for it. Qt 6.11. */
  tcpKeepAliveProbeCount(): number {
    return this.#state.settings.tcpKeepAliveCount;
  }

  /** Sets the number of probes. Throws a RangeError unless it is a whole number from 0. */
  setTcpKeepAliveProbeCount(probes: number): void {
    checkWhole('setTcpKeepAliveProbeCount', 'a number of probes', probes, 0);
    this.#set({ tcpKeepAliveCount: probes });
  }

  #own(): State {
    if (this.#state.shared) this.#state = this.#state.copy();
    return this.#state;
  }

  #ownHeaders(): HeaderList {
    const state = this.#own();
    if (state.headers === NO_HEADERS) state.headers = new HeaderList();
    return state.headers;
  }

  #removeHeader(name: string): void {
    if (this.#state.headers.has(name)) this.#own().headers.remove(name);
  }

  #set(settings: Partial<RequestSettings>): void {
    this.#own().settings = { ...this.#state.settings, ...settings };
  }
}

/** Types of the class's enums: `QNetworkRequest.Attribute` is a type as well as a value. */
export declare namespace QNetworkRequest {
  type KnownHeaders = KnownHeaderNumber;
  type Attribute = AttributeNumber;
  type CacheLoadControl = CacheLoadControlNumber;
  type LoadControl = LoadControlNumber;
  type Priority = PriorityNumber;
  type RedirectPolicy = RedirectPolicyNumber;
  type TransferTimeoutConstant = TransferTimeoutNumber;
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
  return adopt(state as State);
}

/** A request that keeps what `request` says now. Nothing is copied until one of the two is changed. */
export function snapshot(request: QNetworkRequest): QNetworkRequest {
  return adopt(stateOf(request));
}

/** Changes settings that have no setter in Qt: phase timeouts, partition, resending. */
export function changeSettings(request: QNetworkRequest, settings: Partial<RequestSettings>): void {
  change(request, settings);
}
