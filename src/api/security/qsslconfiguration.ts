import { verifyChain } from '../bridge/certificate-verify.ts';
import { systemAuthorities } from '../bridge/system-trust.ts';
import { machineAuthorities } from '../bridge/tls-facts.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { chosenCiphers, cipherText } from './cipher-choice.ts';
import { knownCiphers } from './cipher-facts.ts';
import { QSsl } from './qssl.ts';
import { QSslCertificate, verifyWith } from './qsslcertificate.ts';
import { cipherNamed, type QSslCipher } from './qsslcipher.ts';
import { QSslKey } from './qsslkey.ts';
import { PeerVerifyMode, type QSslSocket } from './qsslsocket.ts';
import { securityOf, setSecurity } from './security-base.ts';
import { EMPTY_SECURITY, type SecurityState, sameSecurity } from './security-state.ts';
import { SessionSecurity } from './session-security.ts';
import { isSpoken } from './versions.ts';

/** What became of the protocols that were offered. */
const NextProtocolNegotiationStatus = makeEnum({
  NextProtocolNegotiationNone: 0,
  NextProtocolNegotiationNegotiated: 1,
  NextProtocolNegotiationUnsupported: 2,
});

let defaultState = EMPTY_SECURITY;
let machine: readonly QSslCertificate[] | null = null;
let system: readonly QSslCertificate[] | null = null;

/** What requests say that have no configuration of their own. */
export function defaultSecurity(): SecurityState {
  return defaultState;
}

/**
 * How TLS is spoken with a server: versions, ciphers, whom to trust, who we are (Qt: QSslConfiguration, 4.4). A value: requests and
 * replies give and take copies.
 *
 *     const configuration = QSslConfiguration.defaultConfiguration();
 *     configuration.addCaCertificate(QSslCertificate.fromFile('company-ca.pem')[0]);
 *     configuration.setLocalCertificate(certificate);
 *     configuration.setPrivateKey(key);
 *     request.setSslConfiguration(configuration);
 *
 * Requests with different configurations never share a connection. After `encrypted` the configuration of the reply also tells what was
 * agreed on: {@link peerCertificate}, {@link sessionCipher}, {@link sessionProtocol}.
 */
export class QSslConfiguration extends withEnums(SessionSecurity, { NextProtocolNegotiationStatus }) {
  /** The name of HTTP/2 in ALPN. */
  static readonly ALPNProtocolHTTP2 = 'h2';
  /** The name of HTTP/1.1 in ALPN. */
  static readonly NextProtocolHttp1_1 = 'http/1.1';
  /** The name of SPDY 3, which nobody speaks any more. */
  static readonly NextProtocolSpdy3_0 = 'spdy/3';

  static {
    verifyWith((chain, hostName) => verifyChain(chain, hostName, defaultState.authorities ?? trustedHere()));
  }

  /** An empty configuration, which says what Qt's defaults say, or a copy. */
  constructor(other?: QSslConfiguration) {
    super();
    if (other !== undefined) setSecurity(this, securityOf(other));
  }

  /** What requests say that have no configuration of their own; a copy. */
  static defaultConfiguration(): QSslConfiguration {
    const configuration = new QSslConfiguration();
    setSecurity(configuration, defaultState);
    return configuration;
  }

  /** Sets what requests say from now on that have no configuration of their own, in the whole process. */
  static setDefaultConfiguration(configuration: QSslConfiguration): void {
    defaultState = securityOf(configuration);
  }

  /** True when both say the same, session included. */
  equals(other: QSslConfiguration): boolean {
    return sameSecurity(securityOf(this), securityOf(other));
  }

