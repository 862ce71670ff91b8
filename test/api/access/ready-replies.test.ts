import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import {
  Attribute,
  BufferReply,
  type BufferReplyInit,
  DeferredReply,
  ErrorReply,
  NetworkError,
  QBuffer,
  QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkReplyError,
  QNetworkRequest,
} from '../../../src/index.ts';
import { finished, signalOf, Trace, turns } from '../bridge/support.ts';

const { GetOperation, HeadOperation } = QNetworkAccessManager;
const request = new QNetworkRequest('mem:/thing');
const reply = (body: ConstructorParameters<typeof BufferReply>[2], init?: BufferReplyInit): BufferReply =>
  new BufferReply(GetOperation, request, body, init);
const nobody = new QNetworkAccessManager();
const told = (one: QNetworkReply): Trace => new Trace(nobody, one);

/** A source that says how often it was asked, and whether it was closed. */
class Source implements AsyncIterableIterator<Buffer> {
  asked = 0;
  closed = false;
  readonly #pieces: number;
  constructor(pieces: number) {
    this.#pieces = pieces;
  }
  [Symbol.asyncIterator](): this {
    return this;
  }
  async next(): Promise<IteratorResult<Buffer>> {
    this.asked += 1;
    return this.asked > this.#pieces ? { done: true, value: undefined } : { done: false, value: Buffer.alloc(1000, this.asked) };
  }
  async return(): Promise<IteratorResult<Buffer>> {
    this.closed = true;
    return { done: true, value: undefined };
  }
}

