import assert from 'node:assert/strict';
import { HeaderList } from '../../../base/header-list.ts';
import type { StoredHead } from '../../../contract/cache.ts';
import { assertBytes, bytesOf } from '../case.ts';
import type { Case } from './case.ts';
import { assertNothing, assertStored, bodyOf, found, headOf, keyOf, opened, pull, put, rest, write } from './tools.ts';

const MIB = 1024 * 1024;

/** Heads of every kind. */
const HEADS: Readonly<Record<string, StoredHead>> = {
  'an answer with all its fields': headOf({
    status: 206,
    reason: 'Partial Content',
    headers: new HeaderList(['ETag', '"\u00fc\u00ff"', 'etag', '', 'X-A', '1', 'x-a', '2', 'X-A', ' "\\\u0001 ']),
    requestedAt: 0,
    receivedAt: 4_102_444_800_123,
    vary: [
      ['accept', 'text/html, */*;q=0.1'],
      ['accept-language', null],
    ],
    range: { first: 10, last: 19, total: -1 },
    expires: 1_767_225_600_000,
    notes: [
      [1, '\u00e4 \u20ac \ud83d\ude00'],
      [1001, ''],
    ],
  }),
  'an answer without anything': headOf({ status: 599, reason: '', headers: new HeaderList() }),
  'a signpost to variants': headOf({
    variants: [
      { variant: 'a', vary: [['accept', 'a']] },
      {
        variant: '0123456789abcdef',
        vary: [
          ['accept', null],
          ['x-b', ''],
        ],
      },
    ],
  }),
};

const heads: Case[] = Object.entries(HEADS).map(([name, head]) => ({
  name: `the head of ${name} comes back as it was`,
  on: 'made',
  async run(store) {
    await put(store, keyOf('head'), bytesOf(3), { head });
    await assertStored(store, keyOf('head'), bytesOf(3), head);
  },
}));

const lengths: Case[] = [0, 1, 1000, 65_535, 65_536, 65_537, 200_000, 3 * MIB + 5].flatMap((length) =>
  [true, false].map((told) => ({
    name: `a body of ${length} bytes comes back as it was, its length ${told ? 'told' : 'not told'}`,
    on: 'made' as const,
    async run(store) {
      const body = bytesOf(length, 1);
      for (const piece of [16_384, 70_001, 4 * MIB]) {
        await put(store, keyOf(`${piece}`), body, { told, piece });
        await assertStored(store, keyOf(`${piece}`), body);
      }
    },
  })),
);

/** What is stored comes back as it was. */
export const bodies: readonly Case[] = [
  {
    name: 'an empty store has nothing',
    on: 'made',
    async run(store) {
      await assertNothing(store, keyOf('nothing'));
      await assertNothing(store, keyOf('nothing', 'p', 'v'));
    },
  },
  ...heads,
  ...lengths,
  {
    name: 'a body of many tiny pieces comes back as it was',
    on: 'made',
    async run(store) {
      const body = bytesOf(5000, 3);
      for (const told of [true, false]) {
        await put(store, keyOf('tiny'), body, { told, piece: 1 });
        await assertStored(store, keyOf('tiny'), body);
      }
    },
  },
  {
    name: 'what is written although the store asked to wait is kept, too',
    on: 'made',
    async run(store) {
      const body = bytesOf(3 * MIB, 4);
      const writer = store.put(keyOf('hasty'), headOf(), body.length);
      assert.ok(writer !== null);
      await write(writer, body, 65_536, false);
      await writer.commit();
      await assertStored(store, keyOf('hasty'), body);
    },
  },
  {
    name: 'a body is read from any byte on',
    on: 'made',
    async run(store) {
      for (const length of [1000, 300_000]) {
        const body = bytesOf(length, 5);
        await put(store, keyOf('from'), body);
        const answer = await found(store, keyOf('from'));
        for (const from of [0, 1, 999, 65_535, 65_536, 131_073, length - 1, length]) {
          if (from <= length) assertBytes(await bodyOf(answer, from), body.subarray(from), `the body from byte ${from} on`);
        }
      }
    },
  },
  {
    name: 'several read a body at once, each at its own pace',
    on: 'made',
    async run(store) {
      for (const length of [1000, 300_000]) {
        const body = bytesOf(length, 6);
        await put(store, keyOf('readers'), body);
        const answer = await found(store, keyOf('readers'));
        const first = opened(answer);
        const second = opened(await found(store, keyOf('readers')));
        const begin = await pull(first);
        assert.ok(begin !== null);
        assertBytes((await rest(second))!, body);
        assertBytes(await bodyOf(answer, 500), body.subarray(500));
        assertBytes(Buffer.concat([begin, (await rest(first))!]), body);
      }
    },
  },
  {
    name: 'a reader may be closed before the end, and twice',
    on: 'made',
    async run(store) {
      for (const length of [1000, 300_000]) {
        const body = bytesOf(length, 7);
        await put(store, keyOf('closed'), body);
        const reader = opened(await found(store, keyOf('closed')));
        await pull(reader);
        reader.close();
        reader.close();
        opened(await found(store, keyOf('closed'))).close();
        await assertStored(store, keyOf('closed'), body);
      }
    },
  },
  {
    name: 'many answers do not get mixed up, put and read all at the same time',
    on: 'made',
    async run(store) {
      const all = Array.from({ length: 100 }, (_, i) => i);
      const stored = (i: number) => [keyOf(`${i}`), bytesOf(i * 500, i), headOf({ reason: `${i}` })] as const;
      await Promise.all(all.map((i) => put(store, stored(i)[0], stored(i)[1], { head: stored(i)[2], piece: 10_000 })));
      await Promise.all(all.map((i) => assertStored(store, ...stored(i))));
    },
  },
];
