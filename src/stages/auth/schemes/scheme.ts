import type { Url } from '../../../base/url.ts';
import type { AuthAnswer, AuthRequest, Credentials } from '../../../contract/auth.ts';
import type { NegotiateSource } from '../../../contract/auth-sources.ts';
import type { Clock } from '../../../contract/clock.ts';
import type { Signer } from '../../../contract/keyring.ts';
import type { ProxyPeer } from '../../../contract/proxy.ts';
import type { Challenge } from '../../../rules/auth/challenges.ts';
import type { Tokens } from '../tokens.ts';

/** Whom one speaks to, and how. */
export interface Peer {
  /** Null = the origin of `url`. */
  readonly proxy: ProxyPeer | null;
  readonly url: Url;
  /** What it is remembered by: the origin, or scheme, host and port of the proxy. */
  readonly key: string;
  readonly host: string;
  readonly partition: string;
  /** Nobody between us and the peer can read along. */
  readonly safe: boolean;
  /** The caller has named it; no other server has sent us there. */
  readonly chosen: boolean;
}

/** What schemes need beside a challenge. */
export interface SchemeTools {
  readonly clock: Clock;
  readonly tokens: Tokens;
  readonly negotiate: NegotiateSource | null;
  /** Hosts that tickets go to; those of subdomains begin with a dot. */
  readonly ticketHosts: readonly string[];
}

export type Later<T> = T | PromiseLike<T>;

/** Where a challenge has come. */
export interface Place {
  readonly peer: Peer;
  readonly request: AuthRequest;
  /** The connection has many requests at a time on it, so that nobody can prove himself on it. */
  readonly multiplexed: boolean;
  readonly tools: SchemeTools;
}

/** A way to answer 401 and 407: a row of the table. */
export interface Scheme {
  /** In lower case. */
  readonly name: string;
  /** Name and password are needed. */
  readonly asks: boolean;
  /** Whether it can be answered at all. */
  fits(challenge: Challenge, place: Place): boolean;
  /** A conversation that begins with this challenge; null = not with these credentials. `known` = what has answered there before. */
  begin(challenge: Challenge, credentials: Credentials | null, place: Place, known: Signer | null): Dialogue | null;
}

/** One attempt with one scheme. */
export interface Dialogue {
  /** What later requests may be answered with unasked; null = nothing. */
  readonly signer: Signer | null;
  /** All of it has to happen on one connection, which knows afterwards who has proved himself on it. */
  readonly bound: boolean;
  /** What is to be said next; null = nothing can be. */
  answer(request: AuthRequest): Later<AuthAnswer | null>;
  /**
   * It was refused with this challenge. True = `answer` says what comes next; false = who it is, is not accepted. `keeps`: the connection
   * stands. `unasked`: what was refused was said before anybody had asked.
   */
  goesOn(challenge: Challenge, keeps: boolean, unasked: boolean): boolean;
}

/** What may be shown to anybody who asks on this connection. */
export function unbound(value: string): AuthAnswer {
  return { value, bound: false, preliminary: false };
}
