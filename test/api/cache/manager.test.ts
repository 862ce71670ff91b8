// A manager and its cache: who owns it, and that both the manager and the functions called by hand work on the same answers.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type QAbstractNetworkCache,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkCacheMetaData,
  QNetworkDiskCache,
  QNetworkMemoryCache,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
  type QUrl,
} from '../../../src/index.ts';
import { signpost } from '../../../src/rules/cache/vary.ts';
import { MemoryCacheStore } from '../../../src/stores/cache/memory-store.ts';
import { managers } from '../../support/managers.ts';
import { type Answer, type Route, type Served, serve } from '../../support/server.ts';

const { AlwaysCache, CacheLoadControlAttribute, SourceIsFromCacheAttribute } = QNetworkRequest;

const FRESH: Answer = { headers: { 'Cache-Control': 'max-age=600', ETag: '"1"' }, body: 'from the server' };
const HOUR = 3_600_000;

const manager = managers();
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'managed-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function onDisk<C extends QNetworkDiskCache>(made: C): C {
  made.setCacheDirectory(directory);
  return made;
}

async function get(one: QNetworkAccessManager, url: string, headers: Record<string, string> = {}): Promise<QNetworkReply> {
  return one.get(url, { headers }).whenFinished();
}

const body = (reply: QNetworkReply): string => reply.readAll().toString();
const isStored = (reply: QNetworkReply): boolean => reply.attribute(SourceIsFromCacheAttribute) === true;
const answering = (route: Route = FRESH): Promise<Served> => serve({ routes: { '*': route } });

function put(cache: QAbstractNetworkCache, url: string, content: string | Buffer, headers: [string, string][] = []): void {
  const meta = new QNetworkCacheMetaData();
  meta.setUrl(url);
  meta.setRawHeaders(headers);
  meta.setExpirationDate(new Date(Date.now() + HOUR));
  const device = cache.prepare(meta);
  device?.write(content);
  cache.insert(device);
}

describe('the cache of a manager', () => {
  it('is none unless set, and null takes it away', async () => {
    await using origin = await answering();
    const one = manager();
    expect(one.cache()).toBe(null);
    one.setCache(new QNetworkMemoryCache());
    await get(one, origin.url());
    one.setCache(null);
    expect([one.cache(), isStored(await get(one, origin.url()))]).toEqual([null, false]);
  });

  it('becomes its child, and goes with it or when another one comes', () => {
    const one = manager();
    const first = new QNetworkMemoryCache();
    const second = new QNetworkMemoryCache();
    const gone: string[] = [];
    first.destroyed.connect(() => gone.push('first'));
    second.destroyed.connect(() => gone.push('second'));
    one.setCache(first);
    one.setCache(first);
    expect([one.cache(), first.parent(), gone]).toEqual([first, one, []]);
    one.setCache(second);
    expect([one.cache(), gone]).toEqual([second, ['first']]);
    one._destroy();
    expect(gone).toEqual(['first', 'second']);
    expect(() => one.setCache(null)).toThrow(/deleted/);
  });

  it('is that of several managers when it has a parent of its own', async () => {
    await using origin = await answering();
    const program = new QObject();
    const cache = new QNetworkMemoryCache(program);
    const [one, other] = [manager(), manager()];
    one.setCache(cache);
    other.setCache(cache);
    await get(one, origin.url());
    one.setCache(null);
    expect([isStored(await get(other, origin.url())), origin.requests.length, cache.parent()]).toEqual([true, 1, program]);
  });

  it('is none any more when somebody has deleted it', async () => {
    await using origin = await answering();
    for (const cache of [
      new QNetworkMemoryCache(),
      new (class extends QNetworkMemoryCache {
        override remove(url: QUrl): boolean {
          return super.remove(url);
        }
      })(),
    ]) {
      const one = manager();
      one.setCache(cache);
      await get(one, origin.url());
      cache._destroy();
      expect([isStored(await get(one, origin.url())), one.cache()]).toEqual([false, null]);
    }
  });

  it('may be a store without the interface of Qt', async () => {
    await using origin = await answering();
    const store = new MemoryCacheStore();
    const one = manager();
    one.setCache(store);
    await get(one, origin.url());
    expect([isStored(await get(one, origin.url())), one.cache<typeof store>()]).toEqual([true, store]);
    one.setCache(new QNetworkMemoryCache());
    expect(isStored(await get(one, origin.url()))).toBe(false);
    one.setCache(store);
    expect(isStored(await get(one, origin.url()))).toBe(true);
  });

  it('is nothing else', () => {
    const one = manager();
    const cache = new QNetworkMemoryCache();
    one.setCache(cache);
    for (const odd of [undefined, {}, 'folder', new QObject(), new Map()])
      expect(() => one.setCache(odd as never)).toThrow(/setCache expects/);
    expect(one.cache()).toBe(cache);
  });

  it('without a folder stores nothing, and the requests go on; with one it does from then on', async () => {
    await using origin = await answering();
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const one = manager();
    const cache = new QNetworkDiskCache();
    one.setCache(cache);
    await get(one, origin.url());
    expect([body(await get(one, origin.url())), origin.requests.length]).toEqual(['from the server', 2]);
    expect(warn.mock.calls.map(([, options]) => options)).toEqual([{ code: 'QNETWORK_CACHE_DIRECTORY' }]);
    warn.mockRestore();
    onDisk(cache);
    await get(one, origin.url());
    expect([isStored(await get(one, origin.url())), origin.requests.length]).toEqual([true, 3]);
  });
});

