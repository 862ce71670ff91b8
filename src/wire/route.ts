import { namesSocket } from '../base/local-scheme.ts';
import type { Url } from '../base/url.ts';
import type { Binding } from '../contract/access.ts';
import { DEFAULT_WISHES, type Http2Settings, type Http2Use, type Wishes } from '../contract/ask.ts';
import type { ProxyPeer } from '../contract/proxy.ts';
import type { TlsWish } from '../contract/security.ts';
import { goesAbsolute } from '../rules/proxy/ways.ts';
import { socketPath } from './socket-path.ts';

/** Where a connection leads, and everything that makes two connections interchangeable: their `key`. */
export interface Route {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  /** Path of the local socket it leads to; '' = it leads to the host. */
  readonly socket: string;
  readonly secure: boolean;
  /** Name the peer's certificate has to carry. */
  readonly peerName: string;
  readonly probes: Wishes['probes'];
  /** How TLS is to be spoken; null = as by default, or not at all. */
  readonly tls: TlsWish | null;
  /** 'allowed' only where it can be agreed on: over TLS. */
  readonly http2: Http2Use;
  readonly http2Settings: Http2Settings | null;
  /** Addresses of ours that it leaves from; null = as the system likes. */
  readonly local: Binding | null;
  /** The proxy it leads through; null = directly. */
  readonly proxy: ProxyPeer | null;
  /** The last proxy is not asked for a way to the target: it takes each request in absolute form and answers it itself. */
  readonly absolute: boolean;
  /** How TLS is to be spoken with proxies that want it; null = as by default, or there is none. */
  readonly proxyTls: TlsWish | null;
}

/** The route of a URL. The key is text, so that it can be shown and compared. */
export function routeOf(url: Url, wishes: Wishes, proxy: ProxyPeer | null, local: Binding | null): Route {
  const secure = url.scheme === 'https';
  const host = url.host ?? '';
  const port = url.effectivePort;
  const peerName = secure ? (wishes.peerName === '' ? host : wishes.peerName) : '';
  const http2 = secure || wishes.http2 === 'direct' ? wishes.http2 : 'off';
  return {
    key: routeKey(url, wishes, proxy, local),
    host,
    port,
    socket: namesSocket(url.scheme) ? socketPath(url, wishes) : '',
    secure,
    peerName,
    probes: wishes.probes,
    tls: secure ? wishes.tls : null,
    http2,
    http2Settings: wishes.http2Settings,
    local,
    proxy,
    absolute: proxy !== null && goesAbsolute(url, wishes, proxy),
    proxyTls: proxy === null ? null : wishes.tls,
  };
}

/** The key alone, on the path of every request: for plain wishes it is the URL's origin, made once a URL. */
export function routeKey(url: Url, wishes: Wishes, proxy: ProxyPeer | null, local: Binding | null): string {
  if (local !== null) return `${routeKey(url, wishes, proxy, null)} from ${local.key}`;
  if (proxy !== null) return `${directKey(url, wishes)} via ${proxy.key} ${wishes.tls === null ? '' : wishes.tls.key}`;
  return directKey(url, wishes);
}

function directKey(url: Url, wishes: Wishes): string {
  if (wishes === DEFAULT_WISHES) return url.origin;
  const { partition, peerName, probes, http2Settings, localSocket } = wishes;
  const secure = url.scheme === 'https';
  const tls = secure ? wishes.tls : null;
  const http2 = wishes.http2 === 'direct' || (secure && wishes.http2 === 'off') ? wishes.http2 : '';
  const settings = http2Settings === null || (!secure && http2 === '') ? '' : http2Settings.key;
  // the name of a local socket is the origin's host; another one has been wished
  const socket = localSocket === '' ? '' : ` at ${localSocket}`;
  if (partition === '' && peerName === '' && probes === null && tls === null && http2 === '' && settings === '')
    return url.origin + socket;
  const probing = probes === null ? '' : `${probes.idle}/${probes.interval}/${probes.count}`;
  return `${url.origin} ${tls === null ? '' : tls.key} ${http2}${settings} ${probing} ${peerName} ${partition}${socket}`;
}

const HTTP2_OR_1: readonly string[] = ['h2', 'http/1.1'];
const HTTP2: readonly string[] = ['h2'];
const HTTP1: readonly string[] = ['http/1.1'];

/**
 * What is offered by ALPN (RFC 7301). A list of the program's own stands, but for what may not be spoken. `downgraded` says that the
 * server has shown that it does not master HTTP/2.
 */
export function protocolsFor({ http2, tls }: Route, downgraded: boolean): readonly string[] {
  if (http2 === 'direct') return HTTP2;
  const own = tls === null ? [] : tls.alpn;
  if (own.length === 0) return http2 === 'off' ? own : downgraded ? HTTP1 : HTTP2_OR_1;
  return http2 === 'off' || downgraded ? own.filter((name) => name !== 'h2') : own;
}

/** Whether a connection of this route may turn out to speak HTTP/2. */
export function mayBeHttp2(route: Route): boolean {
  return route.http2 === 'direct' || (route.secure && protocolsFor(route, false).includes('h2'));
}
