import { HeaderList } from '../../src/base/header-list.ts';
import { Url } from '../../src/base/url.ts';
import { type Ask, DEFAULT_WISHES, NO_TIMEOUTS, type Timeouts, type Trip, type Wishes } from '../../src/contract/ask.ts';
import type { CredentialQuestion, Credentials } from '../../src/contract/auth.ts';
import type { Body } from '../../src/contract/body.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { Head } from '../../src/contract/head.ts';
import type { SharedKey } from '../../src/contract/security.ts';
import type { PullBody, Sink } from '../../src/contract/sink.ts';
import type { Engine, Transfer } from '../../src/engine/assembly.ts';
import { within } from '../support/once.ts';

export interface AskOptions extends Partial<Omit<Wishes, 'timeouts'>> {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: Body | string;
  readonly timeouts?: Partial<Timeouts>;
}

/** A compiled request for tests that stand below the manager. */
export function ask(url: string, options: AskOptions = {}): Ask {
  const { method = 'GET', headers = [], body, timeouts, ...wishes } = options;
  const parsed = Url.parse(url);
  return {
    method,
    url: parsed,
    headers: new HeaderList([...headers]),
    defaults: new HeaderList(),
    body: typeof body === 'string' ? memory(Buffer.from(body)) : (body ?? null),
    wishes: {
      ...DEFAULT_WISHES,
      ...wishes,
      timeouts: timeouts === undefined ? NO_TIMEOUTS : { ...NO_TIMEOUTS, ...timeouts },
    },
  };
}

export function memory(bytes: Uint8Array): Body {
  return {
    length: bytes.length,
    replayable: true,
    bytes,
    open: () => {
      throw new Error('a body in memory is taken from its bytes');
    },
  };
}

export type Moment =
  | 'dialing'
  | 'secured'
  | 'sent'
  | 'uploaded'
  | 'interim'
  | 'hop'
  | 'redirecting'
  | 'upgraded'
  | 'misled'
  | 'credentials'
  | 'distrusted'
  | 'trusts'
  | 'sharedKey'
  | 'head'
  | 'data'
  | 'end'
  | 'fail'
  | 'served';

/** A sink that writes down what it hears. */
export class Recorder implements Sink {
  readonly log: Moment[] = [];
  readonly parts: Buffer[] = [];
  /** Called inside the moments, after they were written down. */
  on: (moment: Moment) => void = () => {};
  answer: Head | null = null;
  failure: Failure | null = null;
  /** Allows the redirect it was asked for. */
  allow: (() => void) | null = null;
  transfer!: Transfer;
  /** Doubts about a peer are passed over. */
  ignores = false;
  /** What is answered when a key is wanted. */
  key: SharedKey | null = null;
  /** What is answered when somebody wants to know who asks. */
  secret: Credentials | null = null;
  readonly questions: CredentialQuestion[] = [];
  readonly done: Promise<void>;
  #finish!: () => void;

  constructor() {
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  get text(): string {
    return Buffer.concat(this.parts).toString('latin1');
  }

  /** How often it was told that the transfer is over. */
  get endings(): number {
    return this.log.filter((m) => m === 'end' || m === 'fail' || m === 'served').length;
  }

  #note(moment: Moment): void {
    this.log.push(moment);
    this.on(moment);
  }

  dialing(): void {
    this.#note('dialing');
  }
  secured(): void {
    this.#note('secured');
  }
  credentials(question: CredentialQuestion, answer: (credentials: Credentials | null) => void): void {
    this.questions.push(question);
    this.#note('credentials');
    answer(this.secret);
  }
  distrusted(): boolean {
    this.#note('distrusted');
    return this.ignores;
  }
  trusts(): boolean {
    this.#note('trusts');
    return this.ignores;
  }
  get sharesKeys(): boolean {
    return this.key !== null;
  }
  sharedKey(): SharedKey | null {
    this.#note('sharedKey');
    return this.key;
  }
  sent(): void {
    this.#note('sent');
  }
  uploaded(): void {
    this.#note('uploaded');
  }
  interimHead(): void {
    this.#note('interim');
  }
  hopHead(): void {
    this.#note('hop');
  }
  redirecting(_to: Trip, answer: (() => void) | null): void {
    this.allow = answer;
    this.#note('redirecting');
  }
  upgraded(): void {
    this.#note('upgraded');
  }
  misled(): void {
    this.#note('misled');
  }
  head(head: Head): void {
    this.answer = head;
    this.#note('head');
  }
  data(bytes: Buffer, start: number, end: number): void {
    this.parts.push(Buffer.from(bytes.subarray(start, end)));
    this.#note('data');
  }
  room(): null {
    return null;
  }
  end(): void {
    this.#note('end');
    this.#finish();
  }
  fail(failure: Failure): void {
    this.failure = failure;
    this.#note('fail');
    this.#finish();
  }
  served(head: Head, body: PullBody): void {
    this.answer = head;
    body.close();
    this.#note('served');
    this.#finish();
  }
}

/** Starts a transfer inside the call. */
export function start(engine: Engine, request: Ask, on?: (moment: Moment, recorder: Recorder) => void): Recorder {
  const recorder = new Recorder();
  recorder.transfer = engine.create(request, recorder);
  if (on !== undefined) recorder.on = (moment) => on(moment, recorder);
  engine.start(recorder.transfer);
  return recorder;
}

/** Runs a transfer to its end. */
export async function run(engine: Engine, request: Ask): Promise<Recorder> {
  const recorder = start(engine, request);
  await within(recorder.done, `the end of ${request.method} ${request.url.hrefWithoutUserInfo}`);
  return recorder;
}

/** Lets everything run that was put off: ticks, promises, and two rounds of I/O. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 3; i++) await new Promise<void>((next) => setImmediate(next));
}
