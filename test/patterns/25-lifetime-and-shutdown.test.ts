// Pattern 25: what lives how long: deleting, cancelling, shutting down, and numbers that other programs rely on.
import { describe, expect, it } from 'vitest';
import {
  Attribute,
  BufferReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  type QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { until, within } from '../support/once.ts';
import { serve } from '../support/server.ts';

const KEPT = { '/never': { fault: 'stall before head' }, '*': { body: 'x' } } as const;

describe('deleteLater() as everybody writes it, in finished', () => {
  it('the slots of that turn still have the reply, later it is gone', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url());
    const read: string[] = [];
    reply.finished.connect(reply, reply.deleteLater);
    reply.finished.connect(() => void read.push(reply.readAll().toString()));
    manager.finished.connect((one) => void read.push(one.url().path()));
    await within(reply.destroyed.next(), 'its end');
    expect(read).toEqual(['/', 'x']);
    expect(() => reply.request()).toThrow(/deleted; keep it/);
    reply.deleteLater();
    reply.abort();
    expect([reply.readAll().length, reply.isFinished(), reply.error()]).toEqual([0, true, 0]);
  });

  it('is not needed: nobody who has a finished reply has to do anything', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    for (let i = 0; i < 20; i++) await manager.get(server.url()).text();
    expect(manager.children()).toEqual([]);
  });

  it('as a cancel stops the transfer without a word: only destroyed', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/never'));
    await within(reply.requestSent.next(), 'the request');
    const trace = new Trace(manager, reply);
    reply.deleteLater();
    await server.whenIdle();
    await turns();
    expect(trace.all).toEqual(['destroyed']);
    expect(await manager.get(server.url()).text()).toBe('x');
  });

  it('no slot is called after it, not even that of an object which went before', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    class Window extends QObject {
      heard = 0;
      onFinished(): void {
        this.heard++;
      }
    }
    const window = new Window();
    const reply = manager.get(server.url());
    reply.finished.connect(window, window.onFinished);
    window.deleteLater();
    await window.destroyed.next();
    await within(reply.whenFinished(), 'the end');
    expect(window.heard).toBe(0);
  });
});

describe('an object that aborts what it has begun when it goes', () => {
  class Job extends QObject {
    readonly reply: QNetworkReply;
    constructor(manager: QNetworkAccessManager, url: string) {
      super();
      this.reply = manager.get(url);
    }
    protected override destructing(): void {
      this.reply.abort();
      super.destructing();
    }
  }

  it('finds a running reply, a finished one and a deleted one', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    const jobs = [new Job(manager, server.url('/never')), new Job(manager, server.url()), new Job(manager, server.url('/never'))];
    await within(jobs[1]!.reply.whenFinished(), 'the second');
    jobs[2]!.reply.deleteLater();
    await jobs[2]!.reply.destroyed.next();
    for (const job of jobs) job.deleteLater();
    await within(Promise.all(jobs.map((job) => job.destroyed.next())), 'the end of all');
    expect(jobs.map(({ reply }) => reply.error())).toEqual([NetworkError.OperationCanceledError, 0, 0]);
  });

  it('by using: aborted, if it runs, and deleted', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    let kept: QNetworkReply;
    {
      using reply = manager.get(server.url('/never'));
      kept = reply;
    }
    expect(kept.error()).toBe(NetworkError.OperationCanceledError);
    await within(kept.destroyed.next(), 'its end');
    {
      await using reply = manager.get(server.url());
      kept = reply;
      expect(await reply.text()).toBe('x');
    }
    expect(() => kept.request()).toThrow(/deleted/);
  });

  it('by using, also one of a class whose abort() throws', async () => {
    class Bad extends QNetworkReply {
      override abort(): void {
        throw new Error('cannot');
      }
    }
    const reply = new Bad();
    expect(() => {
      using held = reply;
      held.open(QNetworkReply.ReadOnly);
    }).toThrow('cannot');
    await within(reply.destroyed.next(), 'its end');
  });
});

