import { once } from 'node:events';
import type http from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import axios from 'axios';
import got, { type Options } from 'got';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDispatcher, createRequest, type Dispatcher, type HttpRequest } from '../../../src/dispatcher.ts';
import { serve } from '../../support/server.ts';
import { disarmOthers, rootError } from './clients.ts';

disarmOthers();

let dispatcher: Dispatcher;
let request: HttpRequest;
beforeAll(() => {
  dispatcher = createDispatcher();
  request = createRequest(dispatcher);
});
afterAll(() => dispatcher.close());

type Incoming = http.IncomingMessage;

async function textOf(response: Incoming): Promise<string> {
  let text = '';
  for await (const piece of response) text += String(piece);
  return text;
}

/** Whether more may be written before long. */
const drained = (made: http.ClientRequest): Promise<boolean> =>
  Promise.race([once(made, 'drain').then(() => true), new Promise<boolean>((resolve) => setTimeout(resolve, 300, false))]);

const answered = async (made: http.ClientRequest): Promise<Incoming> => (await once(made, 'response'))[0] as Incoming;

describe('the function', () => {
  test('a plain request', async () => {
    await using server = await serve({
      routes: {
        '*': {
          body: 'hello',
          status: 201,
          headers: [
            ['Set-Cookie', 'a=1'],
            ['X-A', '1'],
            ['X-A', '2'],
            ['Age', '1'],
            ['Age', '2'],
          ],
        },
      },
    });
    const response = await answered(request(server.url('/x?y=1'), { headers: { 'X-One': '1' } }).end());
    expect([response.statusCode, response.statusMessage, response.httpVersion]).toEqual([201, 'Created', '1.1']);
    expect(response.headers).toEqual({ 'set-cookie': ['a=1'], 'x-a': '1, 2', age: '1', 'content-length': '5' });
    expect(response.rawHeaders.slice(0, 4)).toEqual(['Set-Cookie', 'a=1', 'X-A', '1']);
    expect([await textOf(response), response.complete]).toEqual(['hello', true]);
    expect([server.requests[0]!.line, server.requests[0]!.header('x-one')]).toEqual(['GET /x?y=1 HTTP/1.1', '1']);
  });

  test('options, a callback and credentials', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const response = await new Promise<Incoming>((resolve) => {
      request({ hostname: '127.0.0.1', port: server.port, path: '/o', method: 'delete', auth: 'ada:secret' }, resolve).end();
    });
    response.resume();
    expect(server.requests[0]!.line).toBe('DELETE /o HTTP/1.1');
    expect(server.requests[0]!.header('authorization')).toBe(`Basic ${btoa('ada:secret')}`);
  });

  test('a body in one go has its length', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const made = request(server.url(), { method: 'POST' });
    made.write('one ');
    made.end('two');
    (await answered(made)).resume();
    (await answered(request(server.url(), { method: 'POST' }).end(Buffer.alloc(300_000)))).resume();
    const [seen, long] = server.requests;
    expect([seen!.body.toString(), seen!.header('content-length'), seen!.chunked]).toEqual(['one two', '7', false]);
    expect([long!.body.length, long!.chunked]).toEqual([300_000, false]);
  });

  test('a body in several goes is sent as it comes', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const made = request(server.url(), { method: 'POST' });
    const response = answered(made);
    made.write('one ');
    await server.whenRequests(1);
    made.end('two');
    (await response).resume();
    await once(made, 'close');
    expect([server.requests[0]!.body.toString(), server.requests[0]!.chunked]).toEqual(['one two', true]);
  });

  test('fields until the head is sent', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const made = request(server.url(), { headers: { A: '1', B: '2' } });
    made.setHeader('C', ['3', '4']);
    made.removeHeader('b');
    expect([made.getHeader('a'), made.hasHeader('B'), made.getHeaderNames()]).toEqual(['1', false, ['a', 'c']]);
    (await answered(made.end())).resume();
    expect(() => made.setHeader('D', '5')).toThrow(expect.objectContaining({ code: 'ERR_HTTP_HEADERS_SENT' }));
    expect(server.requests[0]!.headers.filter(([name]) => 'ABC'.includes(name))).toEqual([
      ['A', '1'],
      ['C', '3'],
      ['C', '4'],
    ]);
  });

  test('trailers, interim heads and 100', async () => {
    const before = ['HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n'];
    const answer = {
      atHead: 'HTTP/1.1 100 Continue\r\n\r\n',
      before,
      body: 'x',
      framing: 'chunked',
      trailers: [['T', '1']],
    } as const;
    await using server = await serve({ routes: { '*': answer } });
    const made = request(server.url(), { method: 'POST', headers: { Expect: '100-continue' } });
    const told: unknown[] = [];
    made.on('continue', () => told.push(100));
    made.on('information', ({ statusCode, headers }) => told.push(statusCode, ...Object.keys(headers)));
    const response = await answered(made.end('body'));
    await textOf(response);
    expect([told, response.trailers]).toEqual([[100, 100, 103, 'link'], { t: '1' }]);
  });

  test('errors in the words of node:http', async () => {
    await using server = await serve({
      routes: {
        '/gone': { fault: 'close before head' },
        '/short': { body: 'x', truncate: 0, headers: { 'Content-Length': '9' }, end: 'close' },
      },
    });
    const [gone] = await once(request(server.url('/gone'), { method: 'POST' }).end(), 'error');
    expect(gone).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up', cause: { kind: 'closed' } });
    const response = await answered(request(server.url('/short')).end());
    expect(await rootError(textOf(response))).toMatchObject({ code: 'ECONNRESET' });
    const url = server.url();
    await server.close();
    const [refused] = await once(request(url).end(), 'error');
    expect(refused).toMatchObject({ code: 'ECONNREFUSED', port: server.port });
  });

  test('destroyed before and after its answer', async () => {
    await using server = await serve({
      routes: { '/never': { fault: 'stall before head' }, '*': { body: 'x'.repeat(500), fault: { stall: 200 } } },
    });
    const waiting = request(server.url('/never')).end();
    await server.whenRequests(1);
    waiting.destroy();
    expect((await once(waiting, 'error'))[0]).toMatchObject({ code: 'ECONNRESET', message: 'socket hang up' });
    const made = request(server.url('/half')).end();
    const response = await answered(made);
    made.destroy();
    expect((await once(response, 'error'))[0]).toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
    await server.whenIdle();
  });

  test('nothing is thrown where nobody listens for errors of an answer', async () => {
    await using server = await serve({
      routes: {
        '/cut': { body: 'x', truncate: 1, headers: { 'Content-Length': '9' }, end: 'close' },
        '*': { body: 'x'.repeat(500), fault: { stall: 200 } },
      },
    });
    for (const path of ['/cut', '/left']) {
      const response = await answered(request(server.url(path)).end());
      // events.once would listen for errors
      const closed = new Promise((resolve) => response.on('close', resolve));
      if (path === '/left') response.destroy();
      else response.resume();
      await closed;
      expect([response.aborted, response.complete]).toEqual([true, false]);
    }
  });

  test('a destroyed answer is no error, and one that was cut off is', async () => {
    await using server = await serve({
      routes: {
        '/cut': { body: 'x', truncate: 1, headers: { 'Content-Length': '9' }, end: 'close' },
        '*': { body: 'x'.repeat(500), fault: { stall: 200 } },
      },
    });
    const left = await answered(request(server.url('/left')).end());
    const errors: Error[] = [];
    left.on('error', (error) => errors.push(error)).destroy();
    await once(left, 'close');
    expect(errors).toEqual([]);
    const cut = await answered(request(server.url('/cut')).end());
    cut.resume();
    expect((await once(cut, 'error'))[0]).toMatchObject({ code: 'ECONNRESET', message: 'aborted' });
  });

  test('who writes what the server does not want any more is not left waiting', async () => {
    await using server = await serve({ routes: { '*': { status: 413, body: Buffer.alloc(3_000_000), early: true } } });
    const made = request(server.url(), { method: 'POST' });
    made.on('response', (response) => response.pause());
    let written = 0;
    function* pieces(): Generator<Buffer> {
      for (; written < 300; written++) yield Buffer.alloc(65_536);
    }
    await pipeline(Readable.from(pieces()), made);
    expect(written).toBe(300);
    made.destroy();
  });

  test.each([
    ['a method', { method: 'A B' }, 'ERR_INVALID_HTTP_TOKEN'],
    ['a path', { path: '/a b\r\nX: 1' }, 'ERR_UNESCAPED_CHARACTERS'],
    ['a scheme', { protocol: 'ftp:' }, 'ERR_INVALID_PROTOCOL'],
    ['a name', { headers: { 'a b': '1' } }, 'ERR_INVALID_HTTP_TOKEN'],
    ['a value', { headers: { a: 'secret\r\nX: 1' } }, 'ERR_INVALID_CHAR'],
  ])('%s that cannot be sent is refused at once, in the words of node:http', (_name, options, code) => {
    expect(() => request('http://127.0.0.1/', options)).toThrow(expect.objectContaining({ name: 'TypeError', code }));
    expect(() => request('http://127.0.0.1/', options)).not.toThrow(/secret/);
  });

  test('cookies are one field, and a GET whose head goes out first has no body', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const made = request(server.url(), { headers: { Cookie: ['a=1', 'b=2'] } });
    made.flushHeaders();
    (await answered(made.end())).resume();
    const [seen] = server.requests;
    expect([seen!.header('cookie'), seen!.chunked, made.finished]).toEqual(['a=1; b=2', false, true]);
    const late = request(server.url());
    late.flushHeaders();
    late.write('a body after all');
    expect((await once(late, 'error'))[0]).toMatchObject({ message: expect.stringContaining('went out without a body') });
  });

  test('a server that reads nothing holds the writer back', async () => {
    const deaf = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    const made = request({ hostname: '127.0.0.1', port: (deaf.address() as AddressInfo).port, method: 'POST' });
    made.on('error', () => {});
    let written = 0;
    const piece = Buffer.alloc(1 << 20);
    while (written < 100 && (made.write(piece) || (await drained(made)))) written++;
    expect(written).toBeLessThan(100);
    made.destroy();
    deaf.close();
  });

  test('an answer that nobody reads holds the server back', async () => {
    let told = 0;
    function* endless(): Generator<Uint8Array> {
      for (const piece = Buffer.alloc(65_536); told < 200_000_000; told += piece.length) yield piece;
    }
    await using server = await serve({ routes: { '*': { body: endless(), framing: 'close' } } });
    const response = await answered(request(server.url()).end());
    await once(response, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(told).toBeLessThan(100_000_000);
    let size = 0;
    for await (const piece of response) size += (piece as Buffer).length;
    expect(size).toBe(told);
  });

  test('a signal, and silence', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const abort = new AbortController();
    const made = request(server.url(), { signal: abort.signal }).end();
    await server.whenRequests(1);
    abort.abort();
    expect((await once(made, 'error'))[0]).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR' });
    const silent = request(server.url(), { timeout: 30 }).end();
    silent.on('error', () => {});
    await once(silent, 'timeout');
    silent.destroy();
  });

  test.each(['socketPath', 'ca', 'cert', 'key', 'lookup', 'createConnection', 'localAddress'])('%s is refused', (name) => {
    expect(() => request('https://x/', { [name]: 'y' })).toThrow(TypeError);
  });

  test('trust cannot be switched off', () => {
    expect(() => request('https://x/', { rejectUnauthorized: false } as object)).toThrow(/QNetworkAccessManager/);
    expect(() => request('https://x/', { checkServerIdentity: () => undefined } as object)).toThrow(/QNetworkAccessManager/);
  });
});

