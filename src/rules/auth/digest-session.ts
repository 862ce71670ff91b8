import { parseAuthInfo } from './challenges.ts';
import {
  type DigestChallenge,
  type DigestHash,
  type DigestRequest,
  digestField,
  digestKey,
  digestProof,
  type Proof,
  protectionFor,
} from './digest.ts';

/** An answer that was sent. */
export interface DigestAnswer {
  /** The value of Authorization. */
  readonly value: string;
  /** What the server has to know as well. */
  readonly proof: Proof;
}

/** What a server proves about itself: `none` = it says nothing, or nothing that can be looked at. */
export type ServerProof = 'none' | 'right' | 'wrong';

/**
 * All answers to one challenge. Each nonce has a count of its own, which starts at 1 (RFC 7616 3.4; Qt goes on counting). Another
 * challenge, also one that only says `stale`, is another session.
 */
export class DigestSession {
  private readonly challenge: DigestChallenge;
  private readonly user: string;
  private readonly key: string;
  private readonly cnonce: string;
  private nonce: string;
  private count = 0;

  /** `cnonce` = what nobody can guess; with `-sess` it is part of the key, so it stays as long as the challenge. */
  constructor(challenge: DigestChallenge, user: string, password: string, cnonce: string) {
    this.challenge = challenge;
    this.user = user;
    this.key = digestKey(challenge, user, password, cnonce);
    this.cnonce = cnonce;
    this.nonce = challenge.nonce;
  }

  /** Null when the server wants the body to be protected, and it is not known beforehand. */
  answer(request: DigestRequest): DigestAnswer | null {
    const protection = protectionFor(this.challenge, request);
    if (protection === null) return null;
    const proof: Proof = {
      key: this.key,
      nonce: this.nonce,
      nc: (++this.count).toString(16).padStart(8, '0'),
      cnonce: this.cnonce,
      protection,
      method: request.method,
      target: request.target,
      body: protection === 'auth-int' ? request.body!(this.challenge.hash) : '',
    };
    return { value: digestField(this.challenge, this.user, proof), proof };
  }

  /**
   * Takes the next nonce out of the fields Authentication-Info (RFC 7616 3.5). The key of `-sess` stays that of the challenge. Who
   * names the nonce in use again does not start its count again.
   */
  learn(info: Iterable<string>): void {
    const next = parseAuthInfo(info).get('nextnonce') ?? '';
    if (next === '' || next === this.nonce) return;
    this.nonce = next;
    this.count = 0;
  }

  /** Whether the server knows the password as well: `rspauth` in the same fields. `body` is the hash of what it has sent. */
  judge({ proof }: DigestAnswer, info: Iterable<string>, body: ((hash: DigestHash) => string) | null): ServerProof {
    const said = parseAuthInfo(info);
    const claim = said.get('rspauth');
    if (claim === undefined || proof.protection === '') return 'none';
    const { cnonce, nc } = proof;
    if ((said.get('cnonce') ?? cnonce) !== cnonce || (said.get('nc') ?? nc).toLowerCase() !== nc) return 'wrong';
    const protection = said.get('qop')?.toLowerCase() ?? proof.protection;
    if (protection !== 'auth' && protection !== 'auth-int') return 'wrong';
    if (protection === 'auth-int' && body === null) return 'none';
    const { hash } = this.challenge;
    const expected = digestProof(hash, { ...proof, protection, method: '', body: protection === 'auth-int' ? body!(hash) : '' });
    return claim.toLowerCase() === expected ? 'right' : 'wrong';
  }
}
