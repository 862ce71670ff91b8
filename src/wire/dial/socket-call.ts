import type { Clock, Timer } from '../../contract/clock.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Network, Step } from './network.ts';
import type { RaceEvents } from './race.ts';

/**
 * While the queue of a server is full, the system refuses to connect to a local socket, where it would let one to a port wait. So we ask again: soon at
 * first, then less often.
 */
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 160;
/** As long as the queue of a server that hangs is waited for, unless the request says less. */
const PATIENCE_MS = 30_000;

/** Connects to a socket of this machine, or to a named pipe: there is one way to it, and no name to look up. */
export class SocketCall implements Step {
  private readonly network: Network;
  private readonly clock: Clock;
  private readonly path: string;
  private readonly events: RaceEvents;
  private readonly started: number;
  private step: Step | null = null;
  private timer: Timer | null = null;
  private pause = FIRST_PAUSE_MS;
  private over = false;

  constructor(network: Network, clock: Clock, path: string, events: RaceEvents) {
    this.network = network;
    this.clock = clock;
    this.path = path;
    this.events = events;
    this.started = clock.now();
    this.call();
  }

  cancel(): void {
    if (this.over) return;
    this.timer?.cancel();
    this.step?.cancel();
    this.end('given up');
  }

  private call(): void {
    this.step = this.network.connectLocal(this.path, (problem, stream) => {
      if (problem === null) {
        this.end('connected');
        this.events.won(stream!);
      } else if (isFull(problem) && this.clock.now() - this.started < PATIENCE_MS) this.callLater();
      else {
        this.end(problem.message);
        this.events.lost(problem);
      }
    });
  }

  private callLater(): void {
    this.timer = this.clock.after(this.pause, () => this.call(), true);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
  }

  private end(outcome: string): void {
    this.over = true;
    const milliseconds = this.clock.now() - this.started;
    this.events.attempt({ address: this.path, port: 0, outcome, milliseconds });
  }
}

function isFull({ cause }: Failure): boolean {
  return (cause as { readonly code?: unknown } | undefined)?.code === 'EAGAIN';
}
