import { createReadStream, mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type BodySource, QFile, QIODevice, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { serve } from '../../support/server.ts';
import { finished, fresh, Trace, turns } from '../bridge/support.ts';

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-uploads-'));
const PIECE = 65_536;

/** A source that tells how much of it was taken and how it ended. */
class Tap {
  taken = 0;
  /** 'end' after the last piece, 'stopped' when somebody did not want the rest. */
  outcome = '';

  async *pieces(count: number, size = PIECE): AsyncGenerator<Uint8Array> {
    const piece = Buffer.alloc(size, 'x');
    try {
      for (let i = 0; i < count; i++) {
        this.taken += size;
        yield piece;
      }
      this.outcome = 'end';
    } finally {
      this.outcome ||= 'stopped';
    }
  }

  node(count: number): Readable {
    const stream = Readable.from(this.pieces(count), { objectMode: false, highWaterMark: PIECE });
    return stream;
  }

  web(count: number): ReadableStream<Uint8Array> {
    let left = count;
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          this.taken += PIECE;
          controller.enqueue(new Uint8Array(PIECE));
          if (--left > 0) return;
          this.outcome = 'end';
          controller.close();
        },
        cancel: () => {
          this.outcome = 'stopped';
        },
      },
      { highWaterMark: 0 },
    );
  }
}

/** A server that accepts connections and does not read before it is told to. */
class Deaf {
  readonly sockets: Socket[] = [];
  received = 0;
  private readonly server: Server = createServer({ pauseOnConnect: true }, (socket) => {
    this.sockets.push(socket);
    socket.on('error', () => {});
  });

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  url(): string {
    return `http://127.0.0.1:${(this.server.address() as { port: number }).port}/`;
  }

  /** Reads everything, and answers when the last chunk is there. */
  listenNow(): void {
    for (const socket of this.sockets) {
      let tail = '';
      socket.on('data', (data: Buffer) => {
        this.received += data.length;
        tail = (tail + data.toString('latin1')).slice(-5);
        if (tail === '0\r\n\r\n') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
      socket.resume();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}

const unhandled: unknown[] = [];
process.on('unhandledRejection', (reason) => void unhandled.push(reason));
afterEach(async () => {
  await turns();
  expect(unhandled.splice(0)).toEqual([]);
});

describe('uploadProgress', () => {
  const pairs = (reply: QNetworkReply): [number, number][] => {
    const seen: [number, number][] = [];
    reply.uploadProgress.connect((sent, total) => void seen.push([sent, total]));
    return seen;
  };

  it('the first and the last pair come always, and (0, 0) at the end', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const size = 16 * PIECE;
    const reply = manager.put(origin.url(), Buffer.alloc(size));
    const seen = pairs(reply);
    await finished(reply);
    expect(seen[0]).toEqual([PIECE, size]);
    expect(seen.at(-2)).toEqual([size, size]);
    expect(seen.at(-1)).toEqual([0, 0]);
    const counts = seen.slice(0, -1).map(([sent]) => sent);
    expect([...counts].sort((a, b) => a - b)).toEqual(counts);
  });

  const QT_PIECE = 16_384;
  it.each<[string, () => BodySource, total: number, sizes: readonly number[]]>([
    ['bytes', () => Buffer.alloc(50_000), 50_000, [QT_PIECE, QT_PIECE, QT_PIECE, 50_000 - 3 * QT_PIECE]],
    ['a Blob', () => new Blob([Buffer.alloc(20_000)]), 20_000, [QT_PIECE, 20_000 - QT_PIECE]],
    [
      'a file',
      () => {
        const device = new QFile(join(folder, 'pieces'));
        writeFileSync(device.fileName(), Buffer.alloc(40_000));
        device.open(QIODevice.ReadOnly);
        return device;
      },
      40_000,
      [QT_PIECE, QT_PIECE, 40_000 - 2 * QT_PIECE],
    ],
    [
      'a generator: pieces that are ready fill a write',
      () => [Buffer.alloc(10_000), Buffer.alloc(10_000)].values(),
      -1,
      [QT_PIECE, 20_000 - QT_PIECE],
    ],
  ])('EmitAllUploadProgressSignalsAttribute tells every write of 16 KiB, as in Qt: %s', async (_name, make, total, sizes) => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const request = new QNetworkRequest(origin.url());
    request.setAttribute(QNetworkRequest.EmitAllUploadProgressSignalsAttribute, true);
    const reply = manager.put(request, make());
    const seen = pairs(reply);
    await finished(reply);
    const sums = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size));
    expect(seen).toEqual([...sums.map((sum) => [sum, total]), [0, 0]]);
    expect(origin.requests[0]!.body).toHaveLength(sums.at(-1)!);
  });

  it('of a body without a length has -1, and says all that was sent before the end', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const reply = manager.put(origin.url(), new Tap().pieces(5));
    const seen = pairs(reply);
    await finished(reply);
    expect(seen[0]).toEqual([PIECE, -1]);
    expect(seen.at(-2)).toEqual([5 * PIECE, -1]);
    expect(seen.at(-1)).toEqual([0, 0]);
  });

