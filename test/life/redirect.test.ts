import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QBuffer,
  QFile,
  QIODevice,
  QNetworkAccessManager,
  type QNetworkReply,
  QNetworkReplyError,
  QNetworkRequest,
  QUrl,
} from '../../src/index.ts';
import { managers } from '../support/managers.ts';
import { once, until, within } from '../support/once.ts';
import { type Answer, type Served, serve } from '../support/server.ts';

const manager = managers();

const to = (location: string, status = 302, more: Partial<Answer> = {}): Answer => ({
  status,
  headers: { Location: location },
  body: 'moved',
  ...more,
});
const HERE: Answer = { body: 'here' };
const ended = (reply: QNetworkReply): Promise<QNetworkReply> => within(reply.whenFinished(), 'the end of the reply');
const lines = (server: Served): string[] => server.requests.map((r) => `${r.method} ${r.target}`);

describe('a redirect', () => {
  it('is followed: the reply is the last answer, the request the first', async () => {
    await using server = await serve({ routes: { '/from': to('/mid'), '/mid': to('/to', 308), '/to': HERE } });
    const reply = manager().get(server.url('/from'));
    const told: string[] = [];
    reply.redirected.connect((url) => told.push(`${url.path()} ${reply.url().path()} ${reply.status()}`));
    expect(await reply.text()).toBe('here');
    expect(told).toEqual(['/mid /mid 302', '/to /to 308']);
    expect(reply.url().path()).toBe('/to');
    expect(reply.request().url().path()).toBe('/from');
    expect(reply.status()).toBe(200);
    expect(reply.attribute(QNetworkRequest.RedirectionTargetAttribute)).toBeNull();
    expect(lines(server)).toEqual(['GET /from', 'GET /mid', 'GET /to']);
    expect(server.accepted).toBe(1);
  });

  it('is reported by the manual policy, of the request or of the manager', async () => {
    await using server = await serve({ routes: { '/from': to('../to?x') } });
    const own = manager();
    own.setRedirectPolicy(QNetworkRequest.ManualRedirectPolicy);
    expect(own.redirectPolicy()).toBe(QNetworkRequest.ManualRedirectPolicy);
    for (const reply of [own.get(server.url('/from')), manager().get(server.url('/from'), { redirect: 'manual' })]) {
      expect(await reply.text()).toBe('moved');
      expect(reply.error()).toBe(NetworkError.NoError);
      expect(reply.status()).toBe(302);
      expect(reply.attribute(QNetworkRequest.RedirectionTargetAttribute)!.toString()).toBe('../to?x');
    }
    expect(() => own.setRedirectPolicy(9 as never)).toThrow(/setRedirectPolicy expects QNetworkRequest.RedirectPolicy; got 9/);
    expect(manager().redirectPolicy()).toBe(QNetworkRequest.NoLessSafeRedirectPolicy);
  });

  it('wins over the manager where the request says so', async () => {
    await using server = await serve({ routes: { '/from': to('/to'), '/to': HERE } });
    const own = manager();
    own.setRedirectPolicy(QNetworkRequest.ManualRedirectPolicy);
    const request = new QNetworkRequest(server.url('/from'));
    request.setAttribute(QNetworkRequest.FollowRedirectsAttribute, true);
    expect(await own.get(request).text()).toBe('here');
  });

  it('keeps secrets to the origin they were given for', async () => {
    await using other = await serve({ routes: { '/to': HERE } });
    await using server = await serve({ routes: { '/near': to('/to'), '/to': HERE, '/far': to(other.url('/to')) } });
    const headers = { Authorization: 'Bearer t', 'X-Api-Key': 'k', 'X-Session': 's', 'X-Other': 'o', Host: 'own.test' };
    const options = { headers, secretHeaders: ['X-Session'] };
    await manager().get(server.url('/near'), options).bytes();
    await manager().get(server.url('/far'), options).bytes();
    const seen = (at: Served, i: number): (string | undefined)[] =>
      ['Authorization', 'X-Api-Key', 'X-Session', 'X-Other', 'Host'].map((name) => at.requests[i]!.header(name));
    expect(seen(server, 1)).toEqual(['Bearer t', 'k', 's', 'o', 'own.test']);
    expect(seen(other, 0)).toEqual([undefined, undefined, undefined, 'o', `127.0.0.1:${other.port}`]);
  });

  it('of two hosts that point at each other ends, and the next request is fine', async () => {
    let second = '';
    await using first = await serve({ routes: { '/a': () => to(second), '/fine': HERE } });
    await using other = await serve({ routes: { '/b': to(first.url('/a')) } });
    second = other.url('/b');
    const own = manager();
    const reply = await ended(own.get(first.url('/a')));
    expect(reply.error()).toBe(NetworkError.TooManyRedirectsError);
    expect(reply.errorString()).toMatch(/too many redirects: .*50 of at most 50/);
    expect(reply.failure()).toMatchObject({ kind: 'too-many-redirects', maybeProcessed: false });
    expect(first.requests.length + other.requests.length).toBe(51);
    expect(await own.get(first.url('/fine')).text()).toBe('here');
  });

  it('can be forbidden', async () => {
    await using server = await serve({ routes: { '/from': to('/to') } });
    const reply = await ended(manager().get(server.url('/from'), { redirect: 'error' }));
    expect(reply.error()).toBe(NetworkError.TooManyRedirectsError);
    const request = new QNetworkRequest(server.url('/from'));
    request.setMaximumRedirectsAllowed(0);
    await expect(manager().get(request).bytes()).rejects.toMatchObject({ code: 'TooManyRedirectsError', status: 302 });
    await expect(manager().get(request).bytes()).rejects.toBeInstanceOf(QNetworkReplyError);
  });

  it.each(['file:///etc/hostname', 'data:,hello', 'qrc:/x', 'ftp://127.0.0.1/', 'mailto:a@b', '', 'http:///'])(
    'never leads to %s',
    async (target) => {
      await using server = await serve({ routes: { '/from': to(target) } });
      const reply = manager().get(server.url('/from'));
      reply.readyRead.connect(() => expect.unreachable('the page of a refused redirect is not the body'));
      await ended(reply);
      expect(reply.error()).toBe(NetworkError.ProtocolUnknownError);
      expect(reply.url().path()).toBe('/from');
      expect(reply.bytesAvailable()).toBe(0);
    },
  );

  it('to nobody names the place that failed', async () => {
    await using server = await serve({ routes: { '/from': to('http://127.0.0.1:1/x') } });
    const reply = await ended(manager().get(server.url('/from')));
    expect(reply.error()).toBe(NetworkError.ConnectionRefusedError);
    expect(reply.errorString()).toContain('127.0.0.1 port 1');
    expect(reply.url().port()).toBe(1);
  });

  it('is seen by the netlog', async () => {
    await using server = await serve({ routes: { '/from': to('/to'), '/to': HERE } });
    const own = manager();
    const seen: string[] = [];
    own.netlog((event) => seen.push(`${event.hop} ${event.what}`));
    await own.get(server.url('/from')).bytes();
    expect(seen).toContain('0 again');
    expect(seen.at(-1)).toBe('1 end');
  });
});

