import type { Timeouts } from '../../contract/ask.ts';
import { CONTINUE_MS } from '../../rules/expectation.ts';
import { type SiteForCookiesInit, siteForCookies } from '../cookies/site-for-cookies.ts';
import { jsonText } from '../core/json-text.ts';
import { qurlFrom } from '../core/qurl.ts';
import { type PinnedPublicKeysInit, readPins } from '../security/pinned-keys.ts';
import type { CaCertificatesInit, RequestTrustOptions } from '../security/trust-options.ts';
import { readExtra, saying } from '../security/trust-settings.ts';
import { Attribute, CacheLoadControl, Priority, RedirectPolicy } from './access-enums.ts';
import { rawHeaderName, rawHeaderText } from './known-headers.ts';
import { type HeaderName, type HeadersInit, headerListOf, headersFrom, pairsOf, QHttpHeaders } from './qhttpheaders.ts';
import { changeSettings, type QNetworkRequest, requestState, snapshot } from './qnetworkrequest.ts';
import { type QueryInit, queryText } from './query-text.ts';

/** Names and numbers of attributes with their values, see {@link QNetworkRequest.setAttribute}. */
export type AttributesInit = { readonly [N in keyof typeof Attribute & string]?: unknown } & { readonly [code: number]: unknown };

/**
 * What can be said about a request beside its URL, in the last argument of every verb. Options are folded into a copy of the request.
 *
 * ```ts
 * manager.get('https://example.org/search', { query: { q: 'näher', page: 2 }, timeout: { total: 5000 }, signal });
 * manager.post('https://example.org/items', { json: { name: 'one' } });
 * ```
 */
export interface RequestOptions extends RequestTrustOptions {
  /** Headers to set; they replace those of the same name. In an object null removes a header. Strings are sent as UTF-8. */
  headers?:
    | HeadersInit
    | { readonly [name: string]: string | Uint8Array | readonly (string | Uint8Array)[] | null | undefined }
    | undefined;
  /** Pairs to append to the query of the URL, percent-encoded. */
  query?: QueryInit | undefined;
  /**
   * A value to send as JSON, as `JSON.stringify` writes it (a Map as an object, bytes as text); sets `Content-Type: application/json`
   * unless there is one.
   */
  json?: unknown;
  /** Aborts the reply. */
  signal?: AbortSignal | undefined;
  /** Milliseconds: a number is Qt's transfer timeout (no byte for so long); an object has a limit for each phase. 0 is none. */
  timeout?: number | Partial<Timeouts> | undefined;
  /**
   * 'follow' (never from https to http), 'same-origin', 'user-verified' (asks by the signal `redirected`), 'manual' (report), 'error'
   * (a redirect is an error).
   */
  redirect?: 'follow' | 'same-origin' | 'user-verified' | 'manual' | 'error' | undefined;
  /** Place in the queue for a free connection. */
  priority?: 'high' | 'normal' | 'low' | undefined;
  /** As in fetch: 'default', 'no-store', 'reload', 'no-cache' (ask the server first), 'force-cache', 'only-if-cached'. */
  cache?: 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached' | undefined;
  /** Attributes by name or number, for instance `{ HttpPipeliningAllowedAttribute: true }`. */
  attributes?: AttributesInit | undefined;
  /** Connections and stores are shared only between requests of the same partition; '' unless set. */
  partition?: string | undefined;
  /**
   * On whose behalf the request is made, for cookies that say to whom they go along (SameSite, RFC 6265bis 5.2): the address of the page
   * that wants it, or null for one that shares its site with nobody. `{ url, navigation: true }` is a request that replaces the page, as
   * following a link does. Without it the request speaks for itself, and all cookies of its URL go along.
   */
  siteForCookies?: SiteForCookiesInit | undefined;
  /**
   * 'safe', the default, never sends a request twice that the server may have acted on; 'always' allows it, also for POST.
   */
  resend?: 'safe' | 'always' | undefined;
  /**
   * Ask the server before the body is sent (`Expect: 100-continue`, RFC 9110 10.1.1): it goes out after 100 (Continue), or when
   * nothing was said for so many milliseconds; true is 1000. After a final answer it is not sent at all. Without a body nothing changes.
   */
  expectContinue?: boolean | number | undefined;
  /** Names of headers that must not be sent to another origin by a redirect, beside those that are known to be secret. */
  secretHeaders?: Iterable<string> | undefined;
}

type Apply = (request: QNetworkRequest, value: never) => void;

/** One row an option, in the order of application: what depends on headers comes after them. */
const appliers: { readonly [K in keyof RequestOptions]-?: Apply } = {
  headers: applyHeaders,
  query: applyQuery,
  json: applyJson,
  signal: checkSignal,
  timeout: applyTimeout,
  redirect: applyRedirect,
  priority: applyPriority,
  cache: applyCache,
  attributes: applyAttributes,
  partition: applyPartition,
  siteForCookies: applySiteForCookies,
  resend: applyResend,
  expectContinue: applyExpectContinue,
  secretHeaders: applySecretHeaders,
  extraCaCertificates: applyExtra,
  pinnedPublicKeys: applyPins,
};

