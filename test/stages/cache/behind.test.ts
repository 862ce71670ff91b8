import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkMemoryCache, type QNetworkReply } from '../../../src/index.ts';
import { turns } from '../../api/bridge/support.ts';
import { child } from '../../life/child.ts';
import { until } from '../../support/once.ts';
import { serve } from '../../support/server.ts';
import { HeldServer } from './held-server.ts';
import { ClockedManager, isStored, LateStore, Scene, whole } from './scene.ts';

// stale-while-revalidate (RFC 5861 3): what is stale is served, and asked about behind the back of the caller.

const LENIENT = { 'Cache-Control': 'max-age=10, stale-while-revalidate=20', ETag: '"1"' };

describe.each(['memory', 'disk', 'late'] as const)('what is stale and may be served meanwhile (%s)', (kind) => {
  it('is served at once, and renewed', async () => {
    await using scene = await Scene.open(kind);
    scene.script = [{ headers: LENIENT, body: 'one' }];
    await scene.text();
    scene.clock.advance(30_000);
    scene.script = [{ status: 304, headers: { 'X-New': 'n' } }];
    const reply = await whole(scene.get());
    expect([reply.readAll().toString(), isStored(reply), reply.rawHeader('Age').toString()]).toEqual(['one', true, '30']);
    await scene.server.whenRequests(2);
    expect(scene.server.requests[1]!.header('If-None-Match')).toBe('"1"');
    await until(() => scene.manager.desk.connections === 1, 'the end of it');
    await turns(10);
    const next = await whole(scene.get());
    expect([next.rawHeader('X-New').toString(), next.rawHeader('Age').toString()]).toEqual(['n', '0']);
    expect(scene.server.requests).toHaveLength(2);
  });

  it('is replaced when there is something new, which only the next one gets', async () => {
    await using scene = await Scene.open(kind);
    scene.script = [
      { headers: LENIENT, body: 'one' },
      { headers: LENIENT, body: 'two' },
    ];
    await scene.text();
    scene.clock.advance(15_000);
    expect(await scene.text()).toBe('one');
    await scene.server.whenRequests(2);
    for (let i = 0; (await scene.text()) === 'one'; i++) expect(i).toBeLessThan(500);
    expect(await scene.text()).toBe('two');
    expect(scene.server.requests).toHaveLength(2);
  });

  it('is asked about by all when it is older than that', async () => {
    await using scene = await Scene.open(kind);
    scene.script = [
      { headers: LENIENT, body: 'one' },
      { headers: LENIENT, body: 'two' },
    ];
    await scene.text();
    scene.clock.advance(31_000);
    expect(await scene.text()).toBe('two');
  });
});

/** A manager with something stale, and a server that waits for the test. */
class Stale {
  readonly server: HeldServer;
  readonly manager = new ClockedManager();

  private constructor(server: HeldServer, late: boolean) {
    this.server = server;
    this.manager.setCache(late ? new LateStore() : new QNetworkMemoryCache());
  }

  static async open(late = false, status = 200): Promise<Stale> {
    const made = new Stale(await HeldServer.open(), late);
    const reply = made.manager.get(made.server.at(), { redirect: 'manual' });
    const { answer } = await made.server.when(1);
    answer.writeHead(status, { ...LENIENT, Location: '/else' }).end('0123456789');
    await whole(reply);
    made.manager.clock.advance(15_000);
    return made;
  }

  async text(headers: Record<string, string> = {}): Promise<string> {
    return (await whole(this.manager.get(this.server.at(), { headers }))).readAll().toString();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.close();
    await this.server[Symbol.asyncDispose]();
  }
}

