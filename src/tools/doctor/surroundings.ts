import { hideInText } from '../../base/redaction.ts';
import { Url } from '../../base/url.ts';
import { toAscii } from '../../base/url-host.ts';
import type { Ask } from '../../contract/ask.ts';
import type { Door } from '../../contract/door.ts';
import {
  type QHstsPolicy,
  type QNetworkAccessManager,
  QNetworkProxy,
  QNetworkProxyFactory,
  QNetworkProxyQuery,
  QUrl,
} from '../../index.ts';
import { environmentProxy } from '../../rules/proxy/environment.ts';
import { proxyText } from '../../rules/proxy/proxy-url.ts';
import { Crumbs } from './crumbs.ts';
import type { Diagnosis } from './diagnosis.ts';
import { travel } from './voyage.ts';

/** What the manager brings along to a request, as it is before the request is made. */
export interface Brought {
  readonly cookies: readonly string[];
  readonly hsts: Diagnosis['hsts'];
  readonly cache: Diagnosis['cache'];
}

/** The same, and who has decided about the last trip. */
export interface Surroundings extends Brought {
  /** Who decides about proxies, and why. */
  readonly because: readonly string[];
  /** By which the host is known as one that wants TLS, it or one above it; '' = it is not. */
  readonly knownHost: string;
}

export async function broughtBy(
  manager: QNetworkAccessManager,
  door: Door,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<Brought> {
  return {
    cookies: cookiesFor(manager, ask.url.href),
    hsts: hstsOf(manager, ask.url.host ?? ''),
    cache: await cacheOf(manager, door, ask, signal),
  };
}

export async function surroundingsOf(
  manager: QNetworkAccessManager,
  brought: Brought,
  { href, host }: Url,
): Promise<Surroundings> {
  return { ...brought, because: await rulesOf(manager, href), knownHost: policyFor(manager, host ?? '')?.host() ?? '' };
}

/** Their names alone: values are secrets. */
function cookiesFor(manager: QNetworkAccessManager, url: string): string[] {
  const cookies = manager.cookieJar()?.cookiesForUrl(url) ?? [];
  return cookies.map((cookie) => cookie.name().toString());
}

function hstsOf(manager: QNetworkAccessManager, host: string): Diagnosis['hsts'] {
  const on = manager.isStrictTransportSecurityEnabled();
  const because = policyFor(manager, host);
  if (because === undefined) return { known: false, why: on ? 'the host is not known' : OFF };
  const until = because.expiry();
  const known = `${because.host()} is known ${Number.isNaN(until.getTime()) ? 'for ever' : `until ${until.toISOString()}`}`;
  return { known: true, why: on ? known : `${known}, but ${OFF}` };
}

const OFF = 'the manager does not look at it (setStrictTransportSecurityEnabled)';

function policyFor(manager: QNetworkAccessManager, host: string): QHstsPolicy | undefined {
  const name = toAscii(host).host;
  return manager.strictTransportSecurityHosts().find((policy) => {
    const known = policy.host(QUrl.FullyEncoded);
    return known === name || (policy.includesSubDomains() && name.endsWith(`.${known}`));
  });
}

/** Asked for what is stored and nothing else, so that nothing leaves the machine. */
async function cacheOf(
  manager: QNetworkAccessManager,
  door: Door,
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<Diagnosis['cache']> {
  if (manager.cache() === null) return { used: false, stored: false, why: 'the manager has no cache' };
  const only = { ...ask, wishes: { ...ask.wishes, cacheLoad: 'only' as const, redirects: 'manual' as const } };
  const { events } = await travel(door, only, { bodyLimit: 0, signal, crumbs: new Crumbs(manager.cookieJar()) });
  const said = events.find(({ what }) => what === 'cache')?.detail;
  return { used: true, stored: said?.['found'] === true, why: String(said?.['why'] ?? 'the cache was not asked') };
}

async function rulesOf(manager: QNetworkAccessManager, text: string): Promise<string[]> {
  if (manager.proxyFactory() !== null) return ['the factory of the manager decides (setProxyFactory)'];
  if (manager.proxy().type() !== QNetworkProxy.DefaultProxy) return ['the manager says so (setProxy)'];
  if (QNetworkProxyFactory.usesSystemConfiguration()) return systemRules(text);
  const [proxy] = await QNetworkProxyFactory.proxiesFor(queryFor(text)).catch(() => []);
  if (proxy === undefined || proxy.type() === QNetworkProxy.NoProxy)
    return ['the program has named no proxy, and does not ask the system'];
  return ['the application says so (setApplicationProxy, or a factory)'];
}

async function systemRules(text: string): Promise<string[]> {
  const { steps, problem } = await QNetworkProxyFactory.explainSystemProxies(queryFor(text));
  return [...steps, ...(problem === '' ? [] : [problem])].map((step) => `${hideInText(step)}${shadowedBy(step)}`);
}

/** Both spellings of a variable may be set, and somebody may correct the wrong one. */
function shadowedBy(step: string): string {
  const decides = /\b[a-z]+_proxy(?= (?:names|cannot|has))/.exec(step)?.[0] ?? '';
  const other = process.env[decides.toUpperCase()] ?? '';
  return decides === '' || other === '' || other === process.env[decides]
    ? ''
    : ` (${decides.toUpperCase()} says something else, and does not count)`;
}

/** The proxy that this machine names for a URL although nobody asks it, and by which rule; null = none. */
export async function systemProxy(text: string): Promise<{ readonly proxy: QNetworkProxy; readonly rule: string } | null> {
  const { proxies, steps, problem } = await QNetworkProxyFactory.explainSystemProxies(queryFor(text));
  const [proxy] = proxies;
  if (problem !== '' || proxy === undefined || proxy.type() === QNetworkProxy.NoProxy) return null;
  return { proxy, rule: hideInText(steps.at(-1) ?? 'the system') };
}

/** The proxy that this machine names for others, where an exception keeps this URL from it; null = none. */
export async function proxyForOthers(text: string): ReturnType<typeof systemProxy> {
  const { no_proxy: _lower, NO_PROXY: _upper, ...environment } = process.env;
  const { proxy: named, because } = environmentProxy(Url.parse(text), environment, process.platform === 'win32');
  if (named !== null) {
    const proxy = QNetworkProxy.fromUrl(proxyText(named));
    proxy.setUser(named.user);
    proxy.setPassword(named.password);
    return { proxy, rule: `the environment: ${because}` };
  }
  const url = new QUrl(text);
  url.setHost('www.example.com');
  return systemProxy(url.toString());
}

function queryFor(text: string): QNetworkProxyQuery {
  const url = new QUrl(text);
  url.setUserInfo('');
  return new QNetworkProxyQuery(url);
}
