import type { X509Certificate } from 'node:crypto';
import type { FindingCode } from '../../api/advice/advice.ts';
import { codeOfDoubt } from '../../api/advice/finding-code.ts';
import type { Doubt, SecureInfo } from '../../contract/security.ts';
import { doubtText } from '../../rules/certificate-doubts.ts';
import type { ChainLink } from './diagnosis.ts';

/** The certificates of a handshake in words, the server's own first. */
export function chainOf(info: SecureInfo): ChainLink[] {
  return certificatesOf(info).map((certificate, at) => linkOf(certificate, info.doubts, at));
}

/** For a look at them; what cannot be read is left out. */
export function certificatesOf({ chain }: SecureInfo): X509Certificate[] {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  return chain.flatMap((der) => {
    try {
      return [new X509Certificate(der)];
    } catch {
      return [];
    }
  });
}

function linkOf(certificate: X509Certificate, doubts: readonly Doubt[], at: number): ChainLink {
  return {
    subject: nameOf(certificate.subject),
    issuer: nameOf(certificate.issuer),
    names: namesOf(certificate),
    from: dateOf(certificate.validFrom),
    to: dateOf(certificate.validTo),
    problems: [...new Set(doubts.filter((doubt) => doubt.at === at).map(({ code }) => doubtText(code)))],
  };
}

/** What people call the holder of a distinguished name: common name, else organisation, else all of it. */
export function nameOf(distinguished: string): string {
  const parts = distinguished.split('\n');
  const part = (key: string): string | undefined => parts.find((one) => one.startsWith(`${key}=`))?.slice(key.length + 1);
  return part('CN') ?? part('O') ?? (parts.join(', ') || '(no name)');
}

/** The names that a certificate is for. */
export function namesOf({ subjectAltName, subject }: X509Certificate): string[] {
  const names = [...(subjectAltName ?? '').matchAll(ALTERNATIVE)].flatMap(({ groups }) => {
    const { quoted, plain } = groups!;
    return quoted === undefined ? (plain ?? []) : String(JSON.parse(quoted));
  });
  const common = /^CN=(.*)$/m.exec(subject)?.[1];
  return names.length > 0 || common === undefined ? names : [common];
}

/** Node.js writes `DNS:a.test, IP Address:192.0.2.1`, and puts what could be taken for several into quotes, as in JSON. */
const ALTERNATIVE = /(?:^|, )(?:DNS|IP Address):(?:(?<quoted>"(?:[^"\\]|\\.)*")|(?<plain>[^,"]+))(?=, |$)|"(?:[^"\\]|\\.)*"/g;

/** What is too weak by today's measure; '' = nothing. The signature of one that has signed itself does not count. */
export function weaknessOf({ publicKey, subject, issuer, raw }: X509Certificate): string {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? Number.POSITIVE_INFINITY;
  if (bits < SAFE_BITS) return `the key of ${nameOf(subject)} is RSA of ${bits} bits`;
  const digest = subject === issuer ? undefined : WEAK_DIGESTS.find(([identifier]) => raw.includes(identifier))?.[1];
  return digest === undefined ? '' : `${nameOf(subject)} is signed by ${digest}`;
}

/** What speaks against a chain, as a finding. Where OpenSSL does not name its reason, the certificates tell it. */
export function meaningOf(doubt: Doubt, info: SecureInfo): FindingCode {
  if (doubt.code !== 'UNSPECIFIED') return codeOfDoubt(doubt);
  const certificates = certificatesOf(info);
  if (certificates.some((certificate) => weaknessOf(certificate) !== '')) return 'tls-weak';
  return certificates.some(({ raw }) => raw.includes(NAME_CONSTRAINTS)) ? 'tls-bad-authority' : 'tls-distrusted';
}

/** Object identifiers in DER (RFC 5280 4.2.1.10; RFC 8017 A.2.4; RFC 5758 3.2). */
const NAME_CONSTRAINTS = Buffer.from('0603551d1e', 'hex');
const WEAK_DIGESTS: readonly (readonly [identifier: Buffer, digest: string])[] = [
  [Buffer.from('06092a864886f70d010104', 'hex'), 'MD5'],
  [Buffer.from('06092a864886f70d010105', 'hex'), 'SHA-1'],
  [Buffer.from('06072a8648ce3d0401', 'hex'), 'SHA-1'],
];

const SAFE_BITS = 2048;

/** A day, as in ISO 8601. */
export function dateOf(text: string): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Date(at).toISOString().replace(/T.*/, '');
}

/** The digest of a certificate's key, as `pinnedPublicKeys` wants it. */
export function pinOf(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${process.getBuiltinModule('node:crypto').createHash('sha256').update(key).digest('base64')}`;
}
