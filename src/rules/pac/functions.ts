import { addressOctets, inRange, readRange } from '../proxy/address-range.ts';
import { fitsShellPattern } from '../proxy/shell-pattern.ts';
import { dateRange, type PacValue, timeRange, weekdayRange } from './calendar.ts';

/** What proxy scripts are told about the world; all of it at once, since a script cannot wait. */
export interface PacWorld {
  /** The wall clock, milliseconds since 1970. */
  now(): number;
  /** The addresses of this machine, the best first. */
  own(): readonly string[];
  /** Those of a name; none when it has none. May throw to end the run. */
  addresses(name: string): readonly string[];
  alert(text: string): undefined;
}

/** A function of proxy scripts, called with whatever the script gives. */
export type PacFunction = (world: PacWorld, args: readonly PacValue[]) => PacValue;

/**
 * All functions that a proxy script may call: those of Netscape's description, and Microsoft's for IPv6 (`…Ex`). Where implementations
 * differ this is Chromium: names are compared as they are written, `isInNetEx` takes addresses only.
 */
export const PAC_FUNCTIONS: Readonly<Record<string, PacFunction>> = {
  isPlainHostName: (_, [host]) => !/[.:]/.test(textOf(host)),
  dnsDomainIs: (_, [host, domain]) => textOf(host).endsWith(textOf(domain)),
  localHostOrDomainIs: (_, [host, whole]) => textOf(host) === textOf(whole) || textOf(whole).startsWith(`${textOf(host)}.`),
  dnsDomainLevels: (_, [host]) => textOf(host).split('.').length - 1,
  shExpMatch: (_, [text, pattern]) => fitsShellPattern(textOf(text), textOf(pattern)),

  isResolvable: (world, [host]) => fourFrom(world, host) !== null,
  dnsResolve: (world, [host]) => fourFrom(world, host),
  isInNet: (world, [host, network, mask]) => isInNet(fourFrom(world, host), textOf(network), textOf(mask)),
  convert_addr: (_, [address]) => (octetsOfFour(textOf(address)) ?? [0, 0, 0, 0]).reduce((bits, octet) => (bits << 8) | octet, 0),
  myIpAddress: (world) => world.own().find(isFour) ?? '127.0.0.1',

  isResolvableEx: (world, [host]) => addressesOf(world, host).length > 0,
  dnsResolveEx: (world, [host]) => addressesOf(world, host).join(';'),
  isInNetEx: (_, [address, prefix]) => isInPrefix(textOf(address), textOf(prefix)),
  myIpAddressEx: (world) => world.own().join(';'),
  sortIpAddressList: (_, [list]) => sortAddresses(textOf(list)),
  getClientVersion: () => '1.0',

  weekdayRange: (world, args) => weekdayRange(args, new Date(world.now())),
  dateRange: (world, args) => dateRange(args, new Date(world.now())),
  timeRange: (world, args) => timeRange(args, new Date(world.now())),
  alert: (world, [message]) => world.alert(textOf(message)),
};

function textOf(value: PacValue): string {
  return value === undefined || value === null ? '' : String(value);
}

function isFour(address: string): boolean {
  return octetsOfFour(address) !== null;
}

/** Of an IPv4 address as people write it; null for anything else. */
function octetsOfFour(text: string): readonly number[] | null {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) ? addressOctets(text) : null;
}

function addressesOf(world: PacWorld, host: PacValue): readonly string[] {
  const name = textOf(host);
  if (name === '') return [];
  return addressOctets(name) === null ? world.addresses(name) : [name];
}

/** The first IPv4 address of a name. */
function fourFrom(world: PacWorld, host: PacValue): string | null {
  return addressesOf(world, host).find(isFour) ?? null;
}

/** By a mask in octets, whose bits need not be in one piece. */
function isInNet(address: string | null, network: string, mask: string): boolean {
  const [octets, wanted, bits] = [address ?? '', network, mask].map(octetsOfFour);
  if (!octets || !wanted || !bits) return false;
  return octets.every((octet, i) => (octet & bits[i]!) === (wanted[i]! & bits[i]!));
}

function isInPrefix(address: string, prefix: string): boolean {
  const octets = addressOctets(address);
  const range = readRange(prefix);
  return octets !== null && range !== null && inRange(octets, range);
}

/** IPv6 goes first, then by value; false when one of them is no address. */
function sortAddresses(list: string): string | false {
  const addresses = list.split(';').map((address) => address.trim());
  const read = addresses.map((address) => ({ address, octets: addressOctets(address) ?? [] }));
  if (read.some(({ octets }) => octets.length === 0)) return false;
  read.sort((a, b) => b.octets.length - a.octets.length || firstDifference(a.octets, b.octets));
  return read.map(({ address }) => address).join(';');
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((octet, i) => octet !== b[i]);
  return at < 0 ? 0 : a[at]! - b[at]!;
}
