import http from 'node:http';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDispatcher, type Dispatcher } from '../../../src/dispatcher.ts';
import { type Answer, type SeenRequest, type Served, serve } from '../../support/server.ts';
import { type Call, type Client, clients, disarmOthers, type Got, libraries, rootError } from './clients.ts';

interface Row {
  readonly name: string;
  readonly answer?: Answer;
  /** Made anew for each client. */
  readonly call?: () => Call;
  readonly path?: string;
  /** Clients that do not take such a call. */
  readonly not?: RegExp;
  readonly check: (got: Got, seen: SeenRequest) => void;
}

const big = Buffer.alloc(300_000, 'abcdefghij');

const answered = (name: string, answer: Answer, check: Row['check']): Row => ({ name, answer, check });
const sent = (name: string, call: () => Call, check: Row['check'], not?: RegExp): Row => ({
  name,
  call,
  check,
  ...(not && { not }),
});

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('one ');
  await Promise.resolve();
  yield Buffer.from('two');
}

const rows: Row[] = [
  // methods
  ...['GET', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'PROPFIND'].map((method) =>
    sent(
      `${method} without a body`,
      () => ({ method }),
      (got, seen) => {
        expect([got.status, got.text, seen.method]).toEqual([200, 'hello', method]);
        const expected = /^P/.test(method) ? '0' : undefined;
        expect([seen.header('content-length'), seen.chunked]).toEqual([expected, false]);
      },
    ),
  ),
  sent(
    'HEAD',
    () => ({ method: 'HEAD' }),
    (got, seen) => {
      expect([got.status, got.text, seen.method, got.header('content-length')]).toEqual([200, '', 'HEAD', '5']);
    },
  ),
  // bodies
  sent(
    'a text',
    () => ({ method: 'POST', body: 'grün' }),
    (_, seen) => {
      expect([seen.body.toString(), seen.header('content-length')]).toEqual(['grün', '5']);
    },
  ),
  sent(
    'bytes',
    () => ({ method: 'PUT', body: new Uint8Array([0, 255, 7]) }),
    (_, seen) => {
      expect([...seen.body]).toEqual([0, 255, 7]);
      expect(seen.header('content-length')).toBe('3');
    },
  ),
  sent(
    'an ArrayBuffer',
    () => ({ method: 'PUT', body: new Uint8Array([1, 2]).buffer }),
    (_, seen) => {
      expect([...seen.body]).toEqual([1, 2]);
    },
  ),
  sent(
    'an empty text',
    () => ({ method: 'POST', body: '' }),
    (_, seen) => {
      expect([seen.body.length, seen.header('content-length'), seen.chunked]).toEqual([0, '0', false]);
    },
  ),
  sent(
    'a long Buffer',
    () => ({ method: 'POST', body: big }),
    (_, seen) => {
      expect(seen.body.equals(big)).toBe(true);
    },
  ),
  sent(
    'a Node stream',
    () => ({ method: 'POST', body: Readable.from([Buffer.from('a'), Buffer.from('bc')]) }),
    (_, seen) => {
      expect([seen.body.toString(), seen.chunked]).toEqual(['abc', true]);
    },
  ),
  sent(
    'a long Node stream',
    () => ({ method: 'POST', body: Readable.from([big, big]) }),
    (_, seen) => {
      expect(seen.body.equals(Buffer.concat([big, big]))).toBe(true);
    },
  ),
  sent(
    'an async generator',
    () => ({ method: 'POST', body: pieces() }),
    (_, seen) => {
      expect([seen.body.toString(), seen.chunked]).toEqual(['one two', true]);
    },
  ),
  sent(
    'a web stream',
    () => ({ method: 'POST', body: new Blob(['web']).stream() }),
    (_, seen) => {
      expect(seen.body.toString()).toBe('web');
    },
  ),
  sent(
    'a Blob with its type',
    () => ({ method: 'POST', body: new Blob(['blob'], { type: 'text/x-blob' }) }),
    (_, seen) => {
      expect([seen.body.toString(), seen.header('content-length'), seen.header('content-type')]).toEqual([
        'blob',
        '4',
        'text/x-blob',
      ]);
    },
  ),
  // undici 8's own fetch wants the FormData of the same undici
  sent(
    'a FormData',
    () => ({ method: 'POST', body: form() }),
    (_, seen) => {
      const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(seen.header('content-type') ?? '')?.[1];
      expect(boundary).toBeTruthy();
      const text = seen.body.toString();
      expect(text.startsWith(`--${boundary}\r\n`)).toBe(true);
      expect(text).toContain('name="field"\r\n\r\nvalue\r\n');
      expect(text).toContain('name="file"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\ncontent\r\n');
    },
    /undici \d fetch/,
  ),
  // an iterable of pieces is no body of fetch
  sent(
    'a list of pieces',
    () => ({ method: 'POST', body: ['x', Buffer.from('y')] }),
    (_, seen) => {
      expect(seen.body.toString()).toBe('xy');
    },
    /fetch/,
  ),
  sent(
    'a stream whose length is told',
    () => ({
      method: 'POST',
      body: Readable.from([Buffer.from('12345')]),
      headers: { 'Content-Length': '5' },
    }),
    (_, seen) => {
      expect([seen.body.toString(), seen.header('content-length'), seen.chunked]).toEqual(['12345', '5', false]);
    },
    /fetch/,
  ),
  // fields
  sent(
    'fields of the caller',
    () => ({ headers: { 'X-One': '1', 'x-two': 'a, b', Cookie: 'c=d', Authorization: 'Bearer x' } }),
    (_, seen) => {
      expect([seen.header('x-one'), seen.header('x-two'), seen.header('cookie'), seen.header('authorization')]).toEqual([
        '1',
        'a, b',
        'c=d',
        'Bearer x',
      ]);
    },
  ),
  sent(
    'nothing is said that the caller has not said',
    () => ({ headers: { 'User-Agent': 'mine' } }),
    (_, seen) => {
      expect(seen.header('user-agent')).toBe('mine');
      expect(seen.header('accept-language') ?? '*').toBe('*');
    },
  ),
  {
    name: 'path and query',
    path: '/a%20b/../c?x=1&y=%C3%A4&z=[1]',
    check: (_, seen) => {
      expect(seen.target).toBe('/c?x=1&y=%C3%A4&z=[1]');
    },
  },
  // answers
  ...[
    200, 201, 202, 203, 206, 300, 304, 400, 401, 403, 404, 405, 407, 409, 410, 418, 422, 429, 451, 500, 501, 502, 503, 504, 599,
  ].map((status) =>
    // fetch takes a 407 for what a proxy of its own says
    ({
      ...answered(`${status}`, { status, body: 'page' }, (got) => {
        expect([got.status, got.text]).toEqual([status, status === 304 ? '' : 'page']);
      }),
      not: status === 407 ? /fetch/ : /^$/,
    }),
  ),
  answered('204', { status: 204 }, (got) => expect([got.status, got.text]).toEqual([204, ''])),
  answered('an unknown reason', { status: 299, reason: 'Odd Thing', body: 'x' }, (got) => expect(got.status).toBe(299)),
  ...[301, 302, 303, 307, 308].map((status) =>
    answered(`${status} is the caller's to follow`, { status, headers: { Location: '/elsewhere' } }, (got) => {
      expect([got.status, got.header('location')]).toEqual([status, '/elsewhere']);
    }),
  ),
  answered(
    'several cookies',
    {
      headers: [
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2; Path=/'],
      ],
      body: 'x',
    },
    (got) => {
      expect(got.cookies).toEqual(['a=1', 'b=2; Path=/']);
    },
  ),
  answered(
    'a field twice',
    {
      headers: [
        ['X-Twice', '1'],
        ['x-twice', '2'],
      ],
    },
    (got) => expect(got.header('x-twice')).toBe('1, 2'),
  ),
  answered('a body in chunks', { body: 'chunked body', framing: 'chunked', chunks: [1, 2, 3] }, (got) =>
    expect(got.text).toBe('chunked body'),
  ),
  answered('a body until the end', { body: 'to the end', framing: 'close' }, (got) => expect(got.text).toBe('to the end')),
  answered('a body that comes in pieces', { body: 'piece by piece', chunks: [3, 4], pause: 5 }, (got) =>
    expect(got.text).toBe('piece by piece'),
  ),
  answered('a long body', { body: big }, (got) => expect(Buffer.from(got.text, 'latin1').equals(big)).toBe(true)),
  answered('a long body in chunks', { body: big, framing: 'chunked', chunks: [70_000, 1, 99_999] }, (got) => {
    expect(Buffer.from(got.text, 'latin1').equals(big)).toBe(true);
  }),
  answered('HTTP/1.0', { version: 'HTTP/1.0', body: 'old' }, (got) => expect(got.text).toBe('old')),
  answered(
    'interim heads',
    { before: ['HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n'], body: 'then' },
    (got) => {
      expect([got.status, got.text, got.header('link')]).toEqual([200, 'then', null]);
    },
  ),
];