for (const [kind, make] of Object.entries({
  memory: () => new QNetworkMemoryCache(),
  disk: () => onDisk(new QNetworkDiskCache()),
  'disk, by a subclass': () =>
    onDisk(
      new (class extends QNetworkDiskCache {
        override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
          return super.prepare(meta);
        }
      })(),
    ),
})) {
  describe(`${kind}: calls by hand and the manager`, () => {
    it('an answer that a request has stored is there at once', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      const before = Date.now();
      await get(one, origin.url('/x#part'));
      const meta = cache.metaData(origin.url('/x'));
      expect([meta.isValid(), meta.attributes().get(0), meta.attributes().get(1)]).toEqual([true, 200, 'OK']);
      expect(meta.headers().value('etag')).toBe('"1"');
      const left = meta.expirationDate()!.getTime() - before;
      expect([left >= 600_000, left < 600_000 + HOUR]).toEqual([true, true]);
      expect(cache.data(origin.url('/x'))!.readAll().toString()).toBe('from the server');
    });

    it('an answer that was put in by hand is served, without any request', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      put(cache, origin.url('/icon'), 'by hand', [['Content-Type', 'image/png']]);
      const reply = await get(one, origin.url('/icon'));
      expect([body(reply), isStored(reply), origin.requests.length]).toEqual(['by hand', true, 0]);
      expect([reply.status(), reply.rawHeader('Content-Type').toString()]).toEqual([200, 'image/png']);
    });

    it('bytes put in with the Content-Encoding of a reply are served as they are', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      put(cache, origin.url(), 'plain', [['Content-Encoding', 'gzip']]);
      expect(body(await get(one, origin.url()))).toBe('plain');
    });

    it('an answer whose Vary nobody knows anything of is asked for again', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      put(cache, origin.url('/1'), 'by hand', [['Vary', 'Accept-Encoding']]);
      put(cache, origin.url('/2'), 'by hand', [['Vary', 'X']]);
      expect([body(await get(one, origin.url('/1'))), body(await get(one, origin.url('/2')))]).toEqual([
        'by hand',
        'from the server',
      ]);
    });

    it('an expiry that a program has moved is what counts', async () => {
      await using origin = await answering((_, nth) => ({
        ...FRESH,
        headers: { 'Cache-Control': 'max-age=600' },
        body: String(nth),
      }));
      const one = manager();
      const cache = make();
      one.setCache(cache);
      await get(one, origin.url());
      const move = (to: number): void => {
        const meta = cache.metaData(origin.url());
        meta.setExpirationDate(new Date(to));
        cache.updateMetaData(meta);
      };
      move(Date.now() - HOUR);
      expect(body(await get(one, origin.url()))).toBe('2');
      move(Date.now() - HOUR);
      move(Date.now() + HOUR);
      expect([body(await get(one, origin.url())), cache.metaData(origin.url()).expirationDate()!.getTime() > Date.now()]).toEqual(
        ['2', true],
      );
    });

    it('an answer that was never fresh is, when the program says so', async () => {
      await using origin = await answering({ headers: { 'Cache-Control': 'max-age=0', 'X-A': '1' }, body: 'tile' });
      const one = manager();
      const cache = make();
      one.setCache(cache);
      await get(one, origin.url());
      const meta = cache.metaData(origin.url());
      meta.setRawHeaders(meta.rawHeaders().filter(([name]) => name.toString() !== 'Cache-Control'));
      meta.setExpirationDate(new Date(Date.now() + HOUR));
      cache.updateMetaData(meta);
      const reply = await get(one, origin.url());
      expect([isStored(reply), body(reply), reply.hasRawHeader('Cache-Control'), reply.hasRawHeader('X-A')]).toEqual([
        true,
        'tile',
        false,
        true,
      ]);
    });

    it('an answer that was removed by hand is asked for again', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      await get(one, origin.url());
      expect(cache.remove(origin.url())).toBe(true);
      expect([isStored(await get(one, origin.url())), isStored(await get(one, origin.url()))]).toEqual([false, true]);
      cache.clear();
      expect(isStored(await get(one, origin.url()))).toBe(false);
    });

    it('what belongs to a partition is not seen by hand', async () => {
      await using origin = await answering();
      const one = manager();
      const cache = make();
      one.setCache(cache);
      await one.get(origin.url(), { partition: 'p' }).whenFinished();
      expect(cache.metaData(origin.url()).isValid()).toBe(false);
    });

    it('a stored redirect shows its target, and one that was followed is no answer', async () => {
      const target = { status: 301, headers: { Location: '/to', 'Cache-Control': 'max-age=600' }, body: 'moved' };
      await using origin = await serve({ routes: { '/from': target, '/to': FRESH } });
      const one = manager();
      const cache = make();
      one.setCache(cache);
      await one.get(origin.url('/from')).whenFinished();
      expect([cache.metaData(origin.url('/from')).isValid(), cache.metaData(origin.url('/to')).isValid()]).toEqual([false, true]);
      await one.get(origin.url('/from'), { redirect: 'manual' }).whenFinished();
      const { RedirectionTargetAttribute } = QNetworkRequest;
      expect(String(cache.metaData(origin.url('/from')).attributes().get(RedirectionTargetAttribute))).toBe('/to');
      expect(cache.data(origin.url('/from'))!.readAll().toString()).toBe('moved');
    });
  });
}

