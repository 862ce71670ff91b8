import { getEventListeners } from 'node:events';
import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { languages } from '../../../src/api/bridge/compile.ts';
import {
  QHttp1Configuration,
  QHttpHeaders,
  QNetworkAccessManager,
  QNetworkReply,
  QNetworkRequest,
  QUrl,
  type RequestOptions,
} from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { type Answer, type SeenRequest, serve } from '../../support/server.ts';
import { finished, fresh, Trace, turns } from '../bridge/support.ts';

const OK = { '*': { body: 'ok' } } as const satisfies Record<string, Answer>;
const CODINGS = `${'createZstdDecompress' in zlib ? 'zstd, ' : ''}br, gzip, deflate`;
const LANGUAGE = languages(process.env);
type Manager = QNetworkAccessManager;

/** Sends one request to `*` and gives what arrived. */
async function wire(
  send: (m: Manager, url: (path?: string) => string) => QNetworkReply,
): Promise<SeenRequest & { readonly port: number }> {
  await using origin = await serve({ routes: OK });
  await using manager = fresh();
  const reply = await finished(send(manager, (path) => origin.url(path)));
  expect([reply.error(), reply.errorString(), origin.requests.length]).toEqual([0, 'Unknown error', 1]);
  return Object.assign(origin.requests[0]!, { port: origin.port });
}

const withHeaders = (url: string, headers: Readonly<Record<string, string>>): QNetworkRequest => {
  const request = new QNetworkRequest(url);
  for (const [name, value] of Object.entries(headers)) request.setRawHeader(name, value);
  return request;
};
const tail = ['Connection: Keep-Alive', `Accept-Encoding: ${CODINGS}`, `Accept-Language: ${LANGUAGE}`, 'User-Agent: Mozilla/5.0'];
const FORM = 'Content-Type: application/x-www-form-urlencoded';

