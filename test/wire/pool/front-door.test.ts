import { describe, expect, it } from 'vitest';
import {
  Attribute,
  QHttp1Configuration,
  type QNetworkAccessManager,
  type QNetworkReply,
  QNetworkRequest,
} from '../../../src/index.ts';
import { managers } from '../../support/managers.ts';
import { once, until, within } from '../../support/once.ts';
import { type Answer, type Served, serve } from '../../support/server.ts';

const manager = managers();

/** A request for a host that may have so many connections. */
function narrow(url: string, connections: number): QNetworkRequest {
  const request = new QNetworkRequest(url);
  const configuration = new QHttp1Configuration();
  configuration.setNumberOfConnectionsPerHost(connections);
  request.setHttp1Configuration(configuration);
  return request;
}

const all = (replies: QNetworkReply[]): Promise<string[]> => within(Promise.all(replies.map((r) => r.text())), 'all answers');
const targets = (server: Served): string[] => server.requests.map((r) => r.target);

describe('connections of a manager', () => {
  it('are used again', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const m = manager();
    for (let i = 0; i < 5; i++) expect(await m.get(server.url(`/${i}`)).text()).toBe('x');
    for (const verb of ['head', 'post', 'put', 'deleteResource'] as const) await m[verb](server.url('/')).whenFinished();
    expect(server.connections.map((c) => c.requests)).toEqual([9]);
    expect(m.connectionCount()).toBe(1);
  });

  const closing: [what: string, answer: Answer][] = [
    ['Connection: close', { body: 'x', headers: { Connection: 'close' } }],
    ['Connection: close although it stays open', { body: 'x', headers: { Connection: 'close' }, end: 'hang' }],
    ['HTTP/1.0', { body: 'x', version: 'HTTP/1.0', end: 'hang' }],
    ['a body that ends with the connection', { body: 'x', framing: 'close' }],
    [
      'bytes behind the answer',
      { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nxHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil' },
    ],
  ];
  for (const [what, answer] of closing) {
    it(`are not used again after ${what}`, async () => {
      await using server = await serve({ routes: { '/first': answer, '/second': { body: 'y' } } });
      const m = manager();
      expect(await m.get(server.url('/first')).text()).toBe('x');
      expect(m.connectionCount()).toBe(0);
      expect(await m.get(server.url('/second')).text()).toBe('y');
      expect(server.connections.map((c) => c.requests)).toEqual([1, 1]);
    });
  }

  it('are used again after HTTP/1.0 with keep-alive', async () => {
    const answer: Answer = { body: 'x', version: 'HTTP/1.0', headers: { Connection: 'keep-alive' }, end: 'keep' };
    await using server = await serve({ routes: { '*': answer } });
    const m = manager();
    await m.get(server.url('/1')).text();
    await m.get(server.url('/2')).text();
    expect(server.connections).toHaveLength(1);
  });

  it('are not used again after a request that said Connection: close', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', end: 'hang' } } });
    const m = manager();
    await m.get(server.url('/1'), { headers: { Connection: 'close' } }).text();
    expect(m.connectionCount()).toBe(0);
  });

  it('are dropped when bytes come that nobody asked for', async () => {
    const late: Answer = {
      raw: ['HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx', { pause: 20 }, 'HTTP/1.1 408 Timeout\r\n\r\n'],
      end: 'hang',
    };
    await using server = await serve({ routes: { '/first': late, '*': { body: 'y' } } });
    const m = manager();
    expect(await m.get(server.url('/first')).text()).toBe('x');
    await until(() => m.connectionCount() === 0, 'the end of the connection');
    expect(await m.get(server.url('/second')).text()).toBe('y');
    expect(server.connections).toHaveLength(2);
  });

  it('are dropped when the server closes them, without anybody noticing', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', end: 'close' } } });
    const m = manager();
    for (const verb of ['get', 'post', 'get'] as const) {
      expect(await m[verb](server.url('/')).text()).toBe('x');
      await until(() => m.connectionCount() === 0, 'the end of the connection');
    }
    expect(server.requests).toHaveLength(3);
  });

  it('are six for a host unless the request says otherwise, and the order is kept', async () => {
    for (const [count, most] of [
      [20, 6],
      [20, 1],
      [5, 3],
    ] as const) {
      await using server = await serve({ routes: { '*': (r) => ({ body: r.target, delay: 3 }) } });
      const m = manager();
      const urls = Array.from({ length: count }, (_, i) => server.url(`/${i}`));
      const replies = urls.map((url) => m.get(most === 6 ? url : narrow(url, most)));
      expect(await all(replies)).toEqual(urls.map((_, i) => `/${i}`));
      expect(server.accepted).toBe(most);
      if (most === 1) expect(targets(server)).toEqual(urls.map((_, i) => `/${i}`));
    }
  });

  it('go to urgent requests first', async () => {
    await using server = await serve({ routes: { '*': (r) => ({ body: r.target, delay: 1 }) } });
    const m = manager();
    const first = m.get(narrow(server.url('/first'), 1));
    await server.whenRequests(1);
    const replies = (['low', 'normal', 'high'] as const).flatMap((priority) =>
      [1, 2].map((n) => m.get(server.url(`/${priority}${n}`), { priority })),
    );
    await all([first, ...replies]);
    expect(targets(server)).toEqual(['/first', '/high1', '/high2', '/normal1', '/normal2', '/low1', '/low2']);
  });

  it('are not shared between partitions', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const m = manager();
    for (const partition of ['', 'a', 'b', 'a', '']) await m.get(server.url('/'), { partition }).text();
    expect(server.connections.map((c) => c.requests)).toEqual([2, 2, 1]);
  });

  it('are not shared between managers', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    await manager().get(server.url('/')).text();
    await manager().get(server.url('/')).text();
    expect(server.connections).toHaveLength(2);
  });

  it('expire as ConnectionCacheExpiryTimeoutSecondsAttribute says', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const m = manager();
    const expiry = (seconds: number) => ({ attributes: { ConnectionCacheExpiryTimeoutSecondsAttribute: seconds } });
    await m.get(server.url('/'), expiry(0)).text();
    expect(m.connectionCount()).toBe(0);
    await server.whenIdle();
    await m.get(server.url('/'), expiry(1)).text();
    expect(m.connectionCount()).toBe(1);
    const begun = performance.now();
    await until(() => m.connectionCount() === 0, 'the expiry');
    expect(performance.now() - begun).toBeGreaterThan(900);
  });
});

