import type { Clock, Timer } from '../../contract/clock.ts';
import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Address, ConnectOptions, Network, Step } from './network.ts';

/** RFC 8305 5: the next address is tried this long after the one before, which goes on. */
const HEAD_START_MS = 250;

export interface RaceEvents {
  attempt(attempt: Attempt): void;
  won(stream: ByteStream): void;
  lost(problem: Failure): void;
}

/** Happy Eyeballs (RFC 8305): all addresses of a host race, with a head start for the earlier ones; none is given up for being slow. */
export class Race implements Step {
  readonly attempts: Attempt[] = [];
  private readonly network: Network;
  private readonly clock: Clock;
  private readonly addresses: readonly Address[];
  private readonly options: ConnectOptions;
  private readonly events: RaceEvents;
  private readonly running = new Map<Address, { step: Step; started: number }>();
  private readonly problems: Failure[] = [];
  private next = 0;
  private timer: Timer | null = null;
  private over = false;

  constructor(network: Network, clock: Clock, addresses: readonly Address[], options: ConnectOptions, events: RaceEvents) {
    this.network = network;
    this.clock = clock;
    this.addresses = interleave(addresses);
    this.options = options;
    this.events = events;
    this.startNext();
  }

  cancel(): void {
    this.over = true;
    this.timer?.cancel();
    const running = [...this.running];
    this.running.clear();
    for (const [, { step }] of running) step.cancel();
    for (const [address, { started }] of running) this.note(address, 'given up', started);
  }

  private startNext(): void {
    const address = this.addresses[this.next++];
    if (address === undefined) return;
    const started = this.clock.now();
    const step = this.network.connect(address, this.options, (problem, stream) =>
      this.settled(address, started, problem, stream),
    );
    this.running.set(address, { step, started });
    if (this.next < this.addresses.length) this.timer = this.clock.after(HEAD_START_MS, () => this.startNext(), true);
  }

  private settled(address: Address, started: number, problem: Failure | null, stream: ByteStream | null): void {
    if (this.over) {
      stream?.destroy();
      return;
    }
    this.running.delete(address);
    if (stream !== null) {
      this.note(address, 'connected', started);
      this.win(stream);
      return;
    }
    this.note(address, problem!.message, started);
    // who is told may call it off
    if (this.over) return;
    this.problems.push(problem!);
    this.timer?.cancel();
    if (this.next < this.addresses.length) this.startNext();
    else if (this.running.size === 0) {
      this.over = true;
      this.events.lost(this.summary());
    }
  }

  private win(stream: ByteStream): void {
    // who was told of the attempt may have called the race off
    if (this.over) {
      stream.destroy();
      return;
    }
    this.cancel();
    this.events.won(stream);
  }

  private note(address: Address, outcome: string, started: number): void {
    const attempt = { address: address.address, port: this.options.port, outcome, milliseconds: this.clock.now() - started };
    this.attempts.push(attempt);
    this.events.attempt(attempt);
  }

  /** The first failure speaks for all; the later ones are its companions. */
  private summary(): Failure {
    const [first, ...companions] = this.problems;
    const tried = this.attempts.map((a) => `${a.address} ${a.outcome}`).join('; ');
    const message =
      this.attempts.length === 1 ? first!.message : `none of ${this.attempts.length} addresses could be reached: ${tried}`;
    return { ...failure(first!.kind, 'connect', message, { cause: first!.cause, attempts: this.attempts }), companions };
  }
}

/** Families take turns, beginning with the resolver's first choice (RFC 8305 4). */
export function interleave(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family;
  const preferred = addresses.filter((a) => a.family === first);
  const others = addresses.filter((a) => a.family !== first);
  const mixed: Address[] = [];
  for (let i = 0; i < Math.max(preferred.length, others.length); i++) {
    if (i < preferred.length) mixed.push(preferred[i]!);
    if (i < others.length) mixed.push(others[i]!);
  }
  return mixed;
}