  it('begins again with a resend', async () => {
    await using origin = await serve({
      routes: { '/': { body: 'x' }, '/put': [{ fault: 'close before head' }, { body: 'ok' }] },
    });
    await using manager = fresh();
    await manager.get(origin.url()).bytes();
    const request = new QNetworkRequest(origin.url('/put'));
    request.setAttribute(QNetworkRequest.EmitAllUploadProgressSignalsAttribute, true);
    const reply = manager.put(request, Buffer.alloc(2 * QT_PIECE));
    const seen = pairs(reply);
    await finished(reply);
    expect(seen.map(([sent]) => sent / QT_PIECE)).toEqual([1, 2, 1, 2, 0]);
    expect(origin.requests.map(({ body }) => body.length)).toEqual([0, 2 * QT_PIECE, 2 * QT_PIECE]);
  });
});

describe('back-pressure of uploads', () => {
  const sources: readonly [name: string, make: (tap: Tap, count: number) => BodySource, ahead: number][] = [
    ['an async generator', (tap, count) => tap.pieces(count), 2],
    ['a Node stream', (tap, count) => tap.node(count), 8],
    ['a web stream', (tap, count) => tap.web(count), 2],
    ['a function', (tap, count) => () => tap.pieces(count), 2],
  ];
  it.each(sources)('%s is not read faster than the socket takes it', async (_name, make, ahead) => {
    const count = 1024;
    await using server = await new Deaf().listen();
    await using manager = fresh();
    const tap = new Tap();
    const request = new QNetworkRequest(server.url());
    request.setAttribute(QNetworkRequest.EmitAllUploadProgressSignalsAttribute, true);
    const reply = manager.put(request, make(tap, count));
    let accepted = 0;
    let most = 0;
    reply.uploadProgress.connect((sent) => {
      if (sent === 0) return;
      accepted = sent;
      most = Math.max(most, tap.taken - sent);
    });
    // no progress for so many turns: the buffers of the system are full
    for (let last = -1; last !== accepted || accepted === 0; ) {
      last = accepted;
      await turns(300);
    }
    expect(accepted).toBeLessThan(count * PIECE);
    expect(tap.taken - accepted).toBeLessThanOrEqual(ahead * PIECE);
    expect(reply.isRunning()).toBe(true);
    server.listenNow();
    await finished(reply);
    expect([reply.error(), tap.outcome, tap.taken]).toEqual([0, 'end', count * PIECE]);
    expect(most).toBeLessThanOrEqual(ahead * PIECE);
    expect(server.received).toBeGreaterThan(count * PIECE);
  });

  it('progress of bytes in memory stops with the peer', async () => {
    await using server = await new Deaf().listen();
    await using manager = fresh();
    const size = 64 << 20;
    const reply = manager.put(server.url(), Buffer.alloc(size));
    let accepted = 0;
    reply.uploadProgress.connect((sent) => {
      accepted = sent;
    });
    for (let last = -1; last !== accepted || accepted === 0; ) {
      last = accepted;
      await turns(300);
    }
    expect(accepted).toBeLessThan(size);
    reply.abort();
  });
});

