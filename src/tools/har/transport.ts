import { HeaderList } from '../../base/header-list.ts';
import type { BodyReader } from '../../contract/body.ts';
import type { Carriage } from '../../contract/carriage.ts';
import type { Clock, Timer } from '../../contract/clock.ts';
import { type Failure, type FailureKind, failure, type Phase } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import type { Transport } from '../../contract/transport.ts';
import { type HarAnswer, type HarAnswers, isBodiless } from './answers.ts';
import type { HarFailure } from './format.ts';

/** Carries hops to a HAR and back. */
export class HarTransport implements Transport {
  readonly answers: HarAnswers;
  readonly clock: Clock;
  /** Answers take their time. */
  readonly slow: boolean;

  constructor(answers: HarAnswers, clock: Clock, slow: boolean) {
    this.answers = answers;
    this.clock = clock;
    this.slow = slow;
  }

  carry(hop: Hop): Carriage {
    const carriage = new HarCarriage(hop, this);
    hop.carriedBy(carriage);
    carriage.start();
    return carriage;
  }
}

/** One hop: its body is read, its answer is looked up, and told as a connection would tell it. */
class HarCarriage implements Carriage {
  private readonly hop: Hop;
  private readonly parts: HarTransport;
  private readonly pieces: Buffer[] = [];
  private reader: BodyReader | null = null;
  private timer: Timer | null = null;
  private over = false;
  private paused = false;
  /** What is left to be told; null = the head was not told. */
  private rest: (() => void) | null = null;

  constructor(hop: Hop, parts: HarTransport) {
    this.hop = hop;
    this.parts = parts;
  }

  start(): void {
    // never inside the call: a connection would not answer there either
    this.parts.clock.soon(() => this.ask());
  }

  private ask(): void {
    const { hop } = this;
    if (this.over) return;
    if (hop.ask.wishes.preconnect) return this.end();
    hop.sentAt = hop.now();
    if (hop.noting || hop.tap !== null) this.note(`${hop.method} ${hop.url.target} HTTP/1.1\r\n${fieldsOf(hop)}\r\n`);
    hop.sent();
    if (this.over) return;
    const { body } = hop;
    if (body === null) return this.answer();
    if (body.bytes !== null) this.pieces.push(asBuffer(body.bytes));
    else this.reader = body.open();
    this.read();
  }

  private note(text: string): void {
    const { hop } = this;
    if (hop.noting) hop.note('request-head', { text });
    hop.tap?.lent(hop, '');
    hop.tap?.sent(hop, text);
    if (hop.body !== null && hop.body.bytes !== null) hop.tap?.sentData(hop, hop.body.bytes);
  }

  /** The body has to be here before it can be compared. */
  private readonly read = (): void => {
    const { reader, hop } = this;
    if (this.over) return;
    while (reader !== null) {
      const piece = reader.pull(this.read);
      if (this.over || piece === undefined) return;
      if (piece === null) break;
      // the memory may be given out again
      this.pieces.push(Buffer.from(piece));
    }
    reader?.close();
    this.reader = null;
    if (reader !== null && reader.failure !== null) return this.fail(reader.failure);
    const size = this.pieces.reduce((sum, piece) => sum + piece.length, 0);
    hop.sentAt = hop.now();
    hop.sending = false;
    hop.uploaded(size, hop.body!.length);
    this.answer();
  };

  private answer(): void {
    const { hop, parts } = this;
    if (this.over) return;
    let answer: HarAnswer;
    let head: Head;
    let body: Buffer;
    try {
      const header = (name: string): string | undefined => hop.headers.combined(name) ?? hop.defaults.combined(name);
      answer = parts.answers.find({ method: hop.method, url: hop.url.href, header, body: Buffer.concat(this.pieces) });
      body = answer.failure !== null && answer.entry.response.status < 100 ? Buffer.alloc(0) : answer.body();
      head = headOf(answer, body);
    } catch (error) {
      return this.fail(failure('not-stored', 'wait', (error as Error).message, { cause: error }));
    }
    const { send = 0, wait = 0, receive = 0 } = answer.entry.timings ?? {};
    this.after((send ?? 0) + (wait ?? 0), () => this.tell(answer, head, body, receive ?? 0));
  }

