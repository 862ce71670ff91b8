import { HeaderList } from '../../base/header-list.ts';
import { namesSocket } from '../../base/local-scheme.ts';
import { Url } from '../../base/url.ts';
import type { Access } from '../../contract/access.ts';
import {
  type Ask,
  DEFAULT_WISHES,
  type Http2Settings,
  type Http2Use,
  type RedirectPolicy,
  type Wishes,
} from '../../contract/ask.ts';
import type { Body } from '../../contract/body.ts';
import type { CacheLoad } from '../../contract/cache.ts';
import type { ProxyChooser } from '../../contract/proxy.ts';
import { CONTINUE_MS, expectsContinue } from '../../rules/expectation.ts';
import { isToken, tokenProblem } from '../../rules/field-syntax.ts';
import { lengthValue } from '../../rules/message-framing.ts';
import {
  Attribute,
  CacheLoadControl,
  LoadControl,
  METHODS,
  Operation,
  RedirectPolicy as Policy,
  Priority,
} from '../access/access-enums.ts';
import type { QHttp2Configuration } from '../access/qhttp2configuration.ts';
import { DEFAULT_SETTINGS, NO_HEADERS, type RequestState, State } from '../access/request-state.ts';
import { defaultSecurity } from '../security/qsslconfiguration.ts';
import { EMPTY_SECURITY } from '../security/security-state.ts';
import { bothTrusts, NO_TRUST, type TrustSettings } from '../security/trust-settings.ts';
import { chooserFor } from './proxies.ts';
import { tlsWishOf } from './tls-wish.ts';

/** The method an operation stands for; that of a custom one is its verb. */
export function methodOf(operation: Operation, state: RequestState): string {
  const method = METHODS[operation];
  if (method !== undefined) return method;
  const verb = state.attributes?.get(Attribute.CustomVerbAttribute);
  if (verb === undefined || verb === null)
    throw new TypeError('A custom request needs its verb: use sendCustomRequest, or set CustomVerbAttribute.');
  const name = typeof verb === 'string' ? verb : Buffer.from(verb as Uint8Array).toString('latin1');
  if (!isToken(name)) throw new TypeError(`CustomVerbAttribute cannot be sent: ${tokenProblem(name)}.`);
  return name;
}

/** The operation after a redirect, which changes a method to GET or leaves it. */
export function operationAfter(operation: Operation, state: RequestState, method: string): Operation {
  return methodOf(operation, state) === method ? operation : Operation.GetOperation;
}

/** The Content-Length the caller set, -1 when there is none or it is no number. */
export function announcedLength(state: RequestState): number {
  const value = state.headers.size === 0 ? undefined : state.headers.get('Content-Length');
  return value === undefined ? -1 : lengthValue(value);
}

/** What a manager says for requests that say nothing. */
export interface ManagerSettings {
  /** Milliseconds, 0 = none. */
  readonly transferTimeout: number;
  readonly redirectPolicy: Policy;
  /** Whom to trust; NO_TRUST unless said. */
  readonly trust?: TrustSettings;
  /** Who chooses proxies; null or nothing = as the application does. */
  readonly proxies?: ProxyChooser | null;
  /** How requests leave the machine; null or nothing = as the system likes. */
  readonly access?: Access | null;
}

/** A request, once and for all in the words of the engine. */
export function compileAsk(
  operation: Operation,
  method: string,
  state: RequestState,
  body: Body | null,
  manager: ManagerSettings,
): Ask {
  return {
    method,
    url: state.url,
    headers: headersFor(state, body),
    defaults: defaultsFor(operation, state, body),
    body,
    wishes: wishesFor(state, body, manager),
  };
}

/** A GET with the scheme that Qt has for it opens a connection for the requests that will follow; any other is nobody's scheme. */
export function aheadOf(ask: Ask): Ask {
  const { scheme, host, port } = ask.url;
  const plain = scheme === 'preconnect-http' ? 'http' : scheme === 'preconnect-https' ? 'https' : '';
  if (plain === '' || ask.method !== 'GET') return ask;
  return connectionTo(Url.from({ scheme: plain, host: host ?? '', port, path: '/' }), ask.wishes);
}

/** No request, only a connection for those who wish the same. */
export function connectionTo(url: Url, wishes: Wishes): Ask {
  return { method: 'GET', url, headers: NO_HEADERS, defaults: NO_HEADERS, body: null, wishes: { ...wishes, preconnect: true } };
}

