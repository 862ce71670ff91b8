import type { HeaderList } from '../base/header-list.ts';
import type { Url } from '../base/url.ts';

/**
 * How a proxy is spoken to. `https` is an HTTP proxy behind TLS. With `socks4` and `socks5` names are resolved here, with `socks4a` and
 * `socks5h` by the proxy.
 */
export type ProxyScheme = 'http' | 'https' | 'socks4' | 'socks4a' | 'socks5' | 'socks5h';

/** One proxy as requests know it. Shared and never changed. */
export interface ProxyPeer {
  readonly scheme: ProxyScheme;
  readonly host: string;
  readonly port: number;
  /** '' when none is known. */
  readonly user: string;
  /** A secret. */
  readonly password: string;
  /** Opens connections to others: by CONNECT, or by SOCKS. */
  readonly tunnels: boolean;
  /** Takes requests for http in absolute form (RFC 9112 3.2.2). */
  readonly caches: boolean;
  /** Takes requests for ftp in absolute form, and fetches the files itself. */
  readonly cachesFtp: boolean;
  /** Fields of its own for CONNECT. */
  readonly headers: HeaderList;
  /** The proxy it is reached through; null = directly. */
  readonly through: ProxyPeer | null;
  /** All of this as text without secrets: connections over proxies with the same key may be shared. */
  readonly key: string;
}

/** One way a hop may take; null = directly. */
export type Way = ProxyPeer | null;

/** Who knows which proxy is for whom. */
export interface ProxyChooser {
  /**
   * The ways to try, the best first; asked before each hop that goes over the network. It may answer later. What it throws or rejects
   * with ends the request.
   */
  choose(url: Url): readonly Way[] | PromiseLike<readonly Way[]>;
}
