import { afterEach, describe, expect, it } from 'vitest';
import { QNetworkAccessManager } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { serve } from '../support/server.ts';

// Many requests at once; what one reply does in every state and slot is in any-state.test.ts and any-slot.test.ts.

const managers: QNetworkAccessManager[] = [];
afterEach(async () => {
  for (const manager of managers.splice(0)) await manager.close();
});

/** Serves a body in pieces, so that it takes its time. */
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

describe('abort()', () => {
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

describe('the end of the manager', () => {
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
