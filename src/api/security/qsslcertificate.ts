import type { X509Certificate } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { certificateParts } from '../../base/der.ts';
import { readBareHost } from '../../base/url-host.ts';
import { isBlacklisted } from '../../rules/certificate-blacklist.ts';
import { certificateBody, extensionsIn } from '../../rules/extension-fields.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { fileBytes, filesFitting } from './certificate-files.ts';
import { alternativeNames, displayName, type NameObject, namesOf } from './certificate-names.ts';
import { certificateText } from './certificate-text.ts';
import { openPkcs12 } from './pkcs12/pkcs12.ts';
import { QSsl } from './qssl.ts';
import { extensionFrom, type QSslCertificateExtension } from './qsslcertificateextension.ts';
import type { QSslError } from './qsslerror.ts';
import { fillKey, QSslKey } from './qsslkey.ts';

/** Usual attributes of a name. */
const SubjectInfo = makeEnum({
  Organization: 0,
  CommonName: 1,
  LocalityName: 2,
  OrganizationalUnitName: 3,
  CountryName: 4,
  StateOrProvinceName: 5,
  DistinguishedNameQualifier: 6,
  SerialNumber: 7,
  EmailAddress: 8,
});

/** How the path given to fromPath() is to be read. */
const PatternSyntax = makeEnum({
  RegularExpression: 0,
  Wildcard: 1,
  FixedString: 2,
});

/** Attributes by SubjectInfo. */
const ATTRIBUTES = ['O', 'CN', 'L', 'OU', 'C', 'ST', 'dnQualifier', 'serialNumber', 'emailAddress'];
const SYNTAXES = ['expression', 'wildcard', 'fixed'] as const;
/** Node.js's names of digests by QCryptographicHash.Algorithm. */
const DIGESTS: Readonly<Record<number, string>> = {
  1: 'md5',
  2: 'sha1',
  3: 'sha224',
  4: 'sha256',
  5: 'sha384',
  6: 'sha512',
  11: 'sha3-224',
  12: 'sha3-256',
  13: 'sha3-384',
  14: 'sha3-512',
};

const { EmailEntry, DnsEntry, IpAddressEntry } = QSsl.AlternativeNameEntryType;
const ENTRIES: Readonly<Record<string, QSsl.AlternativeNameEntryType>> = {
  email: EmailEntry,
  DNS: DnsEntry,
  'IP Address': IpAddressEntry,
};

const NOTHING = Buffer.alloc(0);
const NO_NAME: NameObject = {};

type Verifier = (chain: readonly QSslCertificate[], hostName: string) => QSslError[];
let verifier: Verifier | null = null;

/** Says who verifies chains: errors are about certificates, so they cannot be known here. */
export function verifyWith(chosen: Verifier): void {
  verifier = chosen;
}

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/**
 * An X.509 certificate (Qt: QSslCertificate, 4.3). A value: it never changes but by clear().
 *
 *     const [ca] = QSslCertificate.fromFile('company-ca.pem');
 *     console.log(ca.subjectDisplayName(), ca.expiryDate().toISOString());
 *
 * Whether somebody trusts it is another matter: see {@link QSslConfiguration.setCaCertificates} and {@link QNetworkReply.sslErrors}.
 */
export class QSslCertificate extends withEnums({ SubjectInfo, PatternSyntax }) {
  #x509: X509Certificate | null = null;
  #names: { readonly subject: NameObject; readonly issuer: NameObject } | null = null;

  /** The first certificate in bytes or in an open device; null when there is none. A copy of a certificate; without arguments null. */
  constructor(data?: BytesLike | QIODevice | QSslCertificate | null, format: QSsl.EncodingFormat = QSsl.Pem) {
    super();
    if (data === undefined || data === null) return;
    if (data instanceof QSslCertificate) this.#x509 = data.#x509;
    else this.#x509 = read(data instanceof QIODevice ? data.readAll() : toBytes(data), format, 1)[0] ?? null;
  }

