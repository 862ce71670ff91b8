import type { TLSSocket } from 'node:tls';
import type { Doubt, TlsWish } from '../../contract/security.ts';
import { pinDoubts } from './pinned.ts';
import { type Staple, stapleDoubts, stapleOf } from './staple.ts';

/** Listens in the handshake for what the wish wants to know of it; null = for nothing about the certificate. */
export function listenFor({ keyLog, stapling }: TlsWish, secured: TLSSocket): Staple | null {
  // each line ends with a line feed
  if (keyLog !== null) secured.on('keylog', (line: Buffer) => keyLog(line.toString('latin1').trimEnd()));
  return stapling ? stapleOf(secured) : null;
}

/**
 * All that speaks against a chain: what was found so far, and what OpenSSL was not asked about. Pinned keys count whoever says that the
 * certificate need not be verified, and on a session that goes on as on a new one.
 */
export function withOwnDoubts(
  found: readonly Doubt[],
  wish: TlsWish | null,
  name: string,
  chain: readonly Uint8Array[],
  staple: Staple | null,
): readonly Doubt[] {
  if (wish === null || (staple === null && wish.pins.length === 0)) return found;
  const stapled = staple === null || chain.length === 0 ? [] : stapleDoubts(staple, chain, Date.now());
  return [...found, ...pinDoubts(wish.pins, name, chain), ...stapled];
}
