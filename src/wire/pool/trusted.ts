import type { SecureInfo, TlsDelegate } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { refuses } from '../../rules/certificate-doubts.ts';
import { isSameKey } from '../dial/shared-key.ts';
import type { Route } from '../route.ts';

/**
 * Opened with a key that two share, or although something spoke against the peer: for who said yes to that. Where nothing is ever
 * refused all say yes.
 */
export function isPersonal({ secure }: ByteStream, { tls }: Route): boolean {
  if (secure === null) return false;
  return secure.sharedKey !== null || (secure.doubts.length > 0 && refuses(tls, secure.doubts));
}

/** Whether the client would have opened the connection, too. */
export function isTrusted(info: SecureInfo, client: TlsDelegate): boolean {
  const { doubts, sharedKey } = info;
  if (doubts.length > 0 && !client.trusts(info)) return false;
  return sharedKey === null || (client.sharesKeys && isSameKey(sharedKey, client.sharedKey(sharedKey.hint)));
}
