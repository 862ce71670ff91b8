import { describe, expect, it } from 'vitest';
import type { CacheKey, StoredAnswer } from '../../../src/contract/cache.ts';
import { NetworkError, type QNetworkReply } from '../../../src/index.ts';
import { Trace, turns } from '../../api/bridge/support.ts';
import { once, until } from '../../support/once.ts';
import { isStored, type Kind, LateStore, Scene, whole } from './scene.ts';

const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };
const KINDS: readonly Kind[] = ['memory', 'disk', 'late'];
const MANY = Buffer.alloc(5_000_000, 'many bytes ');

async function filled(kind: Kind, body: Buffer | string = 'one'): Promise<Scene> {
  const scene = await Scene.open(kind);
  scene.script = [{ headers: FRESH, body }];
  await whole(scene.get());
  return scene;
}

describe.each(KINDS)('a long stored body (%s)', (kind) => {
  it('comes whole', async () => {
    await using scene = await filled(kind, MANY);
    const reply = await whole(scene.get());
    expect([isStored(reply), reply.readAll().equals(MANY)]).toEqual([true, true]);
  });

  it('waits for its reader', async () => {
    await using scene = await filled(kind, MANY);
    const reply = scene.get();
    reply.setReadBufferSize(100_000);
    await once(reply.readyRead);
    await turns(20);
    expect(reply.bytesAvailable()).toBeLessThan(400_000);
    expect(reply.isFinished()).toBe(false);
    const pieces: Buffer[] = [];
    for await (const piece of reply) pieces.push(Buffer.from(piece));
    expect(Buffer.concat(pieces).equals(MANY)).toBe(true);
    expect(reply.error()).toBe(0);
  });

  it('may be left in the middle', async () => {
    await using scene = await filled(kind, MANY);
    const reply = scene.get();
    reply.setReadBufferSize(100_000);
    await once(reply.readyRead);
    reply.abort();
    await turns(10);
    expect([reply.error(), reply.readAll().length]).toEqual([NetworkError.OperationCanceledError, 0]);
    expect((await whole(scene.get())).readAll().equals(MANY)).toBe(true);
  });

  it('does not keep others from being served', async () => {
    await using scene = await filled(kind, MANY);
    let turnsSeen = 0;
    const count = (): void => {
      turnsSeen++;
      if (!reply.isFinished()) setImmediate(count);
    };
    const reply = scene.get();
    setImmediate(count);
    await whole(reply);
    expect(turnsSeen).toBeGreaterThan(3);
  });
});

it.each(KINDS)('hits one after the other leave time for everything else (%s)', async (kind) => {
  await using scene = await filled(kind);
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  for (let i = 0; i < 1_000 && !turned; i++) expect(await scene.text()).toBe('one');
  expect(turned).toBe(true);
});

const MOMENTS: readonly [moment: string, act: (reply: QNetworkReply, abort: () => void) => void][] = [
  ['at once', (_reply, abort) => abort()],
  ['in the next tick', (_reply, abort) => process.nextTick(abort)],
  ['in a microtask', (_reply, abort) => queueMicrotask(abort)],
  ['in the next turn', (_reply, abort) => setImmediate(abort)],
  ['inside metaDataChanged', (reply, abort) => reply.metaDataChanged.connect(abort)],
  ['inside readyRead', (reply, abort) => reply.readyRead.connect(abort)],
  ['inside downloadProgress', (reply, abort) => reply.downloadProgress.connect(abort)],
  ['inside readChannelFinished', (reply, abort) => reply.readChannelFinished.connect(abort)],
  ['inside finished', (reply, abort) => reply.finished.connect(abort)],
];

describe.each(KINDS)('a hit that is left (%s)', (kind) => {
  it.each(MOMENTS)('%s: it ends once, and says nothing afterwards', async (_moment, act) => {
    await using scene = await filled(kind);
    const reply = scene.get();
    const trace = new Trace(scene.manager, reply);
    act(reply, () => reply.abort());
    await whole(reply);
    await turns(8);
    const said = trace.all.map((line) => line.split('(')[0]);
    expect(said.filter((line) => line === 'finished' || line === 'M.finished')).toEqual(['M.finished', 'finished']);
    expect(said.at(-1)).toMatch(/^(finished|aboutToClose)$/);
    expect(await scene.text()).toBe('one');
    expect(scene.server.requests).toHaveLength(1);
  });

  it.each(MOMENTS)('%s, by destroying it: it says nothing any more', async (_moment, act) => {
    await using scene = await filled(kind);
    const reply = scene.get();
    const trace = new Trace(scene.manager, reply);
    act(reply, () => reply.deleteLater());
    await once(reply.destroyed);
    await turns(8);
    expect(trace.all.at(-1)).toBe('destroyed');
    expect(trace.all.filter((line) => line === 'finished').length).toBeLessThan(2);
    expect(await scene.text()).toBe('one');
  });
});