describe('the request on the wire, byte by byte (semantics 4.1)', () => {
  const rows: readonly [
    name: string,
    send: (m: Manager, url: (path?: string) => string) => QNetworkReply,
    line: string,
    lines: readonly string[],
    body?: string,
  ][] = [
    ['GET', (m, url) => m.get(url('/a?b=c')), 'GET /a?b=c', tail],
    ['HEAD', (m, url) => m.head(url()), 'HEAD /', tail],
    ['DELETE', (m, url) => m.deleteResource(url()), 'DELETE /', tail],
    ['POST', (m, url) => m.post(url(), 'abc'), 'POST /', ['Content-Length: 3', ...tail, FORM], 'abc'],
    ['POST with a query and no body', (m, url) => m.post(url('/?q')), 'POST /?q', [...tail, FORM]],
    ['POST of nothing', (m, url) => m.post(url(), ''), 'POST /', ['Content-Length: 0', ...tail]],
    ['PUT', (m, url) => m.put(url(), 'abc'), 'PUT /', ['Content-Length: 3', ...tail], 'abc'],
    ['a custom verb', (m, url) => m.sendCustomRequest(url(), 'x-Verb!'), 'x-Verb! /', tail],
    [
      'a custom verb as bytes',
      (m, url) => m.sendCustomRequest(url(), Buffer.from('PATCH'), 'x'),
      'PATCH /',
      ['Content-Length: 1', ...tail],
      'x',
    ],
    ['a custom GET', (m, url) => m.sendCustomRequest(url(), 'GET'), 'GET /', tail],
    ['a custom HEAD', (m, url) => m.sendCustomRequest(url(), 'HEAD'), 'HEAD /', tail],
    ['GET with a body', (m, url) => m.get(url(), 'abc'), 'GET /', ['Content-Length: 3', ...tail], 'abc'],
    [
      "the caller's headers, in order, as written",
      (m, url) => m.put(withHeaders(url(), { 'x-one': '1', 'X-TWO': '2', Accept: '*/*', 'x-Three': '' }), 'abc'),
      'PUT /',
      ['x-one: 1', 'X-TWO: 2', 'Accept: */*', 'x-Three: ', 'Content-Length: 3', ...tail],
      'abc',
    ],
    [
      "the caller's Host comes first",
      (m, url) => m.get(withHeaders(url(), { 'X-A': '1', host: 'virtual.example' })),
      'GET /',
      ['Host: virtual.example', 'X-A: 1', ...tail],
    ],
    [
      'defaults the caller overrides',
      (m, url) =>
        m.get(
          withHeaders(url(), {
            'user-agent': 'me/1',
            'Accept-Encoding': 'identity',
            'Accept-Language': 'fr',
            connection: 'close',
          }),
        ),
      'GET /',
      ['user-agent: me/1', 'Accept-Encoding: identity', 'Accept-Language: fr', 'connection: close'],
    ],
    [
      'an empty value puts a default out of action',
      (m, url) => m.get(withHeaders(url(), { 'User-Agent': '', 'Accept-Language': '' })),
      'GET /',
      ['User-Agent: ', 'Accept-Language: ', 'Connection: Keep-Alive', `Accept-Encoding: ${CODINGS}`],
    ],
    [
      'AlwaysNetwork',
      (m, url) => m.get(url(), { attributes: { CacheLoadControlAttribute: QNetworkRequest.AlwaysNetwork } }),
      'GET /',
      [...tail.slice(0, 2), 'Cache-Control: no-cache', 'Pragma: no-cache', ...tail.slice(2)],
    ],
    [
      'AlwaysNetwork with Cache-Control of the caller',
      (m, url) =>
        m.get(url(), {
          attributes: { CacheLoadControlAttribute: QNetworkRequest.AlwaysNetwork },
          headers: { 'cache-control': 'x' },
        }),
      'GET /',
      ['cache-control: x', ...tail],
    ],
    [
      'several values of one name',
      (m, url) => {
        const request = new QNetworkRequest(url());
        const headers = new QHttpHeaders();
        headers.append('X-A', '1');
        headers.append('X-B', '2');
        headers.append('X-A', '3');
        request.setHeaders(headers);
        return m.get(request);
      },
      'GET /',
      ['x-a: 1', 'x-b: 2', 'x-a: 3', ...tail],
    ],
    [
      'a Content-Length of a GET is sent as it is',
      (m, url) => m.get(withHeaders(url(), { 'Content-Length': '0' })),
      'GET /',
      ['Content-Length: 0', ...tail],
    ],
  ];
  it.each(rows)('%s', async (_name, send, line, lines, body = '') => {
    const request = await wire(send);
    const host = lines[0]?.startsWith('Host: ') === true ? [] : [`Host: 127.0.0.1:${request.port}`];
    const head = request.raw.toString('latin1').slice(0, -body.length || undefined);
    const names = (text: string) => text.replaceAll(/^x-[ab](?=:)/gim, (name) => name.toLowerCase());
    expect(names(head)).toBe(names([`${line} HTTP/1.1`, ...host, ...lines, '', ''].join('\r\n')));
    expect(request.body.toString()).toBe(body);
  });

  it('Accept-Encoding of the caller turns decoding off', async () => {
    const zipped = zlib.gzipSync('hello');
    await using origin = await serve({ routes: { '*': { headers: { 'Content-Encoding': 'gzip' }, body: zipped } } });
    await using manager = fresh();
    const mine = await manager.get(origin.url(), { headers: { 'Accept-Encoding': 'gzip' } }).bytes();
    expect(mine.equals(zipped)).toBe(true);
    expect(await manager.get(origin.url(), { headers: { 'Accept-Encoding': '' } }).text()).toBe('hello');
  });

  it('Accept-Language follows the locale', () => {
    const rows: readonly [Record<string, string>, string][] = [
      [{}, 'en,*'],
      [{ LANG: 'C' }, 'en,*'],
      [{ LANG: 'C.UTF-8' }, 'en,*'],
      [{ LANG: 'POSIX' }, 'en,*'],
      [{ LANG: 'en_US.UTF-8' }, 'en-US,*'],
      [{ LANG: 'en' }, 'en,*'],
      [{ LANG: 'de_DE.UTF-8' }, 'de-DE,en,*'],
      [{ LANG: 'de_DE@euro' }, 'de-DE,en,*'],
      [{ LANG: 'de_DE', LC_MESSAGES: 'fr_FR' }, 'fr-FR,en,*'],
      [{ LANG: 'de_DE', LC_ALL: 'it_IT', LC_MESSAGES: 'fr_FR' }, 'it-IT,en,*'],
      [{ LANG: 'de_DE\r\nX: y' }, 'en,*'],
    ];
    for (const [env, expected] of rows) expect(languages(env)).toBe(expected);
  });

  it.each([
    ['/a/./b/../c', '/a/c'],
    ['/../a', '/a'],
    ['', '/'],
    ['?q=1', '/?q=1'],
    ['/a%2Fb%20c', '/a%2Fb%20c'],
    ['/\u00fc', '/%C3%BC'],
    ['/a b', '/a%20b'],
    ['/a"<>`{}|', '/a%22%3C%3E%60%7B%7D%7C'],
    ['/100%', '/100%25'],
    ['/a#fragment', '/a'],
    ['//double', '//double'],
    ['/a?x=1&y=\u00fc#z?', '/a?x=1&y=%C3%BC'],
  ])('the target of %s is %s', async (path, target) => {
    const request = await wire((m, url) => m.get(url('').concat(path)));
    expect(request.target).toBe(target);
  });

  it('user info and fragment are never sent', async () => {
    const request = await wire((m, url) => m.get(url('/x#secret').replace('//', '//user:secret@')));
    expect(request.raw.toString()).not.toMatch(/user:|secret|@|Authorization/);
  });

  it('Host: port only where the URL has one, IPv6 in brackets, names as ACE', async () => {
    await using six = await serve({ host: '::1', routes: OK });
    await using manager = fresh();
    await manager.get(six.url()).bytes();
    expect(six.requests[0]!.header('host')).toBe(`[::1]:${six.port}`);
    await using named = await serve({ routes: OK });
    await manager.get(`http://\uff2cOCALHOST:${named.port}/`).bytes();
    expect(named.requests[0]!.header('host')).toBe(`localhost:${named.port}`);
  });
});

