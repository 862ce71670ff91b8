import type { Clock } from '../../contract/clock.ts';
import type { Failure } from '../../contract/failure.ts';
import type { Address, Network } from './network.ts';

type Done = (problem: Failure | null, addresses: readonly Address[]) => void;

const KEEP_MS = 30_000;
const KEEP_NAMES = 256;

/** Name resolution: one look-up at a time for a name, its answer kept for a while, for a bounded number of names. */
export class Resolver {
  private readonly network: Network;
  private readonly clock: Clock;
  private readonly known = new Map<string, { readonly addresses: readonly Address[]; readonly until: number }>();
  private readonly pending = new Map<string, Set<Done>>();

  constructor(network: Network, clock: Clock) {
    this.network = network;
    this.clock = clock;
  }

  /** `done` may come at once. The function returned takes the question back. */
  resolve(host: string, done: Done): () => void {
    const family = this.network.family(host);
    const known = family === 0 ? this.recall(host) : [{ address: host, family }];
    if (known !== null) {
      done(null, known);
      return () => {};
    }
    const waiting = this.pending.get(host) ?? this.ask(host);
    waiting.add(done);
    return () => waiting.delete(done);
  }

  /** Addresses that none could be reached at are asked for again next time. */
  forget(host: string): void {
    this.known.delete(host);
  }

  clear(): void {
    this.known.clear();
  }

  private recall(host: string): readonly Address[] | null {
    const entry = this.known.get(host);
    if (entry === undefined) return null;
    if (entry.until > this.clock.now()) return entry.addresses;
    this.known.delete(host);
    return null;
  }

  private ask(host: string): Set<Done> {
    const waiting = new Set<Done>();
    this.pending.set(host, waiting);
    this.network.lookup(host, (problem, addresses) => {
      this.pending.delete(host);
      if (problem === null) this.keep(host, addresses);
      for (const done of waiting) done(problem, addresses);
    });
    return waiting;
  }

  private keep(host: string, addresses: readonly Address[]): void {
    if (this.known.size >= KEEP_NAMES) this.known.delete(this.known.keys().next().value!);
    this.known.set(host, { addresses, until: this.clock.now() + KEEP_MS });
  }
}
