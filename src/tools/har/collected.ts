/** A body as it was recorded. */
export interface Collected {
  readonly size: number;
  /** null = it was left out: it was longer than the limit of bodies, or the recording was full. */
  readonly bytes: Buffer | null;
  /** It was left out because the recording was full. */
  readonly crowded: boolean;
}
