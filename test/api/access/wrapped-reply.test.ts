import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Attribute,
  BufferReply,
  NetworkError,
  type QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  WrappedReply,
} from '../../../src/index.ts';
import { once, until } from '../../support/once.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, OwnReply, Trace, turns } from '../bridge/support.ts';

const BIG = Buffer.alloc(300_000, 'abcdefgh');
let origin: Served;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/page': { body: 'hello\nworld', headers: { 'Set-Cookie': 'a=1', 'X-Two': '2', 'x-two': 'zwei' } },
      '/big': { body: BIG },
      '/missing': { status: 404, reason: 'Not Found', body: 'no such page' },
      '/old': { status: 302, headers: { Location: '/page' }, body: 'moved' },
      '/cut': { body: BIG, fault: { close: 5000 } },
      '/other': { status: 303, headers: { Location: '/page' } },
      '/never': { fault: 'stall before head' },
      '/stalls': { body: BIG, fault: { stall: 5000 } },
      '/echo': (request) => ({ body: request.body }),
    },
  });
});
afterAll(() => origin.close());

type Wrap = (inner: QNetworkReply) => QNetworkReply;

/** A manager that wraps what the base class makes. */
class Wrapping extends QNetworkAccessManager {
  readonly inner: QNetworkReply[] = [];
  readonly #wrap: Wrap;

  constructor(wrap: Wrap = (inner) => new WrappedReply(inner)) {
    super();
    this.#wrap = wrap;
  }

  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    const inner = super.createRequest(op, request, data);
    this.inner.push(inner);
    return this.#wrap(inner);
  }
}

type Scenario = (manager: QNetworkAccessManager) => QNetworkReply;

const scenarios: readonly [string, Scenario][] = [
  ['a page', (m) => m.get(origin.url('/page'))],
  ['404', (m) => m.get(origin.url('/missing'))],
  ['an upload', (m) => m.post(origin.url('/echo'), BIG)],
  ['a redirect that is followed', (m) => m.get(origin.url('/old'))],
  ['a redirect that changes the operation', (m) => m.post(origin.url('/other'), 'body')],
  ['a redirect that is not', (m) => m.get(origin.url('/old'), { redirect: 'manual' })],
  ['a redirect that is refused', (m) => m.get(origin.url('/old'), { redirect: 'error' })],
  ['an answer that is cut short', (m) => m.get(origin.url('/cut'))],
  ['a timeout', (m) => m.get(origin.url('/never'), { timeout: 30 })],
  ['an unknown scheme', (m) => m.get('nosuch:/thing')],
  ['a data: URL', (m) => m.get('data:,hello')],
  ['a missing file', (m) => m.get('file:///no/such/file')],
  [
    'abort() at once',
    (m) => {
      const reply = m.get(origin.url('/page'));
      setImmediate(() => reply.abort());
      return reply;
    },
  ],
  [
    'close() in metaDataChanged',
    (m) => {
      const reply = m.get(origin.url('/page'));
      reply.metaDataChanged.connect(() => reply.close());
      return reply;
    },
  ],
];

/** Everything that can be asked of a reply that is over. */
async function allOf(manager: QNetworkAccessManager, scenario: Scenario): Promise<Record<string, unknown>> {
  const reply = scenario(manager);
  const trace = new Trace(manager, reply);
  const heard: QNetworkReply[] = [];
  manager.finished.connect((one) => void heard.push(one));
  await finished(reply);
  await turns();
  expect(heard).toEqual([reply]);
  const failure = reply.failure();
  return {
    signals: trace.all,
    url: reply.url().toString(),
    asked: reply.request().url().toString(),
    operation: reply.operation(),
    status: reply.status(),
    reason: reply.attribute(Attribute.HttpReasonPhraseAttribute),
    target: reply.attribute(Attribute.RedirectionTargetAttribute)?.toString(),
    headers: reply
      .rawHeaderPairs()
      .map(([name, value]) => `${name}: ${value}`)
      .filter((line) => !line.startsWith('Date')),
    error: [reply.error(), reply.errorString()],
    failure: failure === null ? null : [failure.kind, failure.phase, failure.message],
    open: [reply.isOpen(), reply.openMode()],
    body: reply.readAll().toString().length,
    measured: reply.timings() !== null,
    numbered: reply.transferId() > 0,
  };
}

