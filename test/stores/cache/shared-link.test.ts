import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { OwnServer, type RedisPackage } from '../../../src/stores/cache/shared-client.ts';
import { ManualClock } from '../../support/clock.ts';
import { headOf, KEY, keyOf, replyError, ScriptedServer, settled, storeOver } from './shared-parts.ts';

const NOTHING = [null, null, null, null];
const gone = (): never => {
  throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
};

describe('a server that does not answer', () => {
  test('is waited for 500 ms, twice; then for five seconds it is not asked', async () => {
    const clock = new ManualClock();
    const server = new ScriptedServer();
    const { cache, troubles } = storeOver(server, {}, clock);
    for (const told of [0, 1]) {
      const found = cache.get(KEY);
      clock.advance(499);
      await settled();
      expect(troubles.length).toBe(0);
      clock.advance(1);
      expect(await found).toBe(null);
      expect(troubles.length).toBe(told);
    }
    expect(troubles).toEqual(['SharedCache: example.org:6379 cannot be used (no answer within 500 ms)']);
    expect(server.hungUp).toBe(1);

    const asked = server.asked.length;
    // no promise: nobody loses a turn
    expect(cache.get(KEY)).toBe(null);
    expect(cache.put(KEY, headOf(), 1)).toBe(null);
    expect(await cache.claim(KEY, null)).toMatchObject({ kind: 'fetch' });
    await cache.remove(KEY);
    expect(server.asked.length).toBe(asked);
    expect(clock.running).toBe(0);

    // one more is enough for the next pause
    clock.advance(5_000);
    const found = cache.get(KEY);
    clock.advance(500);
    expect(await found).toBe(null);
    expect(cache.get(KEY)).toBe(null);

    // and one answer is enough to be there again
    clock.advance(5_000);
    server.answer = () => NOTHING;
    expect(await cache.get(KEY)).toBe(null);
    server.answer = gone;
    expect(await cache.get(KEY)).toBe(null);
    expect(cache.get(KEY)).not.toBe(null);
  });

  test('keeps the process alive only while a question is open', async () => {
    const clock = new ManualClock();
    const server = new ScriptedServer();
    const { cache } = storeOver(server, {}, clock);
    const found = cache.get(KEY);
    expect(clock.holding).toBe(1);
    clock.advance(500);
    await found;
    server.answer = () => NOTHING;
    await cache.get(KEY);
    expect(clock.running).toBe(0);
  });

  test('an answer that came while this process had no time counts', async () => {
    const clock = new ManualClock();
    const server = new ScriptedServer();
    let answer!: (fields: unknown) => void;
    server.answer = () => new Promise((resolve) => (answer = resolve));
    const { cache, troubles } = storeOver(server, {}, clock);
    for (const _ of [1, 2, 3]) {
      const found = cache.get(KEY);
      clock.advance(10_000);
      answer(NOTHING);
      await found;
    }
    expect(troubles).toEqual([]);
  });

  test('waiting for somebody else ends with it', async () => {
    const clock = new ManualClock();
    const server = new ScriptedServer();
    server.answer = () => 'wait';
    const { cache } = storeOver(server, {}, clock);
    const claim = cache.claim(KEY, null);
    await settled();
    server.answer = gone;
    for (let i = 0; i < 3; i++) {
      clock.advance(500);
      await settled();
    }
    expect(await claim).toMatchObject({ kind: 'fetch' });
  });
});

describe('error replies', () => {
  test.each(['NOAUTH Authentication required.', 'READONLY You can’t write', 'LOADING Redis is loading', 'WRONGPASS no'])(
    '%s: it is left alone',
    async (message) => {
      const server = new ScriptedServer();
      server.answer = () => {
        throw replyError(message);
      };
      const { cache, troubles } = storeOver(server);
      for (const _ of [1, 2]) expect(await cache.get(KEY)).toBe(null);
      expect(cache.get(KEY)).toBe(null);
      expect(troubles).toEqual([`SharedCache: example.org:6379 cannot be used (${/^\w+/.exec(message)![0]})`]);
    },
  );

  test('about one command alone do not end the rest', async () => {
    const server = new ScriptedServer();
    server.answer = () => {
      throw replyError('OOM command not allowed');
    };
    const { cache, troubles } = storeOver(server);
    for (const _ of [1, 2, 3, 4]) expect(await cache.get(KEY)).toBe(null);
    expect(server.asked.length).toBe(4);
    expect(troubles[0]).toBe('SharedCache: example.org:6379 cannot be used (OOM)');
  });
});

/** What is used of ioredis, and what was done with it. */
function redisPackage(problem?: Error): { load: () => Promise<RedisPackage>; made: FakeRedis[] } {
  const made: FakeRedis[] = [];
  class Redis extends FakeRedis {
    constructor(url: string, options: object) {
      super(url, options);
      this.problem = problem;
      made.push(this);
    }
  }
  return { load: () => Promise.resolve({ Redis }), made };
}

