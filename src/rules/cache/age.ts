import type { StoredHead } from '../../contract/cache.ts';
import { factsOf } from './facts.ts';

/**
 * RFC 9111 4.2.3: current_age, in milliseconds. When the clock was put back since, the answer is as old as the step was long: how long it
 * really lay there nobody can tell, and it must not stay young until the clock has caught up.
 */
export function currentAge(stored: StoredHead, now: number): number {
  return factsOf(stored).initialAge + Math.abs(now - stored.receivedAt);
}
