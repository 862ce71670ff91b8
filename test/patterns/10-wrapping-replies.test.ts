// Pattern 10: a reply around another one, and observers of other people's replies.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Attribute,
  DeferredReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QObject,
  WrappedReply,
} from '../../src/index.ts';
import { finished, Trace, turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

const BODY = Buffer.from('<html>'.padEnd(200_000, '.'));
let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/page': {
        body: BODY,
        headers: [
          ['Content-Type', 'text/html'],
          ['X-Frame-Options', 'DENY'],
          ['Last-Modified', 'Thu, 01 Jan 1970 00:00:00 GMT'],
          ['Set-Cookie', 'a=1'],
          ['SET-COOKIE', 'b=2'],
          ['x-lower', 'one'],
          ['X-Lower', 'two'],
        ],
      },
      '/media': { body: 'the picture' },
      '/missing': { status: 404, body: 'no' },
    },
  });
});
afterAll(() => origin.close());

/** As an article view has it: pages may be shown in frames, whatever they say. */
class ArticleReply extends WrappedReply {
  protected override takeOver(): void {
    super.takeOver();
    this.setRawHeader('X-Frame-Options', null);
  }
}

class ArticleManager extends QNetworkAccessManager {
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    return new ArticleReply(super.createRequest(op, request, data));
  }
}

describe('a wrapper', () => {
  it('copies everything but the one header it hides', async () => {
    await using manager = new ArticleManager();
    await using plain = new QNetworkAccessManager();
    const [wrapped, inner] = [manager.get(origin.url('/page')), plain.get(origin.url('/page'))];
    await Promise.all([finished(wrapped), finished(inner)]);
    const pairs = (reply: QNetworkReply): string[] => reply.rawHeaderPairs().map(([name, value]) => `${name}: ${value}`);
    expect(pairs(wrapped)).toEqual(pairs(inner).filter((line) => !line.startsWith('X-Frame-Options')));
    // names as the server wrote them, cookies one by one
    expect(wrapped.rawHeaderList().map(String)).toContain('x-lower');
    expect(wrapped.headers().values('set-cookie').map(String)).toEqual(['a=1', 'b=2']);
    expect(wrapped.header(QNetworkRequest.LastModifiedHeader)).toEqual(new Date(0));
    for (const code of Object.values(Attribute)) {
      if (typeof code === 'number') expect([code, wrapped.attribute(code)]).toEqual([code, inner.attribute(code)]);
    }
    expect(wrapped.readAll().equals(BODY)).toBe(true);
  });

  it('passes all signals on in their order, and is the sender', async () => {
    const heard: string[] = [];
    class Window extends QObject {
      onAnything(): void {
        const reply = this.sender();
        expect(reply).toBeInstanceOf(ArticleReply);
        heard.push((reply as QNetworkReply).url().path());
      }
    }
    await using manager = new ArticleManager();
    await using plain = new QNetworkAccessManager();
    const window = new Window();
    const [wrapped, inner] = [manager.get(origin.url('/missing')), plain.get(origin.url('/missing'))];
    const [a, b] = [new Trace(manager, wrapped), new Trace(plain, inner)];
    wrapped.metaDataChanged.connect(window, window.onAnything);
    wrapped.errorOccurred.connect(window, window.onAnything);
    wrapped.finished.connect(window, window.onAnything);
    await Promise.all([finished(wrapped), finished(inner)]);
    expect(a.all).toEqual(b.all);
    expect(heard).toEqual(['/missing', '/missing', '/missing']);
    expect([wrapped.error(), wrapped.errorString()]).toEqual([NetworkError.ContentNotFoundError, inner.errorString()]);
  });

  it('signals can also be connected to signals, by a wrapper that a program writes itself', async () => {
    class Own extends QNetworkReply {
      constructor(inner: QNetworkReply) {
        super();
        inner.setParent(this);
        this.setOperation(inner.operation());
        this.setRequest(inner.request());
        this.setUrl(inner.url());
        inner.readyRead.connect(this.readyRead);
        inner.downloadProgress.connect(this.downloadProgress);
        inner.metaDataChanged.connect(() => {
          for (const [name, value] of inner.rawHeaderPairs()) this.setRawHeader(name, value);
          this.setAttribute(Attribute.HttpStatusCodeAttribute, inner.status());
          this.metaDataChanged.emit();
        });
        inner.errorOccurred.connect((code) => {
          this.setError(code, inner.errorString());
          this.errorOccurred.emit(code);
        });
        inner.finished.connect(() => {
          this.setFinished(true);
          this.finished.emit();
        });
        this.bytesAvailable = () => super.bytesAvailable() + inner.bytesAvailable();
        this.readData = (maxSize) => inner.read(maxSize);
        this.abort = () => inner.abort();
        this.open(QNetworkReply.ReadOnly | QNetworkReply.Unbuffered);
      }
    }
    class Manager extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        return new Own(super.createRequest(op, request, data));
      }
    }
    await using manager = new Manager();
    const heard: QNetworkReply[] = [];
    manager.finished.connect((one) => void heard.push(one));
    const reply = manager.get(origin.url('/page'));
    expect((await reply.bytes()).equals(BODY)).toBe(true);
    expect(heard).toEqual([reply]);
    expect(reply.headers().values('set-cookie').map(String)).toEqual(['a=1', 'b=2']);
    const stopped = manager.get(origin.url('/page'));
    stopped.abort();
    await expect(stopped.text()).rejects.toMatchObject({ code: 'OperationCanceledError' });
    await expect(manager.get(origin.url('/missing')).text()).rejects.toMatchObject({ code: 'ContentNotFoundError', status: 404 });
  });

  it('may get what it wraps later: a media URL that has to be looked up', async () => {
    class MediaManager extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        if (request.url().scheme() !== 'mxc') return super.createRequest(op, request, data);
        return new DeferredReply(op, request, async () => {
          await turns(3);
          const made = new QNetworkRequest(request);
          made.setUrl(origin.url('/media'));
          return super.createRequest(op, made, data);
        });
      }
    }
    await using manager = new MediaManager();
    const reply = manager.get('mxc://server/id');
    expect([reply.url().toString(), await reply.text(), reply.url().toString(), reply.status()]).toEqual([
      'mxc://server/id',
      'the picture',
      origin.url('/media'),
      200,
    ]);
  });
});

