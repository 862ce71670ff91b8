import type { AuthAnswer } from '../../../contract/auth.ts';
import { bearerAnswer, bearerProblem, readBearer } from '../../../rules/auth/bearer.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import { isOwnMachine } from '../../../rules/proxy/own-machine.ts';
import type { Tokens } from '../tokens.ts';
import { type Dialogue, type Peer, type Place, type Scheme, unbound } from './scheme.ts';

/** RFC 6750. Whoever reads a token can use it (5.3), so it goes over TLS, or does not leave the machine. */
export const bearer: Scheme = {
  name: 'bearer',
  asks: false,
  fits: (_challenge, { peer, tools }) => peer.proxy === null && tools.tokens.available && (peer.safe || isOwnMachine(peer.host)),
  begin: (challenge, _credentials, place, known) => new BearerDialogue(challenge, place, tokenOf(known)),
};

interface TokenSigner {
  readonly scheme: 'bearer';
  readonly token: string;
  sign(): string;
  learn(): void;
}

function tokenOf(known: unknown): string {
  return known !== null && (known as TokenSigner).scheme === 'bearer' ? (known as TokenSigner).token : '';
}

class BearerDialogue implements Dialogue {
  signer: TokenSigner | null = null;
  readonly bound = false;
  private challenge: Challenge;
  private readonly peer: Peer;
  private readonly tokens: Tokens;
  /** What was refused. */
  private expired: string;
  private asked = false;

  constructor(challenge: Challenge, { peer, tools }: Place, expired: string) {
    this.challenge = challenge;
    this.peer = peer;
    this.tokens = tools.tokens;
    this.expired = expired;
  }

  answer(): Promise<AuthAnswer | null> | AuthAnswer | null {
    this.asked = true;
    const { realm, scope, error } = readBearer(this.challenge);
    const { url, partition } = this.peer;
    return this.tokens.take(partition, { url, realm, scope, error, expired: this.expired }).then((token) => {
      if (token === '' || token === this.expired || bearerProblem(token) !== '') return null;
      this.expired = token;
      const value = bearerAnswer(token);
      this.signer = { scheme: 'bearer', token, sign: () => value, learn() {} };
      return unbound(value);
    });
  }

  /** One that was known may be too old; one that is new and not accepted says that there is none. */
  goesOn(challenge: Challenge): boolean {
    if (this.asked) return false;
    this.challenge = challenge;
    return true;
  }
}
