import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QFile, QIODevice, QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../src/index.ts';
import { child } from '../life/child.ts';
import { within } from '../support/once.ts';
import { trustingEnvironment } from '../support/tls.ts';
import { needing, program } from './programs.ts';
import { MIB, noise, PACKED, PAGE, Site, sha256, TEXT } from './site.ts';

const { NetworkError } = QNetworkReply;
const { Attribute } = QNetworkRequest;
const LIMIT = 10_000;
const BIG = 50 * MIB;

const over = <R extends QNetworkReply>(reply: R): Promise<R> => reply.whenFinished({ timeout: LIMIT });

describe.skipIf(program('nginx') === null)(needing('nginx', 'nginx'), () => {
  let site: Site;
  let big: string;

  beforeAll(async () => {
    site = new Site();
    const bytes = noise(BIG);
    big = sha256(bytes);
    site.nginx.put('big.bin', bytes);
    await site.start();
  });
  afterAll(() => site[Symbol.asyncDispose]());

  describe('connections', () => {
    it('300 GETs over 6 connections that end after 5 requests: each is answered, none is asked twice', async () => {
      await using manager = new QNetworkAccessManager();
      let most = 0;
      manager.finished.connect(() => {
        most = Math.max(most, manager.connectionCount());
      });
      const texts = await Promise.all(Array.from({ length: 300 }, (_, n) => manager.get(site.nginx.url(`/few?n=${n}`)).text()));
      expect(texts).toEqual(Array.from({ length: 300 }, (_, n) => `GET ${n}\n`));
      expect(most).toBe(6);

      const log = await site.nginx.whenLogged(300, '/few');
      expect(log.length).toBe(300);
      expect(Math.max(...log.map((line) => line.nth))).toBe(5);
      // 60 when all were used to the end; the last of each of the six may not be
      const connections = new Set(log.map((line) => line.connection)).size;
      expect(connections).toBeGreaterThanOrEqual(60);
      expect(connections).toBeLessThanOrEqual(65);
    });

    it('a server that closed while we were busy loses no GET and sees no POST twice', async () => {
      await using manager = new QNetworkAccessManager();
      const sleeper = new Int32Array(new SharedArrayBuffer(4));
      let [again, answered] = [0, 0];
      manager.netlog(({ what }) => {
        if (what === 'again') again++;
      });
      for (let n = 0; n < 40; n++) {
        const verb = n % 4 === 0 ? 'POST' : 'GET';
        const reply = await over(manager.sendCustomRequest(site.nginx.url(`/brief?n=${n}`), verb));
        if (verb === 'POST' && reply.error() !== NetworkError.NoError) {
          expect(reply.failure()).toMatchObject({ kind: 'closed', maybeProcessed: true });
        } else {
          expect(reply.readAll().toString()).toBe(`${verb} ${n}\n`);
          answered++;
        }
        // The thread stands still, as in a long computation, and hears nothing of the end of the connection 3 ms after the answer.
        Atomics.wait(sleeper, 0, 0, 8);
      }
      // with 0 there was always a new connection, and nothing is shown
      expect(again).toBeGreaterThan(0);
      const log = await site.nginx.whenLogged(answered, '/brief');
      expect(new Set(log.map((line) => line.uri)).size).toBe(log.length);
    });

    it.each([
      ['GET', 2, false],
      ['PUT', 2, false],
      ['POST', 1, true],
    ] as const)('a server that closes without an answer is asked by %s %i times', async (verb, tries, maybeProcessed) => {
      await using manager = new QNetworkAccessManager();
      const before = site.nginx.log('/silent').length;
      const reply = await over(manager.sendCustomRequest(site.nginx.url('/silent'), verb, verb === 'GET' ? null : 'body'));
      expect(NetworkError[reply.error()]).toBe('RemoteHostClosedError');
      expect(reply.failure()).toMatchObject({ kind: 'closed', maybeProcessed });
      expect(reply.status()).toBe(0);
      const log = await site.nginx.whenLogged(before + tries, '/silent');
      expect(log.slice(before).map((line) => `${line.method} ${line.status}`)).toEqual(Array(tries).fill(`${verb} 444`));
      // nothing more comes after: what is asked now is logged later
      await over(manager.get(site.nginx.url(`/echo?n=after-${verb}`)));
      await site.nginx.whenLogged(1, `/echo?n=after-${verb}`);
      expect(site.nginx.log('/silent').length).toBe(before + tries);
    });
  });

  describe('downloads', () => {
    it('50 MiB through a read buffer come as they are', async () => {
      await using manager = new QNetworkAccessManager();
      const reply = manager.get(site.nginx.url('/big.bin'));
      const room = 256 * 1024;
      reply.setReadBufferSize(room);
      const hash = createHash('sha256');
      let [pieces, most] = [0, 0];
      reply.readyRead.connect(() => {
        pieces++;
        most = Math.max(most, reply.bytesAvailable());
        hash.update(reply.readAll());
      });
      await over(reply);
      expect(reply.bytesAvailable()).toBe(0);
      expect(hash.digest('hex')).toBe(big);
      expect(reply.rawHeader('Content-Length').toString()).toBe(String(BIG));
      expect(pieces).toBeGreaterThan(BIG / room / 2);
      expect(most).toBeLessThanOrEqual(room + 65_536);
    });

    it('gzip made on the fly is undone, and no length is announced', async () => {
      await using manager = new QNetworkAccessManager();
      const reply = await over(manager.get(site.nginx.url('/zipped/text.txt')));
      expect(reply.readAll().toString()).toBe(TEXT);
      expect(reply.rawHeader('Content-Encoding').toString()).toBe('gzip');
      expect(reply.rawHeader('Transfer-Encoding').toString()).toBe('chunked');
      expect(reply.attribute(Attribute.OriginalContentLengthAttribute)).toBeNull();
    });

    it('gzip of a known length is undone, and its length is an attribute', async () => {
      await using manager = new QNetworkAccessManager();
      const reply = await over(manager.get(site.nginx.url('/packed/text.txt')));
      expect(reply.readAll().toString()).toBe(TEXT);
      expect(reply.rawHeader('Content-Encoding').toString()).toBe('gzip');
      expect(reply.attribute(Attribute.OriginalContentLengthAttribute)).toBe(PACKED.length);
      expect(reply.hasRawHeader('Content-Length')).toBe(false);
    });

    it('what the caller accepts himself is left as it came', async () => {
      await using manager = new QNetworkAccessManager();
      const url = site.nginx.url('/packed/text.txt');
      expect((await manager.get(url, { headers: { 'Accept-Encoding': 'gzip' } }).bytes()).equals(PACKED)).toBe(true);
      expect(await manager.get(url, { headers: { 'Accept-Encoding': 'identity' } }).text()).toBe(TEXT);
    });

    it('chunks, trailers after them, and a body that ends with the connection', async () => {
      await using manager = new QNetworkAccessManager();
      const trailers: unknown[] = [];
      manager.netlog((event) => {
        if (event.what === 'end') trailers.push(event.detail?.['trailers']);
      });
      const chunked = await over(manager.get(site.nginx.url('/straight/pieces')));
      expect(chunked.rawHeader('Transfer-Encoding').toString()).toBe('chunked');
      expect(chunked.readAll().toString()).toBe(TEXT);

      const trailing = await over(manager.get(site.nginx.url('/trailing/text.txt')));
      expect(trailing.readAll().toString()).toBe(TEXT);

      const open = await over(manager.get(site.nginx.url('/until-close/pieces')));
      expect(open.hasRawHeader('Transfer-Encoding') || open.hasRawHeader('Content-Length')).toBe(false);
      expect(open.error()).toBe(NetworkError.NoError);
      expect(open.readAll().toString()).toBe(TEXT);
      expect(trailers).toEqual([[], ['X-Status', '200'], []]);
    });

    it('each piece is there when it was sent, not later', async () => {
      await using manager = new QNetworkAccessManager();
      let send = (_piece: string | null): void => {};
      site.upstream.handlers.set('live', (_, response) => {
        send = (piece) => void (piece === null ? response.end() : response.write(piece));
        send('piece 0\n');
      });
      const seen: string[] = [];
      const all = (async () => {
        for await (const piece of manager.get(site.nginx.url('/straight/live'))) {
          seen.push(piece.toString());
          // the next one is sent only now
          send(seen.length < 20 ? `piece ${seen.length}\n` : null);
        }
      })();
      await within(all, 'the last piece');
      expect(seen).toEqual(Array.from({ length: 20 }, (_, i) => `piece ${i}\n`));
    });

    it.each([
      ['a length', { 'Content-Length': '1000' }],
      ['chunks', {}],
    ])('a body with %s that breaks off is no success, and what came can be read', async (_, headers) => {
      await using manager = new QNetworkAccessManager();
      site.upstream.handlers.set('torn', (_request, response) => {
        response.writeHead(200, headers);
        response.write('the beginning', () => response.destroy());
      });
      const reply = await over(manager.get(site.nginx.url('/straight/torn')));
      expect(NetworkError[reply.error()]).toBe('RemoteHostClosedError');
      expect(reply.status()).toBe(200);
      expect(reply.readAll().toString()).toBe('the beginning');
    });

    it('HEAD, ranges and conditions leave the connection in step', async () => {
      await using manager = new QNetworkAccessManager();
      const url = site.nginx.url('/big.bin');
      const head = await over(manager.head(url));
      expect([head.status(), head.rawHeader('Content-Length').toString()]).toEqual([200, String(BIG)]);
      expect(head.bytesAvailable()).toBe(0);

      const range = await over(manager.get(url, { headers: { Range: 'bytes=1000-1999' } }));
      expect([range.status(), range.error()]).toEqual([206, NetworkError.NoError]);
      expect(range.rawHeader('Content-Range').toString()).toBe(`bytes 1000-1999/${BIG}`);
      expect(range.readAll().equals(noise(2000).subarray(1000))).toBe(true);

      const parts = await over(manager.get(url, { headers: { Range: 'bytes=0-9,100-109' } }));
      expect(parts.status()).toBe(206);
      expect(parts.rawHeader('Content-Type').toString()).toMatch(/^multipart\/byteranges; boundary=/);
      expect(parts.readAll().length).toBe(Number(parts.rawHeader('Content-Length').toString()));

      const beyond = await over(manager.get(url, { headers: { Range: `bytes=${BIG}-` } }));
      expect([beyond.status(), NetworkError[beyond.error()]]).toEqual([416, 'UnknownContentError']);

      const conditions = [
        { 'If-None-Match': head.rawHeader('ETag').toString() },
        { 'If-Modified-Since': head.rawHeader('Last-Modified').toString() },
      ];
      for (const headers of conditions) {
        const same = await over(manager.get(url, { headers }));
        expect([same.status(), same.error(), same.bytesAvailable()]).toEqual([304, NetworkError.NoError, 0]);
      }
      expect(await manager.get(site.nginx.url('/page.html')).text()).toBe(PAGE);
      expect(manager.connectionCount()).toBe(1);
    });

    it.each([
      ['abort()', 'OperationCanceledError'],
      ['a limit', 'TimeoutError'],
    ])('%s ends a slow download, and nginx hears of it', async (what, error) => {
      await using manager = new QNetworkAccessManager();
      const uri = `/limited/big.bin?${error}`;
      const reply = manager.get(site.nginx.url(uri), what === 'a limit' ? { timeout: { total: 300 } } : {});
      if (what === 'abort()') reply.readyRead.once(() => reply.abort());
      await over(reply);
      expect(NetworkError[reply.error()]).toBe(error);
      expect(reply.failure()?.limit?.name).toBe(what === 'a limit' ? 'total' : undefined);
      const [line] = await site.nginx.whenLogged(1, uri);
      expect(line!.sent).toBeLessThan(BIG / 2);
    });
  });

  it.each([
    ['GET', '/folder', 301, 'NoError', '301 Moved Permanently'],
    ['GET', '/folder/', 403, 'ContentAccessDenied', '403 Forbidden'],
    ['GET', '/denied', 403, 'ContentAccessDenied', '403 Forbidden'],
    ['GET', '/missing', 404, 'ContentNotFoundError', '404 Not Found'],
    ['POST', '/page.html', 405, 'ContentOperationNotPermittedError', '405 Not Allowed'],
    ['GET', '/kept/broken', 500, 'InternalServerError', 'the server behind is broken'],
    ['GET', '/dead/', 502, 'UnknownServerError', '502 Bad Gateway'],
    ['GET', '/nothing', 204, 'NoError', ''],
    ['GET', '/empty.txt', 200, 'NoError', ''],
  ])('%s %s is %i, %s', async (verb, path, status, error, says) => {
    await using manager = new QNetworkAccessManager();
    const reply = await over(manager.sendCustomRequest(site.nginx.url(path), verb, { redirect: 'manual' }));
    expect([reply.status(), NetworkError[reply.error()]]).toEqual([status, error]);
    const body = reply.readAll().toString();
    if (says === '') expect(body).toBe('');
    else expect(body).toContain(says);
    const target = reply.attribute(Attribute.RedirectionTargetAttribute);
    expect(target?.toString() ?? '').toBe(status === 301 ? site.nginx.url('/folder/') : '');
  });

  describe('uploads', () => {
    const SIZE = 20 * MIB;
    const content = noise(SIZE);

    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (let at = 0; at < SIZE; at += 100_000) yield content.subarray(at, at + 100_000);
    }

    beforeAll(() => {
      writeFileSync(join(site.nginx.folder, 'upload.bin'), content);
      site.upstream.handlers.set('hash', (request, response) => {
        const hash = createHash('sha256');
        request.on('data', (data: Buffer) => hash.update(data));
        request.on('end', () => {
          const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
          response.end(JSON.stringify({ verb: request.method, length, coding, hash: hash.digest('hex') }));
        });
      });
    });

    it.each([
      ['PUT', 'a file', '/kept/hash', 'length'],
      ['PUT', 'a file', '/straight/hash', 'length'],
      ['POST', 'a generator', '/straight/hash', 'chunks'],
      // nginx collects the chunks and passes on a length
      ['POST', 'a generator', '/kept/hash', 'length'],
    ])('%s of 20 MiB from %s to %s arrives with %s', async (verb, source, path, framing) => {
      await using manager = new QNetworkAccessManager();
      const file = new QFile(join(site.nginx.folder, 'upload.bin'));
      expect(file.open(QIODevice.ReadOnly)).toBe(true);
      const reply = manager.sendCustomRequest(site.nginx.url(path), verb, source === 'a file' ? file : pieces());
      const progress: [number, number][] = [];
      reply.uploadProgress.connect((sent, total) => void progress.push([sent, total]));
      const arrived: unknown = JSON.parse(await within(reply.text(), 'the answer', LIMIT));
      const expected = framing === 'length' ? { length: String(SIZE) } : { coding: 'chunked' };
      expect(arrived).toEqual({ verb, hash: sha256(content), ...expected });
      expect(progress.at(-2)).toEqual([SIZE, source === 'a file' ? SIZE : -1]);
      expect(progress.at(-1)).toEqual([0, 0]);
      file.close();
    });

    it('100 Continue is passed over', async () => {
      await using manager = new QNetworkAccessManager();
      const reply = manager.post(site.nginx.url('/kept/echo'), 'a body', { headers: { Expect: '100-continue' } });
      expect(await reply.text()).toBe('a body');
    });

    it.each(['a length', 'chunks without end'])('413 is delivered while a body with %s is on its way', async (kind) => {
      await using manager = new QNetworkAccessManager();
      let stopped = false;
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield content.subarray(0, 65_536);
        } finally {
          stopped = true;
        }
      }
      const reply = await over(manager.post(site.nginx.url('/small/hash'), kind === 'a length' ? content : endless()));
      expect([reply.status(), NetworkError[reply.error()]]).toEqual([413, 'UnknownContentError']);
      expect(reply.readAll().toString()).toContain('413 Request Entity Too Large');
      if (kind !== 'a length') expect(stopped).toBe(true);
      // the connection with the torn request is not used again
      expect(await manager.get(site.nginx.url('/page.html')).text()).toBe(PAGE);
    });
  });

  describe('TLS', () => {
    it.each(['secureUrl', 'oldTlsUrl'] as const)('whoever trusts the authority gets everything (%s)', async (where) => {
      const code = `
        import { createHash } from 'node:crypto';
        const [base, query] = args;
        const m = new QNetworkAccessManager();
        const texts = await Promise.all(Array.from({ length: 60 }, (_, n) => m.get(base + '/echo?n=' + query + n).text()));
        const hash = createHash('sha256');
        const big = m.get(base + '/big.bin');
        big.setReadBufferSize(1 << 18);
        big.readyRead.connect(() => hash.update(big.readAll()));
        await big.whenFinished();
        await m.get(base + '/echo?n=' + query + '-last').whenFinished();
        console.log(JSON.stringify({
          right: texts.filter((text, n) => text === 'GET ' + query + n + '\\n').length, hash: hash.digest('hex'), error: big.error(),
          encrypted: big.attribute(QNetworkRequest.Attribute.ConnectionEncryptedAttribute),
        }));`;
      const ended = await child(code, [site.nginx[where](''), where], trustingEnvironment());
      expect(ended).toMatchObject({ code: 0, err: '' });
      expect(JSON.parse(ended.out)).toEqual({ right: 60, hash: big, error: 0, encrypted: true });
      await site.nginx.whenLogged(1, `/echo?n=${where}-last`);
      const mine = site.nginx.log('/echo').filter((line) => /\d$/.test(line.uri) && line.uri.includes(where));
      expect(mine.length).toBe(60);
      expect(new Set(mine.map((line) => line.connection)).size).toBeLessThanOrEqual(6);
      expect(new Set(mine.map((line) => line.tls))).toEqual(new Set([where === 'oldTlsUrl' ? 'TLSv1.2' : 'TLSv1.3']));
    });

    it('who does not trust the authority says nothing to the server', async () => {
      await using manager = new QNetworkAccessManager();
      const replies = [
        manager.get(site.nginx.secureUrl('/page.html?secret')),
        manager.post(site.nginx.secureUrl('/kept/echo'), 'secret'),
      ];
      for (const reply of replies) {
        await over(reply);
        expect(NetworkError[reply.error()]).toBe('SslHandshakeFailedError');
        expect(reply.failure()).toMatchObject({ kind: 'tls', phase: 'tls', maybeProcessed: false });
      }
      // the one worker logs in order: what is asked now is logged after whatever came before
      await over(manager.get(site.nginx.url('/uri/after-refusal')));
      await site.nginx.whenLogged(1, '/uri/after-refusal');
      const secure = site.nginx.log().filter((line) => line.port === site.nginx.ports['https']);
      expect(secure.filter((line) => line.uri === '/page.html?secret' || line.uri === '/kept/echo')).toEqual([]);
    });
  });
});