describe('an observer of other people’s replies', () => {
  it('looks at the body without taking anything from its reader', async () => {
    await using manager = new QNetworkAccessManager();
    const log: [string, number][] = [];
    /** Whatever this manager sends; the program knows nothing of it. */
    const watch = (reply: QNetworkReply): QNetworkReply => {
      reply.readyRead.connect(() => void log.push(['readyRead', reply.peek(5 << 20).length]));
      reply.finished.connect(() => void log.push(['finished', reply.peek(5 << 20).length]));
      return reply;
    };
    const reply = watch(manager.get(origin.url('/page')));
    await finished(reply);
    expect(log.at(-1)).toEqual(['finished', BODY.length]);
    expect([reply.bytesAvailable(), reply.readAll().equals(BODY)]).toEqual([BODY.length, true]);
  });

  it('does not make a reply flow: one that is not read stays where it is', async () => {
    await using big = await serve({ routes: { '*': { body: Buffer.alloc(4 << 20) } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(big.url());
    reply.setReadBufferSize(16_384);
    let peeked = 0;
    reply.readyRead.connect(() => {
      peeked = reply.peek(5 << 20).length;
    });
    await within(
      new Promise<void>((resolve) => reply.readyRead.connect(() => void (reply.bytesAvailable() >= 16_384 && resolve()))),
      'a full buffer',
    );
    await turns(50);
    expect([peeked, reply.isFinished(), reply.bytesAvailable()]).toEqual([16_384, false, 16_384]);
    // and its reader finds it where he left it
    let got = 0;
    for await (const part of reply) got += part.length;
    expect(got).toBe(4 << 20);
  });

  it('nor one that comes in small pieces, each of which is looked at', async () => {
    const body = Buffer.alloc(8000, 'x');
    await using slow = await serve({
      routes: {
        '/slow': { body, chunks: Array.from({ length: 15 }, () => 500), pause: 1 },
        '/clock': { delay: 200, body: 'later' },
      },
    });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(slow.url('/slow'));
    reply.setReadBufferSize(5000);
    reply.readyRead.connect(() => void reply.peek(5 << 20));
    expect(await manager.get(slow.url('/clock')).text()).toBe('later');
    expect([reply.isFinished(), reply.bytesAvailable()]).toEqual([false, 5000]);
    expect((await reply.bytes()).equals(body)).toBe(true);
  });

  it('that throws hurts neither the reply nor its reader', async () => {
    const uncaught = new Promise<unknown>((resolve) => void process.once('uncaughtException', resolve));
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(origin.url('/media'));
    reply.metaDataChanged.connect(() => {
      throw new Error('bad observer');
    });
    expect(await reply.text()).toBe('the picture');
    expect(await uncaught).toMatchObject({ message: 'bad observer' });
  });
});
