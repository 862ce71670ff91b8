import type { Url } from '../base/url.ts';
import type { ProxyPeer } from './proxy.ts';

/** Name and password. A secret. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  /** NTLM: the domain of the user, '' = as the user name or the server says. */
  readonly domain: string;
}

/** Somebody wants to know who asks. */
export interface CredentialQuestion {
  /** The proxy that wants to know; null = the origin of `url`. */
  readonly proxy: ProxyPeer | null;
  readonly url: Url;
  /** For people; '' when none was said. */
  readonly realm: string;
  /** In lower case: `basic`, `digest`, `ntlm` …, or `socks`. */
  readonly scheme: string;
  /** Who was tried last and not accepted, or '' . */
  readonly user: string;
}

/** Who is asked for credentials. */
export interface CredentialDelegate {
  /** `answer` is called once, at once or later, unless the transfer is over before; null = nobody knows any. */
  credentials(question: CredentialQuestion, answer: (credentials: Credentials | null) => void): void;
}

/** The request that an answer is made for. */
export interface AuthRequest {
  readonly method: string;
  /** As in the request line. */
  readonly target: string;
  /** All bytes of the body that will go along, an empty list when there is none; null = they are not known beforehand. */
  readonly body: Uint8Array | null;
  /** The certificate of the peer, DER, that the answer is to be bound to; null = not over TLS, or over TLS to somebody else. */
  readonly certificate: Uint8Array | null;
}

/** An answer to challenges. */
export interface AuthAnswer {
  /** The value of Authorization or Proxy-Authorization. A secret. */
  readonly value: string;
  /** It counts on the connection only that the challenge came on. */
  readonly bound: boolean;
  /** More rounds follow: what is sent now is refused in any case, so a body need not go along. */
  readonly preliminary: boolean;
}

/** What is said to one proxy on one connection, to be let through. */
export interface Conversation {
  /** What a source of credentials has thrown, if that is why the refusal stands; null = nothing. */
  readonly trouble: Error | null;
  /** What to send unasked; null = nothing. */
  opening(request: AuthRequest): AuthAnswer | null;
  /**
   * It refused, with these values of Proxy-Authenticate. `answer` is called once, at once or later, unless `cancel` is called before;
   * null = the refusal stands. `keeps`: the connection stands, so that an answer that is bound to it is possible.
   */
  refused(fields: readonly string[], keeps: boolean, request: AuthRequest, answer: (answer: AuthAnswer | null) => void): void;
  /** It accepted; the values of Proxy-Authentication-Info. */
  accepted(info: readonly string[]): void;
  cancel(): void;
}
