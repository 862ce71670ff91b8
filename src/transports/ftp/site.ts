import type { Credentials } from '../../contract/auth.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Route } from '../../wire/route.ts';

/** A server, the way to it and who we are there: what control connections are shared by. */
export interface Site {
  /** Holds a secret. */
  readonly key: string;
  /** Of the control connection, TLS included. */
  readonly route: Route;
  readonly credentials: Credentials;
  /** For people. */
  readonly place: string;
}

/** Both schemes speak of the same servers; this one is over TLS, which is asked for by AUTH TLS (RFC 4217). */
export function isSecure(scheme: string): boolean {
  return scheme === 'ftpes';
}

/** Where a hop leads, for who has these credentials. */
export function siteOf({ url, ask, proxy, local }: Hop, credentials: Credentials): Site {
  const { wishes } = ask;
  const secure = isSecure(url.scheme);
  const host = url.host ?? '';
  const { probes } = wishes;
  const peerName = secure ? wishes.peerName || host : '';
  const tls = secure ? wishes.tls : null;
  const proxyTls = proxy === null ? null : wishes.tls;
  const probing = probes === null ? '' : `${probes.idle}/${probes.interval}/${probes.count}`;
  const ways = [proxy?.key ?? '', proxyTls?.key ?? '', local?.key ?? ''];
  const key = [url.origin, tls?.key ?? '', peerName, wishes.partition, probing, ...ways].join(' ');
  const route: Route = {
    ...{ key, host, port: url.effectivePort, secure, peerName, socket: '', probes, tls, local, proxy, proxyTls },
    ...{ http2: 'off', http2Settings: null, absolute: false },
  };
  const place = `${url.scheme}://${url.authority}`;
  return { key: JSON.stringify([key, credentials.user, credentials.password]), route, credentials, place };
}

/**
 * Where data comes from or goes to: the peer of the control connection, whatever the server says. Behind proxies that is known by its name
 * only. TLS is spoken under the key of the control connection, so that its session goes on.
 */
export function dataRoute({ route }: Site, address: string, port: number): Route {
  return { ...route, host: route.proxy === null ? address : route.host, port };
}
