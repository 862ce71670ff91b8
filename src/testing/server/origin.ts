import type { TestAnswer } from './answer.ts';
import type { TestRequest } from './request.ts';

/**
 * One answer for ever, a list (the last one stays), or a decision for each request. A decision is asked when the whole request has come, and may
 * take its time; `nth` counts the requests of this route from 1. One that throws is answered with 500, and `verify()` tells of it.
 */
export type TestRoute =
  | TestAnswer
  | readonly TestAnswer[]
  | ((request: TestRequest, nth: number) => TestAnswer | Promise<TestAnswer>);

/** `hang` says nothing and keeps the connection; else it ends after `delay` milliseconds (default 0) and the bytes of `write` (Latin-1). */
export type TestConnectFault = 'hang' | { readonly end: 'close' | 'reset'; readonly delay?: number; readonly write?: string };

/**
 * What an origin does, as a value: the same one serves on loopback (`createTestServer`) and in memory (`createTestNetwork`).
 *
 * @example { routes: { '/': { body: 'hello' }, 'POST /form': (request) => ({ status: 201, body: request.body }) } }
 */
export interface TestOrigin {
  /** By `METHOD /path`, `/path` (a query is ignored) or `*`, the most special first. Nothing fits: 404, and the request is `unexpected`. */
  readonly routes?: Readonly<Record<string, TestRoute>>;
  /** What happens to a connection before it says anything, instead of answers; a function decides by its number, from 1. */
  readonly connect?: TestConnectFault | ((connection: number) => TestConnectFault | undefined);
  /** What happens at the first byte that comes, whatever it is. `write` goes out before (Latin-1). */
  readonly refuse?: { readonly write?: string; readonly end: 'close' | 'reset' };
  /**
   * Bytes a second at which the bodies of requests are read, as a slow peer does; 0 reads none. The client may send what fits between (the
   * buffers of the system, or the window of HTTP/2) and then has to wait. Default as fast as they come.
   */
  readonly reads?: number;
  /** Speaks HTTP/2 to who begins with it, and over TLS offers it by ALPN; HTTP/1.1 to all others. Default false. */
  readonly http2?: boolean;
}

/** One connection that said something, or to which something was done. */
export interface TestConnection {
  /** From 1. */
  readonly number: number;
  readonly secure: boolean;
  /** Requests whose heads have come. */
  readonly requests: number;
  readonly open: boolean;
}
