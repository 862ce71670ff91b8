// RFC 7616: Digest, and RFC 2069 where a server offers no quality of protection. Text of the server is Latin-1: one character an octet.

import { encodeText } from '../../base/percent.ts';
import { agreedForm } from './basic.ts';
import { type Challenge, rawRealm, saysUtf8 } from './challenges.ts';

/** As OpenSSL calls them. */
export type DigestHash = 'md5' | 'sha256' | 'sha512-256';
/** '' = RFC 2069, which protects neither against replay nor against a changed body. */
export type Protection = 'auth' | 'auth-int' | '';

/** What a server wants and how. */
export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  /** Null when none was said. */
  readonly opaque: string | null;
  /** As it was spelled; '' when it was not said, which means MD5. */
  readonly algorithm: string;
  readonly hash: DigestHash;
  /** The key is made once for the nonce (`-sess`). */
  readonly session: boolean;
  /** What may be chosen from; never empty. */
  readonly protections: readonly Protection[];
  /** The name and password were right, only the nonce was too old. */
  readonly stale: boolean;
  /** The name is to be sent as a hash. */
  readonly userhash: boolean;
  readonly utf8: boolean;
}

/** What of a request goes into the answer. */
export interface DigestRequest {
  readonly method: string;
  /** As in the request line: path and query. */
  readonly target: string;
  /** The hash of the body in hexadecimal digits (see `digestHash`); null when the body is not known beforehand. */
  readonly body: ((hash: DigestHash) => string) | null;
}

const HASHES: Readonly<Record<string, DigestHash>> = { md5: 'md5', 'sha-256': 'sha256', 'sha-512-256': 'sha512-256' };

/** Reads a challenge of this scheme; null when it cannot be answered: another algorithm, another protection, no nonce. */
export function readDigest(challenge: Challenge): DigestChallenge | null {
  const { scheme, params } = challenge;
  const nonce = params.get('nonce') ?? '';
  const algorithm = params.get('algorithm') ?? '';
  const lower = algorithm.toLowerCase() || 'md5';
  const session = lower.endsWith('-sess');
  const name = session ? lower.slice(0, -'-sess'.length) : lower;
  const hash = Object.hasOwn(HASHES, name) ? HASHES[name] : undefined;
  const protections = readProtections(params.get('qop') ?? '');
  if (scheme !== 'digest' || nonce === '' || hash === undefined || protections.length === 0) return null;
  return {
    realm: rawRealm(challenge),
    nonce,
    opaque: params.get('opaque') ?? null,
    algorithm,
    hash,
    session,
    protections,
    stale: isTrue(params.get('stale')),
    userhash: isTrue(params.get('userhash')),
    utf8: saysUtf8(challenge),
  };
}

function readProtections(qop: string): Protection[] {
  const words = qop
    .toLowerCase()
    .split(/[ \t,]+/)
    .filter(Boolean);
  if (words.length === 0) return [''];
  return (['auth', 'auth-int'] as const).filter((protection) => words.includes(protection));
}

function isTrue(text: string | undefined): boolean {
  return text?.toLowerCase() === 'true';
}

/** What protects a request: `auth` where it may be, since `auth-int` needs the body beforehand; null when nothing fits. */
export function protectionFor({ protections }: DigestChallenge, { body }: DigestRequest): Protection | null {
  return protections.find((protection) => protection !== 'auth-int' || body !== null) ?? null;
}

/** In hexadecimal digits. Text is Latin-1. */
export function digestHash(hash: DigestHash, data: string | Uint8Array): string {
  return process.getBuiltinModule('node:crypto').hash(hash, typeof data === 'string' ? Buffer.from(data, 'latin1') : data);
}

/** Name and password as the server reads them: octets of UTF-8, one character each. */
export function credentialOctets(text: string, utf8: boolean): string {
  return Buffer.from(agreedForm(text, utf8), 'utf8').toString('latin1');
}

/** What stands for name and password in all answers to a challenge (RFC 7616 3.4.2): H(A1). */
export function digestKey(challenge: DigestChallenge, user: string, password: string, cnonce: string): string {
  const { hash, realm, nonce, session, utf8 } = challenge;
  const key = digestHash(hash, `${credentialOctets(user, utf8)}:${realm}:${credentialOctets(password, utf8)}`);
  return session ? digestHash(hash, `${key}:${nonce}:${cnonce}`) : key;
}

/** What one proof is made of. */
export interface Proof {
  readonly key: string;
  readonly nonce: string;
  /** Eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
  readonly protection: Protection;
  /** '' for the proof of a server (RFC 7616 3.5). */
  readonly method: string;
  readonly target: string;
  /** With `auth-int`: the hash of the body. */
  readonly body: string;
}

/** RFC 7616 3.4.1, and RFC 2069 2.1.2 without protection. */
export function digestProof(hash: DigestHash, proof: Proof): string {
  const { key, nonce, nc, cnonce, protection, method, target, body } = proof;
  const what = digestHash(hash, `${method}:${target}` + (protection === 'auth-int' ? `:${body}` : ''));
  return digestHash(
    hash,
    protection === '' ? `${key}:${nonce}:${what}` : `${key}:${nonce}:${nc}:${cnonce}:${protection}:${what}`,
  );
}

/** The value of Authorization, its parts in Qt's order; some servers want `algorithm`, `qop` and `nc` without quotes. */
export function digestField(challenge: DigestChallenge, user: string, proof: Proof): string {
  const { realm, opaque, algorithm, hash, userhash } = challenge;
  const { nonce, nc, cnonce, protection, target } = proof;
  const parts = [userPart(challenge, user), `realm=${quoted(realm)}`, `nonce=${quoted(nonce)}`, `uri=${quoted(target)}`];
  if (opaque !== null) parts.push(`opaque=${quoted(opaque)}`);
  parts.push(`response="${digestProof(hash, proof)}"`);
  if (algorithm !== '') parts.push(`algorithm=${algorithm}`);
  if (protection !== '') parts.push(`qop=${protection}`, `nc=${nc}`, `cnonce=${quoted(cnonce)}`);
  if (userhash) parts.push('userhash=true');
  return `Digest ${parts.join(', ')}`;
}

/** RFC 7616 3.4.4 and 3.4: a hash, or UTF-8 said as such (RFC 8187) where quotes cannot hold the name and the server reads that. */
function userPart({ hash, realm, userhash, utf8 }: DigestChallenge, user: string): string {
  const octets = credentialOctets(user, utf8);
  if (userhash) return `username="${digestHash(hash, `${octets}:${realm}`)}"`;
  const plain = /^[ -~]*$/.test(octets);
  return plain || !(utf8 || /[\0-\x1f\x7f]/.test(octets))
    ? `username=${quoted(octets)}`
    : `username*=UTF-8''${encodeText(agreedForm(user, utf8), '!#$&+^`|', '')}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
