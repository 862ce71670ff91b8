import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkMemoryCache, type QNetworkReply, type RequestOptions } from '../../../src/index.ts';
import { turns } from '../../api/bridge/support.ts';
import { until } from '../../support/once.ts';
import { HeldServer } from './held-server.ts';
import { ClockedManager, isStored, LateStore, whole } from './scene.ts';

const FRESH = { 'Cache-Control': 'max-age=60', ETag: '"1"' };

/** Many want the same, and the test says what the server says. */
class Crowd {
  readonly server: HeldServer;
  readonly manager = new ClockedManager();

  private constructor(server: HeldServer, late: boolean) {
    this.server = server;
    this.manager.setCache(late ? new LateStore() : new QNetworkMemoryCache());
  }

  static async gather(late: boolean): Promise<Crowd> {
    return new Crowd(await HeldServer.open(), late);
  }

  want(count: number, options: RequestOptions = {}, path = '/'): QNetworkReply[] {
    return Array.from({ length: count }, () => this.manager.get(this.server.at(path), options));
  }

  /** Everything that is on its way without the server has happened. */
  async quiet(): Promise<void> {
    await turns(12);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.manager.close();
    this.manager.deleteLater();
    await this.server[Symbol.asyncDispose]();
  }
}

const ended = (replies: readonly QNetworkReply[]): Promise<QNetworkReply[]> => Promise.all(replies.map((reply) => whole(reply)));
const text = (reply: QNetworkReply): string => reply.readAll().toString();
const texts = async (replies: readonly QNetworkReply[]): Promise<string[]> => (await ended(replies)).map(text);

