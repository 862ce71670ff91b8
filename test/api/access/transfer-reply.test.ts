import { deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkReply, QNetworkReplyError, QNetworkRequest, QUrl } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { type Served, serve } from '../../support/server.ts';
import { finished, fresh, Trace, turns } from '../bridge/support.ts';

const { Attribute, KnownHeaders } = QNetworkRequest;
const { NetworkError } = QNetworkReply;

let server: Served;
/** Answers TLS greetings in its own way. */
let plain: Served;
let closedPort = 0;
beforeAll(async () => {
  plain = await serve({ refuse: { write: 'HTTP/1.1 400 Bad Request\r\n\r\n', end: 'close' } });
  const gone = await serve();
  closedPort = gone.port;
  await gone.close();
  server = await serve({
    routes: {
      '/status': (request) => {
        const [code = '200', reason = ''] = decodeURIComponent(request.target.split('?')[1] ?? '').split(',');
        return { status: Number(code), reason, body: Number(code) === 204 || Number(code) === 304 ? '' : 'page' };
      },
      '/hello': { headers: { 'Content-Type': 'text/plain' }, body: 'hello world' },
      '/empty': { body: '' },
      '/gzip': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('hello world') },
      '/deflate': { headers: { 'Content-Encoding': 'deflate' }, body: deflateRawSync('hello world'), framing: 'chunked' },
      '/bad-gzip': { headers: { 'Content-Encoding': 'gzip' }, body: 'this is no gzip' },
      '/cut-gzip': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync('hello world').subarray(0, 20) },
      '/bomb': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(200_000)) },
      '/cut': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'close' },
      '/reset': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'reset' },
      '/cut-chunks': { framing: 'chunked', body: '0123456789', truncate: 10, end: 'close' },
      '/bad-chunk': { raw: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n', end: 'close' },
      '/two-lengths': { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd', end: 'close' },
      '/garbage': { raw: 'SSH-2.0-nothing\r\n', end: 'close' },
      '/drop': { fault: 'close before head' },
      '/reset-head': { fault: 'reset before head' },
      '/never': { fault: 'stall before head' },
      '/stall': { headers: { 'Content-Length': '100' }, body: '0123456789', end: 'hang' },
      '/redirect': { status: 302, headers: { Location: '../else where?q=1#f' }, body: 'go there' },
      '/created': { status: 201, headers: { Location: '/new' }, body: '' },
      '/304': { status: 304, headers: { Location: '/new' } },
      '/headers': {
        raw: Buffer.from(
          'HTTP/1.1 200 Tr\xe8s bien\r\nX-Dup: a\r\nserver: one/1.0 (two)\r\nx-dup: b\r\nSet-Cookie: a=1; Path=/\r\nX-Latin: caf\xe9\r\n' +
            'set-cookie: b=2, c\r\nX-Empty:\r\nLast-Modified: Sun, 06 Nov 1994 08:49:37 GMT\r\nETag: W/"x"\r\nContent-Type: text/plain\r\n' +
            'Content-Disposition: attachment\r\nLocation: http://example.org/a b\r\nContent-Length: 2\r\n\r\nok',
          'latin1',
        ),
      },
      '/junk': {
        headers: { 'Last-Modified': 'yesterday', ETag: 'unquoted', Location: '/relative', Server: ' x ' },
        body: '',
      },
    },
  });
});
afterAll(() => Promise.all([server.close(), plain.close()]));
const at = (path: string) => server.url(path);

