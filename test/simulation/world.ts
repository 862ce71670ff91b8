import { QNetworkProxy, QNetworkProxyFactory } from '../../src/index.ts';
import type { TestCertificate } from '../../src/testing/network/certificate.ts';
import type { TestClock } from '../../src/testing/network/clock.ts';
import type { TestService } from '../../src/testing/network/services.ts';
import type { TestNetworkScript } from '../../src/testing/network/settings.ts';
import type { Dice } from './dice.ts';
import { drawLinks, drawNames, type Weather } from './links.ts';
import type { Site } from './plan.ts';

/** How the manager gets out. */
export interface Way {
  readonly proxy: QNetworkProxy | null;
  readonly factory: QNetworkProxyFactory | null;
  /** Hosts of proxies, for who reads the trace. */
  readonly hosts: readonly string[];
}

export interface World {
  readonly weather: Weather;
  readonly sites: readonly Site[];
  /** Hosts whose answers come in one piece if they are sent so. */
  readonly whole: ReadonlySet<string>;
  /** How likely a request allows HTTP/2; those that do not have connections of their own. */
  readonly http2: number;
  readonly way: Way;
  readonly script: Pick<TestNetworkScript, 'names' | 'links' | 'proxies' | 'shuffle'>;
}

export const PROXY_USER = 'px:pw';

/** Names, links, servers and proxies of a seed. */
export function drawWorld(dice: Dice, clock: TestClock): World {
  const weather: Weather = { trouble: dice.pick([0, 0.1, 0.25, 0.5]), silent: dice.flip(0.5) };
  const sites = drawSites(dice.branch(1));
  const names: Record<string, NonNullable<TestNetworkScript['names']>[string]> = {};
  const links: Record<string, NonNullable<TestNetworkScript['links']>[string]> = {};
  const whole = new Set<string>();
  const hosts = [...new Set(sites.map(({ host }) => host))];
  for (const [n, host] of hosts.entries()) {
    const name = drawNames(dice.branch(10 + n), n + 1, weather);
    if (name !== null) names[host] = name;
    const { link, whole: inOnePiece } = drawLinks(dice.branch(20 + n), weather);
    links[host] = link;
    if (inOnePiece) whole.add(host);
    const addresses = typeof name === 'object' ? (name?.addresses ?? []) : [];
    // one of several may be no good at all, and the others have to do
    if (addresses.length > 1 && dice.flip(0.4))
      links[dice.pick(addresses)] = { connect: dice.pick(['refused', 'unreachable', 'timeout'] as const) };
  }
  const { way, proxies } = drawWay(dice.branch(2), weather, clock);
  for (const [n, host] of way.hosts.entries())
    links[host] = drawLinks(dice.branch(40 + n), { ...weather, trouble: weather.trouble / 2 }).link;
  // what a proxy passes on it passes on as it comes
  if (way.hosts.length > 0) whole.clear();
  return {
    weather,
    sites,
    whole,
    way,
    http2: dice.pick([1, 1, 1, 0, 0.5]),
    script: { names, links, proxies, shuffle: dice.flip(0.5) },
  };
}

function drawSites(dice: Dice): Site[] {
  const sites: Site[] = [];
  for (const host of ['a.test', 'b.test', 'c.test', 'd.test'].slice(0, dice.between(1, 4))) {
    const schemes = dice.pick([['http'], ['https'], ['http', 'https']] as const);
    for (const scheme of schemes) {
      const good = scheme === 'http' || dice.flip(0.85);
      sites.push({ host, scheme, good, http2: dice.flip(scheme === 'https' ? 0.55 : 0.15), url: `${scheme}://${host}` });
    }
  }
  return sites;
}

/** What is wrong with the certificate of a site, if anything is. */
export function certificateOf({ good, host }: Site): TestCertificate {
  const bad = ['expired', 'self-signed', 'wrong host', 'untrusted'] as const;
  return good ? 'good' : bad[host.charCodeAt(0) % bad.length]!;
}

function drawWay(
  dice: Dice,
  { silent }: Weather,
  clock: TestClock,
): { way: Way; proxies: NonNullable<TestNetworkScript['proxies']> } {
  if (!dice.flip(0.3)) return { way: { proxy: null, factory: null, hosts: [] }, proxies: {} };
  const type = dice.pick(['http', 'https', 'socks5']);
  const port = type === 'socks5' ? 1080 : 3128;
  const asks = dice.flip(0.35);
  const refuses = dice.flip(0.1) ? (type === 'socks5' ? 2 : 403) : undefined;
  const proxies = {
    [`${type}://proxy.test:${port}`]: {
      ...(asks ? { user: PROXY_USER } : {}),
      ...(refuses === undefined ? {} : { refuses }),
    },
  };
  const [user, password] = asks && dice.flip(0.5) ? PROXY_USER.split(':') : ['', ''];
  const one = QNetworkProxy.fromUrl(
    `${type === 'socks5' ? 'socks5h' : type}://${user === '' ? '' : `${user}:${password}@`}proxy.test:${port}`,
  );
  const gone = QNetworkProxy.fromUrl('http://nobody.test:3128');
  const none = new QNetworkProxy(QNetworkProxy.NoProxy);
  const hosts = ['proxy.test'];
  const how = dice.pick(['always', 'list', 'later', 'by host']);
  if (how === 'always') return { way: { proxy: one, factory: null, hosts }, proxies };
  const list = dice.pick([[one, none], [gone, one], [gone, none], [one]]);
  const wait = silent ? 2_000 : 30;
  const choice = (host: string): QNetworkProxy[] => (how === 'by host' && host === 'a.test' ? [none] : list);
  const factory = new QNetworkProxyFactory((query) => {
    const chosen = choice(query.peerHostName());
    return how === 'later' ? new Promise((resolve) => clock.after(wait, () => resolve(chosen), true)) : chosen;
  });
  return { way: { proxy: null, factory, hosts }, proxies };
}

/** What all sites serve, by what plays them. */
export function originsOf(sites: readonly Site[], serve: (site: Site) => TestService): Record<string, TestService> {
  return Object.fromEntries(
    sites.map((site) => [site.url, { ...serve(site), http2: site.http2, certificate: certificateOf(site) }]),
  );
}
