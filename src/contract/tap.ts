import type { Url } from '../base/url.ts';
import type { Ask } from './ask.ts';
import type { Failure } from './failure.ts';
import type { Head } from './head.ts';
import type { SecureInfo } from './security.ts';

/** When what happened on a hop: whole microseconds since its transfer began, -1 = did not happen. */
export interface Milestones {
  readonly queuedAt: number;
  readonly resolveAt: number;
  readonly connectAt: number;
  readonly proxyAt: number;
  readonly tlsAt: number;
  readonly connectedAt: number;
  readonly sentAt: number;
  readonly headAt: number;
  readonly endedAt: number;
}

/** A hop as it can be looked at. */
export interface SeenHop extends Milestones {
  readonly ask: Ask;
  readonly index: number;
  readonly method: string;
  readonly url: Url;
  readonly connection: number;
  readonly stored: boolean;
  /** TLS facts of its connection, shared by all hops of that; null on a plain one, and as long as there is none. */
  readonly secure: SecureInfo | null;
  /** When the transfer began, on the clock of the engine. */
  readonly began: number;
  /** Now, as the milestones count. */
  now(): number;
}

/**
 * Who records what goes over the wire. It is told of what is there anyway, by reference, so that recording is cheap; what it keeps of a hop it
 * copies. It can look and cannot touch, and throws nothing.
 */
export interface Tap {
  /** The hop has a connection. */
  lent(hop: SeenHop, address: string): void;
  /** The head of the request was handed over; `text` as it went out, in the notation of HTTP/1.1. */
  sent(hop: SeenHop, text: string): void;
  /** Bytes of the request's body. */
  sentData(hop: SeenHop, bytes: Uint8Array): void;
  /** The final head, as it came. */
  head(hop: SeenHop, head: Head): void;
  /** Bytes of the answer's body as they came: those from `start` to `end`. The memory is valid during the call only. */
  data(hop: SeenHop, bytes: Buffer, start: number, end: number): void;
  /** Nothing more comes of the hop; told at least once, and the first time counts. */
  over(hop: SeenHop, problem: Failure | null): void;
}
