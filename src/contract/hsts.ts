/** What is known of a host that wants to be reached over TLS only (RFC 6797 5.3). */
export interface HstsEntry {
  /** The name in lower case, international labels as ACE, without a final dot. Never an address. */
  readonly host: string;
  /** When it ends, milliseconds since 1970. */
  readonly expires: number;
  readonly includeSubDomains: boolean;
}

/** Where the known hosts are kept. It answers at once and never throws: no request fails because something cannot be remembered. */
export interface HstsStore {
  /** The entry of exactly this host; none once it has expired. */
  find(host: string): HstsEntry | undefined;
  /** Remembers a host, in the place of what was known of it; forgets it when the entry has expired. */
  note(entry: HstsEntry): void;
  /** All that have not expired. */
  entries(): HstsEntry[];
  /** When everything is where it outlives the process, as far as that is possible. */
  flush?(): Promise<void>;
}
