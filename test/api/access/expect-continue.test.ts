import { createServer, type RequestListener, type Server } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { type BodySource, QNetworkAccessManager, QNetworkReply, QNetworkRequest } from '../../../src/index.ts';
import { until } from '../../support/once.ts';
import { type Answer, serve } from '../../support/server.ts';
import { finished, fresh, turns } from '../bridge/support.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** A stream that tells whether anybody read it and how it ended. */
class Source {
  taken = 0;
  readonly stream = Readable.from(this.pieces());

  private *pieces(): Generator<Buffer> {
    for (let i = 0; i < 3; i++) {
      this.taken++;
      yield Buffer.from(`piece ${i};`);
    }
  }
}

describe('expectContinue', () => {
  it('asks first and sends when the server has said yes', async () => {
    await using origin = await serve({ routes: { '*': { atHead: CONTINUE, body: 'ok' } } });
    await using manager = fresh();
    const events: string[] = [];
    const stop = manager.netlog((event) => void events.push(event.what));
    const reply = manager.post(origin.url(), 'hello', { expectContinue: 60_000, headers: { 'X-A': 'b' } });
    reply.uploadProgress.connect((sent) => void (sent > 0 && events.push('uploaded')));
    expect(await reply.text()).toBe('ok');
    stop();
    const [request] = origin.requests;
    expect([request!.header('Expect'), request!.header('X-A'), request!.body.toString()]).toEqual(['100-continue', 'b', 'hello']);
    // nothing of the body before the interim answer
    expect(events.filter((what) => /head|uploaded/.test(what))).toEqual(['request-head', 'interim-head', 'uploaded', 'head']);
    expect(reply.attribute(QNetworkRequest.HttpStatusCodeAttribute)).toBe(200);
  });

  it('sends after the time when the server says nothing', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const reply = manager.put(origin.url(), new Source().stream, { expectContinue: 30 });
    expect(await reply.text()).toBe('ok');
    expect(origin.requests[0]!.body.toString()).toBe('piece 0;piece 1;piece 2;');
  });

  it('is what the header says, in its place', async () => {
    await using origin = await serve({ routes: { '*': { status: 401, early: true, drain: false, body: 'who?', end: 'hang' } } });
    await using manager = fresh();
    const source = new Source();
    const reply = manager.put(origin.url(), source.stream, {
      headers: [
        ['X-A', '1'],
        ['expect', '100-Continue'],
        ['X-B', '2'],
      ],
    });
    await finished(reply);
    expect([reply.status(), reply.readAll().toString(), source.taken]).toEqual([401, 'who?', 0]);
    const own = origin.requests[0]!.headers.filter(([name]) => /^(x-|expect)/i.test(name));
    expect(own).toEqual([
      ['X-A', '1'],
      ['expect', '100-Continue'],
      ['X-B', '2'],
    ]);
  });

  it('does nothing without a body', async () => {
    await using origin = await serve({ routes: { '*': { body: 'ok' } } });
    await using manager = fresh();
    const option = { expectContinue: true };
    const replies = [
      manager.get(origin.url(), option),
      manager.post(origin.url(), '', option),
      manager.post(origin.url(), option),
      manager.post(origin.url(), '', { headers: { Expect: '100-continue' } }),
      manager.post(origin.url(), 'x', { expectContinue: false }),
    ];
    await Promise.all(replies.map((reply) => finished(reply)));
    expect(origin.requests.map((request) => request.header('Expect'))).toEqual(Array(5).fill(undefined));
  });

  const refusals: readonly [what: string, answer: Answer, error: number][] = [
    ['401 and waits', { status: 401, body: 'who?', end: 'hang' }, QNetworkReply.AuthenticationRequiredError],
    ['413 and closes', { status: 413, body: 'too much', end: 'close' }, QNetworkReply.UnknownContentError],
    ['413 and resets', { status: 413, body: 'too much', end: 'reset' }, QNetworkReply.UnknownContentError],
    ['200 and waits', { status: 200, body: 'have it', end: 'hang' }, QNetworkReply.NoError],
  ];
  it.each(refusals)(
    'a server that answers %s: the body stays unread, the connection is not used again',
    async (_what, answer, error) => {
      await using origin = await serve({ routes: { 'PUT /': { ...answer, early: true, drain: false }, '*': { body: 'next' } } });
      await using manager = fresh();
      const source = new Source();
      const reply = manager.put(origin.url(), source.stream, { expectContinue: 60_000 });
      await finished(reply);
      expect([reply.error(), reply.status(), reply.readAll().toString()]).toEqual([error, answer.status, answer.body]);
      await until(() => source.stream.destroyed, 'the end of the source');
      expect(source.taken).toBe(0);
      expect(await manager.get(origin.url('/next')).text()).toBe('next');
      expect(origin.requests.map(({ connection, body }) => [connection, body.length])).toEqual([
        [1, 0],
        [2, 0],
      ]);
    },
  );

  const once: readonly [string, () => BodySource][] = [
    ['bytes', () => 'once'],
    ['a stream that can be read once', () => Readable.from(['once'])],
    ['a web stream', () => new Response('once').body!],
  ];
  it.each(once)('417: sent once more without Expect: %s', async (_what, make) => {
    await using origin = await serve({
      routes: { '*': [{ status: 417, early: true, drain: false, body: 'no', end: 'hang' }, { body: 'ok' }] },
    });
    await using manager = fresh();
    const reply = manager.post(origin.url(), make(), { expectContinue: true });
    const heads: (number | null)[] = [];
    reply.metaDataChanged.connect(() => void heads.push(reply.status()));
    expect(await reply.text()).toBe('ok');
    expect(heads).toEqual([200]);
    expect(origin.requests.map((request) => [request.header('Expect'), request.body.toString()])).toEqual([
      ['100-continue', ''],
      [undefined, 'once'],
    ]);
  });

  it('a redirect before the body takes even a stream along', async () => {
    await using origin = await serve({
      routes: {
        '/old': { status: 307, headers: { Location: '/new' }, early: true, drain: false, end: 'hang' },
        '/new': { atHead: CONTINUE, body: 'ok' },
      },
    });
    await using manager = fresh();
    const reply = manager.put(origin.url('/old'), Readable.from(['once']), { expectContinue: 60_000 });
    expect(await reply.text()).toBe('ok');
    expect(origin.requests.map((request) => [request.target, request.header('Expect'), request.body.toString()])).toEqual([
      ['/old', '100-continue', ''],
      ['/new', '100-continue', 'once'],
    ]);
  });

  it('a redirect that leaves the body behind leaves the expectation behind', async () => {
    await using origin = await serve({
      routes: {
        'POST /old': { status: 303, headers: { Location: '/new' }, early: true, drain: false, end: 'hang' },
        'GET /new': { body: 'ok' },
      },
    });
    await using manager = fresh();
    const source = new Source();
    const reply = manager.post(origin.url('/old'), source.stream, { headers: { Expect: '100-continue' } });
    expect(await reply.text()).toBe('ok');
    expect(origin.requests.map((request) => request.header('Expect'))).toEqual(['100-continue', undefined]);
    await until(() => source.stream.destroyed, 'the end of the source');
    expect(source.taken).toBe(0);
  });

  it('an abort while it waits: the source is closed unread', async () => {
    await using origin = await serve({ routes: { '*': { early: true, fault: 'stall before head' } } });
    await using manager = fresh();
    const source = new Source();
    const reply = manager.put(origin.url(), source.stream, { expectContinue: 60_000 });
    await reply.requestSent.next();
    await turns();
    reply.abort();
    await until(() => source.stream.destroyed, 'the end of the source');
    expect([source.taken, reply.error()]).toEqual([0, QNetworkReply.OperationCanceledError]);
  });

  it('waiting is bounded by the limits of time as everything is', async () => {
    await using origin = await serve({ routes: { '*': { early: true, fault: 'stall before head' } } });
    await using manager = fresh();
    const reply = manager.put(origin.url(), 'x', { expectContinue: 60_000, timeout: 50 });
    await finished(reply);
    expect([reply.error(), reply.failure()?.phase]).toEqual([QNetworkReply.TimeoutError, 'send']);
  });

  it('a source that fails after 100 (Continue) ends only its own request', async () => {
    await using origin = await serve({ routes: { 'PUT /': { atHead: CONTINUE, body: 'x' }, '*': { body: 'ok' } } });
    await using manager = fresh();
    const broken = () => Promise.reject(new Error('out of paper'));
    const reply = await finished(manager.put(origin.url(), broken, { expectContinue: 60_000 }));
    expect(reply.errorString()).toMatch(/out of paper/);
    expect(await manager.get(origin.url('/next')).text()).toBe('ok');
  });
});

describe('with the HTTP server of Node.js', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function listen(checked: RequestListener): Promise<string> {
    const server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => response.end(Buffer.concat(parts)));
    });
    server.on('checkContinue', checked);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  }

  it('that wants the body', async () => {
    let asked = 0;
    const url = await listen((request, response) => {
      asked++;
      response.writeContinue();
      request.pipe(response);
    });
    await using manager = new QNetworkAccessManager();
    for (const source of ['a body', Readable.from(['a ', 'body'])]) {
      expect(await manager.put(url, source, { expectContinue: 60_000 }).text()).toBe('a body');
    }
    expect([asked, manager.connectionCount()]).toEqual([2, 1]);
  });

  it('that does not', async () => {
    const url = await listen((_request, response) => {
      response.writeHead(403);
      response.end('no');
    });
    await using manager = new QNetworkAccessManager();
    const reply = await finished(manager.put(url, Buffer.alloc(10_000_000), { expectContinue: 60_000 }));
    expect([reply.status(), reply.readAll().toString()]).toEqual([403, 'no']);
    expect(await manager.put(url, 'direct').text()).toBe('direct');
  });
});
