import { Readable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  QBuffer,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  type QNetworkReplyError,
  QNetworkRequest,
} from '../../../src/index.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, OwnReply, Trace, turns } from '../bridge/support.ts';

let origin: Served;
let seen = 0;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: 'from the server' } } });
});
afterAll(() => origin.close());
beforeEach(() => {
  seen = origin.requests.length;
});
const arrived = () => origin.requests.slice(seen);

type Create = (op: QNetworkAccessManager.Operation, request: QNetworkRequest, data: QIODevice | null) => QNetworkReply | null;

/** A manager whose createRequest is `create`; null lets the base class do it. */
class Custom extends QNetworkAccessManager {
  readonly calls: [op: number, url: string, data: QIODevice | null][] = [];
  private readonly create: Create;

  constructor(create: Create = () => null) {
    super();
    this.create = create;
  }

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    this.calls.push([op, request.url().toString(), data]);
    return this.create(op, request, data) ?? super.createRequest(op, request, data);
  }

  /** The base implementation, for a `create` that changes what is asked for. */
  base(op: QNetworkAccessManager.Operation, request: QNetworkRequest, data: QIODevice | null = null): QNetworkReply {
    return super.createRequest(op, request, data);
  }
}

describe('createRequest is the funnel of all verbs', () => {
  it('each verb comes through it once, with its operation and the body as a device', async () => {
    await using manager = new Custom();
    const url = origin.url('/x');
    const sends: readonly [number, string | null, QNetworkReply][] = [
      [1, null, manager.head(url)],
      [2, null, manager.get(url)],
      [2, 'q', manager.get(url, 'q')],
      [3, 'p', manager.put(url, 'p')],
      [4, 'o', manager.post(url, 'o')],
      [4, '[1]', manager.post(url, { json: [1] })],
      [5, null, manager.deleteResource(url)],
      [6, 'c', manager.sendCustomRequest(url, 'PATCH', 'c')],
    ];
    expect(manager.calls.map(([op, , data]) => [op, data?.peek(100).toString() ?? null])).toEqual(
      sends.map(([op, data]) => [op, data]),
    );
    await Promise.all(sends.map(([, , reply]) => finished(reply)));
    expect(
      arrived()
        .map(({ body }) => body.toString())
        .sort(),
    ).toEqual(['', '', '', '[1]', 'c', 'o', 'p', 'q']);
  });

  it('sees the options folded into the request, the verb as an attribute, the type of a body', async () => {
    let copy = new QNetworkRequest();
    await using manager = new Custom((_op, request) => {
      copy = new QNetworkRequest(request);
      return null;
    });
    const body = new Blob(['<p>'], { type: 'text/html' });
    manager.sendCustomRequest(origin.url(), 'PATCH', body, { query: { a: 1 }, headers: { 'X-A': 'b' }, priority: 'high' });
    expect(copy.url().toString()).toBe(origin.url('/?a=1'));
    expect(copy.rawHeader('X-A').toString()).toBe('b');
    expect(copy.priority()).toBe(QNetworkRequest.HighPriority);
    expect(copy.attribute(QNetworkRequest.CustomVerbAttribute)).toBe('PATCH');
    expect(copy.header(QNetworkRequest.ContentTypeHeader)).toBe('text/html');
  });

  it('what it changes is sent', async () => {
    await using manager: Custom = new Custom((op, request) => {
      const made = new QNetworkRequest(request);
      made.setUrl(origin.url('/elsewhere'));
      made.setRawHeader('X-Added', 'yes');
      return manager.base(op, made, new QBuffer('other'));
    });
    const reply = await finished(manager.put('http://nowhere.invalid/', 'body'));
    expect(reply.url().toString()).toBe(origin.url('/elsewhere'));
    expect(reply.readAll().toString()).toBe('from the server');
    const [request] = arrived();
    expect([request!.target, request!.header('X-Added'), request!.body.toString()]).toEqual(['/elsewhere', 'yes', 'other']);
    expect(reply.manager()).toBe(manager);
  });

  it('a change of the request that was handed over does not reach the caller', async () => {
    await using manager = new Custom((_op, request) => {
      request.setRawHeader('X-Added', 'yes');
      return null;
    });
    const mine = new QNetworkRequest(origin.url());
    await finished(manager.get(mine));
    expect([mine.hasRawHeader('X-Added'), arrived()[0]!.header('X-Added')]).toEqual([false, 'yes']);
  });

  it('an error it throws reaches the caller', () => {
    const manager = new Custom(() => {
      throw new Error('not today');
    });
    expect(() => manager.get(origin.url())).toThrow('not today');
  });

  it('giving nothing back is an error that says so', () => {
    const empty = new (class extends QNetworkAccessManager {
      protected override createRequest(): QNetworkReply {
        return undefined as never;
      }
    })();
    expect(() => empty.get('data:,x')).toThrow(/createRequest/);
  });
});

