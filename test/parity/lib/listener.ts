import type { SeenRequest } from '../../support/server.ts';
import type { Verdict } from './guard.ts';
import type { ListenerScript, ShownWay } from './types.ts';

/** A listener of a scenario, running. */
export interface Listener {
  readonly port: number;
  readonly requests: readonly SeenRequest[];
  /** Connections that were used for something. */
  readonly used: number;
  /** What the guards on the way of a request have found. */
  readonly verdicts: ReadonlyMap<SeenRequest, Verdict>;
  /** Of a SOCKS proxy: what it was asked for. */
  readonly ways: readonly Omit<ShownWay, 'l'>[];
  /** Whether a connection, by its number, spoke TLS. */
  secure(connection: number): boolean;
  close(): Promise<void>;
}

export type Verdicts = Map<SeenRequest, Verdict>;

/** Puts the ports, which are known only when all listen, into what a server says. */
export type Fill = <T>(value: T) => T;

/** What a listener knows of the others of its scenario. */
export interface Neighbours {
  readonly scripts: Readonly<Record<string, ListenerScript>>;
  readonly fill: Fill;
}
