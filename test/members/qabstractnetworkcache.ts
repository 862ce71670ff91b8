import { expect } from 'vitest';
import type { QAbstractNetworkCache, QIODevice, QNetworkCacheMetaData, QUrl } from '../../src/index.ts';
import type { Route } from '../support/server.ts';
import { over, type Package, scene } from './support.ts';
import type { MemberTests } from './types.ts';

/** Fresh for a minute, or to be asked about each time. */
const FRESH: Route = { headers: { 'Cache-Control': 'max-age=60' }, body: 'hello' };
const STALE: Route = (_, nth) =>
  nth === 1
    ? { headers: { 'Cache-Control': 'no-cache', ETag: '"1"' }, body: 'hello' }
    : { status: 304, headers: { ETag: '"1"', 'X-New': 'yes' } };

/** A cache of one's own, as simple as can be. */
function simple(q: Package) {
  return class Simple extends q.QAbstractNetworkCache {
    meta = new q.QNetworkCacheMetaData();
    body = new q.QBuffer();
    next: QNetworkCacheMetaData | null = null;

    constructor(parent?: import('../../src/index.ts').QObject) {
      super(parent);
    }
    metaData(_url: QUrl): QNetworkCacheMetaData {
      return this.meta;
    }
    updateMetaData(meta: QNetworkCacheMetaData): void {
      this.meta = meta;
    }
    data(_url: QUrl): QIODevice | null {
      const device = new q.QBuffer(this.body.data());
      device.open(q.QIODevice.ReadOnly);
      return device;
    }
    remove(_url: QUrl): boolean {
      this.meta = new q.QNetworkCacheMetaData();
      return true;
    }
    cacheSize(): number {
      return this.body.size();
    }
    prepare(meta: QNetworkCacheMetaData): QIODevice | null {
      this.next = meta;
      this.body = new q.QBuffer();
      this.body.open(q.QIODevice.WriteOnly);
      return this.body;
    }
    insert(_device: QIODevice | null): void {
      this.meta = this.next!;
    }
    clear(): void {
      this.meta = new q.QNetworkCacheMetaData();
    }
  };
}

/** What the base class says to a cache that lacks the function: nothing else of it can be seen. */
const lacking = (q: Package, name: keyof QAbstractNetworkCache): void => {
  class Half extends (q.QAbstractNetworkCache as unknown as typeof q.QObject) {}
  const call = (new Half() as unknown as QAbstractNetworkCache)[name] as () => void;
  expect(() => call.call(new Half())).toThrow(`Half has no ${name}()`);
};

/** Two requests over a cache of one's own: what the second one brought, how many the server got, and what the cache knows then. */
async function twice(q: Package, cache: QAbstractNetworkCache, route = FRESH, second: 'get' | 'deleteResource' = 'get') {
  let seen = { text: '', requests: 0 };
  await scene(
    q,
    async ({ manager, origin }) => {
      manager.setCache(cache);
      await over(manager.get(origin.url('/')));
      const reply = manager[second](origin.url('/'));
      await over(reply);
      seen = { text: reply.readAll().toString(), requests: origin.requests.length };
    },
    route,
  );
  return seen;
}

export const qabstractnetworkcache: MemberTests = {
  'QAbstractNetworkCache.constructor': (q) => {
    const parent = new q.QObject();
    class Half extends (q.QAbstractNetworkCache as unknown as typeof q.QObject) {}
    expect(new Half(parent).parent()).toBe(parent);
  },
  'QAbstractNetworkCache.metaData': async (q) => {
    lacking(q, 'metaData');
    expect(await twice(q, new (simple(q))())).toEqual({ text: 'hello', requests: 1 });
  },
  'QAbstractNetworkCache.updateMetaData': async (q) => {
    lacking(q, 'updateMetaData');
    const cache = new (simple(q))();
    await twice(q, cache, STALE);
    expect(cache.meta.headers().value('x-new')).toBe('yes');
  },
  'QAbstractNetworkCache.data': async (q) => {
    lacking(q, 'data');
    expect(await twice(q, new (simple(q))())).toEqual({ text: 'hello', requests: 1 });
  },
  'QAbstractNetworkCache.remove': async (q) => {
    lacking(q, 'remove');
    const cache = new (simple(q))();
    await twice(q, cache, FRESH, 'deleteResource');
    expect(cache.meta.isValid()).toBe(false);
  },
  'QAbstractNetworkCache.cacheSize': (q) => {
    lacking(q, 'cacheSize');
    const cache = new (simple(q))();
    cache.body.open(q.QIODevice.WriteOnly);
    cache.body.write('four');
    expect(cache.cacheSize()).toBe(4);
  },
  'QAbstractNetworkCache.prepare': async (q) => {
    lacking(q, 'prepare');
    expect(await twice(q, new (simple(q))())).toEqual({ text: 'hello', requests: 1 });
  },
  'QAbstractNetworkCache.insert': async (q) => {
    lacking(q, 'insert');
    expect(await twice(q, new (simple(q))())).toEqual({ text: 'hello', requests: 1 });
  },
  'QAbstractNetworkCache.clear': (q) => {
    lacking(q, 'clear');
    const cache = new (simple(q))();
    cache.meta.setUrl('http://a.test/');
    cache.clear();
    expect(cache.meta.isValid()).toBe(false);
  },
};