async function* words(...all: string[]): AsyncGenerator<string> {
  yield* all;
}

describe('the body as a device', () => {
  const text = async (device: QIODevice): Promise<string> => {
    let got = device.readAll().toString();
    const end = device.readChannelFinished.next();
    device.readyRead.connect(() => {
      got += device.readAll().toString();
    });
    await end;
    return got + device.readAll().toString();
  };
  const streams: readonly [
    string,
    () => NodeJS.ReadableStream | AsyncIterable<string> | ReadableStream<Uint8Array> | Blob | FormData | (() => string),
  ][] = [
    ['a Node stream', () => Readable.from(['one ', 'two'])],
    ['a web stream', () => new Response('one two').body!],
    ['an async generator', () => words('one ', 'two')],
    ['a Blob', () => new Blob(['one two'])],
    ['a function', () => () => 'one two'],
  ];

  it.each(streams)('%s can be read by who answers himself', async (_name, make) => {
    let body = '';
    await using manager: Custom = new Custom((_op, _request, data) => {
      const reply = new OwnReply();
      void text(data!).then((got) => {
        body = got;
        reply.succeed();
      });
      return reply;
    });
    await finished(manager.put(origin.url(), make()));
    expect(body).toBe('one two');
    expect(arrived()).toEqual([]);
  });

  it.each(streams)('%s can be looked into before it is sent', async (_name, make) => {
    let looked: Promise<string> | null = null;
    await using manager: Custom = new Custom((_op, _request, data) => {
      looked = (async () => {
        if (data!.peek(3).length === 0) await data!.readyRead.next();
        return data!.peek(3).toString();
      })();
      return null;
    });
    await finished(manager.put(origin.url(), make()));
    expect(await looked).toBe('one');
    expect(arrived()[0]!.body.toString()).toBe('one two');
  });

  it('what was taken from a stream is missing from what is sent', async () => {
    await using manager: Custom = new Custom((_op, _request, data) => {
      expect(data!.read(4).toString()).toBe('one ');
      return null;
    });
    await finished(manager.put(origin.url(), ['one ', 'two']));
    expect(arrived()[0]!.body.toString()).toBe('two');
  });

  it('a source that fails after a look fails the upload', async () => {
    await using manager: Custom = new Custom((_op, _request, data) => {
      data!.peek(1);
      return null;
    });
    const reply = await finished(manager.put(origin.url(), () => Promise.reject(new Error('out of paper'))));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(/out of paper/);
  });

  it('bytes are at hand at once', async () => {
    await using manager: Custom = new Custom((_op, _request, data) => {
      expect([data!.size(), data!.isSequential(), data!.peek(10).toString(), data!.pos()]).toEqual([5, false, 'hello', 0]);
      return null;
    });
    await finished(manager.put(origin.url(), Buffer.from('hello')));
    expect(arrived()[0]!.body.toString()).toBe('hello');
  });

  it('a closed stream device is not sent', async () => {
    const stream = Readable.from(['x']);
    await using manager: Custom = new Custom((_op, _request, data) => {
      data!.peek(1);
      data!.close();
      return null;
    });
    const reply = await finished(manager.put(origin.url(), stream));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(stream.destroyed).toBe(true);
  });
});

