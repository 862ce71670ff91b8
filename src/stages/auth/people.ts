import type { CredentialQuestion, Credentials } from '../../contract/auth.ts';
import type { Clock } from '../../contract/clock.ts';
import type { Hop } from '../../contract/hop.ts';

interface Open {
  readonly hop: Hop;
  readonly gone: () => void;
}

/**
 * Questions that people have not answered yet. They are put on behalf of a request, which may end before; a connection that is made for
 * others as well has to hear of that, since nobody answers it any more.
 */
export class People {
  private readonly clock: Clock;
  private readonly open = new Set<Open>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** One of `answer` and `gone` is called once. */
  ask(hop: Hop, question: CredentialQuestion, answer: (credentials: Credentials | null) => void, gone: () => void): void {
    const one = { hop, gone };
    this.open.add(one);
    hop.credentials(question, (credentials) => {
      if (this.open.delete(one)) answer(credentials);
    });
  }

  /** A request is over. */
  settle(): void {
    if (this.open.size === 0) return;
    for (const one of this.open) {
      if (one.hop.current) continue;
      this.open.delete(one);
      // not inside of whatever has ended it
      this.clock.soon(one.gone);
    }
  }
}
