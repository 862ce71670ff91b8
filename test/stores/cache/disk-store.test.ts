import { appendFileSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { DiskCacheStore } from '../../../src/stores/cache/disk-store.ts';
import { ManualClock } from '../../support/clock.ts';
import { answers, body, files, folder, headOf, KEY, keyOf, put, read, store, used } from './disk-parts.ts';

const KB = 1024;
const SIX = [1, 2, 3, 4, 5, 6];
const LARGE = 'abcdefgh'.repeat(25_000);

/** What this process has open. */
function openFiles(): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      return [readlinkSync(`/proc/self/fd/${descriptor}`)];
    } catch {
      // that of this reading
      return [];
    }
  });
}

/** Which of the answers with these names are there, without using them. */
const there = (cache: DiskCacheStore, names: readonly (number | string)[]): (number | string)[] =>
  names.filter((name) => cache.read(cache.fileOf(keyOf(name))) !== null);

describe('options', () => {
  test('50 MiB unless told otherwise, as in Qt', () => {
    expect(store().maximumSize).toBe(52_428_800);
  });
  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('%s is no size', (size) => {
    expect(() => store({ maximumSize: size })).toThrow(
      new RangeError(`maximumSize is a number of bytes, 0 or more, not ${size}`),
    );
    expect(() => store({ memoryTier: size })).toThrow('memoryTier is a number of bytes');
    const cache = store();
    expect(() => {
      cache.maximumSize = size;
    }).toThrow(RangeError);
    expect(cache.maximumSize).toBe(52_428_800);
  });
  test('there is no store without a folder', () => {
    expect(() => new DiskCacheStore({ directory: '' })).toThrow(TypeError);
  });
});

describe('the limit', () => {
  const KEPT = 60 * KB;

  /** A store with room for five bodies of 60 KiB, and a second between any two. */
  function five(): { cache: DiskCacheStore; clock: ManualClock; fill: (name: number | string, bytes?: number) => void } {
    const clock = new ManualClock();
    const cache = store({ clock, maximumSize: 310 * KB });
    const fill = (name: number | string, bytes = KEPT): void => {
      clock.advance(20_000);
      put(cache, keyOf(name), 'x'.repeat(bytes));
    };
    return { cache, clock, fill };
  }

  test('throws out what was not used for longest, down to nine tenths', () => {
    const { cache, clock, fill } = five();
    for (const i of [1, 2, 3, 4, 5]) fill(i);
    expect(there(cache, SIX)).toEqual([1, 2, 3, 4, 5]);
    clock.advance(20_000);
    cache.get(keyOf(1));
    clock.advance(20_000);
    cache.get(keyOf(2));
    fill(6);
    expect(there(cache, SIX)).toEqual([1, 2, 5, 6]);
    expect(cache.size).toBe(used(cache.directory));
    expect(cache.size).toBeLessThanOrEqual(279 * KB);
  });

  test('a changed head makes an answer young', () => {
    const { cache, clock, fill } = five();
    for (const i of [1, 2, 3, 4, 5]) fill(i);
    const first = cache.get(keyOf(1))!;
    clock.advance(20_000);
    cache.update(keyOf(1), first, headOf({ reason: 'new' }));
    fill(6);
    expect(there(cache, SIX)).toEqual([1, 4, 5, 6]);
  });

  test('large answers go with their bodies', () => {
    const { cache, fill } = five();
    fill(1, 150 * KB);
    fill(2, 150 * KB);
    fill(3, 150 * KB);
    expect(there(cache, SIX)).toEqual([3]);
    expect(answers(cache.directory)).toHaveLength(2);
    expect(cache.size).toBe(used(cache.directory));
  });

  test('one answer may take three quarters', () => {
    const { cache, fill } = five();
    fill('small', 10);
    expect(cache.put(KEY, headOf(), 233 * KB)).toBeNull();
    const writer = cache.put(KEY, headOf(), -1)!;
    for (let i = 0; i < 233; i++) writer.write(Buffer.alloc(KB));
    writer.commit();
    expect(cache.get(KEY)).toBeNull();
    put(cache, KEY, Buffer.alloc(230 * KB));
    expect(cache.get(KEY)!.length).toBe(230 * KB);
    expect(files(join(cache.directory, 'answers-1/drafts'))).toEqual([]);
  });

  test('nothing is kept where nothing may be', () => {
    const cache = store({ maximumSize: 0 });
    put(cache, KEY, '');
    put(cache, KEY, 'x');
    expect(cache.get(KEY)).toBeNull();
    expect(cache.size).toBe(0);
  });

  test('keeps to a smaller maximum at once', () => {
    const { cache, fill } = five();
    for (const i of [1, 2, 3, 4, 5]) fill(i);
    cache.maximumSize = 150 * KB;
    expect(there(cache, SIX)).toEqual([4, 5]);
    expect(cache.maximumSize).toBe(150 * KB);
    cache.maximumSize = 10_000 * KB;
    expect(there(cache, SIX)).toEqual([4, 5]);
  });

  test('a little over it, room is made soon', async () => {
    const { cache, fill } = five();
    for (const i of [1, 2, 3, 4, 5]) fill(i);
    // between the maximum and a twentieth more
    fill('little', 12 * KB);
    expect(there(cache, [...SIX, 'little'])).toEqual([1, 2, 3, 4, 5, 'little']);
    expect(cache.size).toBeGreaterThan(cache.maximumSize);
    await new Promise((resolve) => setImmediate(resolve));
    expect(there(cache, [...SIX, 'little'])).toEqual([2, 3, 4, 5, 'little']);
    expect(cache.size).toBe(used(cache.directory));
  });

  test('holds when several fill the same folder', () => {
    const directory = folder();
    const caches = SIX.map(() => store({ directory, maximumSize: 1000 * KB }));
    for (let i = 0; i < 120; i++) {
      put(caches[i % 6]!, keyOf(i), 'x'.repeat(i % 7 === 0 ? 100 * KB : 20 * KB));
      expect(used(directory)).toBeLessThanOrEqual(1050 * KB);
    }
    expect(used(directory)).toBeGreaterThan(500 * KB);
    for (const cache of caches) expect(cache.size).toBe(used(directory));
    expect([...caches[0]!.verify()]).toEqual([]);
  });
});