  /** Certificates in bytes, one after the other; what cannot be read is passed over. PEM unless `format` says otherwise. */
  static fromData(data: BytesLike, format: QSsl.EncodingFormat = QSsl.Pem): QSslCertificate[] {
    return read(toBytes(data), format, Number.POSITIVE_INFINITY).map(wrap);
  }

  /** Certificates in what is left in an open device. */
  static fromDevice(device: QIODevice | null, format: QSsl.EncodingFormat = QSsl.Pem): QSslCertificate[] {
    return device === null ? [] : QSslCertificate.fromData(device.readAll(), format);
  }

  /** Certificates in a file; empty when it cannot be read. Qt 6.10. */
  static fromFile(filePath: string, format: QSsl.EncodingFormat = QSsl.Pem): QSslCertificate[] {
    const bytes = fileBytes(filePath);
    return bytes === null ? [] : QSslCertificate.fromData(bytes, format);
  }

  /**
   * Certificates in the files that fit `path`: the file itself, or with Wildcard or RegularExpression all files whose whole path
   * fits. `*` does not stand for a slash.
   */
  static fromPath(
    path: string,
    format: QSsl.EncodingFormat = QSsl.Pem,
    syntax: QSslCertificate.PatternSyntax = PatternSyntax.FixedString,
  ): QSslCertificate[] {
    const kind = SYNTAXES[syntax];
    if (kind === undefined)
      throw new TypeError(`QSslCertificate.fromPath expects QSslCertificate.PatternSyntax; got ${String(syntax)}.`);
    return filesFitting(path, kind).flatMap((file) => QSslCertificate.fromFile(file, format));
  }

  /**
   * All that speaks against the first certificate of a chain; empty when there is nothing. The others are there to find the way to one
   * of the default configuration's {@link QSslConfiguration.caCertificates}; their order does not matter. Looked at are signatures, dates,
   * what authorities may do and which names they may speak for, and with `hostName` whether the certificate is for that host; not what it
   * is to be used for, nor revocation. Qt 5.0.
   *
   *     const errors = QSslCertificate.verify(QSslCertificate.fromFile('chain.pem'), 'example.org');
   */
  static verify(certificateChain: Iterable<QSslCertificate>, hostName = ''): QSslError[] {
    const chain = [...certificateChain];
    if (!chain.every((one) => one instanceof QSslCertificate))
      throw new TypeError('QSslCertificate.verify expects certificates; one of them is none.');
    return verifier!(chain, hostName);
  }

  /**
   * Takes a private key, its certificate and the other certificates out of an open device with PKCS #12 (.p12, .pfx). They are put into
   * `key`, `certificate` and the array `caCertificates`, whichever are not null. False, and nothing is changed, when it cannot be read,
   * when the pass phrase is not the right one, or when there is no key in it. Qt 5.4.
   *
   *     const [key, certificate] = [new QSslKey(), new QSslCertificate()];
   *     if (!QSslCertificate.importPkcs12(file, key, certificate, [], 'pass phrase')) throw new Error('not the right pass phrase?');
   *
   * Read are files with PBES2 (AES or Triple DES) and those of older programs (Triple DES or RC2), if they have a checksum. A cipher or
   * digest that is not there (RC4) is told by a warning of Node.js.
   */
  static importPkcs12(
    device: QIODevice | null,
    key: QSslKey | null,
    certificate: QSslCertificate | null,
    caCertificates: QSslCertificate[] | null = null,
    passPhrase: BytesLike = '',
  ): boolean {
    const found = device === null ? null : openPkcs12(asBuffer(device.readAll()), asBuffer(toBytes(passPhrase)));
    if (found === null) return false;
    const own = found.certificates.find((x509) => x509.checkPrivateKey(found.key)) ?? null;
    if (key !== null) fillKey(key, found.key);
    if (certificate !== null) {
      certificate.clear();
      certificate.#x509 = own;
    }
    caCertificates?.splice(0, caCertificates.length, ...found.certificates.filter((x509) => x509 !== own).map(wrap));
    return true;
  }

  /** True when there is no certificate. */
  isNull(): boolean {
    return this.#x509 === null;
  }

