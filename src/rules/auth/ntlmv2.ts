import { bindingDigest } from './channel-binding.ts';
import { md4 } from './md4.ts';
import { authenticateMessage, CODE_AT, type NtlmChallenge } from './ntlm-messages.ts';
import { serverTime, withClientPairs, writeAvPairs } from './ntlm-target-info.ts';

/** Who wants in. */
export interface NtlmAccount {
  /** Without its domain. */
  readonly user: string;
  readonly domain: string;
}

/** What an answer to a challenge is made of. */
export interface NtlmAnswer {
  /** The first message, as it was sent. */
  readonly negotiate: Uint8Array;
  readonly challenge: NtlmChallenge;
  readonly account: NtlmAccount;
  readonly password: string;
  /** The name of this machine, '' = not said. */
  readonly workstation: string;
  /** The service that is meant, `HTTP/server.example`. */
  readonly service: string;
  /** What ties it to the connection, see `serverEndPoint`; null = it is not over TLS, or there is nothing. */
  readonly binding: Uint8Array | null;
  /** Eight octets that nobody can guess. */
  readonly clientNonce: Uint8Array;
  /** Milliseconds since 1970; only for servers that do not say their own time. */
  readonly now: number;
}

/** What is computed from a password for one challenge (MS-NLMP 3.3.2). */
export interface Ntlmv2Response {
  readonly nt: Buffer;
  readonly lm: Buffer;
  readonly sessionBaseKey: Buffer;
}

/** From 1601 to 1970, in milliseconds. */
const EPOCH_MS = 11_644_473_600_000n;

/** The account that a user name stands for: `DOMAIN\user`, else `user` of the domain given, else `user@domain`, else the target’s domain. */
export function ntlmAccount(name: string, domain: string, target: string): NtlmAccount {
  const slash = name.indexOf('\\');
  if (slash >= 0) return { user: name.slice(slash + 1), domain: name.slice(0, slash) };
  // the server takes user@domain apart by itself
  if (domain === '' && name.includes('@')) return { user: name, domain: '' };
  return { user: name, domain: domain === '' ? target : domain };
}

/** The key that password and account make, 16 octets (NTOWFv2). As good as the password: not to be kept longer than needed. */
export function ntowfv2({ user, domain }: NtlmAccount, password: string): Buffer {
  return hmac(md4(utf16(password)), utf16(upperCase(user) + domain));
}

/** Windows takes each unit of UTF-16 alone, so ß stays ß. */
function upperCase(text: string): string {
  let upper = '';
  for (let i = 0; i < text.length; i++) {
    const one = text[i]!.toUpperCase();
    upper += one.length === 1 ? one : text[i]!;
  }
  return upper;
}

/** A time in milliseconds since 1970 as a FILETIME: units of 100 ns since 1601. */
export function fileTime(ms: number): Buffer {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE((BigInt(Math.trunc(ms)) + EPOCH_MS) * 10_000n);
  return time;
}

/** Both responses and the key of the session. `nt` begins with NTProofStr, 16 octets. */
export function ntlmv2Response(
  key: Uint8Array,
  serverNonce: Uint8Array,
  clientNonce: Uint8Array,
  time: Uint8Array,
  targetInfo: Uint8Array,
): Ntlmv2Response {
  const temp = Buffer.concat([
    Buffer.from([1, 1, 0, 0, 0, 0, 0, 0]),
    time,
    clientNonce,
    Buffer.alloc(4),
    targetInfo,
    Buffer.alloc(4),
  ]);
  const proof = hmac(key, serverNonce, temp);
  const lm = Buffer.concat([hmac(key, serverNonce, clientNonce), clientNonce]);
  return { nt: Buffer.concat([proof, temp]), lm, sessionBaseKey: hmac(key, proof) };
}

/**
 * The last message of NTLMv2, an answer to a challenge (MS-NLMP 3.1.5.1.2). A server that says its time gets a message integrity code, so
 * that nobody on the way can change what was agreed on. Throws a RangeError when a name does not fit into the message, and a TypeError for
 * a client nonce that has not eight octets.
 */
export function ntlmAnswer(answer: NtlmAnswer): Buffer {
  const { negotiate, challenge, account, password, workstation, service, clientNonce } = answer;
  if (clientNonce.length !== 8) throw new TypeError(`NTLM: the client nonce has ${clientNonce.length} octets, it must have 8`);
  const time = serverTime(challenge.pairs ?? []);
  const coded = time !== null;
  const binding = answer.binding === null ? null : bindingDigest(answer.binding);
  const pairs = challenge.pairs === null ? [] : withClientPairs(challenge.pairs, { coded, binding, service });
  const key = ntowfv2(account, password);
  const made = ntlmv2Response(key, challenge.nonce, clientNonce, time ?? fileTime(answer.now), writeAvPairs(pairs));
  // who knows a time knows NTLMv2, and is told nothing by an LM response
  const lm = coded ? Buffer.alloc(24) : made.lm;
  const message = authenticateMessage({ ...account, flags: challenge.flags, workstation, lm, nt: made.nt, coded });
  // without KEY_EXCH the exported session key is the session base key (MS-NLMP 3.4.5.1)
  if (coded) message.set(hmac(made.sessionBaseKey, negotiate, challenge.message, message), CODE_AT);
  return message;
}

function hmac(key: Uint8Array, ...parts: readonly Uint8Array[]): Buffer {
  const mac = process.getBuiltinModule('node:crypto').createHmac('md5', key);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le');
}
