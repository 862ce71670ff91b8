import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BufferReply,
  NetworkError,
  QHttpMultiPart,
  QHttpPart,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
} from '../../../src/index.ts';
import { within } from '../../support/once.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, OwnReply, Trace, turns } from '../bridge/support.ts';

let origin: Served;
let seen = 0;
beforeAll(async () => {
  origin = await serve({ routes: { '/never': { fault: 'stall before head' }, '*': { body: 'from the server' } } });
});
afterAll(() => origin.close());
beforeEach(() => {
  seen = origin.requests.length;
});
const arrived = () => origin.requests.slice(seen);

type Create = (
  this: Custom,
  op: QNetworkAccessManager.Operation,
  request: QNetworkRequest,
  data: QIODevice | null,
) => QNetworkReply;

/** A manager whose createRequest is `create`. */
class Custom extends QNetworkAccessManager {
  readonly heard: QNetworkReply[] = [];
  readonly #create: Create;

  constructor(create: Create) {
    super();
    this.#create = create;
    this.finished.connect((reply) => void this.heard.push(reply));
  }

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    return this.#create(op, request, data);
  }

  base(op: QNetworkAccessManager.Operation, request: QNetworkRequest, data: QIODevice | null = null): QNetworkReply {
    return super.createRequest(op, request, data);
  }
}

/** Until the manager has spoken for a reply that was over before: after a zero timer and a turn. */
async function spoken(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  await turns();
}

describe('what an override may not do is said at once, and leaves nothing running', () => {
  const results: readonly [string, unknown, RegExp][] = [
    ['nothing', undefined, /Custom\.createRequest must return a QNetworkReply, got undefined/],
    ['null', null, /got null/],
    ['something else', {}, /got object/],
    ['a promise', Promise.resolve(), /got a promise: it cannot be async.*DeferredReply/],
  ];

  it.each(results)('it returns %s', async (_name, result, message) => {
    await using manager = new Custom(function (op, request) {
      this.base(op, request);
      return result as QNetworkReply;
    });
    expect(() => manager.get(origin.url('/never'))).toThrow(TypeError);
    expect(() => manager.get(origin.url('/never'))).toThrow(message);
    await turns(5);
    expect([manager.heard, arrived(), manager.connectionCount()]).toEqual([[], [], 0]);
  });

  it('it throws: the caller has the error, what it had begun is gone, what it gave to others is not', async () => {
    const oops = new Error('not today');
    const made: QNetworkReply[] = [];
    let depth = 0;
    await using manager = new Custom(function (op, request, data) {
      const reply = this.base(op, request, data);
      made.push(reply);
      if (depth++ > 0) return reply;
      made.push(this.get(origin.url('/side')));
      throw oops;
    });
    expect(() => manager.put(origin.url('/never'), 'body')).toThrow(oops);
    const [main, side] = made as [QNetworkReply, QNetworkReply];
    expect(() => main.request()).toThrow(/deleted/);
    expect(await side.text()).toBe('from the server');
    expect(arrived().map(({ target }) => target)).toEqual(['/side']);
    expect(manager.heard).toEqual([side]);
  });

  it('it returns a reply that was deleted', () => {
    const gone = new OwnReply();
    gone._destroy();
    const manager = new Custom(() => gone);
    expect(() => manager.get('own:/')).toThrow(/returned a reply that was deleted; make a new one/);
  });

  it('it deletes the manager', () => {
    const manager: Custom = new Custom(() => {
      manager._destroy();
      return new OwnReply();
    });
    expect(() => manager.get('own:/')).toThrow(/the manager was deleted/);
  });
});

describe('the same reply again', () => {
  it('while it runs: both callers have it, and the manager says its end once', async () => {
    const one = new OwnReply('shared');
    await using manager = new Custom(() => one);
    expect([manager.get('own:/'), manager.get('own:/')]).toEqual([one, one]);
    one.succeed();
    await turns(3);
    expect(manager.heard).toEqual([one]);
  });

  it('of another manager: each of the two says its end once', async () => {
    await using other = new QNetworkAccessManager();
    let theirs = 0;
    other.finished.connect(() => void theirs++);
    const one = other.get(origin.url('/theirs'));
    await using manager = new Custom(() => one);
    expect([manager.get('own:/'), manager.get('own:/')]).toEqual([one, one]);
    await finished(one);
    expect([manager.heard, theirs]).toEqual([[one], 1]);
  });

  it('of the base class, made for another request', async () => {
    let kept: QNetworkReply | null = null;
    await using manager = new Custom(function (op, request) {
      kept ??= this.base(op, request);
      return kept;
    });
    const [a, b] = [manager.get(origin.url('/a')), manager.get(origin.url('/b'))];
    expect(a).toBe(b);
    await finished(a);
    expect(manager.get(origin.url('/c'))).toBe(a);
    await spoken();
    expect(manager.heard).toEqual([a]);
  });
});

