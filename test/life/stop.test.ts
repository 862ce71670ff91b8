import { afterEach, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, type QNetworkReply, type Signal } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

const SIGNALS = [
  'socketStartedConnecting',
  'requestSent',
  'uploadProgress',
  'metaDataChanged',
  'readyRead',
  'downloadProgress',
  'errorOccurred',
  'readChannelFinished',
  'aboutToClose',
  'finished',
  'destroyed',
] as const;
type Name = (typeof SIGNALS)[number];

const managers: QNetworkAccessManager[] = [];
afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.close();
});

/** One transfer, everything it said, and what its manager said of it. */
class Story {
  readonly manager = new QNetworkAccessManager();
  readonly reply: QNetworkReply;
  readonly log: string[] = [];
  /** Called once, inside the first emission of `moment`. */
  constructor(server: Served, path: string, moment: Name | 'start' | null, act: (story: Story) => void) {
    managers.push(this.manager);
    this.manager.finished.connect(() => this.log.push('manager.finished'));
    this.reply = this.manager.post(server.url(path), Buffer.alloc(300_000, 'u'));
    let done = false;
    for (const name of SIGNALS) {
      (this.reply[name] as unknown as Signal<unknown[]>).connect(() => {
        this.log.push(name);
        if (name !== moment || done) return;
        done = true;
        act(this);
        this.log.push('|');
      });
    }
    if (moment !== 'start') return;
    act(this);
    this.log.push('|');
  }

  count(what: string): number {
    return this.log.filter((entry) => entry === what).length;
  }

  /** What was said after the act had returned. */
  get after(): string[] {
    return this.log.slice(this.log.indexOf('|') + 1);
  }
}

/** Serves a body in pieces, so that every signal comes several times. */
const SLOW = { '*': { body: 'x'.repeat(1000), chunks: [100, 100, 100, 100], pause: 60, framing: 'chunked' } } as const;
/** A promise of the reply must be settled by now. */
const outcome = (promise: Promise<unknown>): Promise<string> =>
  within(
    promise.then(
      () => 'resolved',
      () => 'rejected',
    ),
    'the promise',
  );

async function quiet(): Promise<void> {
  for (let i = 0; i < 4; i++) await new Promise((next) => setImmediate(next));
}

const MOMENTS: (Name | 'start')[] = [
  'start',
  'socketStartedConnecting',
  'requestSent',
  'uploadProgress',
  'metaDataChanged',
  'readyRead',
  'downloadProgress',
];
const ENDS: Name[] = ['readChannelFinished', 'finished'];

describe('abort()', () => {
  for (const moment of MOMENTS) {
    it(`inside ${moment}: ends within the call, says finished once, is silent then, and leaves no socket`, async () => {
      await using server = await serve({ routes: SLOW });
      const story = new Story(server, '/', moment, ({ reply }) => reply.abort());
      await until(() => story.log.includes('|'), moment);
      expect(story.reply.isFinished()).toBe(true);
      const at = story.log.indexOf('finished');
      expect(at).toBeGreaterThan(-1);
      expect(at).toBeLessThan(story.log.indexOf('|'));
      expect(story.log.slice(at - 6, at + 1)).toEqual([
        'aboutToClose',
        'errorOccurred',
        'downloadProgress',
        'uploadProgress',
        'readChannelFinished',
        'manager.finished',
        'finished',
      ]);
      await until(() => server.open === 0, 'the end of the sockets');
      await quiet();
      expect(story.after).toEqual([]);
      expect(story.reply.error()).toBe(5);
      expect(story.reply.isOpen()).toBe(false);
      expect(story.manager.connectionCount()).toBe(0);
      expect(await outcome(story.reply.whenFinished())).toBe('resolved');
      expect(await outcome(story.reply.bytes())).toBe('rejected');
    });
  }

  for (const moment of ENDS) {
    it(`inside ${moment}, after a good end, changes nothing but the device`, async () => {
      await using server = await serve({ routes: { '*': { body: 'abc' } } });
      const story = new Story(server, '/', moment, ({ reply }) => reply.abort());
      await until(() => story.log.includes('|') && story.log.includes('finished'), moment);
      await quiet();
      expect([story.count('finished'), story.count('manager.finished'), story.count('errorOccurred')]).toEqual([1, 1, 0]);
      expect(story.reply.error()).toBe(0);
    });
  }

  it('twice is once', async () => {
    await using server = await serve({ routes: SLOW });
    const story = new Story(server, '/', 'readyRead', ({ reply }) => {
      reply.abort();
      reply.abort();
      reply.close();
    });
    await until(() => story.log.includes('|'), 'readyRead');
    expect([story.count('finished'), story.count('aboutToClose')]).toEqual([1, 1]);
  });

  it('leaves other requests alone', async () => {
    await using server = await serve({ routes: { '*': (r) => ({ body: r.target, delay: 5 }) } });
    const manager = new QNetworkAccessManager();
    managers.push(manager);
    const replies = Array.from({ length: 30 }, (_, i) => manager.get(server.url(`/${i}`)));
    const texts = replies.map((reply, i) => (i % 3 === 1 ? null : reply.text()));
    for (const [i, reply] of replies.entries()) if (i % 3 === 1) setTimeout(() => reply.abort(), i % 8);
    const told = await within(Promise.all(texts), 'the others');
    expect(told.filter((text) => text !== null)).toEqual(replies.flatMap((_, i) => (i % 3 === 1 ? [] : [`/${i}`])));
    await within(Promise.all(replies.map((reply) => reply.whenFinished())), 'all');
  });

  it('by an AbortSignal rejects with its reason, at any time', async () => {
    await using server = await serve({ routes: SLOW });
    for (const delay of [-1, 0, 5, 40, 100]) {
      const manager = new QNetworkAccessManager();
      managers.push(manager);
      const controller = new AbortController();
      const reason = new Error('enough');
      if (delay < 0) controller.abort(reason);
      const promise = manager.get(server.url('/'), { signal: controller.signal }).bytes();
      if (delay >= 0) setTimeout(() => controller.abort(reason), delay);
      await expect(within(promise, 'the promise')).rejects.toBe(reason);
      expect(manager.connectionCount()).toBe(0);
    }
  });
});