describe('an answer that comes while the body is going out', () => {
  const endings = [
    { end: 'hang', drain: false },
    { end: 'close', endDelay: 20, drain: false },
    { end: 'keep', drain: true },
  ] as const;
  const sources: readonly [name: string, make: (tap: Tap) => BodySource][] = [
    ['an async generator', (tap) => tap.pieces(100_000)],
    ['a Node stream', (tap) => tap.node(100_000)],
    ['a web stream', (tap) => tap.web(100_000)],
  ];
  it.each(sources.flatMap(([name, make]) => endings.map((ending) => [name, ending.end, make, ending] as const)))(
    '%s, then %s: the answer is kept, the source is closed',
    async (_name, _end, make, ending) => {
      await using origin = await serve({ routes: { '*': { ...ending, status: 413, body: 'too much', early: true } } });
      await using manager = fresh();
      const tap = new Tap();
      const reply = manager.put(origin.url(), make(tap));
      await finished(reply);
      expect([reply.status(), reply.readAll().toString(), reply.error()]).toEqual([
        413,
        'too much',
        QNetworkReply.UnknownContentError,
      ]);
      await until(() => tap.outcome !== '', 'the end of the source');
      expect(tap.outcome).toBe('stopped');
      expect(tap.taken).toBeLessThan(100_000 * PIECE);
    },
  );

  it('its head stops the upload, not its end', async () => {
    const answer = { status: 413, body: 'ab', chunks: [1], pause: 60, early: true, drain: true } as const;
    await using origin = await serve({ routes: { '*': answer } });
    await using manager = fresh();
    const tap = new Tap();
    const reply = manager.put(origin.url(), tap.pieces(100_000));
    await reply.metaDataChanged.next();
    await until(() => tap.outcome !== '', 'the end of the source');
    expect([tap.outcome, reply.isFinished()]).toEqual(['stopped', false]);
    expect((await finished(reply)).readAll().toString()).toBe('ab');
  });

  it('the connection is not used again', async () => {
    await using origin = await serve({
      routes: { 'PUT /': { status: 413, early: true, drain: true, body: 'no' }, '*': { body: 'ok' } },
    });
    await using manager = fresh();
    await finished(manager.put(origin.url(), new Tap().pieces(100_000)));
    expect(await manager.get(origin.url('/next')).text()).toBe('ok');
    expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it('bytes in memory: what was not sent stays', async () => {
    await using origin = await serve({ routes: { '*': { status: 413, early: true, drain: false, body: 'no', end: 'hang' } } });
    await using manager = fresh();
    const reply = await finished(manager.put(origin.url(), Buffer.alloc(128 << 20)));
    expect([reply.status(), reply.readAll().toString()]).toEqual([413, 'no']);
  });
});

describe('abort during an upload', () => {
  const sources: readonly [name: string, make: (tap: Tap) => BodySource][] = [
    ['an async generator', (tap) => tap.pieces(100_000)],
    ['a Node stream', (tap) => tap.node(100_000)],
    ['a web stream', (tap) => tap.web(100_000)],
    ['a function', (tap) => () => tap.pieces(100_000)],
    ['an async function', (tap) => async () => tap.node(100_000)],
  ];
  const ends: readonly [name: string, stop: (reply: QNetworkReply, control: AbortController) => void][] = [
    ['abort()', (reply) => reply.abort()],
    ['close()', (reply) => reply.close()],
    ['an AbortSignal', (_reply, control) => control.abort()],
    ['deleteLater()', (reply) => reply.deleteLater()],
  ];
  it.each(sources.flatMap(([name, make]) => ends.map(([how, stop]) => [name, how, make, stop] as const)))(
    'stops %s: %s',
    async (_name, _how, make, stop) => {
      await using origin = await serve({ routes: { '*': { body: 'ok' } } });
      await using manager = fresh();
      const tap = new Tap();
      const control = new AbortController();
      const reply = manager.put(origin.url(), make(tap), { signal: control.signal });
      await reply.uploadProgress.next();
      stop(reply, control);
      await until(() => tap.outcome !== '', 'the end of the source');
      expect(tap.outcome).toBe('stopped');
      await origin.whenIdle();
      expect(origin.requests[0]!.short).toBe(true);
    },
  );

  it('stops a web stream that has nothing to give', async () => {
    await using origin = await serve();
    await using manager = fresh();
    let canceled = false;
    const source = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(10)),
      cancel: () => {
        canceled = true;
      },
    });
    const reply = manager.put(origin.url(), source);
    await reply.uploadProgress.next();
    await turns(10);
    reply.abort();
    await until(() => canceled, 'cancel');
  });

  it('stops a source that was promised and comes later', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const stream = new Tap().node(10);
    let give: (source: Readable) => void = () => {};
    const promised = new Promise<Readable>((resolve) => {
      give = resolve;
    });
    const reply = manager.put(origin.url(), () => promised);
    await reply.requestSent.next();
    await turns();
    reply.abort();
    give(stream);
    await until(() => stream.destroyed, 'destroy');
  });

  it('leaves a device alone, as Qt does', async () => {
    await using server = await new Deaf().listen();
    await using manager = fresh();
    const file = join(folder, 'big');
    writeFileSync(file, Buffer.alloc(8 << 20));
    const device = new QFile(file);
    device.open(QIODevice.ReadOnly);
    const reply = manager.put(server.url(), device);
    await reply.uploadProgress.next();
    reply.abort();
    expect(device.isOpen()).toBe(true);
    device.close();
  });
});

