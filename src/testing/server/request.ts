/** One request as it came off the wire. */
export interface TestRequest {
  /** Number of the connection, from 1. */
  readonly connection: number;
  /** Number of the stream with HTTP/2, else 0. */
  readonly stream: number;
  /** Request line as received; with HTTP/2 what would have been one. */
  readonly line: string;
  readonly method: string;
  /** As in the request line, with its query: `/path?query`, or a whole URL where a proxy is asked. */
  readonly target: string;
  /** `HTTP/1.1`, `HTTP/2` or another one. */
  readonly version: string;
  /** Head fields as received, names and order untouched; with HTTP/2 `host` is `:authority`. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** First value of a field, by any case of its name; undefined when there is none. */
  header(name: string): string | undefined;
  /** Every byte of it, head and body as framed. Empty with HTTP/2. */
  readonly raw: Buffer;
  /** The body without its framing. Empty until it has been read. */
  readonly body: Buffer;
  /** Its body came in chunks. */
  readonly chunked: boolean;
  /** The connection ended before the body was complete. */
  readonly short: boolean;
}

/** A request under way: the body may still be missing. */
export interface OpenRequest extends TestRequest {
  raw: Buffer;
  body: Buffer;
  chunked: boolean;
  short: boolean;
}
