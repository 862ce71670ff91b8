import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import {
  QAbstractNetworkCache,
  QBuffer,
  QIODevice,
  QNetworkCacheMetaData,
  QNetworkDiskCache,
  QNetworkMemoryCache,
  type UrlLike,
} from '../../src/index.ts';
import { type NetworkCacheContractOptions, networkCacheContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

const root = mkdtempSync(join(tmpdir(), 'network-cache-contract-'));
afterAll(() => rmSync(root, { recursive: true }));

type Entry = readonly [meta: QNetworkCacheMetaData, body: Buffer];

const buffer = (bytes: Uint8Array = Buffer.alloc(0), mode: number = QIODevice.ReadOnly): QBuffer => {
  const device = new QBuffer(bytes);
  device.open(mode);
  return device;
};

/** The smallest cache that is one. */
class MapCache extends QAbstractNetworkCache {
  entries = new Map<string, Entry>();
  protected readonly pending = new Map<QIODevice, QNetworkCacheMetaData>();
  protected readonly limit: number;

  constructor(limit = Number.POSITIVE_INFINITY) {
    super();
    this.limit = limit;
  }
  protected keyOf(url: UrlLike): string {
    return String(url);
  }
  override metaData(url: UrlLike): QNetworkCacheMetaData {
    return new QNetworkCacheMetaData(this.entries.get(this.keyOf(url))?.[0]);
  }
  override updateMetaData(meta: QNetworkCacheMetaData): void {
    const entry = this.entries.get(this.keyOf(meta.url()));
    if (entry !== undefined) this.entries.set(this.keyOf(meta.url()), [new QNetworkCacheMetaData(meta), entry[1]]);
  }
  override data(url: UrlLike): QIODevice | null {
    const entry = this.entries.get(this.keyOf(url));
    return entry === undefined ? null : buffer(entry[1]);
  }
  override remove(url: UrlLike): boolean {
    return this.entries.delete(this.keyOf(url));
  }
  override cacheSize(): number {
    return [...this.entries.values()].reduce((sum, [, body]) => sum + body.length, 0);
  }
  override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
    if (!meta.saveToDisk()) return null;
    const device = buffer(Buffer.alloc(0), QIODevice.ReadWrite);
    this.pending.set(device, new QNetworkCacheMetaData(meta));
    return device;
  }
  override insert(device: QIODevice): void {
    this.keep(this.pending.get(device)!, (device as QBuffer).data());
    this.pending.delete(device);
  }
  protected keep(meta: QNetworkCacheMetaData, body: Buffer): void {
    if (body.length > this.limit) return;
    this.entries.delete(this.keyOf(meta.url()));
    this.entries.set(this.keyOf(meta.url()), [meta, body]);
    for (const key of this.entries.keys()) if (this.cacheSize() > this.limit) this.entries.delete(key);
  }
  override clear(): void {
    this.entries.clear();
  }
}

/** Caches with one thing wrong with them. */
const wrong = (Cache: new (limit?: number) => MapCache): NetworkCacheContractOptions => ({
  make: () => new Cache(),
  limited: (bytes) => new Cache(bytes),
  again(cache) {
    const next = new Cache();
    next.entries = (cache as MapCache).entries;
    return next;
  },
});

