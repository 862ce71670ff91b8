import { createHash } from 'node:crypto';
import { closeSync, createReadStream, ftruncateSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QFile,
  QIODevice,
  QNetworkProxy,
  type QNetworkReply,
  QNetworkRequest,
  QSslConfiguration,
  QUrl,
} from '../../src/index.ts';
import { managers } from '../support/managers.ts';
import { once, until } from '../support/once.ts';
import { identity, trustTestAuthority } from '../support/tls.ts';
import type { Daemon } from './daemon.ts';
import { needing, program } from './programs.ts';
import { MIB, noise, sha256 } from './site.ts';
import { microsocks } from './socks-servers.ts';
import { Squid } from './squid.ts';
import { FTP_PASSWORD, FTP_USER, mayLogIn, Vsftpd } from './vsftpd.ts';

const GIB = 1024 * MIB;
const USER = `${FTP_USER}:${encodeURIComponent(FTP_PASSWORD)}`;
const TITLE = mayLogIn ? needing('vsftpd', 'vsftpd') : 'vsftpd (skipped: only root may run it)';
const missing = !mayLogIn || program('vsftpd') === null;

const manager = managers();

async function ended(reply: QNetworkReply, limit = 10_000): Promise<QNetworkReply> {
  if (!reply.isFinished()) await once(reply.finished, 'finished', limit);
  return reply;
}

const got = async (url: string): Promise<QNetworkReply> => ended(manager().get(url));

/** A file of 1 GiB that takes little room: marks in a field of zeros. Gives its hash. */
function sparse(path: string): string {
  const marks: readonly [at: number, bytes: Buffer][] = [
    [0, noise(MIB)],
    [GIB / 2 + 3 * MIB, noise(3 * MIB)],
    [GIB - MIB, noise(MIB)],
  ];
  const file = openSync(path, 'w');
  ftruncateSync(file, GIB);
  for (const [at, bytes] of marks) writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
  const hash = createHash('sha256');
  const zeros = Buffer.alloc(MIB);
  let here = 0;
  for (const [at, bytes] of marks) {
    for (; here < at; here += MIB) hash.update(zeros);
    hash.update(bytes);
    here += bytes.length;
  }
  return hash.digest('hex');
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: MIB })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

