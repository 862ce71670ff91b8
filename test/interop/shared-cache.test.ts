import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SharedCache, type SharedCacheOptions } from '../../src/api/cache/shared-cache.ts';
import type { CacheStore } from '../../src/contract/cache.ts';
import { OwnServer } from '../../src/stores/cache/shared-client.ts';
import { bodyOf, headOf, KEY, keyOf, pulled, readAll, store, storeOver } from '../stores/cache/shared-parts.ts';
import { ManualClock } from '../support/clock.ts';
import { within } from '../support/once.ts';
import { needing, program } from './programs.ts';
import { RedisServer } from './redis.ts';

const PIECE = 128 * 1024;
const DAY = 86_400_000;

describe.skipIf(program('redis-server') === null)(needing('shared cache', 'redis-server'), () => {
  let server: RedisServer;
  /** Looks from outside. */
  let redis: Redis;
  const open: SharedCache[] = [];

  beforeAll(async () => {
    server = await new RedisServer().start();
    redis = new Redis(server.path);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.flushall());
  afterEach(() => Promise.all(open.splice(0).map((cache) => cache.close())));

  function cacheOf(options: SharedCacheOptions = {}): SharedCache {
    const cache = new SharedCache('client' in options ? options : { url: server.path, ...options });
    open.push(cache);
    return cache;
  }

  async function bodyIn(cache: CacheStore, key = KEY, from = 0): Promise<Buffer | null> {
    const answer = await cache.get(key);
    return answer === null ? null : readAll(answer.open(from));
  }

  /** Every name on the server with the milliseconds it has left. */
  async function lifetimes(): Promise<Map<string, number>> {
    const names = (await redis.keys('*')).sort();
    return new Map(await Promise.all(names.map(async (name) => [name, await redis.pttl(name)] as const)));
  }

  const named = async (pattern: RegExp): Promise<string[]> =>
    [...(await lifetimes()).keys()].filter((name) => pattern.test(name));
  const ENTRY = /\{[\w-]{43}\}$/;
  const PIECES = /\{[0-9a-f]{32}\}:\d+$/;

  describe('what was put', () => {
    it.each([0, 1, 65_536, 65_537, PIECE, PIECE + 1, 8 * PIECE - 1])(
      '%i bytes come back, for other processes too',
      async (size) => {
        const body = bodyOf(size);
        const head = headOf({ status: 203, notes: [[7, 'seven']] });
        await store(cacheOf(), KEY, body, head);
        const answer = (await cacheOf().get(KEY))!;
        expect(answer.head).toEqual(head);
        expect(answer.length).toBe(size);
        for (const from of new Set([0, size >> 1, Math.max(0, size - 1), size])) {
          const read = await readAll(answer.open(from));
          expect(read.equals(body.subarray(from)), `from ${from}`).toBe(true);
        }
      },
    );

    it('of unknown length, with the head that came at the end', async () => {
      const cache = cacheOf();
      const writer = cache.put(KEY, headOf({ status: 200 }), -1)!;
      writer.write(bodyOf(100_000));
      await writer.commit(headOf({ status: 206 }));
      expect((await cache.get(KEY))!.head.status).toBe(206);
      expect((await bodyIn(cache))!.equals(bodyOf(100_000))).toBe(true);
    });

    it('is not there before it is whole, and what was there before stays until then', async () => {
      const [cache, other] = [cacheOf(), cacheOf()];
      await store(cache, KEY, Buffer.from('old'));
      const writer = cache.put(KEY, headOf(), 2 * PIECE)!;
      writer.write(bodyOf(2 * PIECE - 1));
      expect((await bodyIn(other))!.toString()).toBe('old');
      writer.write(bodyOf(1));
      expect((await bodyIn(other))!.toString()).toBe('old');
      await writer.commit();
      expect((await bodyIn(other))!.length).toBe(2 * PIECE);
    });

    it('and aborted leaves nothing', async () => {
      const cache = cacheOf();
      const writer = cache.put(KEY, headOf(), 3 * PIECE)!;
      writer.write(bodyOf(2 * PIECE));
      writer.abort();
      await cache.close();
      expect(await lifetimes()).toEqual(new Map());
    });

    it.each([10, 2 * PIECE])('and removed is gone: %i bytes', async (size) => {
      const cache = cacheOf();
      await store(cache, KEY, bodyOf(size));
      await cache.remove(KEY);
      expect(await cacheOf().get(KEY)).toBe(null);
      await cache.remove(KEY);
    });

    it('is found under its own key, prefix and partition only', async () => {
      const caches = [{}, { prefix: 'other' }, { partition: 'ann' }, { prefix: 'other', partition: 'ann' }].map(cacheOf);
      const keys = [
        keyOf('http://h/'),
        keyOf('http://h/2'),
        keyOf('http://h/', { partition: 'ann' }),
        keyOf('http://h/', { variant: 'v' }),
      ];
      for (const [i, cache] of caches.entries()) {
        for (const [j, key] of keys.entries()) {
          expect(await cache.get(key)).toBe(null);
          await store(cache, key, Buffer.from(`${i} ${j}`));
        }
      }
      for (const [i, cache] of caches.entries())
        for (const [j, key] of keys.entries()) expect((await bodyIn(cache, key))!.toString()).toBe(`${i} ${j}`);
    });
  });

  describe('another head', () => {
    it.each([10, 2 * PIECE])('before the same body of %i bytes', async (size) => {
      const cache = cacheOf();
      await store(cache, KEY, bodyOf(size));
      const answer = (await cache.get(KEY))!;
      await cache.update(KEY, answer, headOf({ expires: 5 }));
      await cache.update(KEY, answer, headOf({ expires: 6 }));
      expect((await cacheOf().get(KEY))!.head.expires).toBe(6);
      expect((await bodyIn(cache))!.equals(bodyOf(size))).toBe(true);
    });

    it.each([
      ['another body', (cache: SharedCache) => store(cache, KEY, Buffer.from('new'))],
      ['none', (cache: SharedCache) => cache.remove(KEY)],
    ])('does not go before %s', async (_, change) => {
      const cache = cacheOf();
      await store(cache, KEY, Buffer.from('old'));
      const answer = (await cache.get(KEY))!;
      await change(cache);
      const before = await cache.get(KEY);
      await cache.update(KEY, answer, headOf({ expires: 5 }));
      expect((await cache.get(KEY))?.head).toEqual(before?.head);
    });

    it('gives the answer its whole lifetime again', async () => {
      const cache = cacheOf({ lifetime: DAY });
      await store(cache, KEY, bodyOf(2 * PIECE));
      for (const name of (await lifetimes()).keys()) await redis.pexpire(name, 60_000);
      await cache.update(KEY, (await cache.get(KEY))!, headOf());
      for (const [name, left] of await lifetimes()) expect(left, name).toBeGreaterThan(DAY - 60_000);
    });
  });

  describe('lifetimes', () => {
    it('nothing stays for ever, and no head longer than its body', async () => {
      const cache = cacheOf({ lifetime: DAY });
      await store(cache, KEY, bodyOf(2 * PIECE));
      await store(cache, keyOf('http://small/'), bodyOf(10));
      await cache.claim(keyOf('http://claimed/'), null);
      const pieces = [...(await lifetimes())].filter(([name]) => PIECES.test(name));
      const entries = [...(await lifetimes())].filter(([name]) => ENTRY.test(name));
      expect([pieces.length, entries.length, (await lifetimes()).size]).toEqual([2, 2, 5]);
      for (const [, left] of entries) expect(left).toBeLessThanOrEqual(DAY);
      for (const [, left] of entries) expect(left).toBeGreaterThan(DAY - 60_000);
      for (const [, left] of pieces) expect(left).toBeGreaterThan(DAY);
      for (const [name, left] of await lifetimes()) expect(left, name).toBeGreaterThan(0);
    });

    it('what a writer has sent who dies then goes after ten minutes', async () => {
      const cache = cacheOf();
      const writer = cache.put(KEY, headOf(), 3 * PIECE)!;
      writer.write(bodyOf(2 * PIECE));
      await cache.ready();
      const left = [...(await lifetimes()).values()];
      expect(left.length).toBe(2);
      for (const time of left) expect(time).toBeLessThanOrEqual(600_000);
      writer.abort();
    });

    it.each([
      ['replaced', (cache: SharedCache) => store(cache, KEY, bodyOf(3 * PIECE, 2)), 3],
      ['removed', (cache: SharedCache) => cache.remove(KEY), 0],
    ])('a body that was %s can be read to its end, and then goes', async (_, change, others) => {
      const cache = cacheOf();
      const body = bodyOf(20 * PIECE);
      await store(cache, KEY, body);
      const reader = (await cache.get(KEY))!.open(0)!;
      const first = Buffer.from((await pulled(reader))!);
      await change(cacheOf());
      await Promise.all(open.splice(1).map((one) => one.close()));
      const rest = await readAll(reader);
      expect(Buffer.concat([first, rest]).equals(body)).toBe(true);
      const leaving = [...(await lifetimes())].filter(([name, left]) => PIECES.test(name) && left <= 600_000);
      expect(leaving.length).toBe(20);
      expect((await named(PIECES)).length).toBe(20 + others);
    });
  });

  describe('what others do to our data', () => {
    it('a piece that is gone makes the answer gone', async () => {
      const cache = cacheOf();
      await store(cache, KEY, bodyOf(5 * PIECE));
      await redis.del((await named(PIECES))[3]!);
      expect(await cache.get(KEY)).toBe(null);
      // and nobody has to find that out again
      expect(await named(ENTRY)).toEqual([]);
      await store(cache, KEY, bodyOf(5 * PIECE));
      expect((await bodyIn(cache))!.length).toBe(5 * PIECE);
    });

    it.each<[string, (name: string) => Promise<unknown>]>([
      ['gone', (name) => redis.del(name)],
      ['damaged', (name) => redis.setrange(name, 100, 'damage')],
      ['cut off', async (name) => redis.set(name, (await redis.getBuffer(name))!.subarray(1))],
      ['something else', async (name) => (await redis.del(name)) && redis.lpush(name, 'a')],
    ])('a piece that is %s ends the reader with a failure, and no wrong byte is given out', async (_, change) => {
      const cache = cacheOf();
      const body = bodyOf(12 * PIECE);
      await store(cache, KEY, body);
      const reader = (await cache.get(KEY))!.open(0)!;
      const name = (await named(PIECES)).find((each) => each.endsWith(':9'))!;
      await change(name);
      let read = 0;
      for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) {
        expect(body.compare(piece, 0, piece.length, read, read + piece.length)).toBe(0);
        read += piece.length;
      }
      expect(reader.failure).toMatchObject({ kind: 'closed', phase: 'receive' });
      expect(read).toBeLessThanOrEqual(9 * PIECE);
      expect(read).toBeGreaterThan(0);
    });

    it('a damaged body is not offered again', async () => {
      const cache = cacheOf();
      await store(cache, KEY, bodyOf(2 * PIECE));
      await redis.setrange((await named(PIECES))[0]!, 100, 'damage');
      const reader = (await cache.get(KEY))!.open(0)!;
      expect(await pulled(reader)).toBe(null);
      expect(reader.failure).not.toBe(null);
      expect(await cache.get(KEY)).toBe(null);
    });

    it.each<[string, (name: string) => Promise<unknown>]>([
      ['a text', (name) => redis.set(name, 'text')],
      ['a list', (name) => redis.rpush(name, 'a', 'b')],
      ['other fields', (name) => redis.hset(name, 'h', 'x', 't', 'y', 'b', 'z', 'v', '1')],
      ['the version alone', (name) => redis.hset(name, 'v', '1')],
      ['a damaged head', async (name) => redis.hset(name, 'h', `${await redis.hget(name, 'h')} `)],
      ['a damaged body', (name) => redis.hset(name, 'b', 'damaged!!!')],
      [
        'the entry of another',
        async (name) => {
          const other = keyOf('http://other/');
          await store(cacheOf(), other, Buffer.from('other'));
          const from = (await named(ENTRY)).find((each) => each !== name)!;
          await redis.copy(from, name, 'REPLACE');
        },
      ],
    ])('%s under the name of an entry is nothing to anybody', async (_, change) => {
      const cache = cacheOf();
      await store(cache, KEY, Buffer.from('0123456789'));
      const [name] = await named(ENTRY);
      if (!/^a damaged|^the entry/.test(_)) await redis.del(name!);
      await change(name!);
      expect(await cache.get(KEY)).toBe(null);
      // neither does it keep anybody from fetching, nor from storing
      const claim = await cache.claim(KEY, null);
      expect(claim.kind).toBe('fetch');
      await store(cache, KEY, Buffer.from('new'));
      expect((await bodyIn(cache))!.toString()).toBe('new');
    });
  });

  describe('of many who want the same', () => {
    it('20 at a time: one fetches, the others get what it stored', async () => {
      let fetching = 0;
      let fetched = 0;
      const request = async (cache: SharedCache): Promise<string> => {
        for (;;) {
          const answer = await cache.get(KEY);
          if (answer !== null) return (await readAll(answer.open(0))).toString();
          const claim = await cache.claim(KEY, answer);
          if (claim.kind === 'look') continue;
          expect(++fetching).toBe(1);
          fetched++;
          await store(cache, KEY, Buffer.from('answer'));
          fetching--;
          claim.release();
        }
      };
      const caches = Array.from({ length: 20 }, () => cacheOf());
      const answers = await within(Promise.all(caches.map(request)), 'twenty answers', 10_000);
      expect(new Set(answers)).toEqual(new Set(['answer']));
      expect(fetched).toBe(1);
    });

    it('one after the other fetches what was not stored', async () => {
      const caches = Array.from({ length: 8 }, () => cacheOf());
      let fetching = 0;
      let fetched = 0;
      const request = async (cache: SharedCache): Promise<void> => {
        const claim = await cache.claim(KEY, null);
        if (claim.kind !== 'fetch') throw new Error('there is nothing to look at');
        expect(++fetching).toBe(1);
        fetched++;
        await redis.ping();
        fetching--;
        claim.release();
      };
      await within(Promise.all(caches.map(request)), 'eight turns', 10_000);
      expect(fetched).toBe(8);
    });

    it('all fetch at once what nobody can share', async () => {
      const [one, ...others] = Array.from({ length: 8 }, () => cacheOf());
      const claim = await one!.claim(KEY, null);
      if (claim.kind !== 'fetch') throw new Error('expected to fetch');
      const waiting = others.map((cache) => cache.claim(KEY, null));
      claim.release(true);
      for (const each of await within(Promise.all(waiting), 'the others', 5_000)) expect(each.kind).toBe('fetch');
      expect(await cacheOf().claim(KEY, null)).toMatchObject({ kind: 'fetch' });
      const [left] = (await lifetimes()).values();
      expect(left).toBeLessThanOrEqual(10_000);
    });

    it('what was stored between get and claim is looked at', async () => {
      const [cache, other] = [cacheOf(), cacheOf()];
      const nothing = await cache.get(KEY);
      await store(other, KEY, Buffer.from('1'));
      expect((await cache.claim(KEY, nothing)).kind).toBe('look');

      const stale = await cache.get(KEY);
      const claim = await other.claim(KEY, await other.get(KEY));
      if (claim.kind !== 'fetch') throw new Error('expected to fetch');
      await other.update(KEY, (await other.get(KEY))!, headOf({ expires: 9 }));
      claim.release();
      expect((await cache.claim(KEY, stale)).kind).toBe('look');
      expect((await cache.claim(KEY, await cache.get(KEY))).kind).toBe('fetch');
    });

    it('who lives keeps his lease, however long it takes', async () => {
      expect((await cacheOf({ lease: 200 }).claim(KEY, null)).kind).toBe('fetch');
      const [lease] = await redis.keys('*:lease');
      const holder = await redis.get(lease!);
      // this one loses patience, four leases later
      expect((await cacheOf({ wait: 800 }).claim(KEY, null)).kind).toBe('fetch');
      expect(await redis.get(lease!)).toBe(holder);
    });

    it('who dies loses his lease when its time is over', async () => {
      // where time stands still nobody renews anything
      const { cache: dead } = storeOver(new OwnServer(server.path), { prefix: 'qnetwork', lease: 200 }, new ManualClock());
      expect((await dead.claim(KEY, null)).kind).toBe('fetch');
      const heir = cacheOf({ wait: 60_000 });
      expect((await within(heir.claim(KEY, null), 'the end of the lease')).kind).toBe('fetch');
      const [lease] = await redis.keys('*:lease');
      const holder = await redis.get(lease!);
      await dead.close();
      expect(await redis.get(lease!)).toBe(holder);
    });

    it('release gives up only one’s own lease', async () => {
      const [first, second] = [cacheOf(), cacheOf()];
      const claim = await first.claim(KEY, null);
      if (claim.kind !== 'fetch') throw new Error('expected to fetch');
      const [lease] = await redis.keys('*:lease');
      await redis.del(lease!);
      expect((await second.claim(KEY, null)).kind).toBe('fetch');
      claim.release();
      claim.release();
      await first.close();
      expect(await redis.keys('*:lease')).toEqual([lease]);
    });
  });

  describe('a client of the program', () => {
    it('is used, with its own prefix of names, and is not closed', async () => {
      const client = new Redis(server.path, { keyPrefix: 'mine:' });
      try {
        const cache = cacheOf({ client });
        await store(cache, KEY, bodyOf(2 * PIECE));
        expect((await bodyIn(cache))!.equals(bodyOf(2 * PIECE))).toBe(true);
        for (const name of (await lifetimes()).keys()) expect(name).toMatch(/^mine:qnetwork:1:/);
        await cache.close();
        expect(cache.get(KEY)).toBe(null);
        expect(await client.ping()).toBe('PONG');
      } finally {
        client.disconnect();
      }
    });
  });

  it('no address is on the server', async () => {
    await store(
      cacheOf(),
      keyOf('http://me:hush@hush.example/hush?hush#hush', { variant: 'hush', partition: 'hush' }),
      bodyOf(9),
    );
    const [name] = await redis.keys('*');
    expect(JSON.stringify([name, await redis.hgetall(name!)])).not.toContain('hush');
  });
});
