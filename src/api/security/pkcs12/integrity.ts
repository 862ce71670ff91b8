import type { Ber } from '../../../base/ber.ts';
import { deriveNew, deriveOld, digestNamed } from './derivation.ts';

/** RFC 9579. */
const PBMAC1 = '1.2.840.113549.1.5.14';

/** A pass phrase as old algorithms want it, and as new ones do. */
export interface Phrase {
  readonly old: Buffer;
  readonly utf8: Buffer;
}

/** Nobody agrees on what no pass phrase is: two octets of 0, or nothing at all. */
export function phrasesFor(phrase: Buffer): Phrase[] {
  const old = Buffer.from(`${phrase.toString()}\0`, 'utf16le').swap16();
  const given = { old, utf8: phrase };
  return phrase.length === 0 ? [given, { old: phrase, utf8: phrase }] : [given];
}

/** Whether the checksum (MacData, RFC 7292 4) is that of the content; then the pass phrase is the right one. */
export function isAuthentic(mac: Ber, content: Buffer, phrase: Phrase): boolean {
  const [info, salt, count] = mac.inside;
  const [algorithm, expected] = info?.inside ?? [];
  if (algorithm === undefined || expected === undefined || salt === undefined) return false;
  const { createHmac, timingSafeEqual } = process.getBuiltinModule('node:crypto');
  const [digest, key] = keyed(algorithm, phrase, salt.octets, count?.integer ?? 1n);
  const found = createHmac(digest, key).update(content).digest();
  return found.length === expected.octets.length && timingSafeEqual(found, expected.octets);
}

function keyed(algorithm: Ber, phrase: Phrase, salt: Buffer, count: bigint): [digest: string, key: Buffer] {
  const [name, parameters] = algorithm.inside;
  if (name?.oid === PBMAC1) {
    const [kdf, scheme] = parameters?.inside ?? [];
    const digest = digestNamed(scheme);
    return [digest, deriveNew(kdf, phrase.utf8, sizeOf(digest))];
  }
  const digest = digestNamed(algorithm);
  return [digest, deriveOld(digest, 3, phrase.old, salt, count, sizeOf(digest))];
}

function sizeOf(digest: string): number {
  return digest === 'sha1' ? 20 : Number(digest.slice(3)) / 8;
}
