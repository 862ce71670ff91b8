/** Milestones of one hop in milliseconds of the monotonic clock; -1 = did not happen. Taken down whether or not anybody reads them. */
export interface Timings {
  queued: number;
  resolveStart: number;
  connectStart: number;
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

export type NetLogWhat =
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
  | 'interim-head'
  | 'head'
  | 'alt-svc'
  | 'end'
  | 'fail'
  | 'again';

/** The record for tools: it can look and cannot touch. Off, it costs one branch (`if (log.on)`). */
export interface NetLog {
  readonly on: boolean;
  mark(event: NetLogEvent): void;
}
