import { readBer } from '../../base/ber.ts';
import { type EnumValue, makeEnum, withEnums } from '../core/enums.ts';
import { asBuffer, type BytesLike, toBytes } from '../core/qbytearray.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { QSsl } from './qssl.ts';

/** What is wrong with parameters. */
const ParameterError = makeEnum({
  NoError: 0,
  InvalidInputDataError: 1,
  UnsafeParametersError: 2,
});

const TEXTS: Readonly<Record<number, string>> = {
  [ParameterError.NoError]: 'No error',
  [ParameterError.InvalidInputDataError]: 'These are no Diffie-Hellman parameters',
  [ParameterError.UnsafeParametersError]: 'The Diffie-Hellman parameters are not safe',
};

/** The group of 2048 bits in RFC 3526, by the name that Node.js has for it. */
const DEFAULT_GROUP = 'modp14';
const SHORTEST = 1024;

/**
 * Parameters of a Diffie-Hellman key exchange (Qt: QSslDiffieHellmanParameters, 5.8). A value that does not change.
 *
 *     const parameters = QSslDiffieHellmanParameters.fromEncoded(readFileSync('dh.pem'));
 *     if (!parameters.isValid()) throw new Error(parameters.errorString());
 *
 * They are for servers: a client takes those that the server chooses. Here they can be checked and kept.
 */
export class QSslDiffieHellmanParameters extends withEnums({ Error: ParameterError }) {
  #der: Buffer = Buffer.alloc(0);
  #error: QSslDiffieHellmanParameters.Error = ParameterError.NoError;

  /** Empty ones, with which a server offers no Diffie-Hellman suites; or a copy. */
  constructor(other?: QSslDiffieHellmanParameters) {
    super();
    if (other === undefined) return;
    this.#der = other.#der;
    this.#error = other.#error;
  }

  /** Those that are used when nothing is said: a group of 2048 bits (RFC 3526). */
  static defaultParameters(): QSslDiffieHellmanParameters {
    const group = process.getBuiltinModule('node:crypto').getDiffieHellman(DEFAULT_GROUP);
    const parameters = new QSslDiffieHellmanParameters();
    parameters.#der = Buffer.concat([
      Buffer.from('3082010802820101', 'hex'),
      Buffer.alloc(1),
      group.getPrime(),
      Buffer.from('020102', 'hex'),
    ]);
    return parameters;
  }

  /** Parameters in PEM or DER, from bytes or from what is left in an open device. {@link error} says what is wrong with them. */
  static fromEncoded(encoded: BytesLike | QIODevice | null, format: QSsl.EncodingFormat = QSsl.Pem): QSslDiffieHellmanParameters {
    const bytes =
      encoded === null ? Buffer.alloc(0) : asBuffer(encoded instanceof QIODevice ? encoded.readAll() : toBytes(encoded));
    const parameters = new QSslDiffieHellmanParameters();
    const der = format === QSsl.Pem ? insidePem(bytes) : bytes;
    parameters.#error = errorOf(der);
    if (parameters.#error === ParameterError.NoError) parameters.#der = Buffer.from(der);
    return parameters;
  }

  /** True when there are none and nothing went wrong. */
  isEmpty(): boolean {
    return this.#der.length === 0 && this.isValid();
  }

  /** True unless something is wrong with them; empty ones are valid. */
  isValid(): boolean {
    return this.#error === ParameterError.NoError;
  }

  /** What is wrong with them. */
  error(): QSslDiffieHellmanParameters.Error {
    return this.#error;
  }

  /** What is wrong with them, in a sentence. */
  errorString(): string {
    return TEXTS[this.#error]!;
  }

  /** True when both are the same, octet by octet. */
  equals(other: QSslDiffieHellmanParameters): boolean {
    return this.#error === other.#error && this.#der.equals(other.#der);
  }
}

/** Types of the class's enums. */
export declare namespace QSslDiffieHellmanParameters {
  type Error = EnumValue<typeof ParameterError>;
}

function insidePem(text: Buffer): Buffer {
  const [, inside = ''] = /-----BEGIN (?:X9\.42 )?DH PARAMETERS-----([^-]*)-----END/.exec(text.toString('latin1')) ?? [];
  return Buffer.from(inside, 'base64');
}

/** A sequence of a prime, a generator and maybe the order of the group (PKCS #3, X9.42). */
function errorOf(der: Buffer): QSslDiffieHellmanParameters.Error {
  const [prime, generator, third] = readBer(der)?.inside ?? [];
  const { InvalidInputDataError, UnsafeParametersError, NoError } = ParameterError;
  if (prime === undefined || generator === undefined || prime.integer < 3n) return InvalidInputDataError;
  const { constants, createDiffieHellman, checkPrimeSync } = process.getBuiltinModule('node:crypto');
  const bits = prime.integer.toString(2).length;
  // checking longer ones takes minutes, and OpenSSL refuses them as well
  if (bits < SHORTEST || bits > 10_000) return UnsafeParametersError;
  const found = createDiffieHellman(prime.content, generator.content).verifyError;
  const { DH_CHECK_P_NOT_PRIME, DH_CHECK_P_NOT_SAFE_PRIME, DH_NOT_SUITABLE_GENERATOR } = constants;
  // the third number of PKCS #3 is a length
  const order = third === undefined || third.content.length < 8 ? null : third.integer;
  const ordered = order !== null && order > 1n && (prime.integer - 1n) % order === 0n && checkPrimeSync(order);
  const residue = prime.integer % 24n;
  const suitable = generator.integer === 2n && (residue === 11n || residue === 23n);
  const bad = DH_CHECK_P_NOT_PRIME | (ordered ? 0 : DH_CHECK_P_NOT_SAFE_PRIME) | (suitable ? 0 : DH_NOT_SUITABLE_GENERATOR);
  return (found & bad) === 0 ? NoError : UnsafeParametersError;
}
