// Pattern 23: uploads with progress: files, multiparts, and bodies that the program puts together by hand.
import { mkdtempSync, openAsBlob, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  NetworkError,
  QFile,
  QHttpMultiPart,
  QHttpPart,
  QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
  QObject,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type SeenRequest, type Served, serve } from '../support/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'qnetwork-uploads-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A picture larger than what any socket takes at once. */
const PICTURE = Buffer.alloc(3_000_000, 'picture ');
const path = join(folder, 'shot "1".png');
writeFileSync(path, PICTURE);

/** Sends a screenshot and shows how far it is. */
class Uploader extends QObject {
  readonly percents: number[] = [];
  private readonly manager: QNetworkAccessManager;

  constructor(manager: QNetworkAccessManager) {
    super();
    this.manager = manager;
  }

  send(url: string): QNetworkReply {
    const file = new QFile(path);
    if (!file.open(QIODevice.ReadOnly)) throw new Error(file.errorString());
    const form = new QHttpMultiPart(QHttpMultiPart.FormDataType);
    const title = new QHttpPart();
    title.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="title"');
    title.setBody('a screenshot');
    const image = new QHttpPart();
    image.setHeader(QNetworkRequest.ContentDispositionHeader, 'form-data; name="image"; filename="shot \\"1\\".png"');
    image.setHeader(QNetworkRequest.ContentTypeHeader, 'image/png');
    image.setBodyDevice(file);
    file.setParent(form);
    form.append(title);
    form.append(image);
    const reply = this.manager.post(new QNetworkRequest(url), form);
    form.setParent(reply);
    reply.uploadProgress.connect(this, this.onProgress);
    return reply;
  }

  private onProgress(sent: number, total: number): void {
    // (0, 0) says that nothing is uploaded any more
    if (total > 0) this.percents.push(Math.round((sent / total) * 100));
  }
}

const OK = { routes: { '*': { status: 201, body: 'stored' } } } as const;
const first = (server: Served): SeenRequest => server.requests[0]!;
const ended = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end');

describe('a form with a file', () => {
  it('goes out as it was written, with a length, and progress ends at 100', async () => {
    await using server = await serve(OK);
    await using manager = new QNetworkAccessManager();
    const uploader = new Uploader(manager);
    const reply = await ended(uploader.send(server.url()));
    expect(reply.status()).toBe(201);
    const { body, header } = first(server);
    const boundary = /^multipart\/form-data; boundary="(.+)"$/.exec(header('content-type') ?? '')?.[1];
    const parts = body.toString('latin1').split(`--${boundary}`);
    expect(parts).toHaveLength(4);
    expect(parts[1]).toBe('\r\nContent-Disposition: form-data; name="title"\r\n\r\na screenshot\r\n');
    const head =
      '\r\nContent-Disposition: form-data; name="image"; filename="shot \\"1\\".png"\r\nContent-Type: image/png\r\n\r\n';
    expect(parts[2]!.slice(0, head.length)).toBe(head);
    expect(parts[2]!.length).toBe(head.length + PICTURE.length + 2);
    expect(header('content-length')).toBe(String(body.length));
    const { percents } = uploader;
    expect(percents.at(-1)).toBe(100);
    expect(percents).toEqual([...percents].sort((a, b) => a - b));
  });

  it('is sent again from its beginning when the server sends it elsewhere', async () => {
    await using server = await serve({
      routes: { '/old': { status: 307, headers: { Location: '/new' } }, '/new': { status: 201 } },
    });
    await using manager = new QNetworkAccessManager();
    const reply = await ended(new Uploader(manager).send(server.url('/old')));
    expect([reply.error(), reply.status()]).toEqual([NetworkError.NoError, 201]);
    const [once, twice] = server.requests;
    expect(twice!.body.length).toBeGreaterThan(PICTURE.length);
    expect(twice!.body.equals(once!.body)).toBe(true);
  });
});

