import { type DerValue, derAt, derInside } from '../base/der.ts';
import { hex } from './certificate-fields.ts';

/** What a responder says about certificates (RFC 6960 4.2.1). */
export interface OcspResponse {
  /** 0 = successful, and then there are statements; else the responder says why it makes none. */
  readonly status: number;
  readonly statements: OcspStatements | null;
}

/** A signed list of statements. */
export interface OcspStatements {
  /** What was signed, and how: the OID in hex. */
  readonly signed: Uint8Array;
  readonly algorithm: string;
  readonly signature: Uint8Array;
  /** Certificates that came along, in DER. */
  readonly certificates: readonly Uint8Array[];
  readonly list: readonly OcspStatement[];
}

/** One statement, about one certificate. */
export interface OcspStatement {
  /** The OID, in hex, of the digest of the two that follow. */
  readonly digest: string;
  readonly issuerName: Uint8Array;
  readonly issuerKey: Uint8Array;
  /** In hex. */
  readonly serial: string;
  readonly status: 'good' | 'revoked' | 'unknown';
  /** From when to when it may be relied on, milliseconds since 1970; `to` is NaN when nothing is said. */
  readonly from: number;
  readonly to: number;
}

const BASIC = '2b0601050507300101';
const ENUMERATED = 0x0a;
const OCTETS = 0x04;
const TIME = 0x18;
const VERSION = 0xa0;
const STATUSES: Readonly<Record<number, OcspStatement['status']>> = { 128: 'good', 161: 'revoked', 130: 'unknown' };

/** Whoever sends more than a few certificates along wants to be a nuisance. */
const MOST_CERTIFICATES = 8;

/** Reads a response in DER; null when it is none. */
export function readOcspResponse(der: Uint8Array): OcspResponse | null {
  const whole = derAt(der, 0, der.length);
  if (whole === null) return null;
  const [status, bytes] = derInside(der, whole);
  if (status?.tag !== ENUMERATED || status.end - status.start !== 1) return null;
  const code = der[status.start]!;
  if (code !== 0) return { status: code, statements: null };
  const typed = bytes === undefined ? undefined : derInside(der, bytes)[0];
  const [type, octets] = typed === undefined ? [] : derInside(der, typed);
  if (type === undefined || octets?.tag !== OCTETS || hex(der, type) !== BASIC) return null;
  const statements = readStatements(der.subarray(octets.start, octets.end));
  return statements === null ? null : { status: 0, statements };
}

function readStatements(der: Uint8Array): OcspStatements | null {
  const whole = derAt(der, 0, der.length);
  const [data, algorithm, signature, along] = whole === null ? [] : derInside(der, whole);
  const oid = algorithm === undefined ? undefined : derInside(der, algorithm)[0];
  if (data === undefined || oid === undefined || signature === undefined) return null;
  const fields = derInside(der, data).filter(({ tag }, i) => i > 0 || tag !== VERSION);
  // who has signed is seen by the signature
  const [, , list] = fields;
  if (list === undefined) return null;
  const read = derInside(der, list).map((one) => readStatement(der, one));
  if (!read.every((one) => one !== null)) return null;
  return {
    signed: der.subarray(whole!.start, data.end),
    algorithm: hex(der, oid),
    signature: der.subarray(signature.start + 1, signature.end),
    certificates: along === undefined ? [] : certificatesIn(der, along),
    list: read,
  };
}

function certificatesIn(der: Uint8Array, along: DerValue): Uint8Array[] {
  const list = derAt(der, along.start, along.end);
  const values = list === null ? [] : derInside(der, list).slice(0, MOST_CERTIFICATES);
  return values.map((value, i) => der.subarray(i === 0 ? list!.start : values[i - 1]!.end, value.end));
}

function readStatement(der: Uint8Array, value: DerValue): OcspStatement | null {
  const [id, status, from, ...rest] = derInside(der, value);
  const [algorithm, name, key, serial] = id === undefined ? [] : derInside(der, id);
  const digest = algorithm === undefined ? undefined : derInside(der, algorithm)[0];
  const word = status === undefined ? undefined : STATUSES[status.tag];
  if (digest === undefined || name === undefined || key === undefined || serial === undefined) return null;
  if (word === undefined || from === undefined) return null;
  const next = rest.find(({ tag }) => tag === 0xa0);
  const start = timeOf(der, from);
  const end = next === undefined ? Number.NaN : timeOf(der, derAt(der, next.start, next.end));
  if (Number.isNaN(start) || (next !== undefined && Number.isNaN(end))) return null;
  return {
    digest: hex(der, digest),
    issuerName: der.subarray(name.start, name.end),
    issuerKey: der.subarray(key.start, key.end),
    serial: hex(der, serial),
    status: word,
    from: start,
    to: end,
  };
}

/** GeneralizedTime as RFC 5280 4.1.2.5.2 wants it; NaN for any other. */
function timeOf(der: Uint8Array, value: DerValue | null): number {
  if (value?.tag !== TIME) return Number.NaN;
  const text = Buffer.from(der.subarray(value.start, value.end)).toString('latin1');
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [, year, month, day, hour, minute, second] = parts;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