describe('a reply that the override did not return is not spoken of', () => {
  it('but tells its own slots, and is neither deleted by the manager', async () => {
    const inner: QNetworkReply[] = [];
    await using manager = new Custom(function (op, request) {
      inner.push(this.base(op, request));
      return new OwnReply().alreadyOver();
    });
    manager.setAutoDeleteReplies(true);
    const outer = manager.get(origin.url('/x'));
    await finished(inner[0]!);
    await spoken();
    expect(inner[0]!.readAll().toString()).toBe('from the server');
    expect(manager.heard).toEqual([outer]);
  });

  it('until it is returned: one that was made ahead', async () => {
    const ahead: QNetworkReply[] = [];
    await using manager = new Custom(function (op, request) {
      return ahead.shift() ?? this.base(op, request);
    });
    ahead.push(manager.base(QNetworkAccessManager.GetOperation, new QNetworkRequest(origin.url('/ahead'))));
    const early = ahead[0]!;
    expect(manager.get(origin.url('/now'))).toBe(early);
    await finished(early);
    expect(manager.heard).toEqual([early]);
    // and one that has ended meanwhile
    const over = manager.base(QNetworkAccessManager.GetOperation, new QNetworkRequest(origin.url('/over')));
    await finished(over);
    ahead.push(over);
    expect(manager.get(origin.url('/now'))).toBe(over);
    expect(manager.heard).toEqual([early]);
    await spoken();
    expect(manager.heard).toEqual([early, over]);
  });
});

describe('a reply that was over when it was returned', () => {
  /** `heard`: its own word comes before the manager has had enough of waiting. */
  type Ends = [name: string, end: (reply: OwnReply) => void, heard: boolean];
  const ends: readonly Ends[] = [
    ['and says nothing', () => {}, false],
    ['and has said so', (reply) => reply.finished.emit(), false],
    ['and says so in a microtask', (reply) => void Promise.resolve().then(() => reply.finished.emit()), true],
    ['and says so in the next tick', (reply) => process.nextTick(() => reply.finished.emit()), true],
    ['and says so in the next turn', (reply) => void setImmediate(() => reply.finished.emit()), true],
    [
      'and says so in the next turn, before which time passes',
      (reply) => {
        setImmediate(() => reply.finished.emit());
        for (const start = performance.now(); performance.now() < start + 5; );
      },
      true,
    ],
    ['and says so by a zero timer', (reply) => void setTimeout(() => reply.finished.emit(), 0), true],
    ['and says so much later', (reply) => void setTimeout(() => reply.finished.emit(), 20), false],
  ];
  it.each(ends)('%s: the manager says it, later and once', async (_name, end, heard) => {
    await using manager = new Custom(() => {
      const reply = new OwnReply('body').alreadyOver();
      end(reply);
      return reply;
    });
    manager.setAutoDeleteReplies(true);
    const reply = manager.get('own:/');
    const trace = new Trace(manager, reply);
    expect(manager.heard).toEqual([]);
    expect(await reply.text()).toBe('body');
    await within(reply.destroyed.next(), 'the deletion');
    expect(manager.heard).toEqual([reply]);
    expect(trace.all).toEqual(heard ? ['M.finished', 'finished', 'destroyed'] : ['M.finished', 'destroyed']);
  });

  it('one of the base class that the override aborted', async () => {
    await using manager = new Custom(function (op, request) {
      const reply = this.base(op, request);
      reply.abort();
      return reply;
    });
    const reply = manager.get(origin.url('/x'));
    expect([reply.isFinished(), reply.error(), manager.heard]).toEqual([true, NetworkError.OperationCanceledError, []]);
    await spoken();
    expect([manager.heard, arrived()]).toEqual([[reply], []]);
  });

  it('but not when it was deleted meanwhile', async () => {
    await using manager = new Custom(function (op, request) {
      const reply = request.url().scheme() === 'own' ? new OwnReply().alreadyOver() : this.base(op, request);
      reply.abort();
      return reply;
    });
    for (const reply of [manager.get('own:/'), manager.get(origin.url('/x'))]) reply.deleteLater();
    await spoken();
    expect(manager.heard).toEqual([]);
    manager.get('own:/');
    manager.deleteLater();
    await spoken();
    expect(manager.heard).toEqual([]);
  });

  it('one of the base class that is there at once', async () => {
    await using manager = new Custom(function (op, request) {
      return this.base(op, request);
    });
    const trace = new Trace(manager, manager.get('data:,x'));
    await spoken();
    expect(trace.all.slice(-2)).toEqual(['M.finished', 'finished']);
    expect(manager.heard).toHaveLength(1);
  });
});

