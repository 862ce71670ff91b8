import { AsyncLocalStorage } from 'node:async_hooks';
import { context, trace } from '@opentelemetry/api';
import { describe, expect, it, onTestFinished } from 'vitest';
import { QNetworkAccessManager, QNetworkMemoryCache, QNetworkRequest, traceRequests } from '../../../src/index.ts';
import { serve } from '../../support/server.ts';

interface Span {
  name: string;
  kind: number;
  attributes: Record<string, unknown>;
  parent: unknown;
  start: number;
  end: number;
  status: number;
}
interface Sample {
  readonly seconds: number;
  readonly attributes: Record<string, unknown>;
}

/** What an SDK would hear. */
function ears() {
  const spans: Span[] = [];
  const samples: Sample[] = [];
  const histograms: unknown[] = [];
  const tracer = {
    startSpan(name: string, options: { kind: number; startTime: number; attributes: Record<string, unknown> }, parent: unknown) {
      const span: Span = {
        name,
        kind: options.kind,
        attributes: { ...options.attributes },
        parent,
        start: options.startTime,
        end: -1,
        status: 0,
      };
      spans.push(span);
      return {
        setAttribute: (key: string, value: unknown) => Object.assign(span.attributes, { [key]: value }),
        setStatus: ({ code }: { code: number }) => Object.assign(span, { status: code }),
        updateName: (name: string) => Object.assign(span, { name }),
        end: (end: number) => Object.assign(span, { end }),
      };
    },
  };
  const meter = {
    createHistogram(...given: unknown[]) {
      histograms.push(given);
      return {
        record: (seconds: number, attributes: Record<string, unknown>) =>
          void samples.push({ seconds, attributes: { ...attributes } }),
      };
    },
  };
  return {
    spans,
    samples,
    histograms,
    options: { tracerProvider: { getTracer: () => tracer }, meterProvider: { getMeter: () => meter } },
  };
}

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

