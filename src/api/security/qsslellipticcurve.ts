/** The curve that Node.js calls `name`. */
export let curveNamed: (name: string) => QSslEllipticCurve;

/** A name that OpenSSL's long one differs from. */
const LONG_NAMES: Readonly<Record<string, string>> = { SM2: 'sm2', 'Oakley-EC2N-3': 'ipsec3', 'Oakley-EC2N-4': 'ipsec4' };

/** RFC 8422 5.1.1 and RFC 7027 have numbers for these, as had RFC 4492. */
const WITH_NUMBERS =
  /^(?:sect(?!1[13]\d)\d+[kr]\d|secp(?!112|128)\d+[kr]\d|prime(?:192|256)v1|brainpoolP(?:256|384|512)r1|X25519|X448)$/;

/** What NIST calls its curves over prime fields. */
const PRIME_CURVES: Readonly<Record<string, string>> = {
  'P-192': 'prime192v1',
  'P-224': 'secp224r1',
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};

/** All there are; those that are no Weierstraß curves Node.js does not list. */
export function knownCurves(): string[] {
  return ['X25519', 'X448', ...process.getBuiltinModule('node:crypto').getCurves()];
}

/**
 * A curve to agree on keys with (Qt: QSslEllipticCurve, 5.5). A value that does not change.
 *
 *     configuration.setEllipticCurves(['X25519', 'P-256'].map((name) => QSslEllipticCurve.fromShortName(name)));
 */
export class QSslEllipticCurve {
  #name = '';

  static {
    curveNamed = (name) => {
      const curve = new QSslEllipticCurve();
      curve.#name = name;
      return curve;
    };
  }

  /** The curve that OpenSSL or NIST calls `name`: 'prime256v1', 'P-256', 'X25519'; an invalid one when there is none. */
  static fromShortName(name: string): QSslEllipticCurve {
    const known = PRIME_CURVES[name] ?? name;
    return knownCurves().includes(known) ? curveNamed(known) : new QSslEllipticCurve();
  }

  /** The curve with this long name, which is the short one for nearly all; an invalid one when there is none. */
  static fromLongName(name: string): QSslEllipticCurve {
    const known = knownCurves().find((one) => (LONG_NAMES[one] ?? one) === name);
    return known === undefined ? new QSslEllipticCurve() : curveNamed(known);
  }

  /** OpenSSL's name, '' for an invalid one. */
  shortName(): string {
    return this.#name;
  }

  /** OpenSSL's longer name, '' for an invalid one. */
  longName(): string {
    return LONG_NAMES[this.#name] ?? this.#name;
  }

  /** False for one made without a name, or with one that OpenSSL does not know. */
  isValid(): boolean {
    return this.#name !== '';
  }

  /** True when TLS has a number for it; others cannot be agreed on. */
  isTlsNamedCurve(): boolean {
    return WITH_NUMBERS.test(this.#name);
  }

  /** True when both are the same curve, or both are invalid. */
  equals(other: QSslEllipticCurve): boolean {
    return this.#name === other.#name;
  }
}
