/** One of the recorded scenarios as it lies in `golden/`, with `${a}` (a port) and `${tmp}` (a folder) still in it. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  readonly steps: readonly object[];
  readonly listeners?: Readonly<Record<string, ListenerScript>>;
  readonly files?: Readonly<Record<string, unknown>>;
  readonly settle?: number;
  /** Certificates that are trusted, `["ca"]` unless it says so. */
  readonly trust?: readonly string[];
  /** Parts of the trace that must agree, each with flags: `wire:noconn:uniq`. */
  readonly compare: readonly string[];
  /** [path, operator, value] on the own trace, where Qt is not to be followed. */
  readonly expect?: readonly (readonly [string, string, unknown])[];
  /** Why the recorded behaviour is not to be followed, and what instead. */
  readonly instead?: { readonly ref: string; readonly qt: string; readonly advice: string };
}

/** A scenario whose placeholders are real values. */
export interface ResolvedScenario extends Scenario {
  readonly tmp: string;
  readonly certs: string;
  readonly epoch: number;
}

/** What listens on a port of its own. */
export type ListenerScript = OriginScript | HttpProxyScript | SocksProxyScript | ClosedScript;

/** Nobody listens there. */
export interface ClosedScript {
  readonly role: 'closed';
}

export interface OriginScript {
  readonly role?: never;
  /** Speaks TLS with a certificate of `test/support/certs/peers`, and also plain HTTP to those who do. */
  readonly tls?: {
    readonly cert?: string;
    readonly minVersion?: 'TLSv1.3';
    readonly maxVersion?: 'TLSv1.2';
    /** http/1.1 unless it says so; null = none. */
    readonly alpn?: readonly string[] | null;
    readonly requestCert?: boolean;
    readonly requireCert?: boolean;
    readonly psk?: { readonly identity: string; readonly key: string; readonly hint: string };
  };
  /** By path, with or without a query, or `*`. */
  readonly routes?: Readonly<Record<string, RouteScript>>;
  readonly onConnect?: 'close' | 'reset';
  readonly onConnectDelay?: number;
  readonly tlsRefuse?: 'garbage' | 'reset';
}

/** Answers in the place of the listener that a request is for, and opens tunnels to it. */
export interface HttpProxyScript {
  readonly role: 'http-proxy';
  /** The listener that everything is for; without it the port of the target tells. */
  readonly forward?: string;
  readonly auth?: ChallengeScript | readonly ChallengeScript[];
  /** Whether the connection stays after a 407; true unless it says so. */
  readonly authKeep?: boolean;
  /** Said in the place of a tunnel. */
  readonly connect?: { readonly status?: number; readonly body?: string; readonly raw?: string; readonly end?: 'close' };
}

export interface SocksProxyScript {
  readonly role: 'socks5';
  readonly auth?: { readonly user: string; readonly password: string };
  /** None of the offered methods will do. */
  readonly refuseMethods?: boolean;
  /** The code with which every way is refused (RFC 1928 6). */
  readonly reply?: number;
}

/** A way into a guarded route or proxy. */
export type ChallengeScript =
  | {
      readonly scheme: 'basic';
      readonly realm: string;
      readonly user: string;
      readonly password: string;
      /** How the server takes the password; UTF-8 unless it says so. */
      readonly charset?: 'latin1';
      /** The whole challenge, as it is to be said. */
      readonly raw?: string;
    }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly token: string }
  | {
      readonly scheme: 'digest';
      readonly realm: string;
      readonly user: string;
      readonly password: string;
      readonly qop?: string;
      readonly algorithm?: 'MD5' | 'MD5-sess';
    };

export type RouteScript = EntryScript | readonly EntryScript[] | GuardedScript;

/** Answers for those who have the right credentials, a 401 for the others. */
export interface GuardedScript {
  readonly auth: ChallengeScript | readonly ChallengeScript[];
  readonly authBody?: unknown;
  readonly authHeaders?: readonly (readonly [string, string])[];
  readonly authEnd?: 'close';
  readonly responses: readonly EntryScript[];
}

/** One answer in the words of the recordings; `origin.ts` turns it into an answer of the test server. */
export interface EntryScript {
  /** A word of some recordings that is not played here. */
  readonly then?: string;
  /** Only for requests with this field, or with this value of it; of a list the first one that fits is given. */
  readonly when?: { readonly header: string; readonly is?: string; readonly present?: true };
  readonly status?: number;
  readonly reason?: string;
  readonly version?: 'HTTP/1.0' | 'HTTP/1.1';
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: unknown;
  readonly raw?: unknown;
  readonly before?: readonly unknown[];
  readonly framing?: 'length' | 'chunked' | 'close';
  readonly sayClose?: boolean;
  readonly chunks?: readonly number[];
  readonly chunkExt?: string;
  readonly pause?: number;
  readonly trailers?: readonly (readonly [string, string])[];
  readonly truncate?: number;
  readonly delay?: number;
  readonly silent?: boolean;
  readonly early?: boolean;
  readonly drain?: boolean;
  readonly end?: 'keep' | 'close' | 'reset' | 'hang';
  readonly endDelay?: number;
}

export type SignalEvent = readonly [who: string, signal: string, ...args: unknown[]];

/** A reply as it was seen, values untouched; the body as base64. */
export type RawReply = Readonly<Record<string, unknown>> & { readonly body?: string; readonly deleted?: boolean };

/** What `perform` writes down. */
export interface RawTrace {
  readonly events: readonly SignalEvent[];
  readonly replies: Readonly<Record<string, RawReply>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly warnings: readonly string[];
}

/** Text of a body, or its length and hash when it is long or binary. */
export type ShownBytes = string | { readonly length: number; readonly sha256: string };

export interface ShownRequest {
  readonly l: string;
  readonly conn?: number;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  readonly tls?: true;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: ShownBytes;
  readonly bodyChunked?: true;
  readonly bodyShort?: true;
  /** What a guard on its way found in its credentials. */
  readonly auth?: string;
}

/** What a SOCKS proxy was asked for, as far as it came. */
export interface ShownWay {
  readonly l: string;
  readonly methods: readonly number[];
  readonly user?: string;
  readonly authOk?: boolean;
  readonly cmd?: number;
  readonly atyp?: number;
  readonly host?: string;
  readonly port?: number | string;
}

export type ShownReply = Readonly<Record<string, unknown>>;

/** A trace without ports, folders and timing: what is compared, and what `golden/` holds. */
export interface Trace {
  readonly events: readonly SignalEvent[];
  readonly replies: Readonly<Record<string, ShownReply>>;
  readonly values: Readonly<Record<string, unknown>>;
  readonly server: {
    readonly requests: readonly ShownRequest[];
    /** Name of the listener for each connection that was used. */
    readonly connections: readonly string[];
    readonly socks?: readonly ShownWay[];
  };
}
