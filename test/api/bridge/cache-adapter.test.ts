// A cache of a program's own as the engine's store: which of its functions are called, in which order, and with what.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheAdapter } from '../../../src/api/bridge/cache-adapter.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { BodyReader } from '../../../src/contract/body.ts';
import type { CacheKey, StoredHead } from '../../../src/contract/cache.ts';
import { QAbstractNetworkCache, QBuffer, QIODevice, QNetworkCacheMetaData, type QUrl } from '../../../src/index.ts';
import { varyMatches } from '../../../src/rules/cache/vary.ts';

const KEY: CacheKey = { url: 'http://a.test/x', partition: '', variant: '' };
const RECEIVED = Date.UTC(2026, 0, 1);

function head(headers: string[] = ['Cache-Control', 'max-age=60'], more: Partial<StoredHead> = {}): StoredHead {
  return {
    status: 200,
    reason: 'OK',
    headers: new HeaderList(headers),
    requestedAt: RECEIVED - 100,
    receivedAt: RECEIVED,
    vary: [],
    range: null,
    variants: [],
    expires: -1,
    notes: [],
    ...more,
  };
}

/** How a program might keep metadata: as it is, or what it has written down of it. */
type Keeping = (meta: QNetworkCacheMetaData) => QNetworkCacheMetaData;
const asItIs: Keeping = (meta) => new QNetworkCacheMetaData(meta);
const writtenDown: Keeping = (meta) => {
  const again = new QNetworkCacheMetaData();
  again.setUrl(meta.url());
  again.setRawHeaders(meta.rawHeaders());
  again.setExpirationDate(meta.expirationDate());
  again.setLastModified(meta.lastModified());
  again.setAttributes(meta.attributes());
  return again;
};

/** The simplest cache, which writes down what is asked of it. */
class Own extends QAbstractNetworkCache {
  readonly calls: string[] = [];
  readonly kept = new Map<string, [QNetworkCacheMetaData, Buffer]>();
  readonly prepared = new Map<QIODevice, QNetworkCacheMetaData>();
  readonly keeping: Keeping;

  constructor(keeping: Keeping = asItIs) {
    super();
    this.keeping = keeping;
  }
  metaData(url: QUrl): QNetworkCacheMetaData {
    const [meta] = this.kept.get(String(url)) ?? [new QNetworkCacheMetaData()];
    this.calls.push(`metaData ${url} ${meta.isValid()}`);
    return meta;
  }
  updateMetaData(meta: QNetworkCacheMetaData): void {
    this.calls.push(`updateMetaData ${meta.url()}`);
    const kept = this.kept.get(String(meta.url()));
    if (kept !== undefined) this.kept.set(String(meta.url()), [this.keeping(meta), kept[1]]);
  }
  data(url: QUrl): QIODevice | null {
    this.calls.push(`data ${url}`);
    const kept = this.kept.get(String(url));
    if (kept === undefined) return null;
    const device = new QBuffer(kept[1]);
    device.open(QIODevice.ReadOnly);
    return device;
  }
  remove(url: QUrl): boolean {
    this.calls.push(`remove ${url}`);
    return this.kept.delete(String(url));
  }
  cacheSize(): number {
    return 0;
  }
  prepare(meta: QNetworkCacheMetaData): QIODevice | null {
    this.calls.push(`prepare ${meta.url()} ${meta.saveToDisk()}`);
    if (!meta.saveToDisk()) return null;
    const device = new QBuffer();
    device.open(QIODevice.ReadWrite);
    this.prepared.set(device, this.keeping(meta));
    return device;
  }
  insert(device: QIODevice): void {
    this.calls.push('insert');
    const meta = this.prepared.get(device)!;
    this.kept.set(String(meta.url()), [meta, (device as QBuffer).data()]);
  }
  clear(): void {}
}

function store(adapter: CacheAdapter, stored = head(), body = 'body'): void {
  const writer = adapter.put(KEY, stored, -1)!;
  for (const letter of body) expect(writer.write(Buffer.from(letter))).toBe(true);
  void writer.commit();
}

function readAll(reader: BodyReader | null): string | null {
  if (reader === null) return null;
  let text = '';
  for (let piece = reader.pull(() => {}); piece; piece = reader.pull(() => {})) text += Buffer.from(piece).toString();
  reader.close();
  return text;
}

