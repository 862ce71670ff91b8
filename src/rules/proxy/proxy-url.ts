import { decodeAll } from '../../base/percent.ts';
import { Url } from '../../base/url.ts';
import { bracketed, splitUserInfo } from '../../base/url-authority.ts';
import type { ProxyScheme } from '../../contract/proxy.ts';

/** One proxy, as a URL names it. */
export interface ProxyServer {
  readonly scheme: ProxyScheme;
  /** In normal form; an IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  /** Decoded; '' when there is none. */
  readonly user: string;
  readonly password: string;
}

/** A proxy, or a sentence without secrets on why there is none. */
export type ProxyReading =
  | { readonly proxy: ProxyServer; readonly problem: '' }
  | { readonly proxy: null; readonly problem: string };

/** The ports of URLs that spell none: those of Qt, and 443 where it knows no such proxy. */
const DEFAULT_PORTS: Readonly<Record<ProxyScheme, number>> = {
  http: 8080,
  https: 443,
  socks4: 1080,
  socks4a: 1080,
  socks5: 1080,
  socks5h: 1080,
};

/** Reads `scheme://user:password@host:port`; without a scheme it is an HTTP proxy. User name and password are percent-decoded. */
export function readProxyUrl(text: string): ProxyReading {
  const trimmed = text.trim();
  if (trimmed === '') return no('is empty');
  const url = Url.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `http://${trimmed}`);
  if (url.error !== '') return no(`is not a URL: ${url.error}`);
  if (!Object.hasOwn(DEFAULT_PORTS, url.scheme))
    return no(`has the scheme ${url.scheme}; known are ${Object.keys(DEFAULT_PORTS).join(', ')}`);
  if (url.host === null || url.host === '') return no('names no host');
  if (url.port === 0) return no('names port 0, which nobody can listen on');
  // the rest of a password that was cut at a delimiter must not be taken for a path
  if ((url.path !== '' && url.path !== '/') || url.query !== null || url.fragment !== null)
    return no('has more than scheme, user, host and port; write / ? # @ in a user name or password as %2F %3F %23 %40');
  const scheme = url.scheme as ProxyScheme;
  const port = url.port < 0 ? DEFAULT_PORTS[scheme] : url.port;
  const [user, password] = splitUserInfo(url.userInfo);
  return { proxy: { scheme, host: url.host, port, user: decodeAll(user), password: decodeAll(password ?? '') }, problem: '' };
}

function no(problem: string): ProxyReading {
  return { proxy: null, problem };
}

/** `scheme://host:port`, for people: without user name and password. */
export function proxyText({ scheme, host, port }: Pick<ProxyServer, 'scheme' | 'host' | 'port'>): string {
  return `${scheme}://${bracketed(host)}:${port}`;
}
