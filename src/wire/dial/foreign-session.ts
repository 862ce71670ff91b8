import type { TlsWish } from '../../contract/security.ts';
import { readPortableTicket } from '../../rules/tls-session.ts';
import { peerKept } from './known-peer.ts';
import { isFresh, type KeptSession } from './sessions.ts';

/**
 * The session in a ticket that somebody has kept, perhaps another process. Nothing it says is taken for granted: its certificates are
 * verified as if they had been shown now. Null when they do not hold, or it is none.
 */
export function foreignSession(ticket: Uint8Array, name: string, wish: TlsWish, now: number): KeptSession | null {
  const read = readPortableTicket(ticket);
  if (read === null) return null;
  const peer = peerKept(name, read.chain, wish, now);
  if (peer === null) return null;
  const session = { der: read.session, facts: read.facts, peer, since: read.facts.made };
  return isFresh(session, now) ? session : null;
}

/** What Node.js lays around OpenSSL's encoding from 22.23, 24.21 and 26 on: a mark, then length and name of the server. */
const WRAPPER = '\0nodejs:tls:session:1\0';

/** OpenSSL's encoding alone: whom it belongs to we know better. */
export function bareSession(session: Buffer): Buffer {
  const mark = WRAPPER.length;
  if (session.toString('latin1', 0, mark) !== WRAPPER || session.length < mark + 2) return session;
  return session.subarray(mark + 2 + session.readUInt16BE(mark));
}
