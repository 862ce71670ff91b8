import type { Url } from '../base/url.ts';
import type { Ask, Trip } from '../contract/ask.ts';
import type { PullBody, Sink } from '../contract/sink.ts';
import type { Transfer } from './transfer.ts';

/** Makes and starts transfers. */
interface Starter {
  create(ask: Ask, sink: Sink): Transfer;
  schedule(transfer: Transfer): void;
}

/** Transfers that nobody waits for, each only once at a time. */
export class Background {
  private readonly starter: Starter;
  private readonly running = new Map<string, Transfer>();

  constructor(starter: Starter) {
    this.starter = starter;
  }

  /** Starts it in this turn, unless one of this name is on its way. */
  start(name: string, ask: Ask): void {
    if (this.running.has(name)) return;
    const transfer = this.starter.create(ask, new Nobody(() => this.running.delete(name)));
    this.running.set(name, transfer);
    this.starter.schedule(transfer);
  }

  /** Ends all of them. */
  cancel(): void {
    const all = [...this.running.values()];
    this.running.clear();
    for (const transfer of all) transfer.cancel();
  }
}

/** Hears a transfer that nobody waits for: nothing is delivered, nobody is asked, and its failure is nobody's. */
class Nobody implements Sink {
  readonly sharesKeys = false;
  private readonly over: () => void;

  constructor(over: () => void) {
    this.over = over;
  }

  dialing(): void {}
  secured(): void {}
  sent(): void {}
  uploaded(): void {}
  interimHead(): void {}
  hopHead(): void {}
  redirecting(_to: Trip, _answer: (() => void) | null): void {}
  upgraded(_url: Url): void {}
  misled(): void {}
  head(): void {}
  data(): void {}
  room(): null {
    return null;
  }
  end(): void {
    this.over();
  }
  fail(): void {
    this.over();
  }
  served(_head: unknown, body: PullBody): void {
    body.close();
    this.over();
  }
  distrusted(): boolean {
    return false;
  }
  trusts(): boolean {
    return false;
  }
  sharedKey(): null {
    return null;
  }
}
