import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test } from 'vitest';
import { createDispatcher, createRequest, type Dispatcher, type DispatcherOptions } from '../../../src/dispatcher.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import { serve } from '../../support/server.ts';
import { newer, older, type Told } from './handlers.ts';

const made: Dispatcher[] = [];
const dispatcherFor = (options?: DispatcherOptions): Dispatcher => {
  const dispatcher = createDispatcher(null, options);
  made.push(dispatcher);
  return dispatcher;
};
afterEach(async () => {
  for (const dispatcher of made.splice(0)) await dispatcher.destroy();
});

const get = (origin: string, path = '/') => ({ origin, path, method: 'GET' });
const names = (told: Told): unknown[] => told.said.map(([what]) => what);

test('the older generation', async () => {
  await using server = await serve({
    routes: {
      '*': {
        body: 'abc',
        framing: 'chunked',
        headers: [
          ['X-A', '1'],
          ['X-A', '2'],
        ],
        trailers: [['T', 'x']],
      },
    },
  });
  const told = older();
  expect(dispatcherFor().dispatch(get(server.url('')), told.handler)).toBe(true);
  expect(names(told)).toEqual(['onConnect']);
  expect(await told.over).toEqual([
    ['onConnect'],
    ['onHeaders', 200, ['X-A', '1', 'X-A', '2', 'Transfer-Encoding', 'chunked'], 'OK'],
    ['onData', 'abc'],
    ['onComplete', ['T', 'x']],
  ]);
});

test('the newer generation', async () => {
  await using server = await serve({
    routes: {
      '*': {
        body: 'abc',
        framing: 'chunked',
        headers: [
          ['X-A', '1'],
          ['X-A', '2'],
          ['__proto__', 'p'],
        ],
        trailers: [['T', 'x']],
      },
    },
  });
  const told = newer();
  dispatcherFor().dispatch(get(server.url('')), told.handler);
  const headers = JSON.parse('{ "x-a": ["1", "2"], "__proto__": "p", "transfer-encoding": "chunked" }');
  expect(await told.over).toEqual([
    ['onRequestStart'],
    ['onResponseStart', 200, headers, 'OK'],
    ['onResponseData', 'abc'],
    ['onResponseEnd', { t: 'x' }],
  ]);
  expect(told.controller().rawHeaders!.map(String).slice(0, 4)).toEqual(['X-A', '1', 'X-A', '2']);
  expect(told.controller().rawTrailers!.map(String)).toEqual(['T', 'x']);
});