/**
 * The caller's fields. How the body is framed is ours to say: a Content-Length that does not fit it gives way to the true one, and a
 * Transfer-Encoding, or two lengths, would let the server see another end of the request than we do (RFC 9112 11.2).
 */
function headersFor(state: RequestState, body: Body | null): HeaderList {
  const { headers } = state;
  if (headers.size === 0) return headers;
  const codings = headers.has('Transfer-Encoding');
  const lengths = headers.has('Content-Length') && !fits(state, body);
  if (!codings && !lengths) return headers;
  const corrected = headers.copy();
  if (codings) corrected.remove('Transfer-Encoding');
  if (lengths) corrected.remove('Content-Length');
  return corrected;
}

function fits(state: RequestState, body: Body | null): boolean {
  const values = state.headers.all('Content-Length');
  // without a body a length would make the server take the next request for it
  return values.length === 1 && values[0] === String(body === null ? 0 : body.length);
}

const AGENT = 'Mozilla/5.0';
const FORM = 'application/x-www-form-urlencoded';

let plain: HeaderList | null = null;
let plainForm: HeaderList | null = null;

/** What is sent where the caller said nothing; Qt's values, shared by all requests alike. */
function defaultsFor(operation: Operation, state: RequestState, body: Body | null): HeaderList {
  plain ??= new HeaderList(['Accept-Language', languages(process.env), 'User-Agent', AGENT]);
  const form = operation === Operation.PostOperation && wantsFormType(state, body);
  const load = state.attributes === null ? undefined : state.attributes.get(Attribute.CacheLoadControlAttribute);
  if (load === CacheLoadControl.AlwaysNetwork && !state.headers.has('Cache-Control')) {
    return new HeaderList([
      'Cache-Control',
      'no-cache',
      'Pragma',
      'no-cache',
      ...plain.flat,
      ...(form ? ['Content-Type', FORM] : []),
    ]);
  }
  if (!form) return plain;
  plainForm ??= new HeaderList([...plain.flat, 'Content-Type', FORM]);
  return plainForm;
}

/** Qt fills in the type of a POST that has a body or a query and no type. */
function wantsFormType(state: RequestState, body: Body | null): boolean {
  if (state.headers.has('Content-Type')) return false;
  return (body !== null && body.length !== 0) || state.url.query !== null;
}

/** Accept-Language as Qt makes it from the locale: C gives `en,*`, en_US `en-US,*`, de_DE `de-DE,en,*`. */
export function languages(env: Readonly<Record<string, string | undefined>>): string {
  const locale = (env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || 'C').replace(/[.@].*$/, '').replace('_', '-');
  if (!/^[A-Za-z]{2,3}(-[A-Za-z]{2,4})?$/.test(locale)) return 'en,*';
  return /^en\b/i.test(locale) ? `${locale},*` : `${locale},en,*`;
}

/** Qt writes bodies in pieces of this size, and tells each to those who want it all. */
const QT_PIECE = 16_384;

const POLICIES: Readonly<Record<Policy, RedirectPolicy>> = {
  [Policy.ManualRedirectPolicy]: 'manual',
  [Policy.NoLessSafeRedirectPolicy]: 'no-less-safe',
  [Policy.SameOriginRedirectPolicy]: 'same-origin',
  [Policy.UserVerifiedRedirectPolicy]: 'ask',
};

const LOADS: Readonly<Record<number, CacheLoad>> = {
  [CacheLoadControl.AlwaysNetwork]: 'network',
  [CacheLoadControl.PreferNetwork]: 'prefer-network',
  [CacheLoadControl.PreferCache]: 'prefer-cache',
  [CacheLoadControl.AlwaysCache]: 'only',
};

function loadOf(control: unknown): CacheLoad {
  return LOADS[control as number] ?? 'prefer-network';
}

function http2Of(attributes: RequestState['attributes']): Http2Use {
  if (attributes?.get(Attribute.Http2DirectAttribute) === true) return 'direct';
  return attributes?.get(Attribute.Http2AllowedAttribute) === false ? 'off' : 'allowed';
}

function http2Settings(configuration: QHttp2Configuration): Http2Settings {
  const push = configuration.serverPushEnabled();
  const huffman = configuration.huffmanCompressionEnabled();
  const streamWindow = configuration.streamReceiveWindowSize();
  const connectionWindow = configuration.sessionReceiveWindowSize();
  const frameSize = configuration.maxFrameSize();
  const streams = configuration.maxConcurrentStreams();
  const key = [push ? 1 : 0, huffman ? 1 : 0, streamWindow, connectionWindow, frameSize, streams].join('/');
  return { key, push, huffman, streamWindow, connectionWindow, frameSize, streams };
}

