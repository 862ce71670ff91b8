/** Text is sent as UTF-8. */
export type TestBytes = string | Uint8Array;

/** Names and values in the order in which they are sent, or an object. A name may come more than once in a list. */
export type TestHeaders = readonly (readonly [name: string, value: string])[] | Readonly<Record<string, string>>;

/**
 * What goes wrong while an answer is written. A number counts the bytes of the answer that still go out, its head included: `{ close: 0 }` says
 * nothing at all. On HTTP/2 it counts those of the body. `stall` says no more and keeps the connection open.
 *
 * `close` and `reset` are about the connection. HTTP/2 alone has `resetStream` (RST_STREAM with INTERNAL_ERROR), `refuse stream`
 * (REFUSED_STREAM: nothing was done, it may be sent again) and `goaway` (GOAWAY: this request and all later ones of the connection were not
 * looked at; it ends when the earlier ones are answered).
 */
export type TestFault =
  | 'close before head'
  | 'reset before head'
  | 'stall before head'
  | { readonly close: number }
  | { readonly reset: number }
  | { readonly stall: number }
  | { readonly resetStream: number }
  | 'refuse stream'
  | 'goaway';

/** How a connection ends after an answer, or does not: `hang` keeps it open and answers nothing any more. */
export type TestEnding = 'keep' | 'close' | 'reset' | 'hang';

/**
 * One answer of a `TestOrigin`. All of it may be left out: then it is 200 without a body. What is about the bytes of HTTP/1 (`reason`,
 * `framing`, …) means nothing to HTTP/2; `raw`, `before` and `atHead` cannot be said there.
 *
 * @example { status: 503, headers: { 'Retry-After': '1' }, body: 'later' }
 * @example { body: new Uint8Array(100_000), fault: { reset: 50_000 } }
 */
export interface TestAnswer {
  /** Milliseconds before the first byte. Default 0. */
  readonly delay?: number;
  /** Bytes as they are, with pauses between, for ever if it is an endless generator; head and framing below are then unused. */
  readonly raw?: TestBytes | Iterable<TestBytes | { readonly pause: number }>;
  /** Interim heads (`HTTP/1.1 103 Early Hints\r\n…\r\n\r\n`) or any other bytes before the head. */
  readonly before?: readonly TestBytes[];
  /** Default HTTP/1.1. HTTP/1.0 ends the connection after the answer. */
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1';
  /** 100 to 999. Default 200. */
  readonly status?: number;
  /** By default the one that goes with the status. */
  readonly reason?: string;
  /** Fields of the head; those of the framing are added unless they are here. Default none. */
  readonly headers?: TestHeaders;
  /** A generator is read while it is sent. Default empty. */
  readonly body?: TestBytes | Iterable<Uint8Array>;
  /** `none` writes neither Content-Length nor Transfer-Encoding. Default: length, and chunked where a generator makes the body and no
   * Content-Length is in `headers`. */
  readonly framing?: 'length' | 'chunked' | 'close' | 'none';
  /** Sizes of the pieces the body is cut into; what is left makes the last one. Default one piece. */
  readonly chunks?: readonly number[];
  /** Milliseconds before each piece of the body. Default 0. */
  readonly pause?: number;
  /** What is written behind the size of each chunk, as in `;name=value`. */
  readonly chunkExtension?: string;
  /** Fields after a chunked body. */
  readonly trailers?: readonly (readonly [name: string, value: string])[];
  /** The body ends after so many bytes although more was promised. */
  readonly truncate?: number;
  /** Said as soon as the head of the request is there, before anything else: `HTTP/1.1 100 Continue\r\n\r\n`. */
  readonly atHead?: TestBytes;
  /** Answers before the request's body has been read. */
  readonly early?: boolean;
  /** With `early`: false leaves the body of the request unread. Default true. */
  readonly drain?: boolean;
  /** Bytes a second at which the body of the request is read; see `TestOrigin.reads`, which is the default. */
  readonly reads?: number;
  /** What goes wrong. Default nothing. */
  readonly fault?: TestFault;
  /** By default what HTTP wants: close where the request, the version, the framing or a field says so, else keep. */
  readonly end?: TestEnding;
  /** Milliseconds between the last byte and the ending. Default 0, before a reset 20. */
  readonly endDelay?: number;
}
