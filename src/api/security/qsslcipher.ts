import { type CipherFacts, cipherFacts, knownCiphers } from './cipher-facts.ts';
import { protocolFromName, QSsl } from './qssl.ts';

/** A cipher that a connection uses, even if it is none of those that are listed. */
export let cipherNamed: (name: string) => QSslCipher;

/**
 * A cipher suite (Qt: QSslCipher, 4.3): how keys are agreed on and bytes are encrypted. A value that does not change.
 *
 *     new QSslCipher('ECDHE-RSA-AES256-GCM-SHA384').encryptionMethod(); // 'AESGCM(256)'
 *     reply.sslConfiguration().sessionCipher().name(); // 'TLS_AES_256_GCM_SHA384'
 */
export class QSslCipher {
  #facts: CipherFacts | null = null;

  static {
    cipherNamed = (name) => {
      const cipher = new QSslCipher();
      if (name !== '') cipher.#facts = cipherFacts(name);
      return cipher;
    };
  }

  /** The suite that OpenSSL calls `name`, if `protocol` is given of that version; null when there is none. Or a copy. */
  constructor(name?: string | QSslCipher, protocol?: QSsl.SslProtocol) {
    if (name instanceof QSslCipher) {
      this.#facts = name.#facts;
      return;
    }
    const facts = name === undefined ? null : (knownCiphers().get(name) ?? null);
    if (facts !== null && (protocol === undefined || protocolFromName(facts.protocol) === protocol)) this.#facts = facts;
  }

  /** True when there is no suite. */
  isNull(): boolean {
    return this.#facts === null;
  }

  /** OpenSSL's name, '' when null. */
  name(): string {
    return this.#facts?.name ?? '';
  }

  /** Bits of the key that the algorithm can use. */
  supportedBits(): number {
    return this.#facts?.bits ?? 0;
  }

  /** Bits of the key that are used. */
  usedBits(): number {
    return this.#facts?.bits ?? 0;
  }

  /** How keys are agreed on: 'ECDH', 'any' with TLS 1.3. */
  keyExchangeMethod(): string {
    return this.#facts?.keyExchange ?? '';
  }

  /** How the server says who it is: 'RSA', 'ECDSA', 'any' with TLS 1.3. */
  authenticationMethod(): string {
    return this.#facts?.authentication ?? '';
  }

  /** How bytes are encrypted: 'AESGCM(256)'. */
  encryptionMethod(): string {
    return this.#facts?.encryption ?? '';
  }

  /** The lowest version that has the suite, as OpenSSL writes it: 'TLSv1.2'. */
  protocolString(): string {
    return this.#facts?.protocol ?? '';
  }

  /** The lowest version that has the suite; UnknownProtocol when null, and for those that SSL 3 had. */
  protocol(): QSsl.SslProtocol {
    return this.#facts === null ? QSsl.UnknownProtocol : protocolFromName(this.#facts.protocol);
  }

  /** True when both are the same suite, or both are null. */
  equals(other: QSslCipher): boolean {
    return this.name() === other.name();
  }
}