describe('traceRequests', () => {
  it('makes a span for each trip, and measures it', async () => {
    await using server = await serve({
      routes: { '/moved': { status: 303, headers: { Location: '/missing' } }, '*': { status: 404 } },
    });
    const manager = fresh();
    const { spans, samples, histograms, options } = ears();
    const before = Date.now();
    const stop = await traceRequests(manager, options);
    await manager.post(server.url('/moved?token=hidden').replace('//', '//ada:hidden@'), 'x').whenFinished();
    stop();
    await manager.get(server.url('/')).whenFinished();
    const common = { 'server.address': '127.0.0.1', 'server.port': server.port, 'network.protocol.version': '1.1' };
    const peer = { 'network.peer.address': '127.0.0.1', 'network.peer.port': server.port };
    expect(spans.map(({ attributes }) => attributes)).toEqual([
      {
        ...common,
        ...peer,
        'http.request.method': 'POST',
        'url.full': server.url('/moved?token=***'),
        'http.response.status_code': 303,
      },
      {
        ...common,
        ...peer,
        'http.request.method': 'GET',
        'url.full': server.url('/missing'),
        'http.response.status_code': 404,
        'http.request.resend_count': 1,
        'error.type': '404',
      },
    ]);
    expect(spans.map(({ name, kind, status }) => [name, kind, status])).toEqual([
      ['POST', 2, 0],
      ['GET', 2, 2],
    ]);
    for (const { start, end } of spans) {
      expect(end).toBeGreaterThan(start);
      expect(Math.abs(start - before)).toBeLessThan(30_000);
    }
    expect(samples.map(({ attributes }) => attributes)).toEqual([
      { ...common, 'http.request.method': 'POST', 'http.response.status_code': 303 },
      { ...common, 'http.request.method': 'GET', 'http.response.status_code': 404, 'error.type': '404' },
    ]);
    expect(samples.every(({ seconds }) => seconds > 0 && seconds < 30)).toBe(true);
    expect(histograms[0]).toEqual(['http.client.request.duration', expect.objectContaining({ unit: 's' })]);
  });

  it('tells of failures, of odd methods, and of nothing that no server has answered', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok', headers: { 'Cache-Control': 'max-age=60' } } } });
    const manager = fresh();
    manager.setCache(new QNetworkMemoryCache());
    const { spans, samples, options } = ears();
    await traceRequests(manager, options);
    await manager.get('http://127.0.0.1:1/').whenFinished();
    await manager.sendCustomRequest(server.url('/'), 'BREW').whenFinished();
    await manager.get('data:,x').whenFinished();
    const prefer = new QNetworkRequest(server.url('/kept'));
    prefer.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
    for (let i = 0; i < 2; i++) await manager.get(prefer).text();
    expect(spans[0]).toMatchObject({ attributes: { 'error.type': 'refused' }, status: 2 });
    expect(spans[1]).toMatchObject({
      name: 'HTTP',
      attributes: { 'http.request.method': '_OTHER', 'http.request.method_original': 'BREW' },
    });
    expect(spans).toHaveLength(4);
    // one was answered out of the store
    expect(samples).toHaveLength(3);
  });

  it('counts what was sent once more, and says why; what is stored is not sent', async () => {
    let asked = 0;
    await using server = await serve({
      routes: {
        '/once': () => (++asked === 2 ? { fault: 'close before head' as const } : { body: 'ok' }),
        '/kept': ({ header }) =>
          header('If-None-Match') === undefined
            ? { body: 'ok', headers: { ETag: '"1"', 'Cache-Control': 'no-cache' } }
            : { status: 304, headers: { ETag: '"1"' } },
      },
    });
    const manager = fresh();
    manager.setCache(new QNetworkMemoryCache());
    const { spans, samples, options } = ears();
    await traceRequests(manager, options);
    for (const path of ['/kept', '/kept']) {
      const prefer = new QNetworkRequest(server.url(path));
      prefer.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
      await manager.get(prefer).text();
    }
    const words = (): unknown[] =>
      spans.map(({ attributes: all }) => [all['http.response.status_code'], all['http.request.resend_count'], all['error.type']]);
    expect(words()).toEqual([
      [200, undefined, undefined],
      [304, undefined, undefined],
      // out of the store
      [200, undefined, undefined],
    ]);
    expect(samples).toHaveLength(2);
    spans.length = 0;
    for (let i = 0; i < 2; i++) await manager.get(server.url('/once')).text();
    expect(words().slice(-2)).toEqual([
      [undefined, undefined, 'closed'],
      [200, 1, undefined],
    ]);
    expect(spans.map(({ status }) => status)).toEqual([0, 2, 0]);
  });

  it('takes a connection that is opened ahead for no request', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const { spans, samples, options } = ears();
    await traceRequests(manager, options);
    const opened = new Promise<void>((resolve) => {
      manager.netlog(({ what }) => what === 'end' && resolve());
    });
    manager.connectToHost('127.0.0.1', server.port);
    await opened;
    expect([spans, samples]).toEqual([[], []]);
    await manager.get(server.url('/')).text();
    expect([spans.length, samples.length]).toEqual([1, 1]);
  });

  it('ends what is under way when it is stopped', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const { spans, options } = ears();
    const stop = await traceRequests(manager, options);
    const reply = manager.get(server.url('/'));
    stop();
    expect(spans.map(({ end }) => end)).toEqual([undefined]);
    await reply.text();
    expect(spans).toHaveLength(1);
  });

  it('puts spans below the one that was active when the request was made', async () => {
    const store = new AsyncLocalStorage<unknown>();
    const around = {
      active: () => store.getStore() ?? 'root',
      with: (value: unknown, f: () => unknown) => store.run(value, f),
      bind: <T>(_value: unknown, f: T) => f,
      enable: () => around,
      disable: () => around,
    };
    context.setGlobalContextManager(around as never);
    onTestFinished(() => context.disable());
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const { spans, options } = ears();
    await traceRequests(manager, options);
    const asked = ['one', 'two'].map((name) => store.run(name, () => manager.get(server.url(`/${name}`)).text()));
    await Promise.all(asked);
    expect(spans.map(({ parent, attributes }) => [parent, attributes['url.full']])).toEqual([
      ['one', server.url('/one')],
      ['two', server.url('/two')],
    ]);
  });

  it('uses what the program has set for all, and says what is missing', async () => {
    const { spans, options } = ears();
    trace.setGlobalTracerProvider(options.tracerProvider as never);
    onTestFinished(() => trace.disable());
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    await traceRequests(manager);
    await manager.get(server.url('/')).text();
    expect(spans).toHaveLength(1);
    const absent = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_MODULE_NOT_FOUND' }));
    await expect(traceRequests(manager, {}, absent)).rejects.toThrow('npm install @opentelemetry/api');
  });
});
