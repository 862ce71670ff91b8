// The tables that Linux keeps under /proc/net.
import type { LinkTraffic } from '../../contract/links.ts';

const UP = 0x1;
const REJECT = 0x200;

/** Addresses that are not ours yet or never will be: asked for in the neighbourhood, or found there (RFC 4862 5.4). */
const DUPLICATE = 0x08;
const TENTATIVE = 0x40;
/** One that may be used meanwhile (RFC 4429). */
const OPTIMISTIC = 0x04;
/** Runs out: not for new connections (RFC 4862 5.5.4). */
const DEPRECATED = 0x20;

function* rows(text: string): Generator<readonly string[]> {
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/);
    if (fields.length > 1) yield fields;
  }
}

/** The lowest metric of the default routes of each interface, out of `route` and `ipv6_route`. */
export function defaultMetrics(route4: string, route6: string): ReadonlyMap<string, number> {
  const lowest = new Map<string, number>();
  const note = (name: string, flags: number, metric: number): void => {
    if ((flags & UP) === 0 || (flags & REJECT) !== 0 || Number.isNaN(metric)) return;
    lowest.set(name, Math.min(metric, lowest.get(name) ?? metric));
  };
  for (const [name = '', destination, , flags = '', , , metric = '', mask] of rows(route4))
    if (destination === '00000000' && mask === '00000000') note(name, Number.parseInt(flags, 16), Number(metric));
  for (const [metric = '', flags = '', name = ''] of mainDefaults6(route6))
    note(name, Number.parseInt(flags, 16), Number.parseInt(metric, 16));
  return lowest;
}

/**
 * Metric, flags and interface of the IPv6 default routes that are for everybody. Unlike `route` the file has the routes of all tables, and does not
 * say where one ends. Within a table default routes come last, and the table of what is on this machine comes after
 * that for everybody, so they are what stands right before its first row.
 */
function mainDefaults6(route6: string): readonly (readonly string[])[] {
  let found: string[][] = [];
  let local = false;
  for (const [destination = '', length, , , , metric = '', , , flags = '', name = ''] of rows(route6)) {
    if (length === '00' && /^0{32}$/.test(destination)) found.push([metric, flags, name]);
    else if (flags.startsWith('8')) local = true;
    // without tables everything is one, and they come at its end
    else if (!local) found = [];
  }
  return found;
}

/** Every interface with its bytes, in the system's order, out of `dev`. */
export function linkCounters(dev: string): ReadonlyMap<string, LinkTraffic> {
  const all = new Map<string, LinkTraffic>();
  for (const [, name = '', counts = ''] of dev.matchAll(/^\s*(\S+):\s*(\d.*)$/gm)) {
    const columns = counts.split(/\s+/);
    all.set(name, { received: Number(columns[0]), sent: Number(columns[8]) });
  }
  return all;
}

/** The interfaces with a radio, out of `wireless`. */
export function wirelessNames(wireless: string): ReadonlySet<string> {
  return new Set(Array.from(wireless.matchAll(/^\s*(\S+):\s/gm), ([, name = '']) => name));
}

/** How an IPv6 address may be used. */
export type AddressUse = 'not' | 'deprecated' | 'preferred';

/** How each address may be used, by its 32 hexadecimal digits, out of `if_inet6`. */
export function addressUses(inet6: string): ReadonlyMap<string, AddressUse> {
  const uses = new Map<string, AddressUse>();
  for (const [address = '', , , , word = ''] of rows(inet6)) {
    const flags = Number.parseInt(word, 16);
    const waits = (flags & TENTATIVE) !== 0 && (flags & OPTIMISTIC) === 0;
    if (waits || (flags & DUPLICATE) !== 0) uses.set(address, 'not');
    else uses.set(address, (flags & DEPRECATED) !== 0 ? 'deprecated' : 'preferred');
  }
  return uses;
}

/** Whether a process is told what changes in the network, out of `netlink`: it has a socket of family 0 with groups. */
export function isTold(netlink: string, process: number): boolean {
  for (const [, family, owner, groups = ''] of rows(netlink))
    if (family === '0' && owner === String(process) && Number.parseInt(groups, 16) !== 0) return true;
  return false;
}