describe('verbs', () => {
  const { Operation } = QNetworkAccessManager;
  const rows: readonly [name: string, send: (m: Manager, url: string) => QNetworkReply, operation: number, method: string][] = [
    ['head', (m, url) => m.head(url), Operation.HeadOperation, 'HEAD'],
    ['get', (m, url) => m.get(url), Operation.GetOperation, 'GET'],
    ['put', (m, url) => m.put(url, 'x'), Operation.PutOperation, 'PUT'],
    ['post', (m, url) => m.post(url, 'x'), Operation.PostOperation, 'POST'],
    ['deleteResource', (m, url) => m.deleteResource(url), Operation.DeleteOperation, 'DELETE'],
    ['sendCustomRequest', (m, url) => m.sendCustomRequest(url, 'OPTIONS'), Operation.CustomOperation, 'OPTIONS'],
  ];
  it.each(rows)('%s', async (_name, send, operation, method) => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const reply = send(manager, origin.url());
    expect(reply.operation()).toBe(operation);
    await finished(reply);
    expect([origin.requests[0]!.method, reply.status(), reply.manager()]).toEqual([method, 200, manager]);
  });

  it('takes QNetworkRequest, QUrl, URL and text', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const url = origin.url('/x');
    for (const target of [new QNetworkRequest(url), new QUrl(url), new URL(url), url]) {
      expect(await manager.get(target).text()).toBe('ok');
    }
    expect(origin.requests.map(({ target }) => target)).toEqual(['/x', '/x', '/x', '/x']);
  });

  it('what is asked for is fixed when the verb is called', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const request = withHeaders(origin.url('/first'), { 'X-A': '1' });
    const reply = manager.get(request);
    request.setUrl(origin.url('/second'));
    request.setRawHeader('X-A', '2');
    request.setAttribute(QNetworkRequest.Attribute.User, 'late');
    const again = manager.get(request);
    await Promise.all([finished(reply), finished(again)]);
    expect(origin.requests.map((seen) => [seen.target, seen.header('x-a')])).toEqual([
      ['/first', '1'],
      ['/second', '2'],
    ]);
    expect(reply.request().attribute(QNetworkRequest.Attribute.User)).toBeNull();
  });

  it.each(['', 'A B', 'GET\r\nX: y', 'G\u00c9T', 'a,b'])('the verb %j is refused', async (verb) => {
    await using manager = fresh();
    expect(() => manager.sendCustomRequest('http://127.0.0.1/', verb)).toThrow(TypeError);
    expect(() => manager.sendCustomRequest('http://127.0.0.1/', verb)).toThrow(/sendCustomRequest: the verb/);
  });

  it('what cannot be a URL is refused by name', async () => {
    await using manager = fresh();
    for (const url of [5, null, {}, []]) expect(() => manager.get(url as never)).toThrow(TypeError);
  });

  it('methods of a deleted manager say so', () => {
    const manager = fresh();
    manager._destroy();
    expect(() => manager.get('data:,x')).toThrow(/deleted/);
    expect(() => manager.connectToHost('127.0.0.1')).toThrow(/deleted/);
  });
});

