import type { Desk } from '../desk.ts';
import type { Line } from '../line.ts';
import type { Http2Stream } from './stream.ts';

/** A connection as one that answers on it sees it. */
export interface Http2Peer {
  readonly line: Line;
  readonly desk: Desk;
  /** Octets of bodies that the client takes at the moment, of all streams. */
  window: number;
  /** Octets of the longest frame that the client takes. */
  readonly longest: number;
  /** Waits until a window has become wider, or somebody has left. */
  wider(): Promise<void>;
  /** False = it is to be waited for `drained`. */
  write(type: number, flags: number, stream: number, payload?: Buffer): boolean;
  /** Takes no requests after the one with the number `last` (by default the last one); the connection ends when those before are answered. */
  goAway(last?: number): void;
  /** Nothing more is said to this request. */
  forget(stream: Http2Stream): void;
}
