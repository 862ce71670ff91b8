import type { Carriage } from '../contract/carriage.ts';
import { failure } from '../contract/failure.ts';
import { type Hop, NO_FACTS } from '../contract/hop.ts';
import type { Transport } from '../contract/transport.ts';

/** A transport that few programs need: it is loaded with its first hop. */
export class LateTransport<T extends Transport> implements Transport {
  private readonly load: () => Promise<T>;
  private loading: Promise<T> | null = null;
  /** null as long as nobody has needed it. */
  loaded: T | null = null;

  constructor(load: () => Promise<T>) {
    this.load = load;
  }

  carry(hop: Hop): Carriage {
    if (this.loaded !== null) return this.loaded.carry(hop);
    const waiting = new Waiting();
    hop.carriedBy(waiting);
    this.loading ??= this.begin();
    this.loading.then(
      (transport) => {
        if (waiting.over) return;
        const carriage = transport.carry(hop);
        if (waiting.paused) carriage.pause();
      },
      (cause: unknown) => {
        const text = `what carries ${hop.url.scheme}: could not be loaded: is the package complete?`;
        if (!waiting.over) hop.fail(failure('scheme', 'setup', text, { cause }), NO_FACTS);
      },
    );
    return waiting;
  }

  private async begin(): Promise<T> {
    this.loaded = await this.load();
    return this.loaded;
  }
}

/** The hop while nobody has it yet. Who carries it afterwards takes its place by `hop.carriedBy`. */
class Waiting implements Carriage {
  over = false;
  paused = false;

  cancel(): void {
    this.over = true;
  }

  discard(): void {
    this.over = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }
}
