import type { CacheStore } from '../../../contract/cache.ts';
import { type ContractCase, soon } from '../case.ts';
import { bodies } from './bodies.ts';
import { type Case, LIMIT } from './case.ts';
import { changes } from './changes.ts';
import { trouble } from './trouble.ts';

/** How the stores to be tried are made. */
export interface CacheStoreContractOptions {
  /** Makes a store with nothing in it, which takes bodies of 4 MiB. */
  make(): CacheStore | Promise<CacheStore>;
  /** Makes another store over the same data, as another process would; leave it out when there is no such thing. */
  again?(store: CacheStore): CacheStore | Promise<CacheStore>;
  /** Makes a store that may keep so many bytes in all; leave it out when it has no limit of its own. */
  limited?(bytes: number): CacheStore | Promise<CacheStore>;
  /** Makes a store that cannot work: its folder is none, its server is away. Leave it out when nothing can go wrong. */
  broken?(): CacheStore | Promise<CacheStore>;
  /** A store is not needed any more. */
  dispose?(store: CacheStore): void | Promise<void>;
}

/**
 * What every {@link CacheStore} keeps to, as cases for any test runner. Each makes a store of its own.
 *
 *     import { cacheStoreContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     for (const { name, run } of cacheStoreContract({ make: () => new MyStore() })) test(name, run);
 */
export function cacheStoreContract(options: CacheStoreContractOptions): readonly ContractCase[] {
  return [...bodies, ...changes, ...trouble]
    .filter(({ on }) => on === 'made' || options[on] !== undefined)
    .map((one) => ({ name: one.name, run: () => tried(one, options) }));
}

async function tried({ on, run }: Case, options: CacheStoreContractOptions): Promise<void> {
  const made = (): CacheStore | Promise<CacheStore> => {
    if (on === 'limited') return options.limited!(LIMIT);
    return on === 'broken' ? options.broken!() : options.make();
  };
  const store = await soon('make', made());
  const other = on === 'again' ? await soon('again', options.again!(store)) : store;
  try {
    await run(store, other);
  } finally {
    for (const done of new Set([other, store])) await options.dispose?.(done);
  }
}
