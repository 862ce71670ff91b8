import type { Clock, Timer } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream, StreamHandler } from '../../contract/stream.ts';
import { type Reply, ReplyReader } from '../../rules/ftp/reply.ts';
import type { Sessions } from '../../wire/dial/sessions.ts';
import type { Entry } from '../../wire/pool/ledger.ts';

/** Who uses a control connection now. */
export interface ControlOwner {
  /** It is gone, by nobody's wish. */
  lost(problem: Failure): void;
}

type Told = (reply: Reply) => void;

/** What a server may say before it answers a command at last. */
export const MOST_PRELIMINARY = 20;

/** One control connection (RFC 959 2.3): a command, its replies, the next command. */
export class Control implements Entry, StreamHandler {
  // what the ledger knows
  depth = 0;
  served = 0;
  readonly persistent = false;
  readonly multiplexed = false;
  readonly roomy = false;
  /** Not for everybody: somebody has closed an eye on the peer. */
  personal = false;

  readonly number: number;
  readonly stream: ByteStream;
  /** TLS sessions of this connection and of the data connections beside it, which have to go on with them. */
  readonly sessions: Sessions;
  readonly place: string;
  alive = true;
  /** Octets or text, as the server was told last; '' = nothing. */
  type = '';
  /** null = the server does not say. */
  features: ReadonlySet<string> | null = null;
  /** The server masters EPSV, as far as we know. */
  extended = true;
  owner: ControlOwner | null = null;
  private readonly clock: Clock;
  private readonly reader = new ReplyReader();
  private told: Told | null = null;
  private preliminary = 0;
  private aging: Timer | null = null;

  constructor(stream: ByteStream, number: number, place: string, sessions: Sessions, clock: Clock) {
    this.stream = stream;
    this.number = number;
    this.place = place;
    this.sessions = sessions;
    this.clock = clock;
    stream.handler = this;
  }

  /** Whether the server has, or may have, a command that not all have. */
  offers(feature: string): boolean {
    return this.features === null || this.features.has(feature);
  }

  /** Says a command, of one octet a character. `told` hears its replies, preliminary ones (1xx) included. */
  say(command: string, told: Told): void {
    this.hear(told);
    this.stream.writeText(`${command}\r\n`);
  }

  /** What the server says next is for `told`. */
  hear(told: Told): void {
    this.preliminary = 0;
    this.told = told;
  }

  /** The server says more than it was asked: that would be taken for the answer to the next command. */
  get surplus(): boolean {
    return this.reader.left > 0;
  }

  /** Nobody uses it: it keeps no process alive, and closes after so many milliseconds. */
  rest(milliseconds: number, aged: () => void): void {
    this.stream.unref();
    this.aging = this.clock.after(milliseconds, aged);
  }

  /** Somebody uses it. */
  wake(): void {
    this.aging?.cancel();
    this.aging = null;
    this.stream.ref();
  }

  /** Closes it at once and silently. */
  destroy(): void {
    this.alive = false;
    this.aging?.cancel();
    this.told = null;
    this.owner = null;
    this.stream.destroy();
  }

  // StreamHandler

  bytes(memory: Buffer, size: number): void {
    const fault = this.reader.take(memory, size, (reply) => this.heard(reply));
    if (fault !== '' && this.alive) this.lose(failure('protocol', 'wait', `${this.place} does not speak FTP: it sent ${fault}`));
  }

  ended(): void {
    this.gone(null);
  }

  closed(problem: Failure | null): void {
    this.gone(problem);
  }

  private heard(reply: Reply): boolean {
    const { told } = this;
    if (told === null) {
      // before it hangs up a server may say so; anything else is an answer to nothing
      this.lose(
        reply.code === 421
          ? failure('closed', 'wait', `${this.place} closed its idle connection`)
          : failure('protocol', 'wait', `${this.place} answers what nobody has asked (${reply.code})`),
      );
    } else if (reply.code >= 200) {
      this.told = null;
      told(reply);
    } else if (++this.preliminary > MOST_PRELIMINARY) {
      this.lose(failure('protocol', 'wait', `${this.place} promises an answer for ever and gives none`));
    } else told(reply);
    return this.alive;
  }

  private gone(problem: Failure | null): void {
    if (!this.alive) return;
    const why = problem === null ? '' : `: ${problem.message}`;
    const kind = problem === null || problem.kind === 'closed' ? 'closed' : problem.kind;
    const text = `${this.place} closed its control connection${why}`;
    this.lose(failure(kind, 'wait', text, problem === null ? {} : { cause: problem.cause }));
  }

  private lose(problem: Failure): void {
    const { owner } = this;
    this.destroy();
    owner?.lost(problem);
  }
}
