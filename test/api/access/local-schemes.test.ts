import { mkdirSync, mkdtempSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { sharedResources } from '../../../src/transports/qrc/resources.ts';
import { until } from '../../support/once.ts';
import { finished, fresh, Trace, turns } from '../bridge/support.ts';

const { KnownHeaders } = QNetworkRequest;
const folder = mkdtempSync(join(tmpdir(), 'qnetwork-local-'));
const urlOf = (path: string) => pathToFileURL(path).href;
function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('data:', () => {
  const rows: readonly [url: string, type: string, body: string][] = [
    ['data:,hello', 'text/plain;charset=US-ASCII', 'hello'],
    ['data:text/html,<p>', 'text/html', '<p>'],
    ['data:;charset=utf-8,x', 'text/plain;charset=utf-8', 'x'],
    ['data:text/plain;base64,aGVsbG8=', 'text/plain', 'hello'],
    ['DATA:,a%20b', 'text/plain;charset=US-ASCII', 'a b'],
    ['data:,a?b', 'text/plain;charset=US-ASCII', 'a?b'],
    ['data:,', 'text/plain;charset=US-ASCII', ''],
  ];
  it.each(rows)('%s', async (url, type, body) => {
    await using manager = fresh();
    const reply = manager.get(url);
    expect([reply.isFinished(), reply.error(), reply.bytesAvailable()]).toEqual([true, 0, body.length]);
    expect(reply.header(KnownHeaders.ContentTypeHeader)).toBe(type);
    expect(reply.header(KnownHeaders.ContentLengthHeader)).toBe(body.length);
    expect([reply.status(), reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)]).toEqual([0, null]);
    expect(reply.readAll().toString()).toBe(body);
    expect(await manager.get(url).text()).toBe(body);
  });

  it.each(['data:no-comma', 'data:;base64,%%%', 'data://host/,x'])('%s is an error', async (url) => {
    await using manager = fresh();
    const reply = manager.get(url);
    expect(reply.isFinished()).toBe(true);
    await expect(reply.bytes()).rejects.toMatchObject({ name: 'QNetworkReplyError' });
    expect(reply.error()).not.toBe(0);
  });
});

