import { getEventListeners } from 'node:events';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Attribute, NetworkError } from '../../../src/api/access/access-enums.ts';
import { QNetworkReply } from '../../../src/api/access/qnetworkreply.ts';
import { errorOf, QNetworkReplyError, type ReplyFailure } from '../../../src/api/access/reply-error.ts';
import {
  abortReasonOf,
  bindAbortSignal,
  bytes,
  iterate,
  json,
  text,
  toReadable,
  toWeb,
  whenFinished,
  whenHeaders,
} from '../../../src/api/access/reply-reading.ts';
import { charsetOf } from '../../../src/api/access/reply-text.ts';
import { QIODevice } from '../../../src/api/core/qiodevice.ts';
import { ByteQueue } from '../../../src/base/byte-queue.ts';

/** A reply as a program would write it: Qt's protected setters, Qt's signals, a buffer of its own. */
class FakeReply extends QNetworkReply {
  readonly queue = new ByteQueue();
  /** What the sender has not sent yet because the read buffer is full. */
  readonly unsent: Buffer[] = [];
  mostBuffered = 0;
  aborts = 0;
  own: ReplyFailure | null = null;
  broken: Error | null = null;
  private pumping = false;

  constructor(url = 'http://user:secret@example.org/page') {
    super();
    this.setUrl(url);
    this.open(QIODevice.ReadOnly);
  }

  head(status: number, headers: Record<string, string> = {}, attributes: Record<number, unknown> = {}): this {
    if (status > 0) this.setAttribute(Attribute.HttpStatusCodeAttribute, status);
    for (const [name, value] of Object.entries(headers)) this.setRawHeader(name, value);
    for (const [code, value] of Object.entries(attributes)) this.setAttribute(Number(code), value);
    this.metaDataChanged.emit();
    return this;
  }

  send(...parts: (string | Buffer)[]): this {
    this.unsent.push(...parts.map((part) => Buffer.from(part as string)));
    this.pump();
    return this;
  }

  fail(code: NetworkError, message: string, own: Partial<ReplyFailure> | null = null): this {
    this.setError(code, message);
    if (own !== null) {
      this.own = { kind: 'other', phase: 'receive', maybeProcessed: false, attempts: [], message, ...own };
    }
    this._emitError();
    return this.finish();
  }

  finish(): this {
    this.setFinished(true);
    this.finished.emit();
    return this;
  }

  override failure(): ReplyFailure | null {
    return this.own ?? super.failure();
  }

  override abort(): void {
    this.aborts++;
    if (this.isFinished()) return;
    this.close();
    this.queue.clear();
    this.unsent.length = 0;
    this.fail(NetworkError.OperationCanceledError, 'Operation canceled', { kind: 'canceled' });
  }

  override setReadBufferSize(size: number): void {
    super.setReadBufferSize(size);
    this.pump();
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + this.queue.size;
  }

  protected override readData(maxSize: number): Buffer | null {
    if (this.broken !== null) throw this.broken;
    const piece = this.queue.take(maxSize);
    // The strictest sender: the next bytes come while we still read.
    this.pump();
    return piece;
  }

  private pump(): void {
    if (this.pumping) return;
    this.pumping = true;
    const limit = this.readBufferSize();
    while (this.unsent.length > 0 && (limit === 0 || this.queue.size < limit)) {
      const piece = this.unsent.shift()!;
      this.queue.copyIn(piece, 0, piece.length, -1);
      this.mostBuffered = Math.max(this.mostBuffered, this.queue.size);
      this.readyRead.emit();
    }
    this.pumping = false;
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const slotsOf = (reply: QNetworkReply): number =>
  reply.readyRead.size + reply.finished.size + reply.metaDataChanged.size + reply.destroyed.size;

const unhandled: unknown[] = [];
const note = (reason: unknown): void => {
  unhandled.push(reason);
};
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));
afterEach(async () => {
  await turn();
  await turn();
  expect(unhandled.splice(0)).toEqual([]);
});

const readers: [name: string, read: (reply: QNetworkReply) => Promise<Buffer>][] = [
  ['bytes', (reply) => bytes(reply)],
  ['text', async (reply) => Buffer.from(await text(reply, 'latin1'), 'latin1')],
  ['iterate', async (reply) => Buffer.concat(await all(iterate(reply)))],
  ['toWeb', async (reply) => Buffer.from(await new Response(toWeb(reply)).arrayBuffer())],
  ['toReadable', async (reply) => Buffer.concat(await all(toReadable(reply)))],
];

