import type { Link, LinkAddress } from '../../contract/links.ts';
import { addressOctets } from '../proxy/address-range.ts';
import { type LinkDevice, linkMedium } from './medium.ts';
import type { AddressUse } from './tables.ts';

/** An address as Node.js tells it. */
export interface ToldAddress {
  readonly address: string;
  readonly family: string;
  readonly mac: string;
  readonly internal: boolean;
}

/** What the machine says about its interfaces. */
export interface LinkNews {
  /** Those that are switched on and have a carrier and an address. */
  readonly running: Readonly<Record<string, readonly ToldAddress[] | undefined>>;
  /** All there are, in the system's order; none where it does not say. */
  readonly names: Iterable<string>;
  readonly metrics: ReadonlyMap<string, number>;
  readonly wireless: ReadonlySet<string>;
  readonly uses: ReadonlyMap<string, AddressUse>;
  /** What is asked about single interfaces, and only where it is wanted. */
  readonly device: (name: string) => LinkDevice;
  readonly mac: (name: string) => string;
}

/** The interfaces, in the system's order. */
export function assembleLinks(news: LinkNews): Link[] {
  const running = byInterface(news);
  const names = new Set([...news.names, ...running.keys()]);
  return Array.from(names, (name) => assembled(name, running.get(name) ?? [], news));
}

/** Addresses with a label of their own (`eth0:1`, as ifconfig makes them) belong to the interface before the colon. */
function byInterface({ running, names }: LinkNews): Map<string, ToldAddress[]> {
  const known = new Set(names);
  const found = new Map<string, ToldAddress[]>();
  for (const [label, addresses = []] of Object.entries(running)) {
    const [base = ''] = label.split(':');
    const name = !known.has(label) && known.has(base) ? base : label;
    found.set(name, [...(found.get(name) ?? []), ...addresses]);
  }
  return found;
}

function assembled(name: string, told: readonly ToldAddress[], news: LinkNews): Link {
  const addresses = usable(told, news.uses);
  const loopback = told.some(({ internal }) => internal);
  return {
    name,
    medium: linkMedium({ name, loopback, wireless: news.wireless.has(name) }, () => news.device(name)),
    up: addresses.some(({ linkLocal }) => !linkLocal),
    addresses,
    hardware: hardwareAddress(told[0]?.mac ?? news.mac(name)),
    defaultMetric: news.metrics.get(name) ?? -1,
  };
}

/** Those to leave from first come first: not those that run out, or reach no further than the link. */
function usable(told: readonly ToldAddress[], uses: LinkNews['uses']): LinkAddress[] {
  const found = told.flatMap(({ address, family }) => {
    const octets = addressOctets(address) ?? [];
    const use = uses.get(octets.map((octet) => octet.toString(16).padStart(2, '0')).join('')) ?? 'preferred';
    if (use === 'not') return [];
    const linkLocal = isLinkLocal(octets);
    const last = Number(linkLocal) * 2 + Number(use === 'deprecated');
    return [{ last, link: { address, family: family === 'IPv6' ? 6 : 4, linkLocal } as const }];
  });
  return found.sort((a, b) => a.last - b.last).map(({ link }) => link);
}

/** 169.254.0.0/16 (RFC 3927 2.1) and fe80::/10 (RFC 4291 2.4). */
function isLinkLocal([first = 0, second = 0, ...more]: readonly number[]): boolean {
  return more.length === 2 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80;
}

function hardwareAddress(mac: string): string {
  return /^(?:00:)*00$/.test(mac) ? '' : mac.toUpperCase();
}
