import type { HeaderList } from '../base/header-list.ts';
import type { Url } from '../base/url.ts';
import type { Access } from './access.ts';
import type { Body } from './body.ts';
import type { CacheLoad } from './cache.ts';
import type { SiteForCookies } from './cookie.ts';
import type { ProxyChooser } from './proxy.ts';
import type { TlsWish } from './security.ts';

/** Limits in milliseconds; 0 = none. */
export interface Timeouts {
  /** Qt's transfer timeout: no byte in either direction for this long. It runs from the start, so waiting counts. */
  readonly transfer: number;
  /** Waiting for a free connection. */
  readonly queue: number;
  readonly resolve: number;
  /** TCP and TLS together, from the first attempt. */
  readonly connect: number;
  /** From the last byte sent to the first byte of the final head. */
  readonly firstByte: number;
  /** Between two pieces of the answer's body. */
  readonly idle: number;
  /** The whole transfer, all hops. */
  readonly total: number;
}

export const NO_TIMEOUTS: Timeouts = Object.freeze({
  transfer: 0,
  queue: 0,
  resolve: 0,
  connect: 0,
  firstByte: 0,
  idle: 0,
  total: 0,
});

/** HTTP/2 where the server agrees on it by ALPN; never; or always, because the server is known to speak it (RFC 9113 3.3). */
export type Http2Use = 'allowed' | 'off' | 'direct';

/** What we tell a server about ourselves when an HTTP/2 connection begins, and hold ourselves to. */
export interface Http2Settings {
  /** All of it as text: settings with the same key may share connections. */
  readonly key: string;
  readonly push: boolean;
  /** Header fields are compressed with Huffman codes (RFC 7541 5.2). */
  readonly huffman: boolean;
  /** Bytes of one answer, and of all on a connection, that may be on their way before they are taken. */
  readonly streamWindow: number;
  readonly connectionWindow: number;
  readonly frameSize: number;
  /** Requests under way on a connection at a time, whatever the server allows. */
  readonly streams: number;
}

/**
 * Which redirects are followed; `ask` follows those the caller allows one by one, and so does `web`, which takes for a redirect what the
 * Fetch standard does.
 */
export type RedirectPolicy = 'manual' | 'no-less-safe' | 'same-origin' | 'ask' | 'web';

/** Everything about a request that is not on its wire image. Shared and frozen when nothing special is wished. */
export interface Wishes {
  /** 0 high, 1 normal, 2 low. */
  readonly priority: 0 | 1 | 2;
  readonly pipelining: boolean;
  /** Connections a host; as Qt's HTTP/1 configuration has it. */
  readonly connectionsPerHost: number;
  /** How long a kept connection may idle, milliseconds; -1 = the engine's default. */
  readonly keepIdle: number;
  readonly timeouts: Timeouts;
  readonly redirects: RedirectPolicy;
  /** Redirects that are followed at most. */
  readonly mostRedirects: number;
  /** Names, in lower case, of the caller's fields that must not go to another origin. */
  readonly secretHeaders: readonly string[];
  /** Announce that the body waits for 100 (Continue), so many milliseconds at most; 0 = send it at once. */
  readonly expectContinue: number;
  /** Bytes a write of the body has at most; 0 = as the engine likes. Every write is told. */
  readonly uploadPiece: number;
  /** Undo the content codings of the answer. False when the caller chose Accept-Encoding. */
  readonly decode: boolean;
  /** Bomb guard: bytes after which the ratio is looked at; 0 = always, -1 = never. */
  readonly bombThreshold: number;
  /** Name to verify the peer's certificate against; '' = the URL's host. */
  readonly peerName: string;
  /** How TLS is to be spoken; null = as by default. */
  readonly tls: TlsWish | null;
  readonly http2: Http2Use;
  /** null = the engine's own. */
  readonly http2Settings: Http2Settings | null;
  /** Connections and stores are shared only within a partition. */
  readonly partition: string;
  /** How stored answers are used, and whether the answer may be stored. */
  readonly cacheLoad: CacheLoad;
  readonly cacheSave: boolean;
  /** Cookies that are kept go along, and those of the answers are kept. */
  readonly sendCookies: boolean;
  readonly saveCookies: boolean;
  /** On whose behalf the request is made; null = its own. */
  readonly siteForCookies: SiteForCookies | null;
  /** Socket keep-alive probes: idle seconds, interval seconds, count; null = the system's. */
  readonly probes: { readonly idle: number; readonly interval: number; readonly count: number } | null;
  /** Resend a non-idempotent request that may have been processed. Only ever by the caller's word. */
  readonly resendUnsafe: boolean;
  /** Which proxy to take; null = none. */
  readonly proxy: ProxyChooser | null;
  /** Credentials that are known are sent, and new ones are kept, and connections that others have proved themselves on are used. */
  readonly reuseCredentials: boolean;
  /** A server that wants to know who asks is answered; false = its refusal is the answer. Proxies are answered in any case. */
  readonly answersServers: boolean;
  /** How it leaves the machine; null = as the system likes. */
  readonly access: Access | null;
  /** Nobody waits for it. */
  readonly background: boolean;
  /** Path of the local socket that is meant, where the URL's host does not say it; ''. */
  readonly localSocket: string;
  /** No request: a connection is opened ahead and kept. */
  readonly preconnect: boolean;
}

export const DEFAULT_WISHES: Wishes = Object.freeze({
  priority: 1,
  pipelining: false,
  connectionsPerHost: 6,
  keepIdle: -1,
  timeouts: NO_TIMEOUTS,
  redirects: 'no-less-safe',
  mostRedirects: 50,
  secretHeaders: Object.freeze([]),
  expectContinue: 0,
  uploadPiece: 0,
  decode: true,
  bombThreshold: 10_485_760,
  peerName: '',
  tls: null,
  http2: 'allowed',
  http2Settings: null,
  partition: '',
  cacheLoad: 'prefer-network',
  cacheSave: true,
  sendCookies: true,
  saveCookies: true,
  siteForCookies: null,
  probes: null,
  resendUnsafe: false,
  proxy: null,
  reuseCredentials: true,
  answersServers: true,
  access: null,
  background: false,
  localSocket: '',
  preconnect: false,
});

/** What the hops of a transfer send, until a redirect changes it. */
export interface Trip {
  readonly method: string;
  readonly url: Url;
  /** The caller's headers, order and case as given. Stages add to a hop's copy. */
  readonly headers: HeaderList;
  /** Sent where the caller said nothing: languages, agent. Shared between requests. */
  readonly defaults: HeaderList;
  readonly body: Body | null;
}

/** One user request, compiled once and never changed. It is its first trip. */
export interface Ask extends Trip {
  readonly wishes: Wishes;
}
