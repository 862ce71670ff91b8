import { systemClock } from '../../base/clock.ts';

const LIMIT = 5_000;

/** Waits until `condition` holds, looking again every millisecond; fails by name after `limit` milliseconds. For what has no signal. */
export async function until(condition: () => boolean, what: string, limit = LIMIT): Promise<void> {
  const end = systemClock.now() + limit;
  while (!condition()) {
    if (systemClock.now() > end) throw new Error(`${what} did not come true within ${limit} ms`);
    await new Promise<void>((next) => systemClock.after(1, next, true));
  }
}
