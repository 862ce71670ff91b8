import type { Binding } from '../../contract/access.ts';
import type { Wishes } from '../../contract/ask.ts';
import type { Failure } from '../../contract/failure.ts';
import type { SharedKey, TlsWish } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Sessions } from './sessions.ts';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

/** A step under way. After `cancel` its callback does not come. */
export interface Step {
  cancel(): void;
}

export interface ConnectOptions {
  readonly port: number;
  readonly probes: Wishes['probes'];
  /** Addresses of ours to leave from; null = as the system likes. */
  readonly local: Binding | null;
  /**
   * `secure` comes next, with just these, and reads what the peer says: a network that can, begins with the handshake as soon as the
   * connection stands. null = the stream is used as it is.
   */
  readonly secure: SecureOptions | null;
  /** `secure` is laid over the stream when something was said on it. */
  readonly layered?: boolean;
}

export interface SecureOptions {
  /** Key of the route: what is remembered of one is of no use to another. */
  readonly route: string;
  readonly sessions: Sessions;
  /** Name for SNI and for the check of the certificate. */
  readonly peerName: string;
  /** Protocols to offer by ALPN. */
  readonly alpn: readonly string[];
  /** null = as by default. */
  readonly wish: TlsWish | null;
  /** Asked when the server wants a key that both know; null = nobody has any, and none is offered. */
  readonly sharedKey: ((hint: string) => SharedKey | null) | null;
}

/** The machine's network as a port: a simulated one stands in for it in tests. Callbacks never come before the call returns. */
export interface Network {
  /** 4 or 6 for an IP literal, else 0. */
  family(host: string): 0 | 4 | 6;
  lookup(host: string, done: (problem: Failure | null, addresses: readonly Address[]) => void): void;
  connect(to: Address, options: ConnectOptions, done: (problem: Failure | null, stream: ByteStream | null) => void): Step;
  /** To a socket of this machine, by its path; on Windows a named pipe. */
  connectLocal(path: string, done: (problem: Failure | null, stream: ByteStream | null) => void): Step;
  /**
   * Over a stream that was just connected, or one that was handed over and had been connected to be `layered`. The stream's facts say what
   * there is against the peer; it is for others to decide on.
   */
  secure(lower: ByteStream, options: SecureOptions, done: (problem: Failure | null, stream: ByteStream | null) => void): Step;
}
