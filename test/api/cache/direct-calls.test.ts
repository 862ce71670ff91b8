// The functions of the caches of ours, called by hand: what a program does without any request.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  QAbstractNetworkCache,
  QByteArray,
  type QIODevice,
  QNetworkCacheMetaData,
  QNetworkDiskCache,
  QNetworkMemoryCache,
  QNetworkRequest,
  QObject,
  QUrl,
} from '../../../src/index.ts';

const { HttpReasonPhraseAttribute, HttpStatusCodeAttribute, RedirectionTargetAttribute, User } = QNetworkRequest;

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'direct-'));
  folders.push(made);
  return made;
}

function onDisk(directory = folder()): QNetworkDiskCache {
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(directory);
  return cache;
}

const DATE = new Date('2033-05-06T07:08:09Z');

function described(url: string, headers: [string, string][] = []): QNetworkCacheMetaData {
  const meta = new QNetworkCacheMetaData();
  meta.setUrl(url);
  meta.setRawHeaders(headers);
  return meta;
}

function put(cache: QAbstractNetworkCache, meta: QNetworkCacheMetaData | string, body: string | Buffer = 'body'): boolean {
  const device = cache.prepare(typeof meta === 'string' ? described(meta) : meta);
  device?.write(body);
  cache.insert(device);
  return device !== null;
}

const text = (cache: QAbstractNetworkCache, url: string): string | undefined => cache.data(url)?.readAll().toString();
const fields = (meta: QNetworkCacheMetaData): string[] => meta.rawHeaders().map(([name, value]) => `${name}: ${value}`);

const kinds: Readonly<Record<string, () => QNetworkMemoryCache | QNetworkDiskCache>> = {
  memory: () => new QNetworkMemoryCache(),
  disk: () => onDisk(),
  'disk without memory': () => {
    const cache = onDisk();
    cache.setMemoryCacheSize(0);
    return cache;
  },
  'disk, by a subclass': () => {
    class Own extends QNetworkDiskCache {
      override metaData(url: QUrl): QNetworkCacheMetaData {
        return super.metaData(url);
      }
    }
    const cache = new Own();
    cache.setCacheDirectory(folder());
    return cache;
  },
};

