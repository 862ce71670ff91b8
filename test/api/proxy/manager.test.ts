import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QNetworkAccessManager,
  QNetworkProxy,
  QNetworkProxyFactory,
  type QNetworkReply,
  QNetworkReplyError,
} from '../../../src/index.ts';
import { until, within } from '../../support/once.ts';
import { httpProxy, socksProxy } from '../../support/proxy-server.ts';
import { serve } from '../../support/server.ts';
import { identity, trustTestAuthority } from '../../support/tls.ts';

const { HttpProxy, HttpCachingProxy, FtpCachingProxy, Socks5Proxy, NoProxy, DefaultProxy } = QNetworkProxy;

trustTestAuthority();
afterEach(() => QNetworkProxyFactory.setApplicationProxyFactory(null));

const at = (server: { readonly port: number }, type: QNetworkProxy.ProxyType = HttpProxy): QNetworkProxy =>
  new QNetworkProxy(type, '127.0.0.1', server.port);

async function ended(reply: QNetworkReply): Promise<string> {
  await within(reply.whenFinished(), 'the end');
  return NetworkError[reply.error()]!;
}

describe('proxy and factory of a manager', () => {
  it('are a default and none at first', async () => {
    await using manager = new QNetworkAccessManager();
    expect([manager.proxy().type(), manager.proxyFactory()]).toEqual([DefaultProxy, null]);
  });

  it('give way to each other', async () => {
    await using manager = new QNetworkAccessManager();
    const factory = new QNetworkProxyFactory(() => []);
    manager.setProxy(new QNetworkProxy(HttpProxy, 'p.test', 1));
    manager.setProxyFactory(factory);
    expect([manager.proxy().type(), manager.proxyFactory()]).toEqual([DefaultProxy, factory]);
    manager.setProxy(new QNetworkProxy(NoProxy));
    expect([manager.proxy().type(), manager.proxyFactory()]).toEqual([NoProxy, null]);
    manager.setProxyFactory(null);
    expect([manager.proxy().type(), manager.proxyFactory()]).toEqual([DefaultProxy, null]);
  });

  it('are copies, the proxy at least', async () => {
    await using manager = new QNetworkAccessManager();
    const proxy = new QNetworkProxy(HttpProxy, 'p.test', 1);
    manager.setProxy(proxy);
    proxy.setPort(2);
    manager.proxy().setPort(3);
    expect(manager.proxy().port()).toBe(1);
  });

  it('are nothing else', async () => {
    await using manager = new QNetworkAccessManager();
    expect(() => manager.setProxy('http://p.test' as never)).toThrow(
      new TypeError('QNetworkAccessManager.setProxy expects a QNetworkProxy; got string.'),
    );
    expect(() => manager.setProxyFactory((() => []) as never)).toThrow(
      new TypeError('QNetworkAccessManager.setProxyFactory expects a QNetworkProxyFactory or null; got function.'),
    );
    expect([manager.proxy().type(), manager.proxyFactory()]).toEqual([DefaultProxy, null]);
  });
});

describe('this machine', () => {
  it('is reached through what the manager names, and past what the application names', async () => {
    await using proxy = await httpProxy();
    await using origin = await serve({ routes: { '*': { body: 'the origin' } } });
    await using manager = new QNetworkAccessManager();
    QNetworkProxy.setApplicationProxy(at(proxy));
    expect(await manager.get(origin.url()).text()).toBe('the origin');
    manager.setProxy(at(proxy));
    expect(await manager.get(origin.url()).text()).toBe(`the proxy's GET ${origin.url('/')}`);
    manager.setProxyFactory(new QNetworkProxyFactory(async () => [at(proxy)]));
    expect(await manager.get(origin.url()).text()).toBe(`the proxy's GET ${origin.url('/')}`);
  });
});

describe('ways of all kinds', () => {
  it('are opened to a server that speaks TLS', async () => {
    await using http = await httpProxy();
    await using secure = await httpProxy({ tls: identity() });
    await using socks = await socksProxy();
    await using origin = await serve({ tls: identity(), routes: { '*': { body: 'hello' } } });
    await using manager = new QNetworkAccessManager();
    const socks4 = QNetworkProxy.fromUrl(`socks4a://127.0.0.1:${socks.port}`);
    const chain = at(http);
    chain.setThrough(at(socks, Socks5Proxy));
    const proxies = [at(http), QNetworkProxy.fromUrl(`https://127.0.0.1:${secure.port}`), at(socks, Socks5Proxy), socks4, chain];
    for (const proxy of proxies) {
      manager.setProxy(proxy);
      expect(await manager.get(origin.url()).text()).toBe('hello');
    }
    expect(http.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `CONNECT 127.0.0.1:${origin.port}`,
      `CONNECT 127.0.0.1:${origin.port}`,
    ]);
    expect(secure.requests).toHaveLength(1);
    expect(socks.requests.map(({ version, port }) => [version, port])).toEqual([
      [5, origin.port],
      [4, origin.port],
      [5, http.port],
    ]);
  });

  it('are not shared between proxies, and shared by requests that have the same', async () => {
    await using proxy = await httpProxy();
    await using origin = await serve({ tls: identity(), routes: { '*': { body: 'hello' } } });
    await using manager = new QNetworkAccessManager();
    const other = at(proxy);
    other.setUser('ada');
    for (const one of [at(proxy), at(proxy), other]) {
      manager.setProxy(one);
      await manager.get(origin.url()).text();
    }
    expect([origin.requests.length, origin.accepted]).toEqual([3, 2]);
  });

  it('are opened ahead', async () => {
    await using proxy = await httpProxy();
    await using origin = await serve({ tls: identity(), routes: { '*': { body: 'hello' } } });
    await using manager = new QNetworkAccessManager();
    manager.setProxy(at(proxy));
    manager.connectToHostEncrypted('127.0.0.1', origin.port);
    await until(() => manager.connectionCount() === 1, 'the connection');
    expect(await manager.get(origin.url()).text()).toBe('hello');
    expect([proxy.requests.length, origin.accepted]).toEqual([1, 1]);
  });
});

