import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HarEntry, parseHar, recordHar } from '../../../src/har.ts';
import { QNetworkAccessManager, QNetworkMemoryCache, QNetworkProxy, QNetworkRequest } from '../../../src/index.ts';
import { httpProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';
import { schemaProblems } from './schema.ts';

function fresh(): QNetworkAccessManager {
  const manager = new QNetworkAccessManager();
  onTestFinished(() => manager.close());
  return manager;
}

const words = (entries: readonly HarEntry[]): string[] =>
  entries.map(
    ({ request, response, _fromCache }) =>
      `${request.method} ${new URL(request.url).pathname} ${response.status} ${_fromCache ?? 'network'}`,
  );

describe('recordHar', () => {
  it('has an entry for each trip: authentication, validation, the store', async () => {
    await using server = await serve({
      routes: {
        '/asked': ({ header }) =>
          header('Authorization') === undefined
            ? { status: 401, headers: { 'WWW-Authenticate': 'Basic realm="a"' } }
            : { body: 'in' },
        '/kept': ({ header }) =>
          header('If-None-Match') === undefined
            ? { body: 'kept', headers: { ETag: '"1"', 'Cache-Control': 'no-cache' } }
            : { status: 304, headers: { ETag: '"1"' } },
      },
    });
    const manager = fresh();
    manager.setCache(new QNetworkMemoryCache());
    manager.authenticationRequired.connect((_reply, authenticator) => {
      authenticator.setUser('ada');
      authenticator.setPassword('x');
    });
    const recording = recordHar(manager);
    await manager.get(server.url('/asked')).text();
    const prefer = new QNetworkRequest(server.url('/kept'));
    prefer.setAttribute(QNetworkRequest.Attribute.CacheLoadControlAttribute, QNetworkRequest.CacheLoadControl.PreferCache);
    for (let i = 0; i < 2; i++) expect(await manager.get(prefer).text()).toBe('kept');
    const har = recording.stop();
    expect(words(har.log.entries)).toEqual([
      'GET /asked 401 network',
      'GET /asked 200 network',
      'GET /kept 200 network',
      'GET /kept 304 network',
      'GET /kept 200 store',
    ]);
    expect(har.log.entries[4]!.response.content.text).toBe('kept');
    expect(schemaProblems(har)).toEqual([]);
    expect(recording.count).toBe(5);
  });

  it('tells of failures, and of what had come before them', async () => {
    await using server = await serve({ routes: { '*': { body: 'half of it', truncate: 4, end: 'close' } } });
    const manager = fresh();
    const recording = recordHar(manager);
    await manager.get(server.url('/')).whenFinished();
    await manager.get('http://127.0.0.1:1/').whenFinished();
    const [broken, refused] = recording.stop().log.entries;
    expect(broken).toMatchObject({
      response: { status: 200, content: { text: 'half' } },
      _failure: { kind: 'closed', phase: 'receive' },
    });
    expect(refused).toMatchObject({ response: { status: 0 }, _failure: { kind: 'refused', phase: 'connect' } });
  });

  it('has nothing of a trip whose beginning it has not heard, also when that fails', async () => {
    await using server = await serve({ routes: { '*': { body: 'half of it', truncate: 4, end: 'close' } } });
    const manager = fresh();
    const reply = manager.get(server.url('/'));
    const recordings: ReturnType<typeof recordHar>[] = [];
    reply.metaDataChanged.connect(() => recordings.push(recordHar(manager)));
    await reply.whenFinished();
    expect(reply.failure()?.kind).toBe('closed');
    expect(recordings.map((recording) => recording.stop().log.entries)).toEqual([[]]);
  });

  it('measures the proxies and TLS as part of connecting', async () => {
    trustTestAuthority();
    const proxy = await httpProxy();
    onTestFinished(() => proxy.close());
    await using server = await serve({ tls: identity('good'), routes: { '*': { body: 'ok', delay: 30 } } });
    const manager = fresh();
    manager.setProxy(new QNetworkProxy(QNetworkProxy.ProxyType.HttpProxy, '127.0.0.1', proxy.port));
    const recording = recordHar(manager);
    await manager.get(server.url('/')).text();
    const { timings } = recording.stop().log.entries[0]!;
    expect(timings.ssl).toBeGreaterThan(0);
    expect(timings.connect).toBeGreaterThan(timings.ssl!);
    expect(timings.wait).toBeGreaterThan(20);
  });

  it('leaves out bodies beyond the limit, and entries beyond theirs', async () => {
    await using server = await serve({ routes: { '*': { body: 'x'.repeat(100) } } });
    const manager = fresh();
    const recording = recordHar(manager, { bodyLimit: 99, mostEntries: 2, comment: 'mine' });
    for (let i = 0; i < 3; i++) await manager.post(server.url('/'), 'y'.repeat(100)).text();
    const { log } = recording.stop();
    expect(log.entries).toHaveLength(2);
    expect(log.comment).toBe('mine; 1 further requests were not recorded');
    const { request, response } = log.entries[0]!;
    expect(response.content).toEqual({
      size: 100,
      mimeType: '',
      comment: 'left out: its 100 bytes are more than the limit of the recording',
    });
    expect(request.postData).not.toHaveProperty('text');
    const none = recordHar(manager, { bodyLimit: 0 });
    await manager.get(server.url('/')).text();
    expect(none.stop().log.entries[0]!.response.content).not.toHaveProperty('text', 'x'.repeat(100));
  });

  it('counts a request beyond the limit once, also when it fails', async () => {
    await using server = await serve({ routes: { '*': { body: 'half of it', truncate: 4, end: 'close' } } });
    const manager = fresh();
    const recording = recordHar(manager, { mostEntries: 0 });
    await manager.get(server.url('/')).whenFinished();
    await manager.get('http://127.0.0.1:1/').whenFinished();
    expect(recording.stop().log.comment).toBe('2 further requests were not recorded');
  });

  it('leaves out bodies when it is full, those that are sent and those that come', async () => {
    await using server = await serve({ routes: { '*': { body: 'x'.repeat(60_000) } } });
    const manager = fresh();
    const recording = recordHar(manager, { mostBytes: 250_000 });
    for (let i = 0; i < 3; i++) await manager.post(server.url('/'), 'y'.repeat(60_000)).text();
    const { entries } = recording.stop().log;
    const comment = 'left out: the recording was full, and had no room for its 60000 bytes';
    expect(entries.map(({ request }) => request.postData?.text?.length ?? request.postData?.comment)).toEqual([
      60_000,
      60_000,
      comment,
    ]);
    expect(entries.map(({ response: { content } }) => content.text?.length ?? content.comment)).toEqual([
      60_000,
      60_000,
      comment,
    ]);
    expect(entries.map(({ request, response }) => [request.bodySize, response.content.size])).toEqual(
      new Array(3).fill([60_000, 60_000]),
    );
    const none = recordHar(manager, { mostBytes: 0 });
    await manager.get(server.url('/')).text();
    expect(none.stop().log.entries[0]!.response.content).toHaveProperty('comment', comment);
  });

  it('begins and ends when it is told to, and answers of this machine are not in it', async () => {
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    await manager.get(server.url('/before')).text();
    const recording = recordHar(manager);
    await manager.get('data:,local').text();
    await manager.get(server.url('/during')).text();
    expect(words(recording.har().log.entries)).toEqual(['GET /during 200 network']);
    recording.stop();
    recording.stop();
    await manager.get(server.url('/after')).text();
    expect(words(recording.har().log.entries)).toEqual(['GET /during 200 network']);
  });

  it('is written as a whole, for its owner alone', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'qnetwork-har-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await using server = await serve({ routes: { '*': { body: 'ok' } } });
    const manager = fresh();
    const recording = recordHar(manager);
    await manager.get(server.url('/')).text();
    const path = join(folder, 'a.har');
    await recording.save(path);
    await recording.save(path);
    expect(parseHar(readFileSync(path))).toEqual(JSON.parse(JSON.stringify(recording.har())));
    expect(readdirSync(folder)).toEqual(['a.har']);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(recording.save(join(folder, 'missing', 'a.har'))).rejects.toThrow('ENOENT');
    await expect(recording.save(folder)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['a.har']);
  });

  it.each([{ bodyLimit: -1 }, { bodyLimit: 0.5 }, { mostBytes: -1 }, { mostEntries: Number.NaN }])('refuses %j', (options) => {
    expect(() => recordHar(fresh(), options)).toThrow(
      /^recordHar: (?:bodyLimit|mostBytes|mostEntries) is a whole number from 0; got/,
    );
  });
});