describe('options', () => {
  const rows: readonly [
    name: string,
    path: string,
    options: RequestOptions,
    target: string,
    headers: Record<string, string | undefined>,
  ][] = [
    [
      'query',
      '/a',
      { query: { q: 'n\u00e4her & so', page: 2, list: ['x', 'y'], none: null } },
      '/a?q=n%C3%A4her%20%26%20so&page=2&list=x&list=y',
      {},
    ],
    ['query joins the one there is', '/a?z=1#f', { query: [['q', '1']] }, '/a?z=1&q=1', {}],
    ['query from URLSearchParams', '/a', { query: new URLSearchParams('a=b c') }, '/a?a=b%20c', {}],
    ['headers', '/', { headers: { 'X-A': 'b', 'User-Agent': 'me' } }, '/', { 'x-a': 'b', 'user-agent': 'me' }],
    ['headers from Headers', '/', { headers: new Headers({ 'X-A': 'b' }) }, '/', { 'x-a': 'b' }],
    ['headers from pairs', '/', { headers: [['X-A', 'b']] }, '/', { 'x-a': 'b' }],
    ['headers from QHttpHeaders', '/', { headers: QHttpHeaders.fromListOfPairs([['X-A', 'b']]) }, '/', { 'x-a': 'b' }],
    ['attributes', '/', { attributes: { CacheLoadControlAttribute: 0 } }, '/', { pragma: 'no-cache' }],
    ['an empty object', '/', {}, '/', {}],
    ['undefined everywhere', '/', { query: undefined, headers: undefined, signal: undefined, timeout: undefined }, '/', {}],
  ];
  it.each(rows)('%s', async (_name, path, options, target, headers) => {
    const request = await wire((m, url) => m.get(url(path), options));
    expect(request.target).toBe(target);
    for (const [name, value] of Object.entries(headers)) expect(request.header(name), name).toBe(value);
  });

  it('headers replace those of the request, null removes', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const request = withHeaders(origin.url(), { 'X-A': '1', 'X-B': '2' });
    await manager.get(request, { headers: { 'x-a': 'new', 'X-B': null } }).bytes();
    expect(origin.requests[0]!.headers.filter(([name]) => /^x-/i.test(name)).map(([, value]) => value)).toEqual(['new']);
    expect(request.rawHeader('X-A').toString()).toBe('1');
  });

  it.each([
    [{ nonsense: 1 }, /Unknown request option "nonsense"; the options are/],
    [{ timeout: -1 }, /timeout expects whole milliseconds/],
    [{ timeout: { nap: 1 } }, /unknown limit "nap"/],
    [{ priority: 'urgent' }, /priority expects one of 'high', 'normal', 'low'/],
    [{ headers: { 'X Y': 'z' } }, /header name "X Y"/],
    [{ headers: { X: 'a\r\nY: b' } }, /one line of text|field value/],
    [{ query: 'a=b' }, /query is an object/],
    [{ signal: {} }, /signal expects an AbortSignal/],
    [{ attributes: { Nothing: 1 } }, /"Nothing" is no name/],
    [{ resend: 'never' }, /resend expects one of/],
    [{ partition: 1 }, /partition expects a string/],
    ['text', /options|data|body/],
  ])('%j is refused at once', async (options, text) => {
    await using manager = fresh();
    expect(() => manager.get('http://127.0.0.1:1/', null, options as never)).toThrow(text);
  });

  it('priority: high before normal before low, in turn within each', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const get = (name: string, priority: 'high' | 'normal' | 'low') => {
      const request = new QNetworkRequest(origin.url(`/${name}`));
      const configuration = new QHttp1Configuration();
      configuration.setNumberOfConnectionsPerHost(1);
      request.setHttp1Configuration(configuration);
      return finished(manager.get(request, { priority }));
    };
    const first = get('first', 'low');
    await origin.whenRequests(1);
    await first;
    await Promise.all([
      get('l1', 'low'),
      get('n1', 'normal'),
      get('h1', 'high'),
      get('l2', 'low'),
      get('n2', 'normal'),
      get('h2', 'high'),
    ]);
    expect(origin.requests.map(({ target }) => target)).toEqual(['/first', '/h1', '/h2', '/n1', '/n2', '/l1', '/l2']);
  });

  it('partition: connections are not shared', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    for (const partition of ['', 'a', '', 'a', 'b']) await manager.get(origin.url(), { partition }).bytes();
    expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 2, 1, 2, 3]);
  });

  it('attributes: pipelining is used where it is allowed', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    await manager.get(origin.url()).bytes();
    const replies = Array.from({ length: 30 }, () =>
      manager.get(origin.url(), { attributes: { HttpPipeliningAllowedAttribute: true } }),
    );
    await Promise.all(replies.map((reply) => finished(reply)));
    const used = replies.map((reply) => reply.attribute(QNetworkRequest.Attribute.HttpPipeliningWasUsedAttribute));
    expect(used).toContain(true);
    expect(replies.every((reply) => reply.readAll().toString() === 'ok')).toBe(true);
  });
});

