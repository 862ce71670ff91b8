import { describe, expect, it } from 'vitest';
import { QHttpHeaders, QNetworkReply, QNetworkRequest, QUrl } from '../../../src/index.ts';
import { turns } from '../bridge/support.ts';

const { KnownHeaders, Attribute } = QNetworkRequest;

/** Opens the protected half of the class. */
class Bare extends QNetworkReply {
  give = {
    operation: (value: number) => this.setOperation(value as never),
    request: (value: QNetworkRequest) => this.setRequest(value),
    error: (code: QNetworkReply.NetworkError, text: string) => this.setError(code, text),
    url: (value: string) => this.setUrl(value),
    header: (code: number, value: unknown) => this.setHeader(code, value),
    raw: (name: string | Uint8Array, value: string | Uint8Array | null) => this.setRawHeader(name, value),
    headers: (value: QHttpHeaders | Record<string, string>) => this.setHeaders(value),
    wellKnown: (name: QHttpHeaders.WellKnownHeader, value: string) => this.setWellKnownHeader(name, value),
    attribute: (code: number, value: unknown) => this.setAttribute(code, value),
    finished: (value: boolean) => this.setFinished(value),
  };
}

describe('a QNetworkReply to be filled in by a subclass', () => {
  it('begins empty', () => {
    const reply = new Bare();
    expect([reply.error(), reply.errorString(), reply.status(), reply.ok(), reply.failure()]).toEqual([
      0,
      'Unknown error',
      0,
      false,
      null,
    ]);
    expect([reply.isRunning(), reply.isFinished(), reply.isOpen(), reply.isSequential(), reply.size()]).toEqual([
      true,
      false,
      false,
      true,
      0,
    ]);
    expect([reply.operation(), reply.manager(), reply.parent(), reply.readBufferSize()]).toEqual([0, null, null, 0]);
    expect([reply.url().isEmpty(), reply.request().url().isEmpty(), reply.rawHeaderList(), reply.headers().isEmpty()]).toEqual([
      true,
      true,
      [],
      true,
    ]);
    expect([reply.attribute(Attribute.HttpStatusCodeAttribute), reply.timings(), reply.transferId()]).toEqual([null, null, 0]);
    expect(reply.throwIfError()).toBe(reply);
    expect('then' in reply).toBe(false);
  });

  it('setters', () => {
    const reply = new Bare();
    const request = new QNetworkRequest('http://a.example/');
    reply.give.operation(4);
    reply.give.request(request);
    reply.give.url('http://b.example/x y');
    request.setUrl('http://changed.example/');
    expect([reply.operation(), reply.request().url().toString()]).toEqual([4, 'http://a.example/']);
    expect(reply.url().toEncoded().toString()).toBe('http://b.example/x%20y');
    reply.url().setHost('elsewhere');
    expect(reply.url().host()).toBe('b.example');
    reply.give.attribute(Attribute.HttpStatusCodeAttribute, 200);
    reply.give.attribute(Attribute.User, { any: 'thing' });
    expect([reply.status(), reply.attribute(Attribute.User)]).toEqual([200, { any: 'thing' }]);
    reply.give.attribute(Attribute.User, null);
    expect(reply.attribute(Attribute.User)).toBeNull();
  });

  it('headers', () => {
    const reply = new Bare();
    reply.give.raw('X-One', '1');
    reply.give.raw(Buffer.from('x-two'), Buffer.from([0xe9]));
    reply.give.raw('x-one', 'replaced');
    reply.give.header(KnownHeaders.ContentLengthHeader, 5);
    reply.give.header(KnownHeaders.LastModifiedHeader, new Date(0));
    reply.give.header(KnownHeaders.LocationHeader, new QUrl('http://c.example/'));
    reply.give.wellKnown(QHttpHeaders.WellKnownHeader.ETag, '"x"');
    expect(reply.rawHeaderPairs().map(([name, value]) => `${name}: ${value.toString('latin1')}`)).toEqual([
      'x-one: replaced',
      'x-two: \xe9',
      'Content-Length: 5',
      'Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT',
      'Location: http://c.example/',
      'etag: "x"',
    ]);
    expect(reply.header(KnownHeaders.LocationHeader)?.toString()).toBe('http://c.example/');
    reply.give.raw('X-ONE', null);
    reply.give.header(KnownHeaders.ContentLengthHeader, null);
    expect([reply.hasRawHeader('x-one'), reply.hasRawHeader('Content-Length')]).toEqual([false, false]);
    reply.give.headers({ 'X-New': 'a' });
    expect(reply.rawHeaderList().map(String)).toEqual(['X-New']);
    const set = new QHttpHeaders();
    set.append('Set-Cookie', 'a=1');
    set.append('Set-Cookie', 'b=2');
    reply.give.headers(set);
    set.clear();
    expect(reply.rawHeader('set-cookie').toString()).toBe('a=1\nb=2');
    expect(new Bare().rawHeaderList()).toEqual([]);
  });

  it('headers that cannot be are refused', () => {
    const reply = new Bare();
    expect(() => reply.give.raw('a b', 'c')).toThrow(TypeError);
    expect(() => reply.give.raw('a', 'b\r\nc: d')).toThrow(TypeError);
    expect(() => reply.give.header(KnownHeaders.ContentLengthHeader, -1)).toThrow(TypeError);
    expect(() => reply.give.header(99, 'x')).toThrow(/99/);
    expect(reply.rawHeaderList()).toEqual([]);
  });

  it('errors', () => {
    const reply = new Bare();
    reply.give.error(QNetworkReply.ContentNotFoundError, 'not here');
    expect([reply.error(), reply.errorString(), reply.ok()]).toEqual([203, 'not here', false]);
    expect(reply.failure()).toMatchObject({ kind: 'other', message: 'not here', attempts: [] });
    reply.give.attribute(Attribute.HttpStatusCodeAttribute, 404);
    expect(reply.failure()).toMatchObject({ kind: 'status' });
    expect(() => reply.throwIfError()).toThrow(expect.objectContaining({ code: 'ContentNotFoundError', status: 404, reply }));
    reply.give.error(QNetworkReply.NoError, '');
    reply.give.finished(true);
    expect([reply.failure(), reply.ok(), reply.isRunning()]).toEqual([null, true, false]);
  });

  it('error is a method and Qt 4’s signal at once', async () => {
    class Failing extends QNetworkReply {
      go(): void {
        this.setError(QNetworkReply.TimeoutError, 'late');
        this.error.emit(QNetworkReply.TimeoutError);
      }
    }
    const reply = new Failing();
    const seen: number[] = [];
    const slot = (code: number) => void seen.push(code);
    reply.error.connect(slot);
    expect([reply.error(), reply.error.size]).toEqual([0, 1]);
    const next = reply.error.next();
    reply.go();
    expect([reply.error(), seen, await next]).toEqual([4, [4], [4]]);
    expect(reply.error.disconnect(slot)).toBe(true);
    reply.go();
    expect(seen).toEqual([4]);
  });

  it('abort() of a class that has none closes the device', () => {
    const reply = new Bare();
    reply.open(QNetworkReply.ReadOnly);
    let closing = 0;
    reply.aboutToClose.connect(() => void closing++);
    reply.abort();
    reply.abort();
    expect([closing, reply.isOpen()]).toEqual([1, false]);
  });

  it('enums are there by Qt’s names, on the class too', () => {
    expect(QNetworkReply.NetworkError.ContentNotFoundError).toBe(203);
    expect(QNetworkReply.ContentNotFoundError).toBe(203);
    expect(QNetworkReply.NetworkError[203]).toBe('ContentNotFoundError');
    expect([QNetworkReply.ReadOnly, QNetworkReply.UnknownServerError]).toEqual([1, 499]);
  });

  it('methods of a deleted reply say so', async () => {
    const reply = new Bare();
    reply.deleteLater();
    await turns();
    for (const call of [
      () => reply.request(),
      () => reply.header(KnownHeaders.ETagHeader),
      () => reply.rawHeader('x'),
      () => reply.finished.connect(() => {}),
    ]) {
      expect(call).toThrow(/deleted/);
    }
    await expect(reply.bytes()).rejects.toThrow(/deleted/);
    await expect(reply.whenFinished()).rejects.toThrow(/deleted/);
    expect(() => reply.toWeb()).toThrow(/deleted/);
  });
});
