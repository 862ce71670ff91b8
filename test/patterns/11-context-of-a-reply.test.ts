// Pattern 11: user attributes, dynamic properties and the sender, by which a slot knows what its reply is about.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Attribute,
  BufferReply,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { type Served, serve } from '../support/server.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/old': { status: 302, headers: { Location: '/x' } },
      '/flaky': [{ status: 503 }, { body: 'at last' }],
      '*': { body: 'x' },
    },
  });
});
afterAll(() => origin.close());

const { User, UserMax } = QNetworkRequest;

/** Answers mem: itself, with a class that never heard of requests. */
class Manager extends QNetworkAccessManager {
  readonly seen: unknown[] = [];
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    this.seen.push(request.attribute(User));
    if (request.url().scheme() === 'mem') return new BufferReply(op, request, 'x');
    if (request.url().scheme() !== 'bare') return super.createRequest(op, request, data);
    class Bare extends QNetworkReply {}
    const reply = new Bare();
    setImmediate(() => reply.finished.emit());
    return reply;
  }
}

describe('a user attribute', () => {
  class Tile {
    readonly x: number;
    readonly y: number;
    constructor(x: number, y: number) {
      this.x = x;
      this.y = y;
    }
  }
  const values: readonly [string, unknown][] = [
    ['an object of a class', new Tile(3, 4)],
    ['a function', () => 'called'],
    ['a Map', new Map([['a', 1]])],
    ['a symbol', Symbol('mine')],
    ['a promise', Promise.resolve(1)],
    ['a bigint', 10n ** 30n],
    ['text', 'file.jpg'],
    ['zero', 0],
    ['false', false],
    ['empty text', ''],
    ['NaN', Number.NaN],
    ['something frozen', Object.freeze({ id: 1 })],
    ['a weak reference', new WeakRef({})],
    ['another reply', new (class extends QNetworkReply {})()],
  ];
  it.each(values)('%s comes back as it is, from every kind of reply', async (_name, value) => {
    await using manager = new Manager();
    const request = new QNetworkRequest(origin.url('/x'));
    request.setAttribute(User, value);
    request.setAttribute(UserMax, value);
    for (const url of [origin.url('/x'), origin.url('/old'), 'mem:/x', 'bare:/x', 'data:,x', 'nosuch:/x']) {
      request.setUrl(url);
      const reply = await manager.get(request).whenFinished();
      expect([url, reply.request().attribute(User)]).toEqual([url, value]);
      expect(Object.is(reply.request().attribute(User), value)).toBe(true);
      expect(Object.is(reply.request().attribute(UserMax), value)).toBe(true);
    }
    expect(manager.seen.every((one) => Object.is(one, value))).toBe(true);
  });

  it('is the request’s as it was: what the caller changes later is not seen', async () => {
    await using manager = new Manager();
    const request = new QNetworkRequest(origin.url('/x'));
    request.setAttribute(User, 'first');
    const first = manager.get(request);
    request.setAttribute(User, 'second');
    const second = manager.get(request);
    await Promise.all([first.whenFinished(), second.whenFinished()]);
    expect([first, second].map((reply) => reply.request().attribute(User))).toEqual(['first', 'second']);
  });

  it('is free for any number from User to UserMax, and for no other', () => {
    const request = new QNetworkRequest();
    request.setAttribute(User + 1, 'a');
    request.setAttribute(12_345, 'b');
    expect([request.attribute(User + 1), request.attribute(12_345), request.attribute(User)]).toEqual(['a', 'b', null]);
    expect(() => request.setAttribute(UserMax + 1, 'c')).toThrow(TypeError);
    request.setAttribute(User + 1, null);
    expect(request.attribute(User + 1, 'none')).toBe('none');
  });

  it('goes with the options of a verb', async () => {
    const tile = new Tile(1, 2);
    await using manager = new Manager();
    const reply = await manager.get(origin.url('/x'), { attributes: { [User]: tile } }).whenFinished();
    expect(reply.request().attribute(User)).toBe(tile);
  });

  it('on the reply itself, by its class', () => {
    class Own extends QNetworkReply {
      note(value: unknown): this {
        this.setAttribute(Attribute.User, value);
        return this;
      }
    }
    const tile = new Tile(0, 0);
    expect(new Own().note(tile).attribute(User)).toBe(tile);
  });
});