describe('timeouts', () => {
  const never = { '*': { fault: 'stall before head' } } as const;

  it("the request's limit wins over the manager's; 0 leaves it to the manager", async () => {
    await using origin = await serve({ routes: never });
    await using manager = fresh();
    manager.setTransferTimeout(60);
    const limits: readonly [RequestOptions, number][] = [
      [{}, 60],
      [{ timeout: 0 }, 60],
      [{ timeout: 25 }, 25],
    ];
    for (const [options, limit] of limits) {
      const reply = await finished(manager.get(origin.url(), options));
      expect(reply.failure()).toMatchObject({ kind: 'timeout', limit: { name: 'transfer', milliseconds: limit } });
    }
  });

  it('it is about silence, not about the whole', async () => {
    await using origin = await serve({ routes: { '*': { body: 'abcdefgh', chunks: [1, 1, 1, 1, 1, 1, 1], pause: 30 } } });
    await using manager = fresh();
    expect(await manager.get(origin.url(), { timeout: 150 }).text()).toBe('abcdefgh');
  });

  it('values', () => {
    const manager = fresh();
    expect([manager.transferTimeout(), manager.transferTimeoutAsDuration()]).toEqual([0, 0]);
    manager.setTransferTimeout();
    expect([manager.transferTimeout(), manager.transferTimeoutAsDuration()]).toEqual([30_000, 30_000]);
    for (const bad of [-1, 1.5, Number.NaN, '5' as never]) expect(() => manager.setTransferTimeout(bad)).toThrow(RangeError);
    expect(manager.transferTimeout()).toBe(30_000);
  });

  it('does not concern data: and file:', async () => {
    await using manager = fresh();
    manager.setTransferTimeout(1);
    const reply = manager.get('data:,x');
    await turns(20);
    expect(reply.error()).toBe(0);
  });
});

