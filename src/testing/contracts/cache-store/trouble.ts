import assert from 'node:assert/strict';
import type { CacheStore } from '../../../contract/cache.ts';
import { assertBytes, bytesOf, soon } from '../case.ts';
import { type Case, LIMIT } from './case.ts';
import { assertNothing, assertStored, bodyOf, find, headOf, keyOf, offer, opened, put, write } from './tools.ts';

/** The bytes of those bodies that are found. Each of them has to be whole. */
async function kept(store: CacheStore, bodies: ReadonlyMap<string, Buffer>): Promise<number> {
  let total = 0;
  for (const [url, body] of bodies) {
    const answer = await find(store, keyOf(url));
    if (answer === null) continue;
    assertBytes(await bodyOf(answer), body);
    total += body.length;
  }
  return total;
}

/** What a store does when there is too little room, and when nothing works. */
export const trouble: readonly Case[] = [
  {
    name: 'what is too large is kept as a whole or not at all',
    on: 'limited',
    async run(store) {
      for (const told of [true, false]) {
        for (const length of [LIMIT - 1000, LIMIT, LIMIT + 1, 3 * LIMIT]) {
          const body = bytesOf(length, 1);
          await offer(store, keyOf('large'), body, { told, piece: 100_000 });
          await kept(store, new Map([['large', body]]));
          await soon('remove', store.remove(keyOf('large')));
        }
      }
      await put(store, keyOf('small'), bytesOf(1000));
      await assertStored(store, keyOf('small'), bytesOf(1000));
    },
  },
  {
    name: 'what is too large leaves what was there before',
    on: 'limited',
    async run(store) {
      await put(store, keyOf('a'), bytesOf(1000));
      for (const told of [true, false]) {
        if (!(await offer(store, keyOf('a'), bytesOf(3 * LIMIT, 1), { told })))
          await assertStored(store, keyOf('a'), bytesOf(1000));
      }
      assert.ok((await find(store, keyOf('a'))) !== null, 'what was there is gone');
    },
  },
  {
    name: 'a store does not keep more than its limit, and keeps what came last',
    on: 'limited',
    async run(store) {
      for (const length of [10_000, 150_000]) {
        const bodies = new Map<string, Buffer>();
        for (let i = 0; bodies.size * length < 3 * LIMIT; i++) {
          const url = `${length}/${i}`;
          const body = bytesOf(length, i);
          bodies.set(url, body);
          await put(store, keyOf(url), body);
          await assertStored(store, keyOf(url), body);
        }
        const bytes = await kept(store, bodies);
        assert.ok(bytes <= 1.1 * LIMIT, `${bytes} bytes of bodies are kept, where ${LIMIT} are allowed`);
        assert.ok(bytes >= LIMIT / 4, `only ${bytes} bytes of bodies are kept, where ${LIMIT} are allowed`);
      }
    },
  },
  {
    name: 'a store that cannot work keeps nothing, and nobody is the worse for it',
    on: 'broken',
    async run(store) {
      const key = keyOf('broken');
      await assertNothing(store, key);
      for (const length of [0, 100, 300_000]) {
        for (const told of [true, false]) {
          const writer = store.put(key, headOf(), told ? length : -1);
          if (writer === null) continue;
          await write(writer, bytesOf(length), 50_000);
          await soon('commit', writer.commit());
          await assertNothing(store, key);
          const second = store.put(key, headOf(), length);
          if (second === null) continue;
          await write(second, bytesOf(length), 50_000);
          second.abort();
        }
      }
      await soon('remove', store.remove(key));
      const stranger = { head: headOf(), length: 0, open: () => null };
      await soon('update', store.update(key, stranger, headOf()));
      store.passed?.(key, headOf());
      await assertNothing(store, key);
    },
  },
  {
    name: 'an answer of another store is none of its business',
    on: 'made',
    async run(store) {
      const key = keyOf('stranger');
      await put(store, key, bytesOf(10));
      const stranger = { head: headOf(), length: 10, open: () => null };
      await soon('update', store.update(key, stranger, headOf({ reason: 'strange' })));
      await assertStored(store, key, bytesOf(10));
    },
  },
  {
    name: 'of those who ask to fetch, one may, and the others are told to look when it is done',
    on: 'again',
    async run(store, other) {
      if (store.claim === undefined || other.claim === undefined) return;
      const key = keyOf('claim');
      const first = await soon('claim', store.claim(key, null));
      assert.equal(first.kind, 'fetch');
      const second = other.claim(key, null);
      await put(store, key, bytesOf(10));
      if (first.kind === 'fetch') first.release();
      const answer = await soon('the second claim', second);
      assert.equal(answer.kind, 'look');
      opened((await find(other, key))!).close();
    },
  },
];