describe.each([
  ['older', older],
  ['newer', newer],
] as const)('a handler of the %s generation', (_, make) => {
  test('pauses with the head, and goes on', async () => {
    await using server = await serve({ routes: { '*': { body: 'all of it' } } });
    const told: Told = make({ to: (what): unknown => (/Headers|ResponseStart/.test(what) ? false : undefined) });
    dispatcherFor().dispatch(get(server.url('')), told.handler);
    await server.whenRequests(1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told.said).toHaveLength(2);
    told.resume();
    expect((await told.over).slice(2).map(([, text]) => text)[0]).toBe('all of it');
  });

  test('pauses with every piece and holds the server back', async () => {
    const size = 30_000_000;
    let produced = 0;
    function* body(): Generator<Uint8Array> {
      for (const piece = Buffer.alloc(65_536, 'z'); produced < size; produced += piece.length) yield piece;
    }
    await using server = await serve({ routes: { '*': { body: body(), framing: 'close' } } });
    let received = 0;
    const told = make({
      to: (what, chunk) => {
        if (!/Data/.test(what)) return undefined;
        received += (chunk as string).length;
        told.said.length = 0;
        setImmediate(() => told.resume());
        return false;
      },
    });
    dispatcherFor().dispatch(get(server.url('')), told.handler);
    await told.over;
    expect(received).toBe(produced);
  });

  test('aborts at once', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const why = new Error('never mind');
    const told: Told = make({
      to: (what): unknown => (what.startsWith('onConnect') || what.startsWith('onRequest') ? told.abort(why) : undefined),
    });
    dispatcherFor().dispatch(get(server.url('')), told.handler);
    expect((await told.over).at(-1)![1]).toBe(why);
    expect([told.said.length, server.requests.length]).toEqual([2, 0]);
  });

  test('aborts with the head, and hears nothing more', async () => {
    await using server = await serve({ routes: { '*': { body: 'xyz' } } });
    const told: Told = make({ to: (what): unknown => (/Headers|ResponseStart/.test(what) ? told.abort() : undefined) });
    dispatcherFor().dispatch(get(server.url('')), told.handler);
    const said = await told.over;
    expect(said.at(-1)![1]).toMatchObject({ name: 'AbortError', code: 'UND_ERR_ABORTED' });
    expect(said).toHaveLength(3);
    told.abort();
    expect(said).toHaveLength(3);
  });

  test('aborting destroys a body, with the reason', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const body = new PassThrough();
    body.write('some');
    const failed = once(body, 'error');
    const told = make();
    dispatcherFor().dispatch({ ...get(server.url('')), method: 'POST', body }, told.handler);
    const why = new Error('enough');
    told.abort(why);
    expect((await failed)[0]).toBe(why);
  });

  test('what it throws is its own error', async () => {
    await using server = await serve({ routes: { '*': { body: 'xyz' } } });
    const why = new Error('a mistake in the handler');
    const told = make({
      to: (what) => {
        if (/Data/.test(what)) throw why;
      },
    });
    dispatcherFor().dispatch(get(server.url('')), told.handler);
    expect((await told.over).at(-1)![1]).toBe(why);
  });

  test('what cannot be sent is told to it', async () => {
    const told = make();
    expect(dispatcherFor().dispatch({ origin: 'ftp://x', path: '/', method: 'GET' }, told.handler)).toBe(false);
    expect((await told.over).at(-1)![1]).toMatchObject({ code: 'UND_ERR_INVALID_ARG' });
  });
});

test.each([
  ['no handler', null],
  ['a handler without words', {}],
  ['an older one that hears no errors', { onConnect() {} }],
  ['a newer one that hears no errors', { onRequestStart() {} }],
])('%s is refused', (_, handler) => {
  expect(() => dispatcherFor().dispatch(get('http://x'), handler as never)).toThrow(
    expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }),
  );
});

test.each([[{ headersTimeout: -1 }], [{ connections: 0 }], [{ bodyTimeout: Number.NaN }]])(
  'options that mean nothing are refused: %o',
  (options) => {
    expect(() => createDispatcher(null, options)).toThrow(expect.objectContaining({ code: 'UND_ERR_INVALID_ARG' }));
  },
);

test('what is no manager is refused', () => {
  for (const wrong of [{}, 'manager', { headersTimeout: 1 }]) expect(() => createDispatcher(wrong as never)).toThrow(TypeError);
});

describe('the end', () => {
  test('close waits for what runs and takes nothing more', async () => {
    await using server = await serve({ routes: { '*': { body: 'late', delay: 40 } } });
    const dispatcher = dispatcherFor();
    const [first, second] = [newer(), newer()];
    dispatcher.dispatch(get(server.url('')), first.handler);
    const end = dispatcher.close();
    dispatcher.dispatch(get(server.url('')), second.handler);
    expect([dispatcher.closed, dispatcher.destroyed]).toEqual([true, false]);
    expect((await second.over).at(-1)![1]).toMatchObject({ code: 'UND_ERR_CLOSED' });
    await end;
    expect([names(first).at(-1), dispatcher.destroyed]).toEqual(['onResponseEnd', true]);
    await server.whenIdle();
    const third = newer();
    dispatcher.dispatch(get(server.url('')), third.handler);
    expect((await third.over).at(-1)![1]).toMatchObject({ name: 'ClientDestroyedError', code: 'UND_ERR_DESTROYED' });
  });

  test('destroy ends what runs', async () => {
    await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
    const dispatcher = dispatcherFor();
    const told = older();
    dispatcher.dispatch(get(server.url('')), told.handler);
    const why = new Error('shutting down');
    await dispatcher.destroy(why);
    expect((await told.over).at(-1)![1]).toBe(why);
  });

  test('callbacks instead of promises', async () => {
    const dispatcher = dispatcherFor();
    expect(await new Promise((resolve) => dispatcher.close((error, data) => resolve([error, data])))).toEqual([null, null]);
    expect(await new Promise((resolve) => dispatcher.destroy((error) => resolve(error)))).toBe(null);
  });

  test('a manager that was given stays open', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    await using manager = new QNetworkAccessManager();
    const dispatcher = createDispatcher(manager);
    const told = older();
    dispatcher.dispatch(get(server.url('')), told.handler);
    await told.over;
    await dispatcher.close();
    expect(await manager.get(server.url()).text()).toBe('x');
    // over the connection that the dispatcher has opened
    expect(server.accepted).toBe(1);
  });
});

