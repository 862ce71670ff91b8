// Pattern 14: programs that send a request again, behind one reply or as another job.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  Attribute,
  NetworkError,
  QBuffer,
  QIODevice,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  Signal,
} from '../../src/index.ts';
import { Trace, turns } from '../api/bridge/support.ts';
import { within } from '../support/once.ts';
import { type Answer, type Served, serve } from '../support/server.ts';

const busy = (after: string): Answer => ({ status: 503, headers: { 'Retry-After': after }, body: 'busy' });
let origin: Served;
let seen = 0;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/flaky': (_request, nth) => (nth % 3 === 0 ? { body: 'at last' } : { status: 502, body: 'bad gateway' }),
      '/dead': { status: 500, body: 'broken' },
      '/soon': [busy('0'), { body: 'now' }],
      '/date': [busy('Thu, 01 Jan 1970 00:00:00 GMT'), { body: 'now' }],
      '/moved': { status: 302, headers: { Location: '/flaky' } },
      '/put': (request, nth) => (nth % 2 === 0 ? { body: request.body } : { status: 503 }),
    },
  });
});
afterAll(() => origin.close());
beforeEach(() => {
  seen = origin.requests.length;
});
const arrived = () => origin.requests.slice(seen);

/** Sends a request again after a 5xx, up to three times, and is one reply all the time. GET and HEAD only. */
class RetryingReply extends QNetworkReply {
  /** An attempt failed, and another one is about to be made. */
  readonly retrying = new Signal<[attempt: number]>(this);
  attempts = 0;
  private readonly send: () => QNetworkReply;
  private inner: QNetworkReply | null = null;

  constructor(op: QNetworkAccessManager.Operation, request: QNetworkRequest, send: () => QNetworkReply) {
    super();
    this.setOperation(op);
    this.setRequest(request);
    this.setUrl(request.url());
    this.open(QIODevice.ReadOnly);
    this.send = send;
    this.next();
  }

  private next(): void {
    this.attempts++;
    const inner = this.send();
    this.inner = inner;
    inner.setParent(this);
    inner.finished.connect(this, () => this.onFinished(inner));
  }

  /** Only the last attempt is told of. */
  private onFinished(inner: QNetworkReply): void {
    if (inner !== this.inner || this.isFinished()) return;
    if (inner.status() >= 500 && this.attempts < 3) {
      inner.deleteLater();
      this.retrying.emit(this.attempts);
      if (!this.isFinished()) this.next();
      return;
    }
    this.setUrl(inner.url());
    this.setHeaders(inner.headers());
    this.setAttribute(Attribute.HttpStatusCodeAttribute, inner.attribute(Attribute.HttpStatusCodeAttribute));
    this.metaDataChanged.emit();
    if (inner.bytesAvailable() > 0) this.readyRead.emit();
    if (inner.error() !== NetworkError.NoError) {
      this.setError(inner.error(), inner.errorString());
      this.errorOccurred.emit(inner.error());
    }
    this.over();
  }

  private over(): void {
    this.setFinished(true);
    this.finished.emit();
  }

  override abort(): void {
    if (this.isFinished()) return;
    const { inner } = this;
    this.inner = null;
    inner?.abort();
    this.close();
    this.setError(NetworkError.OperationCanceledError, 'Operation canceled');
    this.errorOccurred.emit(this.error());
    this.over();
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + (this.isFinished() ? (this.inner?.bytesAvailable() ?? 0) : 0);
  }

  protected override readData(maxSize: number): Buffer | null {
    return this.isFinished() ? (this.inner?.read(maxSize) ?? null) : null;
  }
}

class Manager extends QNetworkAccessManager {
  protected override createRequest(
    op: QNetworkAccessManager.Operation,
    request: QNetworkRequest,
    data: QIODevice | null = null,
  ): QNetworkReply {
    if (op !== QNetworkAccessManager.GetOperation) return super.createRequest(op, request, data);
    return new RetryingReply(op, request, () => super.createRequest(op, request, data));
  }
}

describe('behind one reply', () => {
  it('the inner replies are swapped; outside it is one answer', async () => {
    await using manager = new Manager();
    const told: QNetworkReply[] = [];
    manager.finished.connect((reply) => void told.push(reply));
    const reply = manager.get(origin.url('/flaky'));
    const trace = new Trace(manager, reply);
    expect(await within(reply.text(), 'the answer')).toBe('at last');
    expect([(reply as RetryingReply).attempts, arrived().length, told]).toEqual([3, 3, [reply]]);
    expect(trace.all).toEqual(['metaDataChanged', 'readyRead', 'M.finished', 'finished']);
  });

  it('the last error is the reply’s', async () => {
    await using manager = new Manager();
    const reply = manager.get(origin.url('/dead'));
    await expect(within(reply.text(), 'the answer')).rejects.toMatchObject({ code: 'InternalServerError', status: 500 });
    expect(arrived()).toHaveLength(3);
  });

  it('aborted between two attempts, it makes no other one', async () => {
    await using manager = new Manager();
    const reply = manager.get(origin.url('/flaky')) as RetryingReply;
    reply.retrying.connect(() => reply.abort());
    await within(reply.whenFinished(), 'the end');
    await turns(20);
    expect([reply.error(), reply.attempts, arrived().length]).toEqual([NetworkError.OperationCanceledError, 1, 1]);
  });
});

