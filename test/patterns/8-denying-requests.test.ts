// Pattern 8: requests that a program refuses, rewrites, or answers with a page of its own.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  BufferReply,
  ErrorReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

let origin: Served;
let seen = 0;
beforeAll(async () => {
  origin = await serve({ routes: { '*': { body: 'from the server' } } });
});
afterAll(() => origin.close());
beforeEach(() => {
  seen = origin.requests.length;
});
const arrived = () => origin.requests.slice(seen).map(({ target }) => target);

/** Lets nothing out but its own site, in the ways that mail readers, dictionaries and page printers have for it. */
class Guard extends QNetworkAccessManager {
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    const url = request.url();
    if (url.path().startsWith('/tracker'))
      return new ErrorReply(op, request, NetworkError.ContentAccessDenied, 'Remote content is banned');
    if (url.path().startsWith('/page')) {
      return new BufferReply(op, request, '<p>blocked</p>', {
        status: 403,
        reason: 'Blocked',
        headers: { 'Content-Type': 'text/html' },
      });
    }
    if (url.scheme() === 'file') {
      const blank = new QNetworkRequest(request);
      blank.setUrl('about:blank');
      return super.createRequest(op, blank, data);
    }
    if (url.path().startsWith('/emptied')) {
      const empty = new QNetworkRequest(request);
      empty.setUrl('');
      return super.createRequest(op, empty, data);
    }
    return super.createRequest(op, request, data);
  }
}

describe('a request that is refused', () => {
  it('is a reply like any other: the error first, on a later turn, both finished', async () => {
    await using manager = new Guard();
    const reply = manager.get(origin.url('/tracker'));
    const trace = new Trace(manager, reply);
    expect([reply.error(), reply.isFinished(), reply.manager(), reply.parent()]).toEqual([0, false, manager, manager]);
    await within(reply.finished.next(), 'finished');
    await turns();
    expect(trace.all.filter((line) => /error|finished/i.test(line))).toEqual([
      'error(201)',
      'errorOccurred(201)',
      'readChannelFinished',
      'M.finished',
      'finished',
    ]);
    expect([reply.errorString(), reply.url().toString(), reply.operation(), reply.status()]).toEqual([
      'Remote content is banned',
      origin.url('/tracker'),
      QNetworkAccessManager.GetOperation,
      0,
    ]);
    expect(arrived()).toEqual([]);
  });

  it('is no exception where the verb was called, for none of the verbs', async () => {
    await using manager = new Guard();
    const url = origin.url('/tracker');
    const replies = [
      manager.head(url),
      manager.get(url),
      manager.post(url, 'x'),
      manager.put(url, 'x'),
      manager.deleteResource(url),
      manager.sendCustomRequest(url, 'REPORT'),
    ];
    for (const reply of replies) await expect(reply.text()).rejects.toMatchObject({ code: 'ContentAccessDenied' });
    expect(replies.map((reply) => reply.operation())).toEqual([1, 2, 4, 3, 5, 6]);
  });

  it('and those that are not are untouched', async () => {
    await using manager = new Guard();
    const replies = ['/a', '/tracker', '/b'].map((path) => manager.get(origin.url(path)));
    await Promise.all(replies.map((reply) => reply.whenFinished()));
    expect(replies.map((reply) => reply.error())).toEqual([0, 201, 0]);
    expect(arrived().sort()).toEqual(['/a', '/b']);
  });

  it('may have a page that says so', async () => {
    await using manager = new Guard();
    const reply = await manager.get(origin.url('/page')).whenFinished();
    expect([reply.error(), reply.status(), reply.readAll().toString()]).toEqual([
      NetworkError.ContentAccessDenied,
      403,
      '<p>blocked</p>',
    ]);
  });
});

describe('a request that is rewritten', () => {
  it.each([
    ['to about:blank', 'file:///etc/passwd', NetworkError.ProtocolUnknownError],
    ['to nothing', '/emptied', NetworkError.ProtocolUnknownError],
  ])('%s is a reply that fails on a later turn', async (_name, url, error) => {
    await using manager = new Guard();
    const reply = manager.get(url.startsWith('/') ? origin.url(url) : url);
    const trace = new Trace(manager, reply);
    expect([reply.error(), reply.isFinished()]).toEqual([0, false]);
    await within(reply.finished.next(), 'finished');
    expect([reply.error(), reply.readAll().length]).toEqual([error, 0]);
    expect(trace.all.slice(-2)).toEqual(['M.finished', 'finished']);
  });

  it('to data: is that content', async () => {
    class Rewriting extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        const made = new QNetworkRequest(request);
        made.setUrl('data:text/plain,instead');
        return super.createRequest(op, made, data);
      }
    }
    await using manager = new Rewriting();
    expect(await manager.get(origin.url('/x')).text()).toBe('instead');
  });
});

describe('what breaks naively', () => {
  /** A class as one writes it first: it says everything in its constructor, where nobody can have connected. */
  class Hasty extends QNetworkReply {
    constructor(request: QNetworkRequest) {
      super();
      this.setUrl(request.url());
      this.setError(NetworkError.ContentAccessDenied, 'too early');
      this.setFinished(true);
      this.errorOccurred.emit(NetworkError.ContentAccessDenied);
      this.finished.emit();
    }
  }

  it('a class that emits in its constructor: its slots hear nothing, but the manager and the promises do', async () => {
    class Manager extends QNetworkAccessManager {
      protected override createRequest(_op: QNetworkAccessManager.Operation, request: QNetworkRequest): QNetworkReply {
        return new Hasty(request);
      }
    }
    await using manager = new Manager();
    const next = within(manager.finished.next(), 'finished of the manager');
    const reply = manager.get('x:/y');
    let heard = 0;
    reply.finished.connect(() => void heard++);
    await expect(reply.text()).rejects.toMatchObject({ code: 'ContentAccessDenied' });
    expect([(await next)[0], heard]).toEqual([reply, 0]);
  });

  it('an error thrown out of createRequest is the caller’s, and the next request is fine', async () => {
    class Throwing extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        const reply = super.createRequest(op, request, data);
        if (request.url().path() === '/no') throw new Error('not allowed');
        return reply;
      }
    }
    await using manager = new Throwing();
    expect(() => manager.get(origin.url('/no'))).toThrow('not allowed');
    expect(await manager.get(origin.url('/yes')).text()).toBe('from the server');
    expect(arrived()).toEqual(['/yes']);
  });
});
