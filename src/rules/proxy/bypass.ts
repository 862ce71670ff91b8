/**
 * Which hosts are reached without a proxy: the one grammar for NO_PROXY and for the lists of all systems.
 *
 * ```text
 * list  = entry *( separator entry )     separators: comma, semicolon, white space
 * entry = "*"                            every host
 *       / "<local>"                      names without a dot, localhost and below, loopback addresses
 *       / address "/" bits               a network: 10.0.0.0/8, 169.254/16, fd00::/8, [fd00::]/8
 *       / host [ ":" port ]              with a port: at this port only
 * host  = address                        192.0.2.1, 2001:db8::1; with a port [2001:db8::1]:8080
 *       / [ "." / "*." ] name            the name itself and every name below it
 *       / pattern                        `*` anywhere else stands for any characters: 192.168.*, *-dev.x.test
 * ```
 *
 * Case does not matter, nor does a final dot. Nothing is looked up: a name is never compared with an address.
 */
import { readBareHost, readHost } from '../../base/url-host.ts';
import { type AddressRange, addressOctets, inRange, readRange } from './address-range.ts';
import { fitsShellPattern } from './shell-pattern.ts';

/** One entry, ready to be compared. */
export interface BypassRule {
  /** As it was written. */
  readonly entry: string;
  /** -1: at any port. */
  readonly port: number;
  readonly covers:
    | { readonly kind: 'all' | 'local' }
    | { readonly kind: 'range'; readonly range: AddressRange }
    | { readonly kind: 'below' | 'pattern'; readonly name: string };
}

/** A list that was read. */
export interface BypassList {
  readonly rules: readonly BypassRule[];
  /** Entries outside of the grammar: they cover nothing. */
  readonly unreadable: readonly string[];
}

/** Reads a list; entries that cannot be read are passed over and named. */
export function readBypassList(text: string): BypassList {
  const rules: BypassRule[] = [];
  const unreadable: string[] = [];
  for (const entry of text.split(/[,;\s]+/)) {
    if (entry === '') continue;
    const rule = readEntry(entry);
    if (rule === null) unreadable.push(entry);
    else rules.push(rule);
  }
  return { rules, unreadable };
}

function readEntry(entry: string): BypassRule | null {
  if (entry === '*') return { entry, port: -1, covers: { kind: 'all' } };
  if (entry.toLowerCase() === '<local>') return { entry, port: -1, covers: { kind: 'local' } };
  if (entry.includes('/')) {
    const range = readRange(entry);
    return range === null ? null : { entry, port: -1, covers: { kind: 'range', range } };
  }
  const { host, port } = splitPort(entry);
  if (port === 0 || port > 65535) return null;
  const covers = readCovered(host);
  return covers === null ? null : { entry, port, covers };
}

/** Several colons without brackets are those of an address. A port that is none is given as 0. */
function splitPort(entry: string): { host: string; port: number } {
  const colon = entry.lastIndexOf(':');
  const inAddress = entry.startsWith('[') ? entry.endsWith(']') : entry.indexOf(':') !== colon;
  if (colon < 0 || inAddress) return { host: entry, port: -1 };
  const digits = entry.slice(colon + 1);
  return { host: entry.slice(0, colon), port: /^\d{1,5}$/.test(digits) ? Number(digits) : 0 };
}

function readCovered(host: string): BypassRule['covers'] | null {
  const octets = addressOctets(host);
  if (octets !== null) return { kind: 'range', range: { octets, bits: 8 * octets.length } };
  const name = host.replace(/^\*?\./, '');
  if (name.includes('*')) return /^[\w.:*-]+$/.test(host) ? { kind: 'pattern', name: withoutRootDot(host.toLowerCase()) } : null;
  const reading = readHost(name);
  return reading.error !== '' || reading.host === '' || reading.host === '.'
    ? null
    : { kind: 'below', name: withoutRootDot(reading.host) };
}

/** The first entry that covers a host at a port, null when none does. The host is one of a URL. */
export function coveringRule({ rules }: BypassList, host: string, port: number): BypassRule | null {
  const { host: normal } = readBareHost(host);
  const name = withoutRootDot(normal === '' ? host.toLowerCase() : normal);
  const octets = addressOctets(name);
  for (const rule of rules) if ((rule.port < 0 || rule.port === port) && isCovered(rule.covers, name, octets)) return rule;
  return null;
}

function isCovered(covers: BypassRule['covers'], name: string, octets: readonly number[] | null): boolean {
  switch (covers.kind) {
    case 'all':
      return true;
    case 'local':
      return octets === null ? isLocalName(name) : LOOPBACK.some((range) => inRange(octets, range));
    case 'range':
      return octets !== null && inRange(octets, covers.range);
    case 'below':
      return octets === null && (name === covers.name || name.endsWith('.' + covers.name));
    case 'pattern':
      return fitsShellPattern(name, covers.name);
  }
}

const LOOPBACK: readonly AddressRange[] = ['127.0.0.0/8', '::1/128'].map((text) => readRange(text)!);

function isLocalName(name: string): boolean {
  return !name.includes('.') || name.endsWith('.localhost');
}

function withoutRootDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name;
}