class FakeRedis {
  status = 'wait';
  problem: Error | undefined;
  stream: { unref(): void; destroy(): void } = { unref: () => this.did.push('unref'), destroy: () => this.did.push('destroy') };
  readonly did: string[] = [];
  readonly url: string;
  readonly options: object;
  private readonly slots = new Map<string, (problem: unknown) => void>();

  constructor(url: string, options: object) {
    this.url = url;
    this.options = options;
  }
  on(event: string, slot: (problem: unknown) => void): void {
    this.slots.set(event, slot);
  }
  emit(event: string, problem?: unknown): void {
    this.slots.get(event)!(problem);
  }
  disconnect(): void {
    this.did.push('disconnect');
    this.status = 'end';
  }
  async callBuffer(command: string): Promise<unknown> {
    this.did.push(command);
    if (this.problem === undefined) {
      this.status = 'ready';
      return Buffer.from('PONG');
    }
    this.status = 'end';
    this.emit('error', this.problem);
    throw new Error('Connection is closed.');
  }
}

const URL_WITH_SECRETS = 'redis://me:hush@cache.example.org:7000/3?key=hush';

describe('a connection of our own', () => {
  test('does not hold the process, and is made again after it was lost', async () => {
    const { load, made } = redisPackage();
    const { cache } = storeOver(new OwnServer(URL_WITH_SECRETS, load));
    await Promise.all([cache.ready(), cache.ready()]);
    expect(made.length).toBe(1);
    const [first] = made;
    expect(first!.url).toBe(URL_WITH_SECRETS);
    first!.emit('connect');
    expect(first!.did).toEqual(['ping', 'ping', 'unref']);
    first!.status = 'end';
    await cache.ready();
    await cache.close();
    expect(made.map(({ did }) => did)).toEqual([
      ['ping', 'ping', 'unref'],
      ['ping', 'destroy'],
    ]);
  });

  test('is not opened before it is needed, nor by closing', async () => {
    const { load, made } = redisPackage();
    const { cache } = storeOver(new OwnServer('redis://h', load));
    await cache.close();
    expect(made.length).toBe(0);
    await expect(cache.ready()).rejects.toThrow('closed');
    expect(cache.get(KEY)).toBe(null);
    expect(made.length).toBe(0);
  });

  test.each([
    ['system errors', Object.assign(new Error('connect ECONNREFUSED hush'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['replies', replyError('ERR unknown command, with args beginning with: `me` `hush`'), 'ERR'],
    ['anything else', new Error('the password hush is wrong'), 'the connection was closed'],
  ])('no secret appears anywhere: %s', async (_, problem, reason) => {
    const { load } = redisPackage(problem);
    const server = new OwnServer(URL_WITH_SECRETS, load);
    const { cache, troubles } = storeOver(server);
    const error = await cache.ready().catch((caught: unknown) => caught as Error);
    expect((error as Error).message).toBe(`SharedCache: cache.example.org:7000 cannot be used (${reason})`);
    for (const _2 of [1, 2, 3]) await cache.get(keyOf('http://example.org/?hush'));
    for (const thing of [error, troubles, server, cache])
      expect(inspect(thing, { depth: 20, showHidden: true })).not.toContain('hush');
  });

  test.each([
    ['/tmp/redis.sock?password=hush', '/tmp/redis.sock'],
    ['rediss://u:p@[::1]', '[::1]:6379'],
  ])('%s is at %s', (url, place) => expect(new OwnServer(url).place).toBe(place));

  test('loading the package is not the server’s time', async () => {
    const clock = new ManualClock();
    const { load } = redisPackage();
    let loaded!: () => void;
    const gate = new Promise<void>((resolve) => (loaded = resolve));
    const { cache } = storeOver(new OwnServer('redis://h', () => gate.then(load)), {}, clock);
    const ready = cache.ready();
    clock.advance(60_000);
    loaded();
    await ready;
  });

  test('without the package: says what to install, and does not try again', async () => {
    let loads = 0;
    const load = async (): Promise<RedisPackage> => {
      loads++;
      throw Object.assign(new Error('Cannot find package'), { code: 'ERR_MODULE_NOT_FOUND' });
    };
    const clock = new ManualClock();
    const { cache, troubles } = storeOver(new OwnServer('redis://h', load), {}, clock);
    const told = 'SharedCache: the package ioredis is not installed: npm install ioredis';
    expect(await cache.get(KEY)).toBe(null);
    expect(troubles).toEqual([told]);
    clock.advance(3_600_000);
    expect(cache.get(KEY)).toBe(null);
    await expect(cache.ready()).rejects.toThrow(told);
    expect(loads).toBe(1);
  });
});