describe('progress', () => {
  it('counts what the system has taken, not what lies in a buffer', async () => {
    const deaf = createServer((socket: Socket) => void socket.on('error', () => {}).pause());
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void deaf.close());
    await using manager = new QNetworkAccessManager();
    const { port } = deaf.address() as { port: number };
    const size = 50_000_000;
    const reply = manager.put(`http://127.0.0.1:${port}/`, Buffer.alloc(size), { timeout: 300 });
    let most = 0;
    reply.uploadProgress.connect((sent) => (most = Math.max(most, sent)));
    await ended(reply);
    expect(reply.failure()?.kind).toBe('timeout');
    expect(most).toBeLessThan(size / 2);
  });
});

describe('what a body can be', () => {
  const text = 'naïve';
  const bytes = Buffer.from(text);
  async function* pieces(): AsyncGenerator<Buffer> {
    yield bytes.subarray(0, 2);
    yield bytes.subarray(2);
  }
  const file = (): QFile => {
    const made = new QFile(join(folder, 'naive.txt'));
    writeFileSync(made.fileName(), bytes);
    made.open(QIODevice.ReadOnly);
    return made;
  };
  const rows: [what: string, body: Parameters<QNetworkAccessManager['put']>[1], length: string | undefined][] = [
    ['text', text, '6'],
    ['bytes', bytes, '6'],
    ['a file', file(), '6'],
    ['a blob', new Blob([bytes]), '6'],
    ['a generator, which nobody knows the length of', pieces(), undefined],
    ['empty text', '', '0'],
    ['nothing', null, undefined],
  ];
  it.each(rows)('%s', async (_what, body, length) => {
    await using server = await serve(OK);
    await using manager = new QNetworkAccessManager();
    await ended(manager.put(new QNetworkRequest(server.url()), body as string));
    const seen = first(server);
    expect(seen.header('content-length')).toBe(length);
    expect(seen.chunked).toBe(length === undefined && body !== null);
    expect(seen.body.toString()).toBe(body ? text : '');
  });

  it('a piece of a file, for servers that take one after the other', async () => {
    await using server = await serve(OK);
    await using manager = new QNetworkAccessManager();
    const blob = await openAsBlob(path);
    const step = 1_000_000;
    for (let from = 0; from < blob.size; from += step) {
      const piece = blob.slice(from, from + step);
      const headers = { 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' };
      await manager.sendCustomRequest(server.url(), 'PATCH', piece, { headers }).bytes();
    }
    expect(server.requests.map((r) => r.header('upload-offset'))).toEqual(['0', '1000000', '2000000']);
    expect(Buffer.concat(server.requests.map((r) => r.body)).equals(PICTURE)).toBe(true);
  });

  it('a multipart that the program wrote itself', async () => {
    await using server = await serve(OK);
    await using manager = new QNetworkAccessManager();
    const boundary = '---------------------------723690991551375881941828858';
    const body = `--${boundary}\r\nContent-Disposition: form-data; name="log"; filename="crash.log"\r\n\r\nbang\r\n--${boundary}--\r\n`;
    const request = new QNetworkRequest(server.url());
    request.setHeader(QNetworkRequest.ContentTypeHeader, `multipart/form-data; boundary=${boundary}`);
    await ended(manager.post(request, Buffer.from(body)));
    expect(first(server).header('content-type')).toBe(`multipart/form-data; boundary=${boundary}`);
    expect(first(server).body.toString()).toBe(body);
  });

  it('a form of names and values', async () => {
    await using server = await serve(OK);
    await using manager = new QNetworkAccessManager();
    await ended(manager.post(server.url(), new URLSearchParams({ name: 'Ada Lövelace', 'a&b': '1=1' })));
    expect(first(server).header('content-type')).toMatch(/^application\/x-www-form-urlencoded/);
    expect(first(server).body.toString()).toBe('name=Ada+L%C3%B6velace&a%26b=1%3D1');
  });
});