describe.each(KINDS)('a miss that is left (%s)', (kind) => {
  it.each(MOMENTS.slice(0, 6))('%s: half of it is not served as all of it', async (_moment, act) => {
    await using scene = await Scene.open(kind);
    scene.script = [{ headers: { 'Cache-Control': 'max-age=60' }, body: 'abcdef', chunks: [3], pause: 10 }];
    const reply = scene.get();
    act(reply, () => reply.abort());
    await whole(reply);
    await turns(5);
    scene.script = [{ headers: FRESH, body: 'abcdef' }];
    const next = await whole(scene.get());
    expect([next.readAll().toString(), isStored(next)]).toEqual(['abcdef', false]);
  });
});

describe.each(KINDS)('a body whose rest is fetched (%s)', (kind) => {
  const REST = { ...FRESH, 'Content-Range': 'bytes 3000000-4999999/5000000' };

  async function broken(): Promise<Scene> {
    const scene = await Scene.open(kind);
    scene.script = [{ headers: FRESH, body: MANY, truncate: 3_000_000, end: 'close' }];
    await whole(scene.get());
    scene.script = [{ status: 206, headers: REST, body: MANY.subarray(3_000_000) }];
    return scene;
  }

  it('comes whole, to a reader who takes his time as well', async () => {
    await using scene = await broken();
    const reply = scene.get();
    reply.setReadBufferSize(100_000);
    const pieces: Buffer[] = [];
    for await (const piece of reply) pieces.push(Buffer.from(piece));
    expect([reply.error(), Buffer.concat(pieces).equals(MANY)]).toEqual([0, true]);
    const hit = await whole(scene.get());
    expect([isStored(hit), hit.readAll().equals(MANY)]).toEqual([true, true]);
  });

  it('is left before it came to what is new: the part stays as it was', async () => {
    await using scene = await broken();
    const reply = scene.get();
    reply.setReadBufferSize(100_000);
    await once(reply.readyRead);
    await turns(3);
    reply.abort();
    await turns(5);
    scene.script = [{ status: 206, headers: REST, body: MANY.subarray(3_000_000) }];
    expect((await whole(scene.get())).readAll().equals(MANY)).toBe(true);
    expect(scene.server.requests.map((request) => request.header('Range'))).toEqual([
      undefined,
      'bytes=3000000-',
      'bytes=3000000-',
    ]);
  });
});

describe('another cache in mid-flight', () => {
  it('the answer goes where it was to go, the next request looks into the new one', async () => {
    await using scene = await Scene.open();
    const keeper = new LateStore();
    scene.manager.setCache(keeper);
    scene.script = [
      { headers: FRESH, body: 'abcdef', chunks: [3], pause: 20 },
      { headers: FRESH, body: 'new' },
    ];
    const reply = scene.get();
    await once(reply.readyRead);
    const other = new LateStore();
    scene.manager.setCache(other);
    expect(await scene.text()).toBe('new');
    expect((await whole(reply)).readAll().toString()).toBe('abcdef');
    await turns(5);
    const key: CacheKey = { url: scene.at(), partition: '', variant: '' };
    expect([keeper.inner.get(key)?.length, other.inner.get(key)?.length]).toEqual([6, 3]);
  });

  it('none any more, and the one there was is destroyed: the request goes on', async () => {
    await using scene = await Scene.open();
    scene.script = [{ headers: FRESH, body: 'abcdef', chunks: [3], pause: 20 }, { body: 'two' }];
    const reply = scene.get();
    await once(reply.readyRead);
    scene.manager.setCache(null);
    expect((await whole(reply)).readAll().toString()).toBe('abcdef');
    expect(await scene.text()).toBe('two');
  });

  it('none any more, and those who wait for the answer go on', async () => {
    await using scene = await Scene.open();
    scene.script = [{ headers: FRESH, body: 'abcdef', chunks: [3], pause: 20 }];
    const replies = [scene.get(), scene.get(), scene.get()];
    await once(replies[0]!.readyRead);
    scene.manager.setCache(null);
    scene.script.push({ body: 'own' }, { body: 'own' });
    const texts = (await Promise.all(replies.map((reply) => whole(reply)))).map((reply) => reply.readAll().toString());
    expect(texts).toEqual(['abcdef', 'own', 'own']);
  });

  it('none any more between the word of the server and what it is about', async () => {
    await using scene = await filled('memory');
    scene.clock.advance(61_000);
    scene.script = [{ status: 304 }];
    // the cookies of the 304 are heard, and only then the stored answer goes out
    scene.script = [{ status: 304, headers: { 'Set-Cookie': 'a=1' } }];
    const jar = scene.manager.cookieJar()!;
    const { setCookiesFromUrl } = jar;
    jar.setCookiesFromUrl = (...args) => {
      scene.manager.setCache(null);
      return setCookiesFromUrl.apply(jar, args);
    };
    expect(await scene.text()).toBe('one');
    expect(scene.server.requests).toHaveLength(2);
  });
});

