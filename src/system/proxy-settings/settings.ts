import type { Url } from '../../base/url.ts';
import type { ProxyScheme } from '../../contract/proxy.ts';
import { type BypassList, coveringRule } from '../../rules/proxy/bypass.ts';
import { type ProxyServer, proxyText, readProxyUrl } from '../../rules/proxy/proxy-url.ts';

/** For which URLs a proxy was set; `socks` stands in for the others. */
export type ProxyUse = 'http' | 'https' | 'ftp' | 'socks';

export type ProxiesByUse = Readonly<Record<ProxyUse, ProxyServer | null>>;

/** What a system says about proxies. Several of these can be set at once: a script goes before proxies. */
export interface ProxySettings {
  /** The network is asked for a script (WPAD). */
  readonly autoDetect: boolean;
  /** URL of a script (PAC), '' when there is none. */
  readonly script: string;
  readonly proxies: ProxiesByUse;
  readonly bypass: BypassList;
  /** The list names the hosts that do use a proxy (KDE has this). */
  readonly reversed: boolean;
}

export const NO_PROXIES: ProxiesByUse = Object.freeze({ http: null, https: null, ftp: null, socks: null });

/** The settings of a system that wants no proxy. */
export const DIRECT: ProxySettings = Object.freeze({
  autoDetect: false,
  script: '',
  proxies: NO_PROXIES,
  bypass: Object.freeze({ rules: [], unreadable: [] }),
  reversed: false,
});

/** The proxy that settings without a script name for a URL, and a sentence without secrets about the rule that decided. */
export function proxyBySettings(url: Url, settings: ProxySettings): { proxy: ProxyServer | null; because: string } {
  const { proxies, bypass, reversed } = settings;
  const own = url.scheme === 'http' || url.scheme === 'https' || url.scheme === 'ftp' ? url.scheme : 'socks';
  const use: ProxyUse = proxies[own] === null ? 'socks' : own;
  const proxy = proxies[use];
  if (proxy === null) return { proxy, because: `no proxy is set for ${url.scheme}` };
  const rule = coveringRule(bypass, url.host ?? '', url.effectivePort);
  if (!reversed && rule !== null) return { proxy: null, because: `the list of exceptions has the entry ${rule.entry}` };
  if (reversed && rule === null) return { proxy: null, because: 'the list of hosts that use a proxy has no entry for it' };
  return { proxy, because: `the proxy for ${use === 'socks' ? 'SOCKS' : use} is ${proxyText(proxy)}` };
}

/** A proxy as systems keep it, host and port apart; null when one of them is missing or wrong. */
export function proxyAt(scheme: ProxyScheme, host: string, port: string, user = '', password = ''): ProxyServer | null {
  if (host.trim() === '' || !/^[1-9]\d{0,4}$/.test(port)) return null;
  const name = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host.trim();
  const { proxy } = readProxyUrl(`${scheme}://${name}:${port}`);
  return proxy === null ? null : { ...proxy, user, password };
}
