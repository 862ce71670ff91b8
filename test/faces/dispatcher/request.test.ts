import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDispatcher, type Dispatcher } from '../../../src/dispatcher.ts';
import { serve } from '../../support/server.ts';
import { disarmOthers, libraries, rootError } from './clients.ts';

disarmOthers();

let dispatcher: Dispatcher;
beforeAll(() => {
  dispatcher = createDispatcher();
});
afterAll(() => dispatcher.close());

const big = Buffer.alloc(300_000, 'x');

const fine = { '*': { body: 'fine' } };

describe.each(libraries.map((library) => [library.version, library] as const))('undici %s', (_version, undici) => {
  test('nothing is added to what is asked', async () => {
    await using server = await serve({ routes: fine });
    await undici.request(server.url(), { dispatcher });
    expect(server.requests[0]!.headers.map(([name]) => name)).toEqual(['Host', 'Connection']);
  });

  test('a coded body stays coded', async () => {
    const coded = gzipSync('text');
    await using server = await serve({ routes: { '*': { body: coded, headers: { 'Content-Encoding': 'gzip' } } } });
    const { headers, body } = await undici.request(server.url(), { dispatcher });
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    expect([headers['content-encoding'], headers['content-length']]).toEqual(['gzip', String(coded.length)]);
    expect(Buffer.concat(pieces).equals(coded)).toBe(true);
  });

  test('a query and fields in all forms', async () => {
    await using server = await serve({ routes: fine });
    const query = { a: '1 2', b: ['x', 'y'] };
    await undici.request(server.url('/q'), { dispatcher, query, headers: ['X-A', '1', 'X-A', '2'] });
    await undici.request(server.url('/q'), { dispatcher, headers: new Map([['X-A', '3']]) });
    await undici.request(server.url('/q'), { dispatcher, headers: { 'X-A': ['4', '5'] } });
    expect(server.requests[0]!.target).toBe('/q?a=1%202&b=x&b=y');
    expect(server.requests.map(({ headers }) => headers.filter(([name]) => name === 'X-A').map(([, value]) => value))).toEqual([
      ['1', '2'],
      ['3'],
      ['4', '5'],
    ]);
  });

  test('trailers', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', framing: 'chunked', trailers: [['X-Sum', '7']] } } });
    const { body, trailers } = await undici.request(server.url(), { dispatcher });
    await body.text();
    expect(trailers).toEqual({ 'x-sum': '7' });
  });

  test('interim heads are told', async () => {
    const before = ['HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n'];
    await using server = await serve({ routes: { '*': { body: 'x', before } } });
    const told: unknown[] = [];
    const { body } = await undici.request(server.url(), { dispatcher, onInfo: (info: unknown) => told.push(info) });
    await body.text();
    expect(told).toEqual([{ statusCode: 103, headers: { link: '</style.css>' } }]);
  });

  test('raw fields', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', headers: [['X-Case', 'Kept']] } } });
    const { headers, body } = await undici.request(server.url(), { dispatcher, responseHeaders: 'raw' });
    await body.dump();
    expect(headers).toEqual(['X-Case', 'Kept', 'Content-Length', '1']);
  });

  test('opaque values come back', async () => {
    await using server = await serve({ routes: fine });
    const answer = await undici.request(server.url(), { dispatcher, opaque: { mine: true } });
    await answer.body.dump();
    expect(answer).toMatchObject({ opaque: { mine: true } });
  });

  test('reset closes the connection behind the answer', async () => {
    await using server = await serve({ routes: fine });
    for (let i = 0; i < 2; i++) await (await undici.request(server.url(), { dispatcher, reset: true })).body.dump();
    expect([server.accepted, server.requests[0]!.header('connection')]).toEqual([2, 'close']);
  });

  test('expectContinue waits for 100', async () => {
    const atHead = 'HTTP/1.1 100 Continue\r\n\r\n';
    await using server = await serve({ routes: { '*': { atHead, body: 'x' } } });
    const { body } = await undici.request(server.url(), { dispatcher, method: 'POST', body: 'later', expectContinue: true });
    await body.dump();
    expect([server.requests[0]!.header('expect'), server.requests[0]!.body.toString()]).toEqual(['100-continue', 'later']);
  });

  test('a POST that is idempotent is sent again when its kept connection is gone', async () => {
    await using server = await serve({ routes: { '*': [{ body: 'x' }, { fault: 'close before head' }, { body: 'again' }] } });
    await (await undici.request(server.url(), { dispatcher })).body.dump();
    const call = { dispatcher, method: 'POST', body: 'once', idempotent: true };
    expect(await (await undici.request(server.url(), call)).body.text()).toBe('again');
    expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'POST', 'POST']);
  });

  test('headersTimeout', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const error = await rootError(undici.request(server.url(), { dispatcher, headersTimeout: 50 }));
    expect(error).toMatchObject({
      name: 'HeadersTimeoutError',
      code: 'UND_ERR_HEADERS_TIMEOUT',
      cause: { limit: { milliseconds: 50 } },
    });
    expect(error).toBeInstanceOf(undici.errors['HeadersTimeoutError']);
    expect(error).not.toBeInstanceOf(undici.errors['BodyTimeoutError']);
    expect(error).toBeInstanceOf(undici.errors['UndiciError']);
  });

  test('bodyTimeout', async () => {
    await using server = await serve({ routes: { '*': { body: 'long', fault: { stall: 40 } } } });
    const { body } = await undici.request(server.url(), { dispatcher, bodyTimeout: 50 });
    const error = await rootError(body.text());
    expect(error).toMatchObject({ name: 'BodyTimeoutError', code: 'UND_ERR_BODY_TIMEOUT' });
    expect(error).toBeInstanceOf(undici.errors['BodyTimeoutError']);
  });

  test('a reader that takes its time is no timeout', async () => {
    const long = Buffer.alloc(3_000_000, 'x');
    await using server = await serve({ routes: { '*': { body: long } } });
    const { body } = await undici.request(server.url(), { dispatcher, bodyTimeout: 60 });
    await once(body, 'readable');
    await new Promise((resolve) => setTimeout(resolve, 200));
    let size = 0;
    for await (const piece of body) size += piece.length;
    expect(size).toBe(long.length);
  });

  test.each([
    ['no method', { method: 'NO METHOD' }, 'UND_ERR_INVALID_ARG'],
    ['a field with a line break', { headers: { 'x-a': 'b\r\nc: d' } }, 'UND_ERR_INVALID_ARG'],
    ['a field name with a space', { headers: { 'x a': 'b' } }, 'UND_ERR_INVALID_ARG'],
    ['a framing of its own', { headers: { 'Transfer-Encoding': 'chunked' } }, 'UND_ERR_INVALID_ARG'],
    ['an upgrade by a field', { headers: { Upgrade: 'websocket' } }, 'UND_ERR_INVALID_ARG'],
    ['an expectation by a field', { headers: { Expect: '100-continue' } }, 'UND_ERR_NOT_SUPPORTED'],
    ['a length that is none', { headers: { 'Content-Length': 'x' } }, 'UND_ERR_INVALID_ARG'],
    [
      'a length that does not fit',
      { method: 'POST', body: 'abc', headers: { 'Content-Length': '5' } },
      'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
    ],
    ['a body that is none', { method: 'POST', body: 7 }, 'UND_ERR_INVALID_ARG'],
    ['a negative timeout', { headersTimeout: -1 }, 'UND_ERR_INVALID_ARG'],
    ['an upgrade', { upgrade: 'websocket' }, 'UND_ERR_NOT_SUPPORTED'],
    ['a reset that is none', { reset: 'yes' }, 'UND_ERR_INVALID_ARG'],
  ])('refuses %s', async (_, options, code) => {
    expect(await rootError(undici.request('http://127.0.0.1:1/', { dispatcher, ...options }))).toMatchObject({ code });
  });

  test('refuses tunnels', async () => {
    expect(await rootError(undici.connect('http://127.0.0.1:1/', { dispatcher }))).toMatchObject({
      code: 'UND_ERR_NOT_SUPPORTED',
    });
  });

  test('a stream that gives less, or more, than was told', async () => {
    await using server = await serve({ routes: fine });
    for (const text of ['abc', 'abcdefgh']) {
      const call = { dispatcher, method: 'POST', headers: { 'Content-Length': '5' }, body: Readable.from([Buffer.from(text)]) };
      const error = await rootError(undici.request(server.url(), call));
      expect(error).toMatchObject({ code: 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH' });
    }
  });

  test('a body that is not wanted any more is closed', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const body = new PassThrough();
    body.write('some');
    const abort = new AbortController();
    const call = rootError(undici.request(server.url(), { dispatcher, method: 'POST', body, signal: abort.signal }));
    await server.whenRequests(1).catch(() => {});
    abort.abort();
    expect((await call).name).toBe('AbortError');
    expect(body.destroyed).toBe(true);
  });

  test('a body that is thrown away gives its connection up', async () => {
    await using server = await serve({ routes: { '*': { body: big, fault: { stall: 500 } } } });
    const { body } = await undici.request(server.url(), { dispatcher });
    body.on('error', () => {});
    body.destroy();
    await server.whenIdle();
  });

  test('stream', async () => {
    await using server = await serve({ routes: { '*': { body: Buffer.alloc(200_000, 'y') } } });
    const sink = new PassThrough({ highWaterMark: 1000 });
    let size = 0;
    sink.on('data', (piece: Buffer) => {
      size += piece.length;
    });
    await undici.stream(server.url(), { dispatcher, method: 'GET' }, () => sink);
    expect(size).toBe(200_000);
  });

  test('pipeline', async () => {
    await using server = await serve({ routes: { '*': ({ body }) => ({ body: body.toString().toUpperCase() }) } });
    const through = undici.pipeline(server.url(), { dispatcher, method: 'POST' }, ({ body }) => body);
    let text = '';
    await pipeline(Readable.from([Buffer.from('loud '), Buffer.from('words')]), through, async (answer) => {
      for await (const piece of answer) text += String(piece);
    });
    expect(text).toBe('LOUD WORDS');
  });

  test('redirects by the interceptor', async () => {
    await using server = await serve({
      routes: { '/from': { status: 302, headers: { Location: '/to' } }, '/to': { body: 'there' } },
    });
    const composed = dispatcher.compose(undici.interceptors.redirect({ maxRedirections: 3 }));
    const { statusCode, body } = await undici.request(server.url('/from'), { dispatcher: composed });
    expect([statusCode, await body.text()]).toEqual([200, 'there']);
  });

  test('retries by the interceptor', async () => {
    await using server = await serve({ routes: { '*': [{ status: 503 }, { body: 'well again' }] } });
    const composed = dispatcher.compose(undici.interceptors.retry({ minTimeout: 1, maxRetries: 2 }));
    const { statusCode, body } = await undici.request(server.url(), { dispatcher: composed });
    expect([statusCode, await body.text()]).toEqual([200, 'well again']);
  });
});

test('maxRedirections is the interceptor’s', async () => {
  const { request } = libraries[0]!;
  const error = await rootError(request('http://127.0.0.1:1/', { dispatcher, maxRedirections: 2 }));
  expect(error).toMatchObject({ code: 'UND_ERR_INVALID_ARG', message: expect.stringContaining('interceptor') });
});

test('the built-in fetch through an interceptor of undici 7', async () => {
  const { interceptors } = libraries.find(({ version }) => version === '7')!;
  await using server = await serve({ routes: { '*': [{ status: 503 }, { body: 'well again' }] } });
  const composed = dispatcher.compose([interceptors.retry({ minTimeout: 1 })]);
  const response = await fetch(server.url(), { dispatcher: composed });
  expect([response.status, await response.text()]).toEqual([200, 'well again']);
});

test('throwOnError is undici 6’s', async () => {
  const { request } = libraries[0]!;
  await using server = await serve({ routes: { '*': { status: 500, body: 'oops' } } });
  const error = await rootError(request(server.url(), { dispatcher, throwOnError: true }));
  expect(error).toMatchObject({ code: 'UND_ERR_RESPONSE_STATUS_CODE', statusCode: 500 });
});
