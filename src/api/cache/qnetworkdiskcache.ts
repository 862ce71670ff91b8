import { DiskCacheStore } from '../../stores/cache/disk-store.ts';
import type { QObject } from '../core/qobject.ts';
import { NativeCache } from './native-cache.ts';
import { QNetworkCacheMetaData } from './qnetworkcachemetadata.ts';
import { metaOf } from './stored-meta.ts';

/** Bytes, as in Qt: 50 MiB. */
const MAXIMUM = 52_428_800;
const MEMORY_TIER = 8_388_608;

/** Who shrinks the cache in his own way is not to be anticipated. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * A cache in a folder (Qt: QNetworkDiskCache, 4.5). Several managers may share one, and several processes the same folder.
 *
 *     const cache = new QNetworkDiskCache();
 *     cache.setCacheDirectory('/home/me/.cache/myprogram');
 *     manager.setCache(cache);
 *
 *     cache.metaData('https://example.org/tile.png').isValid(); // is it stored?
 *
 * All functions answer at once, and work on what managers use. When the maximum is reached, those go that were not used for longest, until
 * it is 90 % of it (in Qt the oldest). Small answers are also kept in memory. Only the user can read the files. A subclass that overrides
 * one of the virtual functions has them called for each request, as in Qt; it then keeps one answer a URL, without content codings.
 * Requests with an option `partition` have a place of their own there, which these functions do not see.
 */
export class QNetworkDiskCache extends NativeCache {
  private _directory = '';
  private _maximum = MAXIMUM;
  private _memory = MEMORY_TIER;
  private _disk: DiskCacheStore | null = null;
  private _warned = false;

  constructor(parent: QObject | null = null) {
    super(parent);
  }

  /** Where it is, an absolute path with a `/` at its end; '' as long as none is set, and then nothing is stored. */
  cacheDirectory(): string {
    return this._directory;
  }

  /** The folder is made when there is something to store. '' changes nothing, as in Qt. Throws a TypeError for what is no string. */
  setCacheDirectory(cacheDir: string): void {
    if (typeof cacheDir !== 'string')
      throw new TypeError(`QNetworkDiskCache.setCacheDirectory expects a path as a string; got ${typeof cacheDir}.`);
    if (cacheDir === '') return;
    const { resolve } = process.getBuiltinModule('node:path');
    this._directory = resolve(cacheDir).replace(/[\\/]?$/, '/');
    this._open();
  }

  /** Bytes that the files may have; 52428800 (50 MiB) unless set. */
  override maximumCacheSize(): number {
    return this._maximum;
  }

  /** A smaller one is kept to at once. Throws a RangeError for what is no number of bytes. */
  setMaximumCacheSize(size: number): void {
    const smaller = bytes(size, 'setMaximumCacheSize') < this._maximum;
    this._maximum = size;
    if (this._disk === null) return;
    this._disk.maximumSize = this._limit;
    if (smaller) this.expire();
  }

  /** Bytes that small answers may have in memory, too; 8388608 (8 MiB) unless set. Not in Qt. */
  memoryCacheSize(): number {
    return this._memory;
  }

  /** 0 reads every answer from its file. Throws a RangeError for what is no number of bytes. Not in Qt. */
  setMemoryCacheSize(size: number): void {
    this._memory = bytes(size, 'setMemoryCacheSize');
    if (this._disk !== null) this._open();
  }

  /** What is known of the answer in a file of the cache; invalid for any other file. */
  fileMetaData(fileName: string): QNetworkCacheMetaData {
    if (typeof fileName !== 'string')
      throw new TypeError(`QNetworkDiskCache.fileMetaData expects the name of a file; got ${typeof fileName}.`);
    const entry = this._disk?.read(fileName) ?? null;
    if (entry === null || entry.head.variants.length > 0) return new QNetworkCacheMetaData();
    return metaOf(entry.key.url, entry.head, false);
  }

  /**
   * Brings the cache to at most 90 % of the maximum when it is over it, and gives its size in bytes. A subclass that overrides it is called
   * whenever the maximum is reached, and decides what goes.
   */
  protected expire(): number {
    const disk = this._disk;
    if (disk === null) return 0;
    disk.maximumSize = this._maximum;
    const size = disk.expire();
    disk.maximumSize = this._limit;
    return size;
  }

  /** @internal */
  override get _store(): DiskCacheStore | null {
    if (this._disk === null && !this._warned) {
      this._warned = true;
      process.emitWarning('QNetworkDiskCache: nothing is stored as long as setCacheDirectory() was not called.', {
        code: 'QNETWORK_CACHE_DIRECTORY',
      });
    }
    return this._disk;
  }

  /** @internal */
  override get _overridden(): boolean {
    return this._expiresItself || super._overridden;
  }

  /** @internal */
  protected override get _ours(): NativeCache {
    return QNetworkDiskCache.prototype;
  }

  /** @internal */
  protected override _inserted(): void {
    if (this._expiresItself && this.cacheSize() >= this._maximum) this.expire();
  }

  private get _expiresItself(): boolean {
    return this.expire !== QNetworkDiskCache.prototype.expire;
  }

  private get _limit(): number {
    return this._expiresItself ? NO_LIMIT : this._maximum;
  }

  private _open(): void {
    this._disk = new DiskCacheStore({
      directory: this._directory,
      maximumSize: this._limit,
      memoryTier: this._memory,
      onTrouble: (error) =>
        process.emitWarning(`QNetworkDiskCache cannot write to ${this._directory}: ${error.message}`, {
          code: 'QNETWORK_CACHE_DISK',
        }),
    });
  }
}

function bytes(size: number, method: string): number {
  if (Number.isFinite(size) && size >= 0) return size;
  throw new RangeError(`QNetworkDiskCache.${method} expects a number of bytes from 0; got ${String(size)}.`);
}