async function all(source: AsyncIterable<Buffer> | Readable): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of source as AsyncIterable<Buffer>) pieces.push(piece);
  return pieces;
}

describe.each(readers)('%s', (_name, read) => {
  it('gets what was there before, what comes, and what is left at the end', async () => {
    const reply = new FakeReply().send('one ');
    const body = read(reply);
    reply.send('two ');
    await turn();
    reply.send('three ', 'four');
    reply.finish();
    expect((await body).toString()).toBe('one two three four');
    expect(slotsOf(reply)).toBe(0);
  });

  it('reads a reply that is finished, even when it is deleted at once', async () => {
    const reply = new FakeReply().send('body').finish();
    const body = read(reply);
    reply.deleteLater();
    await turn();
    expect((await body).toString()).toBe('body');
  });

  it('is not lost when the program undoes its slots', async () => {
    const reply = new FakeReply();
    const body = read(reply);
    reply.finished.disconnect();
    reply.readyRead.disconnect();
    reply.send('kept').finish();
    expect((await body).toString()).toBe('kept');
  });

  it('keeps the order when reading makes room for more, past a bounded buffer', async () => {
    const reply = new FakeReply();
    reply.setReadBufferSize(10);
    const parts = Array.from({ length: 100 }, (_, i) => `${i},`);
    const body = read(reply);
    reply.send(...parts);
    await turn();
    reply.finish();
    expect((await body).toString()).toBe(parts.join(''));
  });

  it('fails with the error of a connection that was lost', async () => {
    const reply = new FakeReply();
    const body = read(reply);
    reply.head(200).send('half').fail(NetworkError.RemoteHostClosedError, 'Connection closed');
    await expect(body).rejects.toMatchObject({ code: 'RemoteHostClosedError', status: 200, message: 'Connection closed' });
    expect(slotsOf(reply)).toBe(0);
  });

  it('fails with the reason of an AbortSignal', async () => {
    const stop = new AbortController();
    const reply = new FakeReply();
    bindAbortSignal(reply, stop.signal);
    const body = read(reply);
    reply.head(200).send('half');
    await turn();
    const reason = new Error('enough');
    stop.abort(reason);
    await expect(body).rejects.toBe(reason);
  });

  it('fails when the reply is deleted before its end', async () => {
    const reply = new FakeReply();
    const body = read(reply);
    reply.send('half').deleteLater();
    await expect(body).rejects.toThrow(/deleted before it finished/);
  });

  it('fails when the reply was deleted or closed already', async () => {
    const gone = new FakeReply().send('body').finish();
    gone.deleteLater();
    await turn();
    await expect((async () => read(gone))()).rejects.toThrow(/the reply was deleted/);
    const closed = new FakeReply().send('body').finish();
    closed.close();
    closed.queue.clear();
    await expect((async () => read(closed))()).rejects.toThrow(/not open for reading/);
  });

  it("passes on an error of the reply's own readData", async () => {
    const reply = new FakeReply();
    const body = read(reply);
    reply.broken = new Error('disk on fire');
    reply.send('x');
    await expect(body).rejects.toThrow('disk on fire');
    expect(slotsOf(reply)).toBe(0);
  });

  it('is the only reader', async () => {
    for (const [, other] of readers) {
      const reply = new FakeReply();
      const body = read(reply);
      await expect((async () => other(reply))()).rejects.toThrow(/has a reader already/);
      reply.send('mine').finish();
      expect((await body).toString()).toBe('mine');
    }
  });
});

describe('an answer of 404', () => {
  const missing = (): FakeReply => new FakeReply().head(404, { 'Content-Type': 'text/plain' }).send('no such page');
  const notFound = (reply: FakeReply): FakeReply =>
    reply.fail(NetworkError.ContentNotFoundError, 'Not Found', { kind: 'status' });

  it.each([
    ['bytes', bytes],
    ['text', text],
    ['json', json],
  ])('is an error for %s', async (_name, read) => {
    const reply = missing();
    const body = (read as (reply: QNetworkReply) => Promise<unknown>)(reply);
    notFound(reply);
    await expect(body).rejects.toMatchObject({ code: 'ContentNotFoundError', kind: 'status', status: 404, reply });
  });

  it.each(readers.slice(2))('is a page for %s', async (_name, read) => {
    const reply = missing();
    const body = read(reply);
    notFound(reply);
    expect((await body).toString()).toBe('no such page');
    expect((await read(notFound(missing()))).toString()).toBe('no such page');
  });
});