/** Waits as long as the server asks for: seconds, or until a date. */
function retryAfter(reply: QNetworkReply): number {
  const text = reply.rawHeader('Retry-After').toString();
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Math.max(0, ms || 0);
}

describe('as another job', () => {
  /** Sends what a reply was the answer to once more. */
  const again = (manager: QNetworkAccessManager, reply: QNetworkReply, body: QIODevice | null = null): QNetworkReply => {
    const request = reply.request();
    const verb = request.attribute(Attribute.CustomVerbAttribute);
    switch (reply.operation()) {
      case QNetworkAccessManager.GetOperation:
        return manager.get(request);
      case QNetworkAccessManager.PutOperation:
        return manager.put(request, body!);
      default:
        return manager.sendCustomRequest(request, String(verb), body);
    }
  };

  it('request(), operation() and the verb are all there to send it as it was', async () => {
    await using manager = new QNetworkAccessManager();
    const headers = { 'X-Mine': 'yes', Accept: 'text/plain' };
    const attributes = { [Attribute.User]: 7 };
    const first = await manager
      .sendCustomRequest(origin.url('/dead?q=ü'), 'REPORT', 'body', { headers, attributes })
      .whenFinished();
    const second = await again(manager, first, new QBuffer('body')).whenFinished();
    const [a, b] = arrived();
    expect(b!.raw.equals(a!.raw)).toBe(true);
    expect([second.operation(), second.request().attribute(Attribute.User)]).toEqual([QNetworkAccessManager.CustomOperation, 7]);
    expect(second.request().equals(first.request())).toBe(true);
  });

  it('after a redirect it is the request that the program made', async () => {
    await using manager = new QNetworkAccessManager();
    const first = await manager.get(origin.url('/moved')).whenFinished();
    expect([first.url().path(), first.request().url().path()]).toEqual(['/flaky', '/moved']);
    await again(manager, first).whenFinished();
    expect(arrived().map(({ target }) => target)).toEqual(['/moved', '/flaky', '/moved', '/flaky']);
  });

  it.each(['/soon', '/date'])('when the server says when: %s', async (path) => {
    await using manager = new QNetworkAccessManager();
    const first = await manager.get(origin.url(path)).whenFinished();
    expect([first.status(), retryAfter(first)]).toEqual([503, 0]);
    await new Promise((resolve) => setTimeout(resolve, retryAfter(first)));
    expect(await again(manager, first).text()).toBe('now');
  });

  it('from inside errorOccurred: the end of the first one still comes, and is told apart', async () => {
    await using manager = new QNetworkAccessManager();
    const order: string[] = [];
    const names = new Map<QNetworkReply, string>();
    let second: QNetworkReply | null = null;
    manager.finished.connect((reply) => void order.push(`finished ${names.get(reply)}`));
    const first = manager.get(origin.url('/dead'));
    names.set(first, 'first');
    first.errorOccurred.connect(() => {
      order.push('error first');
      second = again(manager, first);
      names.set(second, 'second');
    });
    await within(first.whenFinished(), 'the first');
    await within(second!.whenFinished(), 'the second');
    expect(order).toEqual(['error first', 'finished first', 'finished second']);
  });
});

describe('a body for another attempt', () => {
  it('a device with positions is rewound by its program', async () => {
    await using manager = new QNetworkAccessManager();
    const device = new QBuffer('the body');
    device.open(QIODevice.ReadOnly);
    const send = async (): Promise<QNetworkReply> => {
      device.seek(0);
      return manager.put(origin.url('/put'), device).whenFinished();
    };
    expect((await send()).status()).toBe(503);
    expect((await send()).readAll().toString()).toBe('the body');
  });

  it('a function opens it anew each time; a stream that was sent is refused with a word about that', async () => {
    await using manager = new QNetworkAccessManager();
    let opened = 0;
    async function* words(): AsyncGenerator<string> {
      opened++;
      yield 'the ';
      yield 'body';
    }
    const put = (body: Parameters<QNetworkAccessManager['put']>[1]): Promise<QNetworkReply> =>
      (manager.put(origin.url('/put'), body as never) as QNetworkReply).whenFinished();
    expect((await put(words)).status()).toBe(503);
    expect([(await put(words)).readAll().toString(), opened]).toEqual(['the body', 2]);
    const once = words();
    expect((await put(once)).status()).toBe(503);
    expect(() => put(once)).toThrow(/sent before; give a function/);
  });

  it('a sequential device says that it is one, so that a program can give up', async () => {
    class Pipe extends QIODevice {
      override isSequential(): boolean {
        return true;
      }
    }
    const pipe = new Pipe();
    pipe.open(QIODevice.ReadOnly);
    expect([pipe.isSequential(), pipe.reset(), pipe.seek(0)]).toEqual([true, false, false]);
  });
});

describe('what breaks naively', () => {
  it('two attempts in one slot: a reply that was given up says nothing after deleteLater()', async () => {
    await using manager = new QNetworkAccessManager();
    const told: QNetworkReply[] = [];
    manager.finished.connect((reply) => void told.push(reply));
    const first = manager.get(origin.url('/dead'));
    await within(first.metaDataChanged.next(), 'the head');
    first.deleteLater();
    const second = manager.get(new QNetworkRequest(origin.url('/put')));
    await within(second.whenFinished(), 'the second');
    await turns(5);
    expect(told.filter((reply) => reply === second)).toHaveLength(1);
  });
});
