/** What became of one request. */
export interface Outcome {
  readonly answered: boolean;
  readonly status: number;
  /** name, value, name, value … */
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: readonly string[];
  /** The connection ended by an error of who reads, perhaps behind the answer. */
  readonly broken: boolean;
  /** Why it failed, in the words of who read it. */
  readonly why: string;
}
