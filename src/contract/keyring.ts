import type { Url } from '../base/url.ts';
import type { AuthRequest, Credentials } from './auth.ts';

/** Answers for requests of one protection space, as often as there are any. Shared by all of them, so that what is counted is counted once. */
export interface Signer {
  /** In lower case: `basic`, `digest` … */
  readonly scheme: string;
  /** The value of Authorization or Proxy-Authorization; null when it cannot be said for this request. */
  sign(request: AuthRequest): string | null;
  /** What the peer says about later answers: the values of Authentication-Info or Proxy-Authentication-Info. */
  learn(info: readonly string[]): void;
}

/** Paths of one peer that share a realm. */
export interface Space {
  readonly origin: string;
  readonly realm: string;
  /** Each is inside with all below it; `/` = everything. */
  readonly roots: readonly string[];
}

/** What one peer has accepted. */
export interface Known {
  readonly space: Space;
  /** Null = it was no name and password. */
  readonly credentials: Credentials | null;
  /** Null = nothing can be said unasked: it counts on its connection only. */
  readonly signer: Signer | null;
}

/**
 * Where what was accepted is remembered: by partition, by peer (an origin, or a proxy), by realm, and by the user that was named
 * beforehand, '' = none.
 */
export interface Keyring {
  /** Nothing is known of anybody. */
  readonly empty: boolean;
  /** What may be sent unasked; the last one that was kept goes first. */
  forUrl(partition: string, url: Url, user: string): Known | null;
  forProxy(partition: string, peer: string, user: string): Known | null;
  /** What was accepted there. */
  forRealm(partition: string, peer: string, realm: string, user: string): Known | null;
  /** Remembers it for who names one of these users. */
  keep(partition: string, known: Known, users: readonly string[]): void;
  /** It is accepted no longer. */
  drop(partition: string, known: Known): void;
  clear(): void;
}
