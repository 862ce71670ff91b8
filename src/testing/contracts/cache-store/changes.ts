import assert from 'node:assert/strict';
import type { CacheKey, CacheStore } from '../../../contract/cache.ts';
import { assertBytes, bytesOf, soon } from '../case.ts';
import type { Case } from './case.ts';
import {
  assertHead,
  assertNothing,
  assertStored,
  bodyOf,
  find,
  found,
  headOf,
  keyOf,
  opened,
  pull,
  put,
  rest,
  write,
} from './tools.ts';

const OLD = headOf({ reason: 'old' });
const NEW = headOf({ reason: 'new' });
/** Bodies that are read at once, and those that take a while. */
const LENGTHS = [100, 300_000];

const KEY = keyOf('key');

/** Keys that must not be taken for each other. */
const KEYS: readonly CacheKey[] = [
  keyOf('a'),
  keyOf('A'),
  keyOf('a/'),
  keyOf('a?'),
  keyOf('a', 'p'),
  keyOf('a', '', 'p'),
  keyOf('a', 'p', 'p'),
  keyOf('a', 'pp'),
  keyOf('a', 'p\n'),
  keyOf('a', 'p:'),
  keyOf('a', '', 'p p'),
  keyOf('a', '', '../../a'),
  keyOf('a', '', '\u0000'),
  keyOf('a', '\u00e4'),
  keyOf(`a?${'x'.repeat(4000)}`),
  keyOf(`a?${'x'.repeat(4001)}`),
];

/** Reads to the end while something else happens after the first piece; the old body as a whole, or a failure. */
async function readDuring(store: CacheStore, length: number, event: () => Promise<void>): Promise<void> {
  const old = bytesOf(length, 1);
  await put(store, KEY, old, { head: OLD });
  const answer = await found(store, KEY);
  const reader = opened(answer);
  const begin = await pull(reader);
  assert.ok(begin !== null);
  await event();
  const end = await rest(reader);
  if (end !== null) assertBytes(Buffer.concat([begin, end]), old, 'the body that was being read');
  // an answer that was found before is as it was, or gone
  const late = answer.open(0);
  const body = late === null ? null : await rest(late);
  if (body !== null) assertBytes(body, old, 'the body that was found before');
  assertHead(answer.head, OLD);
}

