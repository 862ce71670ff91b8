import type { Challenge } from './challenges.ts';
import { type DigestHash, readDigest } from './digest.ts';

/** The strongest first, as in Qt 6.11. A token is no password, and Basic shows it to whoever listens. */
const ORDER: readonly string[] = ['negotiate', 'ntlm', 'digest', 'bearer', 'basic'];
const HASHES: readonly DigestHash[] = ['sha512-256', 'sha256', 'md5'];
const UNKNOWN = ORDER.length;

/**
 * The challenges that may be answered, the strongest first, whatever their order in the message (RFC 7616 3.7 leaves that to
 * the client); equal ones in their order. Schemes that nobody knows come last, and so does Digest in a form that cannot be answered.
 */
export function byStrength(challenges: readonly Challenge[]): Challenge[] {
  const ranked = challenges.map((challenge) => ({ challenge, rank: rankOf(challenge) }));
  return ranked.sort((a, b) => a.rank - b.rank).map(({ challenge }) => challenge);
}

/** The place of a challenge among all, 0 = the strongest; schemes that nobody knows come last. */
export function rankOf(challenge: Challenge): number {
  const place = ORDER.indexOf(challenge.scheme);
  if (challenge.scheme !== 'digest') return place < 0 ? UNKNOWN : place;
  const digest = readDigest(challenge);
  return digest === null ? UNKNOWN : place + HASHES.indexOf(digest.hash) / HASHES.length;
}
