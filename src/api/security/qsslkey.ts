import type { KeyObject } from 'node:crypto';
import { asBuffer, type BytesLike, QByteArray, toBytes } from '../core/qbytearray.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { QSsl } from './qssl.ts';

const { Pem } = QSsl.EncodingFormat;
const { PrivateKey, PublicKey } = QSsl.KeyType;
const { Opaque, Rsa, Dsa, Ec, Dh, MlDsa } = QSsl.KeyAlgorithm;

const NOTHING = Buffer.alloc(0);

/** Lets a key be `handle`. */
export let fillKey: (key: QSslKey, handle: KeyObject) => void;

const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto');

/** A public key of which only algorithm and length are known. */
export let keyDescribed: (algorithm: QSsl.KeyAlgorithm, bits: number) => QSslKey;

/**
 * A private or public key (Qt: QSslKey, 4.3). A value: it never changes but by clear().
 *
 *     const key = new QSslKey(readFileSync('client-key.pem'), QSsl.Ec, QSsl.Pem, QSsl.PrivateKey, 'pass phrase');
 *     if (key.isNull()) throw new Error('no such key, or another pass phrase');
 *
 * Read are PEM and DER, as PKCS#8, PKCS#1 (RSA) and SEC 1 (elliptic curves) and, for public keys, SubjectPublicKeyInfo.
 */
export class QSslKey {
  #key: KeyObject | null = null;
  /** What is known of a key without bytes. */
  #described: { readonly algorithm: QSsl.KeyAlgorithm; readonly bits: number } | null = null;

  static {
    keyDescribed = (algorithm, bits) => {
      const key = new QSslKey();
      key.#described = { algorithm, bits };
      return key;
    };
    fillKey = (key, handle) => {
      key.#key = handle;
      key.#described = null;
    };
  }

  /**
   * A null key without arguments. Else the key in `encoded`; it is null when there is none that can be read, when it is of another
   * algorithm, or when the pass phrase is not the right one. Of a key pair in PEM the private key gives its public key, too.
   */
  constructor();
  constructor(
    encoded: BytesLike | QIODevice | null,
    algorithm: QSsl.KeyAlgorithm,
    format?: QSsl.EncodingFormat,
    type?: QSsl.KeyType,
    passPhrase?: BytesLike,
  );
  /** Takes a key of Node.js, or another QSslKey. */
  constructor(handle: KeyObject | QSslKey, type?: QSsl.KeyType);
  constructor(
    first?: BytesLike | QIODevice | KeyObject | QSslKey | null,
    second?: number,
    format: QSsl.EncodingFormat = Pem,
    type: QSsl.KeyType = PrivateKey,
    passPhrase: BytesLike = '',
  ) {
    if (first === undefined || first === null) return;
    if (first instanceof QSslKey) {
      this.#key = first.#key;
      this.#described = first.#described;
    } else if (
      first instanceof QIODevice ||
      typeof first === 'string' ||
      first instanceof QByteArray ||
      first instanceof Uint8Array
    )
      this.#key = decoded(first instanceof QIODevice ? first.readAll() : toBytes(first), second, format, type, passPhrase);
    else this.#key = checkedHandle(first, second as QSsl.KeyType | undefined);
  }

  /** True when there is no key. */
  isNull(): boolean {
    return this.#key === null && this.#described === null;
  }

  /** Makes it a null key. */
  clear(): void {
    this.#key = null;
    this.#described = null;
  }

