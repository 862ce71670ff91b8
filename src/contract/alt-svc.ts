/** Another place that serves an origin, as the origin itself has said (RFC 7838 2). */
export interface Alternative {
  /** Its name in ALPN, one character an octet: `h2`, `h3`. */
  readonly protocol: string;
  /** As in URLs; an IPv6 address has no brackets. */
  readonly host: string;
  readonly port: number;
  /** When it ends, milliseconds since 1970. */
  readonly expires: number;
  /** Good in other networks, too, and not only in the one it was heard of in. */
  readonly persist: boolean;
}

/** Where the alternatives of origins are kept, apart for every partition. */
export interface AlternativeStore {
  /** Those that have not ended, in the order of the server's preference. */
  find(origin: string, partition: string): readonly Alternative[];
  /** Remembers them in the place of what was known; none = the origin is forgotten. */
  note(origin: string, partition: string, alternatives: readonly Alternative[]): void;
  clear(): void;
}
