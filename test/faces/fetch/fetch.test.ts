import { getEventListeners } from 'node:events';
import { createReadStream } from 'node:fs';
import Stream, { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { createFetch, FetchError } from '../../../src/fetch.ts';
import { managers } from '../../support/managers.ts';
import { until, within } from '../../support/once.ts';
import { serve } from '../../support/server.ts';

const manager = managers();

/** What the `cause` of a rejection says. */
async function causeOf(promise: Promise<unknown>): Promise<FetchError> {
  const error = await promise.then(
    () => expect.unreachable('it should have failed'),
    (problem: unknown) => problem,
  );
  expect(error).toBeInstanceOf(TypeError);
  const { cause } = error as Error;
  expect(cause).toBeInstanceOf(FetchError);
  return cause as FetchError;
}

describe('an answer', () => {
  test('has what the standard says, and is a Response', async () => {
    const headers = [
      ['Content-Type', 'text/plain'],
      ['Set-Cookie', 'a=1'],
      ['Set-Cookie', 'b=2'],
      ['X-Two', 'one'],
      ['X-Two', 'two'],
    ] as const;
    await using origin = await serve({ routes: { '/a': { status: 201, reason: 'Made', headers, body: 'hello' } } });
    const reply = await createFetch(manager())(origin.url('/a#there'));
    expect(reply).toBeInstanceOf(Response);
    expect([reply.status, reply.statusText, reply.ok, reply.type, reply.redirected]).toEqual([201, 'Made', true, 'basic', false]);
    expect(reply.url).toBe(origin.url('/a'));
    expect(reply.headers).toBeInstanceOf(Headers);
    expect(reply.headers.get('x-two')).toBe('one, two');
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([...new Headers(reply.headers)]).toEqual([...reply.headers]);
    expect(() => reply.headers.set('a', 'b')).toThrow(TypeError);
    expect(reply.bodyUsed).toBe(false);
    expect(await reply.text()).toBe('hello');
    expect(reply.bodyUsed).toBe(true);
    await expect(reply.text()).rejects.toThrow('read already');
    expect(() => reply.body?.getReader()).toThrow(TypeError);
  });

  test.each([
    ['text', 'text', '{"a":[1]}'],
    ['json', 'json', { a: [1] }],
  ] as const)('is read as %s', async (_name, method, expected) => {
    await using origin = await serve({ routes: { '*': { body: '\ufeff{"a":[1]}' } } });
    const reply = await createFetch(manager())(origin.url('/'));
    expect(await reply[method]()).toEqual(expected);
  });

  test('is read as bytes, as a Blob and as FormData', async () => {
    const form = { headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: 'a=1&b=%C3%BC' };
    await using origin = await serve({ routes: { '*': form } });
    const fetch = createFetch(manager());
    const bytes = await (await fetch(origin.url('/'))).arrayBuffer();
    expect(Buffer.from(bytes).toString()).toBe(form.body);
    // it can be given away, so it is nobody else's memory
    expect(structuredClone(bytes, { transfer: [bytes] }).byteLength).toBe(form.body.length);
    expect((await (await fetch(origin.url('/'))).blob()).type).toBe('application/x-www-form-urlencoded');
    expect((await (await fetch(origin.url('/'))).formData()).get('b')).toBe('ü');
  });

  test('is cloned before it is read, and not after', async () => {
    await using origin = await serve({ routes: { '*': { body: 'x'.repeat(100_000) } } });
    const reply = await createFetch(manager())(origin.url('/'));
    const other = reply.clone();
    expect(other.url).toBe(reply.url);
    const [mine, theirs] = await Promise.all([reply.text(), other.text()]);
    expect([mine.length, theirs.length]).toEqual([100_000, 100_000]);
    expect(() => reply.clone()).toThrow(TypeError);
  });

  test('goes on as a body of the platform', async () => {
    await using origin = await serve({ routes: { '*': { body: 'streamed', framing: 'chunked', chunks: [3] } } });
    const reply = await createFetch(manager())(origin.url('/'));
    expect(await new Response(reply.body).text()).toBe('streamed');
    expect(reply.bodyUsed).toBe(true);
  });

  test.each([204, 304])('has no body with status %i', async (status) => {
    await using origin = await serve({ routes: { '*': { status, framing: 'none' } } });
    const reply = await createFetch(manager())(origin.url('/'));
    expect([reply.status, reply.body, await reply.text()]).toEqual([status, null, '']);
  });
});

describe('a request', () => {
  test.each([
    ['text', 'ä', 'ä', 'text/plain;charset=UTF-8'],
    ['bytes', new Uint8Array([0x68, 0x69]), 'hi', undefined],
    ['parameters', new URLSearchParams({ a: 'b c' }), 'a=b+c', 'application/x-www-form-urlencoded;charset=UTF-8'],
    ['a Blob', new Blob(['bl', 'ob'], { type: 'x/y' }), 'blob', 'x/y'],
  ] as const)('sends %s with its length and type', async (_name, body, sent, type) => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const fetch = createFetch(manager());
    await fetch(origin.url('/'), { method: 'post', body });
    await fetch(new Request(origin.url('/'), { method: 'post', body }));
    for (const request of origin.requests) {
      expect(request.method).toBe('POST');
      expect(request.body.toString()).toBe(sent);
      expect(request.header('Content-Type')).toBe(type);
    }
    expect(origin.requests[0]?.header('Content-Length')).toBe(String(Buffer.byteLength(sent)));
  });

  test('that is a Request with text has its length, and one that streams comes in chunks', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const fetch = createFetch(manager());
    await fetch(new Request(origin.url('/'), { method: 'PUT', body: 'twelve bytes' }));
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((next) => setTimeout(next, 5));
        controller.enqueue(new TextEncoder().encode('later'));
        controller.close();
      },
    });
    await fetch(new Request(origin.url('/'), { method: 'PUT', body, duplex: 'half' }));
    const [first, second] = origin.requests;
    expect([first?.header('Content-Length'), first?.body.toString()]).toEqual(['12', 'twelve bytes']);
    expect([second?.chunked, second?.body.toString()]).toEqual([true, 'later']);
  });

  test('sends a form that the platform reads back', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const form = new FormData();
    form.append('na"me', 'a\nb');
    form.append('file', new Blob(['content'], { type: 'x/y' }), 'ü.txt');
    await createFetch(manager())(origin.url('/'), { method: 'POST', body: form });
    const [request] = origin.requests;
    const headers = { 'Content-Type': request!.header('Content-Type')! };
    const read = await new Response(new Uint8Array(request!.body), { headers }).formData();
    expect(read.get('na"me')).toBe('a\r\nb');
    const file = read.get('file') as File;
    expect([file.name, file.type, await file.text()]).toEqual(['ü.txt', 'x/y', 'content']);
  });

  test('takes Request, Headers and streams of other makers by their shape', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const fetch = createFetch(manager());
    const headers = {
      *[Symbol.iterator]() {
        yield ['x-own', '1'];
      },
    };
    const foreign = { url: origin.url('/f'), method: 'PATCH', headers, body: null, bodyUsed: false };
    await fetch(foreign as unknown as Request, { headers: undefined as never });
    async function* pieces() {
      yield Buffer.from('pie');
      yield Buffer.from('ces');
    }
    await fetch(origin.url('/g'), { method: 'PUT', body: pieces() as never, duplex: 'half' } as never);
    expect(origin.requests.map(({ method, target }) => `${method} ${target}`)).toEqual(['PATCH /f', 'PUT /g']);
    expect(origin.requests[0]?.header('x-own')).toBe('1');
    expect(origin.requests[1]?.body.toString()).toBe('pieces');
  });

  test('takes text from Node streams and iterables, such as the form of the package form-data', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const fetch = createFetch(manager());
    // it is a stream that says it is a FormData, and has no entries to go through
    const form = Object.assign(Readable.from(['--b\r\n', Buffer.from('content'), '\r\n--b--']), {
      [Symbol.toStringTag]: 'FormData',
    });
    Object.defineProperty(form, Symbol.asyncIterator, { value: undefined });
    for (const body of [Readable.from(['te', 'xt']), ['te', 'xt'].values(), form])
      await fetch(origin.url('/'), { method: 'PUT', body: body as never, duplex: 'half' });
    const [one, two, three] = origin.requests.map(({ body }) => body.toString());
    expect([one, two, three]).toEqual(['text', 'text', '--b\r\ncontent\r\n--b--']);
  });

  test('with a stream that gives what is no body fails, also where the stream has ended before', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const body = new Stream.Stream() as Stream.Stream & { resume(): void; pause(): void };
    body.pause = () => {};
    body.resume = () => void (body.emit('data', 7) && body.emit('end'));
    const cause = await causeOf(createFetch(manager())(origin.url('/'), { method: 'PUT', body: body as never, duplex: 'half' }));
    expect([cause.kind, cause.message]).toEqual(['upload', expect.stringContaining('got number')]);
  });

  test('with a Node stream that fails before anybody reads it fails with that, and nothing is thrown', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const body = createReadStream(new URL('no-such-file', import.meta.url)) as never;
    const cause = await causeOf(createFetch(manager())(origin.url('/'), { method: 'PUT', body, duplex: 'half' }));
    expect([cause.kind, cause.code]).toEqual(['upload', 'ENOENT']);
  });

  test('brings no fields along in the media type of a foreign Blob', async () => {
    await using origin = await serve({ routes: { '*': { body: '' } } });
    const fetch = createFetch(manager());
    const blob = { size: 1, type: 'a/b\r\nX-Own: 1', stream: () => new Blob(['x']).stream() };
    const form = {
      [Symbol.toStringTag]: 'FormData',
      *[Symbol.iterator]() {
        yield ['file', blob];
      },
    };
    await fetch(origin.url('/'), { method: 'PUT', body: blob as never });
    await fetch(origin.url('/'), { method: 'PUT', body: form as never });
    const [first, second] = origin.requests;
    expect([first?.header('Content-Type'), first?.header('X-Own')]).toEqual([undefined, undefined]);
    expect(second?.body.toString()).toContain(
      'name="file"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\nx\r\n',
    );
  });

  test.each([
    ['no URL', '/relative', {}],
    ['a user in the URL', 'http://ada:pw@127.0.0.1/', {}],
    ['a method that is no token', 'http://127.0.0.1/', { method: 'A B' }],
    ['TRACE', 'http://127.0.0.1/', { method: 'TRACE' }],
    ['a body for GET', 'http://127.0.0.1/', { body: 'x' }],
    ['a stream without duplex', 'http://127.0.0.1/', { method: 'PUT', body: new ReadableStream() }],
    ['a line break in a field', 'http://127.0.0.1/', { headers: { a: 'b\nc' } }],
    ['an unknown redirect mode', 'http://127.0.0.1/', { redirect: 'maybe' }],
    ['only-if-cached with cors', 'http://127.0.0.1/', { cache: 'only-if-cached' }],
    ['something else as signal', 'http://127.0.0.1/', { signal: {} }],
    ['another duplex than half', 'http://127.0.0.1/', { duplex: 'full' }],
  ])('is refused for %s', async (_name, url, init) => {
    const promise = createFetch(manager())(url, init as never);
    await expect(promise).rejects.toThrow(TypeError);
    await expect(promise).rejects.toThrow(/^fetch: /);
    await expect(promise).rejects.not.toThrow(/pw/);
  });
});

