import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import type { Clock } from '../../src/contract/clock.ts';
import { OwnServer } from '../../src/stores/cache/shared-client.ts';
import type { SharedSettings, SharedStore } from '../../src/stores/cache/shared-store.ts';
import { bodyOf, headOf, KEY, keyOf, pulled, readAll, store, storeOver } from '../stores/cache/shared-parts.ts';
import { until, within } from '../support/once.ts';
import { needing, program } from './programs.ts';
import { RedisServer } from './redis.ts';

const PIECE = 128 * 1024;

/** Stands before the server: hands everything on, nothing at all, or only so many bytes of what the server says. */
class Between implements AsyncDisposable {
  readonly path: string;
  /** Bytes that the server may still say before the connections are cut. */
  left = Number.POSITIVE_INFINITY;
  connections = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private held = false;

  constructor(server: RedisServer) {
    this.path = join(server.folder, 'between');
    this.server = createServer((near) => {
      this.connections++;
      const far = connect(server.path);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => {
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far);
      far.on('data', (bytes) => {
        near.write(bytes.subarray(0, this.left));
        this.left -= bytes.length;
        if (this.left <= 0) far.destroy();
      });
      if (this.held) this.hold();
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(this.path, resolve));
    return this;
  }

  /** From now on nothing comes back. */
  hold(): void {
    this.held = true;
    for (const socket of this.sockets) socket.pause();
  }

  goOn(): void {
    this.held = false;
    for (const socket of this.sockets) socket.resume();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe.skipIf(program('redis-server') === null)(needing('shared cache in trouble', 'redis-server'), () => {
  let server: RedisServer;
  let between: Between;
  let cache: SharedStore;
  let troubles: string[];
  /** Milliseconds by which the clock of the cache is ahead of ours. */
  let ahead = 0;
  const clock: Clock = { ...systemClock, now: () => systemClock.now() + ahead };

  function start(settings: Partial<SharedSettings> = {}): void {
    ({ cache, troubles } = storeOver(new OwnServer(between.path), { timeout: 250, ...settings }, clock));
  }

  beforeEach(async () => {
    ahead = 0;
    server = await new RedisServer('--maxmemory', '40mb', '--maxmemory-policy', 'noeviction').start();
    between = await new Between(server).start();
    start();
  });
  afterEach(async () => {
    server.thaw();
    await cache.close();
    await between[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** The pause after trouble is over. */
  const later = (): void => {
    ahead += 5_000;
  };

  const timed = async (work: () => unknown): Promise<number> => {
    const since = performance.now();
    await work();
    return performance.now() - since;
  };

  it('a server that was never there: nothing is found, nothing kept, nobody waits', async () => {
    await server.kill();
    expect(await cache.get(KEY)).toBe(null);
    expect(await cache.claim(KEY, null)).toMatchObject({ kind: 'fetch' });
    expect(troubles.length).toBe(1);
    expect(cache.get(KEY)).toBe(null);
    await expect(cache.ready()).rejects.toThrow(/cannot be used/);
  });

  it('killed while it is read: the reader fails, with no byte that was not read', async () => {
    const body = bodyOf(20 * PIECE);
    await store(cache, KEY, body);
    const reader = (await cache.get(KEY))!.open(0)!;
    const first = Buffer.from((await pulled(reader))!);
    await server.kill();
    let read = first.length;
    const end = async (): Promise<void> => {
      for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) {
        expect(body.compare(piece, 0, piece.length, read, read + piece.length)).toBe(0);
        read += piece.length;
      }
    };
    await within(end(), 'the end of the reader');
    expect(reader.failure?.message).toMatch(/cannot be used/);
    expect(read).toBeLessThan(body.length);
    reader.close();
  });

  it('cut in the middle of a piece: the reader fails', async () => {
    const body = bodyOf(20 * PIECE);
    await store(cache, KEY, body);
    const reader = (await cache.get(KEY))!.open(0)!;
    between.left = 3.5 * PIECE;
    const pieces: Buffer[] = [];
    for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) pieces.push(Buffer.from(piece));
    expect(reader.failure).not.toBe(null);
    const read = Buffer.concat(pieces);
    expect(read.equals(body.subarray(0, read.length))).toBe(true);
  });

  it('killed while it is written: nothing is kept, the writer takes the rest, and after a restart all is well', async () => {
    const writer = cache.put(KEY, headOf(), 20 * PIECE)!;
    let waited = writer.write(bodyOf(10 * PIECE)) === false;
    expect(waited).toBe(true);
    writer.drained = () => {
      waited = false;
    };
    await server.kill();
    await until(() => !waited, 'drained');
    expect(writer.write(bodyOf(10 * PIECE))).toBe(true);
    await within(writer.commit() as Promise<void>, 'the commit');

    await server.start();
    later();
    expect(await cache.get(KEY)).toBe(null);
    await store(cache, KEY, bodyOf(20 * PIECE));
    expect((await readAll((await cache.get(KEY))!.open(0))).equals(bodyOf(20 * PIECE))).toBe(true);
  });

  it('killed while somebody waits for another: he fetches himself', async () => {
    const { cache: other } = storeOver(new OwnServer(server.path));
    expect((await other.claim(KEY, null)).kind).toBe('fetch');
    const waiting = cache.claim(KEY, null);
    await server.kill();
    expect((await within(waiting, 'the claim', 3_000)).kind).toBe('fetch');
    await other.close();
  });

  it('that stands still costs one answer its limit, twice; then nothing', async () => {
    await store(cache, KEY, Buffer.from('kept'));
    server.freeze();
    for (const _ of [1, 2]) {
      const took = await timed(async () => expect(await cache.get(KEY)).toBe(null));
      expect(took).toBeGreaterThan(200);
      expect(took).toBeLessThan(2_000);
    }
    expect(troubles).toEqual([`SharedCache: ${between.path} cannot be used (no answer within 250 ms)`]);
    expect(cache.get(KEY)).toBe(null);
    expect(await cache.claim(KEY, null)).toMatchObject({ kind: 'fetch' });

    server.thaw();
    later();
    expect((await readAll((await cache.get(KEY))!.open(0))).toString()).toBe('kept');
    // on a new connection: the answers of the old one are nobody's any more
    expect(between.connections).toBe(2);
  });

  it('that stands still while it is read: the reader fails after ten times the limit', async () => {
    await store(cache, KEY, bodyOf(20 * PIECE));
    await cache.close();
    start({ timeout: 100 });
    const reader = (await cache.get(KEY))!.open(0)!;
    await pulled(reader);
    between.hold();
    const end = async (): Promise<void> => {
      while ((await pulled(reader)) !== null);
    };
    const took = await timed(() => within(end(), 'the end of the reader'));
    expect(took).toBeLessThan(4_000);
    expect(reader.failure?.message).toMatch(/no answer within 1000 ms/);
    between.goOn();
  });

  it('slow for a moment only: one miss, and nothing is given up', async () => {
    await store(cache, KEY, Buffer.from('kept'));
    between.hold();
    expect(await cache.get(KEY)).toBe(null);
    between.goOn();
    expect((await readAll((await cache.get(KEY))!.open(0))).toString()).toBe('kept');
    expect(troubles).toEqual([]);
    expect(between.connections).toBe(1);
  });

  it('cut between two requests: the next one is served on a new connection', async () => {
    await store(cache, KEY, Buffer.from('kept'));
    between.left = 0;
    expect(await cache.get(KEY)).toBe(null);
    between.left = Number.POSITIVE_INFINITY;
    expect((await readAll((await cache.get(KEY))!.open(0))).toString()).toBe('kept');
    expect(troubles).toEqual([]);
  });

  it('full: what has no place is not kept, the rest is served, and somebody is told', async () => {
    await store(cache, KEY, Buffer.from('kept'));
    for (let i = 0; i < 12; i++) await store(cache, keyOf(`http://h/${i}`), bodyOf(4_000_000, i));
    expect(troubles[0]).toMatch(/\(OOM\)/);
    let found = 0;
    for (let i = 0; i < 12; i++) {
      const answer = await cache.get(keyOf(`http://h/${i}`));
      if (answer === null) continue;
      expect((await readAll(answer.open(0))).equals(bodyOf(4_000_000, i))).toBe(true);
      found++;
    }
    expect(found).toBeGreaterThan(5);
    expect(found).toBeLessThan(12);
    expect((await readAll((await cache.get(KEY))!.open(0))).toString()).toBe('kept');
    // the old answer stays where the new one has no place
    await store(cache, KEY, bodyOf(60_000));
    expect((await readAll((await cache.get(KEY))!.open(0))).length).toBeOneOf([4, 60_000]);
  });
});

describe.skipIf(program('redis-server') === null)(needing('shared cache and other servers', 'redis-server'), () => {
  it('one that throws out what was not used: answers are whole, gone, or break off', async () => {
    await using server = await new RedisServer('--maxmemory', '20mb', '--maxmemory-policy', 'allkeys-lru').start();
    const { cache, troubles } = storeOver(new OwnServer(server.path));
    let whole = 0;
    for (let i = 0; i < 60; i++) {
      await store(cache, keyOf(`http://h/${i}`), bodyOf(1_000_000, i));
      const reader = (await cache.get(keyOf(`http://h/${i >> 1}`)))?.open(0);
      if (!reader) continue;
      const body = bodyOf(1_000_000, i >> 1);
      let read = 0;
      for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) {
        expect(body.compare(piece, 0, piece.length, read, read + piece.length)).toBe(0);
        read += piece.length;
      }
      // a piece may be thrown out in the moment before it is read
      if (reader.failure === null) {
        expect(read).toBe(body.length);
        whole++;
      }
    }
    expect(whole).toBeGreaterThan(5);
    expect(whole).toBeLessThan(60);
    expect(troubles).toEqual([]);
    await cache.close();
  });

  it('one with a password', async () => {
    await using server = await new RedisServer('--requirepass', 'hush').start();
    const { cache } = storeOver(new OwnServer(`${server.path}?password=hush`));
    await store(cache, KEY, Buffer.from('kept'));
    expect(await cache.get(KEY)).not.toBe(null);
    await cache.close();

    for (const [url, reason] of [
      [`${server.path}?password=hushhush`, 'WRONGPASS'],
      [server.path, 'NOAUTH'],
    ] as const) {
      const { cache: other, troubles } = storeOver(new OwnServer(url));
      await expect(other.ready()).rejects.toThrow(`SharedCache: ${server.path} cannot be used (${reason})`);
      for (const _ of [1, 2]) expect(await other.get(KEY)).toBe(null);
      expect(other.get(KEY)).toBe(null);
      expect(troubles.length).toBe(1);
      expect(troubles[0]).not.toContain('hush');
      await other.close();
    }
  });
});
