import type { Credentials } from '../../contract/auth.ts';
import type { Clock } from '../../contract/clock.ts';

/** A request that was refused, and does not know who it is. */
export interface Asker {
  /** It is the one who finds out, since who did so before is gone. */
  lead(): void;
  /** It was found out; null = nobody knows. */
  told(credentials: Credentials | null): void;
}

interface Question {
  leader: Asker;
  readonly waiting: Set<Asker>;
}

/**
 * One of those who are refused at the same place finds out who they are, and the others wait until the peer has accepted it: so the user is
 * asked once, and a wrong password is tried once.
 */
export class Questions {
  private readonly clock: Clock;
  private readonly open = new Map<string, Question>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** True = the asker finds out, and says `done` or `leave`; false = it will be told. */
  join(key: string, asker: Asker): boolean {
    const question = this.open.get(key);
    if (question === undefined) this.open.set(key, { leader: asker, waiting: new Set() });
    else if (question.leader !== asker) {
      question.waiting.add(asker);
      return false;
    }
    return true;
  }

  /** Who leads has found out. */
  done(key: string, asker: Asker, credentials: Credentials | null): void {
    const question = this.open.get(key);
    if (question?.leader !== asker) return this.leave(key, asker);
    this.open.delete(key);
    for (const one of question.waiting) one.told(credentials);
  }

  /** It does not want to know any more. If it was leading, somebody else does. */
  leave(key: string, asker: Asker): void {
    const question = this.open.get(key);
    if (question === undefined || question.waiting.delete(asker) || question.leader !== asker) return;
    const next = question.waiting.values().next().value;
    if (next === undefined) {
      this.open.delete(key);
      return;
    }
    question.waiting.delete(next);
    question.leader = next;
    // not inside of whatever has ended the one before
    this.clock.soon(() => {
      if (question.leader === next && this.open.get(key) === question) next.lead();
    });
  }
}
