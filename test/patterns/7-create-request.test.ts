// Pattern 7: createRequest as the one place that every request of a program passes.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  Attribute,
  DeferredReply,
  NetworkError,
  QHttpMultiPart,
  QHttpPart,
  type QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
} from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

let origin: Served;
let seen = 0;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/old': { status: 302, headers: { Location: '/new' } },
      '/token': { body: 'fresh token', delay: 20 },
      '/secret': ({ header }) =>
        header('Authorization') === undefined ? { status: 401, body: 'who are you' } : { body: 'the secret' },
      '*': { body: 'ok' },
    },
  });
});
afterAll(() => origin.close());
beforeEach(() => {
  seen = origin.requests.length;
});
const arrived = () => origin.requests.slice(seen);

/** What the programs do there: an agent, a language, an id for each request, the policy of redirects, a note of what was sent. */
class AccessManager extends QNetworkAccessManager {
  readonly log: { op: QNetworkAccessManager.Operation; url: string; body: string | null }[] = [];
  private nextId = 1;

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    outgoingData: QIODevice | null = null,
  ): QNetworkReply {
    const made = new QNetworkRequest(request);
    made.setHeader(QNetworkRequest.UserAgentHeader, 'program/1.0');
    if (!made.hasRawHeader('Accept-Language')) made.setRawHeader('Accept-Language', 'de');
    made.setRawHeader('X-Request-Id', String(this.nextId++));
    made.setAttribute(Attribute.RedirectPolicyAttribute, QNetworkRequest.ManualRedirectPolicy);
    // as far as it is at hand, for the log; what is sent must not change by it
    this.log.push({ op, url: made.url().toString(), body: outgoingData === null ? null : outgoingData.peek(1 << 20).toString() });
    return super.createRequest(op, made, outgoingData);
  }
}