const BROKEN: Readonly<Record<string, NetworkCacheContractOptions>> = {
  'keeps nothing': wrong(
    class extends MapCache {
      protected override keep(): void {}
    },
  ),
  'has something from the start': wrong(
    class extends MapCache {
      override remove(url: UrlLike): boolean {
        super.remove(url);
        return true;
      }
    },
  ),
  'loses the last byte of each body': wrong(
    class extends MapCache {
      protected override keep(meta: QNetworkCacheMetaData, body: Buffer): void {
        super.keep(meta, body.length % 1000 === 10 ? body : body.subarray(0, -1));
      }
    },
  ),
  'makes something of nothing': wrong(
    class extends MapCache {
      protected override keep(meta: QNetworkCacheMetaData, body: Buffer): void {
        super.keep(meta, body.length === 0 ? Buffer.of(0) : body);
      }
    },
  ),
  'keeps the memory that it was lent': wrong(
    class extends MapCache {
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        const device = super.prepare(meta);
        const pieces: Buffer[] = [];
        Object.assign(device ?? {}, {
          writeData: (piece: Buffer) => pieces.push(piece) && piece.length,
          data: () => Buffer.concat(pieces),
        });
        return device;
      }
    },
  ),
  'keeps one field a name': wrong(
    class extends MapCache {
      protected override keep(meta: QNetworkCacheMetaData, body: Buffer): void {
        meta.setRawHeaders(new Map(meta.rawHeaders().map(([name, value]) => [String(name).toLowerCase(), value])));
        super.keep(meta, body);
      }
    },
  ),
  'forgets the dates': wrong(
    class extends MapCache {
      protected override keep(meta: QNetworkCacheMetaData, body: Buffer): void {
        meta.setExpirationDate(null);
        super.keep(meta, body);
      }
    },
  ),
  'is too early': wrong(
    class extends MapCache {
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        if (meta.saveToDisk()) super.keep(new QNetworkCacheMetaData(meta), Buffer.alloc(0));
        return super.prepare(meta);
      }
    },
  ),
  'knows no case': wrong(
    class extends MapCache {
      protected override keyOf(url: UrlLike): string {
        return super.keyOf(url).toLowerCase();
      }
    },
  ),
  'takes what is inserted for what was prepared last': wrong(
    class extends MapCache {
      private last = new QNetworkCacheMetaData();
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        this.last = new QNetworkCacheMetaData(meta);
        return super.prepare(meta);
      }
      override insert(device: QIODevice): void {
        this.keep(this.last, (device as QBuffer).data());
      }
    },
  ),
  'gives the same device to all': wrong(
    class extends MapCache {
      private readonly devices = new Map<Entry, QIODevice>();
      override data(url: UrlLike): QIODevice | null {
        const entry = this.entries.get(this.keyOf(url));
        if (entry === undefined) return null;
        const device = this.devices.get(entry) ?? buffer(entry[1]);
        this.devices.set(entry, device);
        device.seek(0);
        return device;
      }
    },
  ),
  'keeps what others can change': wrong(
    class extends MapCache {
      override metaData(url: UrlLike): QNetworkCacheMetaData {
        return this.entries.get(this.keyOf(url))?.[0] ?? new QNetworkCacheMetaData();
      }
    },
  ),
  'keeps what may not be kept': wrong(
    class extends MapCache {
      override prepare(meta: QNetworkCacheMetaData): QIODevice | null {
        const allowed = new QNetworkCacheMetaData(meta);
        allowed.setSaveToDisk(true);
        return super.prepare(allowed);
      }
    },
  ),
  'never replaces': wrong(
    class extends MapCache {
      protected override keep(meta: QNetworkCacheMetaData, body: Buffer): void {
        if (!this.entries.has(this.keyOf(meta.url()))) super.keep(meta, body);
      }
    },
  ),
  'never removes': wrong(
    class extends MapCache {
      override remove(url: UrlLike): boolean {
        return this.entries.has(this.keyOf(url));
      }
    },
  ),
  'finds what was given up': wrong(
    class extends MapCache {
      override remove(url: UrlLike): boolean {
        for (const [device, meta] of this.pending) {
          if (String(meta.url()) !== String(url)) continue;
          this.insert(device);
          return true;
        }
        return super.remove(url);
      }
    },
  ),
  'never clears': wrong(
    class extends MapCache {
      override clear(): void {}
    },
  ),
  'does not count': wrong(
    class extends MapCache {
      override cacheSize(): number {
        return 0;
      }
    },
  ),
  'never updates': wrong(
    class extends MapCache {
      override updateMetaData(): void {}
    },
  ),
  'updates what is not there': wrong(
    class extends MapCache {
      override updateMetaData(meta: QNetworkCacheMetaData): void {
        this.keep(new QNetworkCacheMetaData(meta), this.entries.get(this.keyOf(meta.url()))?.[1] ?? Buffer.alloc(0));
      }
    },
  ),
  'reads what comes later': wrong(
    class extends MapCache {
      override data(url: UrlLike): QIODevice | null {
        const device = super.data(url);
        const read = (at: number, most: number): Buffer =>
          Buffer.from((this.entries.get(this.keyOf(url))?.[1] ?? Buffer.alloc(1_000_000, 1)).subarray(at, at + most));
        if (device !== null) Object.assign(device, { readData: (most: number) => read(device.pos(), most) });
        return device;
      }
    },
  ),
  'forgets everything at its end': { ...wrong(MapCache), again: () => new MapCache() },
  'has no limit': { ...wrong(MapCache), limited: () => new MapCache() },
};

const onDisk = (directory = mkdtempSync(join(root, 'cache-'))): QNetworkDiskCache => {
  const cache = new QNetworkDiskCache();
  cache.setCacheDirectory(directory);
  return cache;
};

/** Its functions are asked, and not the store behind it. */
class Overriding extends QNetworkMemoryCache {
  override metaData(url: UrlLike): QNetworkCacheMetaData {
    return super.metaData(url);
  }
}

bites(
  networkCacheContract,
  {
    QNetworkMemoryCache: {
      make: () => new QNetworkMemoryCache(),
      limited(bytes) {
        const cache = new QNetworkMemoryCache();
        cache.setMaximumCacheSize(bytes);
        return cache;
      },
    },
    'QNetworkMemoryCache with a function of its own': { make: () => new Overriding() },
    QNetworkDiskCache: {
      make: () => onDisk(),
      again: (cache) => onDisk((cache as QNetworkDiskCache).cacheDirectory()),
      limited(bytes) {
        const cache = onDisk();
        cache.setMaximumCacheSize(bytes);
        return cache;
      },
    },
    'one of its own': wrong(MapCache),
  },
  BROKEN,
);
