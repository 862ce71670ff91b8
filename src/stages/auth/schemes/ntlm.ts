import type { AuthAnswer, AuthRequest, Credentials } from '../../../contract/auth.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import type { Dialogue, Later, Place, Scheme } from './scheme.ts';

/** Who is spoken to in HTTP/2 has no connection of his own to be known on. */
export const ntlm: Scheme = {
  name: 'ntlm',
  asks: true,
  fits: (_challenge, { multiplexed }) => !multiplexed,
  begin: (_challenge, credentials, place) => new LateDialogue(credentials!, place),
};

/** Few programs need it, so it is loaded with its first question. */
class LateDialogue implements Dialogue {
  readonly signer = null;
  readonly bound = true;
  private readonly credentials: Credentials;
  private readonly place: Place;
  private dialogue: Dialogue | null = null;

  constructor(credentials: Credentials, place: Place) {
    this.credentials = credentials;
    this.place = place;
  }

  answer(request: AuthRequest): Later<AuthAnswer | null> {
    return this.dialogue === null ? this.begin(request) : this.dialogue.answer(request);
  }

  private async begin(request: AuthRequest): Promise<AuthAnswer | null> {
    const { NtlmDialogue } = await import('./ntlm-dialogue.ts');
    this.dialogue = new NtlmDialogue(this.credentials, this.place);
    return this.dialogue.answer(request);
  }

  goesOn(challenge: Challenge, keeps: boolean, unasked: boolean): boolean {
    return this.dialogue?.goesOn(challenge, keeps, unasked) ?? false;
  }
}
