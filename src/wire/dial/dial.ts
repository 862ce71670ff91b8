import type { Clock } from '../../contract/clock.ts';
import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Route } from '../route.ts';
import type { Address, Network, Step } from './network.ts';
import { Race } from './race.ts';
import type { Resolver } from './resolver.ts';

export interface DialEvents {
  resolving(): void;
  /** The first attempt to connect starts. */
  connecting(addresses: readonly Address[]): void;
  attempt(attempt: Attempt): void;
  securing(): void;
  done(stream: ByteStream): void;
  failed(problem: Failure): void;
}

/** What dialling needs of the world. */
export interface DialTools {
  readonly network: Network;
  readonly resolver: Resolver;
  readonly clock: Clock;
}

const HTTP1: readonly string[] = ['http/1.1'];

/** Opens one connection along a route: resolve → tcp → tls. Each step turns a lower stream into a higher one. */
export class Dial {
  private readonly route: Route;
  private readonly tools: DialTools;
  private readonly events: DialEvents;
  private step: Step | null = null;
  private over = false;

  constructor(route: Route, tools: DialTools, events: DialEvents) {
    this.route = route;
    this.tools = tools;
    this.events = events;
  }

  start(): void {
    const { host } = this.route;
    this.events.resolving();
    if (this.over) return;
    if (host === '') {
      this.fail(failure('not-found', 'resolve', 'the URL names no host'));
      return;
    }
    const takeBack = this.tools.resolver.resolve(host, (problem, addresses) => {
      this.step = null;
      if (this.over) return;
      if (problem !== null) this.fail(problem);
      else this.connect(addresses);
    });
    if (this.step === null && !this.over) this.step = { cancel: takeBack };
  }

  /** Gives up; no event comes any more. */
  cancel(): void {
    if (this.over) return;
    this.over = true;
    this.step?.cancel();
  }

  private connect(addresses: readonly Address[]): void {
    this.events.connecting(addresses);
    if (this.over) return;
    const { port, probes, secure, host } = this.route;
    this.step = new Race(
      this.tools.network,
      this.tools.clock,
      addresses,
      { port, probes, forTls: secure },
      {
        attempt: (attempt) => this.events.attempt(attempt),
        won: (stream) => {
          if (this.over) stream.destroy();
          else if (secure) this.secure(stream);
          else this.succeed(stream);
        },
        lost: (problem) => {
          this.tools.resolver.forget(host);
          this.fail(problem);
        },
      },
    );
  }

  private secure(lower: ByteStream): void {
    this.events.securing();
    if (this.over) {
      lower.destroy();
      return;
    }
    this.step = this.tools.network.secure(lower, { peerName: this.route.peerName, alpn: HTTP1 }, (problem, stream) => {
      if (this.over) return stream?.destroy();
      if (problem !== null) this.fail(problem);
      else this.succeed(stream!);
    });
  }

  private succeed(stream: ByteStream): void {
    this.over = true;
    this.events.done(stream);
  }

  private fail(problem: Failure): void {
    this.over = true;
    this.events.failed(problem);
  }
}