describe('status and error (semantics 2.1)', () => {
  const E = NetworkError;
  const table: readonly [status: number, error: number][] = [
    [200, E.NoError],
    [204, E.NoError],
    [299, E.NoError],
    [300, E.NoError],
    [304, E.NoError],
    [399, E.NoError],
    [400, E.ProtocolInvalidOperationError],
    [401, E.AuthenticationRequiredError],
    [402, E.UnknownContentError],
    [403, E.ContentAccessDenied],
    [404, E.ContentNotFoundError],
    [405, E.ContentOperationNotPermittedError],
    [406, E.UnknownContentError],
    [407, E.ProxyAuthenticationRequiredError],
    [408, E.UnknownContentError],
    [409, E.ContentConflictError],
    [410, E.ContentGoneError],
    [411, E.UnknownContentError],
    [412, E.UnknownContentError],
    [413, E.UnknownContentError],
    [416, E.UnknownContentError],
    [418, E.ProtocolInvalidOperationError],
    [422, E.UnknownContentError],
    [429, E.UnknownContentError],
    [451, E.UnknownContentError],
    [499, E.UnknownContentError],
    [500, E.InternalServerError],
    [501, E.OperationNotImplementedError],
    [502, E.UnknownServerError],
    [503, E.ServiceUnavailableError],
    [504, E.UnknownServerError],
    [511, E.UnknownServerError],
    [599, E.UnknownServerError],
    [600, E.UnknownServerError],
    [999, E.UnknownServerError],
  ];
  it.each(table)('%d gives %d', async (status, error) => {
    await using manager = fresh();
    const url = at(`/status?${status},Why%20not`);
    const reply = await finished(manager.get(url));
    expect([reply.status(), reply.error(), reply.ok()]).toEqual([status, error, error === 0]);
    expect(reply.attribute(Attribute.HttpReasonPhraseAttribute)).toBe('Why not');
    expect(reply.readAll().toString()).toBe(status === 204 || status === 304 ? '' : 'page');
    if (error === 0) {
      expect(reply.errorString()).toBe('Unknown error');
      expect(reply.failure()).toBeNull();
      expect(reply.throwIfError()).toBe(reply);
    } else {
      expect(reply.failure()).toMatchObject({ kind: 'status', maybeProcessed: false });
      const said = status === 401 || status === 407 ? 'requires authentication' : 'server replied: Why not';
      expect(reply.errorString()).toContain(said);
      expect(reply.errorString()).toContain(url);
      expect(() => reply.throwIfError()).toThrow(QNetworkReplyError);
    }
  });

  it('without a reason phrase the text has the number', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/status?404')));
    expect(reply.errorString()).toBe(`Error transferring ${at('/status?404')} - server replied: 404`);
  });

  it('names no user and no password', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/status?404').replace('//', '//someone:secret@')));
    expect(reply.errorString()).not.toMatch(/someone|secret/);
    expect(reply.url().userInfo()).toBe('someone:secret');
  });
});

interface FailureRow {
  readonly name: string;
  readonly send: (m: ReturnType<typeof fresh>) => QNetworkReply;
  readonly error: string;
  readonly failure: object;
  readonly text: RegExp;
  readonly body?: string;
}