describe('got', () => {
  const options = (): Partial<Options> => ({
    request: request as unknown as NonNullable<Options['request']>,
    retry: { limit: 0 },
  });

  test('json both ways, redirects and decoding of its own', async () => {
    await using server = await serve({
      routes: {
        '/from': { status: 302, headers: { Location: '/to' } },
        '/to': ({ body }) => ({ body: `{"got":${body.length}}` }),
      },
    });
    expect(await got.post(server.url('/to'), { ...options(), json: { a: 1 } } as never).json()).toEqual({ got: 7 });
    const { statusCode, url, body } = (await got(server.url('/from'), options() as never)) as never as {
      statusCode: number;
      url: string;
      body: string;
    };
    expect([statusCode, url, body]).toEqual([200, server.url('/to'), '{"got":0}']);
  });

  test('errors and its timeout', async () => {
    await using server = await serve({ routes: { '/no': { status: 404, body: 'no' }, '*': { fault: 'stall before head' } } });
    await expect(got(server.url('/no'), options() as never)).rejects.toMatchObject({ name: 'HTTPError' });
    await expect(got(server.url(), { ...options(), timeout: { request: 60 } } as never)).rejects.toMatchObject({
      name: 'TimeoutError',
    });
    const url = server.url();
    await server.close();
    await expect(got(url, options() as never)).rejects.toMatchObject({ name: 'RequestError', code: 'ECONNREFUSED' });
  });

  test('its retries', async () => {
    await using server = await serve({ routes: { '*': [{ status: 503 }, { body: 'well again' }] } });
    const retry = { limit: 1, calculateDelay: ({ computedValue }: { computedValue: number }) => Math.min(computedValue, 1) };
    expect(await got(server.url(), { ...options(), retry } as never).text()).toBe('well again');
  });
});