describe('the calls', () => {
  it('to store: prepare, writes, insert', () => {
    const cache = new Own();
    store(new CacheAdapter(cache));
    expect(cache.calls).toEqual(['prepare http://a.test/x true', 'insert']);
    const [meta, body] = cache.kept.get('http://a.test/x')!;
    expect([body.toString(), meta.expirationDate(), meta.rawHeaders().map(String)]).toEqual([
      'body',
      new Date(RECEIVED + 60_000),
      ['Cache-Control,max-age=60'],
    ]);
    expect([...meta.attributes()]).toEqual([
      [0, 200],
      [1, 'OK'],
    ]);
  });

  it('to serve: metaData, and data when the body is read', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    cache.calls.length = 0;
    const found = adapter.get(KEY)!;
    expect(cache.calls).toEqual(['metaData http://a.test/x true']);
    expect(readAll(found.open(0))).toBe('body');
    expect(cache.calls).toEqual(['metaData http://a.test/x true', 'data http://a.test/x']);
    expect(readAll(found.open(3))).toBe('y');
  });

  it('to give up what was being written: remove', () => {
    const cache = new Own();
    new CacheAdapter(cache).put(KEY, head(), -1)!.abort();
    expect(cache.calls).toEqual(['prepare http://a.test/x true', 'remove http://a.test/x']);
  });

  it('for an answer that is not stored: prepare that says so, and remove', () => {
    const cache = new Own();
    new CacheAdapter(cache).passed(KEY, head(['Cache-Control', 'no-store']));
    expect(cache.calls).toEqual(['prepare http://a.test/x false', 'remove http://a.test/x']);
  });

  for (const status of [206, 304, 404, 500]) {
    it(`for an answer ${status}, which outdates nothing: none`, () => {
      const cache = new Own();
      new CacheAdapter(cache).passed(KEY, head([], { status }));
      expect(cache.calls).toEqual([]);
    });
  }

  it('when the cache prepares nothing: remove, for what is there is outdated', () => {
    const cache = new Own();
    cache.prepare = () => null;
    expect(new CacheAdapter(cache).put(KEY, head(), -1)).toBe(null);
    expect(cache.calls).toEqual(['remove http://a.test/x']);
  });

  it('when it prepares a device that nobody can write to: remove as well', () => {
    const cache = new Own();
    cache.prepare = () => new QBuffer();
    expect(new CacheAdapter(cache).put(KEY, head(), -1)).toBe(null);
    expect(cache.calls).toEqual(['remove http://a.test/x']);
  });

  it('have the URL as it was asked for, and metadata without its fragment', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    const key = { ...KEY, url: 'http://a.test/x#part' };
    void adapter.put(key, head(), -1)!.commit();
    adapter.get(key);
    adapter.remove(key);
    expect(cache.calls).toEqual([
      'prepare http://a.test/x true',
      'insert',
      'metaData http://a.test/x#part false',
      'remove http://a.test/x#part',
    ]);
  });

  it('for metadata that is known only at the end: updateMetaData after insert', () => {
    const cache = new Own();
    const writer = new CacheAdapter(cache).put(KEY, head(), -1)!;
    void writer.commit(head(['X-At-End', '1']));
    expect(cache.calls.slice(1)).toEqual(['insert', 'metaData http://a.test/x true', 'updateMetaData http://a.test/x']);
    expect(cache.kept.get(KEY.url)![0].headers().value('x-at-end')).toBe('1');
  });

  it('for a stored answer that still holds: metaData, and updateMetaData if something has changed', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const found = adapter.get(KEY)!;
    cache.calls.length = 0;
    adapter.update(KEY, found, found.head);
    expect(cache.calls.splice(0)).toEqual(['metaData http://a.test/x true']);
    adapter.update(KEY, found, { ...found.head, headers: new HeaderList(['Cache-Control', 'max-age=60', 'X-New', '1']) });
    expect(cache.calls.splice(0)).toEqual(['metaData http://a.test/x true', 'updateMetaData http://a.test/x']);
    adapter.update(KEY, found, { ...adapter.get(KEY)!.head, notes: [[1000, '5']] });
    expect(cache.calls.splice(1)).toEqual(['metaData http://a.test/x true', 'updateMetaData http://a.test/x']);
    adapter.remove(KEY);
    cache.calls.length = 0;
    adapter.update(KEY, found, head(['X', '1']));
    expect(cache.calls).toEqual(['metaData http://a.test/x false']);
  });

  it('for partitions and variants: none, as there is no word for them', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    for (const key of [
      { ...KEY, partition: 'p' },
      { ...KEY, variant: 'v' },
    ]) {
      expect([adapter.get(key), adapter.put(key, head(), 1)]).toEqual([null, null]);
      adapter.remove(key);
      adapter.passed(key, head());
      adapter.update(key, { head: head(), length: 0, open: () => null }, head(['X', '1']));
    }
    expect(cache.calls).toEqual([]);
  });
});

