// Pattern 9: replies from memory, from another protocol, and from whatever else a program has.
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  BufferReply,
  ErrorReply,
  NetworkError,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';

type Handler = (op: QNetworkAccessManager.Operation, request: QNetworkRequest, data: QIODevice | null) => QNetworkReply;

/** A handler for each scheme. */
class Schemes extends QNetworkAccessManager {
  readonly handlers = new Map<string, Handler>();

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    return this.handlers.get(request.url().scheme())?.(op, request, data) ?? super.createRequest(op, request, data);
  }

  protected override supportedSchemesImplementation(): string[] {
    return [...super.supportedSchemesImplementation(), ...this.handlers.keys()];
  }
}

function managerFor(scheme: string, handler: Handler): Schemes {
  const manager = new Schemes();
  manager.handlers.set(scheme, handler);
  return manager;
}

describe('a handler per scheme', () => {
  const pages = new Map([['/index', '<h1>Contents</h1>']]);
  const help: Handler = (op, request) => {
    const page = pages.get(request.url().path());
    if (page === undefined) return new ErrorReply(op, request, NetworkError.ContentNotFoundError, 'no such page');
    return new BufferReply(op, request, page, { headers: { 'Content-Type': 'text/html; charset=utf-8' } });
  };

  it('most need no class of their own', async () => {
    await using manager = managerFor('help', help);
    const reply = manager.get('help:/index');
    expect(await reply.text()).toBe('<h1>Contents</h1>');
    expect([
      reply.status(),
      reply.header(QNetworkRequest.ContentTypeHeader),
      reply.header(QNetworkRequest.ContentLengthHeader),
    ]).toEqual([200, 'text/html; charset=utf-8', 17]);
    await expect(manager.get('help:/nothing').text()).rejects.toMatchObject({ code: 'ContentNotFoundError' });
    expect(manager.supportedSchemes()).toContain('help');
  });

  it('a scheme that nobody handles is still an error', async () => {
    await using manager = managerFor('help', help);
    await expect(manager.get('other:/index').text()).rejects.toMatchObject({ code: 'ProtocolUnknownError' });
  });

  it('from a stream, at the pace of the reader', async () => {
    let asked = 0;
    function* rows(): Generator<string> {
      for (asked = 1; asked <= 500; asked++) yield `${asked}`.padEnd(999, ' ') + '\n';
    }
    await using manager = managerFor(
      'rows',
      (op, request) => new BufferReply(op, request, Readable.from(rows(), { highWaterMark: 1 })),
    );
    const reply = manager.get('rows:/all');
    reply.setReadBufferSize(10_000);
    await turns(50);
    expect(asked).toBeLessThan(40);
    let last = '';
    let lines = 0;
    while (!reply.atEnd() || !reply.isFinished()) {
      for (; reply.canReadLine(); lines++) last = reply.readLine().toString();
      await turns(1);
    }
    expect([lines, last.trim()]).toEqual([500, '500']);
  });

  it('what was sent to it can be read', async () => {
    const store = new Map<string, Buffer>();
    await using manager = managerFor('store', (op, request, data) => {
      if (op === QNetworkAccessManager.PutOperation) store.set(request.url().path(), data!.readAll());
      return new BufferReply(op, request, store.get(request.url().path()) ?? null);
    });
    await manager.put('store:/a', 'kept').whenFinished();
    expect(await manager.get('store:/a').text()).toBe('kept');
  });
});

/** A model that loads parts of a message when somebody asks: the shape of a mail store behind replies. */
class MailModel extends EventEmitter {
  readonly parts = new Map<string, Buffer>();
  fetch(path: string): void {
    setImmediate(() => {
      this.parts.set(path, Buffer.from(`part ${path}`));
      this.emit('fetched', path);
    });
  }
}

/** Fed later by the model, on protected members only. */
class PartReply extends QNetworkReply {
  private readonly model: MailModel;
  private readonly onFetched = (path: string): void => {
    if (path === this.url().path()) this.arrived();
  };
  private body: Buffer | null = null;

  constructor(op: QNetworkAccessManager.Operation, request: QNetworkRequest, model: MailModel) {
    super();
    this.model = model;
    this.setOperation(op);
    this.setRequest(request);
    this.setUrl(request.url());
    this.setOpenMode(QIODevice.ReadOnly | QIODevice.Unbuffered);
    model.on('fetched', this.onFetched);
    if (model.parts.has(request.url().path())) setImmediate(() => this.arrived());
    else model.fetch(request.url().path());
  }

  private arrived(): void {
    if (this.isFinished() || this.body !== null) return;
    this.release();
    this.body = this.model.parts.get(this.url().path())!;
    this.setHeader(QNetworkRequest.ContentTypeHeader, 'text/plain');
    this.setRawHeader('X-Part', 'yes');
    this.setAttribute(QNetworkRequest.SourceIsFromCacheAttribute, true);
    this.metaDataChanged.emit();
    this.readyRead.emit();
    this.setFinished(true);
    this.finished.emit();
  }

