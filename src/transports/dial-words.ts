import type { Attempt } from '../contract/failure.ts';
import type { Hop } from '../contract/hop.ts';
import type { SecureInfo } from '../contract/security.ts';

/** An attempt to connect for the hop is over. */
export function tellAttempt(hop: Hop, attempt: Attempt): void {
  hop.attempts.push(attempt);
  if (hop.noting) hop.note('attempt', { ...attempt });
}

/** The connection for the hop stands, and was secured; null = it is plain. */
export function tellSecured(hop: Hop, secure: SecureInfo | null): void {
  if (secure === null) return;
  const { protocol, cipher, alpn } = secure;
  if (hop.noting) hop.note('tls', { protocol, cipher, alpn });
  hop.secure = secure;
  hop.secured(secure);
}
