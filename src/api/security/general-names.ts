import type { Ber } from '../../base/ber.ts';
import { longName, shortName } from './object-names.ts';

/** `9F:C7:9C`. */
export function colons(bytes: Buffer): string {
  return bytes
    .toString('hex')
    .toUpperCase()
    .replace(/..(?=.)/g, '$&:');
}

/** The names of the bits that are set in a BIT STRING, the first one being the highest of its first octet. */
export function bitNames({ bits }: Ber, names: string): string[] {
  return names.split(',').filter((_, i) => ((bits[i >> 3] ?? 0) & (0x80 >> (i & 7))) !== 0);
}

/** A distinguished name: the attributes and their values, in order. */
export function attributesOf(name: Ber): [attribute: string, value: Ber][] {
  return name.inside
    .flatMap((set) => set.inside)
    .flatMap((pair) => {
      const [type, value] = pair.inside;
      return type === undefined || value === undefined ? [] : [[shortName(type.oid), value]];
    });
}

/** `/C=DE/O=A \+ B`; what is not ASCII as `\xC3`. */
export function slashName(name: Ber): string {
  return attributesOf(name)
    .map(([attribute, { content }]) => `/${attribute}=${content.toString('latin1').replace(/[^ -~]|[+/]/g, escaped)}`)
    .join('');
}

const BMP_STRING = 0x1e;

/** A string, of whatever kind. */
export function textOf({ tag, content }: Ber): string {
  if (tag !== BMP_STRING) return content.toString();
  return Buffer.from(content.subarray(0, content.length & ~1))
    .swap16()
    .toString('utf16le');
}

/** `C = DE, CN = direct`. */
export function spacedName(name: Ber): string {
  return attributesOf(name)
    .map(([attribute, value]) => `${attribute} = ${textOf(value)}`)
    .join(', ');
}

function escaped(character: string): string {
  return /[+/]/.test(character) ? `\\${character}` : `\\x${hex2(character.charCodeAt(0))}`;
}

const hex2 = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0');

/** An address of 4 or 16 octets as OpenSSL writes it. */
export function addressText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return `<invalid length=${bytes.length}>`;
  return Array.from({ length: 8 }, (_, i) =>
    bytes
      .readUInt16BE(2 * i)
      .toString(16)
      .toUpperCase(),
  ).join(':');
}

const UNSUPPORTED = '<unsupported>';

/** A GeneralName (RFC 5280 4.2.1.6): what kind, and its value. */
export function generalName(name: Ber): [kind: string, value: string] {
  const { content } = name;
  switch (name.tag & 0x1f) {
    case 0:
      return otherName(name);
    case 1:
      return ['email', content.toString()];
    case 2:
      return ['DNS', content.toString()];
    case 3:
      return ['X400Name', UNSUPPORTED];
    case 4:
      return ['DirName', name.first === undefined ? UNSUPPORTED : slashName(name.first)];
    case 5:
      return ['EdiPartyName', UNSUPPORTED];
    case 6:
      return ['URI', content.toString()];
    case 7:
      return ['IP Address', addressText(content)];
    default:
      return ['Registered ID', longName(name.oid)];
  }
}

const UTF8_STRING = 0x0c;
const IA5_STRING = 0x16;
const SPOKEN: Readonly<Record<string, string>> = {
  '1.3.6.1.4.1.311.20.2.3': 'UPN',
  '1.3.6.1.5.5.7.8.5': 'XmppAddr',
  '1.3.6.1.5.5.7.8.7': 'SRVName',
  '1.3.6.1.5.5.7.8.8': 'NAIRealm',
  '1.3.6.1.5.5.7.8.9': 'SmtpUTF8Mailbox',
};

function otherName(name: Ber): [kind: string, value: string] {
  const [type, wrapped] = name.inside;
  const value = wrapped?.first;
  if (type === undefined || (value?.tag !== UTF8_STRING && value?.tag !== IA5_STRING)) return ['othername', UNSUPPORTED];
  return [`othername: ${SPOKEN[type.oid] ?? longName(type.oid)}:`, value.content.toString()];
}
