import assert from 'node:assert/strict';
import { type QAbstractNetworkCache, QIODevice, QNetworkCacheMetaData, QNetworkRequest, QUrl } from '../../../index.ts';
import { assertBytes, soon } from '../case.ts';

/** How the caches to be tried are made. */
export interface NetworkCacheContractOptions {
  /** Makes a cache with nothing in it, which takes bodies of 4 MiB. */
  make(): QAbstractNetworkCache | Promise<QAbstractNetworkCache>;
  /** Makes another cache over the same data, as the next run of the program would. Leave it out when nothing outlives the cache. */
  again?(cache: QAbstractNetworkCache): QAbstractNetworkCache | Promise<QAbstractNetworkCache>;
  /** Makes a cache that may keep so many bytes in all; leave it out when it has no limit of its own. */
  limited?(bytes: number): QAbstractNetworkCache | Promise<QAbstractNetworkCache>;
  /** A cache is not needed any more. */
  dispose?(cache: QAbstractNetworkCache): void | Promise<void>;
}

/** Bytes of a cache with a limit. */
export const LIMIT = 1024 * 1024;

const READ_AT_ONCE = 65_536;

/** A URL like those that a manager asks for. */
export function urlOf(path: string): QUrl {
  return new QUrl(`https://cache.test/${path}`);
}

/** What a manager says of an answer. */
export function metaOf(
  path: string,
  more: { reason?: string; headers?: readonly [string, string][] } = {},
): QNetworkCacheMetaData {
  const meta = new QNetworkCacheMetaData();
  meta.setUrl(urlOf(path));
  meta.setRawHeaders(
    more.headers ?? [
      ['Content-Type', 'text/plain'],
      ['Cache-Control', 'max-age=60'],
    ],
  );
  // a manager always says until when an answer is fresh
  meta.setExpirationDate(new Date('2033-05-06T07:08:09Z'));
  meta.setAttributes(
    new Map<number, unknown>([
      [QNetworkRequest.HttpStatusCodeAttribute, 200],
      [QNetworkRequest.HttpReasonPhraseAttribute, more.reason ?? 'OK'],
    ]),
  );
  return meta;
}

/** A cache that is tried. */
export class CacheOnTrial {
  readonly cache: QAbstractNetworkCache;
  private readonly options: NetworkCacheContractOptions;
  private readonly made: QAbstractNetworkCache[];

  constructor(cache: QAbstractNetworkCache, options: NetworkCacheContractOptions) {
    this.cache = cache;
    this.options = options;
    this.made = [cache];
  }

  /** Begins to store an answer; null when the cache does not want it. */
  offered(meta: QNetworkCacheMetaData): QIODevice | null {
    const device: unknown = this.cache.prepare(meta) ?? null;
    if (device === null) return null;
    assert.ok(device instanceof QIODevice, 'prepare gave something that is no QIODevice');
    assert.ok(device.isWritable(), 'the device that prepare gave is not open for writing');
    return device;
  }

  prepared(meta: QNetworkCacheMetaData): QIODevice {
    const device = this.offered(meta);
    assert.ok(device !== null, `prepare gave null for ${meta.url()}`);
    return device;
  }

  /** Writes in pieces, and spoils the memory of each after it was written: it was only lent. */
  fill(device: QIODevice, body: Buffer, piece = READ_AT_ONCE): void {
    for (let at = 0; at < body.length; at += piece) {
      const part = Buffer.from(body.subarray(at, at + piece));
      assert.equal(device.write(part), part.length, 'write took less than it was given');
      part.fill(0xee);
    }
  }

  put(meta: QNetworkCacheMetaData, body: Buffer, piece?: number): void {
    const device = this.prepared(meta);
    this.fill(device, body, piece);
    this.cache.insert(device);
  }

  /** What is stored has to be just this. */
  holds(meta: QNetworkCacheMetaData, body: Buffer, cache = this.cache): void {
    const url = meta.url();
    assertMeta(cache.metaData(url), meta);
    assertBytes(read(opened(cache, url)), body, `the body of ${url}`);
  }

  holdsNothing(path: string, cache = this.cache): void {
    assert.equal(cache.metaData(urlOf(path)).isValid(), false, `metaData knows something of ${urlOf(path)}`);
    assert.equal(cache.data(urlOf(path)) ?? null, null, `data has something of ${urlOf(path)}`);
  }

  /** Another cache over the same data. */
  async again(): Promise<QAbstractNetworkCache> {
    const cache = await soon('again', this.options.again!(this.cache));
    this.made.push(cache);
    return cache;
  }

  async dispose(): Promise<void> {
    for (const cache of new Set(this.made)) await this.options.dispose?.(cache);
  }
}

/** The device with a body, which has to be there. */
export function opened(cache: QAbstractNetworkCache, url: QUrl): QIODevice {
  const device: unknown = cache.data(url) ?? null;
  assert.ok(device instanceof QIODevice, `data gave no QIODevice for ${url}, which is stored`);
  assert.ok(device.isReadable(), 'the device that data gave is not open for reading');
  return device;
}

/** All that is left in a device, which is done with then. */
export function read(device: QIODevice): Buffer {
  const pieces: Buffer[] = [];
  for (let piece = device.read(READ_AT_ONCE); piece.length > 0; piece = device.read(READ_AT_ONCE)) pieces.push(piece);
  device.deleteLater();
  return Buffer.concat(pieces);
}

export function assertMeta(actual: unknown, expected: QNetworkCacheMetaData): void {
  assert.ok(actual instanceof QNetworkCacheMetaData, 'metaData gave something that is no QNetworkCacheMetaData');
  assert.deepEqual(shown(actual), shown(expected));
}

function shown(meta: QNetworkCacheMetaData): unknown {
  const { HttpStatusCodeAttribute, HttpReasonPhraseAttribute } = QNetworkRequest;
  const attributes = meta.attributes();
  return {
    url: String(meta.url()),
    headers: meta.rawHeaders().map(([name, value]) => `${name.toString('latin1')}: ${value.toString('latin1')}`),
    lastModified: meta.lastModified(),
    expirationDate: meta.expirationDate(),
    status: attributes.get(HttpStatusCodeAttribute),
    reason: attributes.get(HttpReasonPhraseAttribute),
  };
}
