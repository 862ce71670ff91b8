import { randomOctets } from '../../../base/clock.ts';
import type { AuthAnswer, AuthRequest, Credentials } from '../../../contract/auth.ts';
import type { Clock } from '../../../contract/clock.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import { serverEndPoint } from '../../../rules/auth/channel-binding.ts';
import { type NtlmChallenge, negotiateMessage, readChallenge } from '../../../rules/auth/ntlm-messages.ts';
import { ntlmAccount, ntlmAnswer } from '../../../rules/auth/ntlmv2.ts';
import type { Dialogue, Place } from './scheme.ts';

/** Three messages on one connection (MS-NTHT 3). */
export class NtlmDialogue implements Dialogue {
  readonly signer = null;
  readonly bound = true;
  private readonly credentials: Credentials;
  private readonly service: string;
  private readonly clock: Clock;
  private readonly negotiate = negotiateMessage();
  private challenge: NtlmChallenge | null = null;
  private answered = false;

  constructor(credentials: Credentials, { peer, tools }: Place) {
    this.credentials = credentials;
    this.service = `HTTP/${peer.host}`;
    this.clock = tools.clock;
  }

  answer(request: AuthRequest): AuthAnswer | null {
    const { challenge } = this;
    if (challenge === null) return message(this.negotiate, true);
    this.answered = true;
    try {
      return message(this.prove(challenge, request), false);
    } catch (error) {
      // a name that is too long for the message
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  private prove(challenge: NtlmChallenge, { certificate }: AuthRequest): Buffer {
    const { user, password, domain } = this.credentials;
    return ntlmAnswer({
      negotiate: this.negotiate,
      challenge,
      account: ntlmAccount(user, domain, challenge.target),
      password,
      workstation: '',
      service: this.service,
      binding: certificate === null ? null : serverEndPoint(certificate),
      clientNonce: randomOctets(8),
      now: this.clock.wall(),
    });
  }

  /** A second challenge without a message says that the first one, or the proof, was not accepted. */
  goesOn({ token }: Challenge, keeps: boolean): boolean {
    if (this.answered || this.challenge !== null || token === '' || !keeps) return false;
    this.challenge = readChallenge(Buffer.from(token, 'base64'));
    return this.challenge !== null;
  }
}

/** The first one may be said on any connection. */
function message(octets: Buffer, preliminary: boolean): AuthAnswer {
  return { value: `NTLM ${octets.toString('base64')}`, bound: !preliminary, preliminary };
}
