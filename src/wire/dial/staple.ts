import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { Doubt } from '../../contract/security.ts';
import { type CertificateFields, certificateFields } from '../../rules/certificate-fields.ts';
import { ocspDoubts } from '../../rules/ocsp.ts';
import { type OcspStatement, type OcspStatements, readOcspResponse } from '../../rules/ocsp-response.ts';

/** Node.js's names of digests by their OID in hex; those of RFC 6960 4.3 and what came after it. */
const DIGESTS: Readonly<Record<string, string>> = {
  '2b0e03021a': 'sha1',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/** What a signature is made with, by its OID in hex; null = the key says it. SHA-1 is good for naming a certificate, not for signing. */
const SIGNATURES: Readonly<Record<string, string | null>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
  '2b6571': null,
};

/** id-kp-OCSPSigning: its issuer lets it sign responses (RFC 6960 4.2.2.2). */
const SIGNS_RESPONSES = '1.3.6.1.5.5.7.3.9';

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** What a server sends along about its certificate, once the handshake is done. */
export interface Staple {
  response: Uint8Array | null;
}

/** Hears it. Node.js tells it in the handshake, and a session that goes on brings none. */
export function stapleOf(secured: TLSSocket): Staple {
  const staple: Staple = { response: null };
  secured.once('OCSPResponse', (response: Buffer | null) => {
    // empty is what a server without a response says
    staple.response = response !== null && response.length > 0 ? response : null;
  });
  return staple;
}

/** What speaks against a chain, by what came along with it. */
export function stapleDoubts({ response: der }: Staple, chain: readonly Uint8Array[], now: number): readonly Doubt[] {
  if (der === null) return ocspDoubts(null, now);
  const response = readOcspResponse(der);
  const statements = response?.statements ?? null;
  if (statements === null) return ocspDoubts({ response, trusted: false, fits: false }, now);
  const issuer = issuerOf(chain);
  const trusted = issuer !== null && isTrusted(statements, issuer, now);
  const fits = issuer !== null && statements.list.every((statement) => isAbout(statement, chain[0]!, issuer));
  return ocspDoubts({ response, trusted, fits }, now);
}

interface Signer {
  readonly certificate: X509Certificate;
  readonly fields: CertificateFields;
}

/** Who has really issued the peer's certificate; itself, if it did. */
function issuerOf(chain: readonly Uint8Array[]): Signer | null {
  const leaf = signerOf(chain[0]!);
  const issuer = signerOf(chain[1] ?? chain[0]!);
  return leaf !== null && issuer !== null && isSignedBy(leaf.certificate, issuer.certificate) ? issuer : null;
}

function signerOf(der: Uint8Array): Signer | null {
  const fields = certificateFields(der);
  if (fields === null) return null;
  try {
    return { certificate: new (crypto().X509Certificate)(der), fields };
  } catch {
    return null;
  }
}

function isTrusted(statements: OcspStatements, issuer: Signer, now: number): boolean {
  if (isGenuine(statements, issuer.certificate)) return true;
  for (const der of statements.certificates) {
    const delegate = signerOf(der)?.certificate;
    if (delegate === undefined || !maySign(delegate, issuer.certificate, now)) continue;
    if (isGenuine(statements, delegate)) return true;
  }
  return false;
}

function maySign(delegate: X509Certificate, issuer: X509Certificate, now: number): boolean {
  const valid = Date.parse(delegate.validFrom) <= now && now <= Date.parse(delegate.validTo);
  return valid && delegate.keyUsage?.includes(SIGNS_RESPONSES) === true && isSignedBy(delegate, issuer);
}

function isGenuine({ algorithm, signed, signature }: OcspStatements, by: X509Certificate): boolean {
  const digest = SIGNATURES[algorithm];
  if (digest === undefined) return false;
  try {
    return crypto().verify(digest, signed, by.publicKey, signature);
  } catch {
    // a key of another kind, or of none
    return false;
  }
}

function isAbout(statement: OcspStatement, leaf: Uint8Array, { fields: issuer }: Signer): boolean {
  const digest = DIGESTS[statement.digest];
  const fields = certificateFields(leaf);
  if (digest === undefined || fields === null) return false;
  const of = (bytes: Uint8Array): Uint8Array => crypto().createHash(digest).update(bytes).digest();
  return (
    statement.serial === fields.serial &&
    isSame(statement.issuerName, of(fields.issuer)) &&
    isSame(statement.issuerKey, of(issuer.keyBits))
  );
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Node.js throws for keys it cannot use. */
export function isSignedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  try {
    return certificate.verify(issuer.publicKey);
  } catch {
    return false;
  }
}
