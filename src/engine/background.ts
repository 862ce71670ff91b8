import type { Ask } from '../contract/ask.ts';
import type { PullBody, Sink } from '../contract/sink.ts';
import type { Transfer } from './transfer.ts';
import { Unattended } from './unattended.ts';

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

/** Nothing is delivered, and the failure is nobody's. */
class Nobody extends Unattended {
  private readonly over: () => void;

  constructor(over: () => void) {
    super();
    this.over = over;
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
}
