import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { QIODevice, QNetworkCacheMetaData, QNetworkDiskCache, QUrl } from '../../src/index.ts';
import type { Route } from '../support/server.ts';
import { over, type Package, scene } from './support.ts';
import type { MemberTests } from './types.ts';

const URL_ = 'http://a.test/x';
const FRESH: Route = { headers: { 'Cache-Control': 'max-age=60' }, body: 'hello' };
const STALE: Route = (_, nth) =>
  nth === 1
    ? { headers: { 'Cache-Control': 'no-cache', ETag: '"1"' }, body: 'hello' }
    : { status: 304, headers: { ETag: '"1"', 'X-New': 'yes' } };

/** Lets `act` use a folder of its own. */
async function inFolder(act: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'members-'));
  try {
    await act(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A cache in such a folder, with `kept` under {@link URL_}. */
const filled = (q: Package, act: (cache: QNetworkDiskCache, folder: string) => void): Promise<void> =>
  inFolder((folder) => {
    const cache = new q.QNetworkDiskCache();
    cache.setCacheDirectory(folder);
    cache.insert(written(cache.prepare(described(q))));
    act(cache, folder);
  });

function described(q: Package): QNetworkCacheMetaData {
  const meta = new q.QNetworkCacheMetaData();
  meta.setUrl(URL_);
  meta.setRawHeaders([['X-A', '1']]);
  return meta;
}

function written(device: QIODevice | null): QIODevice | null {
  device?.write('kept');
  return device;
}

const text = (cache: QNetworkDiskCache): string | undefined => cache.data(URL_)?.readAll().toString();

/** Two requests over a cache: how many the server got. */
async function twice(
  q: Package,
  cache: QNetworkDiskCache,
  route = FRESH,
  second: 'get' | 'deleteResource' = 'get',
): Promise<number> {
  let requests = 0;
  await inFolder((folder) =>
    scene(
      q,
      async ({ manager, origin }) => {
        cache.setCacheDirectory(folder);
        manager.setCache(cache);
        await over(manager.get(origin.url('/')));
        await over(manager[second](origin.url('/')));
        requests = origin.requests.length;
      },
      route,
    ),
  );
  return requests;
}

/** An override that says when it was called, in a class made by the test. */
type Told = string[];

export const qnetworkdiskcache: MemberTests = {
  'QNetworkDiskCache.constructor': (q) => {
    const parent = new q.QObject();
    expect(new q.QNetworkDiskCache(parent).parent()).toBe(parent);
  },
  'QNetworkDiskCache.cacheDirectory': (q) => {
    const cache = new q.QNetworkDiskCache();
    cache.setCacheDirectory('/some/where');
    expect(cache.cacheDirectory()).toBe('/some/where/');
  },
  'QNetworkDiskCache.setCacheDirectory': (q) => filled(q, (cache) => expect(text(cache)).toBe('kept')),
  'QNetworkDiskCache.maximumCacheSize': (q) => expect(new q.QNetworkDiskCache().maximumCacheSize()).toBe(52_428_800),
  'QNetworkDiskCache.setMaximumCacheSize': (q) =>
    filled(q, (cache) => {
      cache.setMaximumCacheSize(0);
      expect(text(cache)).toBe(undefined);
    }),
  'QNetworkDiskCache.cacheSize': async (q) => {
    await filled(q, (cache) => expect(cache.cacheSize()).toBeGreaterThan(4));
    class Own extends q.QNetworkDiskCache {
      override cacheSize(): number {
        return 5;
      }
    }
    expect(new Own().cacheSize()).toBe(5);
  },
  'QNetworkDiskCache.metaData': async (q) => {
    await filled(q, (cache) => expect(cache.metaData(URL_).headers().value('x-a')).toBe('1'));
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override metaData(url: QUrl): QNetworkCacheMetaData {
        told.push(url.scheme());
        return new q.QNetworkCacheMetaData();
      }
    }
    expect([await twice(q, new Own()), told]).toEqual([2, ['http', 'http']]);
  },
  'QNetworkDiskCache.updateMetaData': async (q) => {
    await filled(q, (cache) => {
      const meta = cache.metaData(URL_);
      meta.setRawHeaders([['X-B', '2']]);
      cache.updateMetaData(meta);
      expect([cache.metaData(URL_).headers().value('x-b'), text(cache)]).toEqual(['2', 'kept']);
    });
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override updateMetaData(meta: QNetworkCacheMetaData): void {
        told.push(meta.headers().value('x-new'));
      }
    }
    await twice(q, new Own(), STALE);
    expect(told).toEqual(['yes']);
  },
  'QNetworkDiskCache.data': async (q) => {
    await filled(q, (cache) => expect(text(cache)).toBe('kept'));
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override data(url: QUrl): QIODevice | null {
        told.push(url.scheme());
        return super.data(url);
      }
    }
    await twice(q, new Own());
    expect(told).toEqual(['http']);
  },
  'QNetworkDiskCache.remove': async (q) => {
    await filled(q, (cache) => expect([cache.remove(URL_), text(cache)]).toEqual([true, undefined]));
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override remove(url: QUrl): boolean {
        told.push(url.scheme());
        return super.remove(url);
      }
    }
    await twice(q, new Own(), FRESH, 'deleteResource');
    expect(told).toEqual(['http']);
  },
  'QNetworkDiskCache.prepare': async (q) => {
    await filled(q, (cache) => expect(text(cache)).toBe('kept'));
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        told.push(meta.url().scheme());
        return super.prepare(meta);
      }
    }
    expect([await twice(q, new Own()), told]).toEqual([1, ['http']]);
  },
  'QNetworkDiskCache.insert': async (q) => {
    await filled(q, (cache) => expect(text(cache)).toBe('kept'));
    const told: Told = [];
    class Own extends q.QNetworkDiskCache {
      override insert(device: QIODevice): void {
        told.push('insert');
        super.insert(device);
      }
    }
    expect([await twice(q, new Own()), told]).toEqual([1, ['insert']]);
  },
  'QNetworkDiskCache.fileMetaData': (q) =>
    filled(q, (cache, folder) => {
      const files = process.getBuiltinModule('node:fs').readdirSync(folder, { recursive: true, encoding: 'utf8' });
      const known = files.map((name) => cache.fileMetaData(join(folder, name))).filter((meta) => meta.isValid());
      expect(known.map((meta) => String(meta.url()))).toEqual([URL_]);
    }),
  'QNetworkDiskCache.clear': (q) =>
    filled(q, (cache) => {
      cache.clear();
      expect(text(cache)).toBe(undefined);
    }),
  'QNetworkDiskCache.expire': async (q) => {
    class Open extends q.QNetworkDiskCache {
      shrink(): number {
        return this.expire();
      }
    }
    await inFolder((folder) => {
      const cache = new Open();
      cache.setCacheDirectory(folder);
      cache.insert(written(cache.prepare(described(q))));
      expect(cache.shrink()).toBeGreaterThan(4);
    });
    const told: number[] = [];
    class Own extends q.QNetworkDiskCache {
      protected override expire(): number {
        told.push(this.maximumCacheSize());
        return 0;
      }
    }
    await inFolder((folder) => {
      const cache = new Own();
      cache.setCacheDirectory(folder);
      cache.setMaximumCacheSize(100);
      expect(told).toEqual([100]);
    });
  },
};
