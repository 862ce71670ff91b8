import type { Ask, Wishes } from './ask.ts';
import type { Clock } from './clock.ts';
import type { NetLogEvent, Timings } from './netlog.ts';
import type { Network } from './network.ts';
import type { RouteView } from './pool-view.ts';
import type { SecureInfo } from './security.ts';
import type { Sink } from './sink.ts';
import type { Tap } from './tap.ts';
import type { Transport } from './transport.ts';

/** A transfer as a face holds it. */
export interface Running {
  readonly id: number;
  readonly over: boolean;
  /** TLS facts of the last hop's connection; null on plain ones. */
  readonly secure: SecureInfo | null;
  /** The answer comes out of what is stored. */
  readonly stored: boolean;
  readonly timings: Timings;
  /** Stops everything without telling the sink. Idempotent. */
  cancel(): void;
  /** No more of the body for now: what has come is held, and the peer is held back. */
  pause(): void;
  resume(): void;
}

/** The way to an engine for those who speak other words than its owner. */
export interface Door {
  /** A transfer that rests until it is started. */
  create(ask: Ask, sink: Sink): Running;
  /** Starts it together with all others of this turn. */
  schedule(transfer: Running): void;
  /** Starts it inside the call; for schemes that answer at once. */
  start(transfer: Running): void;
  /** Every event of the engine, for tools; the function returned ends it. */
  listen(listener: (event: NetLogEvent) => void): () => void;
  /** Records what goes over the wire; the function returned ends it. */
  record(tap: Tap): () => void;
  /** From now on hops of these schemes are carried by this transport; the function returned brings back who did it before. */
  carryBy(schemes: readonly string[], transport: Transport): () => void;
  /** The pool of connections as it is now, made for this call. */
  pools(): readonly RouteView[];
  /** What the engine runs on; null = this machine. */
  readonly world: World | null;
  /** What the owner wishes for a request that says nothing, as it is set now; frozen or fresh, to be copied for changes. */
  wishes(): Wishes;
}

/** The method of whoever has an engine. */
export const DOOR: unique symbol = Symbol('door');

/** Who has an engine, such as a manager. */
export interface DoorOwner {
  [DOOR](): Door;
}

/** What an engine runs on. */
export interface World {
  readonly clock: Clock;
  readonly network: Network;
}

/** The method that puts an engine into another world than this machine. */
export const WORLD: unique symbol = Symbol('world');

/** Who can be put into another world, as long as nothing was asked of the engine. */
export interface WorldDweller {
  /** Throws an Error when the engine runs already. */
  [WORLD](world: World): void;
}