describe('what comes back', () => {
  it('is all that was known when the cache keeps the metadata as it was', () => {
    const adapter = new CacheAdapter(new Own());
    const stored = head(['Cache-Control', 'max-age=60', 'Vary', 'X'], { vary: [['x', '1']] });
    store(adapter, stored);
    expect(adapter.get(KEY)!.head).toEqual(stored);
  });

  it('is what can be derived when the cache has written it down by itself', () => {
    const adapter = new CacheAdapter(new Own(writtenDown));
    const date = 'Thu, 01 Jan 2026 00:00:00 GMT';
    store(adapter, head(['Cache-Control', 'max-age=60', 'Date', date], { status: 301, reason: 'Moved' }));
    expect(adapter.get(KEY)!.head).toEqual(
      head(['Cache-Control', 'max-age=60', 'Date', date], {
        status: 301,
        reason: 'Moved',
        requestedAt: RECEIVED,
        expires: RECEIVED + 60_000,
      }),
    );
    store(adapter, head(['ETag', '"1"']));
    expect(adapter.get(KEY)!.head).toMatchObject({ receivedAt: 0, expires: -1 });
  });

  const varying: readonly (readonly [string, boolean])[] = [
    ['', true],
    ['Accept-Encoding', true],
    ['accept-encoding , ', true],
    ['Accept-Encoding, X', false],
    ['X', false],
    ['*', false],
  ];
  for (const [vary, fits] of varying) {
    it(`${fits ? 'fits' : 'does not fit'} when nobody knows what "${vary}" was`, () => {
      const adapter = new CacheAdapter(new Own(writtenDown));
      store(adapter, head(['Vary', vary], { vary: [['x', '1']] }));
      const { vary: fields } = adapter.get(KEY)!.head;
      expect(fields.length === 0 || varyMatches(fields, { get: () => undefined })).toBe(fits);
    });
  }

  it('has the date that the program has put in, and no other word of it', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const meta = cache.metaData({ toString: () => KEY.url } as QUrl);
    meta.setExpirationDate(new Date(RECEIVED + 5_000));
    expect(adapter.get(KEY)!.head).toEqual(head(undefined, { expires: RECEIVED + 5_000 }));
    meta.setExpirationDate(null);
    expect(adapter.get(KEY)!.head.expires).toBe(-1);
    meta.setExpirationDate(new Date(-5));
    expect(adapter.get(KEY)!.head.expires).toBe(0);
  });

  it('is as long as Content-Length says, unless codings were undone', () => {
    const adapter = new CacheAdapter(new Own());
    store(adapter, head(['Content-Length', '4']));
    expect(adapter.get(KEY)!.length).toBe(4);
    store(adapter, head(['Content-Encoding', 'gzip', 'Content-Length', '24']));
    expect([adapter.get(KEY)!.length, readAll(adapter.get(KEY)!.open(0))]).toEqual([-1, 'body']);
  });

  it('is nothing when the body is shorter or longer than it was, or gone', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter, head(['Content-Length', '5']));
    expect(adapter.get(KEY)!.open(0)).toBe(null);
    const found = adapter.get(KEY)!;
    cache.kept.clear();
    expect(found.open(0)).toBe(null);
  });
});