describe('whenFinished', () => {
  it('resolves at the end, whatever it is, and at once afterwards', async () => {
    const reply = new FakeReply();
    const end = whenFinished(reply);
    const { finished } = reply;
    finished.disconnect();
    reply.fail(NetworkError.HostNotFoundError, 'Host not found');
    expect(await end).toBe(reply);
    expect(await whenFinished(reply, { timeout: 1 })).toBe(reply);
    expect(slotsOf(reply)).toBe(0);
  });

  it('rejects after its timeout and lets the reply go on', async () => {
    const reply = new FakeReply();
    const error = await whenFinished(reply, { timeout: 5 }).catch((e: unknown) => e as Error);
    expect(error).toMatchObject({ name: 'TimeoutError' });
    expect((error as Error).message).toMatch(/http:\/\/example.org\/page.* 5 ms/);
    expect(slotsOf(reply)).toBe(0);
    expect(reply.aborts).toBe(0);
    const second = whenFinished(reply, { timeout: 60_000 });
    reply.send('x').finish();
    expect(await second).toBe(reply);
  });

  it('leaves no timer behind', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const [a, b] = [new FakeReply(), new FakeReply()];
    const ends = [whenFinished(a, { timeout: 60_000 }), whenFinished(b, { timeout: 60_000 })];
    expect(timers()).toBe(before + 2);
    a.finish();
    b.deleteLater();
    expect((await Promise.allSettled(ends)).map((end) => end.status)).toEqual(['fulfilled', 'rejected']);
    expect(timers()).toBe(before);
  });

  it('rejects for a reply that is deleted', async () => {
    const reply = new FakeReply();
    const end = whenFinished(reply);
    reply.deleteLater();
    await expect(end).rejects.toThrow('whenFinished(): the reply was deleted before it finished');
    await expect(whenFinished(reply)).rejects.toThrow('whenFinished(): the reply was deleted');
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '5'])('refuses a timeout of %s', async (timeout) => {
    await expect(whenFinished(new FakeReply(), { timeout: timeout as number })).rejects.toThrow(
      /timeout expects whole milliseconds/,
    );
  });
});

describe('whenHeaders', () => {
  const target = { [Attribute.RedirectionTargetAttribute]: 'http://example.org/next' };
  const later: [name: string, act: (reply: FakeReply) => unknown, status: number][] = [
    ['the head', (r) => r.head(200), 200],
    ['an error status', (r) => r.head(404), 404],
    ['the head after a redirect', (r) => r.head(302, { Location: '/next' }).head(200), 200],
    ['a redirect left to the program', (r) => r.head(302, { Location: '/next' }, target), 302],
    ['a redirect without a target', (r) => r.head(304), 304],
    ['headers without a status', (r) => r.head(0, { 'Content-Type': 'text/plain' }), 0],
    ['a body without headers', (r) => r.send('x'), 0],
    ['an end without headers', (r) => r.finish(), 0],
  ];

  it.each(later)('resolves with %s, also afterwards', async (_name, act, status) => {
    const reply = new FakeReply();
    let seen = -1;
    const head = whenHeaders(reply).then((r) => {
      seen = r.status();
      expect(r).toBe(reply);
    });
    await turn();
    expect(seen).toBe(-1);
    act(reply);
    await head;
    expect(seen).toBe(status);
    expect(slotsOf(reply)).toBe(0);
    expect(await whenHeaders(reply)).toBe(reply);
  });

  it('waits for the head behind a redirect', async () => {
    const reply = new FakeReply().head(302, { Location: '/next' });
    let seen = 0;
    const head = whenHeaders(reply).then((r) => {
      seen = r.status();
    });
    reply.head(307, { Location: '/further' });
    await turn();
    expect(seen).toBe(0);
    reply.head(201);
    await head;
    expect(seen).toBe(201);
  });

  it.each([
    ['no head', (r: FakeReply) => r.fail(NetworkError.ConnectionRefusedError, 'Connection refused'), 'ConnectionRefusedError'],
    [
      'a refused redirect',
      (r: FakeReply) => r.head(302, { Location: '/x' }).fail(NetworkError.TooManyRedirectsError, 'Too many redirects'),
      'TooManyRedirectsError',
    ],
  ])('rejects after %s', async (_name, act, code) => {
    const reply = new FakeReply();
    const head = whenHeaders(reply);
    act(reply);
    await expect(head).rejects.toMatchObject({ code });
    await expect(whenHeaders(reply)).rejects.toBeInstanceOf(QNetworkReplyError);
    expect(slotsOf(reply)).toBe(0);
  });

  it('rejects for a reply that is aborted by a signal, or deleted', async () => {
    const stop = new AbortController();
    const reply = new FakeReply();
    bindAbortSignal(reply, stop.signal);
    const head = whenHeaders(reply);
    stop.abort('changed my mind');
    await expect(head).rejects.toBe('changed my mind');
    const deleted = new FakeReply();
    const never = whenHeaders(deleted);
    deleted.deleteLater();
    await expect(never).rejects.toThrow('whenHeaders(): the reply was deleted');
  });
});