describe('a source that was not needed is closed', () => {
  const closedPort = async (): Promise<number> => {
    await using server = await serve();
    return server.port;
  };
  const never: readonly [name: string, end: (m: ReturnType<typeof fresh>, source: BodySource) => Promise<QNetworkReply>][] = [
    ['nobody listens', async (m, source) => m.put(`http://127.0.0.1:${await closedPort()}/`, source)],
    ['a scheme nobody knows', async (m, source) => m.put('gopher://x/', source)],
    [
      'aborted before it was sent',
      async (m, source) => {
        const reply = m.put('http://127.0.0.1:9/', source);
        reply.abort();
        return reply;
      },
    ],
    [
      'deleted before it was sent',
      async (m, source) => {
        const reply = m.put('http://127.0.0.1:9/', source);
        reply._destroy();
        return reply;
      },
    ],
    ['Content-Length: 0', async (m, source) => m.put('gopher://x/', source, { headers: { 'Content-Length': '0' } })],
  ];
  it.each(never)('a Node stream: %s', async (_name, end) => {
    await using manager = fresh();
    const stream = new Tap().node(10);
    await end(manager, stream);
    await until(() => stream.destroyed, 'destroy', 1500);
  });

  it.each(never)('a web stream: %s', async (_name, end) => {
    await using manager = fresh();
    const tap = new Tap();
    await end(manager, tap.web(10));
    await until(() => tap.outcome !== '', 'cancel', 1500);
    expect(tap.outcome).toBe('stopped');
  });
});

describe('a source that fails', () => {
  const broken: readonly [name: string, source: () => BodySource, text: RegExp][] = [
    [
      'an async generator',
      () =>
        (async function* (): AsyncGenerator<string> {
          yield 'first';
          await turns();
          throw new Error('out of paper');
        })(),
      /body source failed: out of paper/,
    ],
    [
      'a generator',
      () =>
        (function* (): Generator<string> {
          yield 'first';
          throw new Error('out of paper');
        })(),
      /out of paper/,
    ],
    [
      'a Node stream',
      () => {
        const stream = new Readable({ read() {} });
        stream.push('first');
        setImmediate(() => setImmediate(() => stream.destroy(new Error('out of paper'))));
        return stream;
      },
      /body source failed: out of paper/,
    ],
    [
      'a Node stream that is closed in the middle',
      () => {
        const stream = new Readable({ read() {} });
        stream.push('first');
        setImmediate(() => setImmediate(() => stream.destroy()));
        return stream;
      },
      /closed before its end/,
    ],
    ['a file that is not there', () => createReadStream(join(folder, 'missing')), /ENOENT/],
    [
      'a Node stream that failed before',
      () => new Readable({ read() {} }).on('error', () => {}).destroy(new Error('out of paper')),
      /out of paper/,
    ],
    [
      'a web stream',
      () => {
        let calls = 0;
        return new ReadableStream<Uint8Array>({
          pull(controller) {
            if (calls++ === 0) controller.enqueue(new Uint8Array(5));
            else controller.error(new Error('out of paper'));
          },
        });
      },
      /out of paper/,
    ],
    ['pieces that are no bytes', () => [5] as unknown as BodySource, /Expected bytes/],
    ['a Node stream of objects', () => Readable.from([{ a: 1 }]), /Expected bytes/],
    ['an error that is none', () => (() => Promise.reject('just text')) as () => Promise<string>, /just text/],
  ];
  it.each(broken)('%s: the error says of what', async (_name, source, text) => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const reply = await finished(manager.put(origin.url(), source()));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(text);
    expect(reply.failure()).toMatchObject({ kind: 'upload', phase: 'send' });
    await origin.whenIdle();
    expect(origin.requests.filter(({ short }) => !short)).toEqual([]);
  });

  it('before there is a connection: the process lives, the error is told', async () => {
    await using origin = await serve({ routes: { '*': { delay: 50, body: 'ok' } } });
    await using manager = fresh();
    // six requests keep the connections busy
    const busy = Array.from({ length: 6 }, () => manager.get(origin.url()));
    const reply = manager.put(origin.url(), createReadStream(join(folder, 'missing')));
    await finished(reply);
    expect(reply.errorString()).toMatch(/ENOENT/);
    await Promise.all(busy.map((one) => finished(one)));
  });

  it('the cause is the error of the source', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const cause = new Error('out of paper');
    const reply = await finished(manager.put(origin.url(), () => Promise.reject(cause)));
    expect(reply.failure()!.cause).toBe(cause);
  });

  it('other requests go on', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const reply = manager.put(origin.url(), () => Promise.reject(new Error('x')));
    const other = manager.put(origin.url(), 'fine');
    await finished(reply);
    expect(await other.text()).toBe('ok');
  });
});