describe('our own caches', () => {
  it('keep one answer for each that Vary tells apart; by hand there is the newest', async () => {
    await using origin = await answering((request) => ({
      headers: { 'Cache-Control': 'max-age=600', Vary: 'X' },
      body: `X is ${request.header('x')}`,
    }));
    const one = manager();
    const cache = new QNetworkMemoryCache();
    one.setCache(cache);
    for (const x of ['1', '2', '1']) expect(body(await get(one, origin.url(), { X: x }))).toBe(`X is ${x}`);
    expect(origin.requests.length).toBe(2);
    expect(cache.data(origin.url())!.readAll().toString()).toBe('X is 2');
    const meta = cache.metaData(origin.url());
    meta.setExpirationDate(new Date(0));
    cache.updateMetaData(meta);
    expect([isStored(await get(one, origin.url(), { X: '1' })), isStored(await get(one, origin.url(), { X: '2' }))]).toEqual([
      true,
      false,
    ]);
    expect([cache.remove(origin.url()), cache.cacheSize()]).toEqual([true, 0]);
    for (const x of ['1', '2']) await get(one, origin.url(), { X: x });
    put(cache, origin.url(), 'by hand');
    expect([body(await get(one, origin.url(), { X: '1' })), cache.remove(origin.url()), cache.cacheSize()]).toEqual([
      'by hand',
      true,
      0,
    ]);
  });

  it('have no file that passes for an answer of several', async () => {
    await using origin = await answering({ headers: { 'Cache-Control': 'max-age=600', Vary: 'X' }, body: 'one of them' });
    const one = manager();
    const cache = onDisk(new QNetworkDiskCache());
    one.setCache(cache);
    for (const x of ['1', '2']) await get(one, origin.url(), { X: x });
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' });
    const known = files.map((name) => cache.fileMetaData(join(directory, name))).filter((meta) => meta.isValid());
    expect(known.map((meta) => String(meta.url()))).toEqual([origin.url(), origin.url()]);
  });

  it('show nothing of an answer of which only a part is there', async () => {
    await using origin = await answering({
      headers: { ETag: '"1"', 'Cache-Control': 'max-age=600' },
      body: 'half of it',
      truncate: 4,
      end: 'close',
    });
    const one = manager();
    const cache = new QNetworkMemoryCache();
    one.setCache(cache);
    await get(one, origin.url());
    expect([cache.cacheSize() > 0, cache.metaData(origin.url()).isValid(), cache.data(origin.url())]).toEqual([
      true,
      false,
      null,
    ]);
    expect([cache.remove(origin.url()), cache.cacheSize()]).toEqual([true, 0]);
  });

  it('show the newest of several answers that is whole', () => {
    const cache = new QNetworkMemoryCache();
    const key = { url: 'http://a.test/', partition: '', variant: '' };
    const head = { ...signpost([]), status: 200 };
    const variants = ['part', 'gone', 'whole', 'older'].map((variant) => ({ variant, vary: [] }));
    void cache._store.put(key, signpost(variants), 0)!.commit();
    void cache._store.put({ ...key, variant: 'part' }, { ...head, range: { first: 0, last: 3, total: 9 } }, 0)!.commit();
    for (const [variant, reason] of Object.entries({ whole: 'this', older: 'that' }))
      void cache._store.put({ ...key, variant }, { ...head, reason }, 0)!.commit();
    expect(cache.metaData(key.url).attributes().get(QNetworkRequest.HttpReasonPhraseAttribute)).toBe('this');
  });

  it('leave it to a subclass what goes when a manager has filled them', async () => {
    await using origin = await answering({ headers: { 'Cache-Control': 'max-age=600' }, body: Buffer.alloc(5000) });
    const told: number[] = [];
    class Own extends QNetworkDiskCache {
      protected override expire(): number {
        told.push(this.cacheSize());
        return this.cacheSize();
      }
    }
    const one = manager();
    const cache = onDisk(new Own());
    cache.setMaximumCacheSize(20_000);
    one.setCache(cache);
    told.length = 0;
    for (let i = 0; i < 5; i++) await get(one, origin.url(`/${i}`));
    expect(told.length).toBeGreaterThan(0);
    expect([told.every((size) => size >= 20_000), isStored(await get(one, origin.url('/0')))]).toEqual([true, true]);
  });

  const coded: Answer = {
    headers: { 'Cache-Control': 'max-age=600', 'Content-Encoding': 'gzip' },
    body: gzipSync('unpacked text'),
  };

  it('give bytes as they are stored, and say how they are coded', async () => {
    await using origin = await answering(coded);
    const one = manager();
    const cache = new QNetworkMemoryCache();
    one.setCache(cache);
    for (let i = 0; i < 2; i++) expect(body(await get(one, origin.url()))).toBe('unpacked text');
    expect(origin.requests.length).toBe(1);
    expect(cache.metaData(origin.url()).headers().value('content-encoding')).toBe('gzip');
    const bytes = cache.data(origin.url())!.readAll();
    expect(gunzipSync(bytes).toString()).toBe('unpacked text');
    // a copy under another name
    const meta = cache.metaData(origin.url());
    meta.setUrl(origin.url('/copy'));
    const device = cache.prepare(meta)!;
    device.write(bytes);
    cache.insert(device);
    expect([body(await get(one, origin.url('/copy'))), origin.requests.length]).toEqual(['unpacked text', 1]);
  });

  it('and a subclass over the same folder take no coded bytes for plain ones, nor the other way round', async () => {
    await using origin = await answering(coded);
    class Own extends QNetworkDiskCache {
      override metaData(url: QUrl): QNetworkCacheMetaData {
        return super.metaData(url);
      }
    }
    const caches = [onDisk(new QNetworkDiskCache()), onDisk(new Own()), onDisk(new Own()), onDisk(new QNetworkDiskCache())];
    const seen: string[] = [];
    for (const cache of caches) {
      const one = manager();
      one.setCache(cache);
      seen.push(`${body(await get(one, origin.url()))} ${origin.requests.length}`);
    }
    expect(seen).toEqual(['unpacked text 1', 'unpacked text 2', 'unpacked text 2', 'unpacked text 2']);
    expect(caches[3]!.data(origin.url())!.readAll().toString()).toBe('unpacked text');
  });
});