describe('a store that takes its time', () => {
  /** Its answers wait for the test. */
  class Slow extends LateStore {
    readonly asked: (() => void)[] = [];
    override later = (): Promise<void> => new Promise((answer) => this.asked.push(answer));
  }
  async function slow(): Promise<{ scene: Scene; store: Slow }> {
    const scene = await Scene.open();
    const store = new Slow();
    scene.manager.setCache(store);
    return { scene, store };
  }

  it.each(['abort', 'deleteLater'] as const)('%s() meanwhile: the late answer finds nobody', async (how) => {
    const { scene, store } = await slow();
    await using _ = scene;
    const reply = scene.get();
    await until(() => store.asked.length === 1, 'the question');
    const trace = new Trace(scene.manager, reply);
    reply[how]();
    await turns(3);
    const said = trace.all.length;
    store.asked[0]!();
    await turns(5);
    expect(trace.all).toHaveLength(said);
    expect(scene.server.requests).toHaveLength(0);
  });

  it('the manager goes meanwhile', async () => {
    const { scene, store } = await slow();
    await using _ = scene;
    const outcome = scene
      .get()
      .whenFinished()
      .catch(() => 'rejected');
    await until(() => store.asked.length === 1, 'the question');
    await scene.manager.close();
    store.asked[0]!();
    await turns(5);
    expect((await outcome) as QNetworkReply).toMatchObject({});
    expect(scene.server.requests).toHaveLength(0);
  });

  it('limits run on', async () => {
    const { scene, store } = await slow();
    await using _ = scene;
    const reply = scene.manager.get(scene.at(), { timeout: { total: 100 } });
    await until(() => store.asked.length === 1, 'the question');
    scene.clock.advance(100);
    await whole(reply);
    expect(reply.failure()).toMatchObject({ kind: 'timeout', limit: { name: 'total', milliseconds: 100 } });
    store.asked[0]!();
    await turns(5);
    expect(scene.server.requests).toHaveLength(0);
  });

  it('who looks after a change waits until it is made', async () => {
    const { scene, store } = await slow();
    await using _ = scene;
    const { later } = store;
    store.later = async () => {};
    scene.script = [{ headers: FRESH, body: 'old' }, { body: 'done' }, { headers: FRESH, body: 'new' }];
    await whole(scene.get());
    store.later = later;
    const post = await whole(scene.manager.post(scene.at(), 'x'));
    expect(post.readAll().toString()).toBe('done');
    const reply = scene.get();
    for (let i = 0; !reply.isFinished(); i++) {
      expect(i).toBeLessThan(1_000);
      store.asked.shift()?.();
      await turns(1);
    }
    expect(reply.readAll().toString()).toBe('new');
  });

  it('its body is gone when it is to be read: the server is asked', async () => {
    const { scene, store } = await slow();
    await using _ = scene;
    store.later = async () => {};
    scene.script = [
      { headers: FRESH, body: 'old' },
      { headers: FRESH, body: 'new' },
    ];
    await whole(scene.get());
    const { get } = LateStore.prototype;
    store.get = async (key) => {
      const found: StoredAnswer | null = await get.call(store, key);
      return found === null ? null : { head: found.head, length: found.length, open: () => null };
    };
    const reply = await whole(scene.get());
    expect([reply.readAll().toString(), isStored(reply)]).toEqual(['new', false]);
    const cached = await whole(scene.manager.get(scene.at(), { cache: 'only-if-cached' }));
    expect(cached.error()).toBe(NetworkError.ContentNotFoundError);
  });
});