  /** True when nothing was set. */
  isNull(): boolean {
    return sameSecurity(this.#state, EMPTY_SECURITY);
  }

  /** Exchanges what the two say. Qt 5.0. */
  swap(other: QSslConfiguration): void {
    const state = securityOf(this);
    setSecurity(this, securityOf(other));
    setSecurity(other, state);
  }

  // ---- versions and ciphers

  /** SecureProtocols unless set: TLS 1.2 and later. */
  protocol(): QSsl.SslProtocol {
    return this.#state.protocol;
  }

  /** Sets which versions may be spoken. Throws a RangeError for those that are not: SSL 2, SSL 3 and DTLS. */
  setProtocol(protocol: QSsl.SslProtocol): void {
    if (!isSpoken(protocol)) {
      const name = QSsl.SslProtocol[protocol] ?? String(protocol);
      throw new RangeError(`QSslConfiguration.setProtocol: ${name} is not spoken here; TlsV1_2OrLater is.`);
    }
    this.#set({ protocol });
  }

  /**
   * The cipher suites that are offered, preferred ones first. While none were set, those of Node.js's default that Node.js can list; it
   * may offer others, too.
   */
  ciphers(): QSslCipher[] {
    return chosenCiphers(this.#state.ciphers).map(({ name }) => cipherNamed(name));
  }

  /**
   * Sets the cipher suites to offer, as a list or as text in OpenSSL's format: 'ECDHE-RSA-AES256-GCM-SHA384:ECDHE+CHACHA20'. Without any
   * of TLS 1.3 in a list that version is not spoken. Empty = the default. Throws a RangeError for what OpenSSL does not have.
   */
  setCiphers(ciphers: Iterable<QSslCipher> | string): void {
    const names = typeof ciphers === 'string' ? ciphers.split(':') : [...ciphers].map((cipher) => cipher.name());
    this.#set({
      ciphers: cipherText(
        names.filter((name) => name !== ''),
        'QSslConfiguration.setCiphers',
      ),
    });
  }

  /** The cipher suites there are, as far as Node.js lists them. Qt 5.5. */
  static supportedCiphers(): QSslCipher[] {
    return [...knownCiphers().keys()].map(cipherNamed);
  }

