// What the server tells the page. Rows are lists and not objects: there are many of them, and their names would be most of what is sent.

/** How far a row has got. */
export const STATES = ['waiting', 'sent', 'receiving', 'done', 'failed'] as const;
export type State = (typeof STATES)[number];

/** The answer came out of what is stored. */
export const STORED = 1;
/** The server was asked whether what is stored still holds, and it does. */
export const VALIDATED = 2;
/** The connection had carried something before. */
export const REUSED = 4;

/**
 * A row: number, trip of its request (from 0), state, when it began (microseconds since the inspector did), method, URL, status, media type, bytes
 * of the body that came, bytes sent, connection, address, version of HTTP, flags, what went wrong; then the milestones, microseconds since it
 * began or -1: lent, resolve, connect, proxy, TLS, connected, sent, head, ended (or now).
 */
export type RowData = readonly [
  ...[id: number, trip: number, state: number, start: number, method: string, url: string, status: number, mime: string],
  ...[received: number, sent: number, connection: number, address: string, version: string, flags: number, problem: string],
  ...[lent: number, resolve: number, connect: number, proxy: number, tls: number, connected: number],
  ...[sentAt: number, headAt: number, ended: number],
];

/** The connections to one place: place, proxy, most, being opened, waiting, and each: number, HTTP/2, address, TLS, busy with, served. */
export type PoolData = readonly [
  ...[place: string, via: string, limit: number, dialing: number, waiting: number],
  connections: readonly (readonly [
    ...[number: number, multiplexed: boolean, address: string, tls: string, depth: number, served: number],
  ])[],
];

/** One message of the feed. */
export interface Message {
  /** Microseconds since the inspector began. */
  readonly now: number;
  /** Rows below this number are gone. */
  readonly first: number;
  /** Rows that made room for later ones, so far. */
  readonly dropped: number;
  readonly rows: readonly RowData[];
  readonly pools?: readonly PoolData[];
  /** Begin anew: what was told before does not count. */
  readonly reset?: Beginning;
}

export interface Beginning {
  readonly title: string;
  /** Wall clock of the beginning, milliseconds since 1970. */
  readonly began: number;
  readonly version: string;
}

/** A value with a name. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

/** A body as the page shows it. */
export interface BodyData {
  /** Bytes, as the program gets them. */
  readonly size: number;
  readonly mime: string;
  /** Missing when it was not kept. */
  readonly text?: string;
  readonly base64?: boolean;
  /** Why it is missing, or what is particular about it. */
  readonly remark?: string;
}

/** What is known of TLS. */
export interface TlsData {
  /** Protocol, cipher and the like. */
  readonly facts: readonly Pair[];
  /** What speaks against the certificates; empty = nothing. */
  readonly doubts: readonly string[];
  /** Certificates, the server's own first. */
  readonly chain: readonly { readonly title: string; readonly facts: readonly Pair[] }[];
}

/** All about one row. */
export interface Details {
  readonly id: number;
  readonly url: string;
  readonly method: string;
  readonly status: number;
  readonly reason: string;
  readonly requestVersion: string;
  readonly version: string;
  readonly requestHeaders: readonly Pair[];
  readonly headers: readonly Pair[];
  readonly query: readonly Pair[];
  readonly sentCookies: readonly Pair[];
  readonly setCookies: readonly (Pair & { readonly about: string })[];
  readonly requestBody: BodyData | null;
  readonly body: BodyData | null;
  readonly failure: { readonly kind: string; readonly phase: string; readonly message: string; readonly hint: string } | null;
  /** null = the connection was a plain one, or there was none. */
  readonly tls: TlsData | null;
  /** What the cache has to do with it, in sentences. */
  readonly cache: readonly string[];
  readonly curl: string;
  /** Other trips of the same request. */
  readonly trips: readonly number[];
  /** Why it cannot be sent again; '' when it can. */
  readonly noReplay: string;
}