describe('a cache of a program', () => {
  it('that throws breaks no request, and is heard of', async () => {
    await using origin = await answering();
    const raised: string[] = [];
    const others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => raised.push(error.message));
    try {
      class Bad extends QNetworkMemoryCache {
        override metaData(): QNetworkCacheMetaData {
          throw new Error('no metadata');
        }
        override prepare(): QIODevice | null {
          throw new Error('no device');
        }
      }
      const one = manager();
      one.setCache(new Bad());
      expect(body(await get(one, origin.url()))).toBe('from the server');
      expect(raised).toEqual(['no metadata', 'no device']);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const one of others) process.on('uncaughtException', one);
    }
  });

  it('is left alone by a manager that goes away in the middle of an answer', async () => {
    await using origin = await answering({
      headers: { 'Cache-Control': 'max-age=600' },
      body: 'half of it',
      truncate: 4,
      end: 'hang',
    });
    const calls: string[] = [];
    class Own extends QNetworkMemoryCache {
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        calls.push('prepare');
        return super.prepare(meta);
      }
      override insert(device: QIODevice | null): void {
        calls.push('insert');
        super.insert(device);
      }
      override remove(url: QUrl): boolean {
        calls.push('remove');
        return super.remove(url);
      }
    }
    const one = new QNetworkAccessManager();
    const cache = new Own(new QObject());
    one.setCache(cache);
    const reply = one.get(origin.url());
    await reply.readyRead.next();
    one._destroy();
    expect([calls, cache.cacheSize()]).toEqual([['prepare', 'remove'], 0]);
  });
});

it('only what is stored is served by AlwaysCache', async () => {
  await using origin = await answering();
  const one = manager();
  const cache = new QNetworkMemoryCache();
  one.setCache(cache);
  put(cache, origin.url('/there'), 'by hand');
  const ask = async (path: string): Promise<QNetworkReply> => {
    const request = new QNetworkRequest(origin.url(path));
    request.setAttribute(CacheLoadControlAttribute, AlwaysCache);
    return one.get(request).whenFinished();
  };
  expect([body(await ask('/there')), (await ask('/absent')).error(), origin.requests.length]).toEqual(['by hand', 203, 0]);
});
