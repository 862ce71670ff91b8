import type { Url } from '../../base/url.ts';
import type { Wishes } from '../../contract/ask.ts';
import type { Failure } from '../../contract/failure.ts';
import type { ProxyPeer, Way } from '../../contract/proxy.ts';

const OVER_PROXIES: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ftpes']);

/** Whether requests for a scheme go over proxies at all. */
export function takesProxies(scheme: string): boolean {
  return OVER_PROXIES.has(scheme);
}

/** Whether requests for a scheme can take this way. What is not asked for in absolute form needs a tunnel, and https always does. */
export function isAble(way: Way, scheme: string): boolean {
  return way === null || way.tunnels || fetches(way, scheme);
}

/** What goes over TLS is nobody else's to fetch. */
function fetches({ caches, cachesFtp }: ProxyPeer, scheme: string): boolean {
  return scheme === 'http' ? caches : scheme === 'ftp' && cachesFtp;
}

/**
 * Whether a request is told to its proxy in absolute form (RFC 9112 3.2.2), who answers it himself. HTTP/2 without asking first is not:
 * proxies are spoken to in HTTP/1.1.
 */
export function goesAbsolute(url: Url, wishes: Wishes, proxy: ProxyPeer): boolean {
  const { scheme } = proxy;
  return fetches(proxy, url.scheme) && (scheme === 'http' || scheme === 'https') && wishes.http2 !== 'direct';
}

/** Those that work go first, each group in its order: who is the only one left is tried all the same. */
export function livingFirst(ways: readonly Way[], isDead: (proxy: ProxyPeer) => boolean): readonly Way[] {
  const dead = ways.filter((way) => way !== null && isDead(way));
  return dead.length === 0 ? ways : [...ways.filter((way) => !dead.includes(way)), ...dead];
}

/** Whether a hop failed because its proxy cannot be reached or does not work, so that another may do better. */
export function isProxyDead({ kind, phase }: Failure): boolean {
  switch (kind) {
    case 'proxy-refused':
    case 'proxy-closed':
    case 'proxy-not-found':
    case 'proxy-timeout':
      return true;
    default:
      // what stands in the way of a connection to it, and not of one that it should make
      return kind === 'network' && phase === 'connect';
  }
}