describe('BufferReply', () => {
  it('tells what it was given', async () => {
    const one = reply('hello', {
      status: 203,
      reason: 'As You Like It',
      headers: { 'X-One': '1', 'Content-Type': 'text/x' },
      url: 'mem:/elsewhere',
      attributes: { SourceIsFromCacheAttribute: true, 1001: one1 },
    });
    expect([one.status(), one.attribute(Attribute.HttpReasonPhraseAttribute)]).toEqual([203, 'As You Like It']);
    expect(one.rawHeaderPairs().map(([name, value]) => `${name}: ${value}`)).toEqual([
      'X-One: 1',
      'Content-Type: text/x',
      'Content-Length: 5',
    ]);
    expect([one.url().toString(), one.request().url().toString()]).toEqual(['mem:/elsewhere', 'mem:/thing']);
    expect([one.attribute(Attribute.SourceIsFromCacheAttribute), one.attribute(1001)]).toEqual([true, one1]);
    expect(await one.text()).toBe('hello');
    expect(one.manager()).toBeNull();
  });
  const one1 = { any: 'value' };

  it('has the status 200 and the types that bodies have, unless told otherwise', () => {
    expect([reply('').status(), reply('').attribute(Attribute.HttpReasonPhraseAttribute)]).toEqual([200, 'OK']);
    expect(reply('', { status: 0 }).attribute(Attribute.HttpStatusCodeAttribute)).toBeNull();
    expect(
      reply(new Blob(['x'], { type: 'image/x' }))
        .headers()
        .value('content-type'),
    ).toBe('image/x');
    expect(reply(new URLSearchParams('a=1')).headers().value('content-type')).toMatch(/urlencoded/);
    expect(reply(Readable.from(['x'])).hasRawHeader('Content-Length')).toBe(false);
    expect(reply(null).rawHeaderList()).toEqual([]);
  });

  it('says what a reply of the network says, in its order', async () => {
    const one = reply('hello');
    const trace = told(one);
    await finished(one);
    expect(trace.all).toEqual(['metaDataChanged', 'readyRead', 'downloadProgress(5, 5)', 'readChannelFinished', 'finished']);
  });

  it('without a body says no readyRead', async () => {
    const one = reply(null);
    const trace = told(one);
    expect(await one.text()).toBe('');
    expect(trace.all).toEqual(['metaDataChanged', 'downloadProgress(0, 0)', 'readChannelFinished', 'finished']);
  });

  it('of HEAD has the length and no body', async () => {
    const stream = Readable.from(['x']);
    for (const body of ['hello', stream]) {
      const one = new BufferReply(HeadOperation, request, body);
      expect(await one.text()).toBe('');
      if (body === 'hello') expect(one.header(QNetworkRequest.ContentLengthHeader)).toBe(5);
    }
    expect(stream.destroyed).toBe(true);
  });

  it('of a status from 400 has its error, after its body', async () => {
    const one = reply('gone', { status: 404, reason: 'Not Found' });
    const trace = told(one);
    expect(one.error()).toBe(0);
    const error = await one.text().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'ContentNotFoundError', status: 404, kind: 'status' });
    expect(String(error)).toContain('mem:/thing');
    expect(one.readAll().toString()).toBe('');
    expect(trace.all).toEqual([
      'metaDataChanged',
      'readyRead',
      'error(203)',
      'errorOccurred(203)',
      'downloadProgress(4, 4)',
      'readChannelFinished',
      'finished',
    ]);
    const page = reply('page', { status: 500 });
    const parts: Buffer[] = [];
    for await (const part of page) parts.push(part);
    expect(String(Buffer.concat(parts))).toBe('page');
  });

  it('of a redirect has its target', async () => {
    const one = reply('', { status: 302, headers: { Location: '/next' } });
    expect(one.attribute(Attribute.RedirectionTargetAttribute)?.toString()).toBe('/next');
    expect((await one.whenHeaders()).status()).toBe(302);
  });

  it('that is destroyed in a slot says nothing more', async () => {
    for (const name of ['metaDataChanged', 'readyRead', 'downloadProgress', 'readChannelFinished'] as const) {
      const one = reply('x');
      const trace = told(one);
      const gone = one.destroyed.next();
      signalOf(nobody, one, name).connect(() => one._destroy());
      await gone;
      await turns();
      expect(one.isFinished()).toBe(false);
      expect(trace.all.slice(-2)).toEqual([name === 'downloadProgress' ? 'downloadProgress(1, 1)' : name, 'destroyed']);
    }
  });

  it.each(['abort', 'close'] as const)('%s() in a slot ends it there', async (how) => {
    for (const [name, error] of [
      ['metaDataChanged', 5],
      ['readyRead', 5],
      ['downloadProgress', 0],
      ['readChannelFinished', 0],
    ] as const) {
      for (const body of ['x', Readable.from([Buffer.from('x')])]) {
        const one = reply(body);
        const trace = told(one);
        signalOf(nobody, one, name).connect(() => one[how]());
        one.aboutToClose.connect(() => one[how]());
        await finished(one);
        await turns();
        const count = (what: RegExp): number => trace.all.filter((line) => what.test(line)).length;
        expect([name, one.error(), one.isOpen(), one.bytesAvailable()]).toEqual([name, error, false, 0]);
        expect([count(/^finished/), count(/^aboutToClose/), count(/^errorOccurred/)]).toEqual([1, 1, error === 0 ? 0 : 1]);
        expect(trace.all.at(-1)).toBe('finished');
      }
    }
  });

  it('is not to be stopped once it is over: its body stays', async () => {
    const one = await finished(reply('body'));
    one.abort();
    one.close();
    expect([one.error(), one.readAll().toString()]).toEqual([0, 'body']);
  });

  it('bytes are copied, and what is read belongs to the reader', async () => {
    const bytes = Buffer.from('abc');
    const one = reply(bytes);
    bytes.fill('x');
    expect(one.bytesAvailable()).toBe(0);
    await one.readyRead.next();
    expect(one.peek(2).fill('z').toString()).toBe('zz');
    expect([one.bytesAvailable(), one.read(2).toString(), one.bytesAvailable()]).toEqual([3, 'ab', 1]);
    expect((await finished(one)).readAll().toString()).toBe('c');
  });

  it('lines', async () => {
    for (const body of ['one\ntwo', Readable.from([Buffer.from('one\nt'), Buffer.from('wo')])]) {
      const one = await finished(reply(body));
      expect([one.canReadLine(), one.readLine().toString()]).toEqual([true, 'one\n']);
      expect([one.canReadLine(), one.readLine().toString(), one.atEnd()]).toEqual([false, 'two', true]);
    }
  });

  describe('of a stream', () => {
    it('takes all of it when nobody bounds it', async () => {
      const source = new Source(5);
      const one = await finished(reply(source));
      expect([one.bytesAvailable(), source.asked]).toEqual([5000, 6]);
    });

    it('takes what there is room for, and ends when the rest is read', async () => {
      const source = new Source(20);
      const one = reply(source);
      one.setReadBufferSize(3000);
      let most = 0;
      one.readyRead.connect(() => {
        most = Math.max(most, one.bytesAvailable());
      });
      await turns(10);
      expect([source.asked, one.bytesAvailable(), one.isFinished()]).toEqual([3, 3000, false]);
      expect(one.read(1500).length).toBe(1500);
      await turns(10);
      // as with the network the piece that passes the limit is taken and not shown
      expect([source.asked, one.bytesAvailable(), one.isFinished()]).toEqual([5, 3000, false]);
      let rest = 0;
      while (!one.isFinished()) {
        rest += one.readAll().length;
        await turns(1);
      }
      expect(rest + one.readAll().length + 1500).toBe(20_000);
      expect(most).toBe(3000);
    });

    it('is shown what the limit had hidden, with readyRead', async () => {
      const one = reply(new Source(2));
      one.setReadBufferSize(1500);
      await turns(5);
      expect([one.bytesAvailable(), one.isFinished()]).toEqual([1500, false]);
      const next = one.readyRead.next();
      one.setReadBufferSize(0);
      await next;
      expect(one.bytesAvailable()).toBe(2000);
      await finished(one);
    });

    it('says readyRead when a reading has shown what the limit had hidden', async () => {
      const one = reply(new Source(2));
      one.setReadBufferSize(1500);
      await turns(5);
      const trace = told(one);
      expect(one.read(1000).length).toBe(1000);
      await finished(one);
      expect([trace.all[0], one.readAll().length]).toEqual(['readyRead', 1000]);
    });

    it('may be peeked at: what is seen so makes no room', async () => {
      const source = new Source(20);
      const one = reply(source);
      one.setReadBufferSize(2500);
      one.readyRead.connect(() => void one.peek(1 << 20));
      await turns(20);
      expect([source.asked, one.bytesAvailable(), one.peek(1 << 20).length]).toEqual([3, 2500, 2500]);
      let got = 0;
      while (!one.isFinished()) {
        got += one.read(700).length;
        await turns(1);
      }
      expect(got + one.readAll().length).toBe(20_000);
    });

    it('says nothing after its end, however little is read at each signal', async () => {
      const one = reply(['aaaa', 'bbbb']);
      one.setReadBufferSize(100);
      const trace = told(one);
      one.readyRead.connect(() => void one.read(1));
      await finished(one);
      await turns();
      expect([trace.all.at(-1), one.readAll().toString()]).toEqual(['finished', 'aabbbb']);
    });

    it('others have their turn, however much it has', async () => {
      function* endless(): Generator<Buffer> {
        for (;;) yield Buffer.alloc(65_536);
      }
      const one = reply(endless());
      await one.readyRead.next();
      await turns(3);
      one.abort();
      expect(one.error()).toBe(NetworkError.OperationCanceledError);
    });

    it('lets the source go when it is stopped, before it begins, on the way, or deleted', async () => {
      for (const when of ['before', 'on the way']) {
        for (const stop of [(one: BufferReply) => one.abort(), (one: BufferReply) => one._destroy()]) {
          const stream = new Readable({ read() {} });
          stream.push('x');
          const source = new Source(100);
          const replies = [reply(stream), reply(source)];
          for (const one of replies) one.setReadBufferSize(1);
          if (when === 'on the way') await turns(5);
          for (const one of replies) stop(one);
          await turns(3);
          expect([when, stream.destroyed, source.closed]).toEqual([when, true, true]);
        }
      }
    });

    it('that fails fails, and what came can be read', async () => {
      const oops = new Error('out of paper');
      async function* torn(): AsyncGenerator<string> {
        yield 'some';
        throw oops;
      }
      const one = reply(torn());
      const body = one.bytes();
      await expect(body).rejects.toMatchObject({ code: 'UnknownNetworkError', cause: oops, kind: 'other' });
      await expect(body).rejects.toThrow(/mem:\/thing.*out of paper/);
      const other = await finished(reply(torn()));
      expect(other.readAll().toString()).toBe('some');
      expect(other.ok()).toBe(false);
    });

    it('that reads another reply fails as that one', async () => {
      const inner = new ErrorReply(GetOperation, request, NetworkError.HostNotFoundError, 'no such host');
      const one = reply(inner[Symbol.asyncIterator]());
      await expect(one.text()).rejects.toMatchObject({ code: 'HostNotFoundError', message: 'no such host' });
    });
  });

  it('of a device that was closed before it was read says so instead of less', async () => {
    const device = new QBuffer('hello');
    device.open(QIODevice.ReadOnly);
    const one = reply(device);
    device.close();
    await expect(one.text()).rejects.toThrow(/5 bytes too early/);
  });

  it('refuses what cannot be', () => {
    expect(() => new BufferReply(99 as never, request)).toThrow(/Operation.*99/);
    expect(() => new BufferReply(GetOperation, 'mem:/x' as never)).toThrow(/QNetworkRequest/);
    expect(() => reply(17 as never)).toThrow(/a body is/);
    expect(() => reply(new QBuffer('closed'))).toThrow(/not open/);
    expect(() => reply('', { status: 99 })).toThrow(RangeError);
    expect(() => reply('', { status: 200.5 })).toThrow(RangeError);
    expect(() => reply('', { headers: { 'a b': 'c' } })).toThrow(TypeError);
    expect(() => reply('', { attributes: { NoSuchAttribute: 1 } as never })).toThrow(/NoSuchAttribute/);
  });
});