describe('the page of a redirect', () => {
  it.each<[string, Partial<Answer>, number]>([
    ['short', {}, 1],
    ['chunked', { framing: 'chunked', chunks: [2, 2] }, 1],
    ['one that arrives late', { chunks: [2], pause: 30 }, 2],
    ['large', { body: Buffer.alloc(1 << 20) }, 2],
    ['one that never ends', { body: 'abcdef', fault: { stall: 60 } }, 2],
    ['one that is cut', { body: 'abcdef', truncate: 3, end: 'close' }, 2],
  ])('%s: the target is fetched at once', async (_what, more, connections) => {
    await using server = await serve({ routes: { '/from': to('/to', 302, more), '/to': HERE } });
    const own = manager();
    expect(await within(own.get(server.url('/from')).text(), 'the target')).toBe('here');
    expect(server.accepted).toBe(connections);
    expect(await within(own.get(server.url('/to')).text(), 'the next one')).toBe('here');
    expect(server.accepted).toBe(connections);
  });

  it('that trickles for ever gives up its connection', async () => {
    const drip: Answer = { ...to('/to'), body: Buffer.alloc(4000), chunks: new Array<number>(3999).fill(1), pause: 20 };
    await using server = await serve({ routes: { '/from': drip, '/to': HERE } });
    const own = manager();
    await own.get(server.url('/from')).bytes();
    await until(() => own.connectionCount() === 1, 'the end of the trickling connection');
  });
});