describe('a length that does not fit the source', () => {
  const rows: readonly [announced: number, text: RegExp][] = [
    [3, /gave more than the 3 bytes announced/],
    [9, /ended after 6 of 9 bytes/],
  ];
  it.each(rows)('announced %d, given 6', async (announced, text) => {
    await using origin = await serve();
    await using manager = fresh();
    const reply = manager.put(origin.url(), Readable.from(['ab', 'cdef']), { headers: { 'Content-Length': String(announced) } });
    await finished(reply);
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(text);
    await origin.whenIdle();
    expect(origin.requests.filter(({ short }) => !short)).toEqual([]);
  });
});

describe('devices that go wrong', () => {
  it('a file that gets shorter while it is sent', async () => {
    await using server = await new Deaf().listen();
    await using manager = fresh();
    const size = 32 << 20;
    const path = join(folder, 'shrinking');
    writeFileSync(path, Buffer.alloc(size));
    const device = new QFile(path);
    device.open(QIODevice.ReadOnly);
    const reply = manager.put(server.url(), device);
    await reply.uploadProgress.next();
    truncateSync(path, 100);
    server.listenNow();
    await finished(reply);
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(new RegExp(`ended after \\d+ of ${size} bytes`));
    device.close();
  });

  it.each([
    ['closed', (device: QFile) => device.close(), /was closed before everything was sent/],
    ['deleted', (device: QFile) => device._destroy(), /was deleted before everything was sent/],
  ])('a file that is %s while it is sent', async (_name, end, text) => {
    await using server = await new Deaf().listen();
    await using manager = fresh();
    const path = join(folder, 'closing');
    writeFileSync(path, Buffer.alloc(32 << 20));
    const device = new QFile(path);
    device.open(QIODevice.ReadOnly);
    const reply = manager.put(server.url(), device);
    await reply.uploadProgress.next();
    end(device);
    server.listenNow();
    await finished(reply);
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(text);
  });

  it.each([
    ['not open', () => new QFile(join(folder, 'x'))],
    [
      'open for writing',
      () => {
        const file = new QFile(join(folder, 'written'));
        file.open(QIODevice.WriteOnly);
        return file;
      },
    ],
  ])('a device that is %s', async (_name, make) => {
    await using origin = await serve();
    await using manager = fresh();
    const reply = await finished(manager.put(origin.url(), make()));
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(/not open for reading/);
    await origin.whenIdle();
    expect(origin.requests).toEqual([]);
  });

  class Silent extends QIODevice {
    constructor() {
      super();
      this.open(QIODevice.ReadOnly);
    }
    override isSequential(): boolean {
      return true;
    }
  }

  it('a sequential device that says nothing: the request can be aborted', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const device = new Silent();
    const reply = manager.put(origin.url(), device);
    const trace = new Trace(manager, reply);
    await turns();
    reply.abort();
    expect(trace.all.at(-1)).toBe('finished');
    device.readChannelFinished.emit();
    await turns(20);
    expect(trace.all.at(-1)).toBe('finished');
    expect(origin.accepted).toBe(0);
  });

  it('a sequential device that says nothing: the limits hold', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const reply = manager.put(origin.url(), new Silent(), { timeout: { transfer: 50, total: 100 } });
    await reply.whenFinished({ timeout: 2000 });
    expect(reply.error()).toBe(QNetworkReply.TimeoutError);
  });

  it('a sequential device that is deleted before it ended', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const device = new Silent();
    const reply = manager.put(origin.url(), device);
    device.deleteLater();
    await finished(reply);
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(/deleted/);
    expect(origin.requests).toEqual([]);
  });

  it('a streamed device that ends early', async () => {
    await using origin = await serve();
    await using manager = fresh();
    const device = new Silent();
    const request = new QNetworkRequest(origin.url());
    request.setAttribute(QNetworkRequest.DoNotBufferUploadDataAttribute, true);
    request.setRawHeader('Content-Length', '10');
    const reply = manager.put(request, device);
    await reply.requestSent.next();
    device.readChannelFinished.emit();
    await finished(reply);
    expect(reply.error()).toBe(QNetworkReply.UnknownNetworkError);
    expect(reply.errorString()).toMatch(/ended after 0 of 10 bytes/);
  });
});