describe.skipIf(missing)(TITLE, () => {
  let server: Vsftpd;
  beforeAll(async () => {
    server = await new Vsftpd().start();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('brings and takes 1 GiB, in little memory', { timeout: 180_000 }, async () => {
    const path = server.put('large.bin', '');
    const expected = sparse(path);
    const before = process.memoryUsage.rss();
    let most = 0;
    const look = (): void => {
      most = Math.max(most, process.memoryUsage.rss() - before);
    };

    const download = manager().get(server.url('/large.bin'));
    download.setReadBufferSize(4 * MIB);
    const hash = createHash('sha256');
    download.readyRead.connect(() => {
      hash.update(download.readAll());
      look();
    });
    await ended(download, 80_000);
    hash.update(download.readAll());
    expect([download.errorString(), hash.digest('hex')]).toEqual(['Unknown error', expected]);
    expect(download.header(QNetworkRequest.ContentLengthHeader)).toBe(GIB);

    const file = new QFile(path);
    expect(file.open(QIODevice.ReadOnly)).toBe(true);
    const upload = manager().put(new QNetworkRequest(new QUrl(server.url('/copy.bin', USER))), file);
    let sent = 0;
    upload.uploadProgress.connect((bytes: number) => {
      sent = Math.max(sent, bytes);
      look();
    });
    await ended(upload, 80_000);
    file.close();
    expect([upload.errorString(), sent]).toEqual(['Unknown error', GIB]);
    expect(await hashOf(server.home('copy.bin'))).toBe(expected);
    expect(most / MIB).toBeLessThan(150);
  });

  it('brings 500 small files over six connections', async () => {
    const contents = Array.from({ length: 500 }, (_, i) => `file ${i} ${'x'.repeat(i)}`);
    for (const [i, content] of contents.entries()) server.put(`small${i}`, content);
    const logins = server.logins;
    const one = manager();
    const replies = await Promise.all(contents.map((_, i) => ended(one.get(server.url(`/small${i}`)), 30_000)));
    expect(replies.map((reply) => reply.readAll().toString())).toEqual(contents);
    expect(server.logins - logins).toBeLessThanOrEqual(6);
    const again = await ended(one.get(server.url('/small7')));
    expect([again.readAll().toString(), server.logins - logins <= 6]).toEqual([contents[7], true]);
  });

  it('says what is missing, and what is forbidden', async () => {
    expect((await got(server.url('/nowhere'))).error()).toBe(NetworkError.ContentNotFoundError);
    server.put('open.txt', 'x');
    const put = await ended(manager().put(new QNetworkRequest(new QUrl(server.url('/open.txt'))), Buffer.from('y')));
    expect(put.error()).toBe(NetworkError.ContentAccessDenied);
  });

  it('lists a directory', async () => {
    server.put('listed.txt', 'hello');
    const reply = await got(server.url('/'));
    expect(reply.header(QNetworkRequest.ContentTypeHeader)).toBe('text/x-ftp-listing; charset=utf-8; format=list');
    expect(reply.readAll().toString()).toMatch(/^-rw.* 5 .* listed\.txt\r$/m);
  });

  it('asks again after a wrong password, and remembers the right one', async () => {
    await ended(manager().put(new QNetworkRequest(new QUrl(server.url('/mine.txt', USER))), Buffer.from('mine')));
    const one = manager();
    const asked: string[] = [];
    one.authenticationRequired.connect((_reply, form) => {
      asked.push(form.user());
      form.setUser(FTP_USER);
      form.setPassword(asked.length === 1 ? 'wrong' : FTP_PASSWORD);
    });
    // nobody may do that without a name
    const first = await ended(one.get(server.url('/mine.txt', `${FTP_USER}:worse`)), 30_000);
    expect([first.readAll().toString(), asked]).toEqual(['mine', [FTP_USER, FTP_USER]]);
    const second = await ended(one.get(server.url('/mine.txt', FTP_USER)));
    expect([second.readAll().toString(), asked.length]).toEqual(['mine', 2]);
    const nobody = await ended(manager().get(server.url('/mine.txt', `${FTP_USER}:wrong`)), 30_000);
    expect(nobody.error()).toBe(NetworkError.AuthenticationRequiredError);
  });

  it('goes on where a download has stopped', async () => {
    const content = noise(5 * MIB);
    server.put('resumed.bin', content);
    const one = manager();
    const first = one.get(server.url('/resumed.bin'));
    first.setReadBufferSize(256 * 1024);
    const begun: Buffer[] = [];
    first.readyRead.connect(() => {
      begun.push(first.readAll());
      if (begun.reduce((sum, { length }) => sum + length, 0) >= MIB) first.abort();
    });
    await ended(first);
    const start = Buffer.concat(begun);
    expect(first.error()).toBe(NetworkError.OperationCanceledError);
    const request = new QNetworkRequest(new QUrl(server.url('/resumed.bin')));
    request.setRawHeader('Range', `bytes=${start.length}-`);
    request.setRawHeader('If-Range', first.rawHeader('Last-Modified').toString());
    const rest = await ended(one.get(request));
    expect(rest.attribute(QNetworkRequest.HttpStatusCodeAttribute)).toBe(206);
    expect(sha256(Buffer.concat([start, rest.readAll()]))).toBe(sha256(content));
  });

  it('never takes a part for the whole when the server dies', async () => {
    server.put('cut.bin', noise(20 * MIB));
    const reply = manager().get(server.url('/cut.bin'));
    reply.setReadBufferSize(65_536);
    await once(reply.readyRead);
    server.kill();
    reply.setReadBufferSize(0);
    let size = 0;
    reply.readyRead.connect(() => {
      size += reply.readAll().length;
    });
    await ended(reply);
    expect(reply.error()).toBe(NetworkError.RemoteHostClosedError);
    expect(size).toBeLessThan(20 * MIB);

    const one = manager();
    async function* slowly(): AsyncGenerator<Buffer> {
      yield noise(MIB);
      await until(() => server.log.includes('STOR half.bin'), 'STOR');
      await until(() => statSync(server.home('half.bin'), { throwIfNoEntry: false }) !== undefined, 'the file');
      server.kill();
      await until(() => upload.isFinished(), 'the end');
    }
    const upload = one.put(new QNetworkRequest(new QUrl(server.url('/half.bin', USER))), slowly());
    await ended(upload);
    expect(upload.error()).toBe(NetworkError.RemoteHostClosedError);
  });

  it('replaces a connection that the server has closed meanwhile', async () => {
    server.put('twice.txt', 'twice');
    const one = manager();
    const request = (): Promise<QNetworkReply> => ended(one.get(server.url('/twice.txt')));
    expect((await request()).readAll().toString()).toBe('twice');
    server.kill();
    expect((await request()).readAll().toString()).toBe('twice');
  });

  describe.skipIf(program('microsocks') === null)(needing('through microsocks', 'microsocks'), () => {
    let socks: Daemon;
    beforeAll(async () => {
      socks = await microsocks('ada', 'secret');
    });
    afterAll(() => socks[Symbol.asyncDispose]());

    it('brings and takes files', async () => {
      const content = noise(3 * MIB);
      server.put('behind.bin', content);
      const one = manager();
      one.setProxy(new QNetworkProxy(QNetworkProxy.Socks5Proxy, '127.0.0.1', socks.ports[0]!, 'ada', 'secret'));
      const reply = await ended(one.get(server.url('/behind.bin')));
      expect([reply.errorString(), sha256(reply.readAll())]).toEqual(['Unknown error', sha256(content)]);
      const put = await ended(one.put(new QNetworkRequest(new QUrl(server.url('/through.bin', USER))), content));
      expect([put.errorString(), sha256(readFileSync(server.home('through.bin')))]).toEqual(['Unknown error', sha256(content)]);
      // control and data: all of it goes that way
      expect(socks.printed.match(/connected to 127\.0\.0\.1/g)).toHaveLength(4);
    });
  });

  describe.skipIf(program('squid') === null)(needing('behind squid as a caching proxy', 'squid'), () => {
    let squid: Squid;
    beforeAll(async () => {
      squid = await new Squid().start({ schemes: ['basic'] });
    });
    afterAll(() => squid[Symbol.asyncDispose]());

    const behind = (door: 'open' | 'guarded') => {
      const one = manager();
      const { port } = new URL(squid.url(door));
      one.setProxy(new QNetworkProxy(QNetworkProxy.FtpCachingProxy, '127.0.0.1', Number(port)));
      return one;
    };

    it('is asked for the file', async () => {
      server.put('cached.txt', 'cached');
      const reply = await ended(behind('open').get(server.url('/cached.txt')));
      expect([reply.errorString(), reply.readAll().toString()]).toEqual(['Unknown error', 'cached']);
      expect(squid.log().at(-1)).toMatchObject({ method: 'GET', url: `ftp://127.0.0.1:${server.port}/cached.txt` });
      expect((await ended(behind('open').get(server.url('/nowhere.txt')))).error()).toBe(NetworkError.ContentNotFoundError);
    });

    it('is told who we are, by the URL and by who is asked', async () => {
      await ended(manager().put(new QNetworkRequest(new QUrl(server.url('/own.txt', USER))), Buffer.from('own')));
      const named = await ended(behind('open').get(server.url('/own.txt', USER)));
      expect([named.errorString(), named.error()]).toEqual(['Unknown error', 0]);
      expect(named.readAll().toString()).toBe('own');
      const one = behind('guarded');
      one.proxyAuthenticationRequired.connect((_proxy, form) => {
        form.setUser('alice');
        form.setPassword('secret');
      });
      const reply = await ended(one.get(server.url('/own.txt', USER)));
      expect([reply.errorString(), reply.readAll().toString()]).toEqual(['Unknown error', 'own']);
    });
  });
});

describe.skipIf(missing)(`${TITLE} over TLS`, () => {
  it.each([
    ['a trusted one', 'good', false],
    ['one of its own that is accepted', 'selfsigned', true],
  ] as const)('brings and takes files with %s', async (_what, name, ignores) => {
    await using server = await new Vsftpd().start({ identity: identity(name), onlyTls: true });
    if (!ignores) trustTestAuthority();
    const content = noise(3 * MIB);
    const one = manager();
    let doubts = 0;
    one.sslErrors.connect((reply: QNetworkReply) => {
      doubts++;
      if (ignores) reply.ignoreSslErrors();
    });
    const put = await ended(one.put(new QNetworkRequest(new QUrl(server.url('/safe.bin', USER, 'ftpes'))), content));
    expect([put.errorString(), sha256(readFileSync(server.home('safe.bin')))]).toEqual(['Unknown error', sha256(content)]);
    const reply = await ended(one.get(server.url('/safe.bin', USER, 'ftpes')));
    expect([reply.errorString(), sha256(reply.readAll())]).toEqual(['Unknown error', sha256(content)]);
    expect(reply.attribute(QNetworkRequest.ConnectionEncryptedAttribute)).toBe(true);
    // the second request is content with the connection of the first, and asked whether it is
    expect([doubts, server.logins]).toEqual([ignores ? 2 : 0, 1]);
    const plain = await ended(manager().get(server.url('/safe.bin', USER)));
    expect(plain.error()).not.toBe(NetworkError.NoError);
  });

  it('tells nothing to who cannot prove himself', async () => {
    await using server = await new Vsftpd().start({ identity: identity('selfsigned') });
    const configuration = QSslConfiguration.defaultConfiguration();
    const request = new QNetworkRequest(new QUrl(server.url('/x', USER, 'ftpes')));
    request.setSslConfiguration(configuration);
    const reply = await ended(manager().get(request));
    expect(reply.error()).toBe(NetworkError.SslHandshakeFailedError);
    expect(server.log).not.toContain('USER');
  });
});
