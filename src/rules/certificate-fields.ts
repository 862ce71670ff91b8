import { type DerValue, derAt, derInside } from '../base/der.ts';

/** Parts of a certificate (RFC 5280 4.1) that are compared or digested octet by octet. */
export interface CertificateFields {
  /** In hex. */
  readonly serial: string;
  readonly issuer: Uint8Array;
  /** SubjectPublicKeyInfo. */
  readonly publicKey: Uint8Array;
  /** What is in its bit string. */
  readonly keyBits: Uint8Array;
}

const VERSION = 0xa0;

/** Reads them from a certificate in DER; null when it is none. */
export function certificateFields(der: Uint8Array): CertificateFields | null {
  const whole = derAt(der, 0, der.length);
  const body = whole === null ? undefined : derInside(der, whole)[0];
  if (body === undefined) return null;
  const fields = derInside(der, body);
  const first = fields[0]?.tag === VERSION ? 1 : 0;
  const serial = fields[first];
  const key = fields[first + 5];
  const bits = key === undefined ? undefined : derInside(der, key)[1];
  if (serial === undefined || bits === undefined) return null;
  return {
    serial: hex(der, serial),
    issuer: encoded(der, fields, first + 2),
    publicKey: encoded(der, fields, first + 5),
    keyBits: der.subarray(bits.start + 1, bits.end),
  };
}

/** The content of a value, in hex. */
export function hex(der: Uint8Array, { start, end }: DerValue): string {
  return Buffer.from(der.subarray(start, end)).toString('hex');
}

/** The whole encoding of a value that stands behind another one. */
function encoded(der: Uint8Array, values: readonly DerValue[], index: number): Uint8Array {
  return der.subarray(values[index - 1]!.end, values[index]!.end);
}
