import type { Failure } from './failure.ts';

/** What a request sends. Compiled by the bridge from whatever the user gave. */
export interface Body {
  /** Bytes that will be sent, or -1 when only the end will tell (then the body goes chunked). */
  readonly length: number;
  /** `open` may be called and gives all the bytes: always, or only while nobody has opened a source that can be read once. */
  readonly replayable: boolean;
  /** The whole body when it is in memory already; readers are then not needed. */
  readonly bytes: Uint8Array | null;
  /** Starts reading from the beginning. */
  open(): BodyReader;
  /** The transfer is over: a source that was never opened may close. */
  release?(): void;
}

/** Pull side of a body: nothing is read from the source before it is asked for. */
export interface BodyReader {
  /**
   * The next piece; `null` at the end; `undefined` when nothing is there yet, then `wake` is called once when asking again makes sense.
   * After a failure of the source `failure` is set and `null` is returned.
   */
  pull(wake: () => void): Uint8Array | null | undefined;
  readonly failure: Failure | null;
  /** The first `total` bytes have been used up, and their memory may be given out again. Nobody has to say so. */
  taken?(total: number): void;
  /** The transfer does not need the rest. Idempotent. */
  close(): void;
}