/** True for what is options and not data: an object without a class. */
export function isRequestOptions(value: unknown): value is RequestOptions {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of the request with the options folded in. Throws an error that names the option which cannot be used. */
export function applyOptions(request: QNetworkRequest, options: RequestOptions): QNetworkRequest {
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(appliers, name)) {
      throw new TypeError(`Unknown request option "${name}"; the options are ${Object.keys(appliers).join(', ')}.`);
    }
  }
  const made = snapshot(request);
  for (const name of Object.keys(appliers) as (keyof RequestOptions)[]) {
    const value = options[name];
    if (value !== undefined) appliers[name](made, value as never);
  }
  return made;
}

/** The bytes of the option `json`, or null without it. Throws a TypeError for a value that JSON cannot express. */
export function jsonBody(options: RequestOptions): Buffer | null {
  if (options.json === undefined) return null;
  return Buffer.from(jsonText(options.json, 'Request option json'), 'utf8');
}

function applyHeaders(request: QNetworkRequest, init: NonNullable<RequestOptions['headers']>): void {
  const where = 'Request option headers';
  const list = requestState(request).headers.copy();
  const seen = new Set<string>();
  for (const [name, value] of headerPairs(init, where)) {
    const field = rawHeaderName(typeof name === 'string' ? name : QHttpHeaders.wellKnownHeaderName(name), where);
    const key = field.toLowerCase();
    if (value === null) list.remove(field);
    else if (seen.has(key)) list.append(field, rawHeaderText(field, value, where));
    else list.set(field, rawHeaderText(field, value, where));
    seen.add(key);
  }
  request.setHeaders(headersFrom(list));
}

function* headerPairs(init: object, where: string): Generator<readonly [HeaderName, string | Uint8Array | null]> {
  if (init instanceof QHttpHeaders) {
    const list = headerListOf(init);
    for (let i = 0; i < list.size; i++) yield [list.nameAt(i), Buffer.from(list.valueAt(i), 'latin1')];
    return;
  }
  if (typeof init !== 'object' || init === null)
    throw new TypeError(`${where} expects an object, a list of pairs, Headers or QHttpHeaders.`);
  // The values of a Headers object are octets already, not text that is still to be encoded.
  const octets = (init as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === 'Headers';
  const given: Record<string, string | Uint8Array> = {};
  if (isRequestOptions(init)) {
    for (const [name, value] of Object.entries(init)) {
      if (value === null) yield [name, null];
      else if (value !== undefined) given[name] = value as string | Uint8Array;
    }
    init = given;
  }
  for (const [name, value] of pairsOf(init as typeof given, where)) {
    yield [name, octets && typeof value === 'string' ? Buffer.from(value, 'latin1') : value];
  }
}

function applyQuery(request: QNetworkRequest, init: QueryInit): void {
  const url = requestState(request).url;
  const added = queryText(init, 'Request option query');
  // An invalid URL stays as it is: the reply reports what is wrong with it.
  if (added === '' || url.error !== '') return;
  const old = url.query ?? '';
  const between = old === '' || old.endsWith('&') ? '' : '&';
  request.setUrl(qurlFrom(url.with({ query: old + between + added })));
}

function applyJson(request: QNetworkRequest): void {
  if (!request.hasRawHeader('Content-Type')) request.setRawHeader('Content-Type', 'application/json');
}

function checkSignal(_request: QNetworkRequest, signal: AbortSignal): void {
  const like = signal as Partial<AbortSignal> | null;
  if (typeof like !== 'object' || typeof like?.aborted !== 'boolean' || typeof like.addEventListener !== 'function') {
    throw new TypeError('Request option signal expects an AbortSignal; pass the `signal` of an AbortController.');
  }
}

function applyTimeout(request: QNetworkRequest, given: number | Partial<Timeouts>): void {
  const old = requestState(request).settings.timeouts;
  if (typeof given === 'number') {
    checkMilliseconds('timeout', given);
    changeSettings(request, { timeouts: { ...old, transfer: given } });
    return;
  }
  if (!isRequestOptions(given))
    throw new TypeError('Request option timeout expects milliseconds or an object with a limit for each phase.');
  const timeouts: Record<keyof Timeouts, number> = { ...old };
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(timeouts, name)) {
      throw new TypeError(`Request option timeout: unknown limit "${name}"; the limits are ${Object.keys(timeouts).join(', ')}.`);
    }
    if (value === undefined) continue;
    checkMilliseconds(`timeout.${name}`, value);
    timeouts[name as keyof Timeouts] = value;
  }
  changeSettings(request, { timeouts });
}

function checkMilliseconds(option: string, value: unknown): void {
  if (!Number.isSafeInteger(value) || (value as number) < 0) {
    throw new RangeError(`Request option ${option} expects whole milliseconds from 0 (no limit); got ${String(value)}.`);
  }
}