describe('a reply of your own', () => {
  const own = (make: (reply: OwnReply) => void, body = 'own body') =>
    new Custom(() => {
      const reply = new OwnReply(body);
      make(reply);
      return reply;
    });
  const soon = (f: () => void) => void setImmediate(f);

  it('is adopted: parent, manager, finished of the manager before its own', async () => {
    await using manager = own((reply) => soon(() => reply.succeed(201, { 'Content-Type': 'text/plain' })));
    const reply = manager.get('own://x/');
    expect([reply.manager(), reply.parent(), reply.isRunning()]).toEqual([manager, manager, true]);
    const trace = new Trace(manager, reply);
    await finished(reply);
    await turns();
    expect(trace.all).toEqual(['metaDataChanged', 'readyRead', 'readChannelFinished', 'M.finished', 'finished']);
    expect([reply.status(), reply.header(QNetworkRequest.ContentTypeHeader), reply.readAll().toString()]).toEqual([
      201,
      'text/plain',
      'own body',
    ]);
  });

  it('keeps a parent it has', async () => {
    await using other = new QNetworkAccessManager();
    await using manager = own((reply) => {
      reply.setParent(other);
      soon(() => reply.succeed());
    });
    const reply = manager.get('own://x/');
    expect(reply.parent()).toBe(other);
    await finished(reply);
  });

  it('works with promises, iteration and streams', async () => {
    await using manager = own((reply) => soon(() => reply.succeed()));
    expect(await manager.get('own://x/').text()).toBe('own body');
    expect((await manager.get('own://x/').whenFinished()).status()).toBe(200);
    expect((await manager.get('own://x/').whenHeaders()).bytesAvailable()).toBe(8);
    const parts: Buffer[] = [];
    for await (const part of manager.get('own://x/')) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('own body');
    expect(await new Response(manager.get('own://x/').toWeb()).text()).toBe('own body');
  });

  it('an error of its own rejects them', async () => {
    await using manager = own((reply) => soon(() => reply.refuse(QNetworkReply.ContentAccessDenied, 'blocked by policy')));
    const reply = manager.get('own://x/');
    const trace = new Trace(manager, reply);
    const error = await reply.bytes().then(String, (e: QNetworkReplyError) => e);
    expect(error).toMatchObject({ code: 'ContentAccessDenied', message: 'blocked by policy', networkError: 201 });
    expect(trace.all).toEqual(['errorOccurred(201)', 'readChannelFinished', 'M.finished', 'finished']);
  });

  it('is aborted by an AbortSignal, by close() and with the manager', async () => {
    const manager = own(() => {});
    const control = new AbortController();
    const [a, b, c] = [manager.get('own://x/', { signal: control.signal }), manager.get('own://x/'), manager.get('own://x/')];
    control.abort();
    expect(a.error()).toBe(QNetworkReply.OperationCanceledError);
    await manager.close();
    expect([b.error(), c.error()]).toEqual([5, 5]);
    const last = manager.get('own://x/');
    const trace = new Trace(manager, last);
    manager._destroy();
    expect(trace.all).toEqual(['destroyed']);
  });

  it('autoDelete holds for it too', async () => {
    await using manager = own((reply) => soon(() => reply.succeed()));
    manager.setAutoDeleteReplies(true);
    const trace = new Trace(manager, manager.get('own://x/'));
    const kept = new Trace(manager, manager.get('own://x/', { attributes: { AutoDeleteReplyOnFinishAttribute: false } }));
    await turns(5);
    expect([trace.all.at(-1), kept.all.at(-1)]).toEqual(['destroyed', 'finished']);
  });

  it('that is finished when it is handed over is said to be so at once', async () => {
    await using manager = own((reply) => void reply.alreadyOver());
    const reply = manager.get('own://x/');
    expect([reply.isFinished(), await reply.text()]).toEqual([true, 'own body']);
    await manager.close();
    expect(reply.error()).toBe(0);
  });

  it('that is finished and says so later is heard by the manager', async () => {
    await using manager = own((reply) => {
      reply.alreadyOver();
      soon(() => reply.finished.emit());
    });
    const reply = manager.get('own://x/');
    const trace = new Trace(manager, reply);
    await turns();
    expect(trace.all).toEqual(['M.finished', 'finished']);
  });

  it('finished is heard once, also when it is said twice', async () => {
    await using manager = own((reply) =>
      soon(() => {
        reply.succeed();
        reply.finished.emit();
      }),
    );
    const reply = manager.get('own://x/');
    const trace = new Trace(manager, reply);
    await turns();
    expect(trace.all.filter((line) => line === 'M.finished')).toHaveLength(1);
  });

  it("another manager's reply counts for both", async () => {
    await using other = new QNetworkAccessManager();
    await using manager = new Custom((_op, request) => other.get(request));
    const heard: string[] = [];
    manager.finished.connect(() => void heard.push('outer'));
    other.finished.connect(() => void heard.push('inner'));
    const reply = manager.get(origin.url());
    expect(await reply.text()).toBe('from the server');
    expect(heard.sort()).toEqual(['inner', 'outer']);
  });

  it('many at a time leave nothing behind', async () => {
    await using manager = own((reply) => soon(() => reply.succeed()));
    const replies = Array.from({ length: 50 }, (_, i) => manager.get(`own://x/${i}`));
    await Promise.all(replies.map((reply) => finished(reply)));
    expect(replies.every((reply) => reply.finished.size === 0)).toBe(true);
  });
});