function form(): FormData {
  const made = new FormData();
  made.set('field', 'value');
  made.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt');
  return made;
}

disarmOthers();

let dispatcher: Dispatcher;
beforeAll(() => {
  dispatcher = createDispatcher();
});
afterAll(() => dispatcher.close());

test('everybody else would throw', async () => {
  expect((await rootError(fetch('http://127.0.0.1:8081/'))).message).toMatch(/^delegated to /);
  expect(() => http.request('http://127.0.0.1:8081/')).toThrow('delegated to node:http');
  for (const { version, request } of libraries)
    expect((await rootError(request('http://127.0.0.1:8081/', {}))).message, version).toMatch(/^delegated to /);
});

test('there are more than a hundred calls', () => {
  expect(clients.length * rows.length).toBeGreaterThan(100);
});

describe.each(clients.map((client) => [client.name, client] as const))('%s', (name, client: Client) => {
  const mine = rows.filter(({ not }) => not?.test(name) !== true);
  test.each(mine.map((row) => [row.name, row] as const))('%s', async (_, { answer, call, path, check }) => {
    await using server = await serve({ routes: { '*': answer ?? { body: 'hello' } } });
    const got = await client.call(server.url(path ?? '/x'), call?.() ?? {}, dispatcher);
    expect(server.requests).toHaveLength(1);
    check(got, server.requests[0]!);
  });

  test('a connection is used again', async () => {
    await using server: Served = await serve({ routes: { '*': { body: 'hello' } } });
    for (let i = 0; i < 3; i++) await client.call(server.url(), {}, dispatcher);
    expect([server.requests.length, server.accepted]).toEqual([3, 1]);
  });

  test('twenty at once have a connection each', async () => {
    await using server: Served = await serve({ routes: { '*': { body: 'hello', delay: 30 } } });
    const all = await Promise.all(Array.from({ length: 20 }, () => client.call(server.url(), {}, dispatcher)));
    expect(all.map(({ text }) => text)).toEqual(Array.from({ length: 20 }, () => 'hello'));
    expect(server.accepted).toBe(20);
  });

  test('nobody listens', async () => {
    await using server = await serve({});
    const url = server.url();
    await server.close();
    const error = await rootError(client.call(url, {}, dispatcher));
    expect(error).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', cause: { kind: 'refused', phase: 'connect' } });
  });

  test('the server closes before its answer', async () => {
    await using server = await serve({ routes: { '*': { fault: 'close before head' } } });
    const error = await rootError(client.call(server.url(), { method: 'POST' }, dispatcher));
    expect(error).toMatchObject({
      name: 'SocketError',
      code: 'UND_ERR_SOCKET',
      message: 'other side closed',
      cause: { kind: 'closed' },
    });
  });

  test('the server resets before its answer', async () => {
    await using server = await serve({ routes: { '*': { fault: 'reset before head' } } });
    expect(await rootError(client.call(server.url(), { method: 'POST' }, dispatcher))).toMatchObject({ code: 'ECONNRESET' });
  });

  test('the body ends early', async () => {
    await using server = await serve({
      routes: { '*': { body: 'too short', headers: { 'Content-Length': '100' }, end: 'close' } },
    });
    const error = await rootError(client.call(server.url(), {}, dispatcher));
    expect(error).toMatchObject({ code: 'UND_ERR_SOCKET', cause: { phase: 'receive' } });
  });

  test('what comes is no HTTP', async () => {
    await using server = await serve({ routes: { '*': { raw: 'SMTP ready\r\n\r\n', end: 'close' } } });
    expect(await rootError(client.call(server.url(), {}, dispatcher))).toMatchObject({
      name: 'HTTPParserError',
      code: 'HPE_STRICT',
    });
  });

  test('aborted before it begins', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const why = new Error('changed my mind');
    const signal = AbortSignal.abort(why);
    await expect(client.call(server.url(), { signal }, dispatcher)).rejects.toBe(why);
    expect(server.requests).toHaveLength(0);
  });

  test('aborted while it waits for an answer', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const abort = new AbortController();
    const call = client.call(server.url(), { signal: abort.signal }, dispatcher);
    const why = new Error('too slow');
    const rejected = expect(call).rejects.toBe(why);
    await server.whenRequests(1);
    abort.abort(why);
    await rejected;
    await server.whenIdle();
  });

  test('aborted in the middle of the body', async () => {
    await using server = await serve({ routes: { '*': { body: big, chunks: [10], pause: 20, fault: { stall: 200 } } } });
    const abort = new AbortController();
    const call = client.call(server.url(), { signal: abort.signal }, dispatcher);
    const why = new Error('enough');
    const rejected = expect(call).rejects.toBe(why);
    await server.whenRequests(1);
    setTimeout(() => abort.abort(why), 50);
    await rejected;
    await server.whenIdle();
  });

  test('a source that fails', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const why = new Error('the disk is gone');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('some');
      throw why;
    }
    const error = await rootError(client.call(server.url(), { method: 'POST', body: failing() }, dispatcher));
    expect(error).toBe(why);
  });
});
