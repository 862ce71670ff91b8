import { afterTurn, systemClock } from '../../../base/clock.ts';

/** Calls `f` after the callbacks and zero timers that were set before: what somebody is about to say has then been said. */
export function afterOthers(f: () => void): void {
  systemClock.after(0, () => afterTurn(f), true);
}
