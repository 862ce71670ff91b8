/**
 * Reading the host of a URL (RFC 3986 section 3.2.2) as Qt does: names by the host name rules (letters, digits, `-`, `_`), international
 * names as ACE, IPv4 addresses in their usual spelling, IPv6 addresses in the spelling of RFC 5952.
 */
import { decodeBytes } from './percent.ts';

const DASH = 0x2d;
const DOT = 0x2e;

type UrlModule = typeof import('node:url');
let urlModule: UrlModule | undefined;
function international(): UrlModule {
  urlModule ??= process.getBuiltinModule('node:url');
  return urlModule;
}

/** A host in normal form, or what is wrong with it. */
interface HostReading {
  readonly host: string;
  readonly error: string;
}

const no = (error: string): HostReading => ({ host: '', error });

/** Reads a host as it stands in a URL. */
export function readHost(text: string): HostReading {
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) return no("Expected ']' to match '[' in hostname");
    const inner = text.slice(1, -1);
    // RFC 6874: the zone's separator is an escaped `%`; the bare one is what people type.
    const zone = inner.indexOf('%');
    return readIpv6(
      zone >= 0 && inner.startsWith('25', zone + 1) && inner.length > zone + 3
        ? inner.slice(0, zone + 1) + inner.slice(zone + 3)
        : inner,
    );
  }
  return readName(text);
}

/** Reads a host given by itself, where an IPv6 address needs no brackets. */
export function readBareHost(text: string): HostReading {
  return !text.startsWith('[') && text.includes(':') ? readIpv6(text) : readHost(text);
}

/** What may stand in a name (RFC 3986 section 3.2.2) and an escape, whatever it stands for. */
const NOT_IN_NAME = /[^\w.~!$&'()*+,;=%-]|%(?![0-9a-f]{2})/i;

/**
 * Reads what stands for a local socket: a name like that of any host; or one with escapes, which is kept as it was written, because it may
 * be a path, and the case of one counts.
 */
export function readSocketName(text: string): HostReading {
  if (!text.includes('%')) return readHost(text);
  const wrong = NOT_IN_NAME.exec(text);
  if (wrong !== null) return no(`Invalid name of a socket (character ${showCharacter(text, wrong.index)} has to be escaped)`);
  const name = decodeBytes(text).toString('utf8');
  if (name.includes('\ufffd') || name.includes('\0')) return no('Invalid name of a socket (escapes that do not make a name)');
  return { host: text.replace(/%../g, (octet) => octet.toUpperCase()), error: '' };
}

/** Reads the name of a local socket given by itself, where a path needs no escapes. */
export function readBareSocketName(text: string): HostReading {
  if (/[/\\]/.test(text)) return readSocketName(encodeURIComponent(text));
  return text.includes('%') ? readSocketName(text) : readBareHost(text);
}

function readName(text: string): HostReading {
  let name = text;
  if (name.includes('%')) {
    name = decodeBytes(name).toString('utf8');
    // Decoding once must be enough; U+FFFD tells of bytes that are no text.
    if (name.includes('%') || name.includes('\ufffd')) return no('Invalid hostname (escapes that do not make a name)');
  }
  const reading = toAscii(name);
  const ipv4 = readIpv4(reading.host);
  return ipv4 === null ? reading : { host: ipv4, error: '' };
}

/** A name in lower case, international labels as ACE. */
export function toAscii(text: string): HostReading {
  let name = text.toLowerCase();
  if (needsInternational(name)) {
    name = international().domainToASCII(name);
    if (name === '' || toUnicode(name) === '') return no('Invalid hostname (not a valid international domain name)');
  }
  const wrong = name === '' ? '' : wrongName(name);
  return wrong === '' ? { host: name, error: '' } : no(wrong);
}

function needsInternational(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 127) return true;
  return name.startsWith('xn--') || name.includes('.xn--');
}