describe('axios', () => {
  const client = axios.create({ adapter: 'http', proxy: false });

  test('data both ways', async () => {
    await using server = await serve({
      routes: { '*': ({ body }) => ({ body, headers: { 'Content-Type': 'application/json' } }) },
    });
    const { status, data } = await client.post(server.url(), { a: [1] }, { transport: request });
    expect([status, data]).toEqual([200, { a: [1] }]);
  });

  test('errors and its timeout', async () => {
    await using server = await serve({ routes: { '/no': { status: 404 }, '*': { fault: 'stall before head' } } });
    await expect(client.get(server.url('/no'), { transport: request })).rejects.toMatchObject({ code: 'ERR_BAD_REQUEST' });
    await expect(client.get(server.url(), { transport: request, timeout: 60 })).rejects.toMatchObject({ code: 'ECONNABORTED' });
    const url = server.url();
    await server.close();
    await expect(client.get(url, { transport: request })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('a stream, and a signal', async () => {
    await using server = await serve({ routes: { '/long': { body: 'x'.repeat(100_000) }, '*': { fault: 'stall before head' } } });
    const { data } = await client.get(server.url('/long'), { transport: request, responseType: 'stream' });
    expect((await textOf(data)).length).toBe(100_000);
    const abort = new AbortController();
    const call = rootError(client.get(server.url('/wait'), { transport: request, signal: abort.signal }));
    await server.whenRequests(2);
    abort.abort();
    expect(await call).toMatchObject({ code: 'ERR_CANCELED' });
  });
});
