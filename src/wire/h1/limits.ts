/** Bounds on what a peer may make us hold or look at. Beyond them an answer is a protocol failure. */
export interface H1Limits {
  /** Octets of one head, status line to blank line. */
  readonly headBytes: number;
  readonly fieldCount: number;
  /** Octets of one field line. */
  readonly fieldBytes: number;
  /** Interim (1xx) answers before the final one. */
  readonly interimCount: number;
  /** Octets of the extensions of one chunk. */
  readonly chunkExtensionBytes: number;
  /** Octets of the trailer section. */
  readonly trailerBytes: number;
}

/** Qt's head limits (256 KiB in all, 100 KiB a field); the others bound what Qt leaves open. */
export const H1_LIMITS: H1Limits = Object.freeze({
  headBytes: 262_144,
  fieldCount: 1_000,
  fieldBytes: 102_400,
  interimCount: 64,
  chunkExtensionBytes: 4_096,
  trailerBytes: 65_536,
});
