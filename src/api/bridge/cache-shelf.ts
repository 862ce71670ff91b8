import type { CacheKeeper, CacheStore } from '../../contract/cache.ts';
import { NativeCache } from '../cache/native-cache.ts';
import { QAbstractNetworkCache } from '../cache/qabstractnetworkcache.ts';
import { isDestroyed, type QObject } from '../core/qobject.ts';
import { CacheAdapter } from './cache-adapter.ts';

/** The cache of a manager, as the engine sees it. */
export class CacheShelf implements CacheKeeper {
  private readonly owner: QObject;
  /** A store without Qt's interface. */
  private plain: CacheStore | null = null;
  private cache: QAbstractNetworkCache | null = null;
  /** Calls the functions of the cache; null for one of ours whose functions nobody has overridden: then its store is used as it is. */
  private adapter: CacheAdapter | null = null;

  constructor(owner: QObject) {
    this.owner = owner;
  }

  /** What was set, as long as it lives. */
  get(): QAbstractNetworkCache | CacheStore | null {
    const { cache } = this;
    if (cache === null) return this.plain;
    return isDestroyed(cache) ? null : cache;
  }

  /** One with Qt's interface and without a parent becomes the manager's, and the one before goes if it was. */
  set(cache: QAbstractNetworkCache | CacheStore | null): void {
    const face = cache instanceof QAbstractNetworkCache ? cache : null;
    if (face === null && cache !== null && !isStore(cache)) {
      throw new TypeError(
        'QNetworkAccessManager.setCache expects a QAbstractNetworkCache, a store with get, put, update and remove, or null for no cache.',
      );
    }
    const before = this.cache;
    this.plain = face === null ? (cache as CacheStore | null) : null;
    if (before === face) return;
    this.cache = face;
    this.adapter = face === null || (face instanceof NativeCache && !face._overridden) ? null : new CacheAdapter(face);
    if (before?.parent() === this.owner) before._destroy();
    if (face !== null && face.parent() === null) face.setParent(this.owner);
  }

  get store(): CacheStore | null {
    const { cache } = this;
    if (cache === null) return this.plain;
    if (isDestroyed(cache)) return null;
    return this.adapter ?? (cache as NativeCache)._store;
  }
}

function isStore(cache: unknown): boolean {
  if (typeof cache !== 'object' || cache === null) return false;
  const methods = cache as Readonly<Record<string, unknown>>;
  return ['get', 'put', 'update', 'remove'].every((name) => typeof methods[name] === 'function');
}
