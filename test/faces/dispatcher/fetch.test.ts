import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDispatcher, type Dispatcher } from '../../../src/dispatcher.ts';
import { serve } from '../../support/server.ts';
import { disarmOthers, fetches, libraries, rootError } from './clients.ts';

disarmOthers();

let dispatcher: Dispatcher;
beforeAll(() => {
  dispatcher = createDispatcher();
});
afterAll(() => dispatcher.close());

const redirects = {
  '/from': { status: 302, headers: { Location: '/to' } },
  '/kept': { status: 307, headers: { Location: '/to' } },
  '/see': { status: 303, headers: { Location: '/to' } },
  '/round': { status: 302, headers: { Location: '/round' } },
  '/to': { body: 'there' },
};

describe.each(fetches.map(({ name, fetch }) => [name, fetch] as const))('%s', (name, fetch) => {
  test('follows redirects itself', async () => {
    await using server = await serve({ routes: redirects });
    const response = await fetch(server.url('/from'), { dispatcher });
    expect([response.status, response.redirected, response.url, await response.text()]).toEqual([
      200,
      true,
      server.url('/to'),
      'there',
    ]);
    expect(server.requests.map(({ target }) => target)).toEqual(['/from', '/to']);
  });

  test('sends a body once more after a 307, and none after a 303', async () => {
    await using server = await serve({ routes: redirects });
    await fetch(server.url('/kept'), { dispatcher, method: 'POST', body: 'again' });
    await fetch(server.url('/see'), { dispatcher, method: 'POST', body: 'again' });
    const seen = server.requests.map(({ method, body }) => `${method} ${body}`);
    expect(seen).toEqual(['POST again', 'POST again', 'POST again', 'GET ']);
  });

  test('gives up a circle of redirects', async () => {
    await using server = await serve({ routes: redirects });
    await expect(rootError(fetch(server.url('/round'), { dispatcher }))).resolves.toMatchObject({
      message: 'redirect count exceeded',
    });
  });

  test('takes a redirect for an error where it was told to', async () => {
    await using server = await serve({ routes: redirects });
    expect((await rootError(fetch(server.url('/from'), { dispatcher, redirect: 'error' }))).message).toBe('unexpected redirect');
  });

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ] as const)('undoes %s itself', async (coding, code) => {
    const text = 'a text that is coded '.repeat(5000);
    await using server = await serve({ routes: { '*': { body: code(text), headers: { 'Content-Encoding': coding } } } });
    const response = await fetch(server.url(), { dispatcher });
    expect(response.headers.get('content-encoding')).toBe(coding);
    expect(await response.text()).toBe(text);
  });

  test('a broken coding is an error of the body', async () => {
    await using server = await serve({ routes: { '*': { body: 'not gzip', headers: { 'Content-Encoding': 'gzip' } } } });
    const response = await fetch(server.url(), { dispatcher });
    await expect(response.text()).rejects.toThrow();
  });

  test('a reader that stops holds the server back', async () => {
    let told = 0;
    function* endless(): Generator<Uint8Array> {
      for (const piece = Buffer.alloc(65_536); told < 200_000_000; told += piece.length) yield piece;
    }
    await using server = await serve({ routes: { '*': { body: endless(), framing: 'close' } } });
    const response = await fetch(server.url(), { dispatcher });
    const reader = response.body!.getReader();
    await reader.read();
    const settled = await new Promise<number>((resolve) => {
      let last = -1;
      const look = setInterval(() => {
        if (told === last) {
          clearInterval(look);
          resolve(told);
        }
        last = told;
      }, 100);
    });
    expect(settled).toBeLessThan(40_000_000);
    await reader.cancel();
    await server.whenIdle();
  });

  test('a body is read as a stream while it comes', async () => {
    await using server = await serve({ routes: { '*': { body: 'abcdef', chunks: [2, 2], pause: 30, framing: 'chunked' } } });
    const response = await fetch(server.url(), { dispatcher });
    const pieces: string[] = [];
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) pieces.push(Buffer.from(piece).toString());
    expect(pieces).toEqual(['ab', 'cd', 'ef']);
  });

  test('clones, blobs and json', async () => {
    await using server = await serve({ routes: { '*': { body: '{"a":1}', headers: { 'Content-Type': 'application/json' } } } });
    const response = await fetch(server.url(), { dispatcher });
    const copy = response.clone();
    expect([await response.json(), (await copy.blob()).type]).toEqual([{ a: 1 }, 'application/json']);
  });

  test('a body of a request that streams both ways', async () => {
    await using server = await serve({ routes: { '*': { body: 'early', early: true } } });
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(Buffer.from('up'));
        controller.close();
      },
    });
    const response = await fetch(server.url(), { dispatcher, method: 'POST', body, duplex: 'half' });
    expect(await response.text()).toBe('early');
  });

  test('a form of its own kind', async () => {
    const own = libraries.find(({ version }) => name === `undici ${version} fetch`)?.FormData ?? FormData;
    const form = new own();
    form.set('a', 'b');
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    await fetch(server.url(), { dispatcher, method: 'POST', body: form });
    expect(server.requests[0]!.body.toString()).toContain('name="a"\r\n\r\nb\r\n');
  });

  test('what was aborted says so in the body, too', async () => {
    await using server = await serve({ routes: { '*': { body: 'x'.repeat(1000), fault: { stall: 300 } } } });
    const abort = new AbortController();
    const response = await fetch(server.url(), { dispatcher, signal: abort.signal });
    const text = response.text();
    abort.abort();
    await expect(text).rejects.toMatchObject({ name: 'AbortError' });
    await server.whenIdle();
  });
});