describe('text', () => {
  const read = (body: Buffer | string, type: string | null, encoding?: string): Promise<string> =>
    text(
      new FakeReply()
        .head(200, type === null ? {} : { 'Content-Type': type })
        .send(body)
        .finish(),
      encoding,
    );
  const latin = Buffer.from('n\xe4her', 'latin1');

  it.each([
    ['UTF-8 by default', 'näher', null, undefined],
    ['UTF-8 without its mark', '\ufeffnäher', 'text/plain', undefined],
    ['the charset of the type', latin, 'text/plain; charset=ISO-8859-1', undefined],
    ['a quoted charset', latin, 'text/plain; a="; charset=utf-8"; Charset = "windows-1252"', undefined],
    ['the argument before the type', latin, 'text/plain; charset=utf-8', 'latin1'],
    ['UTF-16 without its mark', Buffer.from('\ufeffnäher', 'utf16le'), 'text/plain; charset=utf-16', undefined],
  ])('reads %s', async (_name, body, type, encoding) => {
    expect(await read(body, type, encoding)).toBe('näher');
  });

  it('names a charset nobody knows, and an argument before it reads anything', async () => {
    await expect(read('x', 'text/plain; charset=klingon')).rejects.toThrow(/^text\(\): unknown charset "klingon"/);
    await expect(read('x', 'text/plain; charset=klingon')).rejects.toBeInstanceOf(RangeError);
    const reply = new FakeReply().send('still there').finish();
    await expect(text(reply, 'klingon')).rejects.toBeInstanceOf(RangeError);
    await expect(text(reply, 5 as never)).rejects.toBeInstanceOf(TypeError);
    expect(await text(reply)).toBe('still there');
  });

  it.each([
    ['text/html', ''],
    ['text/html; charset=', ''],
    ['text/html;charset=utf-8', 'utf-8'],
    ["text/html; charset='utf-8'", 'utf-8'],
    ['text/html; charset="a\\"b"', 'a"b'],
    ['text/html; xcharset=no; charset=yes; charset=late', 'yes'],
    ['text/html; charset=one, text/html; charset=two', 'one'],
  ])('finds the charset of %s', (type, charset) => expect(charsetOf(type)).toBe(charset));
});

describe('json', () => {
  const answer = (body: string): FakeReply => new FakeReply().head(200, { 'Content-Type': 'text/html; a=b' }).send(body).finish();

  it('reads JSON, with a byte order mark too', async () => {
    expect(await json<{ a: number }>(answer('\ufeff{"a":1}'))).toEqual({ a: 1 });
    expect(await answer('[1]').json()).toEqual([1]);
  });

  it('names the place and nothing of the body or the user', async () => {
    const error = await json(answer('token=hunter2')).catch((e: unknown) => e as Error);
    expect(error).toBeInstanceOf(SyntaxError);
    const shown = String((error as Error).stack);
    expect(shown).toMatch(/http:\/\/example.org\/page is not valid JSON.*text\/html, 13 bytes, status 200.*text\(\)/);
    expect(shown).not.toMatch(/hunter2|secret/);
    await expect(json(answer(' '))).rejects.toThrow(/is empty, status 200/);
  });
});

