import { afterEach, describe, expect, it } from 'vitest';
import {
  applicationProxies,
  chooserFor,
  factoryProxies,
  fixedProxy,
  NONE,
  stateOfPeer,
} from '../../../src/api/bridge/proxies.ts';
import { describedProxy } from '../../../src/api/proxy/proxy-state.ts';
import { proxyState } from '../../../src/api/proxy/qnetworkproxy.ts';
import { Url } from '../../../src/base/url.ts';
import type { ProxyPeer, Way } from '../../../src/contract/proxy.ts';
import { QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery } from '../../../src/index.ts';

const { DefaultProxy, Socks5Proxy, NoProxy, HttpProxy, HttpCachingProxy, FtpCachingProxy } = QNetworkProxy;
const { TunnelingCapability, CachingCapability, UdpTunnelingCapability } = QNetworkProxy;

const URL_A = Url.parse('http://a.test/');
const P = QNetworkProxy.fromUrl('http://p.test:1');
const Q = QNetworkProxy.fromUrl('socks5://q.test:2');

type Answer = ReturnType<QNetworkProxyFactory['queryProxy']>;

/** A factory that answers so, and remembers what it was asked. */
class Told extends QNetworkProxyFactory {
  readonly asked: QNetworkProxyQuery[] = [];
  readonly answer: () => Answer;

  constructor(answer: () => Answer) {
    super();
    this.answer = answer;
  }

  override queryProxy(query?: QNetworkProxyQuery): Answer {
    this.asked.push(query!);
    return this.answer();
  }
}

const shown = (ways: readonly Way[]): string[] =>
  ways.map((way) => (way === null ? 'none' : `${way.scheme}://${way.host}:${way.port}`));
const chosen = async (answer: () => Answer, url = URL_A): Promise<string[]> =>
  shown(await factoryProxies(new Told(answer)).choose(url));

function peerOf(proxy: QNetworkProxy): ProxyPeer {
  const [way] = fixedProxy(proxyState(proxy, 'test'))!.choose(URL_A) as readonly Way[];
  return way!;
}

afterEach(() => QNetworkProxyFactory.setApplicationProxyFactory(null));

describe('a proxy and what the engine knows of it', () => {
  const rows: [what: string, proxy: QNetworkProxy, scheme: string, tunnels: boolean, caches: boolean][] = [
    ['HttpProxy', new QNetworkProxy(HttpProxy, 'p.test', 1), 'http', true, true],
    ['HttpCachingProxy', new QNetworkProxy(HttpCachingProxy, 'p.test', 1), 'http', false, true],
    ['FtpCachingProxy', new QNetworkProxy(FtpCachingProxy, 'p.test', 1), 'http', false, false],
    ['Socks5Proxy', new QNetworkProxy(Socks5Proxy, 'p.test', 1), 'socks5h', true, false],
    ['HttpProxy that opens tunnels', able(HttpProxy, TunnelingCapability), 'http', true, false],
    ['HttpProxy that caches', able(HttpProxy, CachingCapability), 'http', false, true],
    ['Socks5Proxy that looks nothing up', able(Socks5Proxy, TunnelingCapability), 'socks5', true, false],
    ['Socks5Proxy for UDP', able(Socks5Proxy, UdpTunnelingCapability), 'socks5', false, false],
    ['HttpCachingProxy that is said to open tunnels', able(HttpCachingProxy, 25), 'http', false, true],
    ['https', QNetworkProxy.fromUrl('https://p.test:1'), 'https', true, true],
    ['socks4', QNetworkProxy.fromUrl('socks4://p.test:1'), 'socks4', true, false],
    ['socks4a', QNetworkProxy.fromUrl('socks4a://p.test:1'), 'socks4a', true, false],
  ];
  it.each(rows)('%s', (_what, proxy, scheme, tunnels, caches) => {
    const peer = peerOf(proxy);
    expect([peer.scheme, peer.host, peer.port, peer.tunnels, peer.caches]).toEqual([scheme, 'p.test', 1, tunnels, caches]);
    expect(Object.isFrozen(peer)).toBe(true);
  });

  function able(type: QNetworkProxy.ProxyType, capabilities: number): QNetworkProxy {
    const proxy = new QNetworkProxy(type, 'p.test', 1);
    proxy.setCapabilities(capabilities);
    return proxy;
  }

  it('is made once for what is the same', () => {
    expect(peerOf(P)).toBe(peerOf(new QNetworkProxy(P)));
  });

  it('has its host in normal form', () => {
    const hosts = ['P.Test', '2001:DB8:0::1', 'bücher.test'].map((name) => peerOf(new QNetworkProxy(HttpProxy, name, 1)).host);
    expect(hosts).toEqual(['p.test', '2001:db8::1', 'xn--bcher-kva.test']);
  });

  it('goes back, without the password', () => {
    const proxy = new QNetworkProxy(HttpCachingProxy, 'p.test', 1, 'ada', 'secret');
    const state = stateOfPeer(peerOf(proxy));
    expect([describedProxy(state), state.user, state.password]).toEqual(['http://p.test:1 (HttpCachingProxy)', 'ada', '']);
  });

  it.each([
    ['no host', new QNetworkProxy(HttpProxy, '', 1), /the proxy has no host name; use setHostName/],
    ['no name', new QNetworkProxy(HttpProxy, 'a b', 1), /the proxy has the host name 'a b'/],
    ['no port', new QNetworkProxy(HttpProxy, 'p.test'), /the proxy p\.test has port 0, which nobody can listen on/],
  ])('cannot be made of one with %s', (_what, proxy, error) => {
    expect(() => peerOf(proxy)).toThrow(error);
  });
});

