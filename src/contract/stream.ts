import type { Failure } from './failure.ts';
import type { SecureInfo } from './sink.ts';

/** The abstract byte stream a codec reads and writes; made by the dial steps, or by a simulated network. */
export interface ByteStream {
  /** Told about everything that arrives. Set by the codec before the first turn of the event loop. */
  handler: StreamHandler;
  /** TLS facts, null on plain connections. */
  readonly secure: SecureInfo | null;
  /** Address and port that were really reached. */
  readonly remoteAddress: string;
  readonly remotePort: number;
  /** Sends text of one octet a character. `done` is called when the operating system has accepted the bytes. */
  writeText(text: string, done?: () => void): void;
  /** Sends bytes. */
  write(bytes: Uint8Array, done?: () => void): void;
  /** Bytes handed over that the operating system has not accepted yet. */
  readonly pending: number;
  /** Collects the writes between the two calls into one segment. */
  cork(): void;
  uncork(): void;
  pause(): void;
  resume(): void;
  /** While ref'ed the process stays alive. */
  ref(): void;
  unref(): void;
  /** Sends FIN after everything written. */
  end(): void;
  destroy(): void;
}

export interface StreamHandler {
  /** The memory is valid during the call only. */
  bytes(chunk: Uint8Array): void;
  /** The peer has sent FIN. */
  ended(): void;
  /** The stream is gone; `failure` is null after a clean close. Told exactly once, never after our own `destroy`. */
  closed(failure: Failure | null): void;
}