function wrongName(name: string): string {
  let label = 0;
  for (let i = 0; i <= name.length; i++) {
    const c = i < name.length ? name.charCodeAt(i) : DOT;
    if (c === DOT) {
      // A final dot names the root and is allowed.
      if (i === label && i < name.length) return 'Invalid hostname (empty label)';
      if (i - label > 63) return 'Invalid hostname (label longer than 63 characters)';
      if (i > label && (name.charCodeAt(label) === DASH || name.charCodeAt(i - 1) === DASH))
        return "Invalid hostname (a label starts or ends with '-')";
      label = i + 1;
    } else if (!(c >= 0x61 && c <= 0x7a) && !(c >= 0x30 && c <= 0x39) && c !== DASH && c !== 0x5f) {
      return `Invalid hostname (character ${showCharacter(name, i)} not permitted)`;
    }
  }
  return '';
}

/** For error texts: the character in quotes, controls by their number. */
export function showCharacter(text: string, i: number): string {
  const c = text.codePointAt(i) ?? 0;
  return c > 0x20 && c !== 0x7f ? `'${String.fromCodePoint(c)}'` : `U+${c.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The usual spelling of an IPv4 address given in one to four decimal numbers (`127.1`), null for anything else. */
function readIpv4(text: string): string | null {
  const last = text.charCodeAt(text.length - 1);
  if (last < 0x30 || last > 0x39) return null;
  const parts = text.split('.');
  if (parts.length > 4) return null;
  let address = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    // A leading zero would be octal to some readers and decimal to others: such text stays a name.
    if (!/^(0|[1-9]\d{0,9})$/.test(part)) return null;
    const rest = i === parts.length - 1 ? 4 - i : 1;
    if (Number(part) >= 256 ** rest) return null;
    address = address * 256 ** rest + Number(part);
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

function readIpv6(text: string): HostReading {
  const at = text.indexOf('%');
  const zone = at < 0 ? '' : text.slice(at);
  if (zone !== '' && !/^%[\w.~-]+$/.test(zone)) return no('Invalid IPv6 address (bad zone)');
  const groups = ipv6Groups(at < 0 ? text : text.slice(0, at));
  return groups === null ? no('Invalid IPv6 address') : { host: spellIpv6(groups) + zone, error: '' };
}

/** The eight numbers of an IPv6 address (RFC 4291 section 2.2), null when it is none. */
function ipv6Groups(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const lists: number[][] = [];
  for (let h = 0; h < halves.length; h++) {
    const list: number[] = [];
    const pieces = halves[h] === '' ? [] : halves[h]!.split(':');
    for (let i = 0; i < pieces.length; i++) {
      const piece = pieces[i]!;
      if (/^[0-9a-f]{1,4}$/i.test(piece)) {
        list.push(Number.parseInt(piece, 16));
      } else {
        if (h !== halves.length - 1 || i !== pieces.length - 1 || !/^(\d{1,3}\.){3}\d{1,3}$/.test(piece)) return null;
        const four = readIpv4(piece);
        if (four === null) return null;
        const [a, b, c, d] = four.split('.').map(Number) as [number, number, number, number];
        list.push(a * 256 + b, c * 256 + d);
      }
    }
    lists.push(list);
  }
  const head = lists[0]!;
  const tail = lists[1];
  if (tail === undefined) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** RFC 5952: lower case, no leading zeros, the longest run of zeros as `::`, an IPv4-mapped address with its dots. */
function spellIpv6(g: readonly number[]): string {
  if (g[5] === 0xffff && g.slice(0, 5).every((n) => n === 0))
    return `::ffff:${g[6]! >> 8}.${g[6]! & 255}.${g[7]! >> 8}.${g[7]! & 255}`;
  let best = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && g[end] === 0) end++;
    if (end - i > length) {
      best = i;
      length = end - i;
    }
  }
  const hex = (from: number, to: number): string =>
    g
      .slice(from, to)
      .map((n) => n.toString(16))
      .join(':');
  return best < 0 ? hex(0, 8) : `${hex(0, best)}::${hex(best + length, 8)}`;
}

/** A name as people read it; '' when it is no valid name. */
export function toUnicode(host: string): string {
  if (!host.includes('xn--')) return host;
  const name = international().domainToUnicode(host);
  // newer versions of Node.js give a label back that cannot be decoded
  return /(?:^|\.)xn--/.test(name) ? '' : name;
}
