import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { QSslCertificate } from './qsslcertificate.ts';

/** What can be wrong with a certificate or a handshake. */
export const SslError = makeEnum({
  NoError: 0,
  UnableToGetIssuerCertificate: 1,
  UnableToDecryptCertificateSignature: 2,
  UnableToDecodeIssuerPublicKey: 3,
  CertificateSignatureFailed: 4,
  CertificateNotYetValid: 5,
  CertificateExpired: 6,
  InvalidNotBeforeField: 7,
  InvalidNotAfterField: 8,
  SelfSignedCertificate: 9,
  SelfSignedCertificateInChain: 10,
  UnableToGetLocalIssuerCertificate: 11,
  UnableToVerifyFirstCertificate: 12,
  CertificateRevoked: 13,
  InvalidCaCertificate: 14,
  PathLengthExceeded: 15,
  InvalidPurpose: 16,
  CertificateUntrusted: 17,
  CertificateRejected: 18,
  SubjectIssuerMismatch: 19,
  AuthorityIssuerSerialNumberMismatch: 20,
  NoPeerCertificate: 21,
  HostNameMismatch: 22,
  NoSslSupport: 23,
  CertificateBlacklisted: 24,
  CertificateStatusUnknown: 25,
  OcspNoResponseFound: 26,
  OcspMalformedRequest: 27,
  OcspMalformedResponse: 28,
  OcspInternalError: 29,
  OcspTryLater: 30,
  OcspSigRequred: 31,
  OcspUnauthorized: 32,
  OcspResponseCannotBeTrusted: 33,
  OcspResponseCertIdUnknown: 34,
  OcspResponseExpired: 35,
  OcspStatusUnknown: 36,
  UnspecifiedError: -1,
});

const TEXTS: Readonly<Record<SslError, string>> = {
  [SslError.NoError]: 'No error',
  [SslError.UnableToGetIssuerCertificate]: 'The certificate of an issuer could not be found',
  [SslError.UnableToDecryptCertificateSignature]: 'The signature of the certificate could not be decrypted',
  [SslError.UnableToDecodeIssuerPublicKey]: 'The public key of the issuer could not be read',
  [SslError.CertificateSignatureFailed]: 'The signature of the certificate is wrong',
  [SslError.CertificateNotYetValid]: 'The certificate is not valid yet',
  [SslError.CertificateExpired]: 'The certificate has expired',
  [SslError.InvalidNotBeforeField]: 'The date from which the certificate is valid cannot be read',
  [SslError.InvalidNotAfterField]: 'The date until which the certificate is valid cannot be read',
  [SslError.SelfSignedCertificate]: 'The certificate is self-signed, and nobody here trusts it',
  [SslError.SelfSignedCertificateInChain]: 'The chain ends with a self-signed certificate that nobody here trusts',
  [SslError.UnableToGetLocalIssuerCertificate]: 'The issuer of the certificate is not known here',
  [SslError.UnableToVerifyFirstCertificate]: 'No certificate could be verified',
  [SslError.CertificateRevoked]: 'The certificate was revoked',
  [SslError.InvalidCaCertificate]: 'A certificate was issued by somebody who may not issue any',
  [SslError.PathLengthExceeded]: 'There are more authorities in the chain than one of them allows',
  [SslError.InvalidPurpose]: 'The certificate is not meant for this purpose',
  [SslError.CertificateUntrusted]: 'The authority is not trusted for this purpose',
  [SslError.CertificateRejected]: 'The authority is marked as refused for this purpose',
  [SslError.SubjectIssuerMismatch]: 'The name of the issuer is another than the certificate says',
  [SslError.AuthorityIssuerSerialNumberMismatch]: 'The serial number of the issuer is another than the certificate says',
  [SslError.NoPeerCertificate]: 'The peer has shown no certificate',
  [SslError.HostNameMismatch]: 'The certificate is for another host',
  [SslError.NoSslSupport]: 'TLS is not supported here',
  [SslError.CertificateBlacklisted]: 'The certificate is on the list of those that must not be used',
  [SslError.CertificateStatusUnknown]: 'The status of the certificate is not known',
  [SslError.OcspNoResponseFound]: 'There is no OCSP response',
  [SslError.OcspMalformedRequest]: 'The OCSP request could not be read',
  [SslError.OcspMalformedResponse]: 'The OCSP response cannot be read',
  [SslError.OcspInternalError]: 'The OCSP responder has an internal error',
  [SslError.OcspTryLater]: 'The OCSP responder wants to be asked later',
  [SslError.OcspSigRequred]: 'The OCSP responder wants signed requests',
  [SslError.OcspUnauthorized]: 'The OCSP responder does not answer everybody',
  [SslError.OcspResponseCannotBeTrusted]: 'The OCSP response cannot be trusted',
  [SslError.OcspResponseCertIdUnknown]: 'The OCSP response is about another certificate',
  [SslError.OcspResponseExpired]: 'The OCSP response has expired',
  [SslError.OcspStatusUnknown]: 'The OCSP responder does not know the certificate',
  [SslError.UnspecifiedError]: 'The certificate was refused',
};

type SslError = EnumValue<typeof SslError>;

/**
 * One thing that is wrong with a certificate (Qt: QSslError, 4.3). A value that does not change.
 *
 *     reply.sslErrors.connect((errors) => {
 *       for (const error of errors) console.log(error.errorString(), error.certificate().subjectDisplayName());
 *     });
 *     // one that is known, of this very certificate
 *     reply.ignoreSslErrors([new QSslError(QSslError.SelfSignedCertificate, certificate)]);
 */
export class QSslError extends withEnums({ SslError }) {
  readonly #error: SslError;
  readonly #certificate: QSslCertificate;

  /** Default: NoError, and no certificate. Throws a TypeError for what is no QSslError.SslError. */
  constructor(error: QSslError.SslError = SslError.NoError, certificate?: QSslCertificate) {
    super();
    if (typeof error !== 'number' || TEXTS[error] === undefined)
      throw new TypeError(`QSslError expects QSslError.SslError; got ${String(error)}.`);
    this.#error = error;
    this.#certificate = new QSslCertificate(certificate);
  }

  /** What is wrong, as a number of SslError. */
  error(): QSslError.SslError {
    return this.#error;
  }

  /** What is wrong, in a sentence. */
  errorString(): string {
    return TEXTS[this.#error];
  }

  /** The certificate it is about; null when it is about none. */
  certificate(): QSslCertificate {
    return new QSslCertificate(this.#certificate);
  }

  /** True when both tell the same of the same certificate. */
  equals(other: QSslError): boolean {
    return this.#error === other.#error && this.#certificate.equals(other.#certificate);
  }
}

/** Types of the class's enums. */
export declare namespace QSslError {
  type SslError = EnumValue<typeof SslError>;
}
