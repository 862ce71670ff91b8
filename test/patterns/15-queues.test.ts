// Pattern 15: queues with priorities and limits for each host.
import { describe, expect, it } from 'vitest';
import {
  NetworkError,
  QEventLoop,
  QHttp1Configuration,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, type Served, serve } from '../support/server.ts';

interface Task {
  readonly url: string;
  readonly host: string;
  readonly urgency: number;
  readonly handler: (reply: QNetworkReply) => void;
}

/** So many at a time to each host, the urgent ones first; who is told to wait goes back to the head of the line. */
class Scheduler extends QObject {
  private readonly waiting: Task[] = [];
  private readonly running = new Map<QNetworkReply, Task>();
  private readonly manager: QNetworkAccessManager;
  private readonly perHost: number;

  constructor(manager: QNetworkAccessManager, perHost: number) {
    super();
    this.manager = manager;
    this.perHost = perHost;
    manager.finished.connect(this, this.onFinished);
  }

  get(url: string, handler: Task['handler'], urgency = 0): void {
    this.waiting.push({ url, host: new URL(url).host, urgency, handler });
    this.waiting.sort((a, b) => b.urgency - a.urgency);
    this.pump();
  }

  private pump(): void {
    for (const task of [...this.waiting]) {
      const busy = [...this.running.values()].filter(({ host }) => host === task.host);
      if (busy.length >= this.perHost) continue;
      this.waiting.splice(this.waiting.indexOf(task), 1);
      this.running.set(this.manager.get(task.url), task);
    }
  }

  private onFinished(reply: QNetworkReply): void {
    const task = this.running.get(reply);
    if (task === undefined) return;
    this.running.delete(reply);
    if (reply.status() === 429) this.waiting.unshift(task);
    else task.handler(reply);
    this.pump();
  }
}

/** How many requests a server had at the same time at most; every answer takes a moment. */
function gauge(): { most: number; route: (request: unknown) => Answer } {
  let now = 0;
  const gauge = {
    most: 0,
    route: (): Answer => {
      gauge.most = Math.max(gauge.most, ++now);
      // read when the delay is over and the body goes out
      const body = (function* () {
        now--;
        yield Buffer.from('x');
      })();
      return { delay: 10, body, framing: 'chunked' };
    },
  };
  return gauge;
}

const targets = (server: Served): string[] => server.requests.map((r) => r.target);

describe('a queue of the program', () => {
  it('keeps to its limit for each host, and every handler is called once', async () => {
    const [a, b] = [gauge(), gauge()];
    await using first = await serve({ routes: { '*': a.route } });
    await using second = await serve({ routes: { '*': b.route } });
    await using manager = new QNetworkAccessManager();
    const scheduler = new Scheduler(manager, 2);
    const calls: string[] = [];
    const all = [first, second].flatMap((server) =>
      Array.from(
        { length: 8 },
        (_, i) =>
          new Promise<void>((resolve) => {
            scheduler.get(server.url(`/${i}`), (reply) => {
              calls.push(reply.url().toString());
              resolve();
            });
          }),
      ),
    );
    await within(Promise.all(all), 'all answers');
    expect(new Set(calls).size).toBe(16);
    expect(calls).toHaveLength(16);
    expect([a.most, b.most]).toEqual([2, 2]);
    expect([first.accepted, second.accepted]).toEqual([2, 2]);
  });

  it('does not lock itself up when handlers ask for more', async () => {
    await using server = await serve({ routes: { '*': (request) => ({ body: request.target }) } });
    await using manager = new QNetworkAccessManager();
    const scheduler = new Scheduler(manager, 1);
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      const next = (depth: number): void =>
        scheduler.get(server.url(`/${depth}`), (reply) => {
          order.push(reply.readAll().toString());
          if (depth === 5) resolve();
          else next(depth + 1);
        });
      next(0);
    });
    await within(done, 'the last of the chain');
    expect(order).toEqual(['/0', '/1', '/2', '/3', '/4', '/5']);
  });

  it('takes the urgent ones first, and a request that was put off again at once', async () => {
    await using server = await serve({
      routes: { '/busy': [{ status: 429, body: 'later' }, { body: 'now' }], '*': { body: 'x' } },
    });
    await using manager = new QNetworkAccessManager();
    const scheduler = new Scheduler(manager, 1);
    const jobs = [
      ['/busy', 0],
      ['/low', -1],
      ['/one', 0],
      ['/two', 0],
      ['/high', 1],
    ] as const;
    await within(
      Promise.all(
        jobs.map(([path, urgency]) => new Promise<unknown>((resolve) => scheduler.get(server.url(path), resolve, urgency))),
      ),
      'all answers',
    );
    expect(targets(server)).toEqual(['/busy', '/busy', '/high', '/one', '/two', '/low']);
  });
});