describe('the manager', () => {
  /** Answers mem: itself, slowly. */
  class Manager extends QNetworkAccessManager {
    protected override createRequest(
      op: QNetworkAccessManager.Operation,
      request: QNetworkRequest,
      data: QIODevice | null = null,
    ): QNetworkReply {
      if (request.url().scheme() !== 'mem') return super.createRequest(op, request, data);
      return new BufferReply(op, request, () => new Promise<string>(() => {}));
    }
  }

  it('close() aborts everything and closes all connections', async () => {
    await using server = await serve({ routes: KEPT });
    const manager = new Manager();
    expect(await manager.get(server.url()).text()).toBe('x');
    const replies = [manager.get(server.url('/never')), manager.get('mem:/x'), manager.get(server.url('/never'))];
    await server.whenRequests(3);
    expect(manager.connectionCount()).toBe(2);
    await manager.close();
    expect(replies.map((reply) => reply.error())).toEqual([5, 5, 5]);
    expect(manager.connectionCount()).toBe(0);
    await server.whenIdle();
    // and it can be used again
    expect(await manager.get(server.url()).text()).toBe('x');
    await manager.close();
  });

  it('deleted, it takes its replies along, without finished', async () => {
    await using server = await serve({ routes: KEPT });
    const manager = new Manager();
    const replies = [manager.get(server.url('/never')), manager.get('mem:/x')];
    await server.whenRequests(1);
    const traces = replies.map((reply) => new Trace(manager, reply, ['M.finished', 'finished', 'errorOccurred', 'destroyed']));
    manager.deleteLater();
    await server.whenIdle();
    await turns();
    expect(traces.map((trace) => trace.all)).toEqual([['destroyed'], ['destroyed']]);
    expect(() => manager.get(server.url())).toThrow(/deleted/);
  });

  it('replaced after a network error, the new one starts from nothing', async () => {
    await using server = await serve({ routes: KEPT });
    let manager = new QNetworkAccessManager();
    const first = await manager.get('http://127.0.0.1:1/').whenFinished();
    expect(first.error()).toBe(NetworkError.ConnectionRefusedError);
    manager.deleteLater();
    manager = new QNetworkAccessManager();
    expect([await manager.get(server.url()).text(), first.error()]).toEqual(['x', 1]);
    await manager.close();
  });

  it('clearConnectionCache() after sleep: the next request has a new connection', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    await manager.get(server.url()).text();
    manager.clearConnectionCache();
    await manager.get(server.url()).text();
    expect(server.connections).toHaveLength(2);
  });

  it('a connection that is not to be kept is closed at once', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    const options = { attributes: { [Attribute.ConnectionCacheExpiryTimeoutSecondsAttribute]: 0 } };
    for (let i = 0; i < 2; i++) {
      await manager.get(server.url(), options).text();
      await until(() => manager.connectionCount() === 0, 'the end of the connection');
    }
    expect(server.connections).toHaveLength(2);
  });
});

describe('what breaks naively', () => {
  it('Qt 4’s signal called error is no event that ends the process when nobody listens', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = await manager.get('http://127.0.0.1:1/').whenFinished();
    reply.error.emit(reply.error());
    reply.errorOccurred.emit(reply.error());
    await turns();
    const codes: number[] = [];
    reply.error.connect((code) => void codes.push(code));
    reply.error.emit(reply.error());
    expect(codes).toEqual([NetworkError.ConnectionRefusedError]);
  });

  it('errors are Qt’s numbers: they leak into exit codes and protocols', async () => {
    await using server = await serve({ routes: KEPT });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/never'));
    reply.abort();
    expect([reply.error() === 5, 1000 + reply.error()]).toEqual([true, 1005]);
    const {
      ConnectionRefusedError,
      HostNotFoundError,
      TimeoutError,
      ContentNotFoundError,
      ProtocolUnknownError,
      InternalServerError,
    } = QNetworkReply;
    expect([
      ConnectionRefusedError,
      HostNotFoundError,
      TimeoutError,
      ContentNotFoundError,
      ProtocolUnknownError,
      InternalServerError,
    ]).toEqual([1, 3, 4, 203, 301, 401]);
  });
});
