import { readBareHost } from '../../base/url-host.ts';

/** Addresses that share their first bits (RFC 4632, RFC 4291 2.3). */
export interface AddressRange {
  /** Four or sixteen octets. */
  readonly octets: readonly number[];
  readonly bits: number;
}

/** The octets of an address in any spelling that a URL may have, null for a name. An IPv4-mapped address is the IPv4 address itself. */
export function addressOctets(text: string): readonly number[] | null {
  const { host } = readBareHost(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
  const zone = host.indexOf('%');
  const address = zone < 0 ? host : host.slice(0, zone);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) {
    const four = address.split('.').map(Number);
    return four.every((octet) => octet < 256) ? four : null;
  }
  if (!address.includes(':')) return null;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address);
  if (mapped !== null) return mapped[1]!.split('.').map(Number);
  // in normal form by now: at most one `::`, no dots
  const [head = [], tail] = address.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const groups = tail === undefined ? head : [...head, ...new Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** Reads `address/bits`; the address of an IPv4 network may leave out octets at its end (`169.254/16`). Null for anything else. */
export function readRange(text: string): AddressRange | null {
  const match = /^(.+)\/(\d{1,3})$/.exec(text);
  if (match === null) return null;
  const short = /^\d{1,3}(?:\.\d{1,3}){0,2}$/.test(match[1]!);
  const whole = short ? match[1] + '.0'.repeat(4 - match[1]!.split('.').length) : match[1]!;
  const octets = addressOctets(whole);
  const spelled = Number(match[2]);
  if (octets === null) return null;
  // an IPv4-mapped network counts its bits from the start of the IPv6 address
  const bits = octets.length === 4 && whole.includes(':') ? spelled - 96 : spelled;
  return bits < 0 || bits > 8 * octets.length ? null : { octets, bits };
}

/** Whether an address is of the range; those of the other family never are. */
export function inRange(address: readonly number[], { octets, bits }: AddressRange): boolean {
  if (address.length !== octets.length) return false;
  for (let i = 0, left = bits; left > 0; i++, left -= 8) {
    const unused = left >= 8 ? 0 : 8 - left;
    if (address[i]! >> unused !== octets[i]! >> unused) return false;
  }
  return true;
}
