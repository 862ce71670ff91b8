import type { QIODevice } from '../core/qiodevice.ts';
import { QObject } from '../core/qobject.ts';
import type { UrlLike } from '../core/qurl.ts';
import type { QNetworkCacheMetaData } from './qnetworkcachemetadata.ts';

/**
 * Base of all caches with Qt's interface (Qt: QAbstractNetworkCache, 4.5). A cache of your own implements all of its functions, and a
 * manager calls them as Qt does: `metaData` for each request that may be served from it, `data` to read the body, `prepare`, writes to
 * the device and `insert` to store an answer, `updateMetaData` when the server has said that a stored one is still good, `remove` when one
 * is not.
 *
 *     class MapCache extends QAbstractNetworkCache {
 *       private entries = new Map<string, [QNetworkCacheMetaData, Buffer]>();
 *       private pending = new Map<QIODevice, QNetworkCacheMetaData>();
 *       metaData(url: QUrl) { return this.entries.get(String(url))?.[0] ?? new QNetworkCacheMetaData(); }
 *       …
 *     }
 *     manager.setCache(new MapCache());
 *
 * It keeps one answer a URL, and bodies without their content codings. The functions answer at once; what they throw becomes an uncaught
 * error, and the request goes on without the cache.
 */
export abstract class QAbstractNetworkCache extends QObject {
  static {
    // who does not write TypeScript has nobody else to tell him
    for (const name of ['metaData', 'updateMetaData', 'data', 'remove', 'cacheSize', 'prepare', 'insert', 'clear']) {
      const missing = function (this: QAbstractNetworkCache): never {
        throw new TypeError(`${this.constructor.name} has no ${name}(): a cache has all functions of QAbstractNetworkCache.`);
      };
      Object.defineProperty(this.prototype, name, { value: missing, writable: true, configurable: true });
    }
  }

  protected constructor(parent: QObject | null = null) {
    super(parent);
  }

  /** What is known of the answer for `url`; invalid when there is none. */
  abstract metaData(url: UrlLike): QNetworkCacheMetaData;

  /** Replaces what is known of the answer for `metaData.url()`; its body stays. Nothing happens when there is none. */
  abstract updateMetaData(metaData: QNetworkCacheMetaData): void;

  /** The body for `url`, open for reading; null when there is none. It belongs to the caller. */
  abstract data(url: UrlLike): QIODevice | null;

  /** Takes the answer for `url` out, also one that is being written; false when there was none. */
  abstract remove(url: UrlLike): boolean;

  /** Bytes in use. */
  abstract cacheSize(): number;

  /**
   * A device, open for writing, for the body that belongs to `metaData`; null when it is not to be stored. What is stored there already
   * stays until `insert`.
   */
  abstract prepare(metaData: QNetworkCacheMetaData): QIODevice | null;

  /** All of the body was written to the device, which `prepare` gave; from now on it is found. */
  abstract insert(device: QIODevice | null): void;

  /** Takes everything out. A slot. */
  abstract clear(): void;
}