describe('the size', () => {
  test('is that of all files, with each change', () => {
    const cache = store();
    const other = store({ directory: cache.directory });
    const same = (): void => {
      expect([cache.size, other.size]).toEqual([used(cache.directory), used(cache.directory)]);
    };
    for (const length of [10, 100_000, 20, 200_000, 300_000]) {
      put(cache, KEY, 'x'.repeat(length));
      same();
      put(other, keyOf(length), 'x'.repeat(length));
      same();
    }
    cache.update(KEY, cache.get(KEY)!, headOf({ reason: 'a longer one' }));
    same();
    other.remove(KEY);
    same();
    other.clear();
    same();
    expect(cache.size).toBe(0);
  });

  test.each<[string, (log: string) => void]>([
    ['gone', (log) => rmSync(log)],
    ['empty', (log) => writeFileSync(log, '')],
    ['cut', (log) => writeFileSync(log, readFileSync(log).subarray(0, 13))],
    ['nonsense', (log) => writeFileSync(log, Buffer.from(Float64Array.of(Number.NaN).buffer))],
    ['negative', (log) => appendFileSync(log, Buffer.from(Float64Array.of(-1e9).buffer))],
    ['endless', (log) => appendFileSync(log, Buffer.alloc(8 * 2 * 8192))],
    ['some other file', (log) => writeFileSync(log, Buffer.from(Float64Array.of(1, 2).buffer))],
  ])('is counted again when the log of it is %s', (_what, spoil) => {
    const cache = store();
    put(cache, KEY, 'x');
    put(cache, keyOf(1), LARGE);
    spoil(join(cache.directory, 'answers-1/size'));
    expect(cache.size).toBe(used(cache.directory));
    spoil(join(cache.directory, 'answers-1/size'));
    put(cache, keyOf(2), 'x');
    expect(cache.size).toBe(used(cache.directory));
  });

  test('the log does not grow for ever', async () => {
    const cache = store();
    put(cache, KEY, 'x');
    const log = join(cache.directory, 'answers-1/size');
    for (const records of [100, 8192]) appendFileSync(log, Buffer.alloc(8 * records));
    put(cache, KEY, 'y');
    expect(cache.size).toBe(used(cache.directory));
    await new Promise((resolve) => setImmediate(resolve));
    expect(statSync(log).size).toBe(16);
    expect(cache.size).toBe(used(cache.directory));
  });

  test('what others add while it is counted in steps is not forgotten', () => {
    const steps: (() => void)[] = [];
    let now = 0;
    // each look at it says that the step has taken long enough
    const clock = Object.assign(new ManualClock(), {
      now: () => (now += 10),
      afterIo: (step: () => void) => void steps.push(step),
    });
    const cache = store({ clock, maximumSize: 100_000 });
    const other = store({ directory: cache.directory });
    for (let i = 0; i < 10; i++) put(cache, keyOf(i), 'x'.repeat(9900));
    const folders = new Set(answers(cache.directory).map((name) => name.slice(0, 2))).size;
    expect(steps).toHaveLength(1);
    for (let i = 0; i < folders; i++) steps.shift()!();
    for (let i = 20; i < 25; i++) put(other, keyOf(i), 'x');
    while (steps.length > 0) steps.shift()!();
    expect(cache.size).toBe(used(cache.directory));
    expect(cache.size).toBeLessThan(92_000);
  });

  test('is counted again when as much was added as may be there', async () => {
    const cache = store({ maximumSize: 100_000 });
    const log = join(cache.directory, 'answers-1/size');
    for (let i = 0; i < 12; i++) {
      put(cache, KEY, 'x'.repeat(10_000));
      cache.remove(KEY);
    }
    expect(statSync(log).size).toBeGreaterThan(100);
    await new Promise((resolve) => setImmediate(resolve));
    expect(statSync(log).size).toBe(16);
  });
});