describe('a WrappedReply without changes', () => {
  it.each(scenarios)('%s: is what it wraps, signal by signal', async (_name, scenario) => {
    await using plain = new QNetworkAccessManager();
    await using wrapping = new Wrapping();
    expect(await allOf(wrapping, scenario)).toEqual(await allOf(plain, scenario));
  });

  it('what is over before it is wrapped is told all the same, once', async () => {
    await using plain = new QNetworkAccessManager();
    const said: [string, string[]][] = [
      [
        'data:,hello',
        ['metaDataChanged', 'readyRead', 'downloadProgress(5, 5)', 'readChannelFinished', 'M.finished', 'finished'],
      ],
      [
        origin.url('/missing'),
        [
          'metaDataChanged',
          'readyRead',
          'error(203)',
          'errorOccurred(203)',
          'downloadProgress(12, 12)',
          'readChannelFinished',
          'M.finished',
          'finished',
        ],
      ],
    ];
    for (const [url, expected] of said) {
      const before = await plain.get(url).whenFinished();
      await turns(); // until it has said so
      await using wrapping = new Wrapping(() => new WrappedReply(before));
      const reply = wrapping.get('mem:/x');
      const trace = new Trace(wrapping, reply);
      await finished(reply);
      await turns();
      expect(trace.all).toEqual(expected);
    }
  });

  it('has its headers when the verb returns, if there are some', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get('data:text/x,hello');
    expect(reply.headers().value('content-type')).toBe('text/x');
    expect(await reply.text()).toBe('hello');
    const twice = new Wrapping((inner) => new WrappedReply(new WrappedReply(inner)));
    expect(twice.get('data:text/x,hello').headers().value('content-type')).toBe('text/x');
  });

  it('is the sender of its signals', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/page'));
    const senders = new Set<unknown>();
    for (const signal of [reply.metaDataChanged, reply.readyRead, reply.finished])
      signal.connect(() => void senders.add(wrapping.sender()));
    await finished(reply);
    expect([...senders]).toEqual([reply]);
  });

  it('peeks and reads lines of it', async () => {
    await using wrapping = new Wrapping();
    const reply = await wrapping.get(origin.url('/page')).whenFinished();
    expect([reply.peek(5).toString(), reply.bytesAvailable(), reply.canReadLine()]).toEqual(['hello', 11, true]);
    expect([reply.readLine().toString(), reply.canReadLine(), reply.readAll().toString()]).toEqual(['hello\n', false, 'world']);
  });

  it('a bounded buffer reaches the server', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/big'));
    reply.setReadBufferSize(16_384);
    await until(() => reply.bytesAvailable() === 16_384, 'a full buffer');
    await turns(20);
    expect([reply.bytesAvailable(), wrapping.inner[0]!.bytesAvailable(), reply.isFinished()]).toEqual([16_384, 16_384, false]);
    const parts: Buffer[] = [];
    for await (const part of reply) parts.push(part);
    expect(Buffer.concat(parts).equals(BIG)).toBe(true);
  });

  it('a look into it is no reading of it', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/big'));
    reply.setReadBufferSize(16_384);
    reply.readyRead.connect(() => void reply.peek(1 << 20));
    await until(() => reply.bytesAvailable() === 16_384, 'a full buffer');
    await turns(20);
    expect([reply.bytesAvailable(), reply.peek(1 << 20).length]).toEqual([16_384, 16_384]);
    let got = 0;
    for await (const part of reply) got += part.length;
    expect(got).toBe(BIG.length);
  });

  it('asks and answers about redirects', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/old'), { redirect: 'user-verified' });
    const [url] = await reply.redirected.next();
    expect([url.toString(), reply.url().toString()]).toEqual([origin.url('/page'), origin.url('/page')]);
    reply.redirectAllowed();
    expect(await reply.text()).toBe('hello\nworld');
  });

  it('its own attributes come before those of what it wraps', async () => {
    class Noted extends WrappedReply {
      protected override takeOver(): void {
        super.takeOver();
        this.setAttribute(Attribute.User, 'mine');
        this.setAttribute(Attribute.HttpStatusCodeAttribute, 299);
      }
    }
    await using wrapping = new Wrapping((inner) => new Noted(inner));
    const reply = await wrapping.get(origin.url('/page')).whenFinished();
    expect([reply.attribute(Attribute.User), reply.status(), reply.attribute(Attribute.HttpReasonPhraseAttribute)]).toEqual([
      'mine',
      299,
      'OK',
    ]);
  });
});

