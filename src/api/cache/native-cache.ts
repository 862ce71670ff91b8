import { systemClock } from '../../base/clock.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import { lengthValue } from '../../rules/message-framing.ts';
import { QIODevice } from '../core/qiodevice.ts';
import type { QObject } from '../core/qobject.ts';
import { toUrl, type UrlLike } from '../core/qurl.ts';
import { QAbstractNetworkCache } from './qabstractnetworkcache.ts';
import { factsOf, keptUrl, QNetworkCacheMetaData } from './qnetworkcachemetadata.ts';
import { deviceOf, ItemDevice } from './stored-device.ts';
import { headOf, metaOf } from './stored-meta.ts';

/** A store that answers at once. */
export interface LocalStore extends CacheStore {
  readonly size: number;
  get(key: CacheKey): StoredAnswer | null;
  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): void;
  /** Removes the answer of the URL and its variants; true when something was there. */
  removeUrl(url: string): boolean;
  clear(): void;
}

/** An answer that is being written by hand. */
interface Pending {
  readonly key: CacheKey;
  readonly head: StoredHead;
  readonly writer: CacheWriter;
  readonly store: LocalStore;
}

const COPIED_AT_ONCE = 65_536;

/** What a subclass may override to be asked for every request. */
const VIRTUALS = ['metaData', 'updateMetaData', 'data', 'remove', 'prepare', 'insert', 'cacheSize', 'clear'] as const;

/** Qt's functions over a store of ours. The manager uses the same store, without them unless a subclass overrides one. */
export abstract class NativeCache extends QAbstractNetworkCache {
  private readonly _pending = new Map<QIODevice, Pending>();

  constructor(parent: QObject | null = null) {
    super(parent);
  }

  /** Bytes it may take. */
  abstract maximumCacheSize(): number;

  /** @internal null as long as there is no place to store anything. */
  abstract get _store(): LocalStore | null;

  /** @internal The class whose functions are ours. */
  protected abstract get _ours(): NativeCache;

  /** @internal Whether the program has a say in what is stored. */
  get _overridden(): boolean {
    const { _ours } = this;
    return VIRTUALS.some((name) => this[name] !== _ours[name]);
  }

  /** What is known of the answer for `url`; invalid when there is none, or only a part of it. */
  override metaData(url: UrlLike): QNetworkCacheMetaData {
    const found = this._find(url);
    return found === null ? new QNetworkCacheMetaData() : metaOf(found.key.url, found.answer.head, false);
  }

  /**
   * Replaces what is known of the answer for `metaData.url()`, and what managers go by from now on; its body stays. Nothing happens when
   * there is none, or it is not to be saved.
   */
  override updateMetaData(metaData: QNetworkCacheMetaData): void {
    const { url, save } = factsOf(checked(metaData, 'updateMetaData'));
    if (!save) return;
    if (this._overridden) this._rewrite(metaData);
    else {
      const found = this._find(url.href);
      if (found !== null) this._store?.update(found.key, found.answer, headOf(metaData, systemClock.wall()));
    }
  }

  /**
   * The body for `url`, open for reading; null when there is none. Bytes are given as they are stored: with the content codings that
   * `Content-Encoding` in the metadata names.
   */
  override data(url: UrlLike): QIODevice | null {
    const found = this._find(url);
    return found === null ? null : deviceOf(found.answer);
  }

  /** Takes the answers for `url` out; while one is being written by hand, only that. False when there was none. */
  override remove(url: UrlLike): boolean {
    const href = hrefOf(url);
    for (const [device, { key, writer }] of this._pending) {
      if (key.url !== href) continue;
      this._pending.delete(device);
      writer.abort();
      device.deleteLater();
      return true;
    }
    return this._store?.removeUrl(href) ?? false;
  }

  /** Bytes in use. */
  override cacheSize(): number {
    return this._store?.size ?? 0;
  }

