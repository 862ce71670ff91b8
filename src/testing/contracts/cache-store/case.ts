import type { CacheStore } from '../../../contract/cache.ts';

/** A case before it has a store. */
export interface Case {
  readonly name: string;
  /** Which store it is to be tried with. */
  readonly on: 'made' | 'again' | 'limited' | 'broken';
  /** `other` is another store over the same data; the store itself when there is none. */
  run(store: CacheStore, other: CacheStore): Promise<void>;
}

/** Bytes of a store with a limit. */
export const LIMIT = 1024 * 1024;
