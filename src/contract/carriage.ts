/** Who has proved himself on a connection. */
export interface Identity {
  /** To the proxy that takes the requests; false = to the origin. */
  readonly toProxy: boolean;
  /** '' = by a ticket. */
  readonly user: string;
}

/** The identity of a connection that nobody else may use, whoever he is: who proved himself there did so for one request. */
export const ALONE: Identity = Object.freeze({ toProxy: false, user: '' });

/** Who has proved himself to a proxy as well as to an origin behind it, or as two different users, has the connection for himself. */
export function together(before: Identity | null, identity: Identity): Identity {
  if (before === null) return identity;
  return before !== ALONE && before.toProxy === identity.toProxy && before.user === identity.user ? identity : ALONE;
}

/** Handle on a hop under way. All calls are allowed at any time, also after the end. */
export interface Carriage {
  cancel(): void;
  /** Nothing more is to be told, but the answer may be read to its end where that keeps a connection. */
  discard(): void;
  /**
   * As `discard`, but the connection is kept for the next hop of the same transfer, for which it counts who has proved himself on it.
   * Null = it cannot be kept.
   */
  keep?(): Kept | null;
  /** No more body bytes for now; what is on its way may still arrive. */
  pause(): void;
  resume(): void;
}

/** A connection that nobody else gets until it is used or let go. */
export interface Kept {
  /** It is not wanted any more: others may have it. Nothing happens when it was used. */
  release(): void;
}