describe('what is added there', () => {
  it('is sent with every verb, and no body is lost by the look into it', async () => {
    await using manager = new AccessManager();
    const url = origin.url('/x');
    const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
    const part = new QHttpPart();
    part.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="a"');
    part.setBody('value of a');
    form.append(part);
    await Promise.all(
      [
        manager.head(url),
        manager.get(url),
        manager.post(url, 'a=1', { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
        manager.put(url, Buffer.from('bytes')),
        manager.post(url, form),
        manager.deleteResource(url),
        manager.sendCustomRequest(url, 'REPORT', '<report/>'),
      ].map((reply) => reply.whenFinished()),
    );
    expect(manager.log.map(({ op }) => op)).toEqual([1, 2, 4, 3, 4, 5, 6]);
    const requests = arrived().sort((a, b) => Number(a.header('X-Request-Id')) - Number(b.header('X-Request-Id')));
    expect(requests.map(({ method, body }) => [method, body.length > 0 ? body.toString() : null])).toEqual(
      manager.log.map(({ body }, i) => [['HEAD', 'GET', 'POST', 'PUT', 'POST', 'DELETE', 'REPORT'][i], body]),
    );
    for (const request of requests) {
      expect([request.header('User-Agent'), request.header('Accept-Language')]).toEqual(['program/1.0', 'de']);
    }
  });

  it('does not leak into the caller’s request, who uses it again', async () => {
    await using manager = new AccessManager();
    const mine = new QNetworkRequest(origin.url('/mine'));
    mine.setRawHeader('Accept-Language', 'fr');
    for (let i = 0; i < 2; i++) await manager.get(mine).whenFinished();
    expect(mine.rawHeaderList().map(String)).toEqual(['Accept-Language']);
    expect(arrived().map((request) => [request.header('X-Request-Id'), request.header('Accept-Language')])).toEqual([
      ['1', 'fr'],
      ['2', 'fr'],
    ]);
  });

  it('is seen in reply.request(), as the program changed it', async () => {
    await using manager = new AccessManager();
    const reply = await manager.get(origin.url('/x')).whenFinished();
    expect(reply.request().rawHeader('X-Request-Id').toString()).toBe('1');
  });

  it('also when the override edits what it was given, in place', async () => {
    class Editing extends QNetworkAccessManager {
      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        request.setRawHeader('X-Edited', 'in place');
        return super.createRequest(op, request, data);
      }
    }
    await using manager = new Editing();
    const mine = new QNetworkRequest(origin.url('/x'));
    await manager.get(mine).whenFinished();
    expect([arrived()[0]!.header('X-Edited'), mine.hasRawHeader('X-Edited')]).toEqual(['in place', false]);
  });
});

describe('requests that the program makes inside of it', () => {
  it('pass through it as well, and both are told', async () => {
    await using manager = new AccessManager();
    const heard: string[] = [];
    manager.finished.connect((reply) => {
      heard.push(reply.url().path());
      // a redirect by hand: the next request goes the same way
      const target = reply.attribute(Attribute.RedirectionTargetAttribute);
      if (target !== null) manager.get(reply.url().resolved(target));
    });
    manager.get(origin.url('/old'));
    await within(
      new Promise<void>((resolve) => manager.finished.connect((reply) => void (reply.url().path() === '/new' && resolve()))),
      'the second answer',
    );
    expect(heard).toEqual(['/old', '/new']);
    expect(manager.log.map(({ url }) => url)).toEqual([origin.url('/old'), origin.url('/new')]);
  });

  it('may have to be waited for: the answer is a reply at once, and the real one later', async () => {
    class WithToken extends QNetworkAccessManager {
      private token: Promise<string> | null = null;
      asked = 0;

      protected override createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): QNetworkReply {
        if (request.attribute(Attribute.User) === 'plain') return super.createRequest(op, request, data);
        return new DeferredReply(op, request, async () => {
          this.token ??= this.fetchToken();
          const made = new QNetworkRequest(request);
          made.setRawHeader('Authorization', `Bearer ${await this.token}`);
          return super.createRequest(op, made, data);
        });
      }

      private fetchToken(): Promise<string> {
        this.asked++;
        return this.get(origin.url('/token'), { attributes: { [Attribute.User]: 'plain' } }).text();
      }
    }
    await using manager = new WithToken();
    const heard: QNetworkReply[] = [];
    manager.finished.connect((reply) => void heard.push(reply));
    const a = manager.get(origin.url('/secret'));
    const b = manager.put(origin.url('/secret'), 'the body');
    expect([await a.text(), await b.text()]).toEqual(['the secret', 'the secret']);
    expect(manager.asked).toBe(1);
    const [token, ...secrets] = arrived();
    expect([token!.target, secrets.map((request) => request.header('Authorization'))]).toEqual([
      '/token',
      ['Bearer fresh token', 'Bearer fresh token'],
    ]);
    expect(
      arrived()
        .find(({ method }) => method === 'PUT')!
        .body.toString(),
    ).toBe('the body');
    expect(heard.slice(1)).toEqual([a, b]);
    // and stopping it stops what was begun for it
    const c = manager.get(origin.url('/secret'));
    c.abort();
    expect(c.error()).toBe(NetworkError.OperationCanceledError);
    await turns(5);
    expect(arrived()).toHaveLength(3);
  });

  it('cannot be async, and says what to do instead', async () => {
    class Async extends QNetworkAccessManager {
      // @ts-expect-error as somebody would write it in JavaScript
      protected override async createRequest(
        op: QNetworkAccessManager.Operation,
        request: QNetworkRequest,
        data: QIODevice | null = null,
      ): Promise<QNetworkReply> {
        return super.createRequest(op, request, data);
      }
    }
    await using manager = new Async();
    expect(() => manager.get(origin.url('/x'))).toThrow(
      /Async\.createRequest must return a QNetworkReply, got a promise.*DeferredReply/,
    );
    await turns(10);
    expect(arrived()).toEqual([]);
  });
});
