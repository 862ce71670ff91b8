// Pattern 24: a reader who wants no more at a time than he can use.
import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkAccessManager, type QNetworkReply, QObject } from '../../src/index.ts';
import { until, within } from '../support/once.ts';
import { type Answer, serve } from '../support/server.ts';

const WINDOW = 16 * 1024;

/** A download that keeps to a rate: it takes some bytes each tick, and never has more than its window in memory. */
class Limited extends QObject {
  received = 0;
  most = 0;
  page = '';
  private timer: NodeJS.Timeout | null = null;
  private readonly reply: QNetworkReply;
  private readonly perTick: number;

  constructor(reply: QNetworkReply, perTick: number) {
    super();
    this.reply = reply;
    this.perTick = perTick;
    reply.setReadBufferSize(WINDOW);
    reply.metaDataChanged.connect(this, this.onHead);
    reply.readyRead.connect(this, this.onData);
    reply.finished.connect(this, this.stop);
  }

  /** An error page is short and wanted as a whole. */
  private onHead(): void {
    this.reply.setReadBufferSize(this.reply.status() < 400 ? WINDOW : 0);
  }

  private onData(): void {
    this.timer ??= setInterval(() => this.tick(), 1);
  }

  private tick(): void {
    this.most = Math.max(this.most, this.reply.bytesAvailable());
    this.received += this.reply.read(this.perTick).length;
    if (this.reply.isFinished() && this.reply.bytesAvailable() === 0) this.stop();
  }

  private stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.received += this.reply.status() < 400 ? this.reply.readAll().length : 0;
    if (this.reply.status() >= 400) this.page = this.reply.readAll().toString();
  }
}

/** A body that counts how much of it the server could get rid of. */
function counted(size: number): { sent: number; answer: Answer } {
  const piece = Buffer.alloc(64 * 1024, 'x');
  const counter = { sent: 0, answer: {} as Answer };
  const body = (function* () {
    while (counter.sent < size) {
      const next = piece.subarray(0, Math.min(piece.length, size - counter.sent));
      counter.sent += next.length;
      yield next;
    }
  })();
  counter.answer = { headers: { 'Content-Length': String(size) }, body };
  return counter;
}

const SIZE = 32 << 20;
const QUICK: Answer = { body: 'quick' };

/** Lets the same server and manager do other things: time enough to send all that may be sent. */
async function meanwhile(manager: QNetworkAccessManager, url: string, times = 50): Promise<void> {
  for (let i = 0; i < times; i++) expect(await within(manager.get(url).text(), 'the answer')).toBe('quick');
}

describe('a limited download', () => {
  it('keeps to its window and misses nothing', async () => {
    const size = 600_000;
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(size, 'x') } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url());
    const limited = new Limited(reply, 8 * 1024);
    await within(reply.whenFinished(), 'the end');
    await until(() => limited.received === size, 'the last bytes');
    expect(limited.most).toBeGreaterThan(0);
    expect(limited.most).toBeLessThanOrEqual(WINDOW);
  });

  it('has all of an error page', async () => {
    const page = 'sorry '.repeat(10_000);
    await using server = await serve({ routes: { '*': { status: 503, body: page } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url());
    const limited = new Limited(reply, 1);
    await within(reply.whenFinished(), 'the end');
    expect(reply.error()).toBe(NetworkError.ServiceUnavailableError);
    expect(limited.page).toBe(page);
  });
});

describe('a reader who does not read', () => {
  it('stops the server, and no end is told while bytes wait beyond the window', async () => {
    const body = counted(SIZE);
    await using server = await serve({ routes: { '/long': () => body.answer, '*': QUICK } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/long'));
    reply.setReadBufferSize(WINDOW);
    await reply.readyRead.next();
    await meanwhile(manager, server.url());
    expect(reply.bytesAvailable()).toBe(WINDOW);
    expect(reply.isFinished()).toBe(false);
    // what the two sockets hold is the system's
    expect(body.sent).toBeLessThan(SIZE / 2);
    let read = 0;
    for await (const piece of reply) read += piece.length;
    expect(read).toBe(SIZE);
    expect(reply.isFinished()).toBe(true);
  });

  it('may change his mind at any time', async () => {
    const body = counted(SIZE);
    await using server = await serve({ routes: { '/long': () => body.answer, '*': QUICK } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url('/long'));
    reply.setReadBufferSize(1);
    await reply.readyRead.next();
    await meanwhile(manager, server.url());
    expect(reply.bytesAvailable()).toBe(1);
    reply.setReadBufferSize(WINDOW);
    await until(() => reply.bytesAvailable() === WINDOW, 'a full window');
    await meanwhile(manager, server.url());
    expect(reply.bytesAvailable()).toBe(WINDOW);
    reply.setReadBufferSize(0);
    await within(reply.whenFinished(), 'the end');
    expect(reply.readAll()).toHaveLength(SIZE);
  });

  it('is not taken for a silent server: that one is given up', async () => {
    await using server = await serve({
      routes: { '/silent': { body: 'abc', fault: { stall: 40 } }, '*': { body: Buffer.alloc(1 << 20) } },
    });
    await using manager = new QNetworkAccessManager();
    const timeout = { transfer: 60, idle: 60 };
    const reply = manager.get(server.url(), { timeout });
    reply.setReadBufferSize(WINDOW);
    await reply.readyRead.next();
    for (let i = 0; i < 3; i++) {
      const silent = await within(manager.get(server.url('/silent'), { timeout }).whenFinished(), 'the limit');
      expect(silent.failure()?.kind).toBe('timeout');
    }
    expect(reply.isRunning()).toBe(true);
    expect((await within(reply.bytes(), 'the rest')).length).toBe(1 << 20);
  });

  it('does not hold up others', async () => {
    await using server = await serve({ routes: { '/long': { body: Buffer.alloc(1 << 20) }, '*': QUICK } });
    await using manager = new QNetworkAccessManager();
    const waiting = Array.from({ length: 5 }, () => manager.get(server.url('/long')));
    for (const reply of waiting) reply.setReadBufferSize(1);
    await meanwhile(manager, server.url(), 10);
    expect(waiting.every((reply) => reply.isRunning())).toBe(true);
  });
});
