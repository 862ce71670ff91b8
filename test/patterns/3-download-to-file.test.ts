// Pattern 3: a download that is written to a file while it arrives, and a file that is there whole or not at all.
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NetworkError, QFile, QIODevice, QNetworkAccessManager, type QNetworkReply, QObject, Signal } from '../../src/index.ts';
import { turns } from '../api/bridge/support.ts';
import { until, within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

const BODY = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `line ${i}\n`).join(''));
const SHA256 = createHash('sha256').update(BODY).digest('hex');
let origin: Served;
let folder: string;
beforeAll(async () => {
  origin = await serve({
    routes: {
      '/file': { body: BODY, chunks: [1, 9, 4000, 70_000] },
      '/cut': { body: BODY, fault: { close: 200_000 } },
      '/gone': { status: 404, body: 'an error page, not a file' },
      '/moved': { status: 302, headers: { Location: '/file' }, body: 'a page about moving' },
    },
  });
  folder = mkdtempSync(join(tmpdir(), 'qnetwork-download-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await origin.close();
});

/** Writes beside the target and puts the file in its place when it is complete. */
class Download extends QObject {
  readonly ended = new Signal<[ok: boolean]>(this);
  written = 0;
  private readonly reply: QNetworkReply;
  private readonly target: string;
  private readonly file: QFile;
  private readonly hash = createHash('sha256');

  constructor(reply: QNetworkReply, target: string) {
    super();
    this.reply = reply;
    this.target = target;
    this.file = new QFile(`${target}.part`);
    reply.readyRead.connect(this, this.onReadyRead);
    reply.finished.connect(this, this.onFinished);
  }

  /** Nothing is written of what is no file: the status is looked at first. */
  private onReadyRead(): void {
    const { reply } = this;
    if (reply.status() !== 200) return;
    if (!this.file.isOpen()) this.file.open(QIODevice.WriteOnly);
    while (reply.bytesAvailable() > 0) {
      const piece = reply.read(65_536);
      this.hash.update(piece);
      this.written += this.file.write(piece);
    }
  }

  private onFinished(): void {
    const { reply } = this;
    if (reply.status() === 200) this.onReadyRead();
    this.file.close();
    const ok = reply.error() === NetworkError.NoError && reply.status() === 200;
    if (ok) renameSync(`${this.target}.part`, this.target);
    else this.file.remove();
    reply.deleteLater();
    this.ended.emit(ok);
  }

  checksum(): string {
    return this.hash.digest('hex');
  }
}

describe('on readyRead', () => {
  const load = async (path: string, options = {}): Promise<[ok: boolean, download: Download, target: string]> => {
    await using manager = new QNetworkAccessManager();
    const target = join(folder, path.slice(1));
    const download = new Download(manager.get(origin.url(path), options), target);
    const [ok] = await within(download.ended.next(), 'the end of the download');
    return [ok, download, target];
  };

  it('every byte is in the file when finished comes', async () => {
    const [ok, download, target] = await load('/file');
    expect([ok, download.written, download.checksum()]).toEqual([true, BODY.length, SHA256]);
    expect(readFileSync(target).equals(BODY)).toBe(true);
    expect(existsSync(`${target}.part`)).toBe(false);
  });

  it('also with a read buffer that is smaller than a piece', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(origin.url('/file'));
    reply.setReadBufferSize(1000);
    const target = join(folder, 'small');
    const [ok] = await within(new Download(reply, target).ended.next(), 'the end of the download');
    expect([ok, readFileSync(target).equals(BODY)]).toEqual([true, true]);
  });

  it.each(['/gone', '/cut'])('%s leaves no file', async (path) => {
    const [ok, download, target] = await load(path);
    expect([ok, existsSync(target), existsSync(`${target}.part`)]).toEqual([false, false, false]);
    if (path === '/gone') expect(download.written).toBe(0);
  });

  it('the page of a redirect is not in it', async () => {
    const [ok, , target] = await load('/moved');
    expect([ok, readFileSync(target).equals(BODY)]).toEqual([true, true]);
    const [manual, download] = await load('/moved', { redirect: 'manual' });
    expect([manual, download.written]).toEqual([false, 0]);
  });

  it('stops when the disk is full', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(origin.url('/file'));
    let room = 50_000;
    reply.readyRead.connect(() => {
      room -= reply.readAll().length;
      if (room < 0) reply.abort();
    });
    await within(reply.whenFinished(), 'the end');
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
  });
});

describe('on downloadProgress', () => {
  it('what the signal says has come can be read in it, and the rest in finished', async () => {
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(origin.url('/file'));
    const parts: Buffer[] = [];
    let got = 0;
    let last: [number, number] = [0, 0];
    reply.downloadProgress.connect((received, total) => {
      parts.push(reply.readAll());
      got += parts.at(-1)!.length;
      expect(got).toBe(received);
      last = [received, total];
    });
    await within(reply.finished.next(), 'finished');
    parts.push(reply.readAll());
    expect(Buffer.concat(parts).equals(BODY)).toBe(true);
    expect(last).toEqual([BODY.length, BODY.length]);
  });
});

describe('into a stream of Node', () => {
  it('atomically, with a checksum: what a helper for it would do', async () => {
    await using manager = new QNetworkAccessManager();
    const target = join(folder, 'piped');
    const saveTo = async (path: string): Promise<string> => {
      const hash = createHash('sha256');
      const reply = await manager.get(origin.url(path)).whenHeaders();
      async function* hashed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
        for await (const piece of source) {
          hash.update(piece);
          yield piece;
        }
        reply.throwIfError(); // an error page came whole
      }
      try {
        await pipeline(reply.toReadable(), hashed, createWriteStream(`${target}.part`));
        renameSync(`${target}.part`, target);
        return hash.digest('hex');
      } catch (error) {
        rmSync(`${target}.part`, { force: true });
        throw error;
      }
    };
    expect([await saveTo('/file'), readFileSync(target).equals(BODY)]).toEqual([SHA256, true]);
    writeFileSync(target, 'the old one');
    await expect(saveTo('/cut')).rejects.toMatchObject({ code: 'RemoteHostClosedError' });
    await expect(saveTo('/gone')).rejects.toMatchObject({ code: 'ContentNotFoundError' });
    expect([readFileSync(target, 'utf8'), existsSync(`${target}.part`)]).toEqual(['the old one', false]);
  });

  it('which is slow: the server waits for it', async () => {
    await using big = await serve({ routes: { '*': { body: Buffer.alloc(16 << 20) } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(big.url());
    let go: (() => void) | null = null;
    let written = 0;
    const slow = new Writable({
      write(piece: Buffer, _encoding, done) {
        written += piece.length;
        if (go === null) go = done;
        else done();
      },
    });
    const done = pipeline(reply.toReadable(), slow);
    await until(() => go !== null, 'the first write');
    await turns(200);
    expect(written + reply.bytesAvailable()).toBeLessThan(8 << 20);
    expect(reply.isFinished()).toBe(false);
    go!();
    await within(done, 'the end of the pipeline', 20_000);
    expect(written).toBe(16 << 20);
  });
});
