import { describe, expect, test } from 'vitest';
import { SharedCache, type SharedCacheOptions } from '../../../src/api/cache/shared-cache.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { StoredHead } from '../../../src/contract/cache.ts';
import { PIECE_BYTES, sealed, unsealed } from '../../../src/stores/cache/shared-entry.ts';
import { SharedNames, sumOf, tagIn } from '../../../src/stores/cache/shared-names.ts';
import { bodyOf, headOf, keyOf } from './shared-parts.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const SMALL = `${TOKEN}:0`;
const VERSION = Buffer.from('v');

/** The four fields of an entry. */
function fieldsOf(head: StoredHead, body: Buffer): Buffer[] {
  return [sealed('name', SMALL, head, body.length, sumOf(body)), Buffer.from(SMALL), body, VERSION];
}

describe('an entry', () => {
  test.each<[string, StoredHead]>([
    ['plain', headOf()],
    ['Latin-1 in fields', headOf({ reason: 'Schön', headers: new HeaderList(['X', '\xe4\xff', 'x', '', 'X', '"']) })],
    ['a part of a body', headOf({ status: 206, range: { first: 5, last: 9, total: -1 }, expires: 123 })],
    [
      'a signpost',
      headOf({
        vary: [['accept', null]],
        variants: [{ variant: 'a', vary: [['accept', 'text/html']] }],
        notes: [[1000, 'é€😀']],
      }),
    ],
  ])('comes back as it was: %s', (_, head) => {
    const body = bodyOf(100);
    const entry = unsealed('name', fieldsOf(head, body))!;
    expect(entry.head).toEqual(head);
    expect(entry.head.headers).toBeInstanceOf(HeaderList);
    expect(entry).toMatchObject({ length: 100, tag: { token: TOKEN, count: 0 }, version: 'v' });
    expect(entry.small!.equals(body)).toBe(true);
  });

  test('with any byte changed is none', () => {
    const fields = fieldsOf(headOf(), bodyOf(10));
    for (const field of [0, 1, 2]) {
      for (let at = 0; at < fields[field]!.length; at++) {
        const copies = fields.map((bytes) => Buffer.from(bytes));
        copies[field]![at]! ^= 1;
        expect(unsealed('name', copies), `byte ${at} of field ${field}`).toBe(null);
      }
    }
    expect(unsealed('name', fields)).not.toBe(null);
  });

  test.each<[string, (fields: Buffer[]) => unknown[]]>([
    ['a missing field', ([h, t, b]) => [h, t, b, null]],
    ['no field', () => [null, null, null, null]],
    ['texts of others', () => ['a', 'b', 'c', 'd'].map((text) => Buffer.from(text))],
    ['empty texts', () => [1, 2, 3, 4].map(() => Buffer.alloc(0))],
    ['a shorter body', ([h, t, b, v]) => [h, t, b!.subarray(1), v]],
    ['the body of another', ([h, t, b, v]) => [h, t, bodyOf(b!.length, 7), v]],
    [
      'too many pieces',
      ([, , , v]) => {
        const tag = `${TOKEN}:9`;
        return [sealed('name', tag, headOf(), PIECE_BYTES, Buffer.alloc(16)), Buffer.from(tag), Buffer.alloc(0), v];
      },
    ],
  ])('with %s is none', (_, change) => {
    expect(unsealed('name', change(fieldsOf(headOf(), bodyOf(10))))).toBe(null);
  });

  test('under another name is none', () => {
    expect(unsealed('other', fieldsOf(headOf(), bodyOf(10)))).toBe(null);
  });
});

test.each(['', TOKEN, `${TOKEN}:`, `${TOKEN}:-1`, `${TOKEN}:9999999`, `${TOKEN}:1:2`, `${TOKEN.toUpperCase()}:1`, `x${TOKEN}:1`])(
  'the tag %j is none of ours',
  (text) => expect(tagIn(text)).toBe(null),
);

describe('names on the server', () => {
  test('no two keys, prefixes or partitions share one', () => {
    const names = [
      ['a', '', keyOf('http://h/')],
      ['a', '', keyOf('http://h/?')],
      ['a', '', keyOf('http://h/', { partition: 'p' })],
      ['a', '', keyOf('http://h/', { variant: 'p' })],
      ['a', 'p', keyOf('http://h/')],
      ['a', 'p', keyOf('http://h/', { partition: 'p' })],
      ['a', '', keyOf('p","http://h/')],
      ['a:1', '', keyOf('http://h/')],
      ['b', '', keyOf('http://h/')],
    ].map(([prefix, partition, key]) => {
      const made = new SharedNames(prefix as string, partition as string);
      return made.entry(key as ReturnType<typeof keyOf>);
    });
    expect(new Set(names).size).toBe(names.length);
    expect(new SharedNames('a', '').entry(keyOf('http://h/'))).toBe(names[0]);
  });

  test('say nothing of addresses', () => {
    expect(new SharedNames('a', 'hush').entry(keyOf('http://hush/'))).toMatch(/^a:1:\{[\w-]{43}\}$/);
  });
});

describe('SharedCache', () => {
  const client = { callBuffer: async () => null };

  test.each<[unknown, ErrorConstructor, string]>([
    [{}, TypeError, 'either url or client'],
    [{ url: 'redis://h', client }, TypeError, 'either url or client'],
    [{ client: {} }, TypeError, 'callBuffer'],
    [{ client: null }, TypeError, 'callBuffer'],
    [{ url: 'http://me:hush@h' }, TypeError, 'redis://'],
    [{ url: 'redis://me:hush@h:port' }, TypeError, 'redis://'],
    [{ url: 7 }, TypeError, 'redis://'],
    [{ client, prefix: '' }, TypeError, 'prefix'],
    [{ client, partition: null }, TypeError, 'partition'],
    [{ client, maximumEntrySize: 0 }, RangeError, 'maximumEntrySize'],
    [{ client, lifetime: 0.5 }, RangeError, 'lifetime'],
    [{ client, timeout: Number.NaN }, RangeError, 'timeout'],
    [{ client, lease: '5' }, RangeError, 'lease'],
    [{ client, wait: -1 }, RangeError, 'wait'],
  ])('refuses %j', (options, kind, message) => {
    const make = (): unknown => new SharedCache(options as SharedCacheOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
    expect(make).not.toThrow('hush');
  });

  test.each(['redis://h', 'rediss://me:pass@h:1/2', '/var/run/redis.sock', '/var/run/redis.sock?password=p'])(
    'takes %s and connects to nothing yet',
    (url) => expect(new SharedCache({ url })).toBeInstanceOf(SharedCache),
  );

  test('is shared by all unless it has a partition', () => {
    expect(new SharedCache({ client }).shared).toBe(true);
    expect(new SharedCache({ client, partition: 'ann' }).shared).toBe(false);
  });

  test('keeps bodies up to 64 MiB unless told otherwise', () => {
    const limit = 64 * 1024 * 1024;
    const key = keyOf('http://h/');
    expect(new SharedCache({ client }).put(key, headOf(), limit)).not.toBe(null);
    expect(new SharedCache({ client }).put(key, headOf(), limit + 1)).toBe(null);
    expect(new SharedCache({ client, maximumEntrySize: 5 }).put(key, headOf(), 6)).toBe(null);
  });
});
