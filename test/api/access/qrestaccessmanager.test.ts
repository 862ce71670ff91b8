import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  QBuffer,
  QHttpMultiPart,
  QHttpPart,
  QIODevice,
  QJsonDocument,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QObject,
  QRestAccessManager,
  QRestReply,
} from '../../../src/index.ts';
import { once, within } from '../../support/once.ts';
import { type SeenRequest, type Served, serve } from '../../support/server.ts';
import { finished, fresh, OwnReply, turns } from '../bridge/support.ts';

let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/missing': { status: 404, headers: { 'Content-Type': 'application/json' }, body: '{"error":"none"}' },
      '*': (request) => ({ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ got: request.method }) }),
    },
  });
});
afterAll(() => origin.close());

const lastRequest = (): SeenRequest => origin.requests.at(-1)!;
const sent = (): [method: string, type: string | undefined, body: string] => {
  const request = lastRequest();
  return [request.method, request.header('content-type'), request.body.toString()];
};

/** What a callback is called with. */
const called = <T>(start: (done: (value: T) => void) => void): Promise<T> => within(new Promise<T>(start), 'the callback');

describe('verbs', () => {
  type Send = (rest: QRestAccessManager, url: string) => QNetworkReply;
  const JSON_TYPE = 'application/json';
  // what a POST of unknown content has in Qt
  const QT_TYPE = 'application/x-www-form-urlencoded';
  it.each<[what: string, send: Send, method: string, type: string | undefined, body: string]>([
    ['get', (rest, url) => rest.get(url), 'GET', undefined, ''],
    ['get with options', (rest, url) => rest.get(url, { headers: { 'Content-Type': 'a/b' } }), 'GET', 'a/b', ''],
    ['get with a body', (rest, url) => rest.get(url, QJsonDocument.fromVariant({ a: 1 })), 'GET', JSON_TYPE, '{"a":1}'],
    ['head', (rest, url) => rest.head(url), 'HEAD', undefined, ''],
    ['deleteResource', (rest, url) => rest.deleteResource(url), 'DELETE', undefined, ''],
    ['post of an object', (rest, url) => rest.post(url, { a: [1, 'ä'], b: null }), 'POST', JSON_TYPE, '{"a":[1,"ä"],"b":null}'],
    ['post of an array', (rest, url) => rest.post(url, [1, { a: 2 }]), 'POST', JSON_TYPE, '[1,{"a":2}]'],
    ['post of a Map', (rest, url) => rest.post(url, new Map([['a', 1]])), 'POST', JSON_TYPE, '{"a":1}'],
    ['post of a document', (rest, url) => rest.post(url, QJsonDocument.fromJson('{ "a": 1 }')), 'POST', JSON_TYPE, '{"a":1}'],
    ['post of text', (rest, url) => rest.post(url, '{}'), 'POST', QT_TYPE, '{}'],
    ['post of bytes', (rest, url) => rest.post(url, Buffer.from('[]')), 'POST', QT_TYPE, '[]'],
    [
      'post of a form',
      (rest, url) => rest.post(url, new URLSearchParams('a=1')),
      'POST',
      'application/x-www-form-urlencoded;charset=UTF-8',
      'a=1',
    ],
    ['post of nothing', (rest, url) => rest.post(url, null), 'POST', undefined, ''],
    ['put', (rest, url) => rest.put(url, { a: 1 }), 'PUT', JSON_TYPE, '{"a":1}'],
    ['patch', (rest, url) => rest.patch(url, { a: 1 }), 'PATCH', JSON_TYPE, '{"a":1}'],
    ['patch of bytes', (rest, url) => rest.patch(url, Buffer.from('x')), 'PATCH', undefined, 'x'],
    ['sendCustomRequest', (rest, url) => rest.sendCustomRequest(url, 'REPORT', { a: 1 }), 'REPORT', JSON_TYPE, '{"a":1}'],
    [
      'sendCustomRequest without body',
      (rest, url) => rest.sendCustomRequest(url, Buffer.from('OPTIONS')),
      'OPTIONS',
      undefined,
      '',
    ],
  ])('%s', async (_what, send, method, type, body) => {
    await using manager = fresh();
    const reply = await finished(send(new QRestAccessManager(manager), origin.url('/items')));
    expect([reply.error(), reply.manager()]).toEqual([QNetworkReply.NoError, manager]);
    expect(sent()).toEqual([method, type, body]);
  });

  it('a device is sent as it is', async () => {
    await using manager = fresh();
    const device = new QBuffer('from a device');
    device.open(QIODevice.ReadOnly);
    await finished(new QRestAccessManager(manager).put(origin.url(), device));
    expect(sent()).toEqual(['PUT', undefined, 'from a device']);
  });

  it('a multipart is sent with its boundary', async () => {
    await using manager = fresh();
    const part = new QHttpPart();
    part.setRawHeader('X-Part', '1');
    part.setBody('from a part');
    const multiPart = new QHttpMultiPart(QHttpMultiPart.MixedType);
    multiPart.setBoundary('edge');
    multiPart.append(part);
    await finished(new QRestAccessManager(manager).put(origin.url(), multiPart, multiPart, () => {}));
    const [method, type, body] = sent();
    expect([method, type]).toEqual(['PUT', 'multipart/mixed; boundary="edge"']);
    expect(body).toContain('X-Part: 1\r\n\r\nfrom a part\r\n--edge--');
  });

  it('a Content-Type of the request’s own stays, and the request as it was', async () => {
    await using manager = fresh();
    const rest = new QRestAccessManager(manager);
    const request = new QNetworkRequest(origin.url());
    await finished(rest.post(request, { a: 1 }));
    expect(request.hasRawHeader('Content-Type')).toBe(false);
    request.setRawHeader('Content-Type', 'application/merge-patch+json');
    await finished(rest.patch(request, { a: 1 }));
    expect(sent()).toEqual(['PATCH', 'application/merge-patch+json', '{"a":1}']);
  });

  it('an overridden createRequest sees the request and its body', async () => {
    const seen: unknown[] = [];
    class Own extends QNetworkAccessManager {
      protected override createRequest(op: number, request: QNetworkRequest, data: QIODevice | null = null): QNetworkReply {
        seen.push(op, request.rawHeader('Content-Type').toString(), data?.readAll().toString());
        return new OwnReply('{"own":true}').alreadyOver();
      }
    }
    const reply = new QRestAccessManager(new Own()).post('http://nowhere.test/', { a: 1 });
    expect(seen).toEqual([QNetworkAccessManager.PostOperation, 'application/json', '{"a":1}']);
    expect(new QRestReply(reply).readJson()?.toVariant()).toEqual({ own: true });
  });
});

