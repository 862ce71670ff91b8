import { describe, expect, it } from 'vitest';
import { NetworkError, QNetworkRequest } from '../../../src/index.ts';
import { FtpServer } from '../../support/ftp-server.ts';
import { managers } from '../../support/managers.ts';
import { once } from '../../support/once.ts';
import { ended, FINE, got, put, request, told } from './support.ts';

const manager = managers();
const DATE = 'Thu, 29 Feb 2024 12:00:00 GMT';
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz';

async function serving(setup: ConstructorParameters<typeof FtpServer>[0] = {}): Promise<FtpServer> {
  const server = new FtpServer({ files: { abc: ALPHABET, empty: '', 'dir/a b': 'spaced', '/etc/x': 'root' }, ...setup });
  await server.listen();
  return server;
}

describe('a file', () => {
  it('comes with its length and its date', async () => {
    await using server = await serving();
    const reply = await got(manager(), server.url('/abc'));
    expect(told(reply)).toEqual([0, { 'Content-Length': '26', 'Last-Modified': DATE }, ALPHABET]);
    expect(reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)).toBeNull();
    expect(server.requests).toEqual([
      ...['USER anonymous', 'PASS anonymous@', 'FEAT', 'OPTS UTF8 ON'],
      ...['TYPE I', 'SIZE abc', 'MDTM abc', 'EPSV', 'RETR abc'],
    ]);
  });

  it.each([
    ['/dir/a%20b', 'spaced'],
    ['//etc/x', 'root'],
    ['/%2Fetc/x', 'root'],
    ['/~/abc', ALPHABET],
    ['/abc;type=i', ALPHABET],
    ['/empty', ''],
  ])('%s', async (path, content) => {
    await using server = await serving();
    const reply = await got(manager(), server.url(path));
    expect([reply.errorString(), reply.readAll().toString()]).toEqual([FINE, content]);
  });

  it('comes as text when it is wanted so, without a length', async () => {
    await using server = await serving();
    const reply = await got(manager(), server.url('/abc;type=a'));
    expect(told(reply)).toEqual([0, { 'Last-Modified': DATE }, ALPHABET]);
    expect(server.requests).toContain('TYPE A');
  });

  it.each([
    [[], 'SIZE', {}],
    [['SIZE'], 'MDTM', { 'Content-Length': '26' }],
  ])('is not asked for what the server does not have: %j', async (features, unasked, fields) => {
    await using server = await serving({ features });
    expect(told(await got(manager(), server.url('/abc')))).toEqual([0, fields, ALPHABET]);
    expect(server.count(unasked)).toBe(0);
  });

  it('tells its signals in order, with progress', async () => {
    await using server = await serving();
    const reply = manager().get(request(server.url('/abc')));
    const log: string[] = [];
    const note = (what: string): unknown => log.at(-1) === what || log.push(what);
    reply.socketStartedConnecting.connect(() => note('connecting'));
    reply.requestSent.connect(() => note('sent'));
    reply.metaDataChanged.connect(() => note('head'));
    reply.readyRead.connect(() => note('data'));
    reply.downloadProgress.connect((bytes: number, total: number) => note(`${bytes}/${total}`));
    await ended(reply);
    expect(log).toEqual(['connecting', 'sent', 'head', 'data', '26/26']);
  });

  it('is found missing, or on no server', async () => {
    await using server = await serving();
    const missing = await got(manager(), server.url('/nope'));
    expect([missing.error(), missing.errorString()]).toEqual([
      NetworkError.ContentNotFoundError,
      `ftp://127.0.0.1:${server.port} does not send nope: 550 Failed to open file.`,
    ]);
    const { port } = server;
    await server.close();
    expect((await got(manager(), `ftp://127.0.0.1:${port}/abc`)).error()).toBe(NetworkError.ConnectionRefusedError);
    expect((await got(manager(), 'ftp://nobody.invalid/abc')).error()).toBe(NetworkError.HostNotFoundError);
  });

  it.each([
    ['550 abc: Permission denied', NetworkError.ContentAccessDenied],
    ['550 abc is a directory', NetworkError.ContentOperationNotPermittedError],
    ['425 no way', NetworkError.UnknownNetworkError],
  ])('is refused with "%s"', async (text, error) => {
    await using server = await serving({ scripts: { RETR: (session) => session.say(text) } });
    const one = manager();
    expect((await got(one, server.url('/abc'))).error()).toBe(error);
    // the connection is as good as before
    await got(one, server.url('/abc'));
    expect(server.count('USER')).toBe(1);
  });

  it.each(['post', 'head', 'deleteResource'] as const)('knows no %s', async (verb) => {
    const one = manager();
    const asked = request('ftp://127.0.0.1:9/abc');
    const reply = await ended(verb === 'post' ? one.post(asked, Buffer.from('x')) : one[verb](asked));
    expect([reply.error(), reply.errorString()]).toEqual([
      NetworkError.ProtocolUnknownError,
      expect.stringContaining('Protocol "ftp" only knows GET and PUT'),
    ]);
  });

  it('is not asked for with words of its own', async () => {
    await using server = await serving();
    for (const url of [server.url('/a%0D%0ADELE%20b'), server.url('/abc', 'joe%0D%0AQUIT:x@')]) {
      const reply = await got(manager(), url);
      expect([reply.error(), reply.errorString()]).toEqual([
        NetworkError.ProtocolInvalidOperationError,
        expect.stringMatching(/line end or NUL/),
      ]);
    }
    expect(server.requests).toEqual([]);
  });

  it('waits for its reader', async () => {
    const large = Buffer.alloc(8 * 1024 * 1024, 'x');
    await using server = await serving({ files: { large } });
    const reply = manager().get(request(server.url('/large')));
    reply.setReadBufferSize(65_536);
    await once(reply.readyRead);
    // what is in the sockets is a fraction of it, and the server cannot say that it is done
    for (let i = 0; i < 200; i++) await new Promise((next) => setImmediate(next));
    expect([reply.isFinished(), reply.bytesAvailable() <= 65_536 * 2]).toEqual([false, true]);
    let size = 0;
    reply.readyRead.connect(() => {
      size += reply.readAll().length;
    });
    size += reply.readAll().length;
    await ended(reply);
    expect([reply.errorString(), size + reply.readAll().length]).toEqual([FINE, large.length]);
  });
});