describe('everything else that fails (semantics 2.2)', () => {
  const bomb = () => {
    const request = new QNetworkRequest(at('/bomb'));
    request.setDecompressedSafetyCheckThreshold(0);
    return request;
  };
  const rows: readonly FailureRow[] = [
    {
      name: 'nobody listens',
      send: (m) => m.get(`http://127.0.0.1:${closedPort}/`),
      error: 'ConnectionRefusedError',
      failure: { kind: 'refused', phase: 'connect', maybeProcessed: false },
      text: /refused/i,
    },
    {
      name: 'no host',
      send: (m) => m.get('http:///path'),
      error: 'HostNotFoundError',
      failure: { kind: 'not-found', maybeProcessed: false },
      text: /host/i,
    },
    {
      name: 'closed before the answer, twice',
      send: (m) => m.get(at('/drop')),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed', phase: 'wait', maybeProcessed: false },
      text: /closed/i,
    },
    {
      name: 'closed before the answer to a POST',
      send: (m) => m.post(at('/drop'), 'x'),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed', maybeProcessed: true },
      text: /closed/i,
    },
    {
      name: 'reset before the answer',
      send: (m) => m.get(at('/reset-head')),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed' },
      text: /closed/i,
    },
    {
      name: 'body shorter than its length',
      send: (m) => m.get(at('/cut')),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed', phase: 'receive' },
      text: /closed/i,
      body: '0123456789',
    },
    {
      name: 'reset in the body',
      send: (m) => m.get(at('/reset')),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed', phase: 'receive' },
      text: /closed/i,
      body: '0123456789',
    },
    {
      name: 'no last chunk',
      send: (m) => m.get(at('/cut-chunks')),
      error: 'RemoteHostClosedError',
      failure: { kind: 'closed', phase: 'receive' },
      text: /closed/i,
      body: '0123456789',
    },
    {
      name: 'broken chunks',
      send: (m) => m.get(at('/bad-chunk')),
      error: 'ProtocolFailure',
      failure: { kind: 'protocol', phase: 'receive' },
      text: /chunk/i,
      body: 'abc',
    },
    {
      name: 'two lengths',
      send: (m) => m.get(at('/two-lengths')),
      error: 'ProtocolFailure',
      failure: { kind: 'protocol' },
      text: /Content-Length/,
    },
    {
      name: 'not HTTP',
      send: (m) => m.get(at('/garbage')),
      error: 'ProtocolFailure',
      failure: { kind: 'protocol', phase: 'wait' },
      text: /HTTP/,
    },
    {
      name: 'not TLS',
      send: (m) => m.get(plain.url().replace('http:', 'https:')),
      error: 'SslHandshakeFailedError',
      failure: { kind: 'tls', phase: 'tls' },
      text: /./,
    },
    {
      name: 'transfer timeout',
      send: (m) => m.get(at('/never'), { timeout: 30 }),
      error: 'TimeoutError',
      failure: { kind: 'timeout', phase: 'wait', limit: { name: 'transfer', milliseconds: 30 } },
      text: /30 ms/,
    },
    {
      name: 'timeout in the body',
      send: (m) => m.get(at('/stall'), { timeout: { idle: 30 } }),
      error: 'TimeoutError',
      failure: { kind: 'timeout', phase: 'receive', limit: { name: 'idle', milliseconds: 30 } },
      text: /idle/,
    },
    {
      name: 'timeout of the first byte of an answer to POST',
      send: (m) => m.post(at('/never'), 'x', { timeout: { firstByte: 30 } }),
      error: 'TimeoutError',
      failure: { kind: 'timeout', phase: 'wait', limit: { name: 'firstByte', milliseconds: 30 }, maybeProcessed: true },
      text: /firstByte/,
    },
    {
      name: 'timeout of it all',
      send: (m) => m.get(at('/stall'), { timeout: { total: 30 } }),
      error: 'TimeoutError',
      failure: { kind: 'timeout', limit: { name: 'total', milliseconds: 30 } },
      text: /total/,
    },
    {
      name: 'unknown scheme',
      send: (m) => m.get('gopher://127.0.0.1/'),
      error: 'ProtocolUnknownError',
      failure: { kind: 'scheme', phase: 'setup' },
      text: /gopher/,
    },
    {
      name: 'no scheme',
      send: (m) => m.get('a/b'),
      error: 'ProtocolUnknownError',
      failure: { kind: 'scheme', phase: 'setup' },
      text: /./,
    },
    {
      name: 'invalid URL',
      send: (m) => m.get('http://127.0.0.1:99999/'),
      error: 'ProtocolUnknownError',
      failure: { phase: 'setup' },
      text: /URL|port/i,
    },
    {
      name: 'POST to a data: URL',
      send: (m) => m.post('data:,x', 'abc'),
      error: 'ProtocolUnknownError',
      failure: { kind: 'scheme' },
      text: /data/,
    },
    {
      name: 'DELETE of a file: URL',
      send: (m) => m.deleteResource('file:///nothing'),
      error: 'ProtocolUnknownError',
      failure: { kind: 'scheme' },
      text: /file/,
    },
    {
      name: 'broken gzip',
      send: (m) => m.get(at('/bad-gzip')),
      error: 'UnknownContentError',
      failure: { kind: 'decode' },
      text: /./,
    },
    {
      name: 'truncated gzip',
      send: (m) => m.get(at('/cut-gzip')),
      error: 'UnknownContentError',
      failure: { kind: 'decode' },
      text: /./,
    },
    {
      name: 'a decompression bomb',
      send: (m) => m.get(bomb()),
      error: 'UnknownContentError',
      failure: { kind: 'decode' },
      text: /./,
      body: '',
    },
  ];
  it.each(rows)('$name', async ({ send, error, failure, text, body }) => {
    await using manager = fresh();
    const reply = send(manager);
    expect([reply.error(), reply.errorString()]).toEqual([0, 'Unknown error']);
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    expect(NetworkError[reply.error()]).toBe(error);
    expect(reply.failure()).toMatchObject(failure);
    expect(reply.errorString()).toMatch(text);
    expect(reply.failure()!.message).toBe(reply.errorString());
    expect(() => reply.throwIfError()).toThrow(expect.objectContaining({ code: error, reply }));
    if (body !== undefined) expect(reply.readAll().toString()).toBe(body);
  });

  it('an error of connecting tells every attempt', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(`http://127.0.0.1:${closedPort}/`));
    expect(reply.failure()!.attempts).toEqual([expect.objectContaining({ address: '127.0.0.1', port: closedPort })]);
  });

  it('a POST whose connection died is not sent twice', async () => {
    await using origin = await serve({ routes: { '*': { fault: 'close before head' } } });
    await using manager = fresh();
    await finished(manager.post(origin.url(), 'x'));
    expect(origin.requests).toHaveLength(1);
  });

  it('unless the caller allows it', async () => {
    await using origin = await serve({ routes: { '*': [{ fault: 'close before head' }, { body: 'ok' }] } });
    await using manager = fresh();
    expect(await manager.post(origin.url(), 'x', { resend: 'always' }).text()).toBe('ok');
    expect(origin.requests.map(({ body }) => body.toString())).toEqual(['x', 'x']);
  });
});

