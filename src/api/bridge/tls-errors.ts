import type { Doubt, SecureInfo } from '../../contract/security.ts';
import { CHAIN_TOO_LONG, NO_CERTIFICATE, WRONG_NAME } from '../../rules/certificate-doubts.ts';
import { protocolFromName, QSsl } from '../security/qssl.ts';
import { QSslCertificate } from '../security/qsslcertificate.ts';
import { cipherNamed } from '../security/qsslcipher.ts';
import { QSslError, type SslError } from '../security/qsslerror.ts';
import type { SessionState } from '../security/security-state.ts';

/** Qt's number for OpenSSL's word. What is not here is UnspecifiedError: an error like all others, and never none. */
const ERRORS: Readonly<Record<string, keyof typeof SslError & string>> = {
  [WRONG_NAME]: 'HostNameMismatch',
  [NO_CERTIFICATE]: 'NoPeerCertificate',
  [CHAIN_TOO_LONG]: 'UnspecifiedError',
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
};

/** What speaks against a connection, in Qt's words. */
export function sslErrorsOf({ doubts, chain }: SecureInfo): QSslError[] {
  return doubts.map(({ code, at }: Doubt) => {
    const der = chain[at];
    const certificate = der === undefined ? undefined : new QSslCertificate(der, QSsl.Der);
    return new QSslError(QSslError.SslError[ERRORS[code] ?? 'UnspecifiedError'], certificate);
  });
}

/** What a connection has agreed on, in Qt's words. */
export function sessionOf({ chain, cipher, protocol, alpn }: SecureInfo): SessionState {
  return {
    chain: chain.map((der) => new QSslCertificate(der, QSsl.Der)),
    cipher: cipherNamed(cipher),
    protocol: protocolFromName(protocol),
    alpn,
  };
}