/** What is kept of one socket is nothing for another, though the URLs may be the same. */
function localSocketOf({ url, attributes }: RequestState): string {
  const name: unknown = attributes?.get(Attribute.FullLocalServerNameAttribute) ?? '';
  if (typeof name !== 'string')
    throw new TypeError(
      `FullLocalServerNameAttribute expects the path or name of a local socket as a string; got ${typeof name}.`,
    );
  return namesSocket(url.scheme) ? name : '';
}

/** What a manager wishes for a request that says nothing. */
export function plainWishes(manager: ManagerSettings): Wishes {
  silent ??= new State(Url.parse(''), NO_HEADERS, null, DEFAULT_SETTINGS);
  return wishesFor(silent, null, manager);
}

let silent: RequestState | null = null;

function wishesFor(state: RequestState, body: Body | null, manager: ManagerSettings): Wishes {
  const { transferTimeout, redirectPolicy, trust = NO_TRUST, access = null } = manager;
  const { settings, attributes, headers } = state;
  const proxy = chooserFor(manager.proxies);
  const own = headers.size > 0 && (headers.get('Accept-Encoding') ?? '') !== '';
  const asks = body !== null && headers.size > 0 && expectsContinue(headers);
  if (
    settings === DEFAULT_SETTINGS &&
    attributes === null &&
    transferTimeout === 0 &&
    redirectPolicy === Policy.NoLessSafeRedirectPolicy &&
    defaultSecurity() === EMPTY_SECURITY &&
    trust === NO_TRUST &&
    proxy === null &&
    access === null &&
    !own &&
    !asks
  )
    return DEFAULT_WISHES;
  const { timeouts, tcpKeepAliveIdle: idle, tcpKeepAliveInterval: interval, tcpKeepAliveCount: count } = settings;
  const localSocket = localSocketOf(state);
  const expiry = attributes?.get(Attribute.ConnectionCacheExpiryTimeoutSecondsAttribute);
  return {
    priority: settings.priority === Priority.HighPriority ? 0 : settings.priority === Priority.LowPriority ? 2 : 1,
    pipelining: attributes?.get(Attribute.HttpPipeliningAllowedAttribute) === true,
    connectionsPerHost: settings.connectionsPerHost,
    keepIdle: typeof expiry === 'number' ? expiry * 1000 : -1,
    timeouts: timeouts.transfer === 0 && transferTimeout > 0 ? { ...timeouts, transfer: transferTimeout } : timeouts,
    redirects: POLICIES[(attributes?.get(Attribute.RedirectPolicyAttribute) as Policy | undefined) ?? redirectPolicy],
    mostRedirects: settings.maximumRedirects,
    secretHeaders: settings.secretHeaders,
    expectContinue: settings.expectContinue || (asks ? CONTINUE_MS : 0),
    uploadPiece: attributes?.get(Attribute.EmitAllUploadProgressSignalsAttribute) === true ? QT_PIECE : 0,
    decode: !own,
    bombThreshold: settings.decompressedSafetyCheckThreshold,
    peerName: settings.peerVerifyName,
    tls: tlsWishOf(settings.ssl ?? defaultSecurity(), bothTrusts(trust, settings.trust)),
    http2: http2Of(attributes),
    http2Settings: settings.http2 === null ? null : http2Settings(settings.http2),
    partition: localSocket === '' ? settings.partition : `${settings.partition}\0${localSocket}`,
    cacheLoad: loadOf(attributes?.get(Attribute.CacheLoadControlAttribute)),
    cacheSave: attributes?.get(Attribute.CacheSaveControlAttribute) !== false,
    sendCookies: attributes?.get(Attribute.CookieLoadControlAttribute) !== LoadControl.Manual,
    saveCookies: attributes?.get(Attribute.CookieSaveControlAttribute) !== LoadControl.Manual,
    siteForCookies: settings.siteForCookies,
    probes: idle + interval + count > 0 ? { idle, interval, count } : null,
    resendUnsafe: settings.resendUnsafe,
    proxy,
    reuseCredentials: attributes?.get(Attribute.AuthenticationReuseAttribute) !== LoadControl.Manual,
    access,
    answersServers: true,
    background: attributes?.get(Attribute.BackgroundRequestAttribute) === true,
    localSocket,
    preconnect: false,
  };
}
