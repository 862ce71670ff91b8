import { QSsl } from './qssl.ts';
import type { QSslCertificate } from './qsslcertificate.ts';
import { cipherNamed, type QSslCipher } from './qsslcipher.ts';
import type { QSslDiffieHellmanParameters } from './qssldiffiehellmanparameters.ts';
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
  /** OpenSSL's names of curves, preferred ones first; none = the default. */
  readonly curves: readonly string[];
  /** null = the default. */
  readonly diffieHellman: QSslDiffieHellmanParameters | null;
  /** Commands of OpenSSL. */
  readonly backend: ReadonlyMap<string, string>;
  readonly interrupts: boolean;
  /** Servers are to send along what their authorities say about revocation. */
  readonly stapling: boolean;
  readonly session: SessionState;
}

/** What a connection has agreed on. */
export interface SessionState {
  readonly chain: readonly QSslCertificate[];
  readonly cipher: QSslCipher;
  readonly protocol: QSsl.SslProtocol;
  readonly alpn: string;
  /** What a later connection can go on with; empty = nothing. */
  readonly ticket: Buffer;
  /** Seconds that the server will know it, -1 = there is no ticket. */
  readonly lifetime: number;
  /** The server's half of the key exchange, null if it was not for this connection alone. */
  readonly ephemeral: QSslKey;
}

const { SslOptionDisableEmptyFragments, SslOptionDisableCompression, SslOptionDisableLegacyRenegotiation } = QSsl.SslOption;

export const NO_SESSION: SessionState = Object.freeze({
  chain: Object.freeze([]),
  cipher: cipherNamed(''),
  protocol: QSsl.UnknownProtocol,
  alpn: '',
  ticket: Buffer.alloc(0),
  lifetime: -1,
  ephemeral: new QSslKey(),
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
  curves: Object.freeze([]),
  diffieHellman: null,
  backend: new Map(),
  interrupts: false,
  stapling: false,
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
    a.stapling === b.stapling &&
    a.interrupts === b.interrupts &&
    sameList(a.curves, b.curves, Object.is) &&
    a.backend.size === b.backend.size &&
    [...a.backend].every(([name, value]) => b.backend.get(name) === value) &&
    (a.diffieHellman === b.diffieHellman || (b.diffieHellman !== null && a.diffieHellman?.equals(b.diffieHellman) === true)) &&
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
  return (
    a.protocol === b.protocol &&
    a.alpn === b.alpn &&
    a.lifetime === b.lifetime &&
    a.ticket.equals(b.ticket) &&
    a.ephemeral.equals(b.ephemeral) &&
    a.cipher.equals(b.cipher) &&
    sameCertificates(a.chain, b.chain)
  );
}

function sameCertificates(a: readonly QSslCertificate[], b: readonly QSslCertificate[]): boolean {
  return sameList(a, b, (one, other) => one.equals(other));
}

function sameList<T>(a: readonly T[], b: readonly T[], same: (one: T, other: T) => boolean): boolean {
  return a.length === b.length && a.every((one, i) => same(one, b[i]!));
}