describe('a request that finds no way', () => {
  const never = 'http://a.invalid/';
  const rows: [what: string, proxy: QNetworkProxy, url: string, text: RegExp][] = [
    [
      'https over one that only asks',
      new QNetworkProxy(HttpCachingProxy, 'p.test', 1),
      'https://a.invalid/',
      /No suitable proxy found/,
    ],
    ['anything over one for ftp', new QNetworkProxy(FtpCachingProxy, 'p.test', 1), never, /No suitable proxy found/],
    ['over nobody', new QNetworkProxy(HttpProxy), never, /the proxy has no host name; use setHostName\(\)/],
    ['over no port', new QNetworkProxy(Socks5Proxy, 'p.test'), never, /the proxy p\.test has port 0/],
    ['over what is no name', new QNetworkProxy(HttpProxy, 'a b', 1), never, /the proxy has the host name 'a b'/],
  ];
  it.each(rows)('%s ends with ProxyNotFoundError', async (_what, proxy, url, text) => {
    await using manager = new QNetworkAccessManager();
    manager.setProxy(proxy);
    const reply = manager.get(url);
    expect(await ended(reply)).toBe('ProxyNotFoundError');
    expect(reply.errorString()).toMatch(text);
  });

  const lost: [what: string, choose: () => QNetworkProxy[] | Promise<QNetworkProxy[]>][] = [
    [
      'throws',
      () => {
        throw new Error('no idea');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no idea'))],
  ];
  it.each(lost)('ends with ProxyNotFoundError when its factory %s', async (_what, choose) => {
    await using manager = new QNetworkAccessManager();
    manager.setProxyFactory(new QNetworkProxyFactory(choose));
    const reply = manager.get(never);
    expect(await ended(reply)).toBe('ProxyNotFoundError');
    expect(reply.errorString()).toContain('no idea');
  });

  it('can be aborted while its factory thinks', async () => {
    await using manager = new QNetworkAccessManager();
    let asked = false;
    manager.setProxyFactory(
      new QNetworkProxyFactory(() => {
        asked = true;
        return new Promise(() => {});
      }),
    );
    const reply = manager.get(never);
    await until(() => asked, 'the question');
    reply.abort();
    expect(await ended(reply)).toBe('OperationCanceledError');
  });
});

it('says nothing of a password that was not accepted', async () => {
  await using proxy = await httpProxy({
    answer: () => ({ write: 'HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="P"\r\nContent-Length: 4\r\n\r\npage' }),
  });
  await using manager = new QNetworkAccessManager();
  const events: unknown[] = [];
  manager.netlog((event) => void events.push(event));
  manager.setProxy(QNetworkProxy.fromUrl(`http://ada:secret@127.0.0.1:${proxy.port}`));
  const reply = manager.get('https://a.invalid/');
  expect(await ended(reply)).toBe('ProxyAuthenticationRequiredError');
  expect(Buffer.from(proxy.requests[1]!.authorization.slice('Basic '.length), 'base64').toString()).toBe('ada:secret');
  const error = new QNetworkReplyError(reply);
  const shown = [reply.errorString(), inspect(error, { depth: 9 }), JSON.stringify(error), inspect(events, { depth: 9 })].join(
    '\n',
  );
  expect(shown).toContain(`127.0.0.1:${proxy.port}`);
  for (const secret of ['secret', Buffer.from('ada:secret').toString('base64')]) expect(shown).not.toContain(secret);
});

it('shows no password when it is logged, nor do its replies', async () => {
  await using server = await serve({ routes: { '*': { fault: 'stall before head' } } });
  await using proxy = await httpProxy();
  await using manager = new QNetworkAccessManager();
  manager.setProxy(QNetworkProxy.fromUrl(`http://ada:hush@127.0.0.1:${proxy.port}`));
  const reply = manager.get(server.url('/page').replace('//', '//eve:hush@'));
  await until(() => proxy.requests.length === 1, 'the request');
  const shown = [manager, reply, { manager, reply }].map((value) => inspect(value, { depth: 3 })).join('\n');
  expect(shown).toContain('/page');
  expect(shown).not.toContain('hush');
  reply.abort();
});
