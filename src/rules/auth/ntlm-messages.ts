import { type AvPair, readAvPairs } from './ntlm-target-info.ts';

/** What a server asks (CHALLENGE_MESSAGE, MS-NLMP 2.2.1.2). */
export interface NtlmChallenge {
  /** The whole message, which goes into the message integrity code. */
  readonly message: Uint8Array;
  readonly flags: number;
  /** Eight octets. */
  readonly nonce: Uint8Array;
  /** The domain or the server that the account should be known to; '' = not said. */
  readonly target: string;
  /** What the server says about itself; null = nothing, it is an old one. */
  readonly pairs: readonly AvPair[] | null;
}

/** What goes into the last message (AUTHENTICATE_MESSAGE, MS-NLMP 2.2.1.3). */
export interface NtlmAuthenticate {
  /** Those of the challenge. */
  readonly flags: number;
  readonly domain: string;
  readonly user: string;
  /** The name of this machine, '' = not said. */
  readonly workstation: string;
  readonly lm: Uint8Array;
  readonly nt: Uint8Array;
  /** Leave room for a message integrity code, see `CODE_AT`. */
  readonly coded: boolean;
}

const UNICODE = 0x0000_0001;
const REQUEST_TARGET = 0x0000_0004;
const NTLM = 0x0000_0200;
const ALWAYS_SIGN = 0x0000_8000;
const EXTENDED_SESSION_SECURITY = 0x0008_0000;
const TARGET_INFO = 0x0080_0000;
const VERSION = 0x0200_0000;

/**
 * What we offer (MS-NLMP 2.2.2.5). Neither SIGN nor SEAL, as nothing is signed or sealed with HTTP, and so no KEY_EXCH: it would need
 * RC4, which OpenSSL 3 has no more, for a key that nobody uses. No OEM: names in the code page of a machine we do not know are wrong names.
 */
const OFFERED = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED_SESSION_SECURITY | VERSION;

const SIGNATURE = Buffer.from('NTLMSSP\0', 'latin1');
/** Not a Windows, but of revision 15 of NTLM (MS-NLMP 2.2.2.10). */
const OUR_VERSION = Buffer.from([0, 0, 0, 0, 0, 0, 0, 15]);

const NEGOTIATE_OCTETS = 40;
/** Old servers end their message after the nonce. */
const SHORTEST_CHALLENGE = 32;
const TARGET_INFO_FIELD = 40;
/** Real ones have a few hundred octets, and most of it goes back in a header. */
const LONGEST_CHALLENGE = 16_384;

const AUTHENTICATE_OCTETS = 72;
/** Where the message integrity code stands in the last message, and its length. */
export const CODE_AT = AUTHENTICATE_OCTETS;
export const CODE_OCTETS = 16;

/** The first message (NEGOTIATE_MESSAGE, MS-NLMP 2.2.1.1). It says nothing about the user or the machine, and is always the same. */
export function negotiateMessage(): Buffer {
  const message = start(1, NEGOTIATE_OCTETS);
  message.writeUInt32LE(OFFERED, 12);
  message.set(OUR_VERSION, 32);
  return message;
}

/** Reads a challenge; null when it is none, is damaged, or is from a server that does not know Unicode. */
export function readChallenge(bytes: Uint8Array): NtlmChallenge | null {
  if (bytes.length < SHORTEST_CHALLENGE || bytes.length > LONGEST_CHALLENGE) return null;
  const message = Buffer.from(bytes);
  if (!message.subarray(0, 8).equals(SIGNATURE) || message.readUInt32LE(8) !== 2) return null;
  const flags = message.readUInt32LE(20);
  const target = fieldAt(message, 12);
  const info = (flags & TARGET_INFO) === 0 ? Buffer.alloc(0) : fieldAt(message, TARGET_INFO_FIELD);
  if ((flags & UNICODE) === 0 || target === null || target.length % 2 !== 0 || info === null) return null;
  const pairs = info.length === 0 ? null : readAvPairs(info);
  if (info.length > 0 && pairs === null) return null;
  return { message, flags, nonce: message.subarray(24, 32), target: target.toString('utf16le'), pairs };
}

/** What a field (length, room, offset) of a message points at; null when that is not inside. */
function fieldAt(message: Buffer, at: number): Buffer | null {
  if (at + 8 > message.length) return null;
  const length = message.readUInt16LE(at);
  const offset = message.readUInt32LE(at + 4);
  // the offset of nothing means nothing
  if (length === 0) return message.subarray(0, 0);
  return offset + length <= message.length ? message.subarray(offset, offset + length) : null;
}

/**
 * The last message; its integrity code is still zero. Throws a RangeError that names the part, and not what is in it, when a part is too
 * long for it.
 */
export function authenticateMessage(parts: NtlmAuthenticate): Buffer {
  const fields: readonly [at: number, what: string, content: Uint8Array][] = [
    [28, 'domain', Buffer.from(parts.domain, 'utf16le')],
    [36, 'user name', Buffer.from(parts.user, 'utf16le')],
    [44, 'workstation', Buffer.from(parts.workstation, 'utf16le')],
    [12, 'LM response', parts.lm],
    [20, 'NT response', parts.nt],
    [52, 'session key', new Uint8Array(0)],
  ];
  const flags = (OFFERED | TARGET_INFO) & parts.flags;
  const head = start(3, AUTHENTICATE_OCTETS + (parts.coded ? CODE_OCTETS : 0));
  head.writeUInt32LE(flags, 60);
  if ((flags & VERSION) !== 0) head.set(OUR_VERSION, 64);
  let offset = head.length;
  for (const [at, what, { length }] of fields) {
    if (length > 0xffff)
      throw new RangeError(`NTLM: the ${what} has ${length} octets in UTF-16, at most 65535 fit into the message`);
    head.writeUInt16LE(length, at);
    head.writeUInt16LE(length, at + 2);
    head.writeUInt32LE(offset, at + 4);
    offset += length;
  }
  return Buffer.concat([head, ...fields.map(([, , content]) => content)]);
}

function start(type: number, octets: number): Buffer {
  const message = Buffer.alloc(octets);
  message.set(SIGNATURE);
  message.writeUInt32LE(type, 8);
  return message;
}