describe('the body after a redirect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'redirect-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const file = (): QFile => {
    const path = join(folder, 'body.txt');
    writeFileSync(path, 'xxpayload');
    const device = new QFile(path);
    device.open(QIODevice.ReadOnly);
    device.seek(2);
    return device;
  };

  class Sequential extends QBuffer {
    override isSequential(): boolean {
      return true;
    }
  }

  it.each<[string, () => unknown]>([
    ['bytes', () => Buffer.from('payload')],
    ['a file, from where it stood', file],
    ['a function that opens a stream', () => () => Readable.from([Buffer.from('pay'), Buffer.from('load')])],
    ['a Blob', () => new Blob(['payload'])],
  ])('%s: is sent again', async (_what, make) => {
    await using server = await serve({ routes: { '/from': to('/mid', 307), '/mid': to('/to', 308), '/to': HERE } });
    const reply = manager().post(server.url('/from'), make() as Buffer);
    expect(await reply.text()).toBe('here');
    expect(reply.operation()).toBe(QNetworkAccessManager.PostOperation);
    expect(server.requests.map((r) => `${r.method} ${r.body.toString()}`)).toEqual(new Array(3).fill('POST payload'));
  });

  it('a stream that was read cannot be sent again, and it is said', async () => {
    await using server = await serve({ routes: { '/from': to('/to', 307), '/to': HERE } });
    const reply = await ended(manager().post(server.url('/from'), Readable.from([Buffer.from('payload')])));
    expect(reply.error()).toBe(NetworkError.ContentReSendError);
    expect(reply.errorString()).toMatch(/307.*give a function that opens it anew/);
    expect(lines(server)).toEqual(['POST /from']);
  });

  it('a 303 leaves it behind, with all that described it', async () => {
    await using server = await serve({ routes: { '/from': to('/to', 303), '/to': HERE } });
    const reply = manager().put(server.url('/from'), 'payload', { headers: { 'Content-Type': 'text/plain' } });
    expect(await reply.text()).toBe('here');
    expect(reply.operation()).toBe(QNetworkAccessManager.GetOperation);
    expect(lines(server)).toEqual(['PUT /from', 'GET /to']);
    expect(server.requests[1]!.header('Content-Type')).toBeUndefined();
    expect(server.requests[1]!.header('Content-Length')).toBeUndefined();
  });

  it('a custom GET stays a custom request', async () => {
    await using server = await serve({ routes: { '/from': to('/to', 303), '/to': HERE } });
    const reply = manager().sendCustomRequest(server.url('/from'), 'GET');
    expect(await reply.text()).toBe('here');
    expect(reply.operation()).toBe(QNetworkAccessManager.CustomOperation);
  });

  it('sequential devices are buffered, so they can be sent again', async () => {
    await using server = await serve({ routes: { '/from': to('/to', 307), '/to': HERE } });
    const device = new Sequential('payload');
    device.open(QIODevice.ReadOnly);
    expect(await manager().post(server.url('/from'), device).text()).toBe('here');
    expect(server.requests[1]!.body.toString()).toBe('payload');
  });
});

