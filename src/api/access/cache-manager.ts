import type { CacheStore } from '../../contract/cache.ts';
import type { QAbstractNetworkCache } from '../cache/qabstractnetworkcache.ts';
import { AltSvcManager } from './alt-svc-manager.ts';
import { deskOf } from './hsts-manager.ts';

/** The cache of QNetworkAccessManager. */
export abstract class CacheManager extends AltSvcManager {
  /**
   * What answers are stored in; null, the default, when there is nothing. A store without Qt's interface, such as {@link SharedCache}, is
   * given back as it was set: `manager.cache<SharedCache>()`.
   */
  cache<C extends QAbstractNetworkCache | CacheStore = QAbstractNetworkCache>(): C | null {
    return deskOf(this).cache.get() as C | null;
  }

  /**
   * Sets what answers are stored in and served from, from now on; null is no cache. One without a parent becomes the manager's, and is
   * deleted with it or when another takes its place; several managers may use the same one. A store that is no QAbstractNetworkCache stays
   * the program's. Throws a TypeError for what is neither. How a request uses it: QNetworkRequest.CacheLoadControlAttribute and
   * CacheSaveControlAttribute.
   */
  setCache(cache: QAbstractNetworkCache | CacheStore | null): void {
    this.assertAlive('setCache');
    deskOf(this).cache.set(cache);
  }

  /** See {@link CacheManager.setRequestCollapsing}. Not in Qt. */
  requestCollapsing(): boolean {
    return deskOf(this).collapsing;
  }

  /**
   * Whether one request goes out for all GETs that want the same at the same time; the others wait for what it brings and get it out of the
   * cache, or go out themselves: as soon as its head shows that it will not be stored, or when nothing of it has come for ten seconds, or when
   * three who fetched it have left. Only with a cache. True unless set (RFC 9111 4). Not in Qt.
   */
  setRequestCollapsing(enabled: boolean): void {
    deskOf(this).collapsing = enabled === true;
  }
}
