import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  QNetworkAccessManager,
  QNetworkRequest,
  type RequestOptions,
  SharedCache,
  type SharedCacheOptions,
} from '../../src/index.ts';
import type { Answer } from '../support/answer.ts';
import { type Route, type Served, serve } from '../support/server.ts';
import { needing, program } from './programs.ts';
import { RedisServer } from './redis.ts';

const { Attribute } = QNetworkRequest;

const FRESH: Answer = { headers: { 'Cache-Control': 'max-age=60' }, body: 'fresh' };

describe.skipIf(program('redis-server') === null)(needing('managers with a shared cache', 'redis-server'), () => {
  let server: RedisServer;
  let redis: Redis;
  let closing: { close(): Promise<unknown> }[] = [];

  beforeAll(async () => {
    server = await new RedisServer().start();
    redis = new Redis(server.path);
  });
  afterAll(async () => {
    redis?.disconnect();
    await server[Symbol.asyncDispose]();
  });
  beforeEach(() => redis.flushall());
  afterEach(async () => {
    for (const thing of closing) await thing.close();
    closing = [];
  });

  /** A machine of its own, as far as the cache can tell. */
  function managerWith(options: SharedCacheOptions = {}): QNetworkAccessManager {
    const manager = new QNetworkAccessManager();
    const cache = new SharedCache({ url: server.path, ...options });
    manager.setCache(cache);
    closing.push(manager, cache);
    return manager;
  }

  async function originOf(route: Route): Promise<Served> {
    const origin = await serve({ routes: { '*': route } });
    onTestFinished(() => origin[Symbol.asyncDispose]());
    return origin;
  }

  it('what one has fetched another is served', async () => {
    const origin = await originOf(FRESH);
    expect(await managerWith().get(origin.url()).text()).toBe('fresh');
    const reply = await managerWith().get(origin.url()).whenFinished();
    expect(reply.readAll().toString()).toBe('fresh');
    expect(reply.attribute(Attribute.SourceIsFromCacheAttribute)).toBe(true);
    expect(origin.requests.length).toBe(1);
  });

  it('a long body, too', async () => {
    const body = Buffer.alloc(3_000_000, '0123456789');
    const origin = await originOf({ ...FRESH, body });
    for (const _ of [1, 2]) expect((await managerWith().get(origin.url()).bytes()).equals(body)).toBe(true);
    expect(origin.requests.length).toBe(1);
  });

  it('what is stale is validated once for all', async () => {
    const origin = await originOf([
      { headers: { 'Cache-Control': 'max-age=0', ETag: '"1"' }, body: 'kept' },
      { status: 304, headers: { 'Cache-Control': 'max-age=60', ETag: '"1"' } },
    ]);
    for (const _ of [1, 2, 3]) expect(await managerWith().get(origin.url()).text()).toBe('kept');
    expect(origin.requests.map((request) => request.header('if-none-match'))).toEqual([undefined, '"1"']);
  });

  it('20 who ask at the same time cost one request', async () => {
    const origin = await originOf({ ...FRESH, delay: 300 });
    const managers = Array.from({ length: 20 }, () => managerWith());
    const texts = await Promise.all(managers.map((manager) => manager.get(origin.url()).text()));
    expect(new Set(texts)).toEqual(new Set(['fresh']));
    expect(origin.requests.length).toBe(1);
  });

  describe('what is for one person', () => {
    const WAYS: readonly [string, RequestOptions, Answer][] = [
      ['the answer to Authorization', { headers: { Authorization: 'Bearer hush' } }, FRESH],
      ['the answer to Cookie', { headers: { Cookie: 'a=hush' } }, FRESH],
      ['an answer with Set-Cookie', {}, { ...FRESH, headers: { 'Cache-Control': 'max-age=60', 'Set-Cookie': 'a=hush' } }],
      ['an answer with private', {}, { ...FRESH, headers: { 'Cache-Control': 'max-age=60, private' } }],
    ];

    it.each(WAYS)('is not stored: %s', async (_, options, answer) => {
      const origin = await originOf(answer);
      for (const _2 of [1, 2]) expect(await managerWith().get(origin.url(), options).text()).toBe('fresh');
      expect(origin.requests.length).toBe(2);
      expect((await redis.keys('*')).filter((name) => !name.endsWith(':lease'))).toEqual([]);
    });

    it.each(WAYS)('is stored in a partition of the request: %s', async (_, options, answer) => {
      const origin = await originOf(answer);
      const get = (partition: string): Promise<string> =>
        managerWith()
          .get(origin.url(), { ...options, partition })
          .text();
      for (const _2 of [1, 2]) await get('ann');
      expect(origin.requests.length).toBe(1);
      await get('bob');
      expect(origin.requests.length).toBe(2);
    });

    it.each(WAYS)('is stored in a cache with a partition: %s', async (_, options, answer) => {
      const origin = await originOf(answer);
      for (const _2 of [1, 2]) await managerWith({ partition: 'ann' }).get(origin.url(), options).text();
      expect(origin.requests.length).toBe(1);
      await managerWith({ partition: 'bob' }).get(origin.url(), options).text();
      expect(origin.requests.length).toBe(2);
    });
  });

  it('a server that is not there costs nothing but the cache', async () => {
    const client = {
      callBuffer: (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ECONNREFUSED' })),
    };
    const warnings: string[] = [];
    const hear = ({ message }: Error): void => void warnings.push(message);
    process.on('warning', hear);
    onTestFinished(() => void process.off('warning', hear));
    const origin = await originOf(FRESH);
    const manager = new QNetworkAccessManager();
    const cache = new SharedCache({ client });
    manager.setCache(cache);
    closing.push(manager, cache);
    for (const _ of [1, 2, 3]) expect(await manager.get(origin.url()).text()).toBe('fresh');
    expect(origin.requests.length).toBe(3);
    expect(warnings).toEqual([
      'SharedCache: the server of the given client cannot be used (ECONNREFUSED). Requests go on without it.',
    ]);
  });

  it('a stored answer that breaks off is an error of the reply, not a wrong body', async () => {
    const body = Buffer.alloc(3_000_000, '0123456789');
    const origin = await originOf({ ...FRESH, body });
    const manager = managerWith();
    expect((await manager.get(origin.url()).bytes()).length).toBe(body.length);
    const piece = (await redis.keys('*')).find((name) => name.endsWith(':9'))!;
    await redis.setrange(piece, 100, 'damage');
    const reply = await manager.get(origin.url()).whenFinished();
    if (reply.ok()) expect(reply.readAll().equals(body)).toBe(true);
    else expect(body.indexOf(reply.readAll())).toBe(0);
    // the next one is sound again
    expect((await manager.get(origin.url()).bytes()).equals(body)).toBe(true);
    expect(origin.requests.length).toBe(2);
  });
});