describe('file:', () => {
  it('GET', async () => {
    await using manager = fresh();
    const path = file('page.txt', 'file content');
    utimesSync(path, 1000, 784111777);
    const reply = manager.get(urlOf(path));
    expect([reply.isFinished(), reply.bytesAvailable(), reply.status()]).toEqual([true, 12, 0]);
    expect(reply.header(KnownHeaders.ContentLengthHeader)).toBe(12);
    expect(reply.header(KnownHeaders.LastModifiedHeader)).toEqual(new Date('1994-11-06T08:49:37Z'));
    expect(reply.hasRawHeader('Content-Type')).toBe(false);
    expect(reply.read(4).toString()).toBe('file');
    // set by the first read, as in Qt
    expect([reply.status(), reply.attribute(QNetworkRequest.HttpReasonPhraseAttribute)]).toEqual([200, 'OK']);
    expect([reply.bytesAvailable(), reply.readAll().toString(), reply.atEnd()]).toEqual([8, ' content', true]);
  });

  it('with localhost, with a query', async () => {
    await using manager = fresh();
    const path = file('local.txt', 'x');
    const reply = manager.get(urlOf(path).replace('file://', 'file://localhost'));
    expect(await reply.text()).toBe('x');
    expect(reply.url().host()).toBe('');
  });

  it('a big one is read as it is wanted', async () => {
    await using manager = fresh();
    const big = Buffer.alloc(5_000_000, 'qnetwork');
    const path = file('big', big);
    const reply = manager.get(urlOf(path));
    const before = process.memoryUsage().arrayBuffers;
    expect(reply.bytesAvailable()).toBe(big.length);
    await finished(reply);
    await turns();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
    expect((await reply.bytes()).equals(big)).toBe(true);
    let size = 0;
    for await (const part of manager.get(urlOf(path))) size += part.length;
    expect(size).toBe(big.length);
  });

  it('HEAD', async () => {
    await using manager = fresh();
    const reply = await finished(manager.head(urlOf(file('head.txt', 'abc'))));
    expect([reply.error(), reply.header(KnownHeaders.ContentLengthHeader), reply.readAll().toString()]).toEqual([0, 3, '']);
  });

  it('a range of it', async () => {
    await using manager = fresh();
    const url = urlOf(file('ranges.txt', '0123456789'));
    const reply = manager.get(url, { headers: { Range: 'bytes=2-5' } });
    expect([reply.isFinished(), reply.status(), reply.rawHeader('Content-Range')?.toString()]).toEqual([
      true,
      206,
      'bytes 2-5/10',
    ]);
    expect(await reply.text()).toBe('2345');
    const beyond = manager.get(url, { headers: { Range: 'bytes=10-' } });
    await expect(beyond.text()).rejects.toMatchObject({ networkError: QNetworkReply.UnknownContentError });
  });

  it('in the background it is opened while the program goes on', async () => {
    await using manager = fresh();
    const background = (path: string): QNetworkRequest => {
      const request = new QNetworkRequest(urlOf(path));
      request.setAttribute(QNetworkRequest.BackgroundRequestAttribute, true);
      return request;
    };
    const reply = manager.get(background(file('later.txt', 'later')));
    const trace = new Trace(manager, reply);
    expect([reply.isFinished(), reply.bytesAvailable()]).toEqual([false, 0]);
    await finished(reply);
    expect(reply.readAll().toString()).toBe('later');
    expect(trace.all).toEqual(['metaDataChanged', 'downloadProgress(5, 5)', 'readyRead', 'M.finished', 'finished']);
    const missing = manager.get(background(join(folder, 'missing')));
    expect(missing.isFinished()).toBe(false);
    await expect(missing.bytes()).rejects.toMatchObject({ networkError: QNetworkReply.ContentNotFoundError });
    const aborted = manager.get(background(file('later.txt', 'later')));
    aborted.abort();
    expect([aborted.isFinished(), aborted.error()]).toEqual([true, QNetworkReply.OperationCanceledError]);
  });

  it('PUT creates and truncates', async () => {
    await using manager = fresh();
    const path = join(folder, 'written.txt');
    for (const body of ['first, longer', 'second']) {
      const reply = manager.put(urlOf(path), body);
      const trace = new Trace(manager, reply);
      await finished(reply);
      expect([reply.error(), readFileSync(path, 'utf8')]).toEqual([0, body]);
      expect(trace.all.filter((line) => !line.startsWith('readyRead'))).toEqual([
        `uploadProgress(${body.length}, ${body.length})`,
        'downloadProgress(0, 0)',
        'readChannelFinished',
        'M.finished',
        'finished',
      ]);
    }
  });

  it('PUT from a stream, of nothing, and aborted', async () => {
    await using manager = fresh();
    const path = join(folder, 'streamed.txt');
    await finished(manager.put(urlOf(path), ['one ', 'two']));
    expect(readFileSync(path, 'utf8')).toBe('one two');
    expect((await finished(manager.put(urlOf(path), ''))).error()).toBe(0);
    expect(statSync(path).size).toBe(0);
    const reply = manager.put(urlOf(path), async function* () {
      for (;;) yield Buffer.alloc(1000);
    });
    await reply.uploadProgress.next();
    reply.abort();
    expect(reply.error()).toBe(QNetworkReply.OperationCanceledError);
  });

  const { NetworkError } = QNetworkReply;
  const failures: readonly [name: string, send: (m: QNetworkAccessManager) => QNetworkReply, error: number][] = [
    ['missing', (m) => m.get(urlOf(join(folder, 'missing'))), NetworkError.ContentNotFoundError],
    ['a folder', (m) => m.get(urlOf(folder)), NetworkError.ContentOperationNotPermittedError],
    ['a host', (m) => m.get('file://elsewhere.example/x'), NetworkError.ProtocolInvalidOperationError],
    ['%2F', (m) => m.get(`${urlOf(folder)}/a%2Fb`), NetworkError.ProtocolInvalidOperationError],
    ['%00', (m) => m.get(`${urlOf(folder)}/a%00b`), NetworkError.ProtocolInvalidOperationError],
    ['PUT into a missing folder', (m) => m.put(urlOf(join(folder, 'no', 'such')), 'x'), NetworkError.ContentAccessDenied],
    ['PUT over a folder', (m) => m.put(urlOf(folder), 'x'), NetworkError.ContentAccessDenied],
    ['POST', (m) => m.post(urlOf(join(folder, 'x')), 'x'), NetworkError.ProtocolUnknownError],
    ['DELETE', (m) => m.deleteResource(urlOf(join(folder, 'x'))), NetworkError.ProtocolUnknownError],
    ['a custom verb', (m) => m.sendCustomRequest(urlOf(join(folder, 'x')), 'PATCH', 'x'), NetworkError.ProtocolUnknownError],
  ];
  it.each(failures)('%s', async (_name, send, error) => {
    await using manager = fresh();
    const reply = send(manager);
    await expect(reply.bytes()).rejects.toMatchObject({ networkError: error });
    expect(reply.errorString()).not.toBe('Unknown error');
  });

  it('an abort closes the file; so does the end of the reply', async () => {
    await using manager = fresh();
    const path = file('open.txt', Buffer.alloc(100_000));
    const handles = () => (process.platform === 'linux' ? openFiles(path) : 0);
    const reply = manager.get(urlOf(path));
    reply.abort();
    expect(handles()).toBe(0);
    const unread = manager.get(urlOf(path));
    unread.deleteLater();
    await until(() => handles() === 0, 'the file to be closed');
    const closed = await finished(manager.get(urlOf(path)));
    closed.read(10);
    closed.close();
    expect(handles()).toBe(0);
  });
});

function openFiles(path: string): number {
  const { readdirSync, readlinkSync } = process.getBuiltinModule('node:fs');
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === path;
    } catch {
      return false;
    }
  }).length;
}

describe('qrc:', () => {
  it('a registered resource is read, nothing else is', async () => {
    await using manager = fresh();
    const root = join(folder, 'resources');
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, 'a.txt'), 'resource');
    const resources = sharedResources();
    resources.register('/memory', { 'a.txt': 'in memory' });
    resources.register('/folder', root);
    expect(await manager.get('qrc:/memory/a.txt').text()).toBe('in memory');
    expect(await manager.get('qrc:///folder/a.txt').text()).toBe('resource');
    const missing = manager.get('qrc:/missing');
    await expect(missing.bytes()).rejects.toMatchObject({ networkError: QNetworkReply.ContentNotFoundError });
    await expect(manager.get('qrc:/folder/../../etc/passwd').bytes()).rejects.toMatchObject({ name: 'QNetworkReplyError' });
    await expect(manager.put('qrc:/memory/a.txt', 'x').bytes()).rejects.toMatchObject({
      networkError: QNetworkReply.ProtocolUnknownError,
    });
  });
});