describe('ErrorReply', () => {
  const refused = () => new ErrorReply(GetOperation, request, NetworkError.ContentAccessDenied, 'blocked by policy');

  it('says its error first, and nothing before a later turn', async () => {
    const one = refused();
    const trace = told(one);
    expect([one.error(), one.isFinished(), one.isOpen()]).toEqual([0, false, true]);
    await Promise.resolve();
    expect(trace.all).toEqual([]);
    await finished(one);
    expect([one.error(), one.errorString(), one.ok(), one.status()]).toEqual([201, 'blocked by policy', false, 0]);
    expect(trace.all).toEqual(['error(201)', 'errorOccurred(201)', 'downloadProgress(0, 0)', 'readChannelFinished', 'finished']);
  });

  it('rejects those who wait', async () => {
    const failure = { code: 'ContentAccessDenied', message: 'blocked by policy', kind: 'other' };
    await expect(refused().json()).rejects.toMatchObject(failure);
    await expect(refused().whenHeaders()).rejects.toMatchObject(failure);
    await expect(refused().toReadable().toArray()).rejects.toMatchObject(failure);
    expect((await refused().whenFinished()).failure()?.message).toBe('blocked by policy');
  });

  it('refuses what is no error', () => {
    for (const code of [0, 7777, 'ContentAccessDenied'])
      expect(() => new ErrorReply(GetOperation, request, code as never, 'x')).toThrow(RangeError);
    expect(() => new ErrorReply(GetOperation, request, 203, undefined as never)).toThrow(TypeError);
  });
});