describe('AbortSignal', () => {
  const routes = { '/': { headers: { 'Content-Length': '9' }, body: 'x', end: 'hang' }, '/ok': { body: 'ok' } } as const;

  it('fired already: aborts after slots could be connected, nothing is sent', async () => {
    await using origin = await serve({ routes });
    await using manager = fresh();
    const reply = manager.get(origin.url(), { signal: AbortSignal.abort('why') });
    const trace = new Trace(manager, reply);
    expect(reply.isRunning()).toBe(true);
    await expect(reply.bytes()).rejects.toBe('why');
    expect(trace.all.at(-1)).toBe('finished');
    await turns(10);
    expect(origin.accepted).toBe(0);
  });

  it('fires later: as abort(), helpers reject with its reason', async () => {
    await using origin = await serve({ routes });
    await using manager = fresh();
    const control = new AbortController();
    const reply = manager.get(origin.url(), { signal: control.signal });
    const bytes = reply.bytes();
    await reply.readyRead.next();
    const reason = new Error('enough');
    control.abort(reason);
    expect([reply.isFinished(), reply.error()]).toEqual([true, QNetworkReply.OperationCanceledError]);
    await expect(bytes).rejects.toBe(reason);
    await origin.whenIdle();
  });

  it('fires after the end: nothing happens, nothing is left', async () => {
    await using origin = await serve({ routes });
    await using manager = fresh();
    const control = new AbortController();
    const reply = manager.get(origin.url('/ok'), { signal: control.signal });
    expect(getEventListeners(control.signal, 'abort')).toHaveLength(1);
    await finished(reply);
    expect(getEventListeners(control.signal, 'abort')).toHaveLength(0);
    control.abort();
    expect(reply.error()).toBe(0);
    expect(await reply.text()).toBe('ok');
  });

  it('one signal for many', async () => {
    await using origin = await serve({ routes });
    await using manager = fresh();
    const control = new AbortController();
    const replies = Array.from({ length: 9 }, () => manager.get(origin.url(), { signal: control.signal }));
    await origin.whenRequests(6);
    control.abort();
    expect(replies.map((reply) => reply.error())).toEqual(Array.from({ length: 9 }, () => QNetworkReply.OperationCanceledError));
    await origin.whenIdle();
    expect(origin.requests).toHaveLength(6);
  });
});

