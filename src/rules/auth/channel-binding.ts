import { derAt, derInside } from '../../base/der.ts';
import { hex } from '../certificate-fields.ts';

const RSA_PSS = '2a864886f70d01010a';
const HASH_OF_PSS = 0xa0;

/**
 * Which digest goes with the algorithm a certificate was signed with, by its OID in hex. MD5 and SHA-1 become SHA-256 (RFC 5929 4.1).
 * Those that are not here, as Ed25519, sign without a digest of their own, so nothing is defined for them.
 */
const DIGESTS: Readonly<Record<string, string>> = {
  // RSA with MD5, SHA-1, SHA-224, SHA-256, SHA-384, SHA-512
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010e': 'sha224',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  // ECDSA with SHA-1, SHA-224, SHA-256, SHA-384, SHA-512
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040301': 'sha224',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  // DSA with SHA-1, SHA-224, SHA-256
  '2a8648ce380403': 'sha256',
  '608648016503040301': 'sha224',
  '608648016503040302': 'sha256',
  // what RSA-PSS names: SHA-1, SHA-224, SHA-256, SHA-384, SHA-512
  '2b0e03021a': 'sha256',
  '608648016503040204': 'sha224',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
};

/**
 * What ties an authentication to the TLS connection it happens on: `tls-server-end-point` (RFC 5929 4) of the certificate that the server
 * has shown, in DER. null when nothing is defined for a certificate of its kind, or it is none.
 */
export function serverEndPoint(certificate: Uint8Array): Buffer | null {
  const digest = DIGESTS[digestOid(certificate)];
  if (digest === undefined) return null;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return Buffer.concat([Buffer.from('tls-server-end-point:'), createHash(digest).update(certificate).digest()]);
}

/** The OID of what the certificate was signed with, or of the digest if that is named apart; '' when it cannot be read. */
function digestOid(der: Uint8Array): string {
  const whole = derAt(der, 0, der.length);
  const algorithm = whole === null ? undefined : derInside(der, whole)[1];
  const [oid, parameters] = algorithm === undefined ? [] : derInside(der, algorithm);
  if (oid === undefined) return '';
  const name = hex(der, oid);
  if (name !== RSA_PSS) return name;
  const explicit = parameters === undefined ? undefined : derInside(der, parameters).find(({ tag }) => tag === HASH_OF_PSS);
  // SHA-1 is its default (RFC 4055 3.1)
  if (explicit === undefined) return '2b0e03021a';
  const inner = derInside(der, explicit)[0];
  const named = inner === undefined ? undefined : derInside(der, inner)[0];
  return named === undefined ? '' : hex(der, named);
}

/** The digest of a channel binding as NTLM wants it (MS-NLMP 2.2.2.1): MD5 of a gss_channel_bindings_struct without addresses. */
export function bindingDigest(binding: Uint8Array): Buffer {
  const head = Buffer.alloc(20);
  head.writeUInt32LE(binding.length, 16);
  return process.getBuiltinModule('node:crypto').createHash('md5').update(head).update(binding).digest();
}