describe('clearing', () => {
  it('clearAccessCache closes idle connections and leaves the others', async () => {
    await using server = await serve({ routes: { '/slow': { body: 'slow', delay: 40 }, '*': { body: 'x' } } });
    const m = manager();
    const slow = m.get(server.url('/slow'));
    await m.get(server.url('/')).text();
    expect(m.connectionCount()).toBe(2);
    m.clearAccessCache();
    expect(m.connectionCount()).toBe(1);
    expect(await slow.text()).toBe('slow');
  });

  it('clearConnectionCache ends what runs and what waits, and the manager works on', async () => {
    await using server = await serve({ routes: { '/stall': { fault: 'stall before head' }, '*': { body: 'x' } } });
    const m = manager();
    const replies = Array.from({ length: 9 }, () => m.get(server.url('/stall')));
    await server.whenRequests(6);
    const ended = Promise.all(replies.map((r) => r.whenFinished()));
    m.clearConnectionCache();
    await within(ended, 'the end of all');
    expect(replies.map((r) => r.error())).toEqual(Array(9).fill(5));
    expect(m.connectionCount()).toBe(0);
    expect(await m.get(server.url('/')).text()).toBe('x');
  });
});

describe('connectToHost', () => {
  it('opens the connection that the next request uses', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const m = manager();
    const finished = once(m.finished, 'finished of the hidden reply');
    m.connectToHost('127.0.0.1', server.port);
    await finished;
    expect(m.connectionCount()).toBe(1);
    const reply = m.post(server.url('/'), 'x');
    const signals: string[] = [];
    reply.socketStartedConnecting.connect(() => signals.push('connecting'));
    expect(await reply.text()).toBe('x');
    expect(signals).toEqual([]);
    expect(server.accepted).toBe(1);
  });

  it('is waited for by a request made at once', async () => {
    await using server = await serve({ routes: { '*': { body: 'x' } } });
    const m = manager();
    m.connectToHost('127.0.0.1', server.port);
    expect(await m.get(server.url('/')).text()).toBe('x');
    expect(server.accepted).toBe(1);
  });
});

