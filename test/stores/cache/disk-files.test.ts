import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { answers, body, files, folder, headOf, KEY, keyOf, put, store } from './disk-parts.ts';

const LARGE = 'abcdefgh'.repeat(25_000);

describe('files of a cache on disk', () => {
  test('nothing is touched before something is stored', () => {
    const directory = join(folder(), 'a/b');
    const cache = store({ directory });
    cache.get(KEY);
    cache.remove(KEY);
    cache.clear();
    expect([cache.size, cache.expire(), [...cache.entries()], [...cache.verify()]]).toEqual([0, 0, [], []]);
    expect(existsSync(directory)).toBe(false);
    put(cache, KEY, 'x');
    expect(body(cache)).toBe('x');
  });

  test('only the user may read them', () => {
    const directory = join(folder(), 'a');
    const cache = store({ directory });
    put(cache, KEY, 'small');
    put(cache, keyOf('large'), LARGE);
    const all = files(directory);
    expect(all).toHaveLength(4);
    for (const name of all) {
      expect(statSync(join(directory, name)).mode & 0o777, name).toBe(0o600);
      for (let path = dirname(name); path !== '.'; path = dirname(path))
        expect(statSync(join(directory, path)).mode & 0o777).toBe(0o700);
    }
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  test('a small answer is one file, a large one has another for its body', () => {
    const cache = store();
    put(cache, KEY, 'x'.repeat(65_536));
    expect(answers(cache.directory)).toEqual([expect.stringMatching(/^[0-9a-f]{2}\/[0-9a-f]{38}$/)]);
    put(cache, KEY, 'x'.repeat(65_537));
    const [head, large] = answers(cache.directory);
    expect(large).toMatch(new RegExp(`^${head}\\.[0-9a-f]{32}$`));
    expect(join(cache.directory, 'answers-1', head!)).toBe(cache.fileOf(KEY));
    // replaced, updated, removed
    put(cache, KEY, LARGE);
    expect(answers(cache.directory)).toHaveLength(2);
    expect(answers(cache.directory)).not.toContain(large);
    cache.update(KEY, cache.get(KEY)!, headOf({ reason: 'new' }));
    expect(answers(cache.directory)).toHaveLength(2);
    put(cache, KEY, 'x');
    expect(answers(cache.directory)).toHaveLength(1);
    put(cache, KEY, LARGE);
    cache.remove(KEY);
    expect(answers(cache.directory)).toEqual([]);
  });

  test('what is not committed leaves no file', () => {
    const cache = store();
    put(cache, KEY, 'x');
    const before = files(cache.directory);
    for (const length of [10, 100_000, -1]) {
      const writer = cache.put(keyOf('aborted'), headOf(), length)!;
      writer.write(Buffer.alloc(length < 0 ? 200_000 : length));
      writer.abort();
    }
    const short = cache.put(keyOf('short'), headOf(), 100_000)!;
    short.write(Buffer.alloc(99_999));
    short.commit();
    const long = cache.put(keyOf('long'), headOf(), 100_000)!;
    long.write(Buffer.alloc(100_001));
    long.commit();
    expect(files(cache.directory)).toEqual(before);
  });

  test('a folder that is removed is made again', () => {
    const cache = store();
    for (const length of [10, 100_000]) {
      put(cache, KEY, 'y'.repeat(length));
      rmSync(cache.directory, { recursive: true });
      expect(body(cache)).toBeNull();
      put(cache, KEY, 'x'.repeat(length));
      expect(body(cache)).toBe('x'.repeat(length));
    }
  });
});

describe('links are not followed', () => {
  test.each([
    ['an answer', 0],
    ['a body of its own', 1],
  ])('in the place of %s', (_what, index) => {
    const cache = store({ memoryTier: 0 });
    put(cache, KEY, LARGE);
    const path = join(cache.directory, 'answers-1', answers(cache.directory)[index]!);
    const elsewhere = join(folder(), 'precious');
    // what the link leads to would be a good file
    writeFileSync(elsewhere, readFileSync(path));
    const before = readFileSync(elsewhere);
    rmSync(path);
    symlinkSync(elsewhere, path);
    expect(body(cache)).toBeNull();
    expect([existsSync(path), existsSync(cache.fileOf(KEY))]).toEqual([false, false]);
    symlinkSync(elsewhere, cache.fileOf(KEY));
    put(cache, KEY, 'mine');
    expect(lstatSync(cache.fileOf(KEY)).isSymbolicLink()).toBe(false);
    expect(body(cache)).toBe('mine');
    expect(readFileSync(elsewhere).equals(before)).toBe(true);
  });

  test.each(['answers-1', 'answers-1/drafts', 'answers-1/XX'])('in the place of the folder %s', (name) => {
    const problems: Error[] = [];
    const cache = store({ onTrouble: (error) => void problems.push(error) });
    const elsewhere = folder();
    const path = join(cache.directory, name.replace('XX', cache.fileOf(KEY).split('/').at(-2)!));
    mkdirSync(dirname(path), { recursive: true });
    symlinkSync(elsewhere, path);
    put(cache, KEY, 'x');
    put(cache, KEY, LARGE);
    expect(body(cache)).toBeNull();
    expect(files(elsewhere)).toEqual([]);
    expect(problems.map(({ message }) => message)).toEqual([`${path} is not a folder; the cache keeps nothing there`]);
  });
});

/** What may happen to a file. */
const DAMAGES: Readonly<Record<string, (path: string) => void>> = {
  'is empty': (path) => truncateSync(path, 0),
  'is short by one byte': (path) => truncateSync(path, statSync(path).size - 1),
  'is cut in the middle': (path) => truncateSync(path, statSync(path).size / 2),
  'has one byte more': (path) => appendFileSync(path, 'x'),
  'is some other file': (path) => writeFileSync(path, 'hello'),
  'is another of the same size': (path) => writeFileSync(path, 'x'.repeat(statSync(path).size)),
  'is huge': (path) => truncateSync(path, 100_000_000),
  ...Object.fromEntries(
    [0, 8, 12, 16, 40, -1].map((at) => [
      `is wrong at byte ${at}`,
      (path: string) => {
        const bytes = readFileSync(path);
        const index = at < 0 ? bytes.length + at : at;
        bytes[index]! ^= 1;
        writeFileSync(path, bytes);
      },
    ]),
  ),
};

describe.each(Object.keys(DAMAGES))('a file that %s', (name) => {
  const damage = DAMAGES[name]!;

  test.each([
    ['of a small answer', 'hello, '.repeat(30), 0],
    ['of the head of a large one', LARGE, 0],
    ['of the body of a large one', LARGE, 1],
  ])('%s is not there, and goes', (_what, text, index) => {
    for (const memoryTier of [0, 1_000_000]) {
      const directory = folder();
      const writer = store({ directory, memoryTier });
      put(writer, KEY, text);
      expect(body(writer)).toBe(text);
      const path = join(directory, 'answers-1', answers(directory)[index]!);
      damage(path);
      const reader = store({ directory, memoryTier });
      expect([...reader.verify()][0]).toEqual({ file: path, problem: expect.any(String) });
      expect(existsSync(path)).toBe(true);
      expect(body(writer)).toBeNull();
      expect(body(reader)).toBeNull();
      expect(existsSync(reader.fileOf(KEY))).toBe(false);
      // what was left of it does not disturb
      put(reader, KEY, text);
      expect(body(writer)).toBe(text);
    }
  });
});

describe('a file is not what it should be', () => {
  test('a body that is gone takes its head with it', () => {
    const cache = store();
    put(cache, KEY, LARGE);
    rmSync(join(cache.directory, 'answers-1', answers(cache.directory)[1]!));
    expect([...cache.verify()]).toEqual([{ file: expect.stringContaining('.'), problem: expect.stringContaining('gone') }]);
    expect(cache.get(KEY)?.open(0) ?? null).toBeNull();
    expect(cache.get(KEY)).toBeNull();
    expect(answers(cache.directory)).toEqual([]);
  });

  test('a body that was open is read to its end after it was removed', () => {
    const cache = store();
    put(cache, KEY, LARGE);
    const reader = cache.get(KEY)!.open(0)!;
    let length = reader.pull(() => {})!.length;
    store({ directory: cache.directory }).remove(KEY);
    expect(answers(cache.directory)).toEqual([]);
    for (let piece = reader.pull(() => {}); piece != null; piece = reader.pull(() => {})) length += piece.length;
    expect([length, reader.failure]).toEqual([LARGE.length, null]);
  });

  test('a body that is damaged while it is read is not read to its end', () => {
    const cache = store();
    put(cache, KEY, LARGE);
    const reader = cache.get(KEY)!.open(0)!;
    reader.pull(() => {});
    const path = join(cache.directory, 'answers-1', answers(cache.directory)[1]!);
    truncateSync(path, 100_000);
    for (let piece = reader.pull(() => {}); piece != null; piece = reader.pull(() => {}));
    expect(reader.failure).toMatchObject({
      kind: 'closed',
      message: `The stored body ${path} ends too early; it was removed from the cache.`,
    });
    expect(reader.pull(() => {})).toBeNull();
    expect(cache.get(KEY)).toBeNull();
  });

  test('the file of another answer is not taken for the one that is asked for, nor removed', () => {
    const cache = store();
    put(cache, KEY, 'x');
    const other = cache.fileOf(keyOf('other'));
    mkdirSync(dirname(other), { recursive: true });
    writeFileSync(other, readFileSync(cache.fileOf(KEY)));
    expect(body(cache, keyOf('other'))).toBeNull();
    expect([...cache.verify()]).toEqual([{ file: other, problem: 'the file has the name of another answer' }]);
    put(cache, keyOf('other'), 'y');
    expect([body(cache), body(cache, keyOf('other')), [...cache.verify()]]).toEqual(['x', 'y', []]);
  });

  test('a folder or a pipe is not there', () => {
    for (const make of [(path: string) => mkdirSync(path), (path: string) => execFileSync('mkfifo', [path])]) {
      const cache = store();
      put(cache, KEY, 'x');
      rmSync(cache.fileOf(KEY));
      make(cache.fileOf(KEY));
      expect(body(cache)).toBeNull();
    }
  });

  test('the files of others are left alone', () => {
    const cache = store({ maximumSize: 100_000 });
    put(cache, KEY, 'x');
    const names = ['hello', 'answers-1/hello', 'answers-1/00/hello'].map((name) => join(cache.directory, name));
    mkdirSync(join(cache.directory, 'answers-1/00'), { recursive: true });
    for (const name of names) writeFileSync(name, 'x'.repeat(200_000));
    cache.clear();
    cache.expire();
    expect(cache.size).toBe(0);
    for (const name of names) expect(existsSync(name)).toBe(true);
  });
});

test('nothing can be put into a folder that is none, and it is said once in a while', () => {
  const directory = join(mkdtempSync(join(folder(), 'x')), 'file');
  writeFileSync(directory, 'precious');
  const problems: Error[] = [];
  const cache = store({ directory, onTrouble: (error) => void problems.push(error) });
  for (const text of ['x', LARGE]) {
    put(cache, KEY, text);
    expect([body(cache), cache.size, [...cache.entries()]]).toEqual([null, 0, []]);
  }
  expect(problems).toEqual([expect.objectContaining({ code: expect.stringMatching(/ENOTDIR|EEXIST/) })]);
  expect(readFileSync(directory, 'utf8')).toBe('precious');
});