describe('attributes of a reply (semantics 3)', () => {
  type Values = Readonly<Record<string, unknown>>;
  const none = {
    HttpStatusCodeAttribute: null,
    HttpReasonPhraseAttribute: null,
    RedirectionTargetAttribute: null,
    ConnectionEncryptedAttribute: false,
    SourceIsFromCacheAttribute: null,
    HttpPipeliningWasUsedAttribute: null,
    Http2WasUsedAttribute: null,
    OriginalContentLengthAttribute: null,
  };
  const answered = {
    ...none,
    HttpStatusCodeAttribute: 200,
    HttpReasonPhraseAttribute: 'OK',
    HttpPipeliningWasUsedAttribute: false,
    Http2WasUsedAttribute: false,
  };
  const rows: readonly [name: string, url: () => string, expected: Values][] = [
    ['an answer', () => at('/hello'), answered],
    ['no answer', () => at('/drop'), none],
    ['no connection over TLS', () => `https://127.0.0.1:${closedPort}/`, { ...none, ConnectionEncryptedAttribute: true }],
    ['gzip with a length', () => at('/gzip'), { ...answered, OriginalContentLengthAttribute: gzipSync('hello world').length }],
    ['deflate without a length', () => at('/deflate'), answered],
    ['a failure in the body', () => at('/cut'), answered],
    [
      'a redirect that is reported',
      () => at('/redirect'),
      {
        ...answered,
        HttpStatusCodeAttribute: 302,
        HttpReasonPhraseAttribute: 'Found',
        RedirectionTargetAttribute: '../else%20where?q=1#f',
      },
    ],
    [
      '201 with a Location',
      () => at('/created'),
      { ...answered, HttpStatusCodeAttribute: 201, HttpReasonPhraseAttribute: 'Created' },
    ],
    [
      '304 with a Location',
      () => at('/304'),
      { ...answered, HttpStatusCodeAttribute: 304, HttpReasonPhraseAttribute: 'Not Modified' },
    ],
    ['data:', () => 'data:,x', none],
  ];
  it.each(rows)('%s', async (_name, url, expected) => {
    await using manager = fresh();
    const request = new QNetworkRequest(url());
    request.setAttribute(Attribute.User, 'mine');
    request.setAttribute(Attribute.RedirectPolicyAttribute, QNetworkRequest.ManualRedirectPolicy);
    const reply = manager.get(request);
    const before = Object.keys(none).map((name) => reply.attribute(Attribute[name as 'User'] as number));
    expect(before).toEqual(
      Object.keys(none).map((name) => (name === 'ConnectionEncryptedAttribute' ? url().startsWith('https') : null)),
    );
    await finished(reply);
    const values = Object.keys(none).map((name) => {
      const value: unknown = reply.attribute(Attribute[name as 'User'] as number);
      return [name, value instanceof QUrl ? value.toEncoded().toString() : value];
    });
    expect(Object.fromEntries(values)).toEqual(expected);
    expect(reply.attribute(Attribute.User)).toBeNull();
    expect(reply.request().attribute(Attribute.User)).toBe('mine');
  });
});