describe('the end of a manager and of its replies', () => {
  const hang = { '*': { headers: { 'Content-Length': '9' }, body: 'x', end: 'hang' } } as const;

  it('close() aborts everything, closes connections, and the manager can be used again', async () => {
    await using origin = await serve({ routes: { '/ok': { body: 'ok' }, ...hang } });
    await using manager = fresh();
    await manager.get(origin.url('/ok')).bytes();
    const replies = Array.from({ length: 8 }, () => manager.get(origin.url('/')));
    await origin.whenRequests(7);
    expect(manager.connectionCount()).toBe(6);
    await manager.close();
    expect(replies.map((reply) => [reply.isFinished(), reply.error()])).toEqual(replies.map(() => [true, 5]));
    expect(manager.connectionCount()).toBe(0);
    await origin.whenIdle();
    expect(await manager.get(origin.url('/ok')).text()).toBe('ok');
  });

  it('close() ends data: replies too', async () => {
    const manager = fresh();
    const reply = manager.get('data:,x');
    const end = new Promise<void>((resolve) => reply.finished.connect(() => resolve()));
    await manager.close();
    await end;
  });

  it('await using closes and deletes', async () => {
    await using origin = await serve({ routes: hang });
    let reply: QNetworkReply;
    let gone = false;
    {
      await using manager = fresh();
      manager.destroyed.connect(() => {
        gone = true;
      });
      reply = manager.get(origin.url());
      await reply.readyRead.next();
    }
    expect(reply.error()).toBe(QNetworkReply.OperationCanceledError);
    await turns();
    expect(gone).toBe(true);
    await origin.whenIdle();
  });

  it('using a reply aborts and deletes it', async () => {
    await using origin = await serve({ routes: hang });
    await using manager = fresh();
    let trace: Trace;
    {
      using reply = manager.get(origin.url());
      trace = new Trace(manager, reply);
      await reply.readyRead.next();
    }
    expect(trace.all.slice(-2)).toEqual(['M.finished', 'finished']);
    await turns();
    expect(trace.all.at(-1)).toBe('destroyed');
    {
      await using reply = manager.get(origin.url());
      trace = new Trace(manager, reply);
    }
    expect(trace.all.slice(-2)).toEqual(['finished', 'destroyed']);
  });

  it('using a reply that is over only deletes it', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const reply = await finished(manager.get(origin.url()));
    const trace = new Trace(manager, reply);
    reply[Symbol.dispose]();
    reply[Symbol.dispose]();
    await turns();
    expect(trace.all).toEqual(['destroyed']);
    reply[Symbol.dispose]();
    await reply[Symbol.asyncDispose]();
  });

  it('a manager with nothing to do can be deleted', async () => {
    const manager = fresh();
    manager.deleteLater();
    await turns();
    await manager[Symbol.asyncDispose]();
  });
});

describe('connections', () => {
  it('connectToHost opens one ahead; finished comes for it', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const over = manager.finished.next();
    manager.connectToHost('127.0.0.1', origin.port);
    const [hidden] = await over;
    expect([hidden.error(), origin.accepted, origin.requests.length]).toEqual([0, 1, 0]);
    const reply = manager.get(origin.url());
    const trace = new Trace(manager, reply);
    await finished(reply);
    expect(trace.all[0]).toBe('requestSent');
    expect(origin.accepted).toBe(1);
  });

  it('connectToHost that fails: finished with the error', async () => {
    const gone = await serve();
    await gone.close();
    await using manager = fresh();
    const over = manager.finished.next();
    manager.connectToHost('127.0.0.1', gone.port);
    expect((await over)[0].error()).toBe(QNetworkReply.ConnectionRefusedError);
    for (const port of [0, 65_536, 1.5]) expect(() => manager.connectToHost('127.0.0.1', port)).toThrow(RangeError);
  });

  it.each([
    ['', "got ''."],
    [undefined, 'got undefined.'],
    ['a/b', "got 'a/b': Invalid hostname (character '/' not permitted)."],
    ['http://h', "got 'http://h': Invalid IPv6 address."],
    ['127.0.0.1:80', "got '127.0.0.1:80': Invalid IPv6 address."],
    ['joe:secret@h', "got '…@h': Invalid IPv6 address."],
  ])('connectToHost takes no %j', (host, message) => {
    const manager = fresh();
    const call = (): void => manager.connectToHost(host as string);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(`QNetworkAccessManager.connectToHost expects the name or address of a host; ${message}`);
  });

  it('connectToHost takes an IPv6 address with or without its brackets', async () => {
    await using origin = await serve({ host: '::1' });
    for (const host of ['::1', '[::1]']) {
      await using manager = fresh();
      const over = manager.finished.next();
      manager.connectToHost(host, origin.port);
      expect((await over)[0].error()).toBe(0);
    }
  });

  it('clearConnectionCache ends what runs or waits with 5 and closes all', async () => {
    await using origin = await serve({ routes: { '/ok': { body: 'ok' }, '*': { fault: 'stall before head' } } });
    await using manager = fresh();
    const replies = Array.from({ length: 8 }, () => manager.get(origin.url('/')));
    await origin.whenRequests(6);
    const ends = replies.map((reply) => finished(reply));
    manager.clearConnectionCache();
    await Promise.all(ends);
    expect(replies.map((reply) => reply.error())).toEqual(replies.map(() => QNetworkReply.OperationCanceledError));
    expect(await manager.get(origin.url('/ok')).text()).toBe('ok');
  });

  it('clearAccessCache closes idle connections and lets the rest go on', async () => {
    await using origin = await serve({ routes: { '/slow': { delay: 40, body: 'slow' }, '*': { body: 'ok' } } });
    await using manager = fresh();
    await Promise.all([manager.get(origin.url()).bytes(), manager.get(origin.url()).bytes()]);
    const slow = manager.get(origin.url('/slow'));
    await origin.whenRequests(3);
    expect(manager.connectionCount()).toBe(2);
    manager.clearAccessCache();
    expect(manager.connectionCount()).toBe(1);
    expect(await slow.text()).toBe('slow');
  });

  it('two managers share nothing', async () => {
    await using origin = await serve({ routes: OK });
    await using one = fresh();
    await using two = fresh();
    await one.get(origin.url()).bytes();
    await two.get(origin.url()).bytes();
    expect(origin.requests.map(({ connection }) => connection)).toEqual([1, 2]);
  });

  it('six at a time to one host, in order', async () => {
    await using origin = await serve({ routes: { '*': { delay: 15, body: 'ok' } } });
    await using manager = fresh();
    let most = 0;
    const replies = Array.from({ length: 20 }, (_, i) => manager.get(origin.url(`/${i}`)));
    manager.finished.connect(() => {
      most = Math.max(most, origin.open);
    });
    await Promise.all(replies.map((reply) => finished(reply)));
    expect(most).toBe(6);
    expect(origin.accepted).toBe(6);
    const order = origin.requests.map(({ target }) => Number(target.slice(1)));
    // connections overtake one another, by no more than there are
    expect(order.filter((nth, i) => Math.abs(nth - i) > 6)).toEqual([]);
  });
});