  /** True when there is a certificate and now is between its dates. Says nothing about trust. Qt 4. */
  isValid(): boolean {
    const now = systemClock.wall();
    return this.#x509 !== null && this.effectiveDate().getTime() <= now && now <= this.expiryDate().getTime();
  }

  /** True for the few that are known to have been issued by mistake or by intruders; `sslErrors` tells of them, too. Qt 5.0. */
  isBlacklisted(): boolean {
    const serial = this.serialNumber().toString().replaceAll(':', '');
    return isBlacklisted(serial, () => [...this.subjectInfo('CN'), ...this.issuerInfo('CN')]);
  }

  /** Makes it a null certificate. */
  clear(): void {
    this.#x509 = null;
    this.#names = null;
  }

  /** Version of X.509, usually '3'. */
  version(): Buffer {
    return this.#x509 === null ? NOTHING : Buffer.from(String(certificateParts(this.#x509.raw).version));
  }

  /** The serial number in hexadecimal, two digits an octet: 'a1:02'. */
  serialNumber(): Buffer {
    const digits = this.#x509?.serialNumber.toLowerCase() ?? '';
    const even = digits.length % 2 === 0 ? digits : `0${digits}`;
    return Buffer.from(even.match(/../g)?.join(':') ?? '');
  }

  /**
   * Digest of the certificate. `algorithm` is a number of QCryptographicHash.Algorithm, or a name of Node.js such as 'sha256'. Default:
   * MD5, as in Qt; use 'sha256' to tell certificates apart.
   */
  digest(algorithm: number | string = 1): Buffer {
    if (this.#x509 === null) return NOTHING;
    const name = typeof algorithm === 'string' ? algorithm : DIGESTS[algorithm];
    if (name === undefined || !crypto().getHashes().includes(name.toLowerCase()))
      throw new RangeError(`QSslCertificate.digest: there is no algorithm ${String(algorithm)}; 'sha256' is one.`);
    return crypto().createHash(name).update(this.#x509.raw).digest();
  }

  /** Values of an attribute of the issuer's name: one of SubjectInfo, or a short name such as 'CN'. */
  issuerInfo(info: QSslCertificate.SubjectInfo | BytesLike): string[] {
    return namesOf(this.#bothNames().issuer, attributeName(info, 'issuerInfo'));
  }

  /** Values of an attribute of the holder's name: one of SubjectInfo, or a short name such as 'CN'. */
  subjectInfo(info: QSslCertificate.SubjectInfo | BytesLike): string[] {
    return namesOf(this.#bothNames().subject, attributeName(info, 'subjectInfo'));
  }

  /** Short names of the attributes that the issuer's name has. Qt 5.0. */
  issuerInfoAttributes(): Buffer[] {
    return Object.keys(this.#bothNames().issuer).map((name) => Buffer.from(name));
  }

  /** Short names of the attributes that the holder's name has. Qt 5.0. */
  subjectInfoAttributes(): Buffer[] {
    return Object.keys(this.#bothNames().subject).map((name) => Buffer.from(name));
  }

  /** The issuer as people call it: its common name, else its organisation, else the unit. Qt 5.12. */
  issuerDisplayName(): string {
    return displayName(this.#bothNames().issuer);
  }

  /** The holder as people call it: the common name, else the organisation, else the unit. Qt 5.12. */
  subjectDisplayName(): string {
    return displayName(this.#bothNames().subject);
  }

  /** Names that the certificate is for, by their kind. Kinds that do not occur are not in the map. Qt 5.0. */
  subjectAlternativeNames(): Map<QSsl.AlternativeNameEntryType, string[]> {
    const all = new Map<QSsl.AlternativeNameEntryType, string[]>();
    for (const [kind, value] of alternativeNames(this.#x509?.subjectAltName ?? '')) {
      const entry = ENTRIES[kind];
      if (entry === undefined) continue;
      const shown = entry === IpAddressEntry ? readBareHost(value).host.replace(/^\[|\]$/g, '') : value;
      all.set(entry, [...(all.get(entry) ?? []), shown]);
    }
    return all;
  }

  /** Names of hosts and mail addresses that the certificate is for. Qt 4. */
  alternateSubjectNames(): Map<QSsl.AlternateNameEntryType, string[]> {
    const all = this.subjectAlternativeNames();
    all.delete(IpAddressEntry);
    return all as Map<QSsl.AlternateNameEntryType, string[]>;
  }

  /** When it begins to be valid; an invalid Date for a null certificate. */
  effectiveDate(): Date {
    return new Date(this.#x509?.validFrom ?? Number.NaN);
  }

  /** Until when it is valid; an invalid Date for a null certificate. */
  expiryDate(): Date {
    return new Date(this.#x509?.validTo ?? Number.NaN);
  }

  /** The holder's key; null when there is none that Node.js can read. */
  publicKey(): QSslKey {
    try {
      return this.#x509 === null ? new QSslKey() : new QSslKey(this.#x509.publicKey);
    } catch {
      return new QSslKey();
    }
  }

  /** True when the certificate was issued by its holder. Qt 5.4. */
  isSelfSigned(): boolean {
    return this.#x509?.checkIssued(this.#x509) === true;
  }

  /** Its extensions, in their order. Qt 5.0. */
  extensions(): QSslCertificateExtension[] {
    return this.#x509 === null ? [] : extensionsIn(certificateBody(this.#x509.raw)).map(extensionFrom);
  }

  /** All that is in it for people to read, as OpenSSL prints it. Not for programs: it changes with versions. '' when null. Qt 5.0. */
  toText(): string {
    return this.#x509 === null ? '' : certificateText(this.#x509, this.publicKey());
  }

  /** Empty for a null certificate. */
  toPem(): Buffer {
    return this.#x509 === null ? NOTHING : Buffer.from(this.#x509.toString());
  }

  /** Empty for a null certificate. */
  toDer(): Buffer {
    return this.#x509 === null ? NOTHING : Buffer.from(this.#x509.raw);
  }

  /** The certificate of Node.js, null when there is none. */
  handle(): X509Certificate | null {
    return this.#x509;
  }

  /** True when both are the same certificate, octet by octet, or both are null. */
  equals(other: QSslCertificate): boolean {
    const a = this.#x509;
    const b = other.#x509;
    if (a === null || b === null || a === b) return a === b;
    return a.raw.equals(b.raw);
  }

  #bothNames(): { readonly subject: NameObject; readonly issuer: NameObject } {
    if (this.#x509 === null) return { subject: NO_NAME, issuer: NO_NAME };
    this.#names ??= this.#x509.toLegacyObject() as unknown as { subject: NameObject; issuer: NameObject };
    return this.#names;
  }
}

/** Types of the class's enums. */
export declare namespace QSslCertificate {
  type SubjectInfo = EnumValue<typeof SubjectInfo>;
  type PatternSyntax = EnumValue<typeof PatternSyntax>;
}

function wrap(x509: X509Certificate): QSslCertificate {
  return new QSslCertificate(x509.raw, QSsl.Der);
}

function attributeName(info: QSslCertificate.SubjectInfo | BytesLike, method: string): string {
  if (typeof info !== 'number') return asBuffer(toBytes(info)).toString();
  const name = ATTRIBUTES[info];
  if (name === undefined)
    throw new TypeError(`QSslCertificate.${method} expects QSslCertificate.SubjectInfo or a short name; got ${info}.`);
  return name;
}

function read(data: Uint8Array, format: QSsl.EncodingFormat, most: number): X509Certificate[] {
  const bytes = asBuffer(data);
  const found: X509Certificate[] = [];
  if (format === QSsl.Pem) {
    for (const [block] of bytes.toString('latin1').matchAll(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g)) {
      const x509 = parsed(block);
      if (x509 !== null) found.push(x509);
      if (found.length >= most) break;
    }
    return found;
  }
  for (let at = 0; at < bytes.length && found.length < most; ) {
    const x509 = parsed(bytes.subarray(at));
    if (x509 === null) break;
    found.push(x509);
    at += x509.raw.length;
  }
  return found;
}

/** Node.js throws for what is no certificate. */
function parsed(encoded: string | Buffer): X509Certificate | null {
  try {
    return new (crypto().X509Certificate)(encoded);
  } catch {
    return null;
  }
}
