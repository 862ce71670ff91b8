import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';

/** Which half of a key pair. */
const KeyType = makeEnum({
  PrivateKey: 0,
  PublicKey: 1,
});

/** How keys and certificates are written. */
const EncodingFormat = makeEnum({
  Pem: 0,
  Der: 1,
});

/** What a key is for. `Opaque`: none of the others. MlDsa: Qt 6.10. */
const KeyAlgorithm = makeEnum({
  Rsa: 1,
  Dsa: 2,
  Opaque: 0,
  Ec: 3,
  Dh: 4,
  MlDsa: 5,
});

/** What kind of name a certificate is for. IpAddressEntry: Qt 5.13. */
const AlternativeNameEntryType = makeEnum({
  EmailEntry: 0,
  DnsEntry: 1,
  IpAddressEntry: 2,
});

/** Qt 4's AlternativeNameEntryType. */
const AlternateNameEntryType = makeEnum({
  EmailEntry: 0,
  DnsEntry: 1,
});

/** Versions of TLS. SSL 2, SSL 3 and DTLS are not spoken; TlsV1 is what its number means in Qt 6. */
const SslProtocol = makeEnum({
  AnyProtocol: 3,
  SecureProtocols: 4,
  TlsV1_0: 0,
  TlsV1_1: 1,
  TlsV1_2: 2,
  TlsV1_0OrLater: 5,
  TlsV1_1OrLater: 6,
  TlsV1_2OrLater: 7,
  DtlsV1_0: 8,
  DtlsV1_0OrLater: 9,
  DtlsV1_2: 10,
  DtlsV1_2OrLater: 11,
  TlsV1_3: 12,
  TlsV1_3OrLater: 13,
  UnknownProtocol: -1,
  SslV3: 100_000,
  SslV2: 100_001,
  TlsV1: 2,
  TlsV1SslV3: 100_002,
});

/** Peculiarities of TLS that can be switched off. */
const SslOption = makeEnum({
  SslOptionDisableEmptyFragments: 1,
  SslOptionDisableSessionTickets: 2,
  SslOptionDisableCompression: 4,
  SslOptionDisableServerNameIndication: 8,
  SslOptionDisableLegacyRenegotiation: 16,
  SslOptionDisableSessionSharing: 32,
  SslOptionDisableSessionPersistence: 64,
  SslOptionDisableServerCipherPreference: 128,
});

/** How serious an alert is (RFC 8446 6). Qt 6.0. */
const AlertLevel = makeEnum({
  Warning: 0,
  Fatal: 1,
  Unknown: 2,
});

/** What an alert is about (RFC 8446 6). Qt 6.0. */
const AlertType = makeEnum({
  CloseNotify: 0,
  UnexpectedMessage: 10,
  BadRecordMac: 20,
  RecordOverflow: 22,
  DecompressionFailure: 30,
  HandshakeFailure: 40,
  NoCertificate: 41,
  BadCertificate: 42,
  UnsupportedCertificate: 43,
  CertificateRevoked: 44,
  CertificateExpired: 45,
  CertificateUnknown: 46,
  IllegalParameter: 47,
  UnknownCa: 48,
  AccessDenied: 49,
  DecodeError: 50,
  DecryptError: 51,
  ExportRestriction: 60,
  ProtocolVersion: 70,
  InsufficientSecurity: 71,
  InternalError: 80,
  InappropriateFallback: 86,
  UserCancelled: 90,
  NoRenegotiation: 100,
  MissingExtension: 109,
  UnsupportedExtension: 110,
  CertificateUnobtainable: 111,
  UnrecognizedName: 112,
  BadCertificateStatusResponse: 113,
  BadCertificateHashValue: 114,
  UnknownPskIdentity: 115,
  CertificateRequired: 116,
  NoApplicationProtocol: 120,
  UnknownAlertMessage: 255,
});

/** Classes that a TLS backend of Qt may implement. Qt 6.1. */
const ImplementedClass = makeEnum({
  Key: 0,
  Certificate: 1,
  Socket: 2,
  DiffieHellman: 3,
  EllipticCurve: 4,
  Dtls: 5,
  DtlsCookie: 6,
});

/** Features that a TLS backend of Qt may have. Qt 6.1. */
const SupportedFeature = makeEnum({
  CertificateVerification: 0,
  ClientSideAlpn: 1,
  ServerSideAlpn: 2,
  Ocsp: 3,
  Psk: 4,
  SessionTicket: 5,
  Alerts: 6,
});

/**
 * The enums of TLS (Qt: namespace QSsl, 4.3), `QSsl.SslProtocol.TlsV1_3` or `QSsl.TlsV1_3`.
 *
 *     configuration.setProtocol(QSsl.TlsV1_2OrLater);
 */
export class QSsl extends withEnums({
  KeyType,
  EncodingFormat,
  KeyAlgorithm,
  AlternativeNameEntryType,
  AlternateNameEntryType,
  SslProtocol,
  SslOption,
}) {
  static readonly AlertLevel: typeof AlertLevel = AlertLevel;
  static readonly AlertType: typeof AlertType = AlertType;
  static readonly ImplementedClass: typeof ImplementedClass = ImplementedClass;
  static readonly SupportedFeature: typeof SupportedFeature = SupportedFeature;
}

/** Types of the enums. */
export declare namespace QSsl {
  type KeyType = EnumValue<typeof KeyType>;
  type EncodingFormat = EnumValue<typeof EncodingFormat>;
  type KeyAlgorithm = EnumValue<typeof KeyAlgorithm>;
  type AlternativeNameEntryType = EnumValue<typeof AlternativeNameEntryType>;
  type AlternateNameEntryType = EnumValue<typeof AlternateNameEntryType>;
  type SslProtocol = EnumValue<typeof SslProtocol>;
  type SslOption = EnumValue<typeof SslOption>;
  type AlertLevel = EnumValue<typeof AlertLevel>;
  type AlertType = EnumValue<typeof AlertType>;
  type ImplementedClass = EnumValue<typeof ImplementedClass>;
  type SupportedFeature = EnumValue<typeof SupportedFeature>;
}

/** The number of a version that OpenSSL calls by this name. */
export function protocolFromName(name: string): QSsl.SslProtocol {
  return PROTOCOLS[name] ?? QSsl.UnknownProtocol;
}

const PROTOCOLS: Readonly<Record<string, QSsl.SslProtocol>> = {
  TLSv1: QSsl.TlsV1_0,
  'TLSv1.1': QSsl.TlsV1_1,
  'TLSv1.2': QSsl.TlsV1_2,
  'TLSv1.3': QSsl.TlsV1_3,
};