describe.each([
  ['at once', false],
  ['later', true],
] as const)('one request for all who want the same, with a store that answers %s', (_when, late) => {
  it('is made, and the others get what it brings', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(20);
    const { answer } = await crowd.server.when(1);
    await crowd.quiet();
    answer.writeHead(200, FRESH).write('hel');
    await until(() => replies[0]!.bytesAvailable() === 3, 'the first piece');
    answer.end('lo');
    expect(await texts(replies)).toEqual(Array(20).fill('hello'));
    expect(crowd.server.held).toHaveLength(1);
    expect(replies.map(isStored)).toEqual([false, ...Array(19).fill(true)]);
    expect(crowd.manager.clock.holding).toBe(0);
  });

  it('brings what is not stored: the others go on their own as soon as its head is here', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(5);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.answer.writeHead(200, { 'Cache-Control': 'no-store' }).write('slow');
    await crowd.server.when(5);
    for (const { answer } of crowd.server.held.slice(1)) answer.writeHead(200, { 'Cache-Control': 'no-store' }).end('own');
    expect(await texts(replies.slice(1))).toEqual(Array(4).fill('own'));
    expect(replies[0]!.isRunning()).toBe(true);
    first.answer.end();
    expect(await texts(replies.slice(0, 1))).toEqual(['slow']);
  });

  it('is stale at once: each asks about it, and nobody waits twice', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(4);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.answer.writeHead(200, { 'Cache-Control': 'no-cache', ETag: '"1"' }).end('one');
    await crowd.server.when(4);
    for (const { answer, request } of crowd.server.held.slice(1)) {
      expect(request.headers['if-none-match']).toBe('"1"');
      answer.writeHead(304).end();
    }
    expect(await texts(replies)).toEqual(Array(4).fill('one'));
  });

  it('is aborted before its head: one of the others makes it, the rest waits again', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(5);
    await crowd.server.when(1);
    await crowd.quiet();
    replies[0]!.abort();
    const second = await crowd.server.when(2);
    await crowd.quiet();
    expect(crowd.server.held).toHaveLength(2);
    second.answer.writeHead(200, FRESH).end('two');
    expect(await texts(replies.slice(1))).toEqual(Array(4).fill('two'));
    expect(crowd.server.held).toHaveLength(2);
  });

  it('is aborted within its body: another one asks for the rest, the others wait again', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(5);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.answer.writeHead(200, { ...FRESH, 'Content-Length': '6' }).write('abc');
    await until(() => replies[0]!.bytesAvailable() === 3, 'the first piece');
    replies[0]!.abort();
    const { answer, request } = await crowd.server.when(2);
    await crowd.quiet();
    expect(request.headers).toMatchObject({ range: 'bytes=3-', 'if-range': '"1"' });
    answer.writeHead(206, { ...FRESH, 'Content-Range': 'bytes 3-5/6', 'Content-Length': '3' }).end('def');
    expect(await texts(replies.slice(1))).toEqual(Array(4).fill('abcdef'));
    expect(crowd.server.held).toHaveLength(2);
  });

  it('is given up again and again: after three that left nobody waits any more', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(8);
    for (const gone of [1, 2, 3]) {
      await crowd.server.when(gone);
      await crowd.quiet();
      replies[gone - 1]!.abort();
    }
    await crowd.server.when(8);
    for (const { answer } of crowd.server.held.slice(3)) answer.writeHead(200, FRESH).end('own');
    expect(await texts(replies.slice(3))).toEqual(Array(5).fill('own'));
  });

  it('fails: the others fail on their own, side by side', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(5);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.request.socket.destroy();
    // it is tried once more, then it fails; then those who waited come, with as many connections as there may be
    const again = await crowd.server.when(2);
    await crowd.quiet();
    expect(crowd.server.held).toHaveLength(2);
    again.request.socket.destroy();
    await crowd.server.when(6);
    for (const { request } of crowd.server.held.slice(2)) request.socket.destroy();
    await crowd.server.when(10);
    for (const { request } of crowd.server.held.slice(6)) request.socket.destroy();
    expect((await ended(replies)).map((reply) => reply.error())).toEqual(Array(5).fill(NetworkError.RemoteHostClosedError));
    expect(crowd.server.held).toHaveLength(10);
  });

  it('is for another selection: who wants something else asks himself afterwards', async () => {
    await using crowd = await Crowd.gather(late);
    const german = crowd.want(3, { headers: { 'Accept-Language': 'de' } });
    const english = crowd.want(3, { headers: { 'Accept-Language': 'en' } });
    const first = await crowd.server.when(1);
    await crowd.quiet();
    const vary = { ...FRESH, Vary: 'Accept-Language' };
    first.answer.writeHead(200, vary).end('eins');
    expect(await texts(german)).toEqual(Array(3).fill('eins'));
    await crowd.server.when(4);
    for (const { answer, request } of crowd.server.held.slice(1)) {
      expect(request.headers['accept-language']).toBe('en');
      answer.writeHead(200, vary).end('one');
    }
    expect(await texts(english)).toEqual(Array(3).fill('one'));
  });

  it('has no head for ten seconds: the others go on their own', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(4);
    await crowd.server.when(1);
    await crowd.quiet();
    crowd.manager.clock.advance(9_999);
    await crowd.quiet();
    expect(crowd.server.held).toHaveLength(1);
    crowd.manager.clock.advance(1);
    await crowd.server.when(4);
    for (const { answer } of crowd.server.held) answer.writeHead(200, FRESH).end('own');
    expect(await texts(replies)).toEqual(Array(4).fill('own'));
    expect(crowd.manager.clock.holding).toBe(0);
  });

  it('has a body that stands still for ten seconds: the others go on their own; one that moves is waited for', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(3);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.answer.writeHead(200, FRESH).write('a');
    for (const size of [1, 2, 3]) {
      await until(() => replies[0]!.bytesAvailable() === size, `piece ${size}`);
      crowd.manager.clock.advance(10_000);
      await crowd.quiet();
      expect(crowd.server.held).toHaveLength(1);
      if (size < 3) first.answer.write('b');
    }
    crowd.manager.clock.advance(10_000);
    await crowd.server.when(3);
    for (const { answer } of crowd.server.held.slice(1)) answer.writeHead(200, FRESH).end('own');
    expect(await texts(replies.slice(1))).toEqual(['own', 'own']);
    first.answer.end('c');
    expect(await texts(replies.slice(0, 1))).toEqual(['abbc']);
  });

  it('has a reader who does not read: the others do not wait for him', async () => {
    await using crowd = await Crowd.gather(late);
    const [slow] = crowd.want(1);
    slow!.setReadBufferSize(1);
    const others = crowd.want(2);
    const first = await crowd.server.when(1);
    first.answer.writeHead(200, FRESH).end(Buffer.alloc(20_000_000, 'x'));
    await until(() => slow!.bytesAvailable() > 0, 'the first piece');
    await crowd.quiet();
    crowd.manager.clock.advance(10_000);
    await crowd.quiet();
    crowd.manager.clock.advance(10_000);
    await crowd.server.when(3);
    for (const { answer } of crowd.server.held.slice(1)) answer.writeHead(200, FRESH).end('own');
    expect(await texts(others)).toEqual(['own', 'own']);
    expect(slow!.isRunning()).toBe(true);
  });

  it("has limits of its own, and so have the others: they run while one waits, and end nobody else's wait", async () => {
    await using crowd = await Crowd.gather(late);
    const [first] = crowd.want(1);
    await crowd.server.when(1);
    const [hasty] = crowd.want(1, { timeout: { total: 500 } });
    const [idle] = crowd.want(1, { timeout: 700 });
    const [patient] = crowd.want(1);
    await crowd.quiet();
    crowd.manager.clock.advance(500);
    await ended([hasty!]);
    expect(hasty!.failure()).toMatchObject({ kind: 'timeout', limit: { name: 'total', milliseconds: 500 } });
    expect(idle!.isRunning()).toBe(true);
    crowd.manager.clock.advance(200);
    await ended([idle!]);
    expect(idle!.failure()).toMatchObject({ kind: 'timeout', limit: { name: 'transfer', milliseconds: 700 } });
    crowd.server.held[0]!.answer.writeHead(200, FRESH).end('one');
    expect(await texts([first!, patient!])).toEqual(['one', 'one']);
    expect(crowd.server.held).toHaveLength(1);
  });

  it('runs into its limit: another one makes it', async () => {
    await using crowd = await Crowd.gather(late);
    const [first] = crowd.want(1, { timeout: { total: 500 } });
    await crowd.server.when(1);
    const others = crowd.want(2);
    await crowd.quiet();
    crowd.manager.clock.advance(500);
    await ended([first!]);
    const second = await crowd.server.when(2);
    second.answer.writeHead(200, FRESH).end('two');
    expect(await texts(others)).toEqual(['two', 'two']);
    expect(crowd.server.held).toHaveLength(2);
  });

  it('is a redirect: everybody follows it by himself, and where it leads is fetched once', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(4);
    const first = await crowd.server.when(1);
    await crowd.quiet();
    first.answer.writeHead(301, { ...FRESH, Location: '/there' }).end('moved');
    const second = await crowd.server.when(2);
    await crowd.quiet();
    second.answer.writeHead(200, FRESH).end('there');
    expect(await texts(replies)).toEqual(Array(4).fill('there'));
    expect(crowd.server.held.map(({ request }) => request.url)).toEqual(['/', '/there']);
  });

  it('has nobody left who waits: no timer is left either', async () => {
    await using crowd = await Crowd.gather(late);
    const [first, ...others] = crowd.want(4);
    await crowd.server.when(1);
    await crowd.quiet();
    expect(crowd.manager.clock.holding).toBe(1);
    for (const reply of others) reply.abort();
    expect(crowd.manager.clock.holding).toBe(0);
    crowd.server.held[0]!.answer.writeHead(200, FRESH).end('one');
    expect(await texts([first!])).toEqual(['one']);
  });

  it('is the last one of a manager that goes: nobody is left behind', async () => {
    await using crowd = await Crowd.gather(late);
    const replies = crowd.want(5);
    await crowd.server.when(1);
    await crowd.quiet();
    const outcomes = replies.map((reply) => reply.whenFinished().then(() => reply.error()));
    await crowd.manager.close();
    expect(await Promise.all(outcomes)).toEqual(Array(5).fill(NetworkError.OperationCanceledError));
    await until(() => crowd.server.held[0]!.left, 'the end of the connection');
    expect(crowd.server.held).toHaveLength(1);
    expect(crowd.manager.clock.holding).toBe(0);
  });
});