describe('headers of a reply', () => {
  it('raw', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/headers')));
    expect(reply.rawHeaderList().map(String)).toEqual([
      'X-Dup',
      'server',
      'Set-Cookie',
      'X-Latin',
      'Last-Modified',
      'ETag',
      'Content-Type',
      'Content-Disposition',
      'Location',
      'Content-Length',
    ]);
    const raw = (name: string | Uint8Array) => reply.rawHeader(name).toString('latin1');
    expect(raw('X-DUP')).toBe('a, b');
    expect(raw('set-cookie')).toBe('a=1; Path=/\nb=2, c');
    expect(raw(Buffer.from('x-latin'))).toBe('caf\xe9');
    expect([...reply.rawHeader('X-Latin')]).toEqual([99, 97, 102, 0xe9]);
    expect([raw('missing'), reply.hasRawHeader('missing'), reply.hasRawHeader('SERVER')]).toEqual(['', false, true]);
    expect(reply.rawHeaderPairs()[0]!.map(String)).toEqual(['X-Dup', 'a, b']);
    expect(reply.attribute(Attribute.HttpReasonPhraseAttribute)).toBe('Tr\xe8s bien');
  });

  it('as QHttpHeaders, a copy', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/headers')));
    const headers = reply.headers();
    const texts = (name: string) => headers.values(name);
    expect(texts('set-cookie')).toEqual(['a=1; Path=/', 'b=2, c']);
    expect(texts('x-dup')).toEqual(['a', 'b']);
    headers.removeAll('x-dup');
    expect(reply.hasRawHeader('x-dup')).toBe(true);
  });

  it('known', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/headers')));
    expect(reply.header(KnownHeaders.ContentLengthHeader)).toBe(2);
    expect(reply.header(KnownHeaders.ContentTypeHeader)).toBe('text/plain');
    expect(reply.header(KnownHeaders.ServerHeader)).toBe('one/1.0 (two)');
    expect(reply.header(KnownHeaders.ContentDispositionHeader)).toBe('attachment');
    expect(reply.header(KnownHeaders.ETagHeader)).toBe('W/"x"');
    expect(reply.header(KnownHeaders.LastModifiedHeader)).toEqual(new Date('1994-11-06T08:49:37Z'));
    expect(reply.header(KnownHeaders.LocationHeader)?.toEncoded().toString()).toBe('http://example.org/a%20b');
    expect(reply.header(KnownHeaders.UserAgentHeader)).toBeNull();
    expect(() => reply.header(99)).toThrow(/99/);
  });

  it('known, of no use', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/junk')));
    const { LastModifiedHeader, ETagHeader, LocationHeader, ServerHeader, ContentLengthHeader } = KnownHeaders;
    expect([LastModifiedHeader, ETagHeader, LocationHeader].map((code) => reply.header(code))).toEqual([null, null, null]);
    expect([reply.header(ServerHeader), reply.header(ContentLengthHeader)]).toEqual(['x', 0]);
  });

  it('of a decoded answer: the coding stays, the length does not', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/gzip')));
    expect(reply.rawHeaderList().map(String)).toEqual(['Content-Encoding']);
    expect(reply.header(KnownHeaders.ContentLengthHeader)).toBeNull();
    expect(reply.readAll().toString()).toBe('hello world');
  });

  it('are there from metaDataChanged on, none before', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/headers'));
    expect([reply.rawHeaderList(), reply.status()]).toEqual([[], 0]);
    const seen: number[] = [];
    reply.metaDataChanged.connect(() => void seen.push(reply.rawHeaderList().length, reply.status()));
    await finished(reply);
    expect(seen).toEqual([10, 200]);
  });
});

