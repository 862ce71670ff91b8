import type { X509Certificate } from 'node:crypto';
import { type Ber, readBer } from '../../base/ber.ts';
import { extensionsIn } from '../../rules/extension-fields.ts';
import { extensionLines } from './certificate-extensions.ts';
import { slashName } from './general-names.ts';
import { longName } from './object-names.ts';
import { printedDate } from './printed-date.ts';
import type { QSslKey } from './qsslkey.ts';

const VERSION = 0xa0;

/** A certificate as OpenSSL prints it for people to read. */
export function certificateText(x509: X509Certificate, publicKey: QSslKey): string {
  const [body, outer, signature] = readBer(x509.raw)?.inside ?? [];
  if (body === undefined || outer === undefined || signature === undefined) return '';
  const fields = body.inside;
  const version = fields[0]?.tag === VERSION ? Number(fields.shift()?.first?.integer) : 0;
  const [serial, inner, issuer, , subject, key] = fields;
  if (serial === undefined || inner === undefined || issuer === undefined || subject === undefined || key === undefined)
    return '';
  const extensions = extensionsIn(body).flatMap((field) => [
    `            ${longName(field.oid)}: ${field.critical ? 'critical' : ''}`,
    indented(16, extensionLines(field)),
  ]);
  return [
    'Certificate:',
    '    Data:',
    `        Version: ${version + 1} (0x${version.toString(16)})`,
    serialLines(serial),
    algorithmLines(inner, 8, 'Signature Algorithm: '),
    `        Issuer: ${personName(issuer)}`,
    '        Validity',
    `            Not Before: ${printedDate(new Date(x509.validFrom))}`,
    `            Not After : ${printedDate(new Date(x509.validTo))}`,
    `        Subject: ${personName(subject)}`,
    '        Subject Public Key Info:',
    indented(12, keyLines(key, publicKey)),
    ...(extensions.length === 0 ? [] : ['        X509v3 extensions:', ...extensions]),
    algorithmLines(outer, 4, 'Signature Algorithm: ', '    Signature Value:'),
    indented(8, hexLines(signature.bits, 18)),
    '',
  ].join('\n');
}

function indented(by: number, lines: readonly string[]): string {
  return lines.map((line) => ' '.repeat(by) + line).join('\n');
}

/** `C=DE, O=x/emailAddress=y`: commas stand before short attributes only. */
function personName(name: Ber): string {
  return slashName(name)
    .replace(/\/(?=[A-Z]{1,2}=)/g, ', ')
    .replace(/^(?:, |\/)/, '');
}

function hexLines(bytes: Buffer, octets: number): string[] {
  const text = bytes.toString('hex').replace(/..(?=.)/g, '$&:');
  return text.match(new RegExp(`.{1,${octets * 3}}`, 'g')) ?? [];
}

function serialLines({ content, integer }: Ber): string {
  const negative = integer < 0n;
  const size = negative ? -integer : integer;
  const sign = negative ? '-' : '';
  if (content.length <= 8) return `        Serial Number: ${integer} (${sign}0x${size.toString(16)})`;
  const digits = size.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  return `        Serial Number:\n            ${negative ? ' (Negative)' : ''}${hexLines(bytes, bytes.length)}`;
}

const PSS = '1.2.840.113549.1.1.10';

/** An AlgorithmIdentifier; that of RSASSA-PSS has parameters (RFC 4055 3.1), and what comes `behind` the name stands before them. */
function algorithmLines(algorithm: Ber, by: number, before: string, behind?: string): string {
  const [name, parameters] = algorithm.inside;
  const oid = name?.oid ?? '';
  const pad = ' '.repeat(by);
  if (oid !== PSS) return `${pad}${before}${longName(oid)}${behind === undefined ? '' : `\n${behind}`}`;
  const part = (n: number): Ber | undefined => parameters?.inside.find(({ tag }) => tag === 0xa0 + n)?.first;
  const digest = (found: Ber | undefined): string => (found?.first === undefined ? 'sha1 (default)' : longName(found.first.oid));
  const hex = (found: Ber | undefined, usual: number): string =>
    found === undefined ? `0x${usual.toString(16).padStart(2, '0')} (default)` : `0x${colonless(found.content)}`;
  return [
    `${pad}${before}${longName(oid)}${behind === undefined ? '        ' : `\n${behind}        `}`,
    `        Hash Algorithm: ${digest(part(0))}`,
    `        Mask Algorithm: mgf1 with ${digest(part(1)?.inside[1])}`,
    `         Salt Length: ${hex(part(2), 20)}`,
    `        Trailer Field: ${hex(part(3), 1)}`,
  ].join('\n');
}

const colonless = (bytes: Buffer): string => bytes.toString('hex').toUpperCase();

/** Names of the curves of NIST beside those of SECG and ANSI. */
const NIST: Readonly<Record<string, string>> = {
  prime192v1: 'P-192',
  secp224r1: 'P-224',
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
};

function keyLines(info: Ber, key: QSslKey): string[] {
  const [algorithm, value] = info.inside;
  const name = longName(algorithm?.first?.oid ?? '');
  const details = value === undefined ? [] : keyDetails(name, value.bits, key);
  return [`Public Key Algorithm: ${name}`, ...details.map((line) => `    ${line}`)];
}

function keyDetails(name: string, bits: Buffer, key: QSslKey): string[] {
  const block = (bytes: Buffer): string[] => hexLines(bytes, 15).map((line) => `    ${line}`);
  const details = key.handle()?.asymmetricKeyDetails;
  if (details === undefined) return ['Unable to load Public Key'];
  if (details.namedCurve !== undefined) {
    const nist = NIST[details.namedCurve];
    const curve = [`ASN1 OID: ${details.namedCurve}`, ...(nist === undefined ? [] : [`NIST CURVE: ${nist}`])];
    return [`Public-Key: (${key.length()} bit)`, 'pub:', ...block(bits), ...curve];
  }
  const [modulus, exponent] = details.publicExponent === undefined ? [] : (readBer(bits)?.inside ?? []);
  if (modulus !== undefined && exponent !== undefined) {
    const number = exponent.integer;
    return [
      `Public-Key: (${key.length()} bit)`,
      'Modulus:',
      ...block(modulus.content),
      `Exponent: ${number} (0x${number.toString(16)})`,
    ];
  }
  return [`${name} Public-Key:`, 'pub:', ...block(bits)];
}