it('promises: the reply’s own', async () => {
  await using manager = fresh();
  const rest = new QRestAccessManager(manager);
  expect(await rest.post(origin.url(), { a: 1 }).json()).toEqual({ got: 'POST' });
  const reply = new QRestReply(await rest.get(origin.url('/missing')).whenFinished());
  expect([reply.httpStatus(), reply.hasError(), reply.readJson()?.toVariant()]).toEqual([404, false, { error: 'none' }]);
});

describe('callbacks', () => {
  it.each<[what: string, send: (rest: QRestAccessManager, url: string, done: (reply: QRestReply) => void) => QNetworkReply]>([
    ['get', (rest, url, done) => rest.get(url, done)],
    ['get with null as context', (rest, url, done) => rest.get(url, null, done)],
    ['get with a body', (rest, url, done) => rest.get(url, 'x', null, done)],
    ['head', (rest, url, done) => rest.head(url, done)],
    ['deleteResource', (rest, url, done) => rest.deleteResource(url, done)],
    ['post', (rest, url, done) => rest.post(url, { a: 1 }, done)],
    ['put', (rest, url, done) => rest.put(url, 'x', done)],
    ['patch', (rest, url, done) => rest.patch(url, [1], null, done)],
    ['sendCustomRequest', (rest, url, done) => rest.sendCustomRequest(url, 'REPORT', null, done)],
  ])('%s calls once, when the reply has finished', async (_what, send) => {
    await using manager = fresh();
    const calls: [reply: QNetworkReply | null, finished: boolean | undefined, status: number][] = [];
    const reply = send(new QRestAccessManager(manager), origin.url(), (rest) => {
      const below = rest.networkReply();
      calls.push([below, below?.isFinished(), rest.httpStatus()]);
    });
    expect(calls).toEqual([]);
    await finished(reply);
    await turns();
    expect(calls).toEqual([[reply, true, 200]]);
  });

  it('an error of the transport is told to the callback too', async () => {
    await using manager = fresh();
    const rest = new QRestAccessManager(manager);
    const reply = await called<QRestReply>((done) => rest.get('nonsense:x', done));
    expect([reply.hasError(), reply.error()]).toEqual([true, QNetworkReply.ProtocolUnknownError]);
  });

  it('a method runs on its object, as with PySide', async () => {
    await using manager = fresh();
    class Screen extends QObject {
      readonly rest = new QRestAccessManager(manager, this);
      shown: unknown = null;
      ready: () => void = () => {};
      load(ready: () => void): void {
        this.ready = ready;
        this.rest.post(origin.url(), { a: 1 }, this, this.onFinished);
      }
      onFinished(reply: QRestReply): void {
        this.shown = [reply.readJson()?.toVariant(), QObject.sender() === reply.networkReply()];
        this.ready();
      }
    }
    const screen = new Screen();
    await called<void>((done) => screen.load(done));
    expect(screen.shown).toEqual([{ got: 'POST' }, true]);
  });

  it('a context need not be a QObject', async () => {
    await using manager = fresh();
    class Model {
      name = 'model';
      tell: (name: string) => void = () => {};
      loaded(): void {
        this.tell(this.name);
      }
    }
    const model = new Model();
    const rest = new QRestAccessManager(manager);
    const name = await called<string>((done) => {
      model.tell = done;
      rest.get(origin.url(), model, model.loaded);
    });
    expect(name).toBe('model');
  });

  it('is not called when its context is gone, and the request goes on', async () => {
    await using manager = fresh();
    const context = new QObject();
    let calls = 0;
    const reply = new QRestAccessManager(manager).get(origin.url(), context, () => calls++);
    context.deleteLater();
    await once(context.destroyed, 'destroyed');
    expect(reply.isFinished()).toBe(false);
    await finished(reply);
    await turns();
    expect([calls, reply.error()]).toEqual([0, QNetworkReply.NoError]);
  });

  it('is not called when the QRestAccessManager is gone, and the request goes on', async () => {
    await using manager = fresh();
    const rest = new QRestAccessManager(manager);
    let calls = 0;
    const reply = rest.get(origin.url(), () => calls++);
    rest.deleteLater();
    await once(rest.destroyed, 'destroyed');
    await finished(reply);
    await turns();
    expect([calls, reply.error(), manager.autoDeleteReplies()]).toEqual([0, QNetworkReply.NoError, false]);
    expect(() => rest.get(origin.url())).toThrow('QRestAccessManager.get(): the object was deleted');
  });

  it('is not called when the reply is destroyed before it has finished', async () => {
    await using manager = fresh();
    let calls = 0;
    const reply = new QRestAccessManager(manager).get(origin.url(), () => calls++);
    reply.deleteLater();
    await once(reply.destroyed, 'destroyed');
    await turns();
    expect(calls).toBe(0);
  });

  it('may read although the reply is deleted afterwards', async () => {
    await using manager = fresh();
    manager.setAutoDeleteReplies(true);
    const rest = new QRestAccessManager(manager);
    let gone: Promise<unknown> | undefined;
    const read = await called<unknown>((done) => {
      const reply = rest.get(origin.url(), (answer) => done(answer.readJson()?.toVariant()));
      gone = once(reply.destroyed, 'destroyed');
    });
    expect(read).toEqual({ got: 'GET' });
    await gone;
  });
});

describe('misuse', () => {
  it('without a manager nothing can be sent', () => {
    const rest = new QRestAccessManager(null);
    expect(rest.networkAccessManager()).toBeNull();
    expect(() => rest.get('http://example.org/')).toThrow(
      'QRestAccessManager.get: there is no manager; give one to the constructor.',
    );
    expect(() => new QRestAccessManager({} as never)).toThrow(TypeError);
  });

  it('nothing is sent for a callback that can never be called', async () => {
    await using manager = fresh();
    const context = new QObject();
    context.deleteLater();
    await once(context.destroyed, 'destroyed');
    const rest = new QRestAccessManager(manager);
    const before = origin.requests.length;
    expect(() => rest.get(origin.url(), context, () => {})).toThrow('QRestAccessManager.get: the context was deleted');
    expect(() => rest.head(origin.url(), 'text' as never)).toThrow(
      'QRestAccessManager.head: a callback is a function; got a string',
    );
    expect(() => rest.sendCustomRequest(origin.url(), 'A B', null)).toThrow(/the verb cannot be sent/);
    await turns();
    expect(origin.requests.length).toBe(before);
  });
});