  /** Whether a peculiarity of TLS is switched off. Qt 4.8. */
  testSslOption(option: QSsl.SslOption): boolean {
    return (this.#state.options & checkedOption(option, 'testSslOption')) !== 0;
  }

  /**
   * Switches a peculiarity of TLS off. Heeded are session tickets, sharing (new connections go on with the sessions of earlier ones)
   * and persistence ({@link sessionTicket}), server name indication and legacy renegotiation; empty fragments and compression are off
   * whatever is set, and server cipher preference is for servers. Qt 4.8.
   */
  setSslOption(option: QSsl.SslOption, on: boolean): void {
    const bit = checkedOption(option, 'setSslOption');
    const { options } = this.#state;
    this.#set({ options: on ? options | bit : options & ~bit });
  }

  // ---- whom to trust

  /** AutoVerifyPeer unless set, which for clients is VerifyPeer. */
  peerVerifyMode(): QSslSocket.PeerVerifyMode {
    return this.#state.verifyMode;
  }

  /**
   * VerifyPeer: what is wrong with the certificate ends the request unless it is ignored. QueryPeer: `sslErrors` is emitted and the
   * request goes on. VerifyNone: nobody looks; anybody on the way can read and change what is said.
   */
  setPeerVerifyMode(mode: QSslSocket.PeerVerifyMode): void {
    if (typeof mode !== 'number' || PeerVerifyMode[mode] === undefined)
      throw new TypeError(`QSslConfiguration.setPeerVerifyMode expects QSslSocket.PeerVerifyMode; got ${String(mode)}.`);
    this.#set({ verifyMode: mode });
  }

  /** How many intermediate certificates a chain may have; 0, the default, is any number. */
  peerVerifyDepth(): number {
    return this.#state.verifyDepth;
  }

  /** Sets how many intermediate certificates a chain may have. Throws a RangeError unless it is a whole number from 0. */
  setPeerVerifyDepth(depth: number): void {
    if (!Number.isSafeInteger(depth) || depth < 0)
      throw new RangeError(`QSslConfiguration.setPeerVerifyDepth expects a whole number from 0; got ${String(depth)}.`);
    this.#set({ verifyDepth: depth });
  }

  /** The certificates that are trusted; while none were set, those of Node.js: its own list and that of `NODE_EXTRA_CA_CERTS`. */
  caCertificates(): QSslCertificate[] {
    return copies(this.#authorities());
  }

  /** Sets the certificates that are trusted, instead of those of Node.js. */
  setCaCertificates(certificates: Iterable<QSslCertificate>): void {
    this.#set({ authorities: usable(certificates, 'setCaCertificates') });
  }

  /** Trusts one more certificate. Qt 5.15. */
  addCaCertificate(certificate: QSslCertificate): void {
    this.#set({ authorities: [...this.#authorities(), ...usable([certificate], 'addCaCertificate')] });
  }

  /**
   * Trusts more certificates, or those in the files that fit a path, see {@link QSslCertificate.fromPath}; then false when there are
   * none. Qt 5.15.
   */
  addCaCertificates(certificates: Iterable<QSslCertificate>): void;
  addCaCertificates(path: string, format?: QSsl.EncodingFormat, syntax?: QSslCertificate.PatternSyntax): boolean;
  addCaCertificates(
    what: Iterable<QSslCertificate> | string,
    format?: QSsl.EncodingFormat,
    syntax?: QSslCertificate.PatternSyntax,
  ): boolean | void {
    const found = typeof what === 'string' ? QSslCertificate.fromPath(what, format, syntax) : [...what];
    if (typeof what !== 'string' || found.length > 0)
      this.#set({ authorities: [...this.#authorities(), ...usable(found, 'addCaCertificates')] });
    return typeof what === 'string' ? found.length > 0 : undefined;
  }

  /**
   * The certificates that the operating system trusts, or those of Node.js where there are none. They are read when they are first asked for; on
   * macOS and Windows that may take a second. To trust them beside those of Node.js give the manager the option `trust: 'system'`. Qt 5.5.
   */
  static systemCaCertificates(): QSslCertificate[] {
    system ??= systemAuthorities().flatMap((pem) => QSslCertificate.fromData(pem));
    return copies(system.length > 0 ? system : trustedHere());
  }

  /** Whether a server without a certificate is refused even if errors are ignored; false unless set. Qt 6.0. */
  missingCertificateIsFatal(): boolean {
    return this.#state.certificateNeeded;
  }

  /** Says whether a server without a certificate is refused even if errors are ignored, where the peer is verified. Qt 6.0. */
  setMissingCertificateIsFatal(cannotRecover: boolean): void {
    this.#set({ certificateNeeded: cannotRecover === true });
  }

  // ---- who we are

  /** The certificate we show, null unless set. */
  localCertificate(): QSslCertificate {
    return new QSslCertificate(this.#state.localChain[0]);
  }

  /** Sets the certificate we show, and no others with it; a null one means none. The private key belongs to it. */
  setLocalCertificate(certificate: QSslCertificate): void {
    this.#set({ localChain: certificate.isNull() ? [] : copies([certificate]) });
  }

  /** The certificates we show: our own, then those by which it was issued. Qt 5.1. */
  localCertificateChain(): QSslCertificate[] {
    return copies(this.#state.localChain);
  }

  /** Sets the certificates we show, our own first. Qt 5.1. */
  setLocalCertificateChain(localChain: Iterable<QSslCertificate>): void {
    this.#set({ localChain: usable(localChain, 'setLocalCertificateChain') });
  }

  /** The key of our certificate, null unless set. */
  privateKey(): QSslKey {
    return new QSslKey(this.#state.key);
  }

  /** Sets the key of our certificate. One that does not belong to it makes requests fail. */
  setPrivateKey(key: QSslKey): void {
    if (!key.isNull() && key.type() !== QSsl.PrivateKey)
      throw new TypeError('QSslConfiguration.setPrivateKey expects a private key; got a public one.');
    this.#set({ key: new QSslKey(key) });
  }

  /** What a server says about pre-shared keys; empty unless set. Qt 5.8. */
  preSharedKeyIdentityHint(): Buffer {
    return Buffer.from(this.#state.hint);
  }

  /** Sets what a server says about pre-shared keys. As in Qt that is for servers, so requests are not changed by it. Qt 5.8. */
  setPreSharedKeyIdentityHint(hint: BytesLike): void {
    this.#set({ hint: Buffer.from(asBuffer(toBytes(hint))) });
  }

  // ---- protocols above

  /** The protocols to offer by ALPN; empty unless set: then http/1.1. Qt 5.3. */
  allowedNextProtocols(): Buffer[] {
    return this.#state.alpn.map((name) => Buffer.from(name, 'latin1'));
  }

  /** Sets the protocols to offer by ALPN, preferred ones first. h2 is kept and not offered: HTTP/2 is not spoken yet. Qt 5.3. */
  setAllowedNextProtocols(protocols: Iterable<BytesLike>): void {
    const alpn = [...protocols].map((name) => asBuffer(toBytes(name)).toString('latin1'));
    // RFC 7301 3.1
    if (alpn.some((name) => name.length < 1 || name.length > 255))
      throw new RangeError('QSslConfiguration.setAllowedNextProtocols expects names of 1 to 255 octets.');
    this.#set({ alpn });
  }

  // ---- what was agreed on

  /** The peer's certificate; null before the handshake. */
  peerCertificate(): QSslCertificate {
    return new QSslCertificate(this.#state.session.chain[0]);
  }

  /** The peer's certificate, those by which it was issued, and the authority if it is known. */
  peerCertificateChain(): QSslCertificate[] {
    return copies(this.#state.session.chain);
  }

  /** The cipher suite in use; null before the handshake. */
  sessionCipher(): QSslCipher {
    return this.#state.session.cipher;
  }

  /** The version in use; UnknownProtocol before the handshake, and when the peer was refused. Qt 5.4. */
  sessionProtocol(): QSsl.SslProtocol {
    return this.#state.session.protocol;
  }

  /** The protocol agreed on by ALPN; empty when there is none. Qt 5.3. */
  nextNegotiatedProtocol(): Buffer {
    return Buffer.from(this.#state.session.alpn, 'latin1');
  }

  /** Negotiated when a protocol was agreed on by ALPN, else None. Qt 5.3. */
  nextProtocolNegotiationStatus(): QSslConfiguration.NextProtocolNegotiationStatus {
    const { NextProtocolNegotiationNone, NextProtocolNegotiationNegotiated } = NextProtocolNegotiationStatus;
    return this.#state.session.alpn === '' ? NextProtocolNegotiationNone : NextProtocolNegotiationNegotiated;
  }

  get #state(): SecurityState {
    return securityOf(this);
  }

  #authorities(): readonly QSslCertificate[] {
    return this.#state.authorities ?? trustedHere();
  }

  #set(change: Partial<SecurityState>): void {
    setSecurity(this, { ...this.#state, ...change });
  }
}

/** Types of the class's enums. */
export declare namespace QSslConfiguration {
  type NextProtocolNegotiationStatus = EnumValue<typeof NextProtocolNegotiationStatus>;
}

function trustedHere(): readonly QSslCertificate[] {
  machine ??= machineAuthorities().flatMap((pem) => QSslCertificate.fromData(pem));
  return machine;
}

/** Certificates can be cleared, so nobody gets the ones that are kept. */
function copies(certificates: readonly QSslCertificate[]): QSslCertificate[] {
  return certificates.map((certificate) => new QSslCertificate(certificate));
}

function usable(certificates: Iterable<QSslCertificate>, method: string): QSslCertificate[] {
  const list = [...certificates];
  if (!list.every((one) => one instanceof QSslCertificate && !one.isNull()))
    throw new TypeError(`QSslConfiguration.${method} expects certificates; one of them is null or none at all.`);
  return copies(list);
}

function checkedOption(option: number, method: string): number {
  if (typeof option !== 'number' || QSsl.SslOption[option] === undefined)
    throw new TypeError(`QSslConfiguration.${method} expects QSsl.SslOption; got ${String(option)}.`);
  return option;
}