/** Readers of a body, each with what it makes of it. */
const readers: readonly [string, (reply: QNetworkReply) => Promise<string>][] = [
  ['bytes()', async (reply) => String(await reply.bytes())],
  ['text()', (reply) => reply.text()],
  ['json()', async (reply) => JSON.stringify(await reply.json())],
  [
    'for await',
    async (reply) => {
      let all = '';
      for await (const part of reply) all += part;
      return all;
    },
  ],
  ['toWeb()', (reply) => new Response(reply.toWeb()).text()],
  ['toReadable()', async (reply) => String(Buffer.concat(await reply.toReadable().toArray()))],
  ['whenFinished()', async (reply) => String((await reply.whenFinished()).readAll())],
];

describe('a reply class that', () => {
  const DATA = JSON.stringify({ text: 'x'.repeat(100) });

  /** Has its body in `rest` and calls no method of its base class. */
  class Bare extends QNetworkReply {
    rest = Buffer.from(DATA);
    override bytesAvailable(): number {
      return this.rest.length;
    }
    override isSequential(): boolean {
      return true;
    }
    override abort(): void {}
    override close(): void {}
    override setReadBufferSize(): void {}
    protected override readData(maxSize: number): Buffer | null {
      const piece = this.rest.subarray(0, Math.min(maxSize, 30));
      this.rest = this.rest.subarray(piece.length);
      return piece;
    }
    /** As Qt 4's classes do it: signals, and no word of setFinished. */
    tell(): this {
      this.open(QIODevice.ReadOnly);
      setTimeout(() => this.readyRead.emit(), 0);
      setTimeout(() => this.finished.emit(), 0);
      return this;
    }
  }

  it.each(readers)('never calls super and only emits: %s', async (_name, read) => {
    await using manager = new Custom(() => new Bare().tell());
    const reply = manager.get('own:/');
    expect(await within(read(reply), 'the body')).toBe(DATA);
    expect([reply.isFinished(), manager.heard]).toEqual([true, [reply]]);
    expect(await within(reply.whenFinished(), 'whenFinished()')).toBe(reply);
  });

  it.each(readers.slice(0, -1))('ends when its last byte is read: %s', async (_name, read) => {
    for (const start of ['at once', 'later']) {
      class Psi extends Bare {
        protected override readData(maxSize: number): Buffer | null {
          const piece = super.readData(maxSize);
          if (piece !== null && piece.length > 0 && this.rest.length === 0) {
            this.setFinished(true);
            this.finished.emit();
          }
          return piece;
        }
        begin(): this {
          this.open(QIODevice.ReadOnly);
          if (start === 'at once') return this;
          const all = this.rest;
          this.rest = Buffer.alloc(0);
          setImmediate(() => {
            this.rest = all;
            this.readyRead.emit();
          });
          return this;
        }
      }
      await using manager = new Custom(() => new Psi().begin());
      const reply = manager.get('own:/');
      expect(await within(read(reply), `the body, ${start}`)).toBe(DATA);
      expect(manager.heard).toEqual([reply]);
    }
  });

  it.each(readers)('is filled from outside over time: %s', async (_name, read) => {
    class Mock extends QNetworkReply {
      waiting: Buffer[] = [];
      constructor() {
        super();
        this.open(QIODevice.ReadOnly);
      }
      feed(text: string): void {
        this.waiting.push(Buffer.from(text));
        this.readyRead.emit();
      }
      end(): void {
        this.setFinished(true);
        this.finished.emit();
      }
      override bytesAvailable(): number {
        return super.bytesAvailable() + this.waiting.reduce((sum, piece) => sum + piece.length, 0);
      }
      protected override readData(maxSize: number): Buffer | null {
        const piece = this.waiting.shift();
        if (piece === undefined) return null;
        if (piece.length > maxSize) this.waiting.unshift(piece.subarray(maxSize));
        return piece.subarray(0, maxSize);
      }
    }
    const mock = new Mock();
    await using manager = new Custom(() => mock);
    const body = read(manager.get('own:/'));
    for (const piece of DATA.match(/.{1,10}/g)!) {
      await turns(1);
      mock.feed(piece);
    }
    await turns(2);
    mock.end();
    expect(await within(body, 'the body')).toBe(DATA);
  });

  it('says with isSequential() that it has positions', async () => {
    class Placed extends QNetworkReply {
      readonly content = Buffer.from(DATA);
      override isSequential(): boolean {
        return false;
      }
      override size(): number {
        return this.content.length;
      }
      protected override readData(maxSize: number): Buffer {
        return Buffer.from(this.content.subarray(this.pos(), this.pos() + maxSize));
      }
      begin(): this {
        this.open(QIODevice.ReadOnly);
        setImmediate(() => {
          this.setFinished(true);
          this.finished.emit();
        });
        return this;
      }
    }
    await using manager = new Custom(() => new Placed().begin());
    const reply = await manager.get('own:/').whenFinished();
    expect([reply.bytesAvailable(), reply.read(1).toString(), reply.pos(), reply.seek(0)]).toEqual([DATA.length, '{', 1, true]);
    expect(await reply.text()).toBe(DATA);
  });

  it('says so and has no size', () => {
    class Sizeless extends QNetworkReply {
      override isSequential(): boolean {
        return false;
      }
    }
    const reply = new Sizeless();
    reply.open(QIODevice.ReadOnly);
    expect([reply.size(), reply.bytesAvailable(), reply.readAll().length]).toEqual([0, 0, 0]);
  });

  it('aborts in close() and leaves abort() to its base class', () => {
    class Closing extends QNetworkReply {
      override close(): void {
        this.abort();
      }
    }
    const reply = new Closing();
    reply.open(QIODevice.ReadOnly);
    let ends = 0;
    reply.finished.connect(() => void ends++);
    reply.close();
    expect([ends, reply.error(), reply.isOpen()]).toEqual([1, 5, false]);
  });

  it('cannot be aborted: who gave an AbortSignal gets its reason all the same', async () => {
    const control = new AbortController();
    await using manager = new Custom(() => new Bare().tell());
    const body = manager.get('own:/', { signal: control.signal }).text();
    control.abort(new Error('enough'));
    await expect(body).rejects.toThrow('enough');
  });

  it('throws in abort(): close() of the manager ends the others', async () => {
    const uncaught = new Promise<unknown>((resolve) => void process.once('uncaughtException', resolve));
    let first = true;
    const manager = new Custom(() => {
      const reply = new OwnReply();
      if (first)
        reply.abort = () => {
          throw new Error('not me');
        };
      first = false;
      return reply;
    });
    const replies = [manager.get('own:/a'), manager.get('own:/b')];
    await manager.close();
    expect(replies.map((reply) => reply.isFinished())).toEqual([false, true]);
    expect(await uncaught).toMatchObject({ message: 'not me' });
    manager.deleteLater();
    await replies[0]!.destroyed.next();
  });

  it('says encrypted: the manager passes it on', async () => {
    await using manager = new Custom(() => new OwnReply());
    const reply = manager.get('own:/');
    const trace = new Trace(manager, reply);
    reply.encrypted.emit();
    expect(trace.all).toEqual(['M.encrypted', 'encrypted']);
  });

  it('sets neither operation nor request nor URL has those that were asked for', async () => {
    const value = { any: 'value' };
    await using manager = new Custom(() => new OwnReply('', ''));
    class Empty extends QNetworkReply {}
    await using plain = new Custom(() => new Empty());
    const reply = plain.put('own:/thing', 'x', { attributes: { 1001: value } });
    expect([reply.operation(), reply.url().toString()]).toEqual([QNetworkAccessManager.PutOperation, 'own:/thing']);
    expect(reply.request().attribute(1001)).toBe(value);
    expect(manager.get('own:/thing').url().toString()).toBe('');
  });

  it('is deleted while it runs is forgotten by its manager', async () => {
    const manager = new Custom(() => new OwnReply());
    let aborted = 0;
    const reply = manager.get('own:/') as OwnReply;
    reply.abort = () => void aborted++;
    reply.deleteLater();
    await reply.destroyed.next();
    await manager.close();
    expect([aborted, manager.heard]).toEqual([0, []]);
  });

  it('is finished is forgotten by its manager', async () => {
    const manager = new Custom(() => new OwnReply());
    let aborted = 0;
    const reply = manager.get('own:/') as OwnReply;
    reply.succeed();
    reply.abort = () => void aborted++;
    await manager.close();
    expect(aborted).toBe(0);
  });

  it('is destroyed by a slot of the manager is not asked whether it shall be deleted', async () => {
    await using manager = new Custom(() => new OwnReply());
    manager.setAutoDeleteReplies(true);
    const reply = manager.get('own:/') as OwnReply;
    let asked = 0;
    reply.request = () => {
      asked++;
      return new QNetworkRequest();
    };
    manager.finished.connect(() => reply._destroy());
    reply.succeed();
    expect([manager.heard, asked]).toEqual([[reply], 0]);
  });

  it('has its slots undone is heard by its manager', async () => {
    await using manager = new Custom(() => new OwnReply());
    const reply = manager.get('own:/') as OwnReply;
    reply.finished.disconnect();
    reply.succeed();
    expect(manager.heard).toEqual([reply]);
  });

  it('has fields with everyday names keeps working', async () => {
    const names = 'attributes code done fields bufferSize errorCode emitError take giveBack settings desk verb created park';
    class Everyday extends OwnReply {}
    const reply = new Everyday('body');
    await using manager = new Custom(() => reply);
    for (const name of names.split(' ')) {
      Object.defineProperty(reply, name, { value: 'mine' });
      Object.defineProperty(manager, name, { value: 'mine' });
    }
    manager.get('own:/');
    reply.succeed(200, { 'X-A': 'b' });
    expect([await reply.text(), reply.status(), reply.headers().value('x-a'), reply.error()]).toEqual(['body', 200, 'b', 0]);
    expect(manager.heard).toEqual([reply]);
  });
});