describe('use', () => {
  test('is noted in the file, once in ten seconds', () => {
    const clock = new ManualClock();
    const cache = store({ clock });
    put(cache, KEY, 'x');
    const noted = (): number => Math.floor([...cache.entries()][0]!.used) - Date.UTC(2026, 0, 1);
    const seen = [0, 9000, 2000, 5000, 6000].map((ms) => {
      clock.advance(ms);
      cache.get(KEY);
      return noted();
    });
    expect(seen).toEqual([0, 0, 11_000, 11_000, 22_000]);
    // one that comes from a later time does not stay young for ever
    utimesSync(cache.fileOf(KEY), 4e9, 4e9);
    cache.get(KEY);
    expect(noted()).toBe(22_000);
  });
});

describe('memory before the files', () => {
  test('gives the same answer as long as the file is the same', () => {
    const cache = store();
    put(cache, KEY, 'x');
    const answer = cache.get(KEY);
    expect(cache.get(KEY)).toBe(answer);
    put(store({ directory: cache.directory }), KEY, 'y');
    expect(read(cache.get(KEY)!)).toBe('y');
  });

  test('it can be switched off, and is not filled by what is too large for it', () => {
    for (const memoryTier of [0, 3000]) {
      const cache = store({ memoryTier });
      put(cache, KEY, 'x'.repeat(2000));
      expect(cache.get(KEY)).not.toBe(cache.get(KEY));
    }
  });

  test('what others put there is seen, however quickly they do', () => {
    // a clock that stands still is that of a file system at its coarsest
    const [directory, clock] = [folder(), new ManualClock()];
    const [writer, reader] = [store({ directory, clock }), store({ directory, clock })];
    for (let i = 0; i < 100; i++) {
      // the second one is often where the one before the first was, and has its length
      put(writer, KEY, 'between');
      put(writer, KEY, `${100 + i}`);
      expect(body(reader)).toBe(`${100 + i}`);
    }
  });
});

describe('what died processes leave behind', () => {
  const drafts = (cache: DiskCacheStore): string[] => files(join(cache.directory, 'answers-1/drafts'));

  /** The draft of a large answer that is being written, and one like it of a process that is no more. */
  function twoDrafts(cache: DiskCacheStore): { writer: { abort(): void }; dead: string } {
    const writer = cache.put(keyOf('slow'), headOf(), -1)!;
    writer.write(Buffer.alloc(100_000));
    const [mine = ''] = drafts(cache);
    const dead = mine.replace(`.${process.pid}.`, '.4194305.');
    writeFileSync(join(cache.directory, 'answers-1/drafts', dead), 'left behind');
    return { writer, dead };
  }

  test('goes when somebody else comes, and what the living write stays', () => {
    const cache = store();
    const { writer, dead } = twoDrafts(cache);
    expect(drafts(cache)).toHaveLength(2);
    put(store({ directory: cache.directory }), KEY, 'x');
    expect(drafts(cache)).not.toContain(dead);
    expect(drafts(cache)).toHaveLength(1);
    cache.expire();
    expect(drafts(cache)).toHaveLength(1);
    writer.abort();
    expect(drafts(cache)).toEqual([]);
  });

  test('drafts of another machine go when nothing was written for ten minutes', () => {
    const clock = new ManualClock(Date.now());
    const cache = store({ clock });
    put(cache, KEY, 'x');
    const foreign = `0badcafe.${process.pid}.0`;
    writeFileSync(join(cache.directory, 'answers-1/drafts', foreign), 'x');
    clock.advance(590_000);
    cache.expire();
    expect(drafts(cache)).toEqual([foreign]);
    clock.advance(20_000);
    cache.expire();
    expect(drafts(cache)).toEqual([]);
  });

  test.each([
    ['without a head', null],
    ['beside a head that names another', LARGE],
    ['beside a small answer', 'small'],
  ])('bodies %s go after a minute', (_what, text) => {
    const clock = new ManualClock(Date.now());
    const cache = store({ clock });
    put(cache, KEY, LARGE);
    const orphan = answers(cache.directory)[1]!;
    const path = join(cache.directory, 'answers-1', orphan);
    const bytes = readFileSync(path);
    if (text === null) cache.remove(KEY);
    else put(cache, KEY, text);
    writeFileSync(path, bytes);
    clock.advance(55_000);
    expect(cache.expire()).toBe(used(cache.directory));
    expect(answers(cache.directory)).toContain(orphan);
    expect([...cache.verify()]).toEqual([{ file: path, problem: 'the body belongs to no answer' }]);
    clock.advance(10_000);
    expect(cache.expire()).toBe(used(cache.directory));
    expect(answers(cache.directory)).not.toContain(orphan);
    expect(body(cache)).toBe(text);
    expect(cache.size).toBe(used(cache.directory));
  });

  test('files of readers and writers that were forgotten are closed', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const cache = store();
    put(cache, KEY, LARGE);
    const open = (): string[] => openFiles().filter((path) => path.startsWith(cache.directory));
    const forget = (): void => {
      for (let i = 0; i < 20; i++) {
        cache
          .get(KEY)!
          .open(0)!
          .pull(() => {});
        cache.put(keyOf(i), headOf(), -1)!.write(Buffer.alloc(100_000));
      }
    };
    forget();
    expect(open()).toHaveLength(40);
    for (let i = 0; i < 50 && open().length > 0; i++) {
      gc();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(open()).toEqual([]);
    expect(drafts(cache)).toEqual([]);
  });
});

