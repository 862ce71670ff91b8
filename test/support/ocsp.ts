import { createHash, sign, X509Certificate } from 'node:crypto';
import * as der from './der.ts';
import type { Minted } from './mint.ts';

/** What a response says. Whatever is not said is as with a good one. */
export interface Saying {
  /** Whose certificate it is about, and by whom that was issued. */
  readonly about: Minted;
  readonly issuer: Minted;
  readonly status?: 'good' | 'revoked' | 'unknown';
  /** By default from an hour ago to an hour from now; null = nothing is said. */
  readonly from?: Date;
  readonly to?: Date | null;
  /** Who signs; by default the issuer. */
  readonly by?: Minted;
  /** The signer says who it is by the digest of its key. */
  readonly byKey?: boolean;
  /** Certificates that come along. */
  readonly along?: readonly Minted[];
  /** How many times it is said. */
  readonly times?: number;
  /** Digest of the signature. */
  readonly digest?: 'sha256' | 'sha1';
  readonly forged?: boolean;
}

const HOUR = 3_600_000;
const SIGNATURES = { sha256: '1.2.840.10045.4.3.2', sha1: '1.2.840.10045.4.1' } as const;
const STATUSES = {
  good: der.tagged(0x80),
  revoked: der.tagged(0xa1, der.generalTime(new Date(Date.now() - HOUR))),
  unknown: der.tagged(0x82),
} as const;

/** The refusal of a responder, by its number (RFC 6960 4.2.1). */
export const refusal = (status: number): Buffer => der.sequence(der.tagged(0x0a, Buffer.from([status])));

/** An OCSP response (RFC 6960 4.2.1), signed with P-256. */
export function ocspResponse(saying: Saying): Buffer {
  const { about, issuer, by = issuer, byKey = false, along = [], times = 1, digest = 'sha256' } = saying;
  const { status = 'good', from = new Date(Date.now() - HOUR), to = new Date(Date.now() + HOUR) } = saying;
  const id = der.sequence(
    der.sequence(der.oid('1.3.14.3.2.26'), der.NULL),
    der.octets(sha1(issuer.subject)),
    der.octets(keyDigest(issuer)),
    serialOf(about),
  );
  const until = to === null ? [] : [der.tagged(0xa0, der.generalTime(to))];
  const statement = der.sequence(id, STATUSES[status], der.generalTime(from), ...until);
  const responder = byKey ? der.tagged(0xa2, der.octets(keyDigest(by))) : der.tagged(0xa1, by.subject);
  const data = der.sequence(responder, der.generalTime(from), der.sequence(...Array.from({ length: times }, () => statement)));
  const seal = sign(digest, data, by.key);
  if (saying.forged === true) seal[seal.length - 1]! ^= 1;
  const certificates = along.length === 0 ? [] : [der.tagged(0xa0, der.sequence(...along.map(({ raw }) => raw)))];
  const basic = der.sequence(data, der.sequence(der.oid(SIGNATURES[digest])), der.bits(seal), ...certificates);
  const typed = der.sequence(der.oid('1.3.6.1.5.5.7.48.1.1'), der.octets(basic));
  return der.sequence(der.tagged(0x0a, Buffer.from([0])), der.tagged(0xa0, typed));
}

const sha1 = (bytes: Buffer): Buffer => createHash('sha1').update(bytes).digest();

/** Of the bits of the key alone: for P-256 those are the last 65 octets. */
function keyDigest({ key }: Minted): Buffer {
  const point = key.export({ format: 'jwk' });
  return sha1(Buffer.concat([Buffer.from([4]), Buffer.from(point.x!, 'base64url'), Buffer.from(point.y!, 'base64url')]));
}

const serialOf = ({ raw }: Minted): Buffer => der.number(BigInt(`0x${new X509Certificate(raw).serialNumber}`));
