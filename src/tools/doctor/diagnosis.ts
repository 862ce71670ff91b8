import type { FindingCode } from '../../api/advice/advice.ts';
import type { QNetworkAccessManager } from '../../index.ts';

export type { FindingCode };

/** How a URL is looked at. */
export interface DiagnoseOptions {
  /**
   * The manager that the program uses: its proxies, trust, credentials, cookies and known hosts count. Default: one that nobody has changed. What
   * is fetched through it is one GET, as the program would make it; its cookie jar and its cache stay as they are.
   */
  readonly manager?: QNetworkAccessManager;
  /** Fields that the program sends, such as `Authorization`. They go with the first request only, not with the trials. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Milliseconds that the look-up, the connection, the beginning of the answer and each pause in it may take, default 10000; all of it may take
   * three times as long.
   */
  readonly timeout?: number;
  /** Bytes of the body that are read at most; default 1 MiB. What is behind is not looked at. */
  readonly bodyLimit?: number;
  /**
   * When something is wrong, more requests are made to find out what helps; default true. They are GETs without cookies and credentials, most of
   * them for the root of the server.
   */
  readonly trials?: boolean;
  /** Ends it; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** One thing that is wrong. */
export interface Finding {
  /** A name that stays the same from version to version. */
  readonly code: FindingCode;
  /** `error`: the request fails because of it. `warning`: it works, and something is not as it should be. */
  readonly severity: 'error' | 'warning';
  /** What is wrong, in a sentence. */
  readonly what: string;
  /** What was seen that says so. */
  readonly seen: readonly string[];
  readonly fix: Fix;
}

/** What puts it right. */
export interface Fix {
  readonly words: string;
  /** A line of a program; null where no program can help. */
  readonly code: string | null;
  /** The same as an option of `qnam`; null where none helps. */
  readonly option: string | null;
  /** It was tried, and helps. */
  readonly tried: boolean;
}

/** A certificate of a chain. Dates are as in ISO 8601. */
export interface ChainLink {
  readonly subject: string;
  readonly issuer: string;
  /** The names it is for. */
  readonly names: readonly string[];
  readonly from: string;
  readonly to: string;
  /** What is wrong with it, in words; empty = nothing. */
  readonly problems: readonly string[];
}

/** What a look at a URL has shown. A plain value without secrets, to be written as JSON. */
export interface Diagnosis {
  /** Without user info; values of parameters that name secrets are `***`. */
  readonly url: string;
  /** There is nothing that makes the request fail. */
  readonly works: boolean;
  /** The one that has to be put right first is the first; empty = all is well. */
  readonly findings: readonly Finding[];
  /** The trips of the request, redirects among them, with the status of each; 0 = there was none. */
  readonly trips: readonly { readonly url: string; readonly status: number }[];
  /** How the host was looked for, or that of the proxy; null = it was not: a connection was open already, or it is a local socket. */
  readonly address: {
    readonly host: string;
    readonly found: readonly string[];
    readonly attempts: readonly {
      readonly address: string;
      /** '' of a local socket. */
      readonly family: 'IPv4' | 'IPv6' | '';
      readonly outcome: string;
      readonly milliseconds: number;
    }[];
  } | null;
  readonly proxy: {
    /** `directly`, or the proxy without its secrets. */
    readonly way: string;
    /** Who has decided it and why, in this order. */
    readonly because: readonly string[];
  };
  /** null = no TLS was spoken, or it did not come to a handshake. */
  readonly tls: {
    readonly protocol: string;
    readonly cipher: string;
    /** Agreed on by ALPN; '' = nothing. */
    readonly alpn: string;
    readonly verified: boolean;
    /** The server's own first. */
    readonly chain: readonly ChainLink[];
  } | null;
  /** `HTTP/1.1`, `HTTP/2`; '' without an answer. */
  readonly protocol: string;
  /** Milliseconds of each phase of the last trip; those that did not happen are absent. */
  readonly timings: Readonly<Record<string, number>>;
  /** What the cache of the manager would do. */
  readonly cache: { readonly used: boolean; readonly stored: boolean; readonly why: string };
  /** Whether the host is known as one that wants TLS only. */
  readonly hsts: { readonly known: boolean; readonly why: string };
  /** Names of the cookies that go along. */
  readonly cookies: readonly string[];
}