describe('the life of both', () => {
  it('the wrapper owns what it wraps: deleted, it takes it along', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/stalls'));
    await once(reply.readyRead, 'readyRead');
    const [inner] = wrapping.inner;
    expect([inner!.parent(), reply.parent()]).toEqual([reply, wrapping]);
    const trace = new Trace(wrapping, inner!);
    reply.deleteLater();
    await once(inner!.destroyed, 'destroyed');
    await turns();
    expect(trace.all.slice(-1)).toEqual(['destroyed']);
    await origin.whenIdle();
  });

  it('what it wraps is deleted before its end: the wrapper ends with an error', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/never'));
    const trace = new Trace(wrapping, reply);
    const body = reply.text();
    wrapping.inner[0]!.deleteLater();
    await expect(body).rejects.toMatchObject({ code: 'OperationCanceledError', message: /deleted/ });
    expect(trace.all.slice(-4)).toEqual(['error(5)', 'errorOccurred(5)', 'M.finished', 'finished']);
  });

  it('what it wraps is deleted at its end: what was not read stays', async () => {
    await using other = new QNetworkAccessManager();
    other.setAutoDeleteReplies(true);
    await using wrapping = new Wrapping(() => new WrappedReply(other.get(origin.url('/page'))));
    const reply = await wrapping.get('mem:/x').whenFinished();
    await turns(5);
    expect([reply.readAll().toString(), reply.headers().value('x-two')]).toEqual(['hello\nworld', '2']);
  });

  it('automatic deletion is about the wrapper', async () => {
    await using wrapping = new Wrapping();
    wrapping.setAutoDeleteReplies(true);
    const reply = wrapping.get(origin.url('/page'));
    const gone: string[] = [];
    reply.destroyed.connect(() => void gone.push('wrapper'));
    wrapping.inner[0]!.destroyed.connect(() => void gone.push('inner'));
    expect(await reply.text()).toBe('hello\nworld');
    await turns(5);
    expect(gone).toEqual(['wrapper', 'inner']);
  });

  it('with the manager both go without a word', async () => {
    const wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/never'));
    const traces = [reply, wrapping.inner[0]!].map(
      (one) => new Trace(wrapping, one, ['finished', 'errorOccurred', 'destroyed', 'M.finished']),
    );
    wrapping._destroy();
    await turns(5);
    expect(traces.map((trace) => trace.all)).toEqual([['destroyed'], ['destroyed']]);
  });

  it('close() of the manager ends it', async () => {
    const wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/never'));
    await wrapping.close();
    expect([reply.isFinished(), reply.error()]).toEqual([true, NetworkError.OperationCanceledError]);
  });

  it('a class that does not end by abort() is left alone, and the wrapper ends', async () => {
    class Deaf extends OwnReply {
      override abort(): void {}
    }
    const deaf = new Deaf('never read');
    await using wrapping = new Wrapping(() => new WrappedReply(deaf));
    const reply = wrapping.get('mem:/x');
    const trace = new Trace(wrapping, reply);
    reply.abort();
    deaf.succeed();
    expect([reply.isFinished(), reply.error(), reply.isOpen()]).toEqual([true, 5, false]);
    expect(trace.all).toEqual(['aboutToClose', 'error(5)', 'errorOccurred(5)', 'M.finished', 'finished']);
  });

  it('a program that undoes its slots on the wrapped reply does not cut the wrapper off', async () => {
    await using wrapping = new Wrapping();
    const reply = wrapping.get(origin.url('/page'));
    wrapping.inner[0]!.finished.disconnect();
    wrapping.inner[0]!.metaDataChanged.disconnect();
    expect(await reply.text()).toBe('hello\nworld');
  });

  it('without a manager of its own it goes with the other one’s', async () => {
    const other = new QNetworkAccessManager();
    const reply = new WrappedReply(other.get(origin.url('/never')));
    const trace = new Trace(other, reply, ['errorOccurred', 'finished', 'destroyed']);
    other._destroy();
    expect(trace.all).toEqual(['destroyed']);
  });

  it('what was never opened is not taken for an empty body', async () => {
    class Closed extends OwnReply {
      shut(): this {
        this.setOpenMode(0);
        setImmediate(() => this.succeed());
        return this;
      }
    }
    await using wrapping = new Wrapping(() => new WrappedReply(new Closed('x').shut()));
    await expect(wrapping.get('mem:/x').text()).rejects.toThrow(/not open/);
  });

  it('wraps one reply, and only replies', async () => {
    expect(() => new WrappedReply('reply' as never)).toThrow(/QNetworkReply/);
    const gone = new OwnReply();
    gone._destroy();
    expect(() => new WrappedReply(gone)).toThrow(/deleted/);
    class Twice extends WrappedReply {
      again(): void {
        this.wrap(new OwnReply());
      }
    }
    expect(() => new Twice(new OwnReply()).again()).toThrow(/already/);
  });
});