  private release(): void {
    this.model.off('fetched', this.onFetched);
  }

  override abort(): void {
    if (this.isFinished()) return;
    this.release();
    this.close();
    this.setError(NetworkError.OperationCanceledError, 'no longer wanted');
    this.errorOccurred.emit(this.error());
    this.setFinished(true);
    this.finished.emit();
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + (this.body?.length ?? 0);
  }

  protected override readData(maxSize: number): Buffer | null {
    if (this.body === null) return null;
    const piece = this.body.subarray(0, maxSize);
    this.body = this.body.subarray(piece.length);
    return piece;
  }

  protected override destructing(): void {
    this.release();
    super.destructing();
  }
}

describe('a reply that is fed later', () => {
  it('answers when the data is there', async () => {
    const model = new MailModel();
    await using manager = managerFor('part', (op, request) => new PartReply(op, request, model));
    const reply = manager.get('part:/1/text');
    const trace = new Trace(manager, reply);
    expect([reply.isRunning(), reply.readAll().length]).toEqual([true, 0]);
    expect(await reply.text()).toBe('part /1/text');
    expect(trace.all).toEqual(['metaDataChanged', 'readyRead', 'M.finished', 'finished']);
    expect([reply.rawHeader('x-part').toString(), reply.attribute(QNetworkRequest.SourceIsFromCacheAttribute)]).toEqual([
      'yes',
      true,
    ]);
    expect(await manager.get('part:/1/text').text()).toBe('part /1/text');
    expect(model.listenerCount('fetched')).toBe(0);
  });

  it.each([
    ['abort()', (reply: QNetworkReply) => reply.abort()],
    ['deleteLater()', (reply: QNetworkReply) => reply.deleteLater()],
    ['the end of the manager', (reply: QNetworkReply) => reply.manager()!.deleteLater()],
  ])('%s leaves nothing with the model', async (_name, stop) => {
    const model = new MailModel();
    model.fetch = () => {};
    await using manager = managerFor('part', (op, request) => new PartReply(op, request, model));
    const reply = manager.get('part:/2');
    expect(model.listenerCount('fetched')).toBe(1);
    stop(reply);
    await turns();
    expect(model.listenerCount('fetched')).toBe(0);
  });
});

describe('what breaks naively', () => {
  /** Ends when it was read to its end, and never otherwise. */
  class EndsWhenRead extends QNetworkReply {
    private rest: Buffer;

    constructor(body: string) {
      super();
      this.rest = Buffer.from(body);
      this.open(QIODevice.ReadOnly);
      setImmediate(() => this.readyRead.emit());
    }

    override bytesAvailable(): number {
      return super.bytesAvailable() + this.rest.length;
    }

    protected override readData(maxSize: number): Buffer | null {
      const piece = this.rest.subarray(0, maxSize);
      this.rest = this.rest.subarray(piece.length);
      if (this.rest.length === 0 && !this.isFinished()) {
        this.setFinished(true);
        setImmediate(() => this.finished.emit());
      }
      return piece;
    }
  }

  it('a class that ends when it is read: who reads gets all of it, who waits first waits for ever, as in Qt', async () => {
    await using manager = managerFor('read', () => new EndsWhenRead('all of it'));
    const waiting = manager.get('read:/');
    let over = false;
    const wait = waiting.whenFinished().then(() => {
      over = true;
    });
    expect(await within(manager.get('read:/').text(), 'text()')).toBe('all of it');
    await turns(20);
    expect([over, waiting.bytesAvailable()]).toEqual([false, 9]);
    waiting.readAll();
    await within(wait, 'finished');
  });

  it('the class’s own readData is what is read: the base class keeps no bytes beside it', async () => {
    class Counted extends QNetworkReply {
      left = 3;
      override bytesAvailable(): number {
        return super.bytesAvailable() + this.left;
      }
      protected override readData(maxSize: number): Buffer {
        const n = Math.min(maxSize, this.left);
        this.left -= n;
        return Buffer.alloc(n, 'x');
      }
    }
    const reply = new Counted();
    expect(reply.readAll().length).toBe(0); // not open yet
    reply.open(QIODevice.ReadOnly);
    expect([reply.peek(2).toString(), reply.bytesAvailable(), reply.left]).toEqual(['xx', 3, 1]);
    expect([reply.read(1).toString(), reply.readAll().toString(), reply.bytesAvailable()]).toEqual(['x', 'xx', 0]);
  });

  it('a class that forgot to open itself is told so, instead of an empty body', async () => {
    class Closed extends QNetworkReply {
      constructor() {
        super();
        setImmediate(() => {
          this.setFinished(true);
          this.finished.emit();
        });
      }
    }
    await using manager = managerFor('closed', () => new Closed());
    await expect(manager.get('closed:/').text()).rejects.toThrow(/never called open/);
  });
});
