import { describe, expect, it } from 'vitest';
import type { CacheClaim, CacheKey, StoredAnswer } from '../../../src/contract/cache.ts';
import { MemoryCacheStore } from '../../../src/stores/cache/memory-store.ts';
import { turns } from '../../api/bridge/support.ts';
import { isStored, LateStore, Scene, whole } from './scene.ts';

// What the stage asks of a store, and when.

const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };
const VARYING = { ...FRESH, Vary: 'X-Kind' };

describe('what is in the store', () => {
  it('nothing that no request can find any more', async () => {
    await using scene = await Scene.open();
    const store = new MemoryCacheStore();
    scene.manager.setCache(store);
    const kept = (): string[] => [...store.entries()].map(({ key }) => (key.variant === '' ? 'url' : 'variant')).sort();
    scene.script = [
      { headers: VARYING, body: 'a' },
      { headers: VARYING, body: 'b' },
      { headers: FRESH, body: 'all' },
    ];
    await scene.text('/', { 'X-Kind': 'a' });
    await scene.text('/', { 'X-Kind': 'b' });
    expect(kept()).toEqual(['url', 'variant', 'variant']);
    await scene.text('/', { 'X-Kind': 'c' });
    expect(kept()).toEqual(['url']);
    scene.script = [{ headers: VARYING, body: 'a' }, { body: 'changed' }];
    await whole(scene.manager.get(scene.at(), { cache: 'reload' }));
    expect(kept()).toEqual(['url', 'variant']);
    await whole(scene.manager.post(scene.at(), 'x'));
    expect(kept()).toEqual([]);
  });
});

/** A store that many machines share; the test decides who fetches. */
class Shared extends LateStore {
  readonly said: string[] = [];
  claims: CacheClaim['kind'][] = [];
  /** Called before a claim is answered. */
  before: () => void = () => {};

  async claim(_key: CacheKey, seen: StoredAnswer | null): Promise<CacheClaim> {
    const kind = this.claims.shift() ?? 'fetch';
    this.said.push(`${kind}, ${seen === null ? 'nothing' : 'something'} seen`);
    await this.later();
    this.before();
    if (kind === 'look') return { kind };
    return {
      kind,
      release: (forNobodyElse) => void this.said.push(forNobodyElse === true ? 'released, for nobody' : 'released'),
    };
  }

  override put(...args: Parameters<LateStore['put']>): ReturnType<LateStore['put']> {
    const writer = super.put(...args);
    if (writer === null) return null;
    const { commit } = writer;
    writer.commit = async (head) => {
      await commit(head);
      this.said.push('stored');
    };
    return writer;
  }
}

async function shared(): Promise<{ scene: Scene; store: Shared }> {
  const scene = await Scene.open();
  const store = new Shared();
  scene.manager.setCache(store);
  return { scene, store };
}

describe('a store that many share', () => {
  it('is asked who fetches; others hear of the end when the answer is there', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    scene.script = [{ headers: FRESH, body: 'one' }];
    const replies = await Promise.all([scene.get(), scene.get(), scene.get()].map((reply) => whole(reply)));
    expect(replies.map((reply) => reply.readAll().toString())).toEqual(['one', 'one', 'one']);
    await turns(5);
    expect(store.said).toEqual(['fetch, nothing seen', 'stored', 'released']);
    expect(scene.server.requests).toHaveLength(1);
  });

  it('hears that an answer is for nobody else', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    scene.script = [{ headers: { 'Cache-Control': 'no-store' }, body: 'one' }];
    await scene.text();
    expect(store.said).toEqual(['fetch, nothing seen', 'released, for nobody']);
  });

  it('has the answer of another one meanwhile', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    scene.script = [{ headers: FRESH, body: 'one' }];
    await scene.text();
    await turns(5);
    const key: CacheKey = { url: scene.at(), partition: '', variant: '' };
    const answer = store.inner.get(key)!;
    store.inner.clear();
    store.said.length = 0;
    store.claims = ['look'];
    store.before = () => {
      const writer = store.inner.put(key, answer.head, 3)!;
      writer.write(Buffer.from('one'));
      void writer.commit();
    };
    const replies = await Promise.all([scene.get(), scene.get()].map((reply) => whole(reply)));
    expect(replies.map(isStored)).toEqual([true, true]);
    expect([store.said, scene.server.requests.length]).toEqual([['look, nothing seen'], 1]);
  });

  it('may be wrong about that: then the server is asked', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    store.claims = ['look'];
    scene.script = [{ headers: FRESH, body: 'one' }];
    expect(await scene.text()).toBe('one');
    await turns(5);
    expect(store.said).toEqual(['look, nothing seen', 'stored']);
  });

  it('gets the claim back when the request is left, also when it came too late', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    const reply = scene.get();
    store.before = () => reply.abort();
    await whole(reply);
    await turns(5);
    expect(store.said).toEqual(['fetch, nothing seen', 'released']);
    expect(scene.server.requests).toHaveLength(0);
    store.before = () => {};
    scene.script = [{ delay: 50, body: 'late' }];
    const second = scene.get();
    await scene.server.whenRequests(1);
    second.abort();
    await turns(5);
    expect(store.said.slice(2)).toEqual(['fetch, nothing seen', 'released']);
  });

  it('is asked with what is stale in hand, and gets it back after a 304', async () => {
    const { scene, store } = await shared();
    await using _ = scene;
    scene.script = [{ headers: FRESH, body: 'one' }, { status: 304 }];
    await scene.text();
    await turns(5);
    scene.clock.advance(61_000);
    expect(await scene.text()).toBe('one');
    await turns(5);
    expect(store.said.slice(3)).toEqual(['fetch, something seen', 'released']);
  });
});
