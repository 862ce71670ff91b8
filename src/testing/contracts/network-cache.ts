import type { QAbstractNetworkCache } from '../../index.ts';
import { type ContractCase, casesOf } from './case.ts';
import { changing } from './network-cache/changing.ts';
import { storing } from './network-cache/storing.ts';
import { CacheOnTrial, LIMIT, type NetworkCacheContractOptions } from './network-cache/trial.ts';

export type { NetworkCacheContractOptions };

/**
 * What every QAbstractNetworkCache keeps to, as cases for any test runner; they call what a manager calls, in its order. Each makes a cache of
 * its own. For what is no subclass of it but a store there is {@link cacheStoreContract}.
 *
 *     import { networkCacheContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     for (const { name, run } of networkCacheContract({ make: () => new MyCache() })) test(name, run);
 */
export function networkCacheContract(options: NetworkCacheContractOptions): readonly ContractCase[] {
  const { again, limited } = options;
  const trial = (cache: QAbstractNetworkCache): CacheOnTrial => new CacheOnTrial(cache, options);
  const made = async (): Promise<CacheOnTrial> => trial(await options.make());
  return casesOf(
    [...storing, ...changing],
    { make: made, again: again && made, limited: limited && (async () => trial(await limited(LIMIT))) },
    (tried) => tried.dispose(),
  );
}