describe('back-pressure', () => {
  const chunk = Buffer.alloc(300_000, 'x');

  it('bytes lifts a limit, streams set one', async () => {
    const plain = new FakeReply();
    plain.setReadBufferSize(5);
    const body = bytes(plain);
    expect(plain.readBufferSize()).toBe(0);
    plain.finish();
    await body;
    for (const open of [iterate, toWeb, toReadable]) {
      const reply = new FakeReply();
      open(reply);
      expect(reply.readBufferSize()).toBe(1 << 20);
      const limited = new FakeReply();
      limited.setReadBufferSize(4096);
      open(limited);
      expect(limited.readBufferSize()).toBe(4096);
      const over = new FakeReply().finish();
      open(over);
      expect(over.readBufferSize()).toBe(0);
    }
  });

  it.each(readers.slice(2))('%s lets the sender wait', async (_name, read) => {
    const reply = new FakeReply();
    const body = read(reply);
    reply.send(...Array.from({ length: 40 }, () => chunk));
    while (reply.unsent.length > 0 || reply.queue.size > 0) await turn();
    reply.finish();
    expect((await body).length).toBe(40 * chunk.length);
    expect(reply.mostBuffered).toBeLessThanOrEqual((1 << 20) + chunk.length);
  });

  it('a stream nobody reads takes nothing', async () => {
    for (const open of [iterate, toWeb, toReadable]) {
      const reply = new FakeReply();
      open(reply);
      reply.send(...Array.from({ length: 10 }, () => chunk));
      await turn();
      expect(reply.unsent.length).toBe(6);
    }
  });
});

describe('reading that makes bytes come', () => {
  class Lazy extends FakeReply {
    private step = 0;
    protected override readData(maxSize: number): Buffer | null {
      if (this.step++ > 0) return super.readData(maxSize);
      this.send('late');
      return null;
    }
  }

  it.each(readers)('loses none for %s', async (_name, read) => {
    const reply = new Lazy();
    const body = read(reply);
    await turn();
    reply.finish();
    expect((await body).toString()).toBe('late');
  });

  it('gives them at once', async () => {
    expect(String((await iterate(new Lazy()).next()).value)).toBe('late');
  });
});

describe('a big body of a reply that was finished from the start', () => {
  const big = (): FakeReply => new FakeReply('file:///big').send(Buffer.alloc(3 << 20, 'b')).finish();

  it.each(readers)('is whole for %s', async (_name, read) => {
    const reply = big();
    const body = read(reply);
    // As for data: and file:, where the signal comes after the state.
    reply.finished.emit();
    expect((await body).length).toBe(3 << 20);
    expect(slotsOf(reply)).toBe(0);
  });

  it('is read as it is wanted', async () => {
    const reply = big();
    const pieces = iterate(reply);
    reply.finished.emit();
    expect(reply.bytesAvailable()).toBe(3 << 20);
    expect((await pieces.next()).value.length).toBe(1 << 20);
    expect(reply.bytesAvailable()).toBe(2 << 20);
    await pieces.return!();
    expect([reply.aborts, slotsOf(reply)]).toEqual([0, 0]);
  });

  it('is saved from an automatic deletion, before or after we came', async () => {
    for (const early of [true, false]) {
      const reply = big();
      if (early) reply.deleteLater();
      const pieces = iterate(reply);
      if (!early) reply.deleteLater();
      reply.finished.emit();
      await turn();
      expect(Buffer.concat(await all(pieces as AsyncIterable<Buffer>)).length).toBe(3 << 20);
    }
  });

  it('fails when it is taken away half-read', async () => {
    const deleted = big();
    const pieces = iterate(deleted);
    const [first, second] = [pieces.next(), big()];
    await first;
    deleted.deleteLater();
    await turn();
    await expect(pieces.next()).rejects.toThrow('for await: the reply was deleted before its body was read');
    const others = iterate(second);
    const waiting = [others.next(), others.next(), others.next()];
    second.close();
    second.queue.clear();
    await Promise.all(waiting);
    const after = [others.next(), others.next()];
    await expect(after[0]).rejects.toThrow(/not open for reading/);
    expect(await after[1]).toEqual({ done: true, value: undefined });
  });
});

