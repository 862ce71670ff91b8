import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import type { CacheStore } from '../../src/contract/cache.ts';
import { DiskCacheStore } from '../../src/stores/cache/disk-store.ts';
import { MemoryCacheStore } from '../../src/stores/cache/memory-store.ts';
import { type CacheStoreContractOptions, cacheStoreContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';
import { BROKEN_STORES, storesOf } from './broken-stores.ts';
import { MapStore } from './map-store.ts';

const root = mkdtempSync(join(tmpdir(), 'cache-contract-'));
afterAll(() => rmSync(root, { recursive: true }));

const troubled = (problem: Error): never => expect.fail(String(problem));

/** Stores on disk with so much memory before them. */
function onDisk(memoryTier: number): CacheStoreContractOptions {
  const at = (directory: string, maximumSize = 64 * 1024 * 1024): DiskCacheStore =>
    new DiskCacheStore({ directory, maximumSize, memoryTier, onTrouble: troubled });
  const fresh = (): string => mkdtempSync(join(root, 'store-'));
  return {
    make: () => at(fresh()),
    again: (store) => at((store as DiskCacheStore).directory),
    limited: (bytes) => at(fresh(), bytes),
    broken() {
      const directory = join(fresh(), 'file');
      writeFileSync(directory, 'no folder');
      return new DiskCacheStore({ directory, memoryTier });
    },
    dispose(store) {
      // each case leaves a folder in order
      expect([...(store as DiskCacheStore).verify()]).toEqual([]);
    },
  };
}

bites(
  cacheStoreContract,
  {
    'in memory': { make: () => new MemoryCacheStore(), limited: (bytes): CacheStore => new MemoryCacheStore(bytes) },
    'on disk': onDisk(0),
    'on disk, with memory before it': onDisk(8 * 1024 * 1024),
    'on disk, with little memory before it': onDisk(20_000),
    'one of its own': storesOf(MapStore),
  },
  BROKEN_STORES,
);
