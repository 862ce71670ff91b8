import type { Doubt, EphemeralKey, SecureInfo } from '../../contract/security.ts';
import { BLACKLISTED, CHAIN_TOO_LONG, NO_CERTIFICATE, WRONG_NAME } from '../../rules/certificate-doubts.ts';
import { PIN_MISMATCH } from '../../rules/pins.ts';
import { protocolFromName, QSsl } from '../security/qssl.ts';
import { QSslCertificate } from '../security/qsslcertificate.ts';
import { cipherNamed } from '../security/qsslcipher.ts';
import { QSslError, type SslError } from '../security/qsslerror.ts';
import { keyDescribed, QSslKey } from '../security/qsslkey.ts';
import type { SessionState } from '../security/security-state.ts';

/** Qt's number for OpenSSL's word. What is not here is UnspecifiedError: an error like all others, and never none. */
const ERRORS: Readonly<Record<string, keyof typeof SslError & string>> = {
  [WRONG_NAME]: 'HostNameMismatch',
  [NO_CERTIFICATE]: 'NoPeerCertificate',
  [CHAIN_TOO_LONG]: 'UnspecifiedError',
  [BLACKLISTED]: 'CertificateBlacklisted',
  UNABLE_TO_GET_ISSUER_CERT: 'UnableToGetIssuerCertificate',
  UNABLE_TO_DECRYPT_CERT_SIGNATURE: 'UnableToDecryptCertificateSignature',
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY: 'UnableToDecodeIssuerPublicKey',
  CERT_SIGNATURE_FAILURE: 'CertificateSignatureFailed',
  CERT_NOT_YET_VALID: 'CertificateNotYetValid',
  CERT_HAS_EXPIRED: 'CertificateExpired',
  ERROR_IN_CERT_NOT_BEFORE_FIELD: 'InvalidNotBeforeField',
  ERROR_IN_CERT_NOT_AFTER_FIELD: 'InvalidNotAfterField',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'SelfSignedCertificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'SelfSignedCertificateInChain',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'UnableToGetLocalIssuerCertificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'UnableToVerifyFirstCertificate',
  CERT_REVOKED: 'CertificateRevoked',
  INVALID_CA: 'InvalidCaCertificate',
  PATH_LENGTH_EXCEEDED: 'PathLengthExceeded',
  INVALID_PURPOSE: 'InvalidPurpose',
  CERT_UNTRUSTED: 'CertificateUntrusted',
  CERT_REJECTED: 'CertificateRejected',
  SUBJECT_ISSUER_MISMATCH: 'SubjectIssuerMismatch',
  AKID_ISSUER_SERIAL_MISMATCH: 'AuthorityIssuerSerialNumberMismatch',
  [PIN_MISMATCH]: 'CertificateUntrusted',
  OCSP_NO_RESPONSE: 'OcspNoResponseFound',
  OCSP_MALFORMED_RESPONSE: 'OcspMalformedResponse',
  OCSP_MALFORMED_REQUEST: 'OcspMalformedRequest',
  OCSP_INTERNAL_ERROR: 'OcspInternalError',
  OCSP_TRY_LATER: 'OcspTryLater',
  OCSP_SIGNATURE_REQUIRED: 'OcspSigRequred',
  OCSP_UNAUTHORIZED: 'OcspUnauthorized',
  OCSP_UNTRUSTED: 'OcspResponseCannotBeTrusted',
  OCSP_OTHER_CERTIFICATE: 'OcspResponseCertIdUnknown',
  OCSP_EXPIRED: 'OcspResponseExpired',
  OCSP_UNKNOWN: 'OcspStatusUnknown',
};

/** What speaks against a connection, in Qt's words. */
export function sslErrorsOf({ doubts, chain }: Pick<SecureInfo, 'doubts' | 'chain'>): QSslError[] {
  return doubts.map(({ code, at }: Doubt) => {
    const der = chain[at];
    const certificate = der === undefined ? undefined : new QSslCertificate(der, QSsl.Der);
    const name = Object.hasOwn(ERRORS, code) ? ERRORS[code] : undefined;
    return new QSslError(QSslError.SslError[name ?? 'UnspecifiedError'], certificate);
  });
}

/** What a connection has agreed on, in Qt's words. */
export function sessionOf({ chain, cipher, protocol, alpn, session, ephemeral }: SecureInfo): SessionState {
  return {
    chain: chain.map((der) => new QSslCertificate(der, QSsl.Der)),
    cipher: cipherNamed(cipher),
    protocol: protocolFromName(protocol),
    alpn,
    ticket: Buffer.from(session?.ticket ?? []),
    lifetime: session?.lifetime ?? -1,
    ephemeral: ephemeral === null ? new QSslKey() : keyDescribed(kindOf(ephemeral), ephemeral.bits),
  };
}

/** Qt has no name for the curves that are for nothing but agreeing on keys. */
function kindOf({ kind, curve }: EphemeralKey): QSsl.KeyAlgorithm {
  return kind === 'DH' ? QSsl.Dh : /^X\d+$/.test(curve) ? QSsl.Opaque : QSsl.Ec;
}