describe('a part of a file', () => {
  it.each([
    ['bytes=20-', 206, { 'Content-Length': '6', 'Content-Range': 'bytes 20-25/26' }, 'uvwxyz'],
    ['bytes=0-', 206, { 'Content-Length': '26', 'Content-Range': 'bytes 0-25/26' }, ALPHABET],
    ['bytes=2-4', 206, { 'Content-Length': '3', 'Content-Range': 'bytes 2-4/26' }, 'cde'],
    ['bytes=0-0', 206, { 'Content-Length': '1', 'Content-Range': 'bytes 0-0/26' }, 'a'],
    ['bytes=-2', 206, { 'Content-Length': '2', 'Content-Range': 'bytes 24-25/26' }, 'yz'],
    ['bytes=1-2,4-5', null, { 'Content-Length': '26' }, ALPHABET],
  ])('%s', async (range, status, fields, content) => {
    await using server = await serving();
    const reply = await got(manager(), server.url('/abc'), { Range: range });
    expect(reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)).toBe(status);
    expect(told(reply)).toEqual([0, { 'Last-Modified': DATE, ...fields }, content]);
  });

  it('is not there', async () => {
    await using server = await serving();
    const reply = await got(manager(), server.url('/abc'), { Range: 'bytes=26-' });
    expect(reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)).toBe(416);
    expect(told(reply)).toEqual([NetworkError.UnknownContentError, { 'Content-Range': 'bytes */26', 'Content-Length': '0' }, '']);
    expect(server.count('RETR')).toBe(0);
  });

  it.each([
    ['the date it had', DATE, 'uvwxyz'],
    ['another date', 'Thu, 29 Feb 2024 12:00:01 GMT', ALPHABET],
  ])('of a file that has %s', async (_what, date, content) => {
    await using server = await serving();
    const reply = await got(manager(), server.url('/abc'), { Range: 'bytes=20-', 'If-Range': date });
    expect(reply.readAll().toString()).toBe(content);
  });

  it('is all of it where the server cannot begin in the middle', async () => {
    await using server = await serving({ scripts: { REST: (session) => session.say('502 what?') } });
    const reply = await got(manager(), server.url('/abc'), { Range: 'bytes=20-' });
    expect([reply.attribute(QNetworkRequest.HttpStatusCodeAttribute), reply.readAll().toString()]).toEqual([null, ALPHABET]);
  });
});

