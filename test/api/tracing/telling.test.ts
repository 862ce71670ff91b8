import diagnostics from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BufferReply,
  type NetLogEvent,
  QNetworkAccessManager,
  QNetworkMemoryCache,
  QNetworkProxy,
  QNetworkRequest,
  WrappedReply,
} from '../../../src/index.ts';
import { httpProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

/** Without the milliseconds, and what differs from run to run. */
const lines = (story: string): string[] => story.split('\n').map((line) => line.replace(/^ *\d+\.\d{3} ms {2}/, ''));

describe('reply.story()', () => {
  it('tells each step of a request with redirects, a store and authentication', async () => {
    await using server = await serve({
      routes: {
        '/start': { status: 302, headers: { Location: '/asked' } },
        '/asked': ({ header }) =>
          header('Authorization') === undefined
            ? { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } }
            : { body: 'in', headers: { 'Cache-Control': 'max-age=60' } },
      },
    });
    const manager = fresh();
    manager.setCache(new QNetworkMemoryCache());
    expect(manager.isStoriesEnabled()).toBe(false);
    manager.setStoriesEnabled(true);
    expect(manager.isStoriesEnabled()).toBe(true);
    manager.authenticationRequired.connect((_reply, authenticator) => {
      authenticator.setUser('ada');
      authenticator.setPassword('hidden');
    });
    const reply = manager.get(server.url('/start'));
    await reply.text();
    const story = reply.story();
    expect(story).toMatch(/^ +0\.000 ms {2}GET /);
    for (const [i, words] of [
      `GET ${server.url('/start')} is asked for`,
      'not answered out of the store: nothing is stored for it (RFC 9111 4)',
      'connecting to 127.0.0.1',
      'connection 1 is taken, which is new',
      'sent: GET /start HTTP/1.1',
      '302 Found comes, HTTP/1.1',
      `it is sent on to ${server.url('/asked')} (redirect 302)`,
      'connection 1 is taken, which was used before',
      'sent: GET /asked HTTP/1.1',
      '401 Unauthorized comes, HTTP/1.1',
      'once more, saying who asks (authentication 401)',
      '200 OK comes, HTTP/1.1',
      'complete',
    ].entries())
      expect(lines(story).indexOf(words), `${i}: ${words}\n${story}`).toBeGreaterThanOrEqual(i === 0 ? 0 : 1);
    expect(lines(story).at(-1)).toMatch(/^the last trip: waiting for a connection \d+\.\d{3} ms, sending .*, receiving \d/);
    const times = story.split('\n').map((line) => Number(/^ *(\d+\.\d{3}) ms/.exec(line)![1]));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(story).not.toContain('hidden');

    const stored = new QNetworkRequest(server.url('/asked'));
    stored.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
    const second = manager.get(stored);
    await second.text();
    expect(second.story()).toMatch(/answered out of the store: fresh for \d+ s more \(RFC 9111 4\.2\)/);
    manager.setStoriesEnabled(false);
    expect(manager.isStoriesEnabled()).toBe(false);
    expect(second.story()).toContain('only the last trip is known');
  });

  it('tells of the last trip when nobody has listened, and of failures', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const reply = manager.get(server.url('/?token=hidden'));
    await reply.text();
    expect(lines(reply.story())).toEqual([
      `GET ${server.url('/?token=***')} is asked for`,
      'the addresses of 127.0.0.1 are looked up',
      expect.stringMatching(/^127\.0\.0\.1, port \d+: connected \([\d.]+ ms\)$/),
      'connection 1 is taken, which is new',
      'sent: GET /?token=***',
      '200 OK comes, HTTP/1.1',
      'complete',
      expect.stringMatching(/^the last trip: waiting for a connection .*, waiting for the answer /),
      '(only the last trip is known: setStoriesEnabled(true) was not called before)',
    ]);
    const refused = manager.get('http://127.0.0.1:1/');
    await refused.whenFinished();
    expect(refused.story()).toMatch(/failed in the phase connect: connection refused/);
    const aborted = manager.get(server.url('/'));
    aborted.abort();
    expect(aborted.story()).toContain('is asked for');
  });

  it('is no whole story when it was not kept from the beginning', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const reply = manager.get(server.url('/'));
    reply.requestSent.connect(() => manager.setStoriesEnabled(true));
    await reply.text();
    expect(lines(reply.story())[0]).toBe(`GET ${server.url('/')} is asked for`);
    expect(reply.story()).toContain('only the last trip is known');
  });

  it('has an end, however much has happened before it', async () => {
    const moved = ({ target }: { target: string }) => ({
      status: 302,
      headers: { Location: `/${Number(target.slice(1)) + 1}`, Connection: 'close' },
      end: 'close' as const,
    });
    await using server = await serve({ routes: { '/190': { body: 'ok' }, '*': moved } });
    const manager = fresh();
    manager.setStoriesEnabled(true);
    const request = new QNetworkRequest(server.url('/0'));
    request.setMaximumRedirectsAllowed(400);
    const reply = manager.get(request);
    await reply.text();
    expect(reply.story().split('\n').length).toBeGreaterThan(900);
    expect(lines(reply.story()).at(-2)).toBe('complete');
  });

  it('is told by replies of the program as well', () => {
    const manager = fresh();
    expect(
      new BufferReply(QNetworkAccessManager.Operation.GetOperation, new QNetworkRequest('http://h.test/'), 'x').story(),
    ).toContain('no engine has carried its request');
    const inner = manager.get('data:,x');
    expect(new WrappedReply(inner).story()).toBe(inner.story());
    expect(inner.story()).toContain('GET data:,x is asked for');
  });
});