describe('the queue of the manager', () => {
  const one = (): QHttp1Configuration => {
    const configuration = new QHttp1Configuration();
    configuration.setNumberOfConnectionsPerHost(1);
    return configuration;
  };

  it('has six connections to a host; who waits has his turn by priority, then in order', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', delay: 60 } } });
    await using manager = new QNetworkAccessManager();
    const replies = Array.from({ length: 6 }, (_, i) => manager.get(server.url(`/first-${i}`)));
    await server.whenRequests(6);
    for (const priority of ['low', 'normal', 'high'] as const) {
      for (let i = 0; i < 3; i++) replies.push(manager.get(server.url(`/${priority}-${i}`), { priority }));
      await new QEventLoop().processEvents();
    }
    await within(Promise.all(replies.map((reply) => reply.whenFinished())), 'all answers');
    const seen = targets(server).map((target) => target.slice(1).replace(/-\d$/, ''));
    // six connections become free at nearly the same moment: their requests arrive in any order
    expect(seen.slice(0, 6)).toEqual(Array(6).fill('first'));
    expect(seen.slice(6, 12).sort()).toEqual(['high', 'high', 'high', 'normal', 'normal', 'normal']);
    expect(seen.slice(12)).toEqual(['low', 'low', 'low']);
    expect(server.accepted).toBe(6);
  });

  it('has as many connections as a request says', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    await using manager = new QNetworkAccessManager();
    const ask = (path: string, priority: QNetworkRequest.Priority): QNetworkReply => {
      const request = new QNetworkRequest(server.url(path));
      request.setHttp1Configuration(one());
      request.setPriority(priority);
      return manager.get(request);
    };
    const { HighPriority, LowPriority, NormalPriority } = QNetworkRequest;
    const replies = [ask('/low', LowPriority), ask('/a', NormalPriority), ask('/high', HighPriority), ask('/b', NormalPriority)];
    const order: string[] = [];
    manager.finished.connect((reply) => order.push(reply.url().path()));
    await within(Promise.all(replies.map((reply) => reply.whenFinished())), 'all answers');
    expect(targets(server)).toEqual(['/high', '/a', '/b', '/low']);
    expect(order).toEqual(['/high', '/a', '/b', '/low']);
    expect(server.accepted).toBe(1);
  });

  it('lets go of a request that was not sent yet as of any other', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', delay: 30 } } });
    await using manager = new QNetworkAccessManager();
    const running = Array.from({ length: 6 }, () => manager.get(server.url('/running')));
    const waiting = manager.get(server.url('/waiting'));
    await server.whenRequests(6);
    const told: string[] = [];
    waiting.errorOccurred.connect((code) => told.push(NetworkError[code]!));
    manager.finished.connect((reply) => reply === waiting && told.push('manager'));
    waiting.finished.connect(() => told.push('finished'));
    waiting.abort();
    expect(told).toEqual(['OperationCanceledError', 'manager', 'finished']);
    await within(Promise.all(running.map((reply) => reply.whenFinished())), 'the others');
    expect(running.every((reply) => reply.ok())).toBe(true);
    expect(targets(server)).toEqual(Array(6).fill('/running'));
    expect(server.accepted).toBe(6);
  });
});
