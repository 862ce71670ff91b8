import type { Sample } from './responses.ts';

/** A form that Node's strict parser reads and that we refuse on purpose, or read more carefully. */
export interface Strictness {
  readonly id: string;
  readonly rfc: string;
  readonly what: string;
  /** What our parser says when it refuses. */
  readonly says: RegExp;
  /** What must be found in an answer refused so; asked of the text, not of our parser. */
  readonly shows: (sample: Sample) => boolean;
}

export const STRICTNESS: readonly Strictness[] = [];