describe('a subclass of it', () => {
  it('hides a header', async () => {
    class Hiding extends WrappedReply {
      readonly hidden = 'Set-Cookie';
      protected override takeOver(): void {
        super.takeOver();
        this.setRawHeader(this.hidden, null);
      }
    }
    await using wrapping = new Wrapping((inner) => new Hiding(inner));
    const reply = wrapping.get(origin.url('/page'));
    let early: boolean | null = null;
    reply.metaDataChanged.connect(() => {
      early = reply.hasRawHeader('Set-Cookie');
    });
    await finished(reply);
    expect([early, reply.hasRawHeader('set-cookie'), reply.rawHeaderList().map(String).includes('X-Two')]).toEqual([
      false,
      false,
      true,
    ]);
    expect(wrapping.inner[0]!.hasRawHeader('Set-Cookie')).toBe(true);
  });

  it('turns a 404 into an empty answer', async () => {
    class Forgiving extends WrappedReply {
      protected override takeOver(): void {
        super.takeOver();
        if (this.error() === NetworkError.ContentNotFoundError) this.setError(NetworkError.NoError, '');
      }
    }
    await using wrapping = new Wrapping((inner) => new Forgiving(inner));
    const reply = wrapping.get(origin.url('/missing'));
    const trace = new Trace(wrapping, reply);
    expect(await reply.text()).toBe('no such page');
    expect([reply.ok(), reply.status(), reply.failure()]).toEqual([true, 404, null]);
    expect(trace.all.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  describe('changes the body', () => {
    /** Every byte twice. */
    class Double extends WrappedReply {
      protected override changeBody(piece: Buffer): Buffer {
        return Buffer.from(piece.toString('latin1').replace(/./gs, '$&$&'), 'latin1');
      }
    }
    /** All of it at the end, from the back to the front. */
    class Backwards extends WrappedReply {
      #all = Buffer.alloc(0);
      protected override changeBody(piece: Buffer, last: boolean): Buffer {
        this.#all = Buffer.concat([this.#all, piece]);
        return last ? this.#all.reverse() : Buffer.alloc(0);
      }
    }

    it('to one of another length, whose length nobody knows before', async () => {
      await using wrapping = new Wrapping((inner) => new Double(inner));
      const reply = wrapping.get(origin.url('/page'));
      await reply.whenHeaders();
      expect(reply.hasRawHeader('Content-Length')).toBe(false);
      expect(await reply.text()).toBe('hheelllloo\n\nwwoorrlldd');
      expect(await wrapping.get(origin.url('/big')).bytes()).toHaveLength(600_000);
    });

    it('as a whole: nothing can be read before its end', async () => {
      await using wrapping = new Wrapping((inner) => new Backwards(inner));
      const reply = wrapping.get(origin.url('/page'));
      const trace = new Trace(wrapping, reply);
      await finished(reply);
      expect(trace.all.slice(-4)).toEqual(['readyRead', 'readChannelFinished', 'M.finished', 'finished']);
      expect(trace.all.filter((line) => line === 'readyRead')).toHaveLength(1);
      expect(reply.readAll().toString()).toBe('dlrow\nolleh');
      expect(await wrapping.get('data:,abc').text()).toBe('cba');
    });

    it('also of an error page, but not of what was cut short', async () => {
      await using wrapping = new Wrapping((inner) => new Backwards(inner));
      const missing = await wrapping.get(origin.url('/missing')).whenFinished();
      expect(missing.readAll().toString()).toBe('egap hcus on');
      const cut = await wrapping.get(origin.url('/cut')).whenFinished();
      expect([cut.error(), cut.readAll().toString()]).toEqual([NetworkError.RemoteHostClosedError, '']);
    });

    it('within the bounds of the read buffer', async () => {
      await using wrapping = new Wrapping((inner) => new Double(inner));
      const reply = wrapping.get(origin.url('/big'));
      reply.setReadBufferSize(10_000);
      // a look is no reading here, either
      reply.readyRead.connect(() => void reply.peek(1 << 20));
      await until(() => reply.bytesAvailable() >= 10_000, 'a full buffer');
      for (let i = 0; i < 20; i++) {
        await turns(1);
        reply.peek(1 << 20);
      }
      expect([reply.bytesAvailable(), reply.isFinished()]).toEqual([20_000, false]);
      let got = 0;
      for await (const part of reply) got += part.length;
      expect(got).toBe(600_000);
    });

    it('for a reader who takes what he sees and waits for the next readyRead', async () => {
      for (const [peeks, late] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        await using wrapping = new Wrapping((inner) => new Double(inner));
        const reply = wrapping.get(origin.url('/big'));
        reply.setReadBufferSize(10_000);
        let got = 0;
        const take = (): void => {
          if (peeks) reply.peek(1 << 20);
          got += reply.read(reply.bytesAvailable()).length;
        };
        reply.readyRead.connect(() => void (late ? setImmediate(take) : take()));
        await finished(reply);
        got += reply.readAll().length;
        expect([peeks, late, got]).toEqual([peeks, late, 600_000]);
      }
    });

    it('and throws: the reply ends with that error, and the transfer stops', async () => {
      const oops = new Error('cannot parse this');
      class Strict extends WrappedReply {
        protected override changeBody(): Buffer {
          throw oops;
        }
      }
      await using wrapping = new Wrapping((inner) => new Strict(inner));
      const reply = wrapping.get(origin.url('/stalls'));
      const trace = new Trace(wrapping, reply);
      await expect(reply.text()).rejects.toMatchObject({
        code: 'UnknownContentError',
        cause: oops,
        message: /cannot parse this/,
      });
      expect(trace.all.slice(-4)).toEqual(['error(299)', 'errorOccurred(299)', 'M.finished', 'finished']);
      expect(wrapping.inner[0]!.error()).toBe(NetworkError.OperationCanceledError);
      await turns();
      expect([trace.all.at(-1), reply.readAll().length]).toEqual(['finished', 0]);
    });

    it('and throws, of what was there at once', async () => {
      class Strict extends WrappedReply {
        protected override changeBody(): Buffer {
          throw new Error('cannot parse this');
        }
      }
      await using wrapping = new Wrapping((inner) => new Strict(inner));
      const reply = wrapping.get('data:,abc');
      const trace = new Trace(wrapping, reply);
      await finished(reply);
      await turns();
      expect([reply.error(), reply.readAll().length, trace.all.filter((line) => line === 'finished').length]).toEqual([
        299, 0, 1,
      ]);
    });

    it('of a reply that tells of more while it is read', async () => {
      class Chatty extends OwnReply {
        protected override readData(maxSize: number): Buffer | null {
          const piece = super.readData(Math.min(4, maxSize));
          if (this.bytesAvailable() > 0) this.readyRead.emit();
          return piece;
        }
      }
      const inner = new Chatty('abcdefghij');
      await using wrapping = new Wrapping(() => new Double(inner));
      const body = wrapping.get('mem:/x').text();
      inner.succeed();
      expect(await body).toBe('aabbccddeeffgghhiijj');
    });

    it('of a reply that ends when its last byte is read', async () => {
      class Lazy extends OwnReply {
        protected override readData(maxSize: number): Buffer | null {
          const piece = super.readData(Math.min(4, maxSize));
          if (this.bytesAvailable() === 0 && !this.isFinished()) this.succeed();
          return piece;
        }
      }
      await using wrapping = new Wrapping(() => new Double(new Lazy('abcdefghij')));
      expect(await wrapping.get('mem:/x').text()).toBe('aabbccddeeffgghhiijj');
      // not before that byte has come through
      const reply = wrapping.get('mem:/x');
      let all = '';
      reply.finished.connect(() => {
        all = reply.readAll().toString();
      });
      reply.bytesAvailable();
      await finished(reply);
      expect(all).toBe('aabbccddeeffgghhiijj');
    });
  });

  it('around a ready-made reply', async () => {
    const request = new QNetworkRequest('mem:/x');
    await using wrapping = new Wrapping(
      () => new WrappedReply(new BufferReply(QNetworkAccessManager.GetOperation, request, 'hello')),
    );
    expect(await wrapping.get('mem:/x').text()).toBe('hello');
  });
});
