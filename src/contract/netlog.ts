import type { Tap } from './tap.ts';

/** Milestones of one hop in milliseconds of the monotonic clock; -1 = did not happen. Taken down whether or not anybody reads them. */
export interface Timings {
  queued: number;
  resolveStart: number;
  connectStart: number;
  /** The first proxy of the route is connected to, and asked for the way on. */
  proxyStart: number;
  tlsStart: number;
  connected: number;
  sent: number;
  headReceived: number;
  ended: number;
  reused: boolean;
}

/** One entry for tools. */
export interface NetLogEvent {
  readonly transfer: number;
  readonly hop: number;
  readonly time: number;
  readonly what: NetLogWhat;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** What entries tell of; `docs/tracing.md` has the details of each. */
export type NetLogWhat =
  /** The request was made, in the turn of its caller. */
  | 'made'
  | 'start'
  | 'proxy'
  | 'auth'
  | 'resolve'
  | 'connect'
  | 'attempt'
  | 'tls'
  | 'lend'
  | 'cache'
  | 'request-head'
  /** A piece of the request's body, where it is not in memory as a whole; only for listeners with `bodies`. */
  | 'sent-data'
  | 'interim-head'
  | 'head'
  /** A piece of the answer's body as it came; only for listeners with `bodies`. Its memory is valid during the call only. */
  | 'data'
  | 'alt-svc'
  | 'end'
  | 'fail'
  | 'again';

/** The record for tools: it can look and cannot touch. Off, it costs one branch (`if (log.on)`). */
export interface NetLog {
  readonly on: boolean;
  /** Somebody wants bodies, too. */
  readonly bodies: boolean;
  /** Somebody records what goes over the wire. */
  readonly tap: Tap | null;
  mark(event: NetLogEvent): void;
}

/** What a listener of the netlog wants. */
export interface NetLogOptions {
  /** Credentials, cookies and the like as they are; default false: `***` stands in their place. */
  readonly secrets?: boolean;
  /** The bodies as well (`data`, `sent-data`, `body` of `request-head`); default false. */
  readonly bodies?: boolean;
}
