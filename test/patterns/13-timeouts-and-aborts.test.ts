// Pattern 13: timers that start again with each progress, and what tells a timeout from a user who has had enough.
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, type QNetworkReply, QNetworkReplyError, QObject } from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, serve } from '../support/server.ts';

/** A timer for each reply, started again by progress in either direction, stopped while a question is open. */
class NetworkTimeouts extends QObject {
  /** Those that the timer aborted: Qt gave the same error as for a user's abort. */
  readonly struck = new Set<QNetworkReply>();
  private readonly timers = new Map<QNetworkReply, NodeJS.Timeout>();
  private readonly patience: number;

  constructor(patience: number) {
    super();
    this.patience = patience;
  }

  add(reply: QNetworkReply): void {
    this.start(reply);
    reply.downloadProgress.connect(() => this.start(reply));
    reply.uploadProgress.connect(() => this.start(reply));
    reply.finished.connect(() => this.stop(reply));
  }

  start(reply: QNetworkReply): void {
    this.stop(reply);
    if (reply.isFinished()) return;
    const strike = (): void => {
      this.struck.add(reply);
      reply.abort();
    };
    this.timers.set(reply, setTimeout(strike, this.patience));
  }

  stop(reply: QNetworkReply): void {
    clearTimeout(this.timers.get(reply));
    this.timers.delete(reply);
  }

  get running(): number {
    return this.timers.size;
  }
}

const STALL: Answer = { fault: 'stall before head' };
/** Longer in all than any timer here waits, with a piece every 120 ms: downloadProgress comes at most every 100 ms. */
const DRIP: Answer = { body: 'abcdef', chunks: [1, 1, 1, 1, 1], pause: 120 };
const ended = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

describe('a timer of the program', () => {
  it('strikes who is silent and spares who moves', async () => {
    await using server = await serve({ routes: { '/drip': DRIP, '*': STALL } });
    await using manager = new QNetworkAccessManager();
    const timeouts = new NetworkTimeouts(400);
    const [drip, stall] = [manager.get(server.url('/drip')), manager.get(server.url('/stall'))];
    for (const reply of [drip, stall]) timeouts.add(reply);
    expect((await ended(drip)).readAll().toString()).toBe('abcdef');
    expect((await ended(stall)).error()).toBe(NetworkError.OperationCanceledError);
    expect([...timeouts.struck]).toEqual([stall]);
    expect(timeouts.running).toBe(0);
  });

  it('is stopped while the user is asked, and started again after', async () => {
    await using server = await serve({
      routes: { '/from': { status: 302, headers: { Location: '/to' } }, '/to': { body: 'there' } },
    });
    await using manager = new QNetworkAccessManager();
    const timeouts = new NetworkTimeouts(150);
    const reply = manager.get(server.url('/from'), { redirect: 'user-verified' });
    timeouts.add(reply);
    reply.redirected.connect(() => {
      timeouts.stop(reply);
      setTimeout(() => {
        timeouts.start(reply);
        reply.redirectAllowed();
      }, 250);
    });
    expect(await within(reply.text(), 'the answer')).toBe('there');
    expect(timeouts.struck.size).toBe(0);
  });

  it('may go after the first byte', async () => {
    await using server = await serve({ routes: { '*': DRIP } });
    await using manager = new QNetworkAccessManager();
    const timeouts = new NetworkTimeouts(400);
    const reply = manager.get(server.url());
    timeouts.start(reply);
    reply.metaDataChanged.connect(() => timeouts.stop(reply));
    expect(await within(reply.text(), 'the answer')).toBe('abcdef');
  });
});

describe('the transfer timeout', () => {
  it('counts silence, not time: it spares an answer that takes many times as long', async () => {
    await using server = await serve({ routes: { '*': { body: 'abcdefgh', chunks: [1, 1, 1, 1, 1, 1, 1], pause: 60 } } });
    await using manager = new QNetworkAccessManager();
    manager.setTransferTimeout(300);
    const reply = manager.get(server.url());
    expect(await within(reply.text(), 'the answer')).toBe('abcdefgh');
  });

  it('is started again by every hop of a redirect', async () => {
    const slow = { delay: 200 };
    await using server = await serve({
      routes: { '/a': { ...slow, status: 302, headers: { Location: '/b' } }, '/b': { ...slow, body: 'there' } },
    });
    await using manager = new QNetworkAccessManager();
    expect(await within(manager.get(server.url('/a'), { timeout: 350 }).text(), 'the answer')).toBe('there');
  });
});

describe('who stopped it', () => {
  type Stop = (manager: QNetworkAccessManager, url: string) => QNetworkReply;
  const rows: [what: string, stop: Stop, error: string, kind: string, limit: string | undefined][] = [
    ['a transfer timeout', (m, url) => m.get(url, { timeout: 30 }), 'TimeoutError', 'timeout', 'transfer'],
    ['a limit of a phase', (m, url) => m.get(url, { timeout: { firstByte: 30 } }), 'TimeoutError', 'timeout', 'firstByte'],
    [
      'abort()',
      (m, url) => {
        const reply = m.get(url);
        reply.requestSent.connect(() => reply.abort());
        return reply;
      },
      'OperationCanceledError',
      'canceled',
      undefined,
    ],
    [
      'an AbortSignal',
      (m, url) => m.get(url, { signal: AbortSignal.timeout(30) }),
      'OperationCanceledError',
      'canceled',
      undefined,
    ],
  ];
  it.each(rows)('%s', async (_what, stop, error, kind, limit) => {
    await using server = await serve({ routes: { '*': STALL } });
    await using manager = new QNetworkAccessManager();
    const reply = await ended(stop(manager, server.url()));
    expect(NetworkError[reply.error()]).toBe(error);
    expect(reply.failure()).toMatchObject({ kind });
    expect(reply.failure()?.limit?.name).toBe(limit);
    expect(reply.status()).toBe(0);
    await server.whenIdle();
  });

  it('is told by the promise as well: a signal by its own reason', async () => {
    await using server = await serve({ routes: { '*': STALL } });
    await using manager = new QNetworkAccessManager();
    const user = new AbortController();
    const stopped = manager.get(server.url(), { signal: user.signal });
    const limited = manager.get(server.url(), { timeout: 30 });
    const reason = new Error('closed the window');
    stopped.requestSent.connect(() => user.abort(reason));
    await expect(stopped.bytes()).rejects.toBe(reason);
    await expect(limited.bytes()).rejects.toSatisfy((e) => e instanceof QNetworkReplyError && e.kind === 'timeout');
  });

  it('finds both in old programs, which know one code for the two', async () => {
    await using server = await serve({ routes: { '*': STALL } });
    await using manager = new QNetworkAccessManager();
    const stoppedByUs = (reply: QNetworkReply): boolean => ['timeout', 'canceled'].includes(reply.failure()?.kind ?? '');
    const limited = await ended(manager.get(server.url(), { timeout: 30 }));
    const stopped = manager.get(server.url());
    stopped.abort();
    expect([limited, stopped].map(stoppedByUs)).toEqual([true, true]);
    expect(stoppedByUs(await ended(manager.get('http://127.0.0.1:1/')))).toBe(false);
  });
});