describe('reply.toCurl()', () => {
  it('is a command that a shell understands, without secrets', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const options = {
      headers: { 'X-Api-Key': 'hidden', 'X-Quote': "it's", 'User-Agent': 'me', 'Accept-Language': 'de', 'X-Empty': '' },
    };
    const reply = manager.post(server.url('/a?password=hidden&b=c d'), "name=O'Neill&pwd=hidden", options);
    await reply.whenFinished();
    const command = reply.toCurl();
    expect(command.split(' \\\n  ')).toEqual([
      'curl',
      '--location',
      '--compressed',
      "--header 'X-Api-Key: ***'",
      String.raw`--header 'X-Quote: it'\''s'`,
      "--header 'User-Agent: me'",
      "--header 'Accept-Language: de'",
      "--header 'X-Empty;'",
      "--header 'Content-Type: application/x-www-form-urlencoded'",
      String.raw`--data-raw 'name=O'\''Neill&pwd=***'`,
      `'${server.url('/a?password=***&b=c%20d')}'`,
    ]);
    expect(reply.toCurl({ secrets: true })).toContain('pwd=hidden');
    expect(reply.toCurl({ secrets: true })).toContain('X-Api-Key: hidden');
  });

  it.each<[string, (manager: QNetworkAccessManager) => { toCurl(): string; abort(): void }, string]>([
    ['HEAD', (m) => m.head('http://h.test/'), '--head'],
    ['another method', (m) => m.sendCustomRequest('http://h.test/', 'PURGE'), '--request PURGE'],
    ['PUT', (m) => m.put('http://h.test/', 'x'), '--request PUT'],
    [
      'a local socket',
      (m) => m.get('unix+http://%2Frun%2Fa.sock/v?a=1'),
      process.platform === 'win32' ? 'pipe' : '--unix-socket /run/a.sock',
    ],
    ['the host of a local socket', (m) => m.get('unix+http://engine/v?a=1'), "'http://engine/v?a=1'"],
    ['the path of a local socket, which is no host', (m) => m.get('unix+http://%2Frun%2Fa.sock/v'), 'http://localhost/v'],
    ['bytes', (m) => m.post('http://h.test/', new Uint8Array([0, 255])), '--data-binary @-'],
    ['a long body', (m) => m.post('http://h.test/', 'x'.repeat(65_537)), '--data-binary @-'],
    [
      'a reply of the program',
      () => new BufferReply(QNetworkAccessManager.Operation.GetOperation, new QNetworkRequest('http://h.test/own'), ''),
      'curl \\\n  --compressed \\\n  http://h.test/own',
    ],
  ])('knows %s', (_title, ask, words) => {
    const reply = ask(fresh());
    expect(reply.toCurl()).toContain(words);
    reply.abort();
  });
});

