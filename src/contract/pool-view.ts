import type { SeenHop } from './tap.ts';

/** A connection as it can be looked at. */
export interface ConnectionView {
  readonly number: number;
  /** It carries many exchanges at a time: HTTP/2. */
  readonly multiplexed: boolean;
  readonly address: string;
  readonly port: number;
  /** As OpenSSL calls it; '' on a plain one. */
  readonly tls: string;
  /** Exchanges under way. */
  readonly depth: number;
  /** Answers it has brought so far. */
  readonly served: number;
}

/** The connections of one route, and who waits for one. */
export interface RouteView {
  /** `https://example.org:443`, or the path of a local socket. */
  readonly place: string;
  /** The proxy it leads through, without secrets; '' = directly. */
  readonly via: string;
  /** Connections at most. */
  readonly limit: number;
  /** Connections that are being opened. */
  readonly dialing: number;
  readonly connections: readonly ConnectionView[];
  /** Who waits, in the order of their turns. */
  readonly waiting: readonly SeenHop[];
}