describe('the request that an override gets', () => {
  /** Every way to ask for something. */
  const multipart = (): QHttpMultiPart => {
    const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
    const part = new QHttpPart();
    part.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="a"');
    part.setBody('part of it');
    form.append(part);
    return form;
  };
  const verbs: readonly [string, number, (m: QNetworkAccessManager, r: QNetworkRequest) => QNetworkReply, RegExp | null][] = [
    ['head', 1, (m, r) => m.head(r), null],
    ['get', 2, (m, r) => m.get(r), null],
    ['get with a body', 2, (m, r) => m.get(r, 'body'), /^body$/],
    ['put', 3, (m, r) => m.put(r, 'body'), /^body$/],
    ['put with a multipart', 3, (m, r) => m.put(r, multipart()), /part of it/],
    ['post', 4, (m, r) => m.post(r, 'body'), /^body$/],
    ['post with a multipart', 4, (m, r) => m.post(r, multipart()), /part of it/],
    ['deleteResource', 5, (m, r) => m.deleteResource(r), null],
    ['sendCustomRequest', 6, (m, r) => m.sendCustomRequest(r, 'PATCH', 'body'), /^body$/],
    ['sendCustomRequest with a multipart', 6, (m, r) => m.sendCustomRequest(r, 'PATCH', multipart()), /part of it/],
  ];

  it.each(verbs)('%s: is its own, and the body can be looked into and is still sent', async (_name, operation, send, body) => {
    const looked: [number, string | null][] = [];
    await using manager = new Custom(function (op, request, data) {
      looked.push([op, data === null ? null : data.peek(1000).toString()]);
      request.setRawHeader('X-Edited', 'yes');
      request.setUrl(origin.url('/edited'));
      return this.base(op, request, data);
    });
    const mine = new QNetworkRequest(origin.url('/mine'));
    const same = new QNetworkRequest(mine);
    const reply = await finished(send(manager, mine));
    expect(mine.equals(same)).toBe(true);
    expect([looked.length, looked[0]![0], reply.operation()]).toEqual([1, operation, operation]);
    const [request] = arrived();
    expect([request!.target, request!.header('X-Edited')]).toEqual(['/edited', 'yes']);
    if (body === null) {
      expect([looked[0]![1], request!.body.length]).toEqual([null, 0]);
    } else {
      expect(looked[0]![1]).toMatch(body);
      expect(request!.body.toString()).toMatch(body);
      expect(request!.body.toString().startsWith(looked[0]![1]!)).toBe(true);
    }
  });

  it.each(verbs.filter(([, , , body]) => body !== null))(
    '%s: the body can be read by who answers himself',
    async (_name, _op, send, body) => {
      await using manager = new Custom((op, request, data) => new BufferReply(op, request, data!));
      expect(await send(manager, new QNetworkRequest('mem:/x')).text()).toMatch(body!);
    },
  );
});
