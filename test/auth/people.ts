import type { Ask } from '../../src/contract/ask.ts';
import type { CredentialQuestion, Credentials } from '../../src/contract/auth.ts';
import type { Engine } from '../../src/engine/assembly.ts';
import { Recorder } from '../engine/rig.ts';
import { within } from '../support/once.ts';

export type Pair = readonly [user: string, password: string];
type Reply = (credentials: Credentials | null) => void;

export function credentials([user, password]: Pair): Credentials {
  return { user, password, domain: '' };
}

/** Answers the questions with one pair after the other; when there are no more, nobody knows. */
export class Person extends Recorder {
  readonly pairs: Pair[];
  /** Takes over; null = the pairs are given. */
  asked: ((question: CredentialQuestion, answer: Reply) => void) | null = null;

  constructor(...pairs: Pair[]) {
    super();
    this.pairs = pairs;
  }

  override credentials(question: CredentialQuestion, answer: Reply): void {
    if (this.asked !== null) {
      this.questions.push(question);
      return this.asked(question, answer);
    }
    const pair = this.pairs.shift();
    this.secret = pair === undefined ? null : credentials(pair);
    super.credentials(question, answer);
  }
}

/** Starts a transfer of somebody who knows these names and passwords. */
export function begin(engine: Engine, request: Ask, person: Person = new Person()): Person {
  person.transfer = engine.create(request, person);
  engine.start(person.transfer);
  return person;
}

/** Runs it to its end. */
export async function knows(engine: Engine, request: Ask, ...pairs: Pair[]): Promise<Person> {
  return ended(begin(engine, request, new Person(...pairs)));
}

export async function ended<T extends Recorder>(person: T): Promise<T> {
  await within(person.done, 'the end of the transfer');
  return person;
}
