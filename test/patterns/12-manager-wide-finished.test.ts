// Pattern 12: one slot at the manager that hands every finished reply to the job it belongs to.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  BufferReply,
  ErrorReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  type QNetworkRequest,
  QObject,
  WrappedReply,
} from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/missing': { status: 404 },
      '/old': { status: 302, headers: { Location: '/x' } },
      '/cut': { fault: 'close before head' },
      '/never': { fault: 'stall before head' },
      '*': { body: 'x' },
    },
  });
});
afterAll(() => origin.close());

/** Every kind of reply that a program has, beside those of the network. */
class Manager extends QNetworkAccessManager {
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    switch (request.url().scheme()) {
      case 'mem':
        return new BufferReply(op, request, 'x');
      case 'no':
        return new ErrorReply(op, request, NetworkError.ContentAccessDenied, 'no');
      case 'wrapped': {
        const inner = new BufferReply(op, request, 'x');
        return new WrappedReply(inner);
      }
      case 'over':
        return new (class extends QNetworkReply {
          begin(): this {
            this.setFinished(true);
            return this;
          }
        })().begin();
      case 'old-style': {
        const reply = new (class extends QNetworkReply {})();
        setTimeout(() => reply.finished.emit(), 0);
        return reply;
      }
      default:
        return super.createRequest(op, request, data);
    }
  }
}

/** Holds the jobs, and is connected once. */
class Dispatcher extends QObject {
  readonly jobs = new Map<QNetworkReply, string>();
  readonly done: string[] = [];
  unknown = 0;
  readonly manager = new Manager();

  constructor() {
    super();
    this.manager.finished.connect(this, this.onFinished);
  }

  start(name: string, reply: QNetworkReply): QNetworkReply {
    this.jobs.set(reply, name);
    reply.finished.connect(() => this.done.push(`${name} itself`));
    return reply;
  }

  onFinished(reply: QNetworkReply): void {
    const name = this.jobs.get(reply);
    if (name === undefined) this.unknown++;
    else this.done.push(name);
    this.jobs.delete(reply);
    reply.deleteLater();
  }

  async empty(): Promise<void> {
    while (this.jobs.size > 0) await within(this.manager.finished.next(), `one of ${[...this.jobs.values()].join()}`);
    await turns(5);
  }
}

describe('the manager says the end of each of its replies', () => {
  it('once, before the reply does, and with the very object that the verb returned', async () => {
    const dispatcher = new Dispatcher();
    const { manager } = dispatcher;
    const asked = [
      manager.get(origin.url('/x')),
      manager.head(origin.url('/x')),
      manager.post(origin.url('/x'), 'body'),
      manager.sendCustomRequest(origin.url('/x'), 'REPORT'),
      manager.get(origin.url('/missing')),
      manager.get(origin.url('/old')),
      manager.get(origin.url('/cut')),
      manager.get('http://127.0.0.1:1/'),
      manager.get('nosuch:/x'),
      manager.get('data:,x'),
      manager.get('file:///no/such/file'),
      manager.get('mem:/x'),
      manager.get('no:/x'),
      manager.get('wrapped:/x'),
      manager.get('old-style:/x'),
    ].map((reply, i) => dispatcher.start(String(i), reply));
    const aborted = [manager.get(origin.url('/never')), manager.get('mem:/x'), manager.get('wrapped:/x')];
    aborted.forEach((reply, i) => void dispatcher.start(`aborted ${i}`, reply));
    for (const reply of aborted) reply.abort();
    expect(dispatcher.done).toEqual(aborted.flatMap((_, i) => [`aborted ${i}`, `aborted ${i} itself`]));
    await dispatcher.empty();
    expect(dispatcher.unknown).toBe(0);
    for (let i = 0; i < asked.length; i++) {
      const at = dispatcher.done.indexOf(String(i));
      expect([i, dispatcher.done.filter((line) => line === String(i)).length]).toEqual([i, 1]);
      expect([i, dispatcher.done[at + 1]]).toEqual([i, `${i} itself`]);
    }
  });

  it('also of one that was over when it came, whose own signal nobody could hear', async () => {
    const dispatcher = new Dispatcher();
    dispatcher.start('over', dispatcher.manager.get('over:/x'));
    expect(dispatcher.done).toEqual([]);
    await dispatcher.empty();
    expect(dispatcher.done).toEqual(['over']);
  });

  it('but not of one that was deleted, and not when the manager itself goes', async () => {
    const dispatcher = new Dispatcher();
    const deleted = dispatcher.start('deleted', dispatcher.manager.get(origin.url('/never')));
    const own = dispatcher.start('own', dispatcher.manager.get('mem:/x'));
    deleted.deleteLater();
    own.deleteLater();
    dispatcher.start('running', dispatcher.manager.get(origin.url('/never')));
    await turns(3);
    dispatcher.manager.deleteLater();
    await turns(5);
    expect(dispatcher.done).toEqual([]);
  });

  it('what is wrapped inside is not said: the program does not know it', async () => {
    const dispatcher = new Dispatcher();
    dispatcher.start('wrapped', dispatcher.manager.get('wrapped:/x'));
    await dispatcher.empty();
    expect([dispatcher.done, dispatcher.unknown]).toEqual([['wrapped', 'wrapped itself'], 0]);
  });
});

describe('the dispatcher', () => {
  it('may ask for more from its slot, and is told of that, too', async () => {
    await using manager = new Manager();
    const order: string[] = [];
    let left = 5;
    const all = new Promise<void>((resolve) => {
      manager.finished.connect((reply) => {
        order.push(reply.url().path());
        reply.deleteLater();
        if (--left === 0) resolve();
        else manager.get(left % 2 === 0 ? origin.url(`/${left}`) : `mem:/${left}`);
      });
    });
    manager.get(origin.url('/5'));
    await within(all, 'all five');
    expect(order).toEqual(['/5', '/4', '/3', '/2', '/1']);
  });

  it('is told of hundreds, none twice and none forgotten', async () => {
    await using manager = new Manager();
    const pending = new Set<QNetworkReply>();
    let twice = 0;
    const all = new Promise<void>((resolve) => {
      manager.finished.connect((reply) => {
        if (!pending.delete(reply)) twice++;
        if (pending.size === 0) resolve();
      });
    });
    for (let i = 0; i < 300; i++)
      pending.add(manager.get(i % 3 === 0 ? 'mem:/x' : i % 3 === 1 ? origin.url('/x') : 'wrapped:/x'));
    await within(all, 'all of them');
    await turns(5);
    expect(twice).toBe(0);
  });

  it('that throws is told of the next one all the same', async () => {
    const uncaught: unknown[] = [];
    const note = (error: unknown): void => void uncaught.push(error);
    process.on('uncaughtException', note);
    await using manager = new Manager();
    const told: string[] = [];
    manager.finished.connect((reply) => {
      told.push(reply.url().path());
      throw new Error('bad dispatcher');
    });
    const replies = [manager.get('mem:/a'), manager.get(origin.url('/b'))];
    expect(await Promise.all(replies.map((reply) => reply.text()))).toEqual(['x', 'x']);
    await turns();
    process.off('uncaughtException', note);
    expect([told.sort(), uncaught.length]).toEqual([['/a', '/b'], 2]);
  });
});
