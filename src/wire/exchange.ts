import type { HeaderList } from '../base/header-list.ts';
import type { Body } from '../contract/body.ts';
import type { Failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { HopFacts } from '../contract/hop.ts';

/** One request and its answer on a connection. */
export interface Exchange {
  readonly method: string;
  /** The head as it goes onto the wire of HTTP/1, one octet a character. */
  readonly headText: string;
  readonly body: Body | null;
  /** The request says `Connection: close`. */
  readonly closeAfter: boolean;
  sent(): void;
  uploaded(bytes: number): void;
  /** Nothing of the body is left to be sent. */
  allSent(): void;
  interim(head: Head): void;
  head(head: Head): void;
  data(bytes: Buffer, start: number, end: number): void;
  /** Memory for some of the `left` bytes that come next; null = no wish. */
  room(left: number): Buffer | null;
  end(trailers: HeaderList | null): void;
  fail(failure: Failure, facts: HopFacts): void;
}

/** One that a connection of any HTTP can carry. */
export interface PortableExchange extends Exchange {
  /** The head for HTTP/2, asked for once: name, value, name, value … */
  fields(): string[];
  /** An ALTSVC frame (RFC 7838 4) has come; `origin` says for whom, '' = for that of the request. */
  advised(text: string, origin: string): void;
}