describe('pipelining', () => {
  const piped = { attributes: { HttpPipeliningAllowedAttribute: true } };
  const used = (reply: QNetworkReply): unknown => reply.attribute(Attribute.HttpPipeliningWasUsedAttribute);

  /** A manager with one connection that is known to be kept. */
  async function warm(server: Served): Promise<QNetworkAccessManager> {
    const m = manager();
    await m.get(narrow(server.url('/warm'), 1)).text();
    return m;
  }

  it('sends up to three requests behind the first, in order', async () => {
    await using server = await serve({ routes: { '*': (r) => ({ body: r.target, delay: 5 }) } });
    const m = await warm(server);
    const replies = [1, 2, 3, 4, 5, 6].map((n) => m.get(server.url(`/${n}`), piped));
    expect(await all(replies)).toEqual(['/1', '/2', '/3', '/4', '/5', '/6']);
    expect(replies.slice(0, 4).map(used)).toEqual([false, true, true, true]);
    expect(server.connections).toHaveLength(1);
    expect(targets(server)).toEqual(['/warm', '/1', '/2', '/3', '/4', '/5', '/6']);
  });

  it('is not used unless asked for', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', delay: 2 } } });
    const m = await warm(server);
    const replies = [1, 2, 3].map((n) => m.get(server.url(`/${n}`)));
    await all(replies);
    expect(replies.map(used)).toEqual([false, false, false]);
  });

  it('is not used for other methods', async () => {
    await using server = await serve({ routes: { '*': { body: 'x', delay: 2 } } });
    const m = await warm(server);
    const replies = [
      m.get(server.url('/'), piped),
      m.post(server.url('/'), 'a', piped),
      m.put(server.url('/'), 'b', piped),
      m.deleteResource(server.url('/'), piped),
      m.sendCustomRequest(server.url('/'), 'PROPFIND', piped),
    ];
    await all(replies);
    expect(replies.map(used)).toEqual(Array(5).fill(false));
    expect(server.requests.every((r) => r.method !== '?')).toBe(true);
  });

  for (const verb of ['post', 'put'] as const) {
    it(`never puts a request behind a ${verb} whose body is still going out`, async () => {
      await using server = await serve({ routes: { '*': (r) => ({ body: `${r.target} ${r.body.length}` }) } });
      const m = await warm(server);
      let release!: () => void;
      const gate = new Promise<void>((resolve) => {
        release = resolve;
      });
      const source = async function* (): AsyncGenerator<Uint8Array> {
        yield Buffer.alloc(1000, 'a');
        await gate;
        yield Buffer.alloc(1000, 'b');
      };
      const upload = m[verb](server.url('/upload'), source());
      await server.whenRequests(2);
      const get = m.get(server.url('/get'), piped);
      await new Promise<void>((next) => setImmediate(next));
      release();
      expect(await all([upload, get])).toEqual(['/upload 2000', '/get 0']);
      expect(used(get)).toBe(false);
    });
  }

  it('sends again what a closed connection left unanswered, in order', async () => {
    const second: Answer[] = [{ body: 'two', end: 'close' }, { body: 'two again' }];
    await using server = await serve({ routes: { '/2': second, '*': (r) => ({ body: r.target, delay: 3 }) } });
    const m = await warm(server);
    const replies = [1, 2, 3, 4].map((n) => m.get(narrow(server.url(`/${n}`), 1), piped));
    expect(await all(replies)).toEqual(['/1', 'two', '/3', '/4']);
    expect(targets(server)).toEqual(['/warm', '/1', '/2', '/3', '/4']);
  });

  it('sends again what was lost behind a broken answer', async () => {
    const broken: Answer = { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab', end: 'close' };
    await using server = await serve({ routes: { '/1': { ...broken, delay: 3 }, '*': (r) => ({ body: r.target }) } });
    const m = await warm(server);
    const replies = [1, 2, 3].map((n) => m.get(server.url(`/${n}`), piped));
    await within(Promise.all(replies.map((r) => r.whenFinished())), 'the end of all');
    expect(replies.map((r) => r.error())).toEqual([2, 0, 0]);
    expect(targets(server).slice(2)).toEqual(['/2', '/3']);
  });

  it('sends again what was behind a request that is aborted', async () => {
    await using server = await serve({ routes: { '/1': { fault: 'stall before head' }, '*': (r) => ({ body: r.target }) } });
    const m = await warm(server);
    const [one, ...others] = [1, 2, 3].map((n) => m.get(server.url(`/${n}`), piped));
    await server.whenRequests(2);
    one!.abort();
    expect(await all(others)).toEqual(['/2', '/3']);
  });

  it('does not disturb the requests before one that is aborted', async () => {
    await using server = await serve({
      routes: { '/1': { body: 'long', chunks: [1, 1, 1], pause: 5 }, '*': (r) => ({ body: r.target }) },
    });
    const m = await warm(server);
    const [one, two, three] = [1, 2, 3].map((n) => m.get(server.url(`/${n}`), piped));
    await once(one!.readyRead, 'the first piece');
    two!.abort();
    expect(await all([one!, three!])).toEqual(['long', '/3']);
    expect(one!.error()).toBe(0);
    expect(server.requests.filter((r) => r.target === '/1')).toHaveLength(1);
  });
});
