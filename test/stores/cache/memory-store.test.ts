import { describe, expect, test } from 'vitest';
import { MemoryCacheStore } from '../../../src/stores/cache/memory-store.ts';
import { headOf, KEY, keyOf, put, read } from './disk-parts.ts';

const KB = 1024;
const wake = (): void => {};
const names = (store: MemoryCacheStore): string[] => [...store.entries()].map(({ key }) => key.url.slice(15));

/** A store with room for four bodies of 64 KiB. */
const small = (): MemoryCacheStore => new MemoryCacheStore(280 * KB);

describe('a cache in memory', () => {
  test('takes 64 MiB unless told otherwise', () => {
    expect(new MemoryCacheStore().maximumSize).toBe(67_108_864);
  });
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%s is no size', (size) => {
    expect(() => new MemoryCacheStore(size)).toThrow(RangeError);
    const store = new MemoryCacheStore();
    expect(() => {
      store.maximumSize = size;
    }).toThrow('maximumSize is a number of bytes');
  });

  test('gives the stored answer and the stored bytes themselves', () => {
    const store = new MemoryCacheStore();
    put(store, KEY, 'hello');
    const answer = store.get(KEY)!;
    expect(store.get(KEY)).toBe(answer);
    expect(answer.open(0)!.pull(wake)).toBe(answer.open(0)!.pull(wake));
  });

  test('counts bodies and heads', () => {
    const store = new MemoryCacheStore();
    put(store, KEY, Buffer.alloc(10 * KB));
    const before = store.size;
    expect(before).toBeGreaterThan(10 * KB);
    expect(before).toBeLessThan(12 * KB);
    store.update(KEY, store.get(KEY)!, headOf({ reason: 'x', notes: [[1, 'y'.repeat(5000)]] }));
    expect(store.size).toBeGreaterThan(before + 5000);
    store.remove(KEY);
    expect(store.size).toBe(0);
  });

  test('throws out what was not used for longest', () => {
    const store = small();
    for (const i of [1, 2, 3, 4]) put(store, keyOf(i), Buffer.alloc(64 * KB));
    expect(names(store)).toEqual(['1', '2', '3', '4']);
    store.get(keyOf(1));
    put(store, keyOf(5), Buffer.alloc(64 * KB));
    expect(names(store)).toEqual(['3', '4', '1', '5']);
    store.get(keyOf(4));
    store.get(keyOf(4));
    store.get(keyOf(5));
    put(store, keyOf(6), Buffer.alloc(64 * KB));
    expect(names(store)).toEqual(['1', '4', '5', '6']);
    expect(store.size).toBeLessThanOrEqual(280 * KB);
  });

  test('one answer may take three quarters, not more', () => {
    const store = small();
    put(store, keyOf('old'), 'x');
    expect(store.put(KEY, headOf(), 211 * KB)).toBeNull();
    put(store, KEY, Buffer.alloc(208 * KB));
    expect(names(store)).toEqual(['old', 'x']);
    // the length is not known before it is written
    const writer = store.put(KEY, headOf(), -1)!;
    for (let i = 0; i < 30; i++) writer.write(Buffer.alloc(10 * KB));
    writer.commit();
    expect(store.get(KEY)!.length).toBe(208 * KB);
  });

  test('keeps to a smaller maximum at once', () => {
    const store = small();
    for (const i of [1, 2, 3, 4]) put(store, keyOf(i), Buffer.alloc(64 * KB));
    store.maximumSize = 140 * KB;
    expect(names(store)).toEqual(['3', '4']);
    expect(store.size).toBeLessThanOrEqual(140 * KB);
    store.maximumSize = 0;
    expect(names(store)).toEqual([]);
    expect(store.put(KEY, headOf(), 0)).toBeNull();
  });

  test('clears', () => {
    const store = small();
    put(store, KEY, 'x');
    store.clear();
    expect([store.size, names(store), store.get(KEY)]).toEqual([0, [], null]);
  });

  test('removes a URL with its variants, in its partition', () => {
    const store = new MemoryCacheStore();
    const variants = ['a', 'b'].map((variant) => ({ variant, vary: [] }));
    for (const partition of ['', 'p']) {
      put(store, { ...KEY, partition }, '', headOf({ variants }));
      for (const { variant } of variants) put(store, { ...KEY, partition, variant }, variant);
    }
    expect(store.removeUrl(KEY.url)).toBe(true);
    expect([...store.entries()].map(({ key }) => [key.partition, key.variant])).toEqual([
      ['p', ''],
      ['p', 'a'],
      ['p', 'b'],
    ]);
    expect(store.removeUrl(KEY.url)).toBe(false);
    expect(store.removeUrl(KEY.url, 'p')).toBe(true);
    expect(store.size).toBe(0);
  });

  test('long bodies come in pieces of 64 KiB', () => {
    const store = new MemoryCacheStore();
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, i) => i % 251));
    put(store, KEY, bytes);
    const reader = store.get(KEY)!.open(5)!;
    const lengths = [1, 2, 3, 4, 5].map(() => reader.pull(wake)?.length ?? null);
    expect(lengths).toEqual([65_536, 65_536, 65_536, 3387, null]);
    expect(read(store.get(KEY)!)).toBe(bytes.toString('latin1'));
  });
});
