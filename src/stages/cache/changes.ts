import type { CacheKey } from '../../contract/cache.ts';
import { flightId } from './flights.ts';

/** What a store does at once, or will have done later. */
export type Done = void | Promise<void>;

/** Goes on when it is done; at once where nothing is waited for. */
export function after(done: Done, then: () => Done): Done {
  return done instanceof Promise ? done.then(then) : then();
}

/**
 * Changes that a store has not made yet. Who looks at the same URL waits for them: after the answer to a POST nobody shall get what it has
 * outdated. Stores that answer at once never have any.
 */
export class Changes {
  private readonly under = new Map<string, Promise<void>>();

  /** What changes at this URL; undefined when nothing does. */
  at(key: CacheKey): Promise<void> | undefined {
    return this.under.size === 0 ? undefined : this.under.get(flightId(key));
  }

  add(key: CacheKey, done: Done): void {
    if (!(done instanceof Promise)) return;
    const id = flightId(key);
    const all = Promise.allSettled([this.under.get(id), done]).then(() => {
      if (this.under.get(id) === all) this.under.delete(id);
    });
    this.under.set(id, all);
  }
}