describe('a redirect the user decides on', () => {
  const routes = { '/from': to('/mid'), '/mid': to('/to', 307), '/to': HERE };
  const ask = (server: Served): QNetworkReply => manager().get(server.url('/from'), { redirect: 'user-verified' });

  it('goes on inside the slot', async () => {
    await using server = await serve({ routes });
    const reply = ask(server);
    reply.redirected.connect(() => reply.redirectAllowed());
    expect(await reply.text()).toBe('here');
    expect(lines(server)).toEqual(['GET /from', 'GET /mid', 'GET /to']);
  });

  it('goes on later, and emitting is calling', async () => {
    await using server = await serve({ routes });
    const reply = ask(server);
    for (const path of ['/mid', '/to']) {
      const [url] = await once<[QUrl]>(reply.redirected);
      expect(url.path()).toBe(path);
      expect(reply.isRunning()).toBe(true);
      expect(reply.hasRawHeader('Location')).toBe(true);
      reply.redirectAllowed.emit();
      reply.redirectAllowed.emit();
      expect(reply.hasRawHeader('Location')).toBe(false);
    }
    expect(await reply.text()).toBe('here');
    expect(server.requests.length).toBe(3);
  });

  it('waits as long as nobody says anything; abort() is a no', async () => {
    await using server = await serve({ routes });
    const reply = ask(server);
    reply.redirectAllowed();
    await once(reply.redirected);
    const next = manager().get(server.url('/to'));
    expect(await next.text()).toBe('here');
    expect(reply.isRunning()).toBe(true);
    reply.abort();
    expect(reply.error()).toBe(NetworkError.OperationCanceledError);
    reply.redirectAllowed();
    expect(lines(server)).toEqual(['GET /from', 'GET /to']);
  });

  it('does not wait beyond the transfer timeout, and is no time in the queue', async () => {
    await using server = await serve({ routes });
    const reply = manager().get(server.url('/from'), { redirect: 'user-verified', timeout: { transfer: 150, queue: 10 } });
    await ended(reply);
    expect(reply.failure()).toMatchObject({ kind: 'timeout', limit: { name: 'transfer', milliseconds: 150 } });
    expect(server.requests.length).toBe(1);
  });

  it('may lead to plain http: the user has seen it', async () => {
    await using server = await serve({ routes: { '/from': to('/to'), '/to': HERE } });
    const reply = ask(server);
    reply.redirected.connect((url) => expect(url).toBeInstanceOf(QUrl));
    reply.redirected.connect(() => reply.redirectAllowed.emit());
    expect(await reply.text()).toBe('here');
  });
});

describe('stopping inside a redirect', () => {
  it.each<['metaDataChanged' | 'redirected', 'abort' | 'close' | 'deleteLater', string]>([
    ['metaDataChanged', 'abort', 'finished'],
    ['redirected', 'abort', 'finished'],
    ['redirected', 'close', 'finished'],
    ['redirected', 'deleteLater', 'destroyed'],
  ])('%s: %s() stops everything', async (signal, how, end) => {
    await using server = await serve({ routes: { '/from': to('/to'), '/to': HERE } });
    const own = manager();
    const reply = own.get(server.url('/from'));
    const told: string[] = [];
    reply.finished.connect(() => told.push('finished'));
    reply.destroyed.connect(() => told.push('destroyed'));
    (reply[signal] as QNetworkReply['metaDataChanged']).connect(() => reply[how]());
    await until(() => told.length > 0, 'the end');
    expect(told).toEqual([end]);
    expect(await own.get(server.url('/to')).text()).toBe('here');
    // what is deleted later may still send what was due now
    if (how !== 'deleteLater') expect(lines(server)).toEqual(['GET /from', 'GET /to']);
  });
});
