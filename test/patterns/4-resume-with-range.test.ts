// Pattern 4: a download that was cut goes on where it stopped.
import { randomFillSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QFile,
  QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Answer, type SeenRequest, serve } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-resume-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Outcome = 'complete' | 'cut' | 'failed';

/** Writes a file and, when it is started again, asks only for what is missing of the very same version. */
class Download extends QObject {
  /** What was seen, in its order. */
  readonly seen: string[] = [];
  private readonly file: QFile;
  private etag = '';
  private reply: QNetworkReply | null = null;
  private done: (outcome: Outcome) => void = () => {};
  private readonly manager: QNetworkAccessManager;

  constructor(manager: QNetworkAccessManager, name: string) {
    super();
    this.manager = manager;
    this.file = new QFile(join(folder, name));
  }

  start(url: string): Promise<Outcome> {
    if (!this.file.open(QIODevice.WriteOnly | QIODevice.Append)) throw new Error(this.file.errorString());
    const request = new QNetworkRequest(url);
    const size = this.file.size();
    if (size > 0) {
      request.setRawHeader('Range', `bytes=${size}-`);
      if (this.etag !== '') request.setRawHeader('If-Range', this.etag);
    }
    this.reply = this.manager.get(request);
    this.reply.metaDataChanged.connect(this, this.onHead);
    this.reply.readyRead.connect(this, this.onData);
    this.reply.errorOccurred.connect(this, this.onError);
    this.reply.finished.connect(this, this.onFinished);
    return within(new Promise((resolve) => (this.done = resolve)), 'the end of the download');
  }

  bytes(): Buffer {
    return readFileSync(this.file.fileName());
  }

  /** Decides before any byte is written where it belongs. */
  private onHead(): void {
    const reply = this.reply!;
    const size = this.file.size();
    const range = reply.rawHeader('Content-Range').toString();
    this.seen.push(`head ${reply.status()} ${range}`.trim());
    if (reply.status() === 206) {
      const start = Number(/^bytes (\d+)-/.exec(range)?.[1] ?? -1);
      if (start !== size) reply.abort();
    } else if (reply.status() === 200) {
      // the server starts again: so do we
      this.file.close();
      this.file.open(QIODevice.WriteOnly);
      this.etag = reply.header(QNetworkRequest.ETagHeader) ?? '';
    }
  }

  private onData(): void {
    const reply = this.reply!;
    if (reply.status() === 200 || reply.status() === 206) this.file.write(reply.readAll());
  }

  private onError(code: number): void {
    this.seen.push(`error ${NetworkError[code as 0]} ${this.reply!.status()}`);
  }

  private onFinished(): void {
    const reply = this.reply!;
    const size = this.file.size();
    this.file.close();
    const total = /\/(\d+)$/.exec(reply.rawHeader('Content-Range').toString())?.[1];
    if (reply.ok() || (reply.status() === 416 && Number(total) === size)) this.done('complete');
    else this.done(reply.error() === NetworkError.RemoteHostClosedError ? 'cut' : 'failed');
  }
}

const WHOLE = randomFillSync(Buffer.alloc(200_000));
const OTHER = randomFillSync(Buffer.alloc(150_000));

/** What a server with ranges says of `bytes`. */
function ranged(bytes: Buffer, etag: string, request: SeenRequest): Answer {
  const start = Number(/^bytes=(\d+)-$/.exec(request.header('range') ?? '')?.[1] ?? -1);
  const ifRange = request.header('if-range');
  if (start < 0 || (ifRange !== undefined && ifRange !== etag)) return { headers: { ETag: etag }, body: bytes };
  if (start >= bytes.length)
    return { status: 416, headers: { 'Content-Range': `bytes */${bytes.length}` }, body: 'no such range' };
  const range = `bytes ${start}-${bytes.length - 1}/${bytes.length}`;
  return { status: 206, headers: { ETag: etag, 'Content-Range': range }, body: bytes.subarray(start) };
}

/** The whole body, but the connection breaks after some of it. */
const CUT: Answer = { headers: { ETag: '"1"' }, body: WHOLE, fault: { close: 120_000 } };

const rangeOf = (request: SeenRequest | undefined): (string | undefined)[] =>
  ['range', 'if-range', 'accept-encoding'].map((name) => request?.header(name));

