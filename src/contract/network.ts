import type { Binding } from './access.ts';
import type { Wishes } from './ask.ts';
import type { Failure } from './failure.ts';
import type { SharedKey, TlsWish } from './security.ts';
import type { ByteStream } from './stream.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** A step under way. After `cancel` its callback does not come. */
export interface Step {
  cancel(): void;
}

export interface ConnectOptions<Memory = unknown> {
  readonly port: number;
  readonly probes: Wishes['probes'];
  /** Addresses of ours to leave from; null = as the system likes. */
  readonly local: Binding | null;
  /**
   * `secure` comes next, with just these, and reads what the peer says: a network that can, begins with the handshake as soon as the
   * connection stands. null = the stream is used as it is.
   */
  readonly secure: SecureOptions<Memory> | null;
  /** `secure` is laid over the stream when something was said on it. */
  readonly layered?: boolean;
}

export interface SecureOptions<Memory = unknown> {
  /** Key of the route: what is remembered of one is of no use to another. */
  readonly route: string;
  /** What is remembered of earlier handshakes; only who speaks real TLS has a use for it. */
  readonly sessions: Memory;
  /** Name for SNI and for the check of the certificate. */
  readonly peerName: string;
  /** Protocols to offer by ALPN. */
  readonly alpn: readonly string[];
  /** null = as by default. */
  readonly wish: TlsWish | null;
  /** Asked when the server wants a key that both know; null = nobody has any, and none is offered. */
  readonly sharedKey: ((hint: string) => SharedKey | null) | null;
}

/** How an attempt to connect or to secure has ended: one of the two is null. */
export type Connected = (problem: Failure | null, stream: ByteStream | null) => void;

/** The machine's network as a port: a simulated one stands in for it in tests. Callbacks never come before the call returns. */
export interface Network<Memory = unknown> {
  /** 4 or 6 for an IP literal, else 0. */
  family(host: string): 0 | 4 | 6;
  lookup(host: string, done: (problem: Failure | null, addresses: readonly Address[]) => void): void;
  connect(to: Address, options: ConnectOptions<Memory>, done: Connected): Step;
  /** To a socket of this machine, by its path; on Windows a named pipe. */
  connectLocal(path: string, done: Connected): Step;
  /**
   * Over a stream that was just connected, or one that was handed over and had been connected to be `layered`. The stream's facts say what
   * there is against the peer; it is for others to decide on.
   */
  secure(lower: ByteStream, options: SecureOptions<Memory>, done: Connected): Step;
}
