import type { Carriage } from './carriage.ts';
import type { Hop } from './hop.ts';

/** What finally carries a hop. One for each kind of URL scheme. */
export interface Transport {
  /**
   * Starts carrying the hop. It may tell the hop everything before it returns.
   * After `cancel` it is silent.
   */
  carry(hop: Hop): Carriage;
}
