import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { createFetch } from '../../../src/fetch.ts';
import { managers } from '../../support/managers.ts';
import { until, within } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';

const manager = managers();
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const BLOCK = Buffer.alloc(65_536, 'x');

/** So many blocks, and how many were asked for. */
function blocks(count: number): { answer: Answer; readonly made: () => number } {
  let made = 0;
  function* body() {
    for (; made < count; made++) yield BLOCK;
  }
  return { answer: { headers: { 'Content-Length': String(count * BLOCK.length) }, body: body() }, made: () => made };
}

test.each([1, 4096, 65_535, 65_536, 65_537, 300_000])('a stream gives all of %i bytes', async (length) => {
  const body = Buffer.from(Array.from({ length }, (_, i) => i % 251));
  await using origin = await serve({ routes: { '/chunked': { body, framing: 'chunked', chunks: [1, 1000] }, '*': { body } } });
  const fetch = createFetch(manager());
  for (const path of ['/', '/chunked']) {
    const pieces: Uint8Array[] = [];
    for await (const piece of (await fetch(origin.url(path))).body!) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(body)).toBe(true);
    expect(Buffer.from(await (await fetch(origin.url(path))).arrayBuffer()).equals(body)).toBe(true);
  }
});

test('who brings memory gets the bytes in it', async () => {
  await using origin = await serve({ routes: { '*': { body: 'abcdef' } } });
  const reply = await createFetch(manager())(origin.url('/'));
  const reader = reply.body!.getReader({ mode: 'byob' });
  const first = await reader.read(new Uint8Array(4));
  expect(Buffer.from(first.value!).toString()).toBe('abcd');
  expect(Buffer.from((await reader.read(new Uint8Array(4))).value!).toString()).toBe('ef');
  expect((await reader.read(new Uint8Array(4))).done).toBe(true);
});

test('an unread body holds the server back, and a reader lets it go on', async () => {
  const { answer, made } = blocks(600);
  await using origin = await serve({ routes: { '*': answer } });
  const reply = await createFetch(manager())(origin.url('/'));
  // the buffers of the systems take some
  let before = -1;
  let looks = 0;
  await until(() => {
    looks = made() === before && made() > 0 ? looks + 1 : 0;
    before = made();
    return looks === 100;
  }, 'the stop of the server');
  expect(made()).toBeLessThan(300);
  expect((await reply.arrayBuffer()).byteLength).toBe(600 * BLOCK.length);
});

test('cancelling the body ends the transfer', async () => {
  await using origin = await serve({ routes: { '*': blocks(600).answer } });
  const reply = await createFetch(manager())(origin.url('/'));
  await reply.body!.cancel();
  await origin.whenIdle();
  expect(reply.bodyUsed).toBe(true);
});

test('a reply that nobody holds gives its connection back', async () => {
  await using origin = await serve({ routes: { '*': blocks(600).answer } });
  const fetch = createFetch(manager());
  await (async () => expect((await fetch(origin.url('/'))).status).toBe(200))();
  await until(() => {
    gc();
    return origin.open === 0;
  }, 'the end of the connection');
});

test('the signal of a Request that nobody holds any more still counts', async () => {
  await using origin = await serve({ routes: { '*': { fault: 'stall before head' } } });
  const fetch = createFetch(manager());
  const controller = new AbortController();
  const promise = (() => fetch(new Request(origin.url('/'), { signal: controller.signal })))();
  const rejected = expect(within(promise, 'the end of the fetch')).rejects.toMatchObject({ name: 'AbortError' });
  await origin.whenRequests(1);
  for (let i = 0; i < 20; i++) {
    gc();
    await new Promise((next) => setImmediate(next));
  }
  controller.abort();
  await rejected;
});

test('a reply of which some was read gives it back as well', async () => {
  await using origin = await serve({ routes: { '*': blocks(600).answer } });
  const fetch = createFetch(manager());
  await (async () => {
    const reader = (await fetch(origin.url('/'))).body!.getReader();
    expect((await reader.read()).done).toBe(false);
  })();
  await until(() => {
    gc();
    return origin.open === 0;
  }, 'the end of the connection');
});

test('a reply whose stream alone is held is not forgotten', async () => {
  await using origin = await serve({ routes: { '*': blocks(40).answer } });
  const fetch = createFetch(manager());
  const stream = await (async () => (await fetch(origin.url('/'))).body!)();
  for (let i = 0; i < 20; i++) {
    gc();
    await new Promise((next) => setImmediate(next));
  }
  let bytes = 0;
  for await (const piece of stream) bytes += piece.length;
  expect(bytes).toBe(40 * BLOCK.length);
});

test('the answer streams while the request does', async () => {
  const atHead = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n';
  await using origin = await serve({ routes: { '*': { atHead, raw: '4\r\nlate\r\n0\r\n\r\n' } } });
  let push: (text: string | null) => void = () => {};
  const body = new ReadableStream({
    start(controller) {
      push = (text) => (text === null ? controller.close() : controller.enqueue(Buffer.from(text)));
    },
  });
  const promise = createFetch(manager())(origin.url('/'), { method: 'POST', body, duplex: 'half' });
  push('first ');
  const reader = (await promise).body!.getReader();
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('early');
  push('second');
  push(null);
  expect(Buffer.from((await reader.read()).value!).toString()).toBe('late');
  expect((await reader.read()).done).toBe(true);
  expect(origin.requests[0]?.body.toString()).toBe('first second');
});

test('a coded body is undone, as it streams and as a whole', async () => {
  const { gzipSync } = await import('node:zlib');
  const text = 'coded '.repeat(20_000);
  const headers = { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' };
  await using origin = await serve({ routes: { '*': { headers, body: gzipSync(text) } } });
  const fetch = createFetch(manager());
  expect(await (await fetch(origin.url('/'))).text()).toBe(text);
  expect(await new Response((await fetch(origin.url('/'))).body).text()).toBe(text);
});