describe('what a manager says of itself', () => {
  it('defaults', () => {
    const manager = fresh();
    const schemes = ['ftp', 'ftpes', 'file', 'qrc', 'http', 'https', 'data', 'unix+http', 'local+http'];
    expect(manager.supportedSchemes()).toEqual(schemes);
    expect([manager.autoDeleteReplies(), manager.transferTimeout(), manager.connectionCount(), manager.parent()]).toEqual([
      false,
      0,
      0,
      null,
    ]);
    const { Operation } = QNetworkAccessManager;
    expect([Operation.HeadOperation, Operation.GetOperation, Operation.PutOperation]).toEqual([1, 2, 3]);
    expect([Operation.PostOperation, Operation.DeleteOperation, Operation.CustomOperation, Operation.UnknownOperation]).toEqual([
      4, 5, 6, 0,
    ]);
  });

  it('supportedSchemesImplementation is asked', () => {
    class Mine extends QNetworkAccessManager {
      protected override supportedSchemesImplementation(): string[] {
        return [...super.supportedSchemesImplementation(), 'mine'];
      }
    }
    expect(new Mine().supportedSchemes()).toContain('mine');
  });

  it('finished has the reply; a throwing slot hurts nobody', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const seen: QNetworkReply[] = [];
    manager.finished.connect((reply) => void seen.push(reply));
    const replies = [manager.get(origin.url()), manager.get('data:,x'), manager.get('gopher://x/')];
    await until(() => seen.length === 3, 'three replies');
    expect(new Set(seen)).toEqual(new Set(replies));
  });

  it('the netlog tells the way of a transfer, until it is switched off', async () => {
    await using origin = await serve({ routes: OK });
    await using manager = fresh();
    const seen: string[] = [];
    const off = manager.netlog((event) => void seen.push(event.what));
    await manager.get(origin.url()).bytes();
    expect(seen.slice(0, 2)).toEqual(['made', 'start']);
    for (const what of ['connect', 'lend', 'request-head', 'head', 'end'] as const) expect(seen).toContain(what);
    off();
    const count = seen.length;
    await manager.get(origin.url()).bytes();
    expect(seen).toHaveLength(count);
  });
});