for (const [kind, make] of Object.entries(kinds)) {
  describe(kind, () => {
    it('knows nothing of what is not there', () => {
      const cache = make();
      expect([cache.metaData('http://a.test/').isValid(), cache.data('http://a.test/')]).toEqual([false, null]);
      expect([cache.remove('http://a.test/'), cache.cacheSize()]).toEqual([false, 0]);
      cache.updateMetaData(described('http://a.test/'));
      expect(cache.metaData('http://a.test/').isValid()).toBe(false);
    });

    it('gives back what was put in, from the moment of insert', () => {
      const cache = make();
      const meta = described('http://me:secret@a.test/icon.png#x', [
        ['Content-Type', 'image/png'],
        ['X-A', '1'],
        ['X-A', '2'],
      ]);
      meta.setExpirationDate(DATE);
      meta.setAttributes(
        new Map<number, unknown>([
          [HttpStatusCodeAttribute, 203],
          [HttpReasonPhraseAttribute, 'Fine'],
          [User, { when: DATE, where: new QUrl('http://b.test/ä'), bytes: Buffer.from([0, 255]), list: [1, true, null, 'x'] }],
          [User + 1, () => 'no text for it'],
        ]),
      );
      const device = cache.prepare(meta)!;
      expect([
        device.isWritable(),
        device.write('icon'),
        device.write(Buffer.from([255])),
        cache.metaData(meta.url()).isValid(),
      ]).toEqual([true, 4, 1, false]);
      cache.insert(device);
      const found = cache.metaData('http://me:other@a.test/icon.png');
      expect(found.isValid()).toBe(true);
      expect(found.url().toEncoded().toString()).toBe('http://me@a.test/icon.png');
      expect(fields(found)).toEqual(['Content-Type: image/png', 'X-A: 1', 'X-A: 2']);
      expect([found.expirationDate(), found.lastModified(), found.saveToDisk()]).toEqual([DATE, null, true]);
      const attributes = found.attributes();
      expect([...attributes.keys()].sort()).toEqual([HttpStatusCodeAttribute, HttpReasonPhraseAttribute, User]);
      expect(attributes.get(HttpStatusCodeAttribute)).toBe(203);
      expect(attributes.get(HttpReasonPhraseAttribute)).toBe('Fine');
      const own = attributes.get(User) as { when: Date; where: QUrl; bytes: Buffer; list: unknown[] };
      expect([own.when, String(own.where), own.bytes, own.list]).toEqual([
        DATE,
        'http://b.test/ä',
        Buffer.from([0, 255]),
        [1, true, null, 'x'],
      ]);
      expect(cache.data('http://me@a.test/icon.png')!.readAll()).toEqual(Buffer.from('icon\xff', 'latin1'));
      expect(cache.data('http://a.test/icon.png')).toBe(null);
      expect(cache.cacheSize()).toBeGreaterThan(5);
    });

    it('lets metadata be changed while the body stays', () => {
      const cache = make();
      put(cache, described('http://a.test/', [['Cache-Control', 'no-cache']]), 'content');
      const meta = cache.metaData('http://a.test/');
      meta.setRawHeaders([]);
      meta.setExpirationDate(DATE);
      cache.updateMetaData(meta);
      expect([text(cache, 'http://a.test/'), fields(cache.metaData('http://a.test/'))]).toEqual(['content', []]);
      expect(cache.metaData('http://a.test/').expirationDate()).toEqual(DATE);
      meta.setSaveToDisk(false);
      meta.setExpirationDate(null);
      cache.updateMetaData(meta);
      expect(cache.metaData('http://a.test/').expirationDate()).toEqual(DATE);
    });

    it('replaces on insert and not before, and a removal gives up what is being written', () => {
      const cache = make();
      put(cache, 'http://a.test/', 'old');
      const device = cache.prepare(described('http://a.test/'))!;
      device.write('new');
      expect(text(cache, 'http://a.test/')).toBe('old');
      expect([cache.remove('http://a.test/'), text(cache, 'http://a.test/')]).toEqual([true, 'old']);
      expect([cache.remove('http://a.test/'), text(cache, 'http://a.test/')]).toEqual([true, undefined]);
      put(cache, 'http://a.test/', 'newer');
      expect(text(cache, 'http://a.test/')).toBe('newer');
    });

    it('forgets everything', () => {
      const cache = make();
      put(cache, 'http://a.test/1');
      put(cache, 'http://a.test/2');
      const signal = new QObject();
      signal.destroyed.connect(cache, cache.clear);
      signal._destroy();
      expect([cache.cacheSize(), text(cache, 'http://a.test/1'), text(cache, 'http://a.test/2')]).toEqual([
        0,
        undefined,
        undefined,
      ]);
    });

    it('prepares nothing for what is not to be stored', () => {
      const cache = make();
      cache.setMaximumCacheSize(4000);
      const unsaved = described('http://a.test/');
      unsaved.setSaveToDisk(false);
      const valid = new QNetworkCacheMetaData();
      valid.setLastModified(DATE);
      const large = described('http://a.test/', [['Content-Length', '3001']]);
      const fits = described('http://a.test/', [['Content-Length', '10']]);
      expect([new QNetworkCacheMetaData(), unsaved, valid, large, fits].map((meta) => cache.prepare(meta) !== null)).toEqual([
        false,
        false,
        false,
        false,
        true,
      ]);
      cache.insert(null);
      expect(cache.cacheSize()).toBe(0);
    });

    it('keeps to its maximum, and to a smaller one at once', () => {
      const cache = make();
      cache.setMaximumCacheSize(100_000);
      for (let i = 0; i < 40; i++) put(cache, `http://a.test/${i}`, Buffer.alloc(5000));
      expect(cache.cacheSize()).toBeLessThanOrEqual(100_000);
      expect([text(cache, 'http://a.test/0'), cache.metaData('http://a.test/39').isValid()]).toEqual([undefined, true]);
      cache.setMaximumCacheSize(20_000);
      expect([cache.maximumCacheSize(), cache.cacheSize() <= 20_000]).toEqual([20_000, true]);
    });

    it('reads a large body in any order', () => {
      const cache = make();
      const body = Buffer.alloc(3_000_000);
      for (let i = 0; i < body.length; i += 1000) body.writeUInt32BE(i, i);
      put(cache, 'http://a.test/', body);
      const device = cache.data('http://a.test/')!;
      expect([device.size(), device.bytesAvailable(), device.isSequential()]).toEqual([body.length, body.length, false]);
      expect([device.read(1000).equals(body.subarray(0, 1000)), device.read(4).readUInt32BE()]).toEqual([true, 1000]);
      expect([device.seek(2_000_000), device.read(4).readUInt32BE()]).toEqual([true, 2_000_000]);
      expect([device.seek(1000), device.read(100_000).equals(body.subarray(1000, 101_000))]).toEqual([true, true]);
      device.reset();
      expect([device.readAll().equals(body), device.atEnd(), device.read(1).length]).toEqual([true, true, 0]);
      device.close();
      expect(device.readAll().length).toBe(0);
    });

    it('hears what the headers say about expiry and change', () => {
      const cache = make();
      const before = Date.now();
      put(
        cache,
        described('http://a.test/age', [
          ['Cache-Control', 'max-age=600'],
          ['Expires', 'Fri, 06 May 2033 07:08:09 GMT'],
        ]),
      );
      put(cache, described('http://a.test/expires', [['Expires', 'Fri, 06 May 2033 07:08:09 GMT']]));
      put(cache, described('http://a.test/changed', [['Last-Modified', 'Fri, 06 May 2033 07:08:09 GMT']]));
      const expiry = cache.metaData('http://a.test/age').expirationDate()!.getTime();
      expect([expiry >= before + 600_000, expiry <= Date.now() + 600_000]).toEqual([true, true]);
      expect(cache.metaData('http://a.test/expires').expirationDate()).toEqual(DATE);
      expect([
        cache.metaData('http://a.test/changed').lastModified(),
        cache.metaData('http://a.test/changed').expirationDate(),
      ]).toEqual([DATE, null]);
    });

    it('gives a date of change that was set to the server as well', () => {
      const cache = make();
      const meta = described('http://a.test/');
      meta.setLastModified(DATE);
      put(cache, meta);
      expect(fields(cache.metaData('http://a.test/'))).toEqual(['Last-Modified: Fri, 06 May 2033 07:08:09 GMT']);
      expect(cache.metaData('http://a.test/').lastModified()).toEqual(DATE);
    });

    it('leaves out what is for one hop only, and codings that bytes of a program do not have', () => {
      const cache = make();
      const headers: [string, string][] = [
        ['Connection', 'close, X-B'],
        ['X-B', '1'],
        ['Transfer-Encoding', 'chunked'],
        ['Content-Encoding', 'gzip'],
        ['Content-Length', '20'],
        ['X-C', '1'],
      ];
      put(cache, described('http://a.test/', headers));
      expect(fields(cache.metaData('http://a.test/'))).toEqual(['X-C: 1']);
    });

    it('says how long a body is that was written', () => {
      const cache = make();
      put(cache, described('http://a.test/', [['Content-Length', '999']]), 'short');
      expect(fields(cache.metaData('http://a.test/'))).toEqual(['Content-Length: 5']);
    });

    it('shows where a stored redirect leads', () => {
      const cache = make();
      const meta = described('http://a.test/', [['Location', '/x']]);
      meta.setAttributes(new Map([[HttpStatusCodeAttribute, 301]]));
      put(cache, meta);
      expect(String(cache.metaData('http://a.test/').attributes().get(RedirectionTargetAttribute))).toBe('/x');
    });

    it('warns of a device that is none of its own, and refuses what is none', () => {
      const cache = make();
      const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
      const device = cache.prepare(described('http://a.test/'))!;
      cache.insert(device);
      cache.insert(device);
      expect(warn.mock.calls.map(([, options]) => options)).toEqual([{ code: 'QNETWORK_CACHE_DEVICE' }]);
      warn.mockRestore();
      expect(() => cache.insert(new QByteArray('x') as never)).toThrow(TypeError);
      expect(() => cache.prepare({} as never)).toThrow(TypeError);
      expect(() => cache.updateMetaData(null as never)).toThrow(TypeError);
      for (const size of [-1, Number.NaN, Number.POSITIVE_INFINITY])
        expect(() => cache.setMaximumCacheSize(size)).toThrow(RangeError);
    });
  });
}

