import type { Failure } from './failure.ts';
import type { SecureInfo } from './security.ts';

/** The abstract byte stream a codec reads and writes; made by the dial steps, or by a simulated network. */
export interface ByteStream {
  /** Told about everything that arrives. Set before the first turn of the event loop; nothing is read before. */
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
  /** Asked right after the first write: the system refused it at once, or the stream was gone, so that none of it left. */
  readonly refused: boolean;
  /** While on, a failed write ends the stream only after everything was told that the peer had sent before. */
  hearOut(on: boolean): void;
  /** Bytes handed over that the operating system has not accepted yet. */
  readonly pending: number;
  /** Collects the writes between the two calls into one segment. */
  cork(): void;
  uncork(): void;
  /**
   * The next bytes go straight into this memory, where the stream can do so; null = into memory of its own, `wide` when more than a
   * head is expected. What arrives is told by `bytes` all the same.
   */
  readInto(memory: Buffer | null, wide: boolean): void;
  /**
   * The handler is done with it and another one follows in this turn, who is told `rest` first: octets that were read and are for him; null =
   * none. What was agreed on so far is between others: from now on `secure` is null.
   */
  handOver(rest: Uint8Array | null): void;
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
  /** The first `size` bytes of `memory`, which is valid during the call only. */
  bytes(memory: Buffer, size: number): void;
  /** The peer has sent FIN. */
  ended(): void;
  /** The stream is gone; `failure` is null after a clean close. Told exactly once, never after our own `destroy`. */
  closed(failure: Failure | null): void;
}