describe('events', () => {
  test('connect, once for a connection; drain', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const dispatcher = dispatcherFor();
    const heard: unknown[] = [];
    dispatcher.on('connect', (origin: URL, targets: unknown[]) => heard.push([origin.href, targets.length]));
    for (let i = 0; i < 2; i++) {
      const drained = once(dispatcher, 'drain');
      dispatcher.dispatch(get(server.url('')), older().handler);
      expect(String((await drained)[0])).toBe(server.url());
    }
    expect(heard).toEqual([[server.url(), 1]]);
  });

  test('connectionError and disconnect', async () => {
    await using server = await serve({ routes: { '*': { fault: 'close before head' } } });
    const dispatcher = dispatcherFor();
    const lost = once(dispatcher, 'disconnect');
    dispatcher.dispatch({ ...get(server.url('')), method: 'POST' }, older().handler);
    expect((await lost)[2]).toMatchObject({ code: 'UND_ERR_SOCKET' });
    const origin = server.url('');
    await server.close();
    const failed = once(dispatcher, 'connectionError');
    dispatcher.dispatch(get(origin), older().handler);
    expect((await failed)[2]).toMatchObject({ code: 'ECONNREFUSED' });
  });
});

test.each([
  ['drain', '/', 'n'],
  ['disconnect', '/cut', 'other side closed'],
])('a listener of %s that throws keeps nothing from the handler', async (event, path, expected) => {
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  try {
    const thrown = once(process, 'uncaughtException');
    await using server = await serve({ routes: { '/cut': { fault: 'close before head' }, '*': { body: 'n' } } });
    const dispatcher = dispatcherFor();
    dispatcher.on(event, () => {
      throw new Error(`of ${event}`);
    });
    const told = newer();
    dispatcher.dispatch({ ...get(server.url(''), path), method: 'POST' }, told.handler);
    const last = (await told.over).at(-1)!;
    expect(last[0] === 'onResponseEnd' ? 'n' : (last[1] as Error).message).toBe(expected);
    expect((await thrown)[0]).toMatchObject({ message: `of ${event}` });
    await dispatcher.close();
  } finally {
    for (const other of others) process.on('uncaughtException', other);
  }
});

test('the memory of a piece may be given away', async () => {
  const body = Buffer.from(Array.from({ length: 2_000_000 }, (_, i) => i % 251));
  await using server = await serve({ routes: { '*': { body } } });
  const pieces: Buffer[] = [];
  let given = 0;
  const told = newer();
  told.handler.onResponseData = (_controller, chunk) => {
    pieces.push(Buffer.from(chunk));
    // small ones may be in the pool of Node.js, which belongs to everybody
    if (chunk.length <= Buffer.poolSize / 2) return;
    structuredClone(chunk.buffer, { transfer: [chunk.buffer as ArrayBuffer] });
    given++;
  };
  dispatcherFor().dispatch(get(server.url('')), told.handler);
  expect((await told.over).at(-1)![0]).toBe('onResponseEnd');
  expect(given).toBeGreaterThan(0);
  expect(Buffer.concat(pieces).equals(body)).toBe(true);
});

