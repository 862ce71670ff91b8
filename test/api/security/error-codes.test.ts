import { describe, expect, it } from 'vitest';
import { sslErrorsOf } from '../../../src/api/bridge/tls-errors.ts';
import { NetworkError, QNetworkAccessManager, QSslError } from '../../../src/index.ts';
import { within } from '../../support/once.ts';
import { certificate, listen, request, serving, shown } from './support.ts';

/** Words of OpenSSL, and our own where it has none. */
const WORDS: Readonly<Record<string, string>> = {
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
  NO_PEER_CERTIFICATE: 'NoPeerCertificate',
  HOSTNAME_MISMATCH: 'HostNameMismatch',
  CERT_BLACKLISTED: 'CertificateBlacklisted',
  OCSP_NO_RESPONSE: 'OcspNoResponseFound',
  OCSP_MALFORMED_REQUEST: 'OcspMalformedRequest',
  OCSP_MALFORMED_RESPONSE: 'OcspMalformedResponse',
  OCSP_INTERNAL_ERROR: 'OcspInternalError',
  OCSP_TRY_LATER: 'OcspTryLater',
  OCSP_SIGNATURE_REQUIRED: 'OcspSigRequred',
  OCSP_UNAUTHORIZED: 'OcspUnauthorized',
  OCSP_UNTRUSTED: 'OcspResponseCannotBeTrusted',
  OCSP_OTHER_CERTIFICATE: 'OcspResponseCertIdUnknown',
  OCSP_EXPIRED: 'OcspResponseExpired',
  OCSP_UNKNOWN: 'OcspStatusUnknown',
};
/** What no certificate can be the reason of: TLS is always there, and Qt itself never tells the last one. */
const UNUSED = ['NoError', 'NoSslSupport', 'CertificateStatusUnknown'];

describe('codes of errors', () => {
  const named = (code: string): string => QSslError.SslError[sslErrorsOf({ doubts: [{ code, at: -1 }], chain: [] })[0]!.error()];

  it('are those of Qt, each reached from one of OpenSSL', () => {
    for (const [code, name] of Object.entries(WORDS)) expect(named(code), code).toBe(name);
    const all = Object.keys(QSslError.SslError).filter((name) => !UNUSED.includes(name));
    expect([...Object.values(WORDS), 'UnspecifiedError'].sort()).toEqual(all.sort());
  });

  it('are UnspecifiedError where Qt has none', () => {
    for (const code of [
      'CERT_CHAIN_TOO_LONG',
      'UNABLE_TO_GET_CRL',
      'CRL_HAS_EXPIRED',
      'UNSPECIFIED',
      'SOMETHING_NEW',
      'constructor',
    ])
      expect(named(code), code).toBe('UnspecifiedError');
  });
});

describe('a certificate that must not be used', () => {
  it('is refused although its authority is trusted', async () => {
    await using server = await serving('blacklisted');
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    const told = listen(manager, reply);
    await within(reply.whenFinished(), 'the end');
    expect(told[1]).toBe('sslErrors CertificateBlacklisted of MD5 Collisions Inc. (http://www.phreedom.org/md5)');
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.requests).toEqual([]);
  });

  it('can be put up with', async () => {
    await using server = await serving('blacklisted');
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(request(server.url()));
    const errors = [new QSslError(QSslError.CertificateBlacklisted, certificate('blacklisted'))];
    expect(shown(errors)[0]).toContain('CertificateBlacklisted');
    reply.ignoreSslErrors(errors);
    expect((await within(reply.whenFinished(), 'the end')).error()).toBe(NetworkError.NoError);
  });
});