describe('leaving early', () => {
  it('a for await that breaks aborts the reply', async () => {
    const reply = new FakeReply().send('one');
    for await (const piece of { [Symbol.asyncIterator]: () => iterate(reply) }) {
      expect(piece.toString()).toBe('one');
      break;
    }
    expect(reply.aborts).toBe(1);
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    expect(slotsOf(reply)).toBe(0);
  });

  it('a loop that throws aborts too; one that leaves a finished reply does not', async () => {
    const reply = new FakeReply();
    await expect(iterate(reply).throw!(new Error('mine'))).rejects.toThrow('mine');
    expect(reply.aborts).toBe(1);
    const finished = new FakeReply().send('one', 'two').finish();
    for await (const _piece of finished) break;
    expect(finished.aborts).toBe(0);
  });

  it('return() answers those who wait for a piece', async () => {
    const pieces = iterate(new FakeReply());
    const waiting = [pieces.next(), pieces.next()];
    expect(await pieces.return!()).toEqual({ done: true, value: undefined });
    expect(await Promise.all(waiting)).toEqual([
      { done: true, value: undefined },
      { done: true, value: undefined },
    ]);
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('several next() calls get their pieces in order, then the error once', async () => {
    const reply = new FakeReply();
    const pieces = iterate(reply);
    const waiting = [pieces.next(), pieces.next(), pieces.next()];
    reply.send('a');
    reply.send('b').fail(NetworkError.RemoteHostClosedError, 'Connection closed');
    const [a, b, c] = await Promise.allSettled(waiting);
    expect([a, b].map((r) => r?.status === 'fulfilled' && String(r.value.value))).toEqual(['a', 'b']);
    expect(c).toMatchObject({ status: 'rejected', reason: { code: 'RemoteHostClosedError' } });
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('a reply that closes itself after its last byte ends well', async () => {
    const reply = new FakeReply();
    const pieces = iterate(reply);
    reply.send('all');
    expect(String((await pieces.next()).value)).toBe('all');
    reply.close();
    reply.finish();
    expect(await pieces.next()).toEqual({ done: true, value: undefined });
  });

  it('what came before a lost connection is read before the error', async () => {
    const pieces = iterate(new FakeReply().send('half').fail(NetworkError.RemoteHostClosedError, 'Connection closed'));
    expect(String((await pieces.next()).value)).toBe('half');
    await expect(pieces.next()).rejects.toMatchObject({ code: 'RemoteHostClosedError' });
  });

  it('canceling a web stream, destroying a Node stream aborts', async () => {
    const web = new FakeReply();
    await toWeb(web).cancel();
    expect([web.aborts, slotsOf(web)]).toEqual([1, 0]);
    const node = new FakeReply();
    const stream = toReadable(node);
    stream.destroy();
    expect([node.aborts, slotsOf(node)]).toEqual([1, 0]);
  });

  it('streams hear of an AbortSignal while nobody reads', async () => {
    const stop = new AbortController();
    const web = new FakeReply();
    bindAbortSignal(web, stop.signal);
    const reader = toWeb(web).getReader();
    const node = new FakeReply();
    bindAbortSignal(node, stop.signal);
    const stream = toReadable(node);
    const failed = new Promise<Error>((resolve) => stream.once('error', resolve));
    stream.read(0);
    stop.abort(null);
    await expect(reader.closed).rejects.toBe(null);
    // A Node stream knows no error that is null.
    expect((await failed).message).toBe('The reply was aborted');
  });

  it('a Node stream that is full hears of an AbortSignal at once', async () => {
    const stop = new AbortController();
    const reply = new FakeReply();
    bindAbortSignal(reply, stop.signal);
    const stream = toReadable(reply);
    const failed = new Promise((resolve) => stream.once('error', resolve));
    stream.read(0);
    reply.send(Buffer.alloc(500_000), 'more');
    await turn();
    expect(stream.readableLength).toBe(500_000);
    stop.abort();
    expect(await failed).toBe(stop.signal.reason);
  });

  it('an abandoned Node stream that nobody listens to ends no process', async () => {
    const stop = new AbortController();
    const reply = new FakeReply();
    bindAbortSignal(reply, stop.signal);
    const stream = toReadable(reply);
    stop.abort();
    await turn();
    expect(stream.errored).toBe(null);
    await expect(all(stream)).rejects.toBe(stop.signal.reason);
  });
});

describe('bindAbortSignal', () => {
  const listeners = (signal: AbortSignal): number => getEventListeners(signal, 'abort').length;

  it('listens as long as the reply runs', async () => {
    const stop = new AbortController();
    const [ends, dies, aborts, over] = [new FakeReply(), new FakeReply(), new FakeReply(), new FakeReply().finish()];
    for (const reply of [ends, dies, aborts, over]) bindAbortSignal(reply, stop.signal);
    expect(listeners(stop.signal)).toBe(3);
    ends.finished.disconnect();
    ends.finish();
    expect(listeners(stop.signal)).toBe(2);
    dies.deleteLater();
    await turn();
    expect(listeners(stop.signal)).toBe(1);
    stop.abort();
    expect(listeners(stop.signal)).toBe(0);
    expect([ends, dies, aborts, over].map((reply) => reply.aborts)).toEqual([0, 0, 1, 0]);
    expect(abortReasonOf(aborts)).toEqual({ reason: stop.signal.reason });
    expect(abortReasonOf(ends)).toBe(null);
    expect(slotsOf(aborts)).toBe(0);
  });

  it('a signal that has fired aborts after slots could be connected', async () => {
    const reply = new FakeReply();
    bindAbortSignal(reply, AbortSignal.abort('too late'));
    const seen: number[] = [];
    reply.finished.connect(() => seen.push(reply.error()));
    const body = bytes(reply);
    expect(reply.isFinished()).toBe(false);
    await expect(body).rejects.toBe('too late');
    expect(seen).toEqual([NetworkError.OperationCanceledError]);
  });

  it("a program's own abort() is no reason of a signal", async () => {
    const stop = new AbortController();
    const reply = new FakeReply();
    bindAbortSignal(reply, stop.signal);
    const body = bytes(reply);
    reply.abort();
    stop.abort();
    await expect(body).rejects.toMatchObject({ code: 'OperationCanceledError', kind: 'canceled' });
  });

  it('an AbortSignal cuts an error page short audibly', async () => {
    const stop = new AbortController();
    const reply = new FakeReply().head(500);
    bindAbortSignal(reply, stop.signal);
    const body = all(iterate(reply));
    reply.own = { kind: 'status', phase: 'receive', maybeProcessed: false, attempts: [], message: 'x' };
    reply.abort = () => void reply.fail(NetworkError.InternalServerError, 'Internal Server Error');
    stop.abort();
    await expect(body).rejects.toBe(stop.signal.reason);
  });
});

describe('QNetworkReplyError', () => {
  const attempts = [{ address: '192.0.2.1', port: 80, outcome: 'refused', milliseconds: 3 }];

  it('tells what the failure knows', () => {
    const cause = new Error('ECONNREFUSED');
    const limit = { name: 'connect', milliseconds: 10 };
    const reply = new FakeReply().fail(NetworkError.TimeoutError, 'http://user:secret@example.org/page was too slow', {
      kind: 'timeout',
      phase: 'connect',
      maybeProcessed: true,
      attempts,
      cause,
      limit,
    });
    const error = errorOf(reply);
    const known = {
      code: 'TimeoutError',
      networkError: 4,
      kind: 'timeout',
      phase: 'connect',
      maybeProcessed: true,
      attempts,
      limit,
    };
    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ ...known, name: 'QNetworkReplyError', url: 'http://example.org/page', cause, reply });
    expect(error.message).toBe('http://example.org/page was too slow');
    expect(Object.keys(error)).not.toContain('reply');
    expect('status' in error).toBe(false);
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      ...known,
      name: 'QNetworkReplyError',
      message: 'http://example.org/page was too slow',
      url: 'http://example.org/page',
      hint: error.hint,
      cause: 'Error: ECONNREFUSED',
    });
    expect(error.stack).toMatch(/^QNetworkReplyError: http/);
  });

  it.each(['a%20b:p%40w', 'user', 'u:p'])('takes the user info %s out of the message, however it is written', (info) => {
    const url = `http://${info}@example.org/x`;
    const reply = new FakeReply(url);
    for (const shown of [url, reply.url().toString(), 'see ' + url]) {
      const { message } = errorOf(
        new FakeReply(url).fail(NetworkError.UnknownContentError, `Error transferring ${shown} - sorry`),
      );
      expect(message).toMatch(/http:\/\/example.org\/x - sorry$/);
    }
  });

  it('has a code for numbers nobody knows', () => {
    expect(errorOf(new FakeReply().fail(12345 as never, 'odd'))).toMatchObject({
      code: 'UnknownNetworkError',
      networkError: 12345,
    });
  });
});
