import type { Duplex } from 'node:stream';

/** One connection to an origin, whatever carries it. */
export interface Line {
  /** What the client says is read here, and what it hears written. Half open: the client may end its side and still be answered. */
  readonly stream: Duplex;
  /** TLS is spoken, or played. */
  readonly secure: boolean;
  /** Ends it as a crash would: the client gets an error and no orderly end. */
  reset(): void;
}

/** Puts something over a line before HTTP is spoken, as TLS does, and says `converse` with what came of it. */
export type Layer = (converse: (line: Line) => void) => void;