describe('DeferredReply', () => {
  const deferred = (make: () => QNetworkReply | Promise<QNetworkReply>) => new DeferredReply(GetOperation, request, make);

  it('is the reply that comes, with the request it was made for', async () => {
    const one = deferred(async () => {
      await turns(2);
      return new BufferReply(GetOperation, new QNetworkRequest('mem:/other'), 'late', { status: 202, headers: { 'X-A': 'b' } });
    });
    one.setReadBufferSize(2);
    const trace = told(one);
    expect([one.url().toString(), one.operation()]).toEqual(['mem:/thing', GetOperation]);
    expect(await one.text()).toBe('late');
    expect([one.status(), one.url().toString(), one.request().url().toString(), one.headers().value('x-a')]).toEqual([
      202,
      'mem:/other',
      'mem:/thing',
      'b',
    ]);
    expect(trace.all).toEqual(['metaDataChanged', 'readyRead', 'downloadProgress(4, 4)', 'readChannelFinished', 'finished']);
  });

  it('bounds what comes as it was told to before', async () => {
    const source = new Source(20);
    const one = deferred(async () => new BufferReply(GetOperation, request, source));
    one.setReadBufferSize(3000);
    await turns(20);
    expect([source.asked, one.bytesAvailable()]).toEqual([3, 3000]);
    expect(await one.bytes()).toHaveLength(20_000);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no token');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no token'))],
    ['gives something else', () => 'no token' as never],
  ])('fails when its function %s, on a later turn', async (_how, make) => {
    const one = deferred(make);
    const trace = told(one);
    expect(trace.all).toEqual([]);
    await expect(one.text()).rejects.toMatchObject({ code: 'UnknownNetworkError', message: /no token|QNetworkReply/ });
    expect(trace.all.slice(-1)).toEqual(['finished']);
    expect(one.failure()?.cause).toBeInstanceOf(Error);
  });

  it('passes on what another reply failed of', async () => {
    const failing = new ErrorReply(GetOperation, request, NetworkError.TimeoutError, 'too slow');
    const one = deferred(async () => new BufferReply(GetOperation, request, await failing.bytes()));
    const error = await one.bytes().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(QNetworkReplyError);
    expect(error).toMatchObject({ code: 'TimeoutError', message: 'too slow' });
  });

  it('deletes what comes too late', async () => {
    for (const stop of [
      (one: DeferredReply) => one.abort(),
      (one: DeferredReply) => one.close(),
      (one: DeferredReply) => one._destroy(),
    ]) {
      const late = reply(new Source(100));
      const one = deferred(async () => late);
      stop(one);
      expect(one.isRunning() && !one.signalsBlocked() && one.error() === 0).toBe(stop.toString().includes('_destroy'));
      await late.destroyed.next();
      expect(late.isFinished()).toBe(false);
    }
  });

  it('refuses what is no function', () => {
    expect(() => deferred(Promise.resolve(reply('')) as never)).toThrow(/function/);
  });
});