describe('nobody waits for another', () => {
  const rows: readonly [what: string, options: RequestOptions, before?: (crowd: Crowd) => void][] = [
    [
      'when collapsing is off',
      {},
      (crowd) => {
        crowd.manager.desk.collapsing = false;
      },
    ],
    ['without a cache', {}, (crowd) => crowd.manager.setCache(null)],
    ['when the answer is not to be kept', { attributes: { CacheSaveControlAttribute: false } }],
    ['for what the network is to say', { cache: 'reload' }],
    ['for a part', { headers: { Range: 'bytes=0-1' } }],
  ];
  it.each(rows)('%s', async (_what, options, before) => {
    await using crowd = await Crowd.gather(false);
    before?.(crowd);
    const replies = crowd.want(3, options);
    await crowd.server.when(3);
    for (const { answer } of crowd.server.held) answer.writeHead(200, FRESH).end('own');
    expect(await texts(replies)).toEqual(['own', 'own', 'own']);
  });

  it('of another partition, or for another URL', async () => {
    await using crowd = await Crowd.gather(false);
    const replies = [...crowd.want(1), ...crowd.want(1, { partition: 'p' }), ...crowd.want(1, {}, '/other')];
    await crowd.server.when(3);
    for (const { answer } of crowd.server.held) answer.writeHead(200, FRESH).end('own');
    expect(await texts(replies)).toEqual(['own', 'own', 'own']);
  });
});