describe('resume', () => {
  it('asks for the rest of the same version and appends it', async () => {
    await using server = await serve({
      routes: { '/a': (request, nth) => (nth === 1 ? CUT : ranged(WHOLE, '"1"', request)) },
    });
    await using manager = new QNetworkAccessManager();
    const download = new Download(manager, 'rest');
    expect(await download.start(server.url('/a'))).toBe('cut');
    const there = download.bytes().length;
    expect(there).toBeGreaterThan(100_000);
    expect(await download.start(server.url('/a'))).toBe('complete');
    expect(download.bytes().equals(WHOLE)).toBe(true);
    expect(download.seen).toEqual(['head 200', 'error RemoteHostClosedError 200', `head 206 bytes ${there}-199999/200000`]);
    // codings are not offered with a range: it would be cut out of the coded bytes
    expect(server.requests.map(rangeOf)).toEqual([
      [undefined, undefined, expect.stringContaining('gzip')],
      [`bytes=${there}-`, '"1"', 'identity'],
    ]);
  });

  it('starts again when there is another version meanwhile', async () => {
    await using server = await serve({
      routes: { '/a': (request, nth) => (nth === 1 ? CUT : ranged(OTHER, '"2"', request)) },
    });
    await using manager = new QNetworkAccessManager();
    const download = new Download(manager, 'again');
    expect(await download.start(server.url('/a'))).toBe('cut');
    expect(await download.start(server.url('/a'))).toBe('complete');
    expect(download.bytes().equals(OTHER)).toBe(true);
    expect(download.seen.at(-1)).toBe('head 200');
  });

  it('learns from a 416 that everything is there, and can ask for the status when the error comes', async () => {
    await using server = await serve({ routes: { '/a': (request) => ranged(WHOLE, '"1"', request) } });
    await using manager = new QNetworkAccessManager();
    const download = new Download(manager, 'all');
    expect(await download.start(server.url('/a'))).toBe('complete');
    expect(await download.start(server.url('/a'))).toBe('complete');
    expect(download.seen.slice(1)).toEqual(['head 416 bytes */200000', 'error UnknownContentError 416']);
    expect(download.bytes().equals(WHOLE)).toBe(true);
  });

  it('writes nothing of a part that does not fit', async () => {
    const wrong: Answer = { status: 206, headers: { 'Content-Range': 'bytes 7-199999/200000' }, body: WHOLE.subarray(7) };
    await using server = await serve({ routes: { '/a': [CUT, wrong] } });
    await using manager = new QNetworkAccessManager();
    const download = new Download(manager, 'unfit');
    await download.start(server.url('/a'));
    const before = download.bytes();
    expect(await download.start(server.url('/a'))).toBe('failed');
    expect(download.bytes().equals(before)).toBe(true);
  });

  it('keeps the range across redirects, also to another origin', async () => {
    await using other = await serve({ routes: { '/b': (request) => ranged(WHOLE, '"1"', request) } });
    await using server = await serve({
      routes: {
        '/a': CUT,
        '/moved': { status: 302, headers: { Location: '/near' } },
        '/near': { status: 307, headers: { Location: other.url('/b') } },
      },
    });
    await using manager = new QNetworkAccessManager();
    const download = new Download(manager, 'moved');
    expect(await download.start(server.url('/a'))).toBe('cut');
    const there = download.bytes().length;
    expect(await download.start(server.url('/moved'))).toBe('complete');
    expect(download.bytes().equals(WHOLE)).toBe(true);
    expect([...server.requests, ...other.requests].slice(1).map(rangeOf)).toEqual(
      Array(3).fill([`bytes=${there}-`, '"1"', 'identity']),
    );
  });
});

describe('a slice', () => {
  it('of a coded file is delivered as it comes', async () => {
    const coded = gzipSync(Buffer.alloc(50_000, 'text '));
    await using server = await serve({
      routes: {
        '*': {
          status: 206,
          headers: { 'Content-Encoding': 'gzip', 'Content-Range': `bytes 10-49/${coded.length}` },
          body: coded.subarray(10, 50),
        },
      },
    });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url(), { headers: { Range: 'bytes=10-49' } });
    expect((await reply.bytes()).equals(coded.subarray(10, 50))).toBe(true);
    expect([reply.error(), reply.status(), reply.header(QNetworkRequest.ContentLengthHeader)]).toEqual([0, 206, 40]);
  });

  it('of a 200 that ignored the range can be cut off by the reader', async () => {
    await using server = await serve({ routes: { '*': { body: WHOLE } } });
    await using manager = new QNetworkAccessManager();
    const reply = manager.get(server.url(), { headers: { Range: 'bytes=0-9' } });
    await reply.readyRead.next();
    const head = reply.read(10);
    reply.abort();
    expect(head.equals(WHOLE.subarray(0, 10))).toBe(true);
    expect(reply.readAll()).toHaveLength(0);
  });
});
