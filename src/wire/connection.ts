import type { Identity } from '../contract/carriage.ts';
import type { Failure } from '../contract/failure.ts';
import type { ByteStream } from '../contract/stream.ts';
import type { Exchange, PortableExchange } from './exchange.ts';

/** A connection of any HTTP as the pool and those who use it see it. */
export interface Connection {
  /** Its facts; its bytes are the connection's own business. */
  readonly stream: ByteStream;
  readonly number: number;
  readonly alive: boolean;
  /** Exchanges under way. */
  readonly depth: number;
  /** Answers completed. */
  readonly served: number;
  /** A request may be sent behind those under way, to be answered after them. */
  readonly persistent: boolean;
  /** It carries many exchanges at a time. */
  readonly multiplexed: boolean;
  /** Another exchange may be sent beside those under way; always false where there can be no other. */
  readonly roomy: boolean;
  /** Not for everybody who takes its route. */
  personal: boolean;
  /** Who has proved himself on it, by a scheme that counts for all of its requests; null = nobody has. */
  identity: Identity | null;
  /** Milliseconds the peer said it keeps an idle connection, or -1. */
  readonly keepAliveHint: number;
  /** When it became idle, on the injected clock. */
  idleSince: number;
  /** The body waits so many milliseconds for 100 (Continue), and goes in writes of at most `piece` bytes; 0 = neither. */
  send(exchange: PortableExchange, wait?: number, piece?: number): void;
  /** The exchange is not wanted any more. */
  cancel(exchange: Exchange): void;
  /** The rest of this answer is not wanted. */
  discard(exchange: Exchange): void;
  pause(exchange: Exchange): void;
  resume(exchange: Exchange): void;
  /** Whether the connection keeps the process alive; only while somebody needs it. */
  keepProcess(on: boolean): void;
  /** Closes and fails what is under way. */
  abandon(problem: Failure): void;
  /** Closes at once and silently. */
  destroy(): void;
}

/** It was asked for; the peer broke the rules; it closed without a word, which can happen to anybody once. */
export type Downgrade = 'asked' | 'broken' | 'silent';

/** Who lends the connection out. */
export interface ConnectionOwner {
  /** An exchange is over and the connection may carry more. */
  free(connection: Connection): void;
  /** It carries what it has and takes no more. */
  retired(connection: Connection): void;
  /** The peer masters HTTP/2: an answer has come. */
  mastered(connection: Connection): void;
  /** The peer asks for HTTP/1.1, or does not do in HTTP/2 what it announced. True = it will be spoken to in HTTP/1.1. */
  downgrade(connection: Connection, why: Downgrade): boolean;
  /** It is closed. */
  gone(connection: Connection): void;
}
