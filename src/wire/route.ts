import type { Url } from '../base/url.ts';
import { DEFAULT_WISHES, type Wishes } from '../contract/ask.ts';
import type { TlsWish } from '../contract/security.ts';

/** Where a connection leads, and everything that makes two connections interchangeable: their `key`. */
export interface Route {
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Name the peer's certificate has to carry. */
  readonly peerName: string;
  readonly probes: Wishes['probes'];
  /** How TLS is to be spoken; null = as by default, or not at all. */
  readonly tls: TlsWish | null;
}

/** The route of a URL. Pure; the key is text, so that it can be shown and compared. */
export function routeOf(url: Url, wishes: Wishes): Route {
  const secure = url.scheme === 'https';
  const host = url.host ?? '';
  const port = url.effectivePort;
  const peerName = secure ? (wishes.peerName === '' ? host : wishes.peerName) : '';
  return { key: routeKey(url, wishes), host, port, secure, peerName, probes: wishes.probes, tls: secure ? wishes.tls : null };
}

/** The key alone, on the path of every request: for plain wishes it is the URL's origin, made once a URL. */
export function routeKey(url: Url, wishes: Wishes): string {
  if (wishes === DEFAULT_WISHES) return url.origin;
  const { partition, peerName, probes } = wishes;
  const tls = url.scheme === 'https' ? wishes.tls : null;
  if (partition === '' && peerName === '' && probes === null && tls === null) return url.origin;
  const probing = probes === null ? '' : `${probes.idle}/${probes.interval}/${probes.count}`;
  return `${url.origin} ${tls === null ? '' : tls.key} ${probing} ${peerName} ${partition}`;
}