const redirects = {
  follow: RedirectPolicy.NoLessSafeRedirectPolicy,
  'same-origin': RedirectPolicy.SameOriginRedirectPolicy,
  'user-verified': RedirectPolicy.UserVerifiedRedirectPolicy,
  manual: RedirectPolicy.ManualRedirectPolicy,
  // Follow, but no redirect is allowed: the first one ends in TooManyRedirectsError.
  error: RedirectPolicy.NoLessSafeRedirectPolicy,
};

function applyRedirect(request: QNetworkRequest, redirect: keyof typeof redirects): void {
  request.setAttribute(Attribute.RedirectPolicyAttribute, oneOf('redirect', redirects, redirect));
  if (redirect === 'error') request.setMaximumRedirectsAllowed(0);
}

const priorities = { high: Priority.HighPriority, normal: Priority.NormalPriority, low: Priority.LowPriority };

function applyPriority(request: QNetworkRequest, priority: keyof typeof priorities): void {
  request.setPriority(oneOf('priority', priorities, priority));
}

const caches: { readonly [mode: string]: { readonly load: CacheLoadControl | null; readonly save: boolean } } = {
  default: { load: null, save: true },
  'no-store': { load: CacheLoadControl.AlwaysNetwork, save: false },
  reload: { load: CacheLoadControl.AlwaysNetwork, save: true },
  'no-cache': { load: CacheLoadControl.PreferNetwork, save: true },
  'force-cache': { load: CacheLoadControl.PreferCache, save: true },
  'only-if-cached': { load: CacheLoadControl.AlwaysCache, save: true },
};

function applyCache(request: QNetworkRequest, cache: string): void {
  const { load, save } = oneOf('cache', caches, cache);
  request.setAttribute(Attribute.CacheLoadControlAttribute, load);
  request.setAttribute(Attribute.CacheSaveControlAttribute, save ? null : false);
  // RFC 9111 5.2.1.1: what is older than 0 seconds has to be confirmed by the server.
  if (cache === 'no-cache' && !request.hasRawHeader('Cache-Control')) request.setRawHeader('Cache-Control', 'max-age=0');
}

function applyAttributes(request: QNetworkRequest, attributes: AttributesInit): void {
  for (const [code, value] of attributeCodes(attributes, 'Request option attributes')) request.setAttribute(code, value);
}

/** Attributes given by name or number, by number. Throws a TypeError for a name that is none. */
export function attributeCodes(attributes: AttributesInit, where: string): [code: number, value: unknown][] {
  if (!isRequestOptions(attributes)) throw new TypeError(`${where} expects an object of attribute names and values.`);
  return Object.entries(attributes).map(([name, value]) => {
    const code: unknown = /^\d+$/.test(name) ? Number(name) : (Attribute as Readonly<Record<string, unknown>>)[name];
    if (typeof code !== 'number') throw new TypeError(`${where}: "${name}" is no name of QNetworkRequest.Attribute.`);
    return [code, value];
  });
}

function applyPartition(request: QNetworkRequest, partition: string): void {
  if (typeof partition !== 'string') throw new TypeError('Request option partition expects a string.');
  changeSettings(request, { partition });
}

function applySiteForCookies(request: QNetworkRequest, init: SiteForCookiesInit): void {
  changeSettings(request, { siteForCookies: siteForCookies(init, 'Request option siteForCookies') });
}

const resends = { safe: false, always: true };

function applyResend(request: QNetworkRequest, resend: keyof typeof resends): void {
  changeSettings(request, { resendUnsafe: oneOf('resend', resends, resend) });
}

function applySecretHeaders(request: QNetworkRequest, names: Iterable<string>): void {
  if (typeof names !== 'object' || names === null || typeof names[Symbol.iterator] !== 'function')
    throw new TypeError("Request option secretHeaders expects a list of header names, such as ['X-Session'].");
  request.setSecretHeaders(names);
}

function applyExtra(request: QNetworkRequest, init: CaCertificatesInit): void {
  const { trust } = requestState(request).settings;
  const extra = [...trust.extra, ...readExtra(init, 'Request option extraCaCertificates')];
  changeSettings(request, { trust: saying(trust, { extra }) });
}

function applyPins(request: QNetworkRequest, init: PinnedPublicKeysInit): void {
  const pins = readPins(init, 'Request option pinnedPublicKeys');
  changeSettings(request, { trust: saying(requestState(request).settings.trust, { pins }) });
}

function applyExpectContinue(request: QNetworkRequest, expect: boolean | number): void {
  if (typeof expect !== 'boolean' && (!Number.isSafeInteger(expect) || expect < 1)) {
    throw new RangeError(
      `Request option expectContinue expects true, false or whole milliseconds from 1 to wait for the server; got ${String(expect)}.`,
    );
  }
  changeSettings(request, { expectContinue: typeof expect === 'number' ? expect : expect ? CONTINUE_MS : 0 });
}

function oneOf<T>(option: string, table: { readonly [name: string]: T }, value: unknown): T {
  if (typeof value === 'string' && Object.hasOwn(table, value)) return table[value]!;
  const allowed = Object.keys(table).map((name) => `'${name}'`);
  throw new TypeError(
    `Request option ${option} expects one of ${allowed.join(', ')}; got ${typeof value === 'string' ? `'${value}'` : typeof value}.`,
  );
}