  private tell(answer: HarAnswer, head: Head, body: Buffer, receive: number): void {
    const { hop } = this;
    const bodiless = isBodiless(answer.entry) || hop.method === 'HEAD';
    if (head.status >= 100) {
      hop.headAt = hop.now();
      hop.head(head);
    }
    this.rest = () => {
      this.rest = null;
      if (!bodiless && body.length > 0) hop.data(body, 0, body.length);
      if (this.over) return;
      if (answer.failure === null) this.end();
      else this.fail(failureOf(answer.failure));
    };
    this.after(receive, () => this.goOn());
  }

  private goOn(): void {
    if (!this.paused) this.rest?.();
  }

  /** At once, or when its time has come. */
  private after(milliseconds: number, then: () => void): void {
    const { slow, clock } = this.parts;
    if (this.over) return;
    if (!slow || !(milliseconds > 0)) return then();
    this.timer = clock.after(
      milliseconds,
      () => {
        this.timer = null;
        then();
      },
      true,
    );
  }

  private end(): void {
    this.stop();
    this.hop.endedAt = this.hop.now();
    this.hop.end(null);
  }

  private fail(problem: Failure): void {
    this.stop();
    this.hop.fail(problem, NO_FACTS);
  }

  private stop(): void {
    this.over = true;
    this.rest = null;
    this.timer?.cancel();
    this.reader?.close();
    this.reader = null;
  }

  cancel(): void {
    this.stop();
  }

  discard(): void {
    this.stop();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    if (this.timer === null) this.goOn();
  }
}

function headOf(answer: HarAnswer, body: Buffer): Head {
  const { status, statusText = '', httpVersion = '' } = answer.entry.response;
  const headers = new HeaderList(status < 100 ? [] : answer.headers().flatMap(({ name, value }) => [name, value]));
  const bodyLength = isBodiless(answer.entry) ? 0 : headers.has('Content-Length') ? body.length : -1;
  return { status, reason: statusText, version: versionOf(httpVersion), headers, bodyLength, pipelined: false };
}

/** As browsers write it: `HTTP/1.1`, `http/2.0`, `h2`. */
function versionOf(text: string): Head['version'] {
  if (/^(?:http\/2(?:\.0)?|h2c?)$/i.test(text)) return '2';
  return /^http\/1\.0$/i.test(text) ? '1.0' : '1.1';
}

function failureOf({ kind, phase, message }: HarFailure): Failure {
  return failure(KINDS.has(kind) ? (kind as FailureKind) : 'network', PHASES.has(phase) ? (phase as Phase) : 'wait', message);
}

const KINDS: ReadonlySet<string> = new Set<FailureKind>([
  ...(['refused', 'closed', 'not-found', 'timeout', 'canceled', 'tls', 'network', 'offline', 'protocol', 'decode'] as const),
  ...(['proxy-refused', 'proxy-closed', 'proxy-not-found', 'proxy-timeout', 'peer-internal', 'peer-overload'] as const),
]);
const PHASES: ReadonlySet<string> = new Set<Phase>([
  ...(['setup', 'queue', 'resolve', 'connect', 'proxy', 'tls', 'send', 'wait', 'receive', 'decode'] as const),
]);

function fieldsOf({ headers, defaults }: Hop): string {
  const { flat } = headers;
  let text = '';
  for (let i = 0; i < flat.length; i += 2) text += `${flat[i]}: ${flat[i + 1]}\r\n`;
  for (let i = 0; i < defaults.size; i++)
    if (!headers.has(defaults.nameAt(i))) text += `${defaults.nameAt(i)}: ${defaults.valueAt(i)}\r\n`;
  return text;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
