import { describe, expect, it, onTestFinished } from 'vitest';
import { type Har, type HarEntry, HarError, type ReplayOptions, recordHar, replayHar } from '../../../src/har.ts';
import { QNetworkAccessManager, QNetworkMemoryCache, type QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { replayHar as replayBy } from '../../../src/tools/har/replay.ts';
import { ManualClock } from '../../support/clock.ts';
import { serve } from '../../support/server.ts';
import { browserHar, entry, harOf } from './hars.ts';

const NOT_FOUND = 203;

function replaying(har: Har, options?: ReplayOptions) {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return { manager, replay: replayHar(manager, har, options) };
}

const texts = (...bodies: string[]): Har => harOf(...bodies.map((text) => entry({ text })));
const got = (manager: QNetworkAccessManager, url = 'http://h.test/'): Promise<string> => manager.get(url).text();

async function failed(reply: QNetworkReply): Promise<string> {
  await reply.whenFinished();
  expect(reply.error()).toBe(NOT_FOUND);
  return reply.errorString();
}

describe('which entry answers', () => {
  it('each once in their order, then the last again', async () => {
    const { manager, replay } = replaying(texts('one', 'two'));
    expect(replay.unused()).toHaveLength(2);
    expect(await got(manager)).toBe('one');
    expect(replay.unused()).toHaveLength(1);
    expect([await got(manager), await got(manager), await got(manager)]).toEqual(['two', 'two', 'two']);
  });

  it('each once and no more, when they shall not repeat', async () => {
    const { manager } = replaying(texts('one'), { repeat: false });
    expect(await got(manager)).toBe('one');
    expect(await failed(manager.get('http://h.test/'))).toContain('all 1 were used, and repeat is false');
  });

  it.each([
    ['another method', 'http://h.test/', 'DELETE', 'no entry has this method and URL'],
    ['another path', 'http://h.test/x', 'GET', 'no entry has this method and URL'],
    ['another order of the query', 'http://h.test/q?b=2&a=1', 'GET', 'no entry has this method and URL'],
    ['another body', 'http://h.test/post', 'POST', 'the body is another one'],
  ])('not for %s, when it is strict', async (_title, url, method, words) => {
    const har = harOf(
      entry({}),
      entry({ url: 'http://h.test/q?a=1&b=2' }),
      entry({ url: 'http://h.test/post', method: 'POST', posted: 'a' }),
    );
    const { manager } = replaying(har);
    const text = await failed(manager.sendCustomRequest(url, method, method === 'POST' ? 'b' : null));
    expect(text).toContain(words);
    expect(text).toContain(`${method} ${url}`);
  });

  it('fuzzily, when it is told so', async () => {
    const posts = ['a', 'b'].map((posted) => entry({ url: 'http://h.test/p', method: 'POST', posted, text: `to ${posted}` }));
    const har = harOf(entry({ url: 'http://h.test/q?a=1&t=99&b=2', text: 'q' }), ...posts);
    const { manager } = replaying(har, { match: 'fuzzy', ignore: ['t', 'u'] });
    expect(await got(manager, 'http://h.test/q?u=5&b=2&a=1&t=7')).toBe('q');
    // one with the same body goes first
    expect(await manager.post('http://h.test/p', 'b').text()).toBe('to b');
    expect(await manager.post('http://h.test/p', 'c').text()).toBe('to a');
  });

  it('whatever the secrets are', async () => {
    const { manager } = replaying(harOf(entry({ url: 'http://h.test/?token=***&a=1', text: 'in' })));
    expect(await got(manager, 'http://h.test/?token=real&a=1#part')).toBe('in');
    expect(await failed(manager.get('http://h.test/?token=real&a=2'))).not.toContain('real');
  });

  it('not with what answers a condition or a range, unless one is set', async () => {
    const { manager } = replaying(harOf(entry({ status: 304 }), entry({ status: 206, text: 'b' }), entry({ text: 'all' })));
    expect(await got(manager)).toBe('all');
    expect(await manager.get('http://h.test/', { headers: { Range: 'bytes=1-1' } }).text()).toBe('b');
    const reply = await manager.get('http://h.test/', { headers: { 'If-None-Match': '"x"' } }).whenFinished();
    expect(reply.status()).toBe(304);
  });

  it('with the part that is asked for, and with the whole only where there is none', async () => {
    const part = (range: string, text: string): HarEntry => {
      const made = entry({ status: 206, text, headers: [['Content-Range', `bytes ${range}/10`]] });
      made.request.headers = [{ name: 'range', value: `bytes=${range}` }];
      return made;
    };
    const { manager } = replaying(harOf(entry({ text: '0123456789' }), part('0-1', '01'), part('2-3', '23')));
    const asked = (range: string): Promise<string> =>
      manager.get('http://h.test/', { headers: { Range: `bytes=${range}` } }).text();
    expect([await asked('2-3'), await asked('0-1'), await asked('2-3'), await asked('8-9')]).toEqual([
      '23',
      '01',
      '23',
      '0123456789',
    ]);
    expect(await got(manager)).toBe('0123456789');
  });

  it('not with what leads to another protocol', async () => {
    const { manager } = replaying(harOf(entry({ status: 101 })));
    expect(await failed(manager.get('http://h.test/'))).toContain('no entry has this method and URL');
  });

  it('whatever bodies are made of, and however the boundary is called', async () => {
    const posted = (boundary: string, password: string): Buffer =>
      Buffer.concat([
        Buffer.from(
          `--${boundary}\r\nContent-Disposition: form-data; name="contrase\u00f1a"\r\n\r\n${password}\r\n--${boundary}\r\n`,
        ),
        Buffer.from('Content-Disposition: form-data; name="f"; filename="f"\r\n\r\n\u00fc\r\n'),
        Buffer.from(`--${boundary}--\r\n`),
      ]);
    const recorded = entry({ method: 'POST', text: 'in' });
    recorded.request.postData = { mimeType: 'multipart/form-data; boundary=one', text: posted('one', '***').toString() };
    const { manager } = replaying(harOf(recorded), { secretNames: ['Contrase\u00f1a'], ignore: ['a b'] });
    const post = (boundary: string): QNetworkReply =>
      manager.post('http://h.test/?a%20b=5', posted(boundary, 'real'), {
        headers: { 'Content-Type': `multipart/form-data; boundary="${boundary}"` },
      });
    expect(await post('two').text()).toBe('in');
  });

  it('not with a body that was left out', async () => {
    const { manager } = replaying(harOf(entry({ size: 5, text: undefined })));
    expect(await failed(manager.get('http://h.test/'))).toContain('the HAR has no body for GET http://h.test/: it was left out');
  });
});

describe('an answer of a HAR', () => {
  it('goes through redirects, cookies and the cache', async () => {
    const har = harOf(
      entry({
        status: 302,
        headers: [
          ['Location', '/to'],
          ['Set-Cookie', 'a=1'],
        ],
      }),
      entry({
        url: 'http://h.test/to',
        text: 'fresh',
        headers: [
          ['Cache-Control', 'max-age=60'],
          ['Date', new Date().toUTCString()],
        ],
      }),
    );
    const { manager } = replaying(har);
    manager.setCache(new QNetworkMemoryCache());
    const request = new QNetworkRequest('http://h.test/');
    request.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
    expect(await manager.get(request).text()).toBe('fresh');
    expect(
      manager
        .cookieJar()
        ?.cookiesForUrl('http://h.test/')
        .map((cookie) => cookie.value().toString()),
    ).toEqual(['1']);
    request.setUrl('http://h.test/to');
    const stored = await manager.get(request).whenFinished();
    expect(stored.attribute(QNetworkRequest.Attribute.SourceIsFromCacheAttribute)).toBe(true);
    expect(stored.readAll().toString()).toBe('fresh');
  });

  it('is an error where it was one, with what had come before it', async () => {
    const broken = entry({ text: 'hal', headers: [['Content-Length', '9']] });
    broken._failure = { kind: 'closed', phase: 'receive', message: 'the connection was closed' };
    const none = entry({ url: 'http://h.test/none', status: 0 });
    none._failure = { kind: 'refused', phase: 'connect', message: 'nobody listens' };
    const { manager } = replaying(harOf(broken, none));
    const reply = await manager.get('http://h.test/').whenFinished();
    expect([reply.error(), reply.status(), reply.readAll().toString()]).toEqual([2, 200, 'hal']);
    const refused = await manager.get('http://h.test/none').whenFinished();
    expect([refused.error(), refused.failure()?.kind]).toEqual([1, 'refused']);
    expect(refused.errorString()).toContain('nobody listens');
  });

  it('comes at once, or as slowly as it came', async () => {
    const clock = new ManualClock();
    const manager = new QNetworkAccessManager();
    onTestFinished(() => manager.close());
    replayBy(manager, harOf(entry({ text: 'slow', timings: { send: 1, wait: 99, receive: 50 } })), { delay: 'recorded' }, clock);
    const told: string[] = [];
    const reply = manager.get('http://h.test/');
    reply.metaDataChanged.connect(() => told.push('head'));
    reply.finished.connect(() => told.push('end'));
    const sent = new Promise<void>((resolve) => reply.requestSent.connect(() => resolve()));
    await new Promise<void>((resolve) => setImmediate(resolve));
    clock.advance(0);
    await sent;
    clock.advance(99);
    expect(told).toEqual([]);
    clock.advance(1);
    expect(told).toEqual(['head']);
    clock.advance(50);
    expect(told).toEqual(['head', 'end']);
  });

  it('is held back while nobody reads, and forgotten when it is aborted', async () => {
    const { manager } = replaying(texts('x'.repeat(100)));
    const reply = manager.get('http://h.test/');
    reply.setReadBufferSize(10);
    const pieces: number[] = [];
    for await (const piece of reply) pieces.push(piece.length);
    expect(pieces.reduce((sum, each) => sum + each, 0)).toBe(100);
    const aborted = manager.get('http://h.test/');
    aborted.requestSent.connect(() => aborted.abort());
    await aborted.whenFinished();
    expect(aborted.error()).toBe(5);
  });

  it('is sent a body that is read from a source', async () => {
    const { manager } = replaying(harOf(entry({ method: 'POST', posted: 'onetwo', text: 'heard' })));
    async function* source(): AsyncIterable<Uint8Array> {
      yield Buffer.from('one');
      yield Buffer.from('two');
    }
    expect(await manager.post('http://h.test/', source()).text()).toBe('heard');
  });

  it('may come out of a browser', async () => {
    const { manager } = replaying(browserHar());
    const page = await manager.get('https://www.example.org/index.html').whenFinished();
    expect(page.readAll().toString('latin1')).toBe('Gr\xf6\xdfe');
    expect(page.rawHeaderPairs().map(([name]) => name.toString())).toEqual(['content-type', 'set-cookie']);
    expect(page.rawHeader('set-cookie').toString()).toBe('a=1\nb=2');
    expect(page.attribute(QNetworkRequest.Attribute.Http2WasUsedAttribute)).toBe(true);
    const image = await manager.get('https://www.example.org/i.png').whenFinished();
    expect(image.readAll()).toEqual(Buffer.from([0x89, 0x50, 0]));
    expect(await manager.get('https://www.example.org/packed.js').text()).toBe('let a = 1;');
    expect(
      await manager
        .post('https://www.example.org/form', 'a=1&b=%C3%BC', {
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        })
        .text(),
    ).toBe('form');
    expect(await failed(manager.get('https://www.example.org/blocked'))).toContain('no entry');
    const kept = await manager.get('https://www.example.org/kept').whenFinished();
    expect([kept.status(), kept.readAll().toString()]).toEqual([200, 'what the browser had']);
  });
});

describe('replayHar', () => {
  it('leaves the network to others again when it stops', async () => {
    await using server = await serve({ routes: { '*': { body: 'real' } } });
    const { manager, replay } = replaying(harOf(entry({ url: server.url('/'), text: 'replayed' })));
    expect(await got(manager, server.url('/'))).toBe('replayed');
    replay.stop();
    replay.stop();
    expect(await got(manager, server.url('/'))).toBe('real');
    expect(server.requests).toHaveLength(1);
  });

  it('is recorded like the network', async () => {
    const { manager } = replaying(texts('once'));
    const recording = recordHar(manager);
    await got(manager);
    expect(recording.stop().log.entries[0]).toMatchObject({
      request: { method: 'GET', url: 'http://h.test/' },
      response: { content: { text: 'once' } },
    });
  });

  it('says at once what it cannot use', () => {
    const manager = new QNetworkAccessManager();
    onTestFinished(() => manager.close());
    expect(() => replayHar(manager, { log: {} } as never)).toThrow(HarError);
    expect(() => replayHar(manager, harOf(), { match: 'loose' as never })).toThrow("match is 'strict' or 'fuzzy'; got loose");
    expect(() => replayHar(manager, harOf(), { delay: 'some' as never })).toThrow("delay is 'none' or 'recorded'; got some");
  });
});
