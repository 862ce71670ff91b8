import { MemoryCacheStore } from '../../stores/cache/memory-store.ts';
import type { QObject } from '../core/qobject.ts';
import { NativeCache } from './native-cache.ts';

/**
 * A cache in memory: the quickest one, and gone with the program. Not in Qt.
 *
 *     manager.setCache(new QNetworkMemoryCache());
 *
 * Several managers may share one. All functions answer at once, and work on what managers use. When the maximum is reached, those answers
 * go that were not used for longest; one answer may take three quarters of it. A subclass that overrides one of the virtual functions has
 * them called for each request, as in Qt.
 */
export class QNetworkMemoryCache extends NativeCache {
  private readonly _memory = new MemoryCacheStore();

  constructor(parent: QObject | null = null) {
    super(parent);
  }

  /** Bytes it may take; 67108864 (64 MiB) unless set. */
  override maximumCacheSize(): number {
    return this._memory.maximumSize;
  }

  /** A smaller one is kept to at once. Throws a RangeError for what is no number of bytes. */
  setMaximumCacheSize(size: number): void {
    if (!(Number.isFinite(size) && size >= 0))
      throw new RangeError(`QNetworkMemoryCache.setMaximumCacheSize expects a number of bytes from 0; got ${String(size)}.`);
    this._memory.maximumSize = size;
  }

  /** @internal */
  override get _store(): MemoryCacheStore {
    return this._memory;
  }

  /** @internal */
  protected override get _ours(): NativeCache {
    return QNetworkMemoryCache.prototype;
  }
}