describe('a connection that is lost under a body', () => {
  const lost = async (source: BodySource, options = {}) => {
    await using origin = await serve({
      routes: { '/': { body: 'x' }, '/put': [{ fault: 'close before head' }, { body: 'ok' }] },
    });
    await using manager = fresh();
    await manager.get(origin.url()).bytes();
    const reply = await finished(manager.put(origin.url('/put'), source, options));
    const bodies = origin.requests.slice(1).map(({ body }) => body.toString());
    return { reply, bodies };
  };
  const replayable: readonly [string, () => BodySource][] = [
    ['bytes', () => Buffer.from('hello')],
    ['a Blob', () => new Blob(['hello'])],
    ['a function', () => () => 'hello'],
    [
      'a generator function',
      () =>
        function* () {
          yield 'hel';
          yield 'lo';
        },
    ],
    ['an async function', () => async () => Readable.from(['hello'])],
    ['an array', () => ['hel', 'lo']],
    [
      'a file',
      () => {
        const path = join(folder, 'replay');
        writeFileSync(path, 'xxhello');
        const device = new QFile(path);
        device.open(QIODevice.ReadOnly);
        device.seek(2);
        return device;
      },
    ],
  ];
  it.each(replayable)('%s: it is sent once more, whole', async (_name, make) => {
    const { reply, bodies } = await lost(make());
    expect([reply.error(), bodies]).toEqual([0, ['hello', 'hello']]);
  });

  const once: readonly [string, () => BodySource][] = [
    [
      'a generator',
      () =>
        (function* () {
          yield 'hello';
        })(),
    ],
    ['a Node stream', () => Readable.from(['hello'])],
    ['a web stream', () => new Response('hello').body!],
  ];
  it.each(once)('%s cannot be had again: an error, and not an empty request', async (_name, make) => {
    const { reply, bodies } = await lost(make());
    expect(bodies).toEqual(['hello']);
    expect(reply.error()).toBe(QNetworkReply.ContentReSendError);
    expect(reply.failure()).toMatchObject({ kind: 'resend' });
    expect(reply.errorString()).toMatch(/function/);
  });

  it('a form is sent once more', async () => {
    const form = new FormData();
    form.set('a', 'b');
    const { reply, bodies } = await lost(form);
    expect([reply.error(), bodies.length, bodies[0] === bodies[1]]).toEqual([0, 2, true]);
  });

  it('a function is asked for each sending, and the first body is closed', async () => {
    const taps: Tap[] = [];
    const { reply } = await lost(() => {
      const tap = new Tap();
      taps.push(tap);
      return tap.pieces(2, 10);
    });
    expect(reply.error()).toBe(0);
    expect(taps.map(({ taken }) => taken)).toEqual([20, 20]);
  });
});

describe('other verbs with a body', () => {
  it('GET, DELETE, HEAD and custom ones', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    await manager.get(origin.url(), 'query').bytes();
    await manager.sendCustomRequest(origin.url(), 'DELETE', Readable.from(['x'])).bytes();
    await manager.sendCustomRequest(origin.url(), 'REPORT', '<xml/>').bytes();
    await finished(manager.sendCustomRequest(origin.url(), 'HEAD', 'y'));
    expect(origin.requests.map(({ method, body }) => [method, body.toString()])).toEqual([
      ['GET', 'query'],
      ['DELETE', 'x'],
      ['REPORT', '<xml/>'],
      ['HEAD', 'y'],
    ]);
    expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 1, 1, 1]);
  });
});
