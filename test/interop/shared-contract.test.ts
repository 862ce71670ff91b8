import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { SharedCache } from '../../src/api/cache/shared-cache.ts';
import { cacheStoreContract } from '../../src/testing/index.ts';
import { needing, program } from './programs.ts';
import { RedisServer } from './redis.ts';

describe.skipIf(program('redis-server') === null)(needing('shared cache: what every store keeps to', 'redis-server'), () => {
  let server: RedisServer;
  let number = 0;
  const prefixes = new WeakMap<object, string>();

  beforeAll(async () => {
    server = await new RedisServer().start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function cacheOf(prefix: string): SharedCache {
    const cache = new SharedCache({ url: server.path, prefix });
    prefixes.set(cache, prefix);
    return cache;
  }

  const cases = cacheStoreContract({
    make: () => cacheOf(`test-${number++}`),
    again: (store) => cacheOf(prefixes.get(store)!),
    broken: () => new SharedCache({ url: join(server.folder, 'none') }),
    dispose: (store) => (store as SharedCache).close(),
  });
  for (const { name, run } of cases) it(name, run);
});
