import { afterEach, describe, expect, test } from 'vitest';
import { createDispatcher } from '../../../src/dispatcher.ts';
import { QHstsPolicy, QNetworkAccessManager, QNetworkMemoryCache, QNetworkProxy, QSslConfiguration } from '../../../src/index.ts';
import { serveH2 } from '../../support/h2-server.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { caPem, identity, trustTestAuthority } from '../../support/tls.ts';
import { type Client, clients, disarmOthers, libraries, rootError } from './clients.ts';

/** Whose certificate `wronghost` is. */
const WRONG = 'elsewhere.test';

disarmOthers();

const saved = QSslConfiguration.defaultConfiguration();
afterEach(() => QSslConfiguration.setDefaultConfiguration(saved));

const body = { '*': { body: 'hello' } };

describe.each(clients.map((client) => [client.name, client] as const))('%s', (_, { call }: Client) => {
  test('through an HTTP proxy, with its credentials', async () => {
    const authorize = 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n';
    await using proxy = await httpProxy({
      answer: ({ authorization }) => (authorization === '' ? { write: authorize } : undefined),
    });
    await using manager = new QNetworkAccessManager();
    manager.setProxy(QNetworkProxy.fromUrl(`http://ada:secret@127.0.0.1:${proxy.port}`));
    const { text } = await call('http://example.test/p', {}, createDispatcher(manager));
    expect(text).toContain('http://example.test/p');
    expect(proxy.requests.at(-1)!.authorization).toBe(`Basic ${btoa('ada:secret')}`);
  });

  test('through a SOCKS proxy', async () => {
    await using server = await serve({ routes: body });
    await using proxy = await socksProxy();
    await using manager = new QNetworkAccessManager();
    manager.setProxy(QNetworkProxy.fromUrl(`socks5h://127.0.0.1:${proxy.port}`));
    expect((await call(server.url(), {}, createDispatcher(manager))).text).toBe('hello');
    expect(proxy.accepted).toBe(1);
  });

  test('a proxy that opens no tunnel', async () => {
    trustTestAuthority();
    await using proxy = await httpProxy({
      answer: () => ({ write: 'HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n', end: 'close' }),
    });
    await using manager = new QNetworkAccessManager();
    manager.setProxy(QNetworkProxy.fromUrl(`http://127.0.0.1:${proxy.port}`));
    const error = await rootError(call('https://good.test/', {}, createDispatcher(manager)));
    expect(error).toMatchObject({ code: 'UND_ERR_ABORTED', message: expect.stringContaining('Proxy response (407)') });
  });

  test('TLS, by the trust of the manager', async () => {
    await using server = await serve({ routes: body, tls: identity('good') });
    await using manager = new QNetworkAccessManager();
    const error = await rootError(call(server.url(), {}, createDispatcher(manager)));
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+)$/),
      cause: { kind: 'tls' },
    });
    await using trusting = new QNetworkAccessManager({ extraCaCertificates: caPem() });
    expect((await call(server.url(), {}, createDispatcher(trusting))).text).toBe('hello');
  });

  test('a certificate for another name', async () => {
    trustTestAuthority();
    await using server = await serve({ routes: body, tls: identity('wronghost') });
    await using manager = new QNetworkAccessManager();
    const error = await rootError(call(server.url(), {}, createDispatcher(manager)));
    expect(error).toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('HTTP/2, where it is allowed', async () => {
    trustTestAuthority();
    await using server = await serveH2({ tls: identity('good') });
    await using manager = new QNetworkAccessManager();
    const got = await call(
      server.url('/two'),
      { method: 'POST', body: 'up', headers: { 'X-Two': '2' } },
      createDispatcher(manager),
    );
    expect([got.status, got.text, server.faults]).toEqual([200, 'ok', []]);
    const [seen] = server.requests;
    expect([seen!.field(':path'), seen!.field('x-two'), seen!.body.toString()]).toEqual(['/two', '2', 'up']);
    await using older = new QNetworkAccessManager();
    expect((await call(server.url(), {}, createDispatcher(older, { allowH2: false }))).text).toBe('one');
  });

  test('strict transport security of the manager', async () => {
    trustTestAuthority();
    await using server = await serve({ routes: body, tls: identity('good') });
    await using manager = new QNetworkAccessManager();
    manager.setStrictTransportSecurityEnabled(true);
    manager.addStrictTransportSecurityHosts([new QHstsPolicy(new Date(Date.now() + 60_000), 0, 'localhost')]);
    const url = `http://localhost:${server.port}/`;
    expect((await call(url, {}, createDispatcher(manager))).text).toBe('hello');
    expect(server.connections[0]!.secure).toBe(true);
  });

  test('cookies and cache only where they are wanted', async () => {
    await using server = await serve({
      routes: { '*': { body: 'hello', headers: { 'Set-Cookie': 'a=1', 'Cache-Control': 'max-age=60' } } },
    });
    await using manager = new QNetworkAccessManager();
    const plain = createDispatcher(manager);
    for (let i = 0; i < 2; i++) await call(server.url(), {}, plain);
    expect([server.requests.length, server.requests[1]!.header('cookie')]).toEqual([2, undefined]);
    const keeping = createDispatcher(manager, { cookies: true });
    for (let i = 0; i < 2; i++) await call(server.url(), {}, keeping);
    expect(server.requests[3]!.header('cookie')).toBe('a=1');
    manager.setCache(new QNetworkMemoryCache());
    const caching = createDispatcher(manager, { cache: true });
    for (let i = 0; i < 3; i++) expect((await call(server.url(), {}, caching)).text).toBe('hello');
    expect(server.requests).toHaveLength(5);
    await call(server.url(), {}, plain);
    expect([server.requests.length, server.requests[5]!.header('cookie')]).toEqual([6, undefined]);
  });
});

test.each(libraries.map(({ version, request }) => [version, request] as const))(
  'undici %s names whose certificate it expects',
  async (_, request) => {
    trustTestAuthority();
    await using server = await serve({ routes: body, tls: identity('wronghost') });
    await using manager = new QNetworkAccessManager();
    const dispatcher = createDispatcher(manager);
    for (const options of [{ headers: { Host: WRONG } }, { servername: WRONG }]) {
      const answer = await request(server.url(), { dispatcher, ...options });
      expect([answer.statusCode, await answer.body.text()]).toEqual([200, 'hello']);
    }
    expect(server.requests[0]!.header('host')).toBe(WRONG);
  },
);

test.each(libraries.map(({ version, request }) => [version, request] as const))(
  'undici %s wants HTTP/1.1 this time',
  async (_, request) => {
    trustTestAuthority();
    await using server = await serveH2({ tls: identity('good') });
    await using manager = new QNetworkAccessManager();
    const dispatcher = createDispatcher(manager);
    expect(await (await request(server.url(), { dispatcher, allowH2: false })).body.text()).toBe('one');
    expect(await (await request(server.url(), { dispatcher })).body.text()).toBe('ok');
  },
);