describe('looking in from outside', () => {
  test('all that is stored, by key, file or URL', () => {
    const cache = store();
    const variants = ['a', 'b'].map((variant) => ({ variant, vary: [] }));
    put(cache, KEY, '', headOf({ variants }));
    for (const variant of ['a', 'b']) put(cache, { ...KEY, variant }, variant.repeat(10));
    put(cache, { ...KEY, partition: 'p' }, LARGE);
    const listed = [...cache.entries()].map(({ key, head, length, file }) => ({
      key,
      variants: head.variants.length,
      length,
      file,
    }));
    expect(listed).toHaveLength(4);
    expect(listed).toEqual(
      expect.arrayContaining([
        { key: KEY, variants: 2, length: 0, file: cache.fileOf(KEY) },
        { key: { ...KEY, variant: 'a' }, variants: 0, length: 10, file: cache.fileOf({ ...KEY, variant: 'a' }) },
        { key: { ...KEY, partition: 'p' }, variants: 0, length: 200_000, file: cache.fileOf({ ...KEY, partition: 'p' }) },
      ]),
    );
    const { key, length, head } = cache.read(cache.fileOf({ ...KEY, variant: 'b' }))!;
    expect([key.variant, length, head.headers.get('content-type')]).toEqual(['b', 10, 'text/plain']);
    for (const path of [import.meta.filename, join(cache.directory, 'nothing'), cache.directory])
      expect(cache.read(path)).toBeNull();

    expect(cache.removeUrl(KEY.url)).toBe(true);
    expect([...cache.entries()].map((entry) => entry.key.partition)).toEqual(['p']);
    expect(cache.removeUrl(KEY.url)).toBe(false);
    expect(cache.removeUrl(KEY.url, 'p')).toBe(true);
    expect(answers(cache.directory)).toEqual([]);
  });

  test('clearing leaves nothing, in memory neither', () => {
    const cache = store();
    put(cache, KEY, 'x');
    put(cache, keyOf(1), LARGE);
    cache.clear();
    expect([body(cache), body(cache, keyOf(1)), answers(cache.directory), cache.size]).toEqual([null, null, [], 0]);
  });

  test('a head that is too long for a file is not kept', () => {
    const cache = store();
    for (const text of ['x', LARGE]) {
      put(cache, KEY, text, headOf({ reason: 'x'.repeat(2_000_000) }));
      expect(cache.get(KEY)).toBeNull();
    }
    expect(files(cache.directory)).toEqual([]);
  });
});

test('200 MB pass through in pieces', () => {
  const cache = store({ maximumSize: 400_000_000 });
  const piece = Buffer.alloc(65_536, 'x');
  const most = 200_000_000;
  let peak = 0;
  const before = process.memoryUsage.rss();
  const look = (): void => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const writer = cache.put(KEY, headOf(), most)!;
  for (let left = most, i = 0; left > 0; left -= piece.length, i++) {
    writer.write(left < piece.length ? piece.subarray(0, left) : piece);
    if (i % 100 === 0) look();
  }
  writer.commit();
  const reader = cache.get(KEY)!.open(0)!;
  let total = 0;
  for (let part = reader.pull(() => {}), i = 0; part != null; part = reader.pull(() => {}), i++) {
    total += part.length;
    if (i % 100 === 0) look();
  }
  expect([total, reader.failure]).toEqual([most, null]);
  expect((peak - before) / 1e6).toBeLessThan(60);
});
