import { systemClock } from '../../base/clock.ts';
import type { CacheClaim, CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import { LateWriter } from '../../stores/cache/late-writer.ts';
import type { SharedCacheClient } from '../../stores/cache/shared-client.ts';
import type { SharedSettings, SharedStore } from '../../stores/cache/shared-store.ts';

export type { SharedCacheClient };

/** How a {@link SharedCache} is reached and what it keeps. Either `url` or `client`. */
export interface SharedCacheOptions {
  /**
   * Address of the server: `redis://user:password@host:6379/0`, `rediss://…` for TLS, or the path of a unix socket. The package ioredis is
   * loaded and connects when the cache is used first. User and password appear in no message.
   */
  url?: string | undefined;
  /** A client of ioredis, or one that is like it, to be used instead of a connection of our own. It is not closed by the cache. */
  client?: SharedCacheClient | undefined;
  /** What all names on the server begin with; `qnetwork` unless set. Caches of different prefixes do not see each other. */
  prefix?: string | undefined;
  /**
   * Says that all who use the cache with this name are one: answers for one person are kept, too. '' unless set. Caches of different
   * partitions do not see each other.
   */
  partition?: string | undefined;
  /** Bytes of the longest body that is kept; 64 MiB unless set. */
  maximumEntrySize?: number | undefined;
  /** Milliseconds that an answer is kept after it was stored or validated, fresh or stale; seven days unless set. */
  lifetime?: number | undefined;
  /** Milliseconds that the server may take to answer before the request goes on without it; 500 unless set. Parts of a body may take ten times as long. */
  timeout?: number | undefined;
  /** Milliseconds after which another may fetch what somebody who died was fetching; 5000 unless set. */
  lease?: number | undefined;
  /** Milliseconds that a request waits at most for another one that fetches the same; 10000 unless set. */
  wait?: number | undefined;
}

const DAY = 86_400_000;

const INCOMPLETE = 'The shared cache could not be loaded: is the package complete?';

const DEFAULTS = Object.freeze({
  maximumEntrySize: 64 * 1024 * 1024,
  lifetime: 7 * DAY,
  timeout: 500,
  lease: 5_000,
  wait: 10_000,
});

/**
 * A cache on a server of Redis or Valkey, which many machines share. Not in Qt.
 *
 *     const cache = new SharedCache({ url: 'redis://cache.example.org' });
 *     manager.setCache(cache);
 *     …
 *     await cache.close();
 *
 * Needs the package ioredis, 5.4 or later (`npm install ioredis`). Several managers may use one cache.
 *
 * Of many processes that want the same thing at the same time one fetches it, and the others wait for its answer.
 *
 * Only what anybody may see is kept: no answers to requests with Authorization or Cookie, and none with Set-Cookie or `private`, unless the
 * request or the cache has a `partition`. Whoever can reach the server can read and change what is there: keep it in a network of your own.
 *
 * No request fails or hangs because of the server. When it is slow or gone, requests go on without a cache; a warning of Node.js says so
 * once, with the code `QNETWORK_SHARED_CACHE`, and it is tried again after a few seconds. The connection does not keep the process alive.
 */
export class SharedCache implements CacheStore {
  /** True unless the cache has a partition: who has not must not see what is meant for one person. */
  readonly shared: boolean;
  /** Few programs need it, so it is loaded when there is a cache; null = it is not there yet. */
  private store: SharedStore | null = null;
  /** Bytes of the longest body that is kept. */
  private readonly longest: number;
  /** null = it could not be loaded. */
  private readonly loading: Promise<SharedStore | null>;

  /** Connects to nothing yet. Throws a TypeError or RangeError for options that make no sense. */
  constructor(options: SharedCacheOptions) {
    const { url, client } = placeOf(options);
    const settings = settingsOf(options);
    this.shared = settings.partition === '';
    this.longest = settings.maximumEntrySize;
    const warn = warning();
    this.loading = import('../../stores/cache/shared-store.ts').then(
      ({ SharedStore, OwnServer, givenServer }) => {
        const server = client === undefined ? new OwnServer(url!) : givenServer(client);
        this.store = new SharedStore(server, settings, systemClock, warn);
        return this.store;
      },
      (cause: unknown) => {
        warn(new Error(INCOMPLETE, { cause }));
        return null;
      },
    );
  }

  /**
   * Resolves when the server answers, and rejects with an Error that says why it cannot be used: not reachable, wrong password, ioredis not
   * installed. Nobody has to wait for it.
   */
  async ready(): Promise<void> {
    const store = await this.loading;
    if (store === null) throw new Error(INCOMPLETE);
    await store.ready();
  }

  /** Stores what has come whole, then closes the connection, unless the client was given. From then on nothing is found or kept. */
  async close(): Promise<void> {
    await (await this.loading)?.close();
  }

  /** Same as `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  // ---- what managers use

  get(key: CacheKey): StoredAnswer | null | Promise<StoredAnswer | null> {
    return this.store === null ? this.loading.then((store) => store?.get(key) ?? null) : this.store.get(key);
  }

  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    if (this.store !== null) return this.store.put(key, head, length);
    return length > this.longest ? null : new LateWriter(this.loading, (store) => store.put(key, head, length));
  }

  async update(key: CacheKey, answer: StoredAnswer, head: StoredHead): Promise<void> {
    await this.store?.update(key, answer, head);
  }

  async remove(key: CacheKey): Promise<void> {
    await (await this.loading)?.remove(key);
  }

  async claim(key: CacheKey, seen: StoredAnswer | null): Promise<CacheClaim> {
    return (await this.loading)?.claim(key, seen) ?? { kind: 'fetch', release() {} };
  }
}

function placeOf({ url, client }: SharedCacheOptions): Pick<SharedCacheOptions, 'url' | 'client'> {
  if ((url === undefined) === (client === undefined)) throw new TypeError('SharedCache expects either url or client.');
  if (client !== undefined) {
    if (typeof client?.callBuffer !== 'function')
      throw new TypeError('SharedCache: client is a client of ioredis, or has its method callBuffer.');
    return { client };
  }
  // a URL that cannot be read may hold a password, so it is not repeated
  if (typeof url !== 'string' || !(url.startsWith('/') || (/^rediss?:\/\//i.test(url) && URL.canParse(url))))
    throw new TypeError(
      'SharedCache: url is like redis://127.0.0.1:6379, rediss://cache.example.org, or the path of a unix socket.',
    );
  return { url };
}

function settingsOf({ prefix = 'qnetwork', partition = '', ...options }: SharedCacheOptions): SharedSettings {
  if (typeof prefix !== 'string' || prefix === '') throw new TypeError('SharedCache: prefix is a text that is not empty.');
  if (typeof partition !== 'string') throw new TypeError('SharedCache: partition is a text.');
  return {
    prefix,
    partition,
    maximumEntrySize: numberOf(options, 'maximumEntrySize', 'bytes'),
    lifetime: numberOf(options, 'lifetime', 'milliseconds'),
    timeout: numberOf(options, 'timeout', 'milliseconds'),
    lease: numberOf(options, 'lease', 'milliseconds'),
    wait: numberOf(options, 'wait', 'milliseconds'),
  };
}

function numberOf(options: SharedCacheOptions, name: keyof typeof DEFAULTS, unit: string): number {
  const value = options[name] ?? DEFAULTS[name];
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`SharedCache: ${name} is a whole number of ${unit} above 0, not ${String(value)}.`);
}

/** No request fails because of a store, so somebody else has to be told: Node.js prints it, once a cache. */
function warning(): (problem: Error) => void {
  let told = false;
  return ({ message }) => {
    if (told) return;
    told = true;
    process.emitWarning(`${message}. Requests go on without it.`, { code: 'QNETWORK_SHARED_CACHE' });
  };
}
