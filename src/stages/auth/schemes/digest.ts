import { randomToken } from '../../../base/clock.ts';
import type { AuthAnswer, AuthRequest, Credentials } from '../../../contract/auth.ts';
import type { Signer } from '../../../contract/keyring.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import {
  type DigestChallenge,
  type DigestHash,
  type DigestRequest,
  digestHash,
  protectionFor,
  readDigest,
} from '../../../rules/auth/digest.ts';
import { DigestSession } from '../../../rules/auth/digest-session.ts';
import { type Dialogue, type Scheme, unbound } from './scheme.ts';

/** RFC 7616. */
export const digest: Scheme = {
  name: 'digest',
  asks: true,
  fits(challenge, { request }) {
    const read = readDigest(challenge);
    return read !== null && protectionFor(read, shown(request)) !== null;
  },
  begin(challenge, credentials, _place, known) {
    const read = readDigest(challenge)!;
    const signer = known instanceof DigestSigner && known.sharedWith(read, credentials!) ? known : null;
    return new DigestDialogue(signer ?? new DigestSigner(read, credentials!));
  },
};

/** All requests of a space count on one session, whatever connection they take. */
class DigestSigner implements Signer {
  readonly scheme = 'digest';
  nonce: string;
  private readonly credentials: Credentials;
  private readonly algorithm: string;
  private session: DigestSession;

  constructor(challenge: DigestChallenge, credentials: Credentials) {
    this.credentials = credentials;
    this.algorithm = challenge.algorithm;
    this.nonce = challenge.nonce;
    this.session = this.sessionFor(challenge);
  }

  /** It answers for the same user in the same way. */
  sharedWith({ algorithm }: DigestChallenge, { user, password }: Credentials): boolean {
    return this.algorithm === algorithm && this.credentials.user === user && this.credentials.password === password;
  }

  sign(request: AuthRequest): string | null {
    return this.session.answer(shown(request))?.value ?? null;
  }

  learn(info: readonly string[]): void {
    if (info.length > 0) this.session.learn(info);
  }

  /** The peer has another nonce for us. */
  renew(challenge: DigestChallenge): void {
    this.nonce = challenge.nonce;
    this.session = this.sessionFor(challenge);
  }

  private sessionFor(challenge: DigestChallenge): DigestSession {
    return new DigestSession(challenge, this.credentials.user, this.credentials.password, randomToken());
  }
}

class DigestDialogue implements Dialogue {
  readonly signer: DigestSigner;
  readonly bound = false;

  constructor(signer: DigestSigner) {
    this.signer = signer;
  }

  answer(request: AuthRequest): AuthAnswer | null {
    const value = this.signer.sign(request);
    return value === null ? null : unbound(value);
  }

  /** RFC 7616 3.3: `stale` says that name and password were right. A server that began anew knows no old nonce, and may not say so. */
  goesOn(challenge: Challenge, _keeps: boolean, unasked: boolean): boolean {
    const read = readDigest(challenge);
    if (read === null || !(read.stale || (unasked && read.nonce !== this.signer.nonce))) return false;
    this.signer.renew(read);
    return true;
  }
}

function shown({ method, target, body }: AuthRequest): DigestRequest {
  return { method, target, body: body === null ? null : (hash: DigestHash) => digestHash(hash, body) };
}
