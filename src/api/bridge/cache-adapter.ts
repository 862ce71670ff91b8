import { Url } from '../../base/url.ts';
import type { BodyReader } from '../../contract/body.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import { lengthValue } from '../../rules/message-framing.ts';
import type { QAbstractNetworkCache } from '../cache/qabstractnetworkcache.ts';
import { factsOf, QNetworkCacheMetaData } from '../cache/qnetworkcachemetadata.ts';
import { headOf, metaOf, receivedAt, sameAttributes } from '../cache/stored-meta.ts';
import { QIODevice } from '../core/qiodevice.ts';
import { isDestroyed } from '../core/qobject.ts';
import { type QUrl, qurlFrom } from '../core/qurl.ts';
import { raiseLater } from '../core/signal.ts';
import { CacheDeviceReader } from './cache-device-reader.ts';

/**
 * A cache of the program's own as a store: its virtual functions are called in the order in which Qt calls them. What they throw becomes an
 * uncaught error, and the request goes on as if nothing was stored. Such a cache knows no partitions: what belongs to one is not put there.
 */
export class CacheAdapter implements CacheStore {
  readonly simple = true;
  private readonly cache: QAbstractNetworkCache;

  constructor(cache: QAbstractNetworkCache) {
    this.cache = cache;
  }

  get(key: CacheKey): StoredAnswer | null {
    const meta = this.metaData(key);
    if (meta === null) return null;
    const { decoded, headers } = factsOf(meta);
    // stored by a cache of ours when nobody had overridden anything: not the bytes that its data() is to give
    if (!decoded && headers.has('Content-Encoding')) return null;
    return new Answer(this, qurl(key), headOf(meta, receivedAt(meta)));
  }

  put(key: CacheKey, head: StoredHead, _length: number): CacheWriter | null {
    if (isForeign(key)) return null;
    const meta = metaOf(key.url, head, true);
    const device = this.prepare(meta);
    if (device !== null) return new Writer(this, key, head, device);
    // as in Qt: what is not to be stored anew is not there any more
    this.remove(key);
    return null;
  }

  update(key: CacheKey, _answer: StoredAnswer, head: StoredHead): void {
    const before = this.metaData(key);
    if (before === null) return;
    const after = metaOf(key.url, head, true);
    if (!after.equals(before) || !sameAttributes(after, before)) this.call((cache) => cache.updateMetaData(after), undefined);
  }

  remove(key: CacheKey): void {
    if (!isForeign(key)) this.call((cache) => cache.remove(qurl(key)), false);
  }

  passed(key: CacheKey, head: StoredHead): void {
    if (isForeign(key) || !replaces(head.status)) return;
    const meta = metaOf(key.url, head, true);
    meta.setSaveToDisk(false);
    this.prepare(meta);
    this.remove(key);
  }

  /** Calls a function of the program's. */
  call<T>(work: (cache: QAbstractNetworkCache) => T, otherwise: T): T {
    if (isDestroyed(this.cache)) return otherwise;
    try {
      return work(this.cache);
    } catch (error) {
      raiseLater(error);
      return otherwise;
    }
  }

  private metaData(key: CacheKey): QNetworkCacheMetaData | null {
    if (isForeign(key)) return null;
    return this.call((cache) => {
      const meta: unknown = cache.metaData(qurl(key));
      if (!(meta instanceof QNetworkCacheMetaData)) throw wrong(cache, 'metaData', 'a QNetworkCacheMetaData', meta);
      return meta.isValid() ? meta : null;
    }, null);
  }

  private prepare(meta: QNetworkCacheMetaData): QIODevice | null {
    return this.call((cache) => {
      const device: unknown = cache.prepare(meta) ?? null;
      if (device === null) return null;
      if (!(device instanceof QIODevice)) throw wrong(cache, 'prepare', 'a QIODevice or null', device);
      return device.isWritable() ? device : null;
    }, null);
  }

  /** The device with the body, standing at `from`; null when it is not there, or is not all of it. */
  open(url: QUrl, from: number, length: number): BodyReader | null {
    return this.call((cache) => {
      const device: unknown = cache.data(url) ?? null;
      if (device === null) return null;
      if (!(device instanceof QIODevice)) throw wrong(cache, 'data', 'a QIODevice or null', device);
      const reader = new CacheDeviceReader(device);
      if (reader.begin(from, length)) return reader;
      reader.close();
      return null;
    }, null);
  }
}

class Answer implements StoredAnswer {
  readonly head: StoredHead;
  readonly length: number;
  private readonly adapter: CacheAdapter;
  private readonly url: QUrl;

  constructor(adapter: CacheAdapter, url: QUrl, head: StoredHead) {
    this.adapter = adapter;
    this.url = url;
    this.head = head;
    // of coded bytes, which are not what is stored
    this.length = head.headers.has('Content-Encoding') ? -1 : lengthValue(head.headers.get('Content-Length') ?? '');
  }

  open(from: number): BodyReader | null {
    return this.adapter.open(this.url, from, this.length);
  }
}

class Writer implements CacheWriter {
  /** A device takes what it is given at once. */
  drained: (() => void) | null = null;
  private readonly adapter: CacheAdapter;
  private readonly key: CacheKey;
  private readonly head: StoredHead;
  /** null once it has not taken everything. */
  private device: QIODevice | null;

  constructor(adapter: CacheAdapter, key: CacheKey, head: StoredHead, device: QIODevice) {
    this.adapter = adapter;
    this.key = key;
    this.head = head;
    this.device = device;
  }

  write(bytes: Uint8Array): boolean {
    const { device } = this;
    if (device === null) return true;
    const taken = this.adapter.call(() => device.write(bytes), -1);
    if (taken !== bytes.length) this.device = null;
    return true;
  }

  commit(head?: StoredHead): void {
    const { device, adapter, key } = this;
    if (device === null) return this.abort();
    this.device = null;
    adapter.call((cache) => cache.insert(device), undefined);
    if (head !== undefined && head !== this.head) adapter.update(key, new Answer(adapter, qurl(key), head), head);
  }

  abort(): void {
    this.device = null;
    this.adapter.remove(this.key);
  }
}

function qurl(key: CacheKey): QUrl {
  return qurlFrom(Url.parse(key.url));
}

/** Whether an answer outdates what is stored: not an error (Qt loses the good answer over it), a part, or word that it still holds. */
function replaces(status: number): boolean {
  return status >= 200 && status < 400 && status !== 206 && status !== 304;
}

/** Nothing that Qt's functions can name. */
function isForeign(key: CacheKey): boolean {
  return key.partition !== '' || key.variant !== '';
}

function wrong(cache: QAbstractNetworkCache, method: string, expected: string, got: unknown): TypeError {
  return new TypeError(
    `${cache.constructor.name}.${method} is to give ${expected}; it gave ${got === null ? 'null' : typeof got}.`,
  );
}
