// Pattern 2: slots that are connected late, and replies that are used after they have finished.
import { describe, expect, it } from 'vitest';
import {
  ErrorReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  type QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { serve } from '../support/server.ts';

/** Takes over a reply that somebody else asked for and that may be over: it looks before it connects. */
class DownloadItem extends QObject {
  readonly events: string[] = [];
  private readonly reply: QNetworkReply;

  constructor(reply: QNetworkReply) {
    super();
    this.reply = reply;
    reply.finished.connect(this, this.onFinished);
    reply.errorOccurred.connect(this, this.onError);
    // Whoever made us has to connect to us first: what is already known is told later.
    if (reply.error() !== NetworkError.NoError) setImmediate(() => this.onError(reply.error()));
    else if (reply.isFinished()) setImmediate(() => this.onFinished());
  }

  onFinished(): void {
    this.events.push(`finished with ${this.reply.readAll().length} bytes`);
  }

  onError(code: NetworkError): void {
    this.events.push(`error ${code}`);
  }
}

/** Fails what it does not know, as a program's manager does; from its own cache come replies that are there at once. */
class Manager extends QNetworkAccessManager {
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    if (request.url().scheme() === 'forbidden') return new ErrorReply(op, request, NetworkError.ContentAccessDenied, 'no');
    return super.createRequest(op, request, data);
  }
}

describe('a reply that is handed on', () => {
  it('while it runs', async () => {
    await using server = await serve({ routes: { '*': { body: 'hello' } } });
    await using manager = new Manager();
    const reply = manager.get(server.url());
    const item = new DownloadItem(reply);
    await within(reply.whenFinished(), 'the end');
    expect(item.events).toEqual(['finished with 5 bytes']);
  });

  it('when it is over: nothing is emitted again, and everything is still there', async () => {
    await using server = await serve({ routes: { '*': { body: 'hello', headers: { ETag: '"x"' } } } });
    await using manager = new Manager();
    const reply = manager.get(server.url());
    await reply.whenFinished();
    await turns(10);
    await server.close(); // whatever is asked now comes from the reply
    const item = new DownloadItem(reply);
    await turns(5);
    expect(item.events).toEqual(['finished with 5 bytes']);
    expect([reply.isFinished(), reply.isRunning(), reply.error()]).toEqual([true, false, 0]);
    expect([reply.status(), reply.rawHeader('ETag').toString(), reply.url().toString()]).toEqual([200, '"x"', server.url()]);
  });

  it('when it has failed', async () => {
    await using manager = new Manager();
    const reply = manager.get('http://127.0.0.1:1/');
    await reply.whenFinished();
    const item = new DownloadItem(reply);
    await turns(5);
    expect(item.events).toEqual([`error ${NetworkError.ConnectionRefusedError}`]);
  });
});

describe('nothing is emitted before the caller could connect', () => {
  const urls: readonly [string, string][] = [
    ['a data: URL', 'data:,hello'],
    ['a data: URL that is wrong', 'data:no comma'],
    ['a missing file', 'file:///no/such/file'],
    ['an unknown scheme', 'nosuch:/thing'],
    ['an empty URL', ''],
    ['a refused request', 'forbidden:/thing'],
    ['a refused connection', 'http://127.0.0.1:1/'],
  ];
  it.each(urls)('%s', async (_name, url) => {
    await using manager = new Manager();
    const heard: string[] = [];
    manager.finished.connect(() => void heard.push('manager'));
    const reply = manager.get(url);
    reply.finished.connect(() => void heard.push('finished'));
    expect(heard).toEqual([]);
    await within(reply.finished.next(), 'finished');
    expect(heard).toEqual(['manager', 'finished']);
  });
});

describe('a promise that is asked for late settles at once', () => {
  it('with the body that was kept, and with the error', async () => {
    await using server = await serve({ routes: { '/missing': { status: 404, body: 'no' }, '*': { body: '[1]' } } });
    await using manager = new Manager();
    const replies = ['/a', '/b', '/c', '/missing'].map((path) => manager.get(server.url(path)));
    await Promise.all(replies.map((reply) => reply.whenFinished()));
    await turns(10);
    const [a, b, c, missing] = replies as [QNetworkReply, QNetworkReply, QNetworkReply, QNetworkReply];
    expect(await within(a.whenFinished(), 'whenFinished()')).toBe(a);
    expect(await within(a.whenHeaders(), 'whenHeaders()')).toBe(a);
    expect(await within(a.bytes(), 'bytes()')).toHaveLength(3);
    expect(await within(b.json(), 'json()')).toEqual([1]);
    const parts: string[] = [];
    for await (const part of c) parts.push(String(part));
    expect(parts).toEqual(['[1]']);
    await expect(within(missing.text(), 'text()')).rejects.toMatchObject({ code: 'ContentNotFoundError' });
  });

  it('a reply is found again by the program that kept it, and not by one that let it go', async () => {
    await using server = await serve({ routes: { '*': { body: 'hello' } } });
    await using manager = new Manager();
    const jobs = new Map<QNetworkReply, string>();
    jobs.set(manager.get(server.url('/one')), 'one');
    const [reply] = await within(manager.finished.next(), 'finished');
    expect(jobs.get(reply)).toBe('one');
    reply.deleteLater();
    await reply.destroyed.next();
    expect(() => reply.rawHeader('x')).toThrow(/deleted/);
    await expect(reply.text()).rejects.toThrow(/deleted/);
  });
});
