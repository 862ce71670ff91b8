import type { HeaderList } from '../base/header-list.ts';
import type { Url } from '../base/url.ts';
import type { Binding } from './access.ts';
import type { Ask } from './ask.ts';
import type { CredentialDelegate } from './auth.ts';
import type { Body } from './body.ts';
import type { Carriage, Identity, Kept } from './carriage.ts';
import type { Attempt, Failure } from './failure.ts';
import type { Head } from './head.ts';
import type { NetLogWhat } from './netlog.ts';
import type { Way } from './proxy.ts';
import type { SecureInfo, TlsDelegate } from './security.ts';
import type { PullBody } from './sink.ts';
import type { Tap } from './tap.ts';

/**
 * One trip out and back of a transfer. Made by the conductor, filled in by the stages on the way out, carried by a transport.
 * The methods are how the transport tells, synchronously, what happens; exactly one of `end`, `fail` and `served` is the last.
 */
export interface Hop extends TlsDelegate, CredentialDelegate {
  readonly ask: Ask;
  /** 0 for the first trip. */
  readonly index: number;
  method: string;
  url: Url;
  body: Body | null;
  /** This hop's own header fields, ready to send; stages add to them. */
  headers: HeaderList;
  /** Sent where `headers` say nothing; shared. */
  readonly defaults: HeaderList;
  /** What the decode stage offers the server; '' = nothing. */
  acceptEncoding: string;
  /** Sent once more after its connection died: it wants a connection nobody used before. */
  readonly resent: boolean;
  // Milestones in whole microseconds since the transfer began, -1 = did not happen. Small integers, because every request has them.
  readonly queuedAt: number;
  /** When the transfer began, milliseconds of the clock. */
  readonly began: number;
  resolveAt: number;
  connectAt: number;
  proxyAt: number;
  tlsAt: number;
  connectedAt: number;
  sentAt: number;
  headAt: number;
  endedAt: number;
  /** The connection had carried an earlier exchange. */
  reused: boolean;
  /** TLS facts of the connection; null before it stands and on plain ones. */
  secure: SecureInfo | null;
  /** Where it leaves from; null = wherever the system likes. */
  local: Binding | null;
  /** It goes on with an answer that broke off: only the rest of the body is wanted. */
  readonly continues: boolean;
  /** The proxy it goes through. */
  proxy: Way;
  /** It speaks for its transfer: that one is not over, and makes no later hop. */
  readonly current: boolean;
  /** A connection that was kept from the hop before; null = any will do. */
  kept: Kept | null;
  /** Who proves himself on the connection with this hop; null = nobody does that. */
  identity: Identity | null;
  /** The answer comes out of what is stored: nothing is to be learned from it. */
  stored: boolean;
  /** Part of the body is still to go out. */
  sending: boolean;
  /** Now, as the milestones count. */
  now(): number;
  /** Every attempt to connect, for the error and the tools. */
  readonly attempts: Attempt[];
  /** Number of the connection that carried it, 0 before. */
  connection: number;

  /** For the netlog. The detail is built by the caller, so it is for rare events or behind `noting`. */
  note(what: NetLogWhat, detail?: Readonly<Record<string, unknown>>): void;
  /** Whether anybody reads the netlog. */
  readonly noting: boolean;
  /** Whether anybody wants to read bodies in it. */
  readonly notingBodies: boolean;
  /** Who records what goes over the wire; null = nobody. */
  readonly tap: Tap | null;

  /** Who carries the hop; told first, so that an abort inside a later call reaches it. */
  carriedBy(carriage: Carriage): void;
  /** The first attempt to connect starts (after name resolution). */
  dialing(): void;
  secured(info: SecureInfo): void;
  /** The request's head was handed to the socket. Told again for a resend. */
  sent(): void;
  /** Body bytes accepted so far; `total` is -1 when unknown. */
  uploaded(bytes: number, total: number): void;
  /** A 1xx head. */
  interim(head: Head): void;
  /** The final head. */
  head(head: Head): void;
  /** Body bytes as they came: those from `start` to `end`. The memory is valid during the call only. */
  data(bytes: Buffer, start: number, end: number): void;
  /** Memory for some of the `left` bytes of the body that come next, so that they need not be copied; null = no wish. */
  room(left: number): Buffer | null;
  end(trailers: HeaderList | null): void;
  fail(failure: Failure, facts: HopFacts): void;
  /** A complete answer without a network; the body is pulled. */
  served(head: Head, body: PullBody): void;
}

/** What the ledger knows of a hop that failed; the retry rule decides on it. */
export interface HopFacts {
  /** The connection had carried an earlier exchange. */
  readonly reused: boolean;
  readonly bytesWritten: number;
  readonly bytesRead: number;
  /** The peer sent something that is not HTTP. */
  readonly garbage: boolean;
  /** The peer has said that it did nothing about it. */
  readonly unprocessed?: true;
  /** The connection was given up by the peer with everything on it. */
  readonly connectionLost?: true;
  /** The peer does not do in HTTP/2 what it announced; next time it is spoken to in HTTP/1.1. */
  readonly downgraded?: true;
}

/** Facts of a hop that never had to do with a connection. */
export const NO_FACTS: HopFacts = Object.freeze({ reused: false, bytesWritten: 0, bytesRead: 0, garbage: false });
