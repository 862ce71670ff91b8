import type { ProxyScheme } from '../../contract/proxy.ts';
import { type ProxyServer, readProxyUrl } from './proxy-url.ts';

/** What a script has answered: the ways to try, the best first; null = directly. */
export interface PacResult {
  readonly ways: readonly (ProxyServer | null)[];
  /** Entries that name no way we know: they are passed over. */
  readonly unreadable: readonly string[];
}

/** The words for a proxy. As in Chromium `SOCKS` is version 4, and with version 5 the proxy resolves the names. */
const WORDS: Readonly<Record<string, readonly [scheme: ProxyScheme, port: number]>> = {
  PROXY: ['http', 80],
  HTTP: ['http', 80],
  HTTPS: ['https', 443],
  SOCKS: ['socks4', 1080],
  SOCKS4: ['socks4', 1080],
  SOCKS5: ['socks5h', 1080],
};

/** Nobody waits for more proxies than that. */
const MOST_WAYS = 32;

/**
 * Reads `PROXY host:port; SOCKS5 host:port; DIRECT`. Words may have any case; without a port it is the one of {@link WORDS}. An empty answer
 * means directly; one with nothing but unreadable entries gives no way at all.
 */
export function readPacResult(text: string): PacResult {
  const ways: (ProxyServer | null)[] = [];
  const unreadable: string[] = [];
  let entries = 0;
  for (const part of text.split(';')) {
    const entry = part.trim();
    if (entry === '') continue;
    if (entries++ === MOST_WAYS) break;
    const way = readEntry(entry);
    if (way === undefined) unreadable.push(entry);
    else ways.push(way);
  }
  if (entries === 0) ways.push(null);
  return { ways, unreadable };
}

/** Undefined for what cannot be read. */
function readEntry(entry: string): ProxyServer | null | undefined {
  if (entry.toUpperCase() === 'DIRECT') return null;
  const [, word, place] = /^(\w+)\s+([^\s@/?#]+)$/.exec(entry) ?? [];
  const known = word === undefined ? undefined : WORDS[word.toUpperCase()];
  if (known === undefined || place === undefined) return undefined;
  const [scheme, port] = known;
  const withPort = /:\d+$/.test(place) && !/^[^[]*:[^[]*:/.test(place) ? place : `${bracketedIfBare(place)}:${port}`;
  return readProxyUrl(`${scheme}://${withPort}`).proxy ?? undefined;
}

/** An IPv6 address may come without brackets as long as it has no port. */
function bracketedIfBare(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
}
