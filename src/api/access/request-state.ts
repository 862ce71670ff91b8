import { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import { NO_TIMEOUTS, type Timeouts } from '../../contract/ask.ts';
import type { SiteForCookies } from '../../contract/cookie.ts';
import { sameSiteForCookies } from '../cookies/site-for-cookies.ts';
import { defaultSecurity } from '../security/qsslconfiguration.ts';
import { type SecurityState, sameSecurity } from '../security/security-state.ts';
import { NO_TRUST, sameTrust, type TrustSettings } from '../security/trust-settings.ts';
import { Attribute, CacheLoadControl, LoadControl, Priority, RedirectPolicy } from './access-enums.ts';
import { QHttp2Configuration } from './qhttp2configuration.ts';
import { sameFields } from './qhttpheaders.ts';

/** The settings of a request: one immutable record, shared by all requests that keep the defaults. */
export interface RequestSettings {
  readonly priority: Priority;
  readonly maximumRedirects: number;
  /** Milliseconds, 0 = none; `transfer` is Qt's transfer timeout. */
  readonly timeouts: Timeouts;
  readonly peerVerifyName: string;
  readonly connectionsPerHost: number;
  /** Bytes; 0 = always look, -1 = never. */
  readonly decompressedSafetyCheckThreshold: number;
  /** Seconds, seconds, number; 0 = the system's value. */
  readonly tcpKeepAliveIdle: number;
  readonly tcpKeepAliveInterval: number;
  readonly tcpKeepAliveCount: number;
  readonly originatingObject: object | null;
  readonly partition: string;
  /** null = the request speaks for itself. */
  readonly siteForCookies: SiteForCookies | null;
  /** null = the default configuration when the request is sent. */
  readonly ssl: SecurityState | null;
  /** Whom to trust beside that. */
  readonly trust: TrustSettings;
  /** null = the defaults. */
  readonly http2: QHttp2Configuration | null;
  /** Resend a non-idempotent request that may have been processed. */
  readonly resendUnsafe: boolean;
  /** Milliseconds the body waits for 100 (Continue); 0 = not at all. */
  readonly expectContinue: number;
  /** Names of fields, in lower case, that stay with the origin they were given for. */
  readonly secretHeaders: readonly string[];
}

export const DEFAULT_SETTINGS: RequestSettings = Object.freeze({
  priority: Priority.NormalPriority,
  maximumRedirects: 50,
  timeouts: NO_TIMEOUTS,
  peerVerifyName: '',
  connectionsPerHost: 6,
  decompressedSafetyCheckThreshold: 10_485_760,
  tcpKeepAliveIdle: 0,
  tcpKeepAliveInterval: 0,
  tcpKeepAliveCount: 0,
  originatingObject: null,
  partition: '',
  siteForCookies: null,
  ssl: null,
  trust: NO_TRUST,
  http2: null,
  resendUnsafe: false,
  expectContinue: 0,
  secretHeaders: Object.freeze([]),
});

/** What a request consists of; for the bridge, which only reads it. */
export interface RequestState {
  readonly url: Url;
  /** Order and case as given; not to be changed. */
  readonly headers: HeaderList;
  /** null while no attribute is set. */
  readonly attributes: ReadonlyMap<number, unknown> | null;
  /** Is `DEFAULT_SETTINGS` itself while nothing is set. */
  readonly settings: RequestSettings;
}

/** The headers of every request that has none. */
export const NO_HEADERS = new HeaderList();

/** The state behind one or several requests. Once shared it never changes: who changes a request takes a copy first. */
export class State implements RequestState {
  url: Url;
  headers: HeaderList;
  attributes: Map<number, unknown> | null;
  settings: RequestSettings;
  shared = false;

  constructor(url: Url, headers: HeaderList, attributes: Map<number, unknown> | null, settings: RequestSettings) {
    this.url = url;
    this.headers = headers;
    this.attributes = attributes;
    this.settings = settings;
  }

  copy(): State {
    const headers = this.headers === NO_HEADERS ? NO_HEADERS : this.headers.copy();
    return new State(this.url, headers, this.attributes && new Map(this.attributes), this.settings);
  }
}

/** The same request for another URL. */
export function movedTo(state: RequestState, url: Url): RequestState {
  const moved = new State(url, state.headers, state.attributes && new Map(state.attributes), state.settings);
  moved.shared = true;
  return moved;
}

/** True when both ask for the same thing. Who asks does not count. */
export function sameRequest(a: RequestState, b: RequestState): boolean {
  if (a === b) return true;
  return (
    a.url.href === b.url.href &&
    sameFields(a.headers, b.headers) &&
    sameAttributes(a.attributes, b.attributes) &&
    sameSettings(a.settings, b.settings)
  );
}

function sameAttributes(a: RequestState['attributes'], b: RequestState['attributes']): boolean {
  if (a === b) return true;
  if ((a?.size ?? 0) !== (b?.size ?? 0)) return false;
  if (a && b) for (const [code, value] of a) if (!Object.is(b.get(code), value)) return false;
  return true;
}

function sameSettings(a: RequestSettings, b: RequestSettings): boolean {
  if (a === b) return true;
  for (const name of Object.keys(a) as (keyof RequestSettings)[]) {
    if (name === 'originatingObject') continue;
    if (!sameSetting(name, a, b)) return false;
  }
  return true;
}

function sameSetting(name: keyof RequestSettings, a: RequestSettings, b: RequestSettings): boolean {
  if (name === 'timeouts') return sameTimeouts(a.timeouts, b.timeouts);
  if (name === 'http2') return (a.http2 ?? DEFAULT_HTTP2).equals(b.http2 ?? DEFAULT_HTTP2);
  if (name === 'siteForCookies') return sameSiteForCookies(a.siteForCookies, b.siteForCookies);
  if (name === 'ssl') return sameSecurity(a.ssl ?? defaultSecurity(), b.ssl ?? defaultSecurity());
  if (name === 'trust') return sameTrust(a.trust, b.trust);
  if (name === 'secretHeaders') return a.secretHeaders.join() === b.secretHeaders.join();
  return a[name] === b[name];
}

const DEFAULT_HTTP2 = new QHttp2Configuration();

function sameTimeouts(a: Timeouts, b: Timeouts): boolean {
  for (const name of Object.keys(a) as (keyof Timeouts)[]) if (a[name] !== b[name]) return false;
  return true;
}

/** The attributes whose values are enums; everything else is taken as it is. */
const enumAttributes: Readonly<Record<number, { readonly [value: number]: string }>> = {
  [Attribute.CacheLoadControlAttribute]: CacheLoadControl,
  [Attribute.CookieLoadControlAttribute]: LoadControl,
  [Attribute.CookieSaveControlAttribute]: LoadControl,
  [Attribute.AuthenticationReuseAttribute]: LoadControl,
  [Attribute.RedirectPolicyAttribute]: RedirectPolicy,
};

/** Throws a TypeError when an attribute does not exist or cannot have this value. */
export function checkAttribute(code: number, value: unknown): void {
  const where = 'QNetworkRequest.setAttribute';
  const free = Number.isInteger(code) && code >= Attribute.User && code <= Attribute.UserMax;
  if (!free && (typeof code !== 'number' || Attribute[code] === undefined)) {
    throw new TypeError(`${where}: ${String(code)} is neither a QNetworkRequest.Attribute nor between User and UserMax.`);
  }
  const values = enumAttributes[code];
  if (values && value !== null && value !== undefined && values[Number(value)] === undefined) {
    throw new TypeError(`${where}(${Attribute[code]}): ${String(value)} is none of the values of its enum.`);
  }
}

/** Throws a RangeError, in the name of a setter of QNetworkRequest, unless `value` is a whole number from `least`. */
export function checkWhole(method: string, what: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`QNetworkRequest.${method} expects ${what}: a whole number from ${least}; got ${String(value)}.`);
  }
}