describe('manager.netlog()', () => {
  it('measures every phase, those of proxies among them', async () => {
    trustTestAuthority();
    const proxy = await httpProxy();
    onTestFinished(() => proxy.close());
    await using server = await serve({ tls: identity('good'), routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    manager.setProxy(new QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, '127.0.0.1', proxy.port));
    const events: NetLogEvent[] = [];
    manager.netlog((event) => events.push(event));
    await manager.get(server.url('/')).text();
    const { timings } = events.find(({ what }) => what === 'end')!.detail as { timings: Record<string, number> };
    const order = [
      'queued',
      'resolveStart',
      'connectStart',
      'proxyStart',
      'tlsStart',
      'connected',
      'sent',
      'headReceived',
      'ended',
    ];
    const times = order.map((name) => timings[name]!);
    expect(times.every((time) => time > 0)).toBe(true);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(events[0]).toMatchObject({ what: 'made', detail: { method: 'GET', url: server.url('/') } });
  });

  it('tells of bodies to those who want them, and to nobody else', async () => {
    await using server = await serve({ routes: { '*': { body: 'answer' } } });
    const manager = fresh();
    const plain: string[] = [];
    const bodies: string[] = [];
    const stop = manager.netlog(({ what }) => plain.push(what));
    const read = ({ what, detail }: NetLogEvent): void => {
      if (what !== 'data' && what !== 'sent-data') return;
      const { bytes, start, end } = detail as { bytes: Buffer; start: number; end: number };
      bodies.push(`${what} ${Buffer.from(bytes.subarray(start, end)).toString()}`);
    };
    const leave = manager.netlog(read, { bodies: true });
    await manager.post(server.url('/'), 'question').text();
    async function* source(): AsyncIterable<Uint8Array> {
      yield Buffer.from('one');
      yield Buffer.from('two');
    }
    await manager.post(server.url('/'), source()).text();
    expect(bodies).toEqual(['sent-data question', 'data answer', 'sent-data one', 'sent-data two', 'data answer']);
    leave();
    await manager.post(server.url('/'), 'question').text();
    expect(bodies).toHaveLength(5);
    expect(plain).not.toContain('data');
    expect(plain.filter((what) => what === 'head')).toHaveLength(3);
    stop();
    expect(server.requests.map(({ body }) => body.toString())).toEqual(['question', 'onetwo', 'question']);
  });
});

describe('node:diagnostics_channel', () => {
  it('has each request, while somebody has subscribed', async () => {
    await using server = await serve({ routes: { '/moved': { status: 301, headers: { Location: '/' } }, '*': { body: 'ok' } } });
    const manager = fresh();
    const heard: string[] = [];
    const hear = (message: unknown, name: string | symbol): void => {
      const { transfer, hop, detail } = message as NetLogEvent;
      heard.push(
        `${String(name).replace('qnetwork:request:', '')} ${transfer}.${hop} ${detail?.['url'] ?? detail?.['status'] ?? detail?.['kind'] ?? ''}`.trimEnd(),
      );
    };
    const names = ['start', 'sent', 'headers', 'again', 'end', 'error'].map((name) => `qnetwork:request:${name}`);
    await manager.get(server.url('/before')).text();
    for (const name of names) diagnostics.subscribe(name, hear);
    await manager.get(server.url('/moved')).text();
    await manager.get('http://127.0.0.1:1/').whenFinished();
    for (const name of names) diagnostics.unsubscribe(name, hear);
    await manager.get(server.url('/after')).text();
    expect(heard).toEqual([
      `start 2.0 ${server.url('/moved')}`,
      'sent 2.0',
      'headers 2.0 301',
      `again 2.0 ${server.url('/')}`,
      'sent 2.1',
      'headers 2.1 200',
      'end 2.1',
      'start 3.0 http://127.0.0.1:1/',
      'error 3.0 refused',
    ]);
  });
});
