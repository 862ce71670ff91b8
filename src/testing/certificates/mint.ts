import type { KeyObject } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import * as der from './der.ts';

/** What kind of certificate is wanted. Whatever is not said is as with a good server of today. */
export interface Wanted {
  /** Common name of the subject; null = the subject has no name at all. */
  readonly name: string | null;
  /** The issuer; absent = it signs itself. */
  readonly by?: Minted;
  /** Names it is for: `DNS:x`, `IP:127.0.0.1`, `IP:::1`; null = no such extension. By default those of this machine. */
  readonly for?: readonly string[] | null;
  /** Dates; by default from a year ago to a year from now. */
  readonly from?: Date;
  readonly to?: Date;
  /** `ec` (P-256) or the bits of an RSA key. */
  readonly key?: 'ec' | number;
  /** It has the key of another one in the place of a new one. */
  readonly keyOf?: Minted;
  /** Digest of the issuer's signature. */
  readonly digest?: 'sha256' | 'sha1' | 'md5';
  /** An authority. A number is how many may come below it. */
  readonly authority?: boolean | number;
  /** What an authority may do with its key; by default sign certificates. */
  readonly usage?: 'sign certificates' | 'sign data';
  /** Extended key usage of a server's certificate. */
  readonly purpose?: 'server' | 'client' | 'OCSP';
  /** The names that may be below an authority, as in `DNS:.example`. */
  readonly permitted?: readonly string[];
  /** One more extension, in DER. */
  readonly extension?: Buffer;
  /** The signature is damaged. */
  readonly forged?: boolean;
}

export interface Minted {
  readonly pem: string;
  readonly raw: Buffer;
  readonly key: KeyObject;
  readonly keyPem: string;
  /** Distinguished name of its subject, in DER. */
  readonly subject: Buffer;
}

export const HERE: readonly string[] = ['IP:127.0.0.1', 'DNS:localhost', 'DNS:site.test'];

/** Milliseconds. */
const YEAR = 365 * 86_400_000;

const OID = {
  commonName: '2.5.4.3',
  alternativeNames: '2.5.29.17',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
} as const;

const PURPOSES = { server: '1.3.6.1.5.5.7.3.1', client: '1.3.6.1.5.5.7.3.2', OCSP: '1.3.6.1.5.5.7.3.9' } as const;

const SIGNATURES: Readonly<Record<string, string>> = {
  'ec sha256': '1.2.840.10045.4.3.2',
  'ec sha1': '1.2.840.10045.4.1',
  'rsa sha256': '1.2.840.113549.1.1.11',
  'rsa sha1': '1.2.840.113549.1.1.5',
  'rsa md5': '1.2.840.113549.1.1.4',
};

let count = 0x1000;

/** Makes a certificate and its key (RFC 5280 4). */
export function mint(wanted: Wanted): Minted {
  const { createPublicKey } = process.getBuiltinModule('node:crypto');
  const now = systemClock.wall();
  const privateKey = wanted.keyOf?.key ?? newKey(wanted.key ?? 'ec');
  const subject = distinguished(wanted.name);
  const issuer = wanted.by ?? { key: privateKey, subject };
  const info = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const { algorithm, seal } = sealer(issuer.key, wanted.digest ?? 'sha256');
  const body = der.sequence(
    der.tagged(0xa0, der.number(2)),
    der.number(++count),
    algorithm,
    issuer.subject,
    der.sequence(der.time(wanted.from ?? new Date(now - YEAR)), der.time(wanted.to ?? new Date(now + YEAR))),
    subject,
    info,
    der.tagged(0xa3, der.sequence(...extensions(wanted))),
  );
  const seals = seal(body);
  if (wanted.forged === true) seals[seals.length - 1]! ^= 1;
  const raw = der.sequence(body, algorithm, der.bits(seals));
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { pem: der.pem('CERTIFICATE', raw), raw, key: privateKey, keyPem, subject };
}

/** How this key signs: the algorithm in DER, and the signature of some bytes. */
function sealer(key: KeyObject, digest: string): { algorithm: Buffer; seal: (bytes: Buffer) => Buffer } {
  const { sign } = process.getBuiltinModule('node:crypto');
  const kind = key.asymmetricKeyType!;
  const name = der.oid(SIGNATURES[`${kind} ${digest}`]!);
  const algorithm = kind === 'rsa' ? der.sequence(name, der.NULL) : der.sequence(name);
  return { algorithm, seal: (bytes) => sign(digest, bytes, key) };
}

function newKey(kind: 'ec' | number): KeyObject {
  const { generateKeyPairSync } = process.getBuiltinModule('node:crypto');
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  return generateKeyPairSync('rsa', { modulusLength: kind }).privateKey;
}

function distinguished(name: string | null): Buffer {
  if (name === null) return der.sequence();
  return der.sequence(der.set(der.sequence(der.oid(OID.commonName), der.utf8(name))));
}

function extensions(wanted: Wanted): Buffer[] {
  const { authority = false, purpose = 'server', permitted, extension } = wanted;
  const all: Buffer[] = [];
  if (authority === false) {
    all.push(der.extension(OID.basicConstraints, true, der.sequence()));
    all.push(der.extension(OID.extendedKeyUsage, false, der.sequence(der.oid(PURPOSES[purpose]))));
    const names = wanted.for === undefined ? HERE : wanted.for;
    // without a subject the names are all there is (RFC 5280 4.2.1.6)
    if (names !== null) all.push(der.extension(OID.alternativeNames, wanted.name === null, der.sequence(...names.map(general))));
  } else {
    const below = authority === true ? [] : [der.number(authority)];
    all.push(der.extension(OID.basicConstraints, true, der.sequence(der.TRUE, ...below)));
    // bit 0 is digitalSignature, bit 5 keyCertSign
    const usage = wanted.usage === 'sign data' ? [7, 0x80] : [2, 0x04];
    all.push(der.extension(OID.keyUsage, true, der.tagged(0x03, Buffer.from(usage))));
  }
  if (permitted !== undefined) {
    const trees = permitted.map((name) => der.sequence(general(name)));
    all.push(der.extension(OID.nameConstraints, true, der.sequence(der.tagged(0xa0, ...trees))));
  }
  if (extension !== undefined) all.push(extension);
  return all;
}

function general(name: string): Buffer {
  const [, kind, value] = /^(DNS|IP):(.*)$/s.exec(name)!;
  return kind === 'IP' ? der.tagged(0x87, addressOctets(value!)) : der.tagged(0x82, Buffer.from(value!, 'latin1'));
}

/** An address as its octets. Of IPv6 `::` may stand for groups of zeros; an IPv4 address inside one is not read. */
function addressOctets(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex');
}
