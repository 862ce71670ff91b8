import { QSsl } from './qssl.ts';
import type { QSslCertificate } from './qsslcertificate.ts';
import { cipherNamed, type QSslCipher } from './qsslcipher.ts';
import { QSslKey } from './qsslkey.ts';
import { PeerVerifyMode, type QSslSocket } from './qsslsocket.ts';

/** What a configuration says. Shared by all that say the same, so nothing in it changes. */
export interface SecurityState {
  readonly protocol: QSsl.SslProtocol;
  readonly verifyMode: QSslSocket.PeerVerifyMode;
  readonly verifyDepth: number;
  /** null = those of the machine. */
  readonly authorities: readonly QSslCertificate[] | null;
  readonly localChain: readonly QSslCertificate[];
  readonly key: QSslKey;
  /** Suites in OpenSSL's format; '' = the default. */
  readonly ciphers: string;
  readonly alpn: readonly string[];
  /** Bits of QSsl.SslOption. */
  readonly options: number;
  readonly hint: Buffer;
  readonly certificateNeeded: boolean;
  readonly session: SessionState;
}

/** What a connection has agreed on. */
export interface SessionState {
  readonly chain: readonly QSslCertificate[];
  readonly cipher: QSslCipher;
  readonly protocol: QSsl.SslProtocol;
  readonly alpn: string;
}

const { SslOptionDisableEmptyFragments, SslOptionDisableCompression, SslOptionDisableLegacyRenegotiation } = QSsl.SslOption;

export const NO_SESSION: SessionState = Object.freeze({
  chain: Object.freeze([]),
  cipher: cipherNamed(''),
  protocol: QSsl.UnknownProtocol,
  alpn: '',
});

export const EMPTY_SECURITY: SecurityState = Object.freeze({
  protocol: QSsl.SecureProtocols,
  verifyMode: PeerVerifyMode.AutoVerifyPeer,
  verifyDepth: 0,
  authorities: null,
  localChain: Object.freeze([]),
  key: new QSslKey(),
  ciphers: '',
  alpn: Object.freeze([]),
  options:
    SslOptionDisableEmptyFragments |
    SslOptionDisableCompression |
    SslOptionDisableLegacyRenegotiation |
    QSsl.SslOption.SslOptionDisableSessionPersistence,
  hint: Buffer.alloc(0),
  certificateNeeded: false,
  session: NO_SESSION,
});

/** True when both say the same. */
export function sameSecurity(a: SecurityState, b: SecurityState): boolean {
  if (a === b) return true;
  return (
    a.protocol === b.protocol &&
    a.verifyMode === b.verifyMode &&
    a.verifyDepth === b.verifyDepth &&
    a.ciphers === b.ciphers &&
    a.options === b.options &&
    a.certificateNeeded === b.certificateNeeded &&
    a.hint.equals(b.hint) &&
    a.key.equals(b.key) &&
    sameList(a.alpn, b.alpn, Object.is) &&
    sameCertificates(a.localChain, b.localChain) &&
    (a.authorities === b.authorities ||
      (a.authorities !== null && b.authorities !== null && sameCertificates(a.authorities, b.authorities))) &&
    sameSession(a.session, b.session)
  );
}

function sameSession(a: SessionState, b: SessionState): boolean {
  return a.protocol === b.protocol && a.alpn === b.alpn && a.cipher.equals(b.cipher) && sameCertificates(a.chain, b.chain);
}

function sameCertificates(a: readonly QSslCertificate[], b: readonly QSslCertificate[]): boolean {
  return sameList(a, b, (one, other) => one.equals(other));
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return a.length === b.length && a.every((one, i) => same(one, b[i]!));
}
