import type { Url } from '../base/url.ts';

/** What a token is wanted for. */
export interface TokenQuestion {
  readonly url: Url;
  /** '' when none was said. */
  readonly realm: string;
  /** What it has to be good for; empty when nothing was said. */
  readonly scope: readonly string[];
  /** The token that was not accepted, to be renewed; '' = none was sent. A secret. */
  readonly expired: string;
  /** What the server says against that one: `invalid_token`, `insufficient_scope`; '' = nothing. */
  readonly error: string;
}

/** Who has bearer tokens (RFC 6750). null or '' = there is none. Called once at a time for one origin, realm and scope. */
export type TokenSource = (question: TokenQuestion) => string | null | PromiseLike<string | null>;

/** One conversation of SPNEGO (RFC 4559). */
export interface NegotiateContext {
  /** The next token in base64, an answer to that of the peer, which is '' at first; null = there is nothing to be said. */
  step(challenge: string): string | null | PromiseLike<string | null>;
}

/** Who has tickets: Kerberos by GSSAPI or SSPI. */
export interface NegotiateSource {
  /** `service` is `HTTP@host`; `binding` ties it to the TLS connection (RFC 5929 4), null = there is none. null = no ticket for that. */
  start(service: string, binding: Uint8Array | null): NegotiateContext | null;
}
