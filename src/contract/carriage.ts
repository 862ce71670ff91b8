/** Handle on a hop under way. All calls are allowed at any time, also after the end. */
export interface Carriage {
  cancel(): void;
  /** Nothing more is to be told, but the answer may be read to its end where that keeps a connection. */
  discard(): void;
  /** No more body bytes for now; what is on its way may still arrive. */
  pause(): void;
  resume(): void;
}