describe('a dynamic property', () => {
  it('may have any name and any value', () => {
    const reply = new (class extends QNetworkReply {})();
    const value = { job: 1 };
    for (const name of ['id', 'retry count', '', 'ünïcode', 'constructor', '__proto__', 'finished']) {
      expect([name, reply.property(name)]).toEqual([name, undefined]);
      expect(reply.setProperty(name, value)).toBe(false);
      expect(reply.property(name)).toBe(value);
      reply.setProperty(name, undefined);
      expect(reply.property(name)).toBeUndefined();
    }
    expect(reply.finished).toBeDefined();
  });

  it('is carried to the reply of a second attempt', async () => {
    const tries: unknown[] = [];
    await using manager = new QNetworkAccessManager();
    const done = new Promise<string>((resolve) => {
      manager.finished.connect((reply) => {
        tries.push(reply.property('attempt'));
        if (reply.error() === 0) return resolve(reply.readAll().toString());
        const again = manager.get(reply.request());
        again.setProperty('attempt', Number(reply.property('attempt')) + 1);
        reply.deleteLater();
      });
    });
    manager.get(origin.url('/flaky')).setProperty('attempt', 1);
    expect([await done, tries]).toEqual(['at last', [1, 2]]);
  });
});

describe('who sent this', () => {
  /** One slot for all replies, as the programs have it. */
  class Window extends QObject {
    readonly heard: unknown[] = [];

    onFinished(): void {
      const reply = this.sender();
      if (!(reply instanceof QNetworkReply)) throw new Error('nobody sent this');
      this.heard.push(reply.property('name'));
      reply.deleteLater();
    }

    async onLater(): Promise<void> {
      const before = this.sender();
      await turns(1);
      this.heard.push([before instanceof QNetworkReply, this.sender()]);
    }
  }

  it('is the reply, whose slot it is, also among many', async () => {
    await using manager = new Manager();
    const window = new Window();
    const names = ['a', 'b', 'c', 'd'];
    const urls = [origin.url('/x'), 'mem:/x', 'bare:/x', 'data:,x'];
    const replies = urls.map((url, i) => {
      const reply = manager.get(url);
      reply.setProperty('name', names[i]);
      reply.finished.connect(window, window.onFinished);
      return reply;
    });
    await Promise.all(replies.map((reply) => reply.finished.next()));
    expect(window.heard.sort()).toEqual(names);
  });

  it('is nobody outside of a slot, and after the first await in it', async () => {
    await using manager = new Manager();
    const window = new Window();
    const reply = manager.get('mem:/x');
    reply.finished.connect(window, window.onLater);
    expect(QObject.sender()).toBeNull();
    await reply.finished.next();
    await turns(3);
    expect(window.heard).toEqual([[true, null]]);
  });

  it('inside of another emission is the inner one, and then the outer one again', async () => {
    await using manager = new Manager();
    const [outer, inner] = [manager.get('mem:/outer'), manager.get('mem:/inner')];
    const senders: unknown[] = [];
    inner.finished.connect(() => void senders.push(QObject.sender()));
    outer.finished.connect(() => {
      senders.push(QObject.sender());
      inner.abort();
      senders.push(QObject.sender());
    });
    await outer.whenFinished();
    expect(senders.map((who) => (who as QNetworkReply).url().path())).toEqual(['/outer', '/inner', '/outer']);
  });

  it('is the manager in a slot of the manager, which has the reply as its argument', async () => {
    await using manager = new Manager();
    const told: [unknown, unknown][] = [];
    manager.finished.connect((reply) => void told.push([QObject.sender(), reply]));
    const reply = manager.get(origin.url('/x'));
    await reply.whenFinished();
    expect(told).toEqual([[manager, reply]]);
  });
});