describe('a failure', () => {
  test('is a TypeError whose cause says what, where and how the system calls it', async () => {
    const origin = await serve();
    await origin.close();
    const cause = await causeOf(createFetch(manager())(origin.url('/')));
    expect([cause.kind, cause.phase, cause.code]).toEqual(['refused', 'connect', 'ECONNREFUSED']);
    expect(cause.failure.attempts.length).toBe(1);
  });

  test('in the body reaches who reads it', async () => {
    await using origin = await serve({ routes: { '*': { body: 'x'.repeat(1000), truncate: 10, end: 'close' } } });
    const reply = await createFetch(manager())(origin.url('/'));
    expect((await causeOf(reply.text())).kind).toBe('closed');
  });

  test('of a timeout names it', async () => {
    await using origin = await serve({ routes: { '*': { fault: 'stall before head' } } });
    expect((await causeOf(createFetch(manager())(origin.url('/'), { timeout: 50 }))).code).toBe('ETIMEDOUT');
  });

  test.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'qrc:/x', 'http://127.0.0.1:25/'])('%s is not fetched', async (url) => {
    await causeOf(createFetch(manager())(url));
  });
});

describe('an AbortSignal', () => {
  test('that is aborted sends nothing and rejects with its reason', async () => {
    await using origin = await serve();
    const reason = new Error('changed my mind');
    await expect(createFetch(manager())(origin.url('/'), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(origin.accepted).toBe(0);
  });

  test('ends a request that waits', async () => {
    await using origin = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const controller = new AbortController();
    const promise = createFetch(manager())(origin.url('/'), { signal: controller.signal });
    await origin.whenRequests(1);
    controller.abort();
    await expect(promise).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
    await origin.whenIdle();
  });

  test('ends a body that comes, and its stream', async () => {
    await using origin = await serve({ routes: { '*': { body: 'x'.repeat(10_000), fault: { stall: 5000 } } } });
    const controller = new AbortController();
    const fetch = createFetch(manager());
    const reply = await fetch(origin.url('/'), { signal: controller.signal });
    const reader = reply.body!.getReader();
    await reader.read();
    const more = reader.read();
    controller.abort('enough');
    await expect(more).rejects.toBe('enough');
    await expect(reader.closed).rejects.toBe('enough');
    await origin.whenIdle();
  });
});

test('an abort counts for what is here and was not read, and not for what was', async () => {
  await using origin = await serve({ routes: { '*': { body: 'all of it' } } });
  const controller = new AbortController();
  const fetch = createFetch(manager());
  const [read, unread, streamed] = await Promise.all([0, 1, 2].map(() => fetch(origin.url('/'), controller)));
  expect(await read!.text()).toBe('all of it');
  await until(() => getEventListeners(controller.signal, 'abort').length === 0, 'the end of all answers');
  controller.abort('late');
  await expect(unread!.text()).rejects.toBe('late');
  await expect(unread!.text()).rejects.toBe('late');
  await expect(streamed!.body!.getReader().read()).rejects.toBe('late');
});

test('a signal that lives long keeps nothing of what is over', async () => {
  await using origin = await serve({ routes: { '/long': { body: 'x'.repeat(1_000_000) }, '*': { body: 'x' } } });
  const { signal } = new AbortController();
  const fetch = createFetch(manager());
  await (await fetch(origin.url('/'), { signal })).text();
  await (await fetch(origin.url('/long'), { signal })).body?.cancel();
  await fetch(origin.url('/'), { signal, redirect: 'error' });
  await fetch('http://127.0.0.1:2/', { signal }).catch(() => {});
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a signal has one listener for all who share it', async () => {
  await using origin = await serve({ routes: { '*': { fault: 'stall before head' } } });
  const controller = new AbortController();
  const fetch = createFetch(manager());
  const all = Array.from({ length: 20 }, () => fetch(origin.url('/'), controller));
  const rejected = Promise.all(all.map((promise) => expect(promise).rejects.toBe('all of you')));
  expect(getEventListeners(controller.signal, 'abort').length).toBe(1);
  controller.abort('all of you');
  await rejected;
  await origin.whenIdle();
});

describe('data: and blob:', () => {
  test('are answered without a network', async () => {
    const fetch = createFetch(manager());
    const data = await fetch('data:text/html;charset=utf-8;base64,aGk=#x');
    expect([data.status, data.headers.get('content-type'), await data.text()]).toEqual([200, 'text/html;charset=utf-8', 'hi']);
    const url = URL.createObjectURL(new Blob(['0123456789'], { type: 'x/y' }));
    expect(await (await fetch(url)).text()).toBe('0123456789');
    const part = await fetch(url, { headers: { Range: 'bytes=2-4' } });
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234']);
    await causeOf(fetch(url, { headers: { Range: 'bytes=20-' } }));
    URL.revokeObjectURL(url);
    await causeOf(fetch(url));
  });
});

test('without a manager it has its own, without cookies', async () => {
  await using origin = await serve({ routes: { '*': { headers: { 'Set-Cookie': 'a=1' }, body: 'x' } } });
  const fetch = createFetch();
  for (let i = 0; i < 2; i++) await within((await fetch(origin.url('/'), { credentials: 'include' })).text(), 'the answer');
  expect(origin.requests.map((request) => request.header('Cookie'))).toEqual([undefined, undefined]);
  expect(origin.connections.length).toBe(1);
  expect(() => createFetch({} as never)).toThrow('createFetch expects a QNetworkAccessManager');
});
