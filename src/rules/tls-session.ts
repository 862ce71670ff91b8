import { DER_INTEGER, type DerValue, derAt, derInside } from '../base/der.ts';

/** What OpenSSL's encoding of a session says about it. */
export interface SessionFacts {
  /** As on the wire: 0x0303 is TLS 1.2, 0x0304 is TLS 1.3. */
  readonly version: number;
  /** Milliseconds since 1970. */
  readonly made: number;
  /** Seconds after which OpenSSL itself would not go on with it. */
  readonly timeout: number;
  /** Seconds that the server means to know it, 0 = it does not say (RFC 5077 3.3), -1 = it has sent no ticket. */
  readonly hint: number;
  /** The certificate of the server, in DER; null when it is not there. */
  readonly peer: Uint8Array | null;
}

/** When a session may go on. All times in milliseconds since 1970. */
export interface SessionTimes {
  readonly since: number;
  /** Milliseconds. */
  readonly lifetime: number;
  /** When all certificates of its chain are valid. */
  readonly from: number;
  readonly to: number;
}

export const TLS_1_3 = 0x0304;

/** RFC 8446 4.6.1: whatever the server says. */
const LONGEST_SECONDS = 604_800;

const SEQUENCE = 0x30;
const OCTETS = 0x04;
/** Tags of optional fields: [n] EXPLICIT. */
const MADE = 0xa1;
const TIMEOUT = 0xa2;
const PEER = 0xa3;
const HINT = 0xa9;
const TICKET = 0xaa;

/** Reads a session; null when it is none. */
export function sessionFacts(der: Uint8Array): SessionFacts | null {
  const all = derAt(der, 0, der.length);
  if (all === null || all.tag !== SEQUENCE || all.end !== der.length) return null;
  const fields = derInside(der, all);
  const [format, version, cipher, id, secret] = fields;
  if (format?.tag !== DER_INTEGER || cipher?.tag !== OCTETS || id?.tag !== OCTETS || secret?.tag !== OCTETS) return null;
  const field = (tag: number): DerValue | undefined => fields.find((one) => one.tag === tag);
  const inside = (tag: number): number => {
    const outer = field(tag);
    return outer === undefined ? 0 : whole(der, derInside(der, outer)[0]);
  };
  const peer = field(PEER);
  return {
    version: whole(der, version),
    made: inside(MADE) * 1000,
    timeout: inside(TIMEOUT),
    hint: field(TICKET) === undefined ? -1 : inside(HINT),
    peer: peer === undefined ? null : der.subarray(peer.start, peer.end),
  };
}

/** A session of TLS 1.3 without the certificate of the server, which OpenSSL would read, at some cost, and not look at. */
export function withoutPeer(der: Uint8Array): Uint8Array {
  const all = derAt(der, 0, der.length);
  const fields = all === null ? [] : derInside(der, all);
  const at = fields.findIndex(({ tag }) => tag === PEER);
  if (at < 1) return der;
  return sequence([der.subarray(all!.start, fields[at - 1]!.end), der.subarray(fields[at]!.end, all!.end)]);
}

/** A number that is not negative and at most 2^48; 0 for all others. */
function whole(der: Uint8Array, value: DerValue | undefined): number {
  if (value === undefined || value.tag !== DER_INTEGER || value.end - value.start > 6) return 0;
  let n = 0;
  for (let i = value.start; i < value.end; i++) n = n * 256 + der[i]!;
  return n;
}

/** Milliseconds that a session may be used, as the server says, or OpenSSL if it says nothing. */
export function sessionLifetime({ version, hint, timeout }: SessionFacts): number {
  // in TLS 1.3 a lifetime of 0 means not at all (RFC 8446 4.6.1), before it means that the server does not know
  const seconds = version >= TLS_1_3 || hint > 0 ? hint : timeout;
  return Math.max(0, Math.min(seconds, LONGEST_SECONDS)) * 1000;
}

/** Whether a session may go on. Nobody shows a certificate then, so those of its chain are looked at as if they were shown now. */
export function mayGoOn({ since, lifetime, from, to }: SessionTimes, now: number): boolean {
  return since <= now && now < since + lifetime && from <= now && now <= to;
}

/**
 * A session together with the chain of its server, for another process: a sequence of both. In a session there is at most the first
 * certificate, and that is not enough to verify it again.
 */
export function portableTicket(session: Uint8Array, chain: readonly Uint8Array[]): Uint8Array {
  return sequence([session, sequence(chain)]);
}

/** Takes a portable ticket apart; null when it is none, or its parts do not belong together. */
export function readPortableTicket(ticket: Uint8Array): { session: Uint8Array; facts: SessionFacts; chain: Uint8Array[] } | null {
  const all = derAt(ticket, 0, ticket.length);
  if (all === null || all.tag !== SEQUENCE || all.end !== ticket.length) return null;
  const session = derAt(ticket, all.start, all.end);
  const list = session === null ? null : derAt(ticket, session.end, all.end);
  if (session === null || list === null || list.tag !== SEQUENCE || list.end !== all.end) return null;
  const der = ticket.subarray(all.start, session.end);
  const facts = sessionFacts(der);
  const chain: Uint8Array[] = [];
  let start = list.start;
  for (const { end } of derInside(ticket, list)) {
    chain.push(ticket.subarray(start, end));
    start = end;
  }
  if (facts === null || chain.length === 0 || !belongs(facts, chain[0]!)) return null;
  return { session: der, facts, chain };
}

/** Before TLS 1.3 OpenSSL wants to know whose session it is. */
function belongs({ peer, version }: SessionFacts, first: Uint8Array): boolean {
  return peer === null ? version >= TLS_1_3 : Buffer.compare(peer, first) === 0;
}

function sequence(parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, { length }) => sum + length, 0);
  const head = [SEQUENCE];
  if (length < 0x80) head.push(length);
  else {
    const octets: number[] = [];
    for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
    head.push(0x80 | octets.length, ...octets);
  }
  return Buffer.concat([Buffer.from(head), ...parts]);
}
