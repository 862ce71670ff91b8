/** One value of a DER encoding (X.690): its tag and where its content lies. */
export interface DerValue {
  readonly tag: number;
  /** Of the content. */
  readonly start: number;
  readonly end: number;
}

export const DER_INTEGER = 0x02;

/** The value that begins at `at`; null when there is none that is whole before `limit`. Tags of several octets are not read. */
export function derAt(bytes: Uint8Array, at: number, limit: number): DerValue | null {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return null;
  let start = at + 2;
  let length = first;
  if (first >= 0x80) {
    const octets = first & 0x7f;
    // an indefinite length is no DER, and nothing here has 4 GiB
    if (octets === 0 || octets > 4) return null;
    length = 0;
    for (const end = start + octets; start < end; start++) length = length * 256 + (bytes[start] ?? 0);
  }
  const end = start + length;
  return end <= limit ? { tag, start, end } : null;
}

/** The values inside another one, as far as they can be read. */
export function derInside(bytes: Uint8Array, outer: DerValue): DerValue[] {
  const all: DerValue[] = [];
  for (let at = outer.start; at < outer.end; ) {
    const value = derAt(bytes, at, outer.end);
    if (value === null) break;
    all.push(value);
    at = value.end;
  }
  return all;
}

/** A small unsigned number, -1 for one that is neither small nor a number. */
export function derNumber(bytes: Uint8Array, value: DerValue | undefined): number {
  if (value === undefined || value.tag !== DER_INTEGER || value.end - value.start > 4) return -1;
  let n = 0;
  for (let i = value.start; i < value.end; i++) n = n * 256 + bytes[i]!;
  return n;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** 2.5.29.19, basicConstraints. */
const BASIC_CONSTRAINTS = '551d13';

/** What Node.js does not tell of a certificate (RFC 5280 4.1). */
export interface CertificateParts {
  /** 1 to 3, 0 when it cannot be read. */
  readonly version: number;
  /** How many authorities may come below it, -1 = any number (RFC 5280 4.2.1.9). */
  readonly pathLength: number;
}

/** Reads the parts from a certificate in DER. */
export function certificateParts(der: Uint8Array): CertificateParts {
  const whole = derAt(der, 0, der.length);
  const body = whole === null ? undefined : derInside(der, whole)[0];
  if (body === undefined) return { version: 0, pathLength: -1 };
  const fields = derInside(der, body);
  const [first] = fields;
  const version = first?.tag === VERSION ? derNumber(der, derInside(der, first)[0]) + 1 : 1;
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS);
  const list = extensions === undefined ? undefined : derInside(der, extensions)[0];
  return { version, pathLength: list === undefined ? -1 : pathLength(der, list) };
}

function pathLength(der: Uint8Array, extensions: DerValue): number {
  for (const extension of derInside(der, extensions)) {
    const [oid, ...rest] = derInside(der, extension);
    const value = rest.at(-1);
    if (oid === undefined || value === undefined) continue;
    if (Buffer.from(der.subarray(oid.start, oid.end)).toString('hex') !== BASIC_CONSTRAINTS) continue;
    const constraints = derAt(der, value.start, value.end);
    if (constraints === null) return -1;
    return derNumber(
      der,
      derInside(der, constraints).find(({ tag }) => tag === DER_INTEGER),
    );
  }
  return -1;
}
