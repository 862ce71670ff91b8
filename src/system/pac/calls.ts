/** What is said between those who want to know and the script, which runs in a thread of its own. */

/** What a script may use. */
export interface PacLimits {
  /** Bytes, beside the 16 MiB of the engine. */
  readonly memory: number;
  /** Milliseconds a decision may compute, look-ups not counted. */
  readonly time: number;
}

/** One run of a script. */
export interface PacCall {
  readonly url: string;
  readonly host: string;
  /** Names that were looked up, with their addresses. */
  readonly known: ReadonlyMap<string, readonly string[]>;
  /** Addresses of this machine, the best first. */
  readonly own: readonly string[];
  /** Wall clock, milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds this run may take. */
  readonly time: number;
}

/** What came of a run. */
export type PacOutcome =
  | { readonly kind: 'answer'; readonly text: string; readonly alerts: readonly string[] }
  /** The script asks for the addresses of a name: look it up and run again. */
  | { readonly kind: 'wants'; readonly name: string }
  /** After `broken` the script must be loaded anew. */
  | { readonly kind: 'problem'; readonly message: string; readonly broken: boolean };

/** Someone who runs a script. */
export interface PacRunner {
  run(call: PacCall): Promise<PacOutcome>;
  /** Ends it; runs under way end as problems. */
  close(): void;
}