describe('a part that is refused', () => {
  it('takes its connection along: who asks next may not begin where it would have', async () => {
    await using server = await serving({
      features: ['REST STREAM'],
      scripts: { RETR: (session, path) => (path === 'abc' ? false : session.say('550 Failed to open file.')) },
    });
    const one = manager();
    expect((await got(one, server.url('/none'), { Range: 'bytes=20-' })).error()).toBe(NetworkError.ContentNotFoundError);
    expect((await got(one, server.url('/abc'))).readAll().toString()).toBe(ALPHABET);
  });
});

describe('a directory', () => {
  it.each([
    ['MLSD', undefined, 'mlsd', 'type=file;size=26; abc'],
    ['LIST, as MLSD is not offered', ['SIZE'], 'list', '-rw-r--r-- 1 0 0 26 Jan 1 2024 abc'],
  ])('is listed by %s', async (_what, features, format, line) => {
    await using server = await serving(features === undefined ? {} : { features });
    const reply = await got(manager(), server.url('/dir/'));
    expect(reply.header(QNetworkRequest.ContentTypeHeader)).toBe(`text/x-ftp-listing; charset=utf-8; format=${format}`);
    expect(reply.readAll().toString().split('\r\n')[0]).toBe(line);
    expect(server.requests.at(-1)).toBe(format === 'mlsd' ? 'MLSD dir/' : 'LIST dir/');
  });

  it('is listed by LIST when MLSD turns out not to be known', async () => {
    await using server = await serving({
      scripts: { MLSD: (s) => s.say('500 what?'), FEAT: (s) => s.say('502 what?') },
    });
    const reply = await got(manager(), server.url('/'));
    expect(reply.header(QNetworkRequest.ContentTypeHeader)).toContain('format=list');
    expect(reply.readAll().toString()).toContain('abc');
    expect(server.requests.slice(-4)).toEqual(['EPSV', 'MLSD', 'EPSV', 'LIST']);
  });

  it('cannot be written', async () => {
    await using server = await serving();
    const reply = await put(manager(), server.url('/dir/'), 'x');
    expect([reply.error(), server.requests]).toEqual([NetworkError.ContentOperationNotPermittedError, []]);
  });
});

describe('an upload', () => {
  it.each(['', 'hello', 'x'.repeat(1_000_000)])('of %#', async (content) => {
    await using server = await serving();
    const reply = manager().put(request(server.url('/new')), Buffer.from(content));
    const progress: number[] = [];
    reply.uploadProgress.connect((bytes: number) => progress.push(bytes));
    await ended(reply);
    expect([reply.errorString(), server.files.get('new')?.toString() === content]).toEqual([FINE, true]);
    if (content !== '') expect(Math.max(...progress)).toBe(content.length);
    expect(server.requests.slice(-3)).toEqual(['TYPE I', 'EPSV', 'STOR new']);
  });

  it('of unknown length is not chunked', async () => {
    await using server = await serving();
    async function* pieces(): AsyncGenerator<Buffer> {
      yield Buffer.from('one ');
      yield Buffer.from('two');
    }
    const reply = await ended(manager().put(request(server.url('/new')), pieces()));
    expect([reply.errorString(), server.files.get('new')?.toString()]).toEqual([FINE, 'one two']);
  });

  it.each([
    ['553 not here', NetworkError.ContentAccessDenied],
    ['452 disk full', NetworkError.UnknownNetworkError],
  ])('is refused with "%s"', async (text, error) => {
    await using server = await serving({ scripts: { STOR: (session) => session.say(text) } });
    expect((await put(manager(), server.url('/new'), 'x')).error()).toBe(error);
  });

  it('ends in the words of a server that does not want the rest', async () => {
    await using server = await serving({
      scripts: {
        STOR: (session) => {
          session.say('150 go');
          session.withData((data) =>
            data.once('data', () => {
              session.say('552 quota exceeded');
              data.destroy();
            }),
          );
        },
      },
    });
    const reply = await put(manager(), server.url('/new'), Buffer.alloc(20_000_000));
    expect([reply.error(), reply.errorString()]).toEqual([
      NetworkError.UnknownNetworkError,
      expect.stringContaining('552 quota'),
    ]);
  });

  it('is not done before the server says so', async () => {
    await using server = await serving({
      scripts: {
        STOR: (session) => {
          session.say('150 go');
          session.withData((data) => data.resume().once('end', () => session.socket.destroy()));
        },
      },
    });
    expect((await put(manager(), server.url('/new'), 'x')).error()).toBe(NetworkError.RemoteHostClosedError);
  });
});