describe('QNetworkDiskCache', () => {
  it('has no folder and stores nothing, which it says once', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const cache = new QNetworkDiskCache();
    expect([cache.cacheDirectory(), cache.maximumCacheSize(), cache.memoryCacheSize(), cache.cacheSize()]).toEqual([
      '',
      52_428_800,
      8_388_608,
      0,
    ]);
    expect([cache.prepare(described('http://a.test/')), cache.data('http://a.test/'), cache.remove('http://a.test/')]).toEqual([
      null,
      null,
      false,
    ]);
    expect(cache.fileMetaData('/etc/hosts').isValid()).toBe(false);
    cache.clear();
    cache.setCacheDirectory('');
    expect(cache.cacheDirectory()).toBe('');
    expect(warn.mock.calls.map(([, options]) => options)).toEqual([{ code: 'QNETWORK_CACHE_DIRECTORY' }]);
    warn.mockRestore();
  });

  it('gives its folder as an absolute path with a slash', () => {
    const cache = new QNetworkDiskCache();
    cache.setCacheDirectory('some/where');
    expect(cache.cacheDirectory()).toBe(`${join(process.cwd(), 'some/where')}/`);
    cache.setCacheDirectory('/else/');
    expect(cache.cacheDirectory()).toBe('/else/');
    expect(() => cache.setCacheDirectory(5 as never)).toThrow(TypeError);
    expect(() => cache.setMemoryCacheSize(-1)).toThrow(RangeError);
    expect(() => cache.fileMetaData(5 as never)).toThrow(TypeError);
  });

  it('reads from the files alone from the moment it is told to', () => {
    const cache = onDisk();
    const before = cache._store;
    cache.setMemoryCacheSize(0);
    expect([cache.memoryCacheSize(), cache._store === before]).toEqual([0, false]);
  });

  it('finds what another one has left in the folder, by URL and by file', () => {
    const directory = folder();
    put(onDisk(directory), described('http://a.test/x', [['X-A', '1']]), 'kept');
    const cache = onDisk(directory);
    expect(text(cache, 'http://a.test/x')).toBe('kept');
    const found = readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .map((name) => cache.fileMetaData(join(directory, name)))
      .filter((meta) => meta.isValid());
    expect(found.map((meta) => [String(meta.url()), fields(meta)])).toEqual([['http://a.test/x', ['X-A: 1']]]);
  });

  it('leaves no file behind for what was being written when it goes', () => {
    const directory = folder();
    const files = (): number =>
      readdirSync(directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).length;
    const cache = onDisk(directory);
    cache.prepare(described('http://a.test/'))!.write(Buffer.alloc(1_000_000));
    const during = files();
    cache._destroy();
    expect([during, files()]).toEqual([1, 0]);
  });

  it('leaves it to a subclass what goes when it is full', () => {
    const told: number[] = [];
    class Own extends QNetworkDiskCache {
      protected override expire(): number {
        told.push(this.cacheSize());
        return this.cacheSize();
      }
      shrink(): number {
        return super.expire();
      }
    }
    const cache = new Own();
    cache.setCacheDirectory(folder());
    cache.setMaximumCacheSize(20_000);
    for (let i = 0; i < 6; i++) put(cache, `http://a.test/${i}`, Buffer.alloc(5000));
    expect(told.length).toBeGreaterThan(0);
    expect(cache.cacheSize()).toBeGreaterThan(20_000);
    expect([cache.shrink() <= 18_000, cache.cacheSize() <= 18_000]).toEqual([true, true]);
    expect(cache.prepare(described('http://a.test/', [['Content-Length', '15001']]))).toBe(null);
    for (let i = 6; i < 12; i++) put(cache, `http://a.test/${i}`, Buffer.alloc(5000));
    expect(cache.cacheSize()).toBeGreaterThan(20_000);
  });

  it('rewrites metadata by the functions that a subclass overrides, as Qt does', () => {
    const calls: string[] = [];
    class Own extends QNetworkDiskCache {
      override data(url: QUrl): QIODevice | null {
        calls.push(`data ${url}`);
        return super.data(url);
      }
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        calls.push('prepare');
        return super.prepare(meta);
      }
      override insert(device: QIODevice | null): void {
        calls.push('insert');
        super.insert(device);
      }
    }
    const cache = new Own();
    cache.setCacheDirectory(folder());
    put(cache, 'http://a.test/', 'body');
    calls.length = 0;
    const meta = cache.metaData('http://a.test/');
    meta.setExpirationDate(DATE);
    cache.updateMetaData(meta);
    expect(calls).toEqual(['data http://a.test/', 'prepare', 'insert']);
    expect([text(cache, 'http://a.test/'), cache.metaData('http://a.test/').expirationDate()]).toEqual(['body', DATE]);
  });
});

it('a cache without all functions says which one is missing', () => {
  class Half extends (QAbstractNetworkCache as unknown as typeof QObject) {
    cacheSize(): number {
      return 1;
    }
  }
  const cache = new Half() as unknown as QAbstractNetworkCache;
  expect(cache.cacheSize()).toBe(1);
  expect(() => cache.metaData('http://a.test/')).toThrow(/Half has no metaData\(\)/);
  expect(() => cache.clear()).toThrow(/Half has no clear\(\)/);
});
