import type { Hop } from './hop.ts';

/** What finally carries a hop. One for each kind of URL scheme. */
export interface Transport {
  /**
   * Starts carrying the hop. It may tell the hop everything before it returns.
   * After `cancel` it is silent.
   */
  carry(hop: Hop): Carriage;
}

/** Handle on a hop under way. All calls are allowed at any time, also after the end. */
export interface Carriage {
  cancel(): void;
  /** No more body bytes for now; what is on its way may still arrive. */
  pause(): void;
  resume(): void;
}
