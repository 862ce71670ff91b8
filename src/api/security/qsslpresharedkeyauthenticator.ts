import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';

const NOTHING = Buffer.alloc(0);

/** Tells the authenticator what the server said and how long answers may be. */
export let askedFor: (authenticator: QSslPreSharedKeyAuthenticator, hint: string, identity: number, key: number) => void;

/**
 * The question for a key that both sides know, and the place for the answer (Qt: QSslPreSharedKeyAuthenticator, 5.5). Handed to the slots
 * of {@link QNetworkReply.preSharedKeyAuthenticationRequired}; left empty, the handshake fails.
 *
 *     manager.preSharedKeyAuthenticationRequired.connect((reply, authenticator) => {
 *       authenticator.setIdentity('client-7');
 *       authenticator.setPreSharedKey(Buffer.from(process.env.PSK ?? '', 'hex'));
 *     });
 */
export class QSslPreSharedKeyAuthenticator {
  #hint = NOTHING;
  #identity = NOTHING;
  #key = NOTHING;
  #mostIdentity = 0;
  #mostKey = 0;

  static {
    askedFor = (authenticator, hint, identity, key) => {
      authenticator.#hint = Buffer.from(hint);
      authenticator.#mostIdentity = identity;
      authenticator.#mostKey = key;
    };
  }

  /** An empty one, or a copy. */
  constructor(other?: QSslPreSharedKeyAuthenticator) {
    if (other === undefined) return;
    this.#hint = other.#hint;
    this.#identity = other.#identity;
    this.#key = other.#key;
    this.#mostIdentity = other.#mostIdentity;
    this.#mostKey = other.#mostKey;
  }

  /** What the server says about the identity it wants; empty when it says nothing. */
  identityHint(): Buffer {
    return Buffer.from(this.#hint);
  }

  /** Who we are; empty unless set. */
  identity(): Buffer {
    return Buffer.from(this.#identity);
  }

  /** Sets who we are, text in UTF-8. What is longer than maximumIdentityLength() is cut off when it is sent. */
  setIdentity(identity: BytesLike): void {
    this.#identity = Buffer.from(asBuffer(toBytes(identity)));
  }

  /** How many octets an identity may have; 0 when nobody has asked. */
  maximumIdentityLength(): number {
    return this.#mostIdentity;
  }

  /** The key; empty unless set. */
  preSharedKey(): Buffer {
    return Buffer.from(this.#key);
  }

  /** Sets the key. What is longer than maximumPreSharedKeyLength() is cut off. */
  setPreSharedKey(preSharedKey: BytesLike): void {
    this.#key = Buffer.from(asBuffer(toBytes(preSharedKey)));
  }

  /** How many octets a key may have; 0 when nobody has asked. */
  maximumPreSharedKeyLength(): number {
    return this.#mostKey;
  }

  /** True when hint, answers and limits are equal. */
  equals(other: QSslPreSharedKeyAuthenticator): boolean {
    return (
      this.#hint.equals(other.#hint) &&
      this.#identity.equals(other.#identity) &&
      this.#key.equals(other.#key) &&
      this.#mostIdentity === other.#mostIdentity &&
      this.#mostKey === other.#mostKey
    );
  }
}
