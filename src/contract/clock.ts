/** Handle of a running timer. */
export interface Timer {
  cancel(): void;
}

/** Time as a port: a simulated clock stands in for the real one in tests. */
export interface Clock {
  /** Monotonic milliseconds. */
  now(): number;
  /** Wall clock, milliseconds since 1970. */
  wall(): number;
  /** Calls `f` once after `ms`; never keeps the process alive when `keepAlive` is false. */
  after(ms: number, f: () => void, keepAlive?: boolean): Timer;
  /** Calls `f` soon, before the next I/O. */
  soon(f: () => void): void;
  /** Calls `f` after I/O that is already waiting was seen. */
  afterIo(f: () => void): void;
}
