import { utimesSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { HeaderList } from '../../../src/base/header-list.ts';
import type { CacheKey, StoredHead } from '../../../src/contract/cache.ts';
import { DiskCacheStore } from '../../../src/stores/cache/disk-store.ts';
import { openCache } from '../../../src/tools/cli/inspect/cache-folder.ts';
import { cli, folder, serve, text } from './support.ts';

const HOUR = 3_600_000;

/** What is stored of one answer; times are hours ago. */
interface Given extends Partial<Omit<StoredHead, 'headers'>> {
  readonly url: string;
  readonly fields?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly ago?: number;
  readonly partition?: string;
  readonly variant?: string;
}

const KEPT: readonly Given[] = [
  { url: 'http://a.example/fresh', fields: [['Cache-Control', 'max-age=86400']], ago: 2, body: 'hello' },
  { url: 'http://a.example/stale', fields: [['Cache-Control', 'max-age=3600']], ago: 5, status: 404, reason: 'Not Found' },
  { url: 'http://www.b.example/big', fields: [['Cache-Control', 'no-cache, max-age=86400']], ago: 2, body: 'x'.repeat(300_000) },
  {
    url: 'http://b.example/secret',
    fields: [
      ['Set-Cookie', 'sid=s3cret; Path=/'],
      ['X-Odd', '\x9b31m\xe9'],
    ],
    ago: 2,
    partition: 'p1',
    range: { first: 0, last: 4, total: 10 },
    body: 'parts',
  },
  {
    url: 'http://c.example/v',
    variants: [
      { variant: 'de', vary: [['accept-language', 'de']] },
      { variant: 'none', vary: [['authorization', 'Bearer t0ken']] },
    ],
  },
  { url: 'http://c.example/v', variant: 'de', vary: [['accept-language', 'de']], ago: 2, body: 'ja' },
  { url: 'http://c.example/v', variant: 'none', vary: [['authorization', 'Bearer t0ken']], ago: 2, body: 'yes' },
  { url: 'http://ada@c.example/mine', ago: 2, body: '1' },
];

async function store(directory: string, given: readonly Given[]): Promise<void> {
  const disk = new DiskCacheStore({ directory });
  const now = Date.now();
  for (const { url, fields = [], body = '', ago = 0, partition = '', variant = '', ...more } of given) {
    const head: StoredHead = {
      status: 200,
      reason: 'OK',
      headers: new HeaderList(fields.flat()),
      requestedAt: now - ago * HOUR,
      receivedAt: now - ago * HOUR,
      vary: [],
      range: null,
      variants: [],
      expires: -1,
      notes: [],
      ...more,
    };
    const writer = disk.put({ url, partition, variant }, head, body.length);
    writer?.write(Buffer.from(body));
    await writer?.commit();
    // when it was used last
    utimesSync(disk.fileOf({ url, partition, variant }), (now - HOUR) / 1000, (now - HOUR) / 1000);
  }
}

/** A folder with a cache in `c`. */
async function cacheFolder(given = KEPT): Promise<string> {
  const cwd = await folder();
  await store(join(cwd, 'c'), given);
  return cwd;
}

const lines = (text: string): string[] => text.trimEnd().split('\n');
const fileOf = (cwd: string, key: Partial<CacheKey>): string =>
  new DiskCacheStore({ directory: join(cwd, 'c') }).fileOf({ url: '', partition: '', variant: '', ...key });

describe('cache ls', () => {
  test('lists answers by URL, what they are only for, and hides secrets', async () => {
    const { code, out, err } = await cli(['cache', 'ls', 'c'], { cwd: await cacheFolder() });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const table = lines(out);
    expect(table[0]).toBe('STATUS    SIZE  AGE  STATE         USED  URL                        ONLY FOR');
    expect(table.slice(1, 5)).toEqual([
      '   200     5 B  2 h  fresh 22 h  60 min  http://a.example/fresh',
      '   404     0 B  5 h  stale 4 h   60 min  http://a.example/stale',
      '   200     1 B  2 h  stale 2 h   60 min  http://***@c.example/mine',
      '   200     5 B  2 h  stale 2 h   60 min  http://b.example/secret    bytes 0-4/10; partition p1',
    ]);
    expect(table.slice(5, 7).sort()).toEqual([
      '   200     2 B  2 h  stale 2 h   60 min  http://c.example/v         accept-language: de',
      '   200     3 B  2 h  stale 2 h   60 min  http://c.example/v         authorization: Bearer ***',
    ]);
    expect(table.slice(7)).toEqual(['   200  300 kB  2 h  asks first  60 min  http://www.b.example/big', '7 answers, 300 kB']);
  });

  test.each<[string[], string[]]>([
    [
      ['--host', 'b.example'],
      ['http://b.example/secret', 'http://www.b.example/big'],
    ],
    [['--host', 'a.example', '--stale'], ['http://a.example/stale']],
    [['http://c.example/v'], ['http://c.example/v', 'http://c.example/v']],
    [
      ['c.example/mine#there', 'http://a.example/fresh'],
      ['http://a.example/fresh', 'http://***@c.example/mine'],
    ],
    [['http://ada@c.example/mine', '--show-secrets'], ['http://ada@c.example/mine']],
    [['http://eve@c.example/mine'], []],
    [['http://a.example/'], []],
  ])('%j', async (more, urls) => {
    const { code, out } = await cli(['cache', 'ls', 'c', '--json', ...more], { cwd: await cacheFolder() });
    expect(code).toBe(0);
    expect(out === '' ? [] : lines(out).map((line) => JSON.parse(line).url)).toEqual(urls);
  });

  test('says that there is nothing', async () => {
    const cwd = await cacheFolder();
    expect((await cli(['cache', 'ls', 'c', 'http://x.example/'], { cwd })).out).toBe('No such answer in c\n');
    await cli(['cache', 'clear', 'c'], { cwd });
    expect((await cli(['cache', 'ls', 'c'], { cwd })).out).toBe('No answers in c\n');
  });

  test('looking is no use', async () => {
    const cwd = await folder();
    await store(join(cwd, 'c'), KEPT.slice(0, 1));
    const disk = new DiskCacheStore({ directory: join(cwd, 'c') });
    const before = [...disk.entries()].map(({ used }) => used);
    for (const action of [['ls'], ['stats'], ['verify'], ['show', 'http://a.example/fresh']])
      await cli(['cache', action[0]!, 'c', ...action.slice(1)], { cwd });
    expect([...disk.entries()].map(({ used }) => used)).toEqual(before);
  });
});

describe('cache show', () => {
  test('shows all that is stored, with the reason for its freshness', async () => {
    const cwd = await cacheFolder();
    const { code, out } = await cli(['cache', 'show', 'c', 'http://b.example/secret'], { cwd });
    expect(code).toBe(0);
    expect(lines(out.replace(/\d{4}-[\d: -]+ UTC/, 'DATE'))).toEqual([
      'http://b.example/secret',
      '  status     200 OK',
      '  received   DATE, 2 h ago',
      '  age        2 h',
      '  fresh      stale for 2 h, as nothing says how long',
      '  used       60 min ago',
      '  body       5 B',
      '  part       bytes 0-4/10',
      '  partition  p1',
      `  file       ${fileOf(cwd, { url: 'http://b.example/secret', partition: 'p1' })}`,
      '  field      Set-Cookie: sid=***; Path=/',
      '  field      X-Odd: \\x9b31m\u00e9',
    ]);
    const open = await cli(['cache', 'show', 'c', 'http://b.example/secret', '--show-secrets'], { cwd });
    expect(open.out).toContain('Set-Cookie: sid=s3cret; Path=/');
  });

  test.each<[string, Partial<Given>, string]>([
    ['max-age', { fields: [['Cache-Control', 'max-age=86400']] }, 'for another 22 h, by max-age'],
    [
      'no-cache',
      { fields: [['Cache-Control', 'no-cache, max-age=9']] },
      'stale for 2 h, by max-age; no-cache, so the server is asked each time',
    ],
    ['Expires', { fields: [['Expires', 'Thu, 01 Jan 1970 00:00:00 GMT']] }, 'stale for 2 h, by Expires'],
    ['a program', { expires: Date.now() + 48 * HOUR + 60_000 }, 'for another 2 d, by the word of the program'],
    [
      'nothing but an old Last-Modified',
      { fields: [['Last-Modified', new Date(Date.now() - 102 * HOUR).toUTCString()]] },
      'for another 8 h, a tenth of its time without change',
    ],
  ])('freshness by %s', async (_, given, words) => {
    const cwd = await cacheFolder([{ url: 'http://a.example/', ago: 2, ...given }]);
    const { out } = await cli(['cache', 'show', 'c', 'a.example'], { cwd });
    expect(out).toContain(`\n  fresh     ${words}\n`);
  });

  test('--json has the same for machines', async () => {
    const { out } = await cli(['cache', 'show', 'c', 'http://c.example/v', '--json'], { cwd: await cacheFolder() });
    const documents = lines(out).map((line) => JSON.parse(line));
    expect(documents.map(({ vary }) => vary)).toEqual(
      expect.arrayContaining([{ 'accept-language': 'de' }, { authorization: 'Bearer ***' }]),
    );
    expect(documents[0]).toMatchObject({ status: 200, partition: '', noCache: false, range: null });
    expect(documents[0].age).toBeGreaterThanOrEqual(7200);
    expect(documents[0].freshFor).toBeLessThanOrEqual(-7200);
  });

  test('--body writes the body, also one that has a file of its own', async () => {
    const cwd = await cacheFolder();
    expect((await cli(['cache', 'show', 'c', 'http://a.example/fresh', '--body'], { cwd })).out).toBe('hello');
    expect((await cli(['cache', 'show', 'c', 'http://www.b.example/big', '--body'], { cwd })).out).toBe('x'.repeat(300_000));
    const two = await cli(['cache', 'show', 'c', 'http://c.example/v', '--body'], { cwd });
    expect(two).toMatchObject({ code: 2, out: '' });
    expect(two.err).toMatch(/2 answers are stored for it\n.*--cache-mode only-if-cached/);
  });

  test('of what is not stored ends with 31', async () => {
    const cwd = await cacheFolder();
    expect(await cli(['cache', 'show', 'c', 'x.example'], { cwd })).toMatchObject({ code: 31, out: 'No such answer in c\n' });
    expect(await cli(['cache', 'show', 'c', 'x.example', '--body'], { cwd })).toMatchObject({ code: 31 });
  });
});

describe('cache rm and clear', () => {
  test.each<[string[], number, number]>([
    [['http://a.example/fresh', 'http://b.example/secret'], 2, 5],
    [['http://c.example/v'], 2, 5],
    [['--host', 'b.example'], 2, 5],
    [['--stale'], 5, 2],
    [['--stale', '--host', 'a.example'], 1, 6],
  ])('rm %j', async (more, removed, left) => {
    const cwd = await cacheFolder();
    const { code, out } = await cli(['cache', 'rm', 'c', ...more], { cwd });
    expect({ code, out }).toEqual({ code: 0, out: `Removed ${removed} answer${removed === 1 ? '' : 's'} from c\n` });
    expect(lines((await cli(['cache', 'ls', 'c', '--json'], { cwd })).out)).toHaveLength(left);
  });

  test('the last variant takes the signpost with it', async () => {
    const cwd = await cacheFolder();
    await cli(['cache', 'rm', 'c', 'http://c.example/v'], { cwd });
    const disk = new DiskCacheStore({ directory: join(cwd, 'c') });
    expect(disk.get({ url: 'http://c.example/v', partition: '', variant: '' })).toBeNull();
  });

  test('what is not there, and what is not said', async () => {
    const cwd = await cacheFolder();
    expect(await cli(['cache', 'rm', 'c', 'http://x/'], { cwd })).toMatchObject({ code: 31, out: 'No such answer in c\n' });
    const { code, err } = await cli(['cache', 'rm', 'c'], { cwd });
    expect(code).toBe(2);
    expect(err).toContain('qnam cache clear c');
  });

  test('clear removes all', async () => {
    const cwd = await cacheFolder();
    expect((await cli(['cache', 'clear', 'c'], { cwd })).out).toBe('Removed 7 answers from c\n');
    expect(new DiskCacheStore({ directory: join(cwd, 'c') }).size).toBe(0);
  });
});

describe('cache verify', () => {
  /** Turns a byte of a file over, behind its middle. */
  async function harm(file: string): Promise<void> {
    const bytes = await readFile(file);
    bytes[bytes.length >> 1]! ^= 1;
    await writeFile(file, bytes);
  }

  test('reads all files; what is whole ends with 0', async () => {
    const cwd = await cacheFolder();
    expect(await cli(['cache', 'verify', 'c'], { cwd })).toMatchObject({ code: 0, out: '7 answers; nothing is damaged\n' });
    expect(await cli(['cache', 'verify', 'c', '--json'], { cwd })).toMatchObject({ code: 0, out: '' });
  });

  test('what is damaged is named and ends with 61, until --fix removes it', async () => {
    const cwd = await cacheFolder();
    const file = fileOf(cwd, { url: 'http://a.example/fresh' });
    await harm(file);
    const first = await cli(['cache', 'verify', 'c'], { cwd });
    expect(first).toMatchObject({ code: 61, out: `${file}: the file is damaged\n6 answers; 1 damaged, 0 removed\n` });
    const { code, out } = await cli(['cache', 'verify', 'c', '--json'], { cwd });
    expect({ code, problem: JSON.parse(out) }).toEqual({
      code: 61,
      problem: { file, problem: 'the file is damaged', removed: false },
    });
    const fixed = await cli(['cache', 'verify', '--fix', 'c'], { cwd });
    expect(fixed).toMatchObject({ code: 0, out: expect.stringContaining('the file is damaged; removed\n') });
    expect((await cli(['cache', 'verify', 'c'], { cwd })).code).toBe(0);
  });

  test('a body in a file of its own', async () => {
    const cwd = await cacheFolder();
    const file = fileOf(cwd, { url: 'http://www.b.example/big' });
    const parent = join(file, '..');
    const body = (await readdir(parent)).map((name) => join(parent, name)).find((path) => path.startsWith(`${file}.`));
    await harm(body!);
    expect(await cli(['cache', 'verify', 'c'], { cwd })).toMatchObject({
      code: 61,
      out: `${body}: the body is damaged\n7 answers; 1 damaged, 0 removed\n`,
    });
    expect(await cli(['cache', 'verify', 'c', '--fix'], { cwd })).toMatchObject({
      code: 0,
      out: `${body}: the body is damaged; removed\n6 answers; 1 damaged, 1 removed\n`,
    });
    expect(await cli(['cache', 'verify', 'c'], { cwd })).toMatchObject({ code: 0, out: '6 answers; nothing is damaged\n' });
  });

  test('a body that nobody names goes alone, a head whose body is gone goes as well', async () => {
    const cwd = await cacheFolder();
    const file = fileOf(cwd, { url: 'http://www.b.example/big' });
    const names = await readdir(join(file, '..'));
    const body = join(file, '..', names.find((name) => join(file, '..', name).startsWith(`${file}.`))!);
    await rename(body, body.replace(/.{4}$/, 'ffff'));
    expect((await cli(['cache', 'verify', 'c'], { cwd })).out).toMatch(
      /belongs to no answer\n.*is gone.*\n7 answers; 2 damaged, 0 removed\n$/,
    );
    expect((await cli(['cache', 'verify', 'c', '--fix'], { cwd })).out).toMatch(/6 answers; 2 damaged, 2 removed\n$/);
    expect((await cli(['cache', 'verify', 'c'], { cwd })).code).toBe(0);
    const fresh = fileOf(cwd, { url: 'http://a.example/fresh' });
    await writeFile(`${fresh}.${'f'.repeat(32)}`, 'nobody knows me');
    await cli(['cache', 'verify', 'c', '--fix'], { cwd });
    expect((await cli(['cache', 'show', 'c', 'http://a.example/fresh', '--body'], { cwd })).out).toBe('hello');
  });
});

describe('cache stats', () => {
  test('sums up, by status and by host', async () => {
    const { code, out } = await cli(['cache', 'stats', 'c'], { cwd: await cacheFolder() });
    expect(code).toBe(0);
    expect(lines(out.replace(/files .*/, 'files'))).toEqual([
      'c',
      '  answers  7',
      '  fresh    2 (29 %)',
      '  files',
      '  bodies   300 kB',
      '  oldest   5 h ago',
      '  unused   for 60 min at most',
      '',
      'STATUS  ANSWERS  BODIES',
      '200           6  300 kB',
      '404           1     0 B',
      '',
      'HOST           ANSWERS  BODIES',
      'www.b.example        1  300 kB',
      'c.example            3     6 B',
      'a.example            2     5 B',
      'b.example            1     5 B',
    ]);
  });

  test('--json', async () => {
    const cwd = await cacheFolder();
    const sums = JSON.parse((await cli(['cache', 'stats', 'c', '--json'], { cwd })).out);
    expect(sums).toMatchObject({ answers: 7, fresh: 2, bodyBytes: 300_016, hosts: { 'c.example': { answers: 3, bytes: 6 } } });
    expect(sums.bytes).toBe(new DiskCacheStore({ directory: join(cwd, 'c') }).size);
    await cli(['cache', 'clear', 'c'], { cwd });
    const none = JSON.parse((await cli(['cache', 'stats', 'c', '--json'], { cwd })).out);
    expect(none).toMatchObject({ answers: 0, bodyBytes: 0, oldest: null, longestUnused: null, hosts: {} });
    expect((await cli(['cache', 'stats', 'c'], { cwd })).out).toBe('No answers in c\n');
  });
});

test('whoever looks must not make the cache of a program smaller', async () => {
  const cwd = await cacheFolder();
  expect(openCache(join(cwd, 'c'), systemClock).maximumSize).toBe(Number.MAX_SAFE_INTEGER);
});

test('a folder without a cache is neither read nor filled', async () => {
  const cwd = await folder();
  await mkdir(join(cwd, 'other'));
  await writeFile(join(cwd, 'file'), '');
  for (const directory of ['missing', 'other', 'file']) {
    for (const action of [['ls'], ['clear'], ['stats']]) {
      const { code, out, err } = await cli(['cache', action[0]!, directory, ...action.slice(1)], { cwd });
      expect({ code, out }).toEqual({ code: 60, out: '' });
      expect(err).toMatch(/^qnam: cannot read .*\n.*QNetworkDiskCache\.setCacheDirectory/);
    }
  }
  expect(await readdir(join(cwd, 'other'))).toEqual([]);
  expect((await readdir(cwd)).sort()).toEqual(['file', 'other']);
});

describe('qnam get --cache', () => {
  test('keeps answers for the next run, and uses them as --cache-mode says', async () => {
    const server = await serve((response, { headers }) => {
      response.setHeader('Cache-Control', 'max-age=600').setHeader('ETag', '"1"');
      if (headers['if-none-match'] === '"1"') response.writeHead(304);
      response.end('hello');
    });
    const cwd = await folder();
    const get = async (...more: string[]) => {
      const { code, out, err } = await cli(['get', '--cache', 'c', '-v', ...more, `${server.url}/`], { cwd });
      return { code, out, cache: /^\* cache: (.*)$/m.exec(err)?.[1], sent: server.seen.length };
    };
    expect(await get()).toEqual({ code: 0, out: 'hello', cache: 'not stored', sent: 1 });
    expect(await get()).toEqual({ code: 0, out: 'hello', cache: 'stored, and served from there', sent: 1 });
    expect(await get('--cache-mode', 'no-cache')).toMatchObject({
      out: 'hello',
      cache: 'stored, asking whether it has changed',
      sent: 2,
    });
    expect(await get('--cache-mode', 'reload')).toMatchObject({ out: 'hello', sent: 3 });
    expect(await get('--cache-mode', 'only-if-cached')).toMatchObject({ out: 'hello', sent: 3 });
    const json = await cli(['get', '--cache', 'c', '--json', `${server.url}/`], { cwd });
    expect(JSON.parse(json.out)).toMatchObject({ fromCache: true, status: 200, bytes: 5 });
    const listed = await cli(['cache', 'ls', 'c', server.url, '--json'], { cwd });
    expect(JSON.parse(listed.out)).toMatchObject({ url: `${server.url}/`, length: 5, headers: { etag: ['"1"'] } });
  });

  test('what is not there is not fetched with only-if-cached', async () => {
    const server = await serve(text('hello'));
    const cwd = await folder();
    const { code, err } = await cli(['get', '-v', '--cache', 'c', '--cache-mode', 'only-if-cached', server.url], { cwd });
    expect({ code, seen: server.seen.length }).toEqual({ code: 31, seen: 0 });
    expect(err).toContain('* cache: nothing that may be used, and nothing may be sent\n');
  });

  test('a folder that cannot be used is said before anything is sent', async () => {
    const server = await serve(text('hello'));
    const cwd = await folder();
    await writeFile(join(cwd, 'file'), '');
    const { code, err } = await cli(['get', '--cache', 'file/c', server.url], { cwd });
    expect({ code, seen: server.seen.length }).toEqual({ code: 60, seen: 0 });
    expect(err).toBe('qnam: cannot use file/c: a part of the path is no folder\n');
  });
});
