import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { child, type Ended } from '../life/child.ts';
import { needing, program } from './programs.ts';
import { RedisServer } from './redis.ts';

const DIST = new URL('../../dist/', import.meta.url);

/** What all these processes begin with; the first argument is the url of the cache, the second may be another place of the package. */
const BEGIN = `
const { SharedCache } = await import(args[1] ?? ${JSON.stringify(new URL('index.js', DIST).href)});
const cache = new SharedCache({ url: args[0], maximumEntrySize: 2 ** 28 });
const key = { url: 'http://example.org/', partition: '', variant: '' };
const headers = { flat: ['ETag', '"1"'] };
const head = { status: 200, reason: 'OK', headers, requestedAt: 0, receivedAt: 0, vary: [], range: null, variants: [], expires: -1, notes: [] };
const pulled = (reader) => new Promise((resolve) => {
  const look = () => {
    const piece = reader.pull(look);
    if (piece !== undefined) resolve(piece);
  };
  look();
});
`;

const run = (code: string, ...args: string[]): Promise<Ended> => child(BEGIN + code, args);

describe.skipIf(program('redis-server') === null)(needing('processes with a shared cache', 'redis-server'), () => {
  let server: RedisServer;

  beforeAll(async () => {
    server = await new RedisServer().start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('a process ends when it has nothing more to do, connected or not, and what it committed is stored', async () => {
    const first = await run(
      `
      const writer = cache.put(key, head, 1_000_000);
      writer.write(Buffer.alloc(1_000_000, 'a'));
      writer.commit();
      await cache.claim({ ...key, url: 'http://claimed/' }, null);
      console.log('done');`,
      server.path,
    );
    expect(first).toMatchObject({ code: 0, out: 'done\n', err: '' });
    expect(first.lingered).toBeLessThan(1_500);
    const second = await run('console.log((await cache.get(key)).length);', server.path);
    expect(second).toMatchObject({ code: 0, out: '1000000\n', err: '' });
    expect(second.lingered).toBeLessThan(1_000);
  });

  // ioredis copies each command into memory of its own. Node.js 24 lets more such garbage stand before it collects it than 20 and 22 do.
  const most = Number(process.versions.node.split('.')[0]) < 24 ? 60 : 120;

  it(`200 MB pass with less than ${most} MiB of memory, in both directions`, async () => {
    const { out, err, code } = await run(
      `
      const block = Buffer.alloc(65_536, 'b');
      const blocks = 200_000_000 / block.length | 0;
      let most = 0;
      const look = () => { most = Math.max(most, process.memoryUsage.rss()); };
      const pass = async (count) => {
        const writer = cache.put(key, head, count * block.length);
        for (let i = 0; i < count; i++) {
          if (!writer.write(block)) await new Promise((resolve) => { writer.drained = resolve; });
          look();
        }
        await writer.commit();
        const reader = (await cache.get(key)).open(0);
        let bytes = 0;
        for (let piece = await pulled(reader); piece !== null; piece = await pulled(reader)) {
          bytes += piece.length;
          look();
        }
        if (reader.failure !== null) throw new Error(reader.failure.message);
        return bytes;
      };
      await cache.ready();
      look();
      const before = most;
      const bytes = await pass(blocks);
      console.log(bytes + ' bytes, grown by ' + Math.round((most - before) / 1024 / 1024) + ' MiB');`,
      server.path,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const [, bytes, grown] = /^(\d+) bytes, grown by (\d+) MiB\n$/.exec(out)!;
    expect(Number(bytes)).toBeGreaterThan(199_900_000);
    expect(Number(grown)).toBeLessThan(most);
  });
});

describe('a process whose cache cannot work', () => {
  const code = `
    console.log(String(await cache.get(key)));
    await cache.ready().catch((problem) => console.log(problem.message));
    console.log(String(await cache.get(key)), cache.put(key, head, 1), (await cache.claim(key, null)).kind);`;

  it('as there is no server: it says so once, and ends', async () => {
    const { out, err, lingered } = await run(code, '/nobody/listens/here');
    expect(out).toBe('null\nSharedCache: /nobody/listens/here cannot be used (ENOENT)\nnull null fetch\n');
    expect(err.match(/QNETWORK_SHARED_CACHE/g)).toHaveLength(1);
    expect(err).toMatch(/Warning: SharedCache: \/nobody\/listens\/here cannot be used \(ENOENT\)\. Requests go on without it\./);
    expect(lingered).toBeLessThan(1_000);
  });

  it('as ioredis is not installed: it says what to install', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-alone-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, 'dist'));
    cpSync(fileURLToPath(DIST), join(folder, 'dist'), { recursive: true });
    const { out, err } = await run(code, 'redis://127.0.0.1:1', pathToFileURL(join(folder, 'dist/index.js')).href);
    const told = 'SharedCache: the package ioredis is not installed: npm install ioredis';
    expect(out).toBe(`null\n${told}\nnull null fetch\n`);
    expect(err.match(/QNETWORK_SHARED_CACHE/g)).toHaveLength(1);
    expect(err).toContain(told);
  });
});