  /** The length of the key in bits, -1 when it is null or its algorithm has no lengths. */
  length(): number {
    if (this.#described !== null) return this.#described.bits;
    const details = this.#key?.asymmetricKeyDetails;
    if (details?.modulusLength !== undefined) return details.modulusLength;
    // the number in a curve's name is its length: prime256v1, secp384r1, brainpoolP512r1
    const bits = /\d{3}/.exec(details?.namedCurve ?? '');
    return bits === null ? -1 : Number(bits[0]);
  }

  /** PublicKey for a null key, as in Qt. */
  type(): QSsl.KeyType {
    return this.#key?.type === 'private' ? PrivateKey : PublicKey;
  }

  /** Opaque for a null key and for algorithms that Qt has no name for, such as Ed25519. */
  algorithm(): QSsl.KeyAlgorithm {
    return this.#key === null ? (this.#described?.algorithm ?? Opaque) : algorithmOf(this.#key);
  }

  /**
   * The key in PEM, in the form that Qt writes: PKCS#1 for RSA, SEC 1 for elliptic curves, else PKCS#8; a public key as
   * SubjectPublicKeyInfo. With a pass phrase a private key is encrypted (AES-256). Empty when the key is null.
   */
  toPem(passPhrase: BytesLike = ''): Buffer {
    const key = this.#key;
    if (key === null) return NOTHING;
    const text =
      key.type === 'public'
        ? key.export({ type: 'spki', format: 'pem' })
        : key.export({ type: privateForm(key), format: 'pem', ...encryption(passPhrase) });
    return Buffer.from(text);
  }

  /** The key in DER, in the same forms. Empty when the key is null, and with a pass phrase: there is no encrypted form (Qt). */
  toDer(passPhrase: BytesLike = ''): Buffer {
    const key = this.#key;
    if (key === null || toBytes(passPhrase).length > 0) return NOTHING;
    if (key.type === 'public') return key.export({ type: 'spki', format: 'der' });
    return key.export({ type: privateForm(key), format: 'der' });
  }

  /** The key of Node.js, null when there is none. */
  handle(): KeyObject | null {
    return this.#key;
  }

  /** True when both are the same key, or both are null. */
  equals(other: QSslKey): boolean {
    const a = this.#key;
    const b = other.#key;
    if (a === null || b === null) return a === b && sameDescription(this.#described, other.#described);
    return a.type === b.type && a.equals(b);
  }
}

function sameDescription(a: { algorithm: number; bits: number } | null, b: { algorithm: number; bits: number } | null): boolean {
  return a?.algorithm === b?.algorithm && a?.bits === b?.bits;
}

function encryption(passPhrase: BytesLike): { cipher: string; passphrase: Buffer } | Record<string, never> {
  const bytes = asBuffer(toBytes(passPhrase));
  return bytes.length === 0 ? {} : { cipher: 'aes-256-cbc', passphrase: bytes };
}

function privateForm(key: KeyObject): 'pkcs1' | 'sec1' | 'pkcs8' {
  return key.asymmetricKeyType === 'rsa' ? 'pkcs1' : key.asymmetricKeyType === 'ec' ? 'sec1' : 'pkcs8';
}

function algorithmOf(key: KeyObject): QSsl.KeyAlgorithm {
  const type: string = key.asymmetricKeyType ?? '';
  if (type.startsWith('rsa')) return Rsa;
  if (type.startsWith('ml-dsa')) return MlDsa;
  return type === 'dsa' ? Dsa : type === 'ec' ? Ec : type === 'dh' ? Dh : Opaque;
}

function checkedHandle(handle: unknown, type: QSsl.KeyType | undefined): KeyObject {
  const { KeyObject, createPublicKey } = crypto();
  if (!(handle instanceof KeyObject) || handle.type === 'secret')
    throw new TypeError('QSslKey expects bytes, a device, or a private or public KeyObject of node:crypto.');
  if (type === PublicKey && handle.type === 'private') return createPublicKey(handle);
  if (type === PrivateKey && handle.type === 'public') throw new TypeError('QSslKey: a public KeyObject is no PrivateKey.');
  return handle;
}

function decoded(
  encoded: Uint8Array,
  algorithm: number | undefined,
  format: QSsl.EncodingFormat,
  type: QSsl.KeyType,
  passPhrase: BytesLike,
): KeyObject | null {
  if (algorithm === undefined || QSsl.KeyAlgorithm[algorithm] === undefined)
    throw new TypeError(`QSslKey expects QSsl.KeyAlgorithm with the bytes of a key; got ${String(algorithm)}.`);
  const bytes = asBuffer(encoded);
  const key = type === PublicKey ? publicKey(bytes, format) : privateKey(bytes, format, asBuffer(toBytes(passPhrase)));
  return key !== null && algorithmOf(key) === algorithm ? key : null;
}

function privateKey(key: Buffer, format: QSsl.EncodingFormat, passphrase: Buffer): KeyObject | null {
  const { createPrivateKey } = crypto();
  if (format === Pem) return attempt(() => createPrivateKey({ key, format: 'pem', passphrase }));
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const made = attempt(() => createPrivateKey({ key, format: 'der', type, passphrase }));
    if (made !== null) return made;
  }
  // DSA has a form of its own, which Node.js reads in PEM only
  return attempt(() =>
    createPrivateKey(`-----BEGIN DSA PRIVATE KEY-----\n${key.toString('base64')}\n-----END DSA PRIVATE KEY-----`),
  );
}

function publicKey(key: Buffer, format: QSsl.EncodingFormat): KeyObject | null {
  const { createPublicKey } = crypto();
  if (format === Pem) return attempt(() => createPublicKey({ key, format: 'pem' }));
  return (
    attempt(() => createPublicKey({ key, format: 'der', type: 'spki' })) ??
    attempt(() => createPublicKey({ key, format: 'der', type: 'pkcs1' }))
  );
}

/** Node.js throws for what cannot be read. */
function attempt(make: () => KeyObject): KeyObject | null {
  try {
    return make();
  } catch {
    return null;
  }
}