describe('the key of a proxy', () => {
  const base = new QNetworkProxy(HttpProxy, 'p.test', 1, 'ada', 'secret');
  const changed = (change: (proxy: QNetworkProxy) => void): QNetworkProxy => {
    const proxy = new QNetworkProxy(base);
    change(proxy);
    return proxy;
  };
  const others: [what: string, proxy: QNetworkProxy][] = [
    ['type', changed((proxy) => proxy.setType(HttpCachingProxy))],
    ['scheme', QNetworkProxy.fromUrl('https://ada:secret@p.test:1')],
    ['capabilities', changed((proxy) => proxy.setCapabilities(TunnelingCapability))],
    ['host', changed((proxy) => proxy.setHostName('q.test'))],
    ['port', changed((proxy) => proxy.setPort(2))],
    ['user', changed((proxy) => proxy.setUser('bob'))],
    ['password', changed((proxy) => proxy.setPassword('other'))],
    ['header fields', changed((proxy) => proxy.setRawHeader('X-A', '1'))],
    ['chain', changed((proxy) => proxy.setThrough(Q))],
    ['password in the chain', changed((proxy) => proxy.setThrough(QNetworkProxy.fromUrl('socks5://ada:x@q.test:2')))],
  ];
  it.each(others)('is another for another %s', (_what, proxy) => {
    expect(peerOf(proxy).key).not.toBe(peerOf(base).key);
    const again = new QNetworkProxy(proxy);
    again.setPort(proxy.port());
    expect(peerOf(again).key).toBe(peerOf(proxy).key);
  });

  it('has no secret in it', () => {
    const proxy = changed((one) => {
      one.setRawHeader('X-Key', 'secret');
      one.setThrough(QNetworkProxy.fromUrl('socks5://ada:secret@q.test:2'));
    });
    expect(peerOf(proxy).key).not.toMatch(/secret|c2Vjc/);
  });
});

describe('who chooses', () => {
  it('is nobody unless somebody was named', () => {
    expect([chooserFor(undefined), chooserFor(null), chooserFor(NONE)]).toEqual([null, null, null]);
    expect(fixedProxy(proxyState(new QNetworkProxy(DefaultProxy), 'test'))).toBe(null);
    expect(fixedProxy(proxyState(new QNetworkProxy(NoProxy), 'test'))).toBe(NONE);
  });

  it('is the application where the manager says nothing', () => {
    QNetworkProxy.setApplicationProxy(P);
    expect(shown(chooserFor(null)!.choose(URL_A) as readonly Way[])).toEqual(['http://p.test:1']);
    expect(chooserFor(NONE)).toBe(null);
    expect(applicationProxies()).toBe(applicationProxies());
    QNetworkProxy.setApplicationProxy(new QNetworkProxy(NoProxy));
    expect(applicationProxies()).toBe(null);
  });

  it('is asked in the way of a request', () => {
    const factory = new Told(() => [P]);
    factoryProxies(factory).choose(Url.parse('https://ada:secret@a.test/x?y#z'));
    const [query] = factory.asked;
    expect(query!.equals(new QNetworkProxyQuery('https://a.test/x?y#z'))).toBe(true);
    expect([query!.queryType(), query!.peerPort(), query!.localPort()]).toEqual([QNetworkProxyQuery.UrlRequest, -1, -1]);
  });

  it('gives a list, at once or later', async () => {
    expect(factoryProxies(new Told(() => [P])).choose(URL_A)).not.toBeInstanceOf(Promise);
    expect(await chosen(() => [P, new QNetworkProxy(NoProxy), Q])).toEqual(['http://p.test:1', 'none', 'socks5://q.test:2']);
    expect(await chosen(async () => [Q])).toEqual(['socks5://q.test:2']);
  });

  it('leaves a default proxy to the application', async () => {
    const list = (): QNetworkProxy[] => [Q, new QNetworkProxy(DefaultProxy)];
    expect(await chosen(list)).toEqual(['socks5://q.test:2', 'none']);
    QNetworkProxyFactory.setApplicationProxyFactory(new Told(async () => [P, new QNetworkProxy(DefaultProxy)]));
    expect(await chosen(list)).toEqual(['socks5://q.test:2', 'http://p.test:1', 'none']);
    // this machine needs no proxy of the application, but may have one of the manager
    expect(await chosen(list, Url.parse('http://localhost/'))).toEqual(['socks5://q.test:2', 'none']);
  });

  it.each<[what: string, answer: unknown]>([
    ['nothing', undefined],
    ['one proxy', P],
    ['texts', ['http://p.test']],
    ['a promise of nothing', Promise.resolve(null)],
  ])('cannot give %s', async (_what, answer) => {
    await expect(chosen(() => answer as never)).rejects.toThrow(
      new TypeError('Told.queryProxy has to return a list of QNetworkProxy, or a promise of one.'),
    );
  });

  it('warns once of an empty list, and goes without', async () => {
    const warnings: Error[] = [];
    const hear = (warning: Error): void => void warnings.push(warning);
    process.on('warning', hear);
    try {
      const factory = factoryProxies(new Told(() => []));
      expect(factory.choose(URL_A)).toEqual([null]);
      expect(factory.choose(URL_A)).toEqual([null]);
      await new Promise((done) => setImmediate(done));
    } finally {
      process.off('warning', hear);
    }
    expect(warnings.map((warning) => [(warning as NodeJS.ErrnoException).code, warning.message])).toEqual([
      ['QNETWORK_NO_PROXY_IN_LIST', expect.stringContaining('Told.queryProxy has returned an empty list')],
    ]);
  });
});