/** What is stored is replaced, changed and removed. */
export const changes: readonly Case[] = [
  {
    name: 'a body is found when it is whole, and not before',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        const key = keyOf(`${length}`);
        const writer = store.put(key, headOf(), length);
        assert.ok(writer !== null);
        await assertNothing(store, key);
        await write(writer, bytesOf(length), 50_000);
        await assertNothing(store, key);
        await soon('commit', writer.commit());
        await assertStored(store, key, bytesOf(length));
      }
    },
  },
  {
    name: 'the head that is given last counts',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        const writer = store.put(KEY, OLD, -1);
        assert.ok(writer !== null);
        await write(writer, bytesOf(length), 50_000);
        await soon('commit', writer.commit(NEW));
        await assertStored(store, KEY, bytesOf(length), NEW);
      }
    },
  },
  {
    name: 'what is given up leaves what was there before, and what comes after that does nothing',
    on: 'made',
    async run(store) {
      await put(store, KEY, bytesOf(10, 1), { head: OLD });
      for (const length of LENGTHS) {
        for (const key of [KEY, keyOf('other')]) {
          const writer = store.put(key, NEW, -1);
          assert.ok(writer !== null);
          await write(writer, bytesOf(length, 2), 50_000);
          writer.abort();
          writer.write(bytesOf(10, 2));
          await soon('commit', writer.commit());
          writer.abort();
        }
        await assertStored(store, KEY, bytesOf(10, 1), OLD);
        await assertNothing(store, keyOf('other'));
      }
    },
  },
  {
    name: 'a body that has not the length that was told is not kept',
    on: 'made',
    async run(store) {
      await put(store, KEY, bytesOf(10, 1), { head: OLD });
      for (const [told, written] of [
        [100, 99],
        [100, 101],
        [100, 0],
        [0, 1],
        [300_000, 299_999],
        [300_000, 300_001],
        [300_000, 10],
      ] as const) {
        const writer = store.put(KEY, NEW, told);
        assert.ok(writer !== null);
        await write(writer, bytesOf(written, 2), 50_000);
        await soon('commit', writer.commit());
        await assertStored(store, KEY, bytesOf(10, 1), OLD);
      }
    },
  },
  {
    name: 'a body that broke off is kept with a head that tells so',
    on: 'made',
    async run(store) {
      const head = headOf({ range: { first: 0, last: 98, total: -1 } });
      for (const [told, written] of [
        [100, 99],
        [300_000, 299_999],
        [300_000, 10],
        [-1, 99],
        [-1, 299_999],
      ] as const) {
        const writer = store.put(KEY, OLD, told);
        assert.ok(writer !== null);
        await write(writer, bytesOf(written, 2), 50_000);
        await soon('commit', writer.commit(head));
        await assertStored(store, KEY, bytesOf(written, 2), head);
      }
    },
  },
  {
    name: 'an answer takes the place of another',
    on: 'made',
    async run(store) {
      const all = [10, 300_000, 20, 200_000, 0, 250_000];
      for (const [i, length] of all.entries()) {
        const head = headOf({ reason: `${i}` });
        await put(store, KEY, bytesOf(length, i), { head });
        await assertStored(store, KEY, bytesOf(length, i), head);
      }
    },
  },
  {
    name: 'of two that are written at the same time, the one that is whole last stays',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        const [first, second] = [store.put(KEY, OLD, length), store.put(KEY, NEW, length)];
        assert.ok(first !== null && second !== null);
        await write(second, bytesOf(length, 2), 50_000);
        await write(first, bytesOf(length, 1), 50_000);
        await soon('commit', second.commit());
        await assertStored(store, KEY, bytesOf(length, 2), NEW);
        await soon('commit', first.commit());
        await assertStored(store, KEY, bytesOf(length, 1), OLD);
      }
    },
  },
  {
    name: 'a body that is replaced while it is read is the old one to its end',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        await readDuring(store, length, () => put(store, KEY, bytesOf(length, 2), { head: NEW }));
        await assertStored(store, KEY, bytesOf(length, 2), NEW);
      }
    },
  },
  {
    name: 'so it is when it is removed while it is read',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        await readDuring(store, length, async () => soon('remove', store.remove(KEY)));
        await assertNothing(store, KEY);
      }
    },
  },
  {
    name: 'another head is put before the same body, also twice, and while it is read',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        const body = bytesOf(length, 1);
        await put(store, KEY, body, { head: OLD });
        const answer = await found(store, KEY);
        const reader = opened(answer);
        const begin = await pull(reader);
        assert.ok(begin !== null);
        await soon('update', store.update(KEY, answer, NEW));
        await assertStored(store, KEY, body, NEW);
        const third = headOf({ reason: 'x'.repeat(5000), status: 203 });
        await soon('update', store.update(KEY, answer, third));
        await assertStored(store, KEY, body, third);
        assertHead(answer.head, OLD);
        assertBytes(Buffer.concat([begin, (await rest(reader))!]), body);
        assertBytes(await bodyOf(answer), body);
      }
    },
  },
  {
    name: 'the head of an answer that was replaced or removed is put nowhere',
    on: 'made',
    async run(store) {
      for (const length of LENGTHS) {
        await put(store, KEY, bytesOf(length, 1), { head: OLD });
        const answer = await found(store, KEY);
        // the very same bytes are another answer
        await put(store, KEY, bytesOf(length, 1), { head: NEW });
        await soon('update', store.update(KEY, answer, OLD));
        await assertStored(store, KEY, bytesOf(length, 1), NEW);
        await soon('remove', store.remove(KEY));
        await soon('update', store.update(KEY, answer, OLD));
        await assertNothing(store, KEY);
      }
    },
  },
  {
    name: 'what is removed is gone, however often it is removed',
    on: 'made',
    async run(store) {
      await soon('remove', store.remove(KEY));
      for (const length of LENGTHS) {
        await put(store, KEY, bytesOf(length));
        await found(store, KEY);
        await soon('remove', store.remove(KEY));
        await assertNothing(store, KEY);
        await soon('remove', store.remove(KEY));
        await put(store, KEY, bytesOf(length, 2));
        await assertStored(store, KEY, bytesOf(length, 2));
      }
    },
  },
  {
    name: 'keys differ by URL, partition and variant',
    on: 'made',
    async run(store) {
      // such a store is asked for plain URLs only
      if (store.simple === true) return;
      for (const [i, key] of KEYS.entries()) await put(store, key, bytesOf(i + 1, i), { head: headOf({ reason: `${i}` }) });
      for (const [i, key] of KEYS.entries()) await assertStored(store, key, bytesOf(i + 1, i), headOf({ reason: `${i}` }));
      for (const [i, key] of KEYS.entries()) {
        await soon('remove', store.remove(key));
        await assertNothing(store, key);
        const next = KEYS[i + 1];
        if (next !== undefined)
          assert.ok((await find(store, next)) !== null, `with one key another was removed: ${JSON.stringify(next)}`);
      }
    },
  },
  {
    name: 'what one store does, another one over the same data sees',
    on: 'again',
    async run(store, other) {
      for (const length of LENGTHS) {
        for (const [here, there] of [
          [store, other],
          [other, store],
        ] as const) {
          await assertNothing(there, KEY);
          await put(here, KEY, bytesOf(length, 1), { head: OLD });
          await assertStored(there, KEY, bytesOf(length, 1), OLD);
          await put(here, KEY, bytesOf(length, 2), { head: OLD });
          const answer = await assertStored(there, KEY, bytesOf(length, 2), OLD);
          await soon('update', there.update(KEY, answer, NEW));
          await assertStored(here, KEY, bytesOf(length, 2), NEW);
          await soon('remove', there.remove(KEY));
          await assertNothing(here, KEY);
          await soon('update', here.update(KEY, answer, NEW));
          await assertNothing(there, KEY);
        }
      }
    },
  },
];
