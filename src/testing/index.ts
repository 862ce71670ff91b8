/** Suites for what users write themselves. They need no test framework. */
export {
  type CacheStoreContractOptions,
  type ContractCase,
  cacheStoreContract,
} from './cache-store-contract.ts';