describe('what a reply says of itself', () => {
  it('request() and url() do not change, operation() is the verb', async () => {
    await using manager = fresh();
    const request = new QNetworkRequest(at('/redirect'));
    request.setAttribute(Attribute.RedirectPolicyAttribute, QNetworkRequest.ManualRedirectPolicy);
    request.setRawHeader('X-Mine', '1');
    const reply = manager.put(request, 'x');
    request.setRawHeader('X-Mine', '2');
    request.setUrl('http://elsewhere.example/');
    await finished(reply);
    expect(reply.request().rawHeader('X-Mine').toString()).toBe('1');
    expect(reply.request().url().toString()).toBe(at('/redirect'));
    expect(reply.url().toString()).toBe(at('/redirect'));
    expect(reply.operation()).toBe(QNetworkAccessManager.PutOperation);
    reply.request().setRawHeader('X-Mine', '3');
    expect(reply.request().rawHeader('X-Mine').toString()).toBe('1');
  });

  it('it is sequential, read only, and its size is what can be read now', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/hello'));
    expect([reply.isSequential(), reply.openMode(), reply.size(), reply.write('x')]).toEqual([true, 1, 0, -1]);
    await finished(reply);
    expect([reply.size(), reply.bytesAvailable(), reply.pos(), reply.seek(2)]).toEqual([11, 11, 0, false]);
    expect(reply.peek(5).toString()).toBe('hello');
    expect(reply.bytesAvailable()).toBe(11);
    expect(reply.read(6).toString()).toBe('hello ');
    expect([reply.size(), reply.atEnd()]).toEqual([5, false]);
    expect(reply.readAll().toString()).toBe('world');
    expect([reply.size(), reply.atEnd()]).toEqual([0, true]);
  });

  it('what was read stays readable until the reply is deleted', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/hello')));
    await turns(10);
    expect(reply.readLine().toString()).toBe('hello world');
    reply.deleteLater();
    await turns();
    expect(() => reply.request()).toThrow(/deleted/);
    await expect(reply.bytes()).rejects.toThrow(/deleted/);
  });

  it('timings go one way', async () => {
    await using manager = fresh();
    const reply = await finished(manager.get(at('/hello')));
    const t = reply.timings()!;
    const order = [t.queued, t.connectStart, t.connected, t.sent, t.headReceived, t.ended];
    expect(order.every((time) => time >= 0)).toBe(true);
    expect([...order].sort((a, b) => a - b)).toEqual(order);
    expect(reply.transferId()).toBeGreaterThan(0);
  });

  it('progress of a body without a length has -1 on the way, the whole at the end', async () => {
    await using origin = await serve({ routes: { '/': { body: 'aabb', chunks: [2, 2], pause: 120, framing: 'chunked' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    const seen: string[] = [];
    reply.downloadProgress.connect((got, total) => void seen.push(`${got}/${total}`));
    await finished(reply);
    expect(seen).toEqual(['2/-1', '4/-1', '4/4']);
  });
});

/** A body of so many pieces, which counts those that were taken. */
class Counted {
  made = 0;
  readonly total: number;
  readonly body: Iterable<Uint8Array>;

  constructor(pieces: number, size: number) {
    this.total = pieces * size;
    this.body = this.pieces(pieces, Buffer.alloc(size, 'x'));
  }

  private *pieces(count: number, piece: Uint8Array): Generator<Uint8Array> {
    for (let i = 0; i < count; i++) {
      this.made += piece.length;
      yield piece;
    }
  }
}

describe('back-pressure', () => {
  it('setReadBufferSize bounds what is seen and what is taken from the server', async () => {
    const source = new Counted(1024, 65_536);
    await using origin = await serve({
      routes: { '/': { headers: { 'Content-Length': String(source.total) }, body: source.body } },
    });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    reply.setReadBufferSize(100_000);
    let read = 0;
    let most = 0;
    let ahead = 0;
    reply.readyRead.connect(() => {
      most = Math.max(most, reply.bytesAvailable());
      ahead = Math.max(ahead, source.made - read);
      read += reply.readAll().length;
    });
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    expect([read + reply.readAll().length, reply.error()]).toEqual([source.total, 0]);
    expect(most).toBeLessThanOrEqual(100_000);
    // the rest of it are the buffers of the operating system
    expect(ahead).toBeLessThan(32 << 20);
  });

  it('nothing is taken while nobody reads; lifting the limit lets the rest come', async () => {
    const source = new Counted(1024, 65_536);
    await using origin = await serve({
      routes: { '/': { headers: { 'Content-Length': String(source.total) }, body: source.body } },
    });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    reply.setReadBufferSize(10_000);
    await new Promise<void>((resolve) => reply.readyRead.connect(() => resolve()));
    // another transfer goes on meanwhile
    expect(await manager.get(at('/hello')).text()).toBe('hello world');
    await turns(200);
    expect(reply.bytesAvailable()).toBe(10_000);
    expect(source.made).toBeLessThan(32 << 20);
    let read = 0;
    reply.readyRead.connect(() => {
      read += reply.readAll().length;
    });
    reply.setReadBufferSize(0);
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    expect(read + reply.readAll().length).toBe(source.total);
  });

  it('finished comes when what is left fits into the buffer', async () => {
    await using origin = await serve({ routes: { '/': { body: Buffer.alloc(30_000, 'x') } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    reply.setReadBufferSize(10_000);
    const trace = new Trace(manager, reply);
    await new Promise<void>((resolve) => reply.readyRead.once(() => resolve()));
    await turns(50);
    expect([reply.bytesAvailable(), reply.isFinished(), trace.all.includes('readChannelFinished')]).toEqual([
      10_000,
      false,
      false,
    ]);
    expect(reply.read(9_000)).toHaveLength(9_000);
    await turns(10);
    expect([reply.bytesAvailable(), reply.isFinished()]).toEqual([10_000, false]);
    expect(reply.readAll()).toHaveLength(10_000);
    await turns(10);
    expect([reply.bytesAvailable(), reply.isFinished()]).toEqual([10_000, false]);
    reply.read(1_000);
    await finished(reply);
    expect([reply.bytesAvailable(), reply.error()]).toEqual([10_000, 0]);
    expect(trace.all.slice(-4)).toEqual(['downloadProgress(30000, 30000)', 'readChannelFinished', 'M.finished', 'finished']);
  });

  it('holds for a decoded answer too', async () => {
    const size = 32 << 20;
    await using origin = await serve({
      routes: { '/': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(Buffer.alloc(size, 'abcdefgh')) } },
    });
    await using manager = fresh();
    const request = new QNetworkRequest(origin.url());
    request.setDecompressedSafetyCheckThreshold(-1);
    const reply = manager.get(request);
    reply.setReadBufferSize(100_000);
    await new Promise<void>((resolve) => reply.readyRead.once(() => resolve()));
    const before = process.memoryUsage().arrayBuffers;
    await until(() => reply.bytesAvailable() === 100_000, 'a full buffer');
    await turns(200);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 << 20);
    expect([reply.bytesAvailable(), reply.isFinished()]).toEqual([100_000, false]);
    let read = 0;
    let most = 0;
    const take = () => {
      most = Math.max(most, reply.bytesAvailable());
      read += reply.readAll().length;
    };
    reply.readyRead.connect(take);
    take();
    await new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    take();
    expect([read, reply.error()]).toEqual([size, 0]);
    expect(most).toBeLessThanOrEqual(100_000);
  });

  it('a connection that is lost while nobody reads still gives what had come', async () => {
    await using origin = await serve({
      routes: { '/': { headers: { 'Content-Length': '99999' }, body: Buffer.alloc(30_000, 'x'), end: 'close' } },
    });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    reply.setReadBufferSize(10_000);
    await new Promise<void>((resolve) => reply.readyRead.once(() => resolve()));
    let read = reply.readAll().length;
    reply.readyRead.connect(() => {
      read += reply.readAll().length;
    });
    await finished(reply);
    read += reply.readAll().length;
    expect([read, reply.error()]).toEqual([30_000, NetworkError.RemoteHostClosedError]);
  });

  it('abort while the reader holds it back', async () => {
    const source = new Counted(1024, 65_536);
    await using origin = await serve({
      routes: { '/': { headers: { 'Content-Length': String(source.total) }, body: source.body } },
    });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    reply.setReadBufferSize(10_000);
    await new Promise<void>((resolve) => reply.readyRead.once(() => resolve()));
    reply.abort();
    expect(reply.isFinished()).toBe(true);
    await origin.whenIdle();
  });

  it('setting the limit in the slot of readyRead does not go round in circles', async () => {
    await using origin = await serve({ routes: { '/': { body: 'abc', end: 'hang', headers: { 'Content-Length': '9' } } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    let rounds = 0;
    reply.readyRead.connect(() => {
      if (++rounds < 1000) reply.setReadBufferSize(10_000);
    });
    await until(() => rounds > 0, 'readyRead');
    await turns(5);
    expect(rounds).toBe(1);
  });

  it('a size that is none is refused', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/hello'));
    for (const size of [-1, 1.5, Number.NaN, '10' as never]) expect(() => reply.setReadBufferSize(size)).toThrow(RangeError);
    reply.setReadBufferSize(0);
    expect(reply.readBufferSize()).toBe(0);
  });
});

describe('a slot that stops the reply where it is least expected', () => {
  it('abort() inside aboutToClose', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/stall'));
    const trace = new Trace(manager, reply);
    await new Promise<void>((resolve) => reply.readyRead.once(() => resolve()));
    let calls = 0;
    reply.aboutToClose.connect(() => void (++calls < 5 && reply.abort()));
    reply.abort();
    await turns();
    expect(trace.all.filter((line) => ['aboutToClose', 'finished', 'M.finished', 'errorOccurred(5)'].includes(line))).toEqual([
      'aboutToClose',
      'errorOccurred(5)',
      'M.finished',
      'finished',
    ]);
  });

  it('abort() inside the aboutToClose of a timeout', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/never'), { timeout: 20 });
    const trace = new Trace(manager, reply);
    let calls = 0;
    reply.aboutToClose.connect(() => void (++calls < 5 && reply.abort()));
    await finished(reply);
    await turns();
    expect(trace.all.filter((line) => line === 'finished' || line === 'M.finished')).toEqual(['M.finished', 'finished']);
    expect(trace.all.filter((line) => line.startsWith('errorOccurred'))).toHaveLength(1);
  });

  it('the manager is deleted inside a slot', async () => {
    for (const name of ['metaDataChanged', 'readyRead', 'downloadProgress', 'readChannelFinished', 'requestSent'] as const) {
      const manager = fresh();
      const reply = manager.get(at('/hello'));
      const trace = new Trace(manager, reply);
      (reply[name] as QNetworkReply['finished']).once(() => manager._destroy());
      await until(() => trace.all.includes('destroyed'), 'destroyed');
      await turns(10);
      expect(trace.all.at(-1), name).toBe('destroyed');
    }
  });
});

describe('reading by promises and streams', () => {
  it('bytes, text, json', async () => {
    await using manager = fresh();
    expect(await manager.get(at('/hello')).bytes()).toEqual(Buffer.from('hello world'));
    expect(await manager.get(at('/gzip')).text()).toBe('hello world');
    expect(await manager.get('data:application/json,{"a":[1]}').json()).toEqual({ a: [1] });
    expect(await manager.get(at('/empty')).bytes()).toEqual(Buffer.alloc(0));
  });

  it('for await, web streams, Node streams', async () => {
    await using manager = fresh();
    const parts: Buffer[] = [];
    for await (const part of manager.get(at('/hello'))) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('hello world');
    expect(await new Response(manager.get(at('/hello')).toWeb()).text()).toBe('hello world');
    expect(Buffer.concat(await manager.get(at('/hello')).toReadable().toArray()).toString()).toBe('hello world');
  });

  it('bytes rejects with what is known; streams show the error page', async () => {
    await using manager = fresh();
    const error = await manager
      .get(at('/status?404'))
      .bytes()
      .then(String, (e: QNetworkReplyError) => e);
    expect(error).toMatchObject({
      name: 'QNetworkReplyError',
      code: 'ContentNotFoundError',
      networkError: 203,
      kind: 'status',
      status: 404,
    });
    expect(await new Response(manager.get(at('/status?404')).toWeb()).text()).toBe('page');
  });

  it('whenHeaders, whenFinished', async () => {
    await using manager = fresh();
    const reply = manager.get(at('/stall'));
    expect((await reply.whenHeaders()).status()).toBe(200);
    expect(reply.isFinished()).toBe(false);
    await expect(reply.whenFinished({ timeout: 10 })).rejects.toThrow(/10 ms/);
    const end = reply.whenFinished();
    reply.abort();
    expect(await end).toBe(reply);
    await expect(manager.get(at('/drop')).whenHeaders()).rejects.toMatchObject({ code: 'RemoteHostClosedError' });
  });

  it('leaving the loop aborts', async () => {
    await using origin = await serve({ routes: { '/': { headers: { 'Content-Length': '99' }, body: 'abc', end: 'hang' } } });
    await using manager = fresh();
    const reply = manager.get(origin.url());
    for await (const part of reply) {
      expect(part.toString()).toBe('abc');
      break;
    }
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    await origin.whenIdle();
  });

  it('a big body by each way is the same', async () => {
    const source = Buffer.alloc(5_000_000, 'qnetwork');
    await using origin = await serve({ routes: { '/': { body: source, framing: 'chunked' } } });
    await using manager = fresh();
    const request = manager.get(origin.url());
    expect((await request.bytes()).equals(source)).toBe(true);
    const parts: Buffer[] = [];
    for await (const part of manager.get(origin.url())) parts.push(part);
    expect(Buffer.concat(parts).equals(source)).toBe(true);
    expect(Buffer.from(await new Response(manager.get(origin.url()).toWeb()).arrayBuffer()).equals(source)).toBe(true);
  });
});