describe('devices of a program', () => {
  class Dripping extends QIODevice {
    pieces: string[] = [];
    over = false;
    override isSequential(): boolean {
      return true;
    }
    override atEnd(): boolean {
      return this.over && this.pieces.length === 0;
    }
    protected override readData(maxSize: number): Buffer | null {
      const piece = this.pieces.shift() ?? '';
      if (piece.length > maxSize) this.pieces.unshift(piece.slice(maxSize));
      return Buffer.from(piece.slice(0, maxSize));
    }
  }

  it('may be sequential, and take their time', () => {
    const device = new Dripping();
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    cache.data = () => device;
    const reader = adapter.get(KEY)!.open(0)!;
    expect(device.isOpen()).toBe(true);
    const woken: string[] = [];
    expect(reader.pull(() => woken.push('more'))).toBe(undefined);
    device.pieces.push('a');
    device.readyRead.emit();
    expect([woken, String(reader.pull(() => {}))]).toEqual([['more'], 'a']);
    expect(reader.pull(() => woken.push('end'))).toBe(undefined);
    device.over = true;
    device.readChannelFinished.emit();
    expect([woken, reader.pull(() => {}), reader.failure]).toEqual([['more', 'end'], null, null]);
    reader.close();
    expect(device.readyRead.size).toBe(0);
  });

  it('that are sequential are read on to where it is to begin', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const found = adapter.get(KEY)!;
    cache.data = () => {
      const device = new Dripping();
      device.pieces = ['b', 'o', 'dy'];
      device.over = true;
      return device;
    };
    expect([readAll(found.open(2)), found.open(5)]).toEqual(['dy', null]);
  });

  it('that are deleted meanwhile fail, and say so', () => {
    const device = new Dripping();
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    cache.data = () => device;
    const reader = adapter.get(KEY)!.open(0)!;
    let woken = false;
    reader.pull(() => {
      woken = true;
    });
    device._destroy();
    expect([woken, reader.pull(() => {}), reader.failure?.message]).toEqual([
      true,
      null,
      'the device that the cache gave for a stored answer was deleted while it was read',
    ]);
    reader.close();
  });

  it('are deleted when they were read', async () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const device = new QBuffer('body');
    cache.data = () => device;
    const gone = device.destroyed.next();
    expect(readAll(adapter.get(KEY)!.open(0))).toBe('body');
    await gone;
  });

  it('that do not take all bytes keep nothing', () => {
    class Full extends QBuffer {
      protected override writeData(data: Buffer): number {
        return data.toString() === 'd' ? -1 : super.writeData(data);
      }
    }
    const cache = new Own();
    const device = new Full();
    device.open(QIODevice.ReadWrite);
    cache.prepare = () => device;
    store(new CacheAdapter(cache));
    expect(cache.calls).toEqual(['remove http://a.test/x']);
  });
});

describe('a program that throws', () => {
  const raised: unknown[] = [];
  let others: NodeJS.UncaughtExceptionListener[] = [];
  const catching = (error: unknown): void => void raised.push(error);
  beforeEach(() => {
    others = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', catching);
    raised.length = 0;
  });
  afterEach(() => {
    process.removeAllListeners('uncaughtException');
    for (const one of others) process.on('uncaughtException', one);
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is heard of later, and nothing is stored', async () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const found = adapter.get(KEY)!;
    for (const name of ['metaData', 'updateMetaData', 'data', 'remove', 'prepare', 'insert'] as const) {
      cache[name] = () => {
        throw new Error(name);
      };
    }
    expect([adapter.get(KEY), found.open(0), adapter.put(KEY, head(), 1)]).toEqual([null, null, null]);
    adapter.update(KEY, found, head(['X', '1']));
    adapter.passed(KEY, head());
    await turn();
    expect(raised.map(String)).toEqual(
      ['metaData', 'data', 'prepare', 'remove', 'metaData', 'prepare', 'remove'].map((name) => `Error: ${name}`),
    );
  });

  it('or gives what is nothing of the kind', async () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const found = adapter.get(KEY)!;
    cache.metaData = () => ({}) as never;
    cache.data = () => Buffer.from('body') as never;
    cache.prepare = () => 'device' as never;
    expect([adapter.get(KEY), found.open(0), adapter.put(KEY, head(), 1)]).toEqual([null, null, null]);
    await turn();
    expect(raised.map((error) => (error as Error).message)).toEqual([
      'Own.metaData is to give a QNetworkCacheMetaData; it gave object.',
      'Own.data is to give a QIODevice or null; it gave object.',
      'Own.prepare is to give a QIODevice or null; it gave string.',
    ]);
  });

  it('or deletes its cache, is asked no more', () => {
    const cache = new Own();
    const adapter = new CacheAdapter(cache);
    store(adapter);
    const writer = adapter.put(KEY, head(), -1)!;
    cache._destroy();
    cache.calls.length = 0;
    void writer.commit();
    adapter.passed(KEY, head());
    expect([adapter.get(KEY), adapter.put(KEY, head(), 1), cache.calls]).toEqual([null, null, []]);
  });
});