  /**
   * A device to write the body to; null when the metadata is invalid, has no URL or is not to be saved, or when its Content-Length is more
   * than three quarters of the maximum. Bytes are written without content codings, and are served without.
   */
  override prepare(metaData: QNetworkCacheMetaData): QIODevice | null {
    const { url, save, headers, decoded } = factsOf(checked(metaData, 'prepare'));
    if (!metaData.isValid() || url.href === '' || !save) return null;
    const store = this._store;
    if (store === null) return null;
    if (lengthValue(headers.get('Content-Length') ?? '') > (this.maximumCacheSize() * 3) / 4) return null;
    const head = headOf(metaData, systemClock.wall());
    const plain = decoded && headers.has('Content-Encoding') ? withoutCoding(head) : head;
    const key = keyOf(url.href);
    const writer = store.put(key, plain, -1);
    if (writer === null) return null;
    const device = new ItemDevice(writer);
    this._pending.set(device, { key, head: plain, writer, store });
    return device;
  }

  /** Makes what was written to a device from `prepare` visible; the device is done with. null is fine. */
  override insert(device: QIODevice | null): void {
    if (device === null) return;
    if (!(device instanceof QIODevice)) throw new TypeError(`${this._name}.insert expects the device that prepare() gave.`);
    const pending = this._pending.get(device);
    if (pending === undefined) {
      process.emitWarning(`${this._name}.insert was given a device that is not, or not any more, one of its prepare().`, {
        code: 'QNETWORK_CACHE_DEVICE',
      });
      return;
    }
    this._pending.delete(device);
    const { key, head, writer, store } = pending;
    if ((store.get(key)?.head.variants.length ?? 0) > 0) store.removeUrl(key.url);
    void writer.commit(device instanceof ItemDevice ? withLength(head, device.written) : head);
    device.deleteLater();
    this._inserted();
  }

  /** Takes everything out. A slot. */
  override clear(): void {
    this._store?.clear();
  }

  /** @internal Something has come in by hand. */
  protected _inserted(): void {}

  /** @internal What is stored for a URL, whatever it depends on, the last that came first; nothing that is not whole. */
  private _find(url: UrlLike): { key: CacheKey; answer: StoredAnswer } | null {
    const store = this._store;
    if (store === null) return null;
    const key = keyOf(hrefOf(url));
    const answer = store.get(key);
    if (answer === null) return null;
    const { variants } = answer.head;
    if (variants.length === 0) return answer.head.range === null ? { key, answer } : null;
    for (const { variant } of variants) {
      const one = { ...key, variant };
      const found = store.get(one);
      if (found !== null && found.head.range === null) return { key: one, answer: found };
    }
    return null;
  }

  /** As in Qt: a copy with other metadata, by the functions that are overridden. */
  private _rewrite(metaData: QNetworkCacheMetaData): void {
    const from = this.data(metaData.url());
    if (from === null) return;
    const to = this.prepare(metaData);
    if (to !== null) {
      for (let piece = from.read(COPIED_AT_ONCE); piece.length > 0; piece = from.read(COPIED_AT_ONCE)) to.write(piece);
      this.insert(to);
    }
    from.deleteLater();
  }

  /** @internal */
  protected get _name(): string {
    return this.constructor.name;
  }

  protected override destructing(): void {
    for (const { writer } of this._pending.values()) writer.abort();
    this._pending.clear();
    super.destructing();
  }
}

function checked(meta: QNetworkCacheMetaData, method: string): QNetworkCacheMetaData {
  if (meta instanceof QNetworkCacheMetaData) return meta;
  throw new TypeError(
    `QNetworkDiskCache.${method} expects a QNetworkCacheMetaData; got ${meta === null ? 'null' : typeof meta}.`,
  );
}

function hrefOf(url: UrlLike): string {
  return keptUrl(toUrl(url)).href;
}

function keyOf(url: string): CacheKey {
  return { url, partition: '', variant: '' };
}

/** What a program writes has no codings any more, as in Qt. */
function withoutCoding(head: StoredHead): StoredHead {
  const headers = head.headers.copy();
  headers.remove('Content-Encoding');
  headers.remove('Content-Length');
  return { ...head, headers };
}

/** What a program wrote is what there is, whatever the fields say that it has copied. */
function withLength(head: StoredHead, length: number): StoredHead {
  const said = head.headers.get('Content-Length');
  if (said === undefined || lengthValue(said) === length) return head;
  const headers = head.headers.copy();
  headers.set('Content-Length', String(length));
  return { ...head, headers };
}