describe('deleteLater()', () => {
  for (const moment of [...MOMENTS]) {
    it(`inside ${moment}: nothing but destroyed, promises reject, and no socket is left`, async () => {
      await using server = await serve({ routes: SLOW });
      const promises: Promise<string>[] = [];
      const story = new Story(server, '/', moment, ({ reply }) => {
        promises.push(outcome(reply.whenFinished()), outcome(reply.bytes()), outcome(reply.whenFinished()));
        reply.deleteLater();
      });
      await until(() => story.log.includes('destroyed'), 'destroyed');
      await until(() => server.open === 0, 'the end of the sockets');
      await quiet();
      expect(story.log.at(-1)).toBe('destroyed');
      expect([story.count('destroyed'), story.count('finished'), story.count('manager.finished')]).toEqual([1, 0, 0]);
      expect(await Promise.all(promises)).toEqual(['rejected', 'rejected', 'rejected']);
      expect(story.manager.connectionCount()).toBe(0);
      expect(() => story.reply.request()).toThrow(/deleted/);
    });
  }

  it('inside finished comes after everybody has heard', async () => {
    await using server = await serve({ routes: { '*': { body: 'abc' } } });
    const story = new Story(server, '/', 'finished', ({ reply }) => reply.deleteLater());
    const text = story.reply.text();
    await until(() => story.log.includes('destroyed'), 'destroyed');
    expect(await text).toBe('abc');
    expect(story.after).toEqual(['destroyed']);
  });
});

describe('the end of the manager', () => {
  for (const moment of MOMENTS) {
    it(`inside ${moment} is the end of its replies, without finished, and of its sockets`, async () => {
      await using server = await serve({ routes: SLOW });
      const story = new Story(server, '/', moment, ({ manager, reply }) => {
        reply.whenFinished().catch(() => {});
        manager.deleteLater();
      });
      await until(() => story.log.includes('destroyed'), 'destroyed');
      await until(() => server.open === 0, 'the end of the sockets');
      await quiet();
      expect([story.count('finished'), story.count('manager.finished'), story.count('destroyed')]).toEqual([0, 0, 1]);
      expect(() => story.manager.get(server.url('/'))).toThrow(/deleted/);
    });
  }

  it('takes those who wait with it', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const manager = new QNetworkAccessManager();
    const replies = Array.from({ length: 20 }, () => manager.get(server.url('/')));
    const outcomes = replies.map((reply) => outcome(reply.whenFinished()));
    await server.whenRequests(6);
    manager.deleteLater();
    expect(await Promise.all(outcomes)).toEqual(Array(20).fill('rejected'));
    await until(() => server.open === 0, 'the end of the sockets');
    expect(server.requests).toHaveLength(6);
  });

  it('by close() aborts what runs and resolves when nothing does', async () => {
    await using server = await serve({ routes: SLOW });
    const manager = new QNetworkAccessManager();
    const replies = Array.from({ length: 9 }, () => manager.get(server.url('/')));
    await server.whenRequests(6);
    await manager.close();
    expect(replies.map((reply) => reply.error())).toEqual(Array(9).fill(5));
    await until(() => server.open === 0, 'the end of the sockets');
  });
});

describe('replies nobody reads', () => {
  it('keep no socket: two hundred of them', async () => {
    await using server = await serve({ routes: { '*': { body: 'x'.repeat(20_000) } } });
    const manager = new QNetworkAccessManager();
    managers.push(manager);
    let left = 200;
    for (let i = 0; i < 200; i++) manager.get(server.url(`/${i}`)).finished.connect(() => left--);
    await until(() => left === 0, 'the end of all');
    expect(manager.connectionCount()).toBeLessThanOrEqual(6);
    expect(server.requests).toHaveLength(200);
    manager.clearAccessCache();
    expect(manager.connectionCount()).toBe(0);
    await server.whenIdle();
  });

  it('that nobody holds either come to an end', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const manager = new QNetworkAccessManager();
    managers.push(manager);
    let finished = 0;
    manager.finished.connect(() => finished++);
    for (let i = 0; i < 50; i++) manager.get(server.url('/'));
    await until(() => finished === 50, 'the end of all');
  });
});