describe('install', () => {
  const places = [1, 2].map((number) => Symbol.for(`undici.globalDispatcher.${number}`));
  const now = (): unknown[] => places.map((place) => (globalThis as unknown as Record<symbol, unknown>)[place]);

  test('nothing is touched before, everything is given back', async () => {
    await using server = await serve({ routes: { '*': ({ header }) => ({ body: header('user-agent') ?? '' }) } });
    void globalThis.Response;
    const before = now();
    const dispatcher = dispatcherFor();
    expect(now()).toEqual(before);
    const heard = once(dispatcher, 'drain');
    const uninstall = dispatcher.install();
    expect(now()).toEqual([dispatcher, dispatcher]);
    expect(await (await fetch(server.url())).text()).toBe('node');
    await heard;
    expect(() => dispatcher.install()).toThrow(/installed already/);
    uninstall();
    expect(now().every((found, i) => found === before[i])).toBe(true);
    uninstall();
  });

  test('what somebody else has put there stays', () => {
    const before = now();
    const [first, second] = [dispatcherFor(), dispatcherFor()];
    const backFirst = first.install();
    const backSecond = second.install();
    backFirst();
    expect(now()).toEqual([second, second]);
    backSecond();
    expect(now()).toEqual([first, first]);
    for (const place of places) Object.assign(globalThis, { [place]: before[places.indexOf(place)] });
  });

  test('a composed one is installed with its interceptors', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const paths: string[] = [];
    const composed = dispatcherFor().compose((dispatch) => (options, handler) => {
      paths.push(options.path);
      return dispatch(options, handler);
    });
    const uninstall = composed.install();
    try {
      await (await fetch(server.url('/seen'))).text();
    } finally {
      uninstall();
    }
    expect(paths).toEqual(['/seen']);
    expect(() => createRequest(composed)).toThrow(/without interceptors/);
  });

  test('closing gives it back', async () => {
    const before = now();
    const dispatcher = dispatcherFor();
    dispatcher.install();
    await dispatcher.close();
    expect(now().every((found, i) => found === before[i])).toBe(true);
  });
});

test('interceptors, the last one outermost, and composed once more', async () => {
  await using server = await serve({ routes: { '*': ({ header }) => ({ body: header('x-way') ?? '' }) } });
  const adding = (word: string) => (dispatch: Dispatcher['dispatch']) =>
    function intercept(options: Parameters<Dispatcher['dispatch']>[0], handler: Parameters<Dispatcher['dispatch']>[1]) {
      const { 'x-way': way = '' } = (options.headers ?? {}) as Record<string, string>;
      return dispatch({ ...options, headers: { 'x-way': way + word } }, handler);
    };
  const dispatcher = dispatcherFor();
  const composed = dispatcher.compose(adding('1'), null, adding('2')).compose([adding('3')]);
  const told = older();
  composed.dispatch(get(server.url('')), told.handler);
  expect((await told.over)[2]).toEqual(['onData', '321']);
  expect(composed.closed).toBe(false);
  await composed.close();
  expect(dispatcher.closed).toBe(true);
  expect(() => dispatcher.compose('x' as never)).toThrow(TypeError);
});

test('what undici’s own dispatchers have besides says where to go', () => {
  const dispatcher = dispatcherFor();
  for (const name of ['request', 'stream', 'pipeline'] as const)
    expect(() => dispatcher[name]()).toThrow(`undici.${name}(url, { dispatcher })`);
  for (const name of ['connect', 'upgrade'] as const)
    expect(() => dispatcher[name]()).toThrow(expect.objectContaining({ code: 'UND_ERR_NOT_SUPPORTED' }));
});

test('it is a dispatcher to every undici', () => {
  const dispatcher = dispatcherFor();
  // most of this is checked by the compiler
  const six: import('undici-6').Dispatcher = dispatcher;
  const seven: import('undici-7').Dispatcher = dispatcher;
  const eight: import('undici-8').Dispatcher = dispatcher;
  const init: RequestInit = { dispatcher };
  expect([six, seven, eight, init.dispatcher]).toEqual([dispatcher, dispatcher, dispatcher, dispatcher]);
});