describe('the request behind the back of the caller', () => {
  it.each([
    ['memory', true, false],
    ['memory, without collapsing', false, false],
    ['late', true, true],
  ] as const)('is made once at a time (%s)', async (_what, collapsing, late) => {
    await using stale = await Stale.open(late);
    stale.manager.desk.collapsing = collapsing;
    for (let i = 0; i < 10; i++) expect(await stale.text()).toBe('0123456789');
    await Promise.all(Array.from({ length: 10 }, () => stale.text()));
    await stale.server.when(2);
    await turns(10);
    expect(stale.server.held).toHaveLength(2);
    stale.server.held[1]!.answer.writeHead(200, { ...LENIENT, 'Cache-Control': 'max-age=0, stale-while-revalidate=9' }).end(
      'two',
    );
    for (let i = 0; (await stale.text()) !== 'two'; i++) expect(i).toBeLessThan(500);
    await stale.text();
    await stale.server.when(3);
  });

  it.each(['5xx', 'gone', 'refused'] as const)("is nobody's when it fails (%s), and made again by the next hit", async (how) => {
    await using stale = await Stale.open();
    const told: unknown[] = [];
    stale.manager.finished.connect((reply) => told.push(reply.error()));
    expect(await stale.text()).toBe('0123456789');
    const { answer, request } = await stale.server.when(2);
    if (how === '5xx') answer.writeHead(503).end('busy');
    else if (how === 'refused') answer.writeHead(403).end('no');
    else {
      request.socket.destroy();
      (await stale.server.when(3)).request.socket.destroy();
    }
    const asked = stale.server.held.length;
    for (let i = 0; stale.server.held.length === asked; i++) {
      expect(i).toBeLessThan(500);
      expect(await stale.text()).toBe('0123456789');
      await turns(1);
    }
    expect(new Set(told)).toEqual(new Set([0]));
  });

  it("asks about all of it, without the caller's own conditions", async () => {
    await using stale = await Stale.open();
    expect(await stale.text({ Range: 'bytes=2-3', 'X-Mine': 'm' })).toBe('23');
    const first = await stale.server.when(2);
    expect(first.request.headers).toMatchObject({ 'if-none-match': '"1"', 'x-mine': 'm' });
    expect(first.request.headers.range).toBeUndefined();
    first.answer.writeHead(304, { 'Cache-Control': 'max-age=0, stale-while-revalidate=9' }).end();
    await until(() => stale.manager.desk.connections === 1, 'the end of it');
    await turns(5);
    expect(await stale.text({ 'If-None-Match': '"0"' })).toBe('0123456789');
    const second = await stale.server.when(3);
    expect(second.request.headers).toMatchObject({ 'if-none-match': '"1"' });
  });

  it.each(['follow', 'user-verified'] as const)(
    'follows no redirect: where that leads is another answer (%s)',
    async (redirect) => {
      await using stale = await Stale.open(false, 301);
      const hit = (): QNetworkReply => stale.manager.get(stale.server.at(), { redirect });
      const asked = (path: string): number => stale.server.held.filter(({ request }) => request.url === path).length;
      const reply = hit();
      await until(() => asked('/') === 2, 'the request');
      const { answer } = stale.server.held.findLast(({ request }) => request.url === '/')!;
      answer.writeHead(302, { 'Cache-Control': 'max-age=0, stale-while-revalidate=9', Location: '/third' }).end('moved');
      await until(() => answer.writableFinished, 'the answer');
      await turns(10);
      reply.abort();
      expect(asked('/third')).toBe(0);
      // it is over, so that the next hit may ask again
      const next = hit();
      await until(() => asked('/') === 3, 'the next request');
      next.abort();
    },
  );

  it('ends after a minute, if its server says nothing', async () => {
    await using stale = await Stale.open();
    await stale.text();
    const { request } = await stale.server.when(2);
    stale.manager.clock.advance(59_999);
    await turns(5);
    expect(request.socket.destroyed).toBe(false);
    stale.manager.clock.advance(1);
    await until(() => stale.server.held[1]!.left, 'the end of the connection');
    expect(stale.manager.clock.holding).toBe(0);
  });

  it.each(['close', 'deleteLater'] as const)('ends with its manager: %s()', async (how) => {
    await using server = await HeldServer.open();
    const manager = new QNetworkAccessManager();
    manager.setCache(new QNetworkMemoryCache());
    const reply = manager.get(server.at());
    (await server.when(1)).answer
      .writeHead(200, { ...LENIENT, 'Cache-Control': 'max-age=0, stale-while-revalidate=9' })
      .end('one');
    await whole(reply);
    await whole(manager.get(server.at()));
    await server.when(2);
    if (how === 'close') await manager.close();
    else manager.deleteLater();
    await until(() => server.held[1]!.left, 'the end of the connection');
    await manager.close();
  });

  it('ends with its manager also when its store has not answered', async () => {
    await using scene = await Scene.open('late');
    scene.script = [{ headers: LENIENT, body: 'one' }];
    await scene.text();
    scene.clock.advance(15_000);
    const store = scene.cache as LateStore;
    let answer = (): void => {};
    const reply = scene.get();
    reply.finished.connect(() => {
      store.later = () => new Promise((next) => (answer = next));
    });
    await whole(reply);
    await turns(3);
    await scene.manager.close();
    answer();
    await turns(10);
    expect(scene.server.requests).toHaveLength(1);
  });

  it('keeps a process alive until it is over, and no longer', async () => {
    const said = { 'Cache-Control': 'max-age=0, stale-while-revalidate=9', ETag: '"1"' };
    await using server = await serve({
      routes: {
        '*': [
          { headers: said, body: 'one' },
          { headers: said, body: 'two', delay: 150 },
        ],
      },
    });
    const ended = await child(
      `const { QNetworkMemoryCache } = await import(args[1]);
       const m = new QNetworkAccessManager(); m.setCache(new QNetworkMemoryCache());
       await m.get(args[0]).text(); console.log(await m.get(args[0]).text());`,
      [server.url(), new URL('../../../dist/index.js', import.meta.url).href],
    );
    expect(ended).toMatchObject({ code: 0, out: 'one\n', err: '' });
    expect(server.requests).toHaveLength(2);
    expect(ended.lingered).toBeLessThan(1_000);
  });
});
