import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { QNetworkProxy, QNetworkRequest } from '../../../src/index.ts';

const { DefaultProxy, Socks5Proxy, NoProxy, HttpProxy, HttpCachingProxy, FtpCachingProxy } = QNetworkProxy;
const { TunnelingCapability, CachingCapability, HostNameLookupCapability } = QNetworkProxy;

describe('capabilities', () => {
  const rows: [type: QNetworkProxy.ProxyType, capabilities: number, caching: boolean, transparent: boolean][] = [
    [DefaultProxy, 103, false, true],
    [Socks5Proxy, 23, false, true],
    [NoProxy, 103, false, true],
    [HttpProxy, 25, true, true],
    [HttpCachingProxy, 24, true, false],
    [FtpCachingProxy, 24, true, false],
  ];
  it.each(rows)('of type %i are %i unless set', (type, capabilities, caching, transparent) => {
    const proxy = new QNetworkProxy(type);
    expect([proxy.capabilities(), proxy.isCachingProxy(), proxy.isTransparentProxy()]).toEqual([
      capabilities,
      caching,
      transparent,
    ]);
  });

  it('follow the type until they are set', () => {
    const proxy = new QNetworkProxy();
    proxy.setType(HttpProxy);
    expect(proxy.capabilities()).toBe(25);
    proxy.setCapabilities(TunnelingCapability);
    proxy.setType(Socks5Proxy);
    expect(proxy.capabilities()).toBe(TunnelingCapability);
  });
});

describe('fromUrl', () => {
  const rows: [url: string, text: string, type: QNetworkProxy.ProxyType, capabilities: number][] = [
    ['http://p.test:3128', 'http://p.test:3128', HttpProxy, 25],
    ['p.test', 'http://p.test:8080', HttpProxy, 25],
    ['https://p.test', 'https://p.test:443', HttpProxy, 25],
    ['socks5://p.test', 'socks5://p.test:1080', Socks5Proxy, 7],
    ['socks5h://p.test:81', 'socks5h://p.test:81', Socks5Proxy, 23],
    ['socks4://p.test', 'socks4://p.test:1080', Socks5Proxy, 3],
    ['socks4a://p.test', 'socks4a://p.test:1080', Socks5Proxy, 19],
    ['http://[2001:db8::1]:80', 'http://[2001:db8::1]:80', HttpProxy, 25],
  ];
  it.each(rows)('%s', (url, text, type, capabilities) => {
    const proxy = QNetworkProxy.fromUrl(url);
    expect([proxy.toJSON(), proxy.type(), proxy.capabilities()]).toEqual([text, type, capabilities]);
  });

  it('reads user name and password', () => {
    const proxy = QNetworkProxy.fromUrl('http://a%40b:p%2Fw@p.test');
    expect([proxy.user(), proxy.password()]).toEqual(['a@b', 'p/w']);
  });

  it.each(['ftp://ada:secret@p.test', 'http://ada:se/cret@p.test', 'http://', '', 'http://ada:secret@p.test:0'])(
    'refuses %s and repeats no secret',
    (url) => {
      const refused = (): unknown => QNetworkProxy.fromUrl(url);
      expect(refused).toThrow(TypeError);
      expect(refused).toThrow(/^QNetworkProxy\.fromUrl: the URL (?!.*(ada|cret))/);
    },
  );

  it('gives way to setType', () => {
    const proxy = QNetworkProxy.fromUrl('socks4a://p.test');
    proxy.setType(HttpProxy);
    expect(proxy.toJSON()).toBe('http://p.test:1080');
  });

  it('says what a SOCKS proxy looks up', () => {
    const proxy = new QNetworkProxy(Socks5Proxy, 'p.test', 1080);
    expect(proxy.toJSON()).toBe('socks5h://p.test:1080');
    proxy.setCapabilities(proxy.capabilities() & ~HostNameLookupCapability);
    expect(proxy.toJSON()).toBe('socks5://p.test:1080');
  });
});

it('shows no secret', () => {
  const proxy = QNetworkProxy.fromUrl('http://ada:secret@p.test');
  proxy.setRawHeader('X-Key', 'secret');
  const inner = new QNetworkProxy(HttpCachingProxy, 'q.test', 3128, 'ada', 'secret');
  inner.setThrough(proxy);
  for (const text of [String(inner), inspect(inner, { showHidden: true, depth: 9 }), JSON.stringify({ inner })]) {
    expect(text).toContain('http://q.test:3128 (HttpCachingProxy) through http://p.test:8080');
    expect(text).not.toMatch(/secret|ada/);
  }
  expect(String(new QNetworkProxy())).toBe('QNetworkProxy(DefaultProxy)');
});

describe('a value', () => {
  it('is copied, with all that belongs to it', () => {
    const first = QNetworkProxy.fromUrl('https://ada:secret@p.test');
    first.setRawHeader('X-A', '1');
    const copy = new QNetworkProxy(first);
    first.setRawHeader('X-A', '2');
    first.setPort(1);
    expect([copy.toJSON(), copy.user(), copy.rawHeader('X-A').toString()]).toEqual(['https://p.test:443', 'ada', '1']);
  });

  it('gives its header fields as a copy', () => {
    const proxy = new QNetworkProxy();
    proxy.setHeaders({ 'X-A': '1' });
    const headers = proxy.headers();
    headers.append('X-B', '2');
    expect(proxy.hasRawHeader('X-B')).toBe(false);
    proxy.setHeaders(headers);
    headers.append('X-C', '3');
    expect(proxy.rawHeaderList().map(String)).toEqual(['X-A', 'X-B']);
  });

  it('equals another that says the same, whatever its header fields', () => {
    const one = new QNetworkProxy(HttpProxy, 'p.test', 1, 'ada', 'x');
    const other = new QNetworkProxy(one);
    other.setRawHeader('X-A', '1');
    expect(one.equals(other)).toBe(true);
    const changes: ((proxy: QNetworkProxy) => void)[] = [
      (proxy) => proxy.setType(Socks5Proxy),
      (proxy) => proxy.setCapabilities(CachingCapability),
      (proxy) => proxy.setHostName('q.test'),
      (proxy) => proxy.setPort(2),
      (proxy) => proxy.setUser('bob'),
      (proxy) => proxy.setPassword('y'),
      (proxy) => proxy.setThrough(one),
    ];
    for (const change of changes) {
      const changed = new QNetworkProxy(one);
      change(changed);
      expect(one.equals(changed)).toBe(false);
      expect(changed.equals(new QNetworkProxy(changed))).toBe(true);
    }
    expect(QNetworkProxy.fromUrl('https://p.test:1').equals(QNetworkProxy.fromUrl('http://p.test:1'))).toBe(false);
  });
});

describe('a chain', () => {
  const gateway = QNetworkProxy.fromUrl('socks5h://gate.test');

  it('is told from its end', () => {
    const proxy = QNetworkProxy.fromUrl('http://p.test:3128');
    expect(proxy.through()).toBe(null);
    proxy.setThrough(gateway);
    expect(proxy.toJSON()).toBe('http://p.test:3128 through socks5h://gate.test:1080');
    expect(proxy.through()?.equals(gateway)).toBe(true);
    proxy.setThrough(null);
    expect(proxy.through()).toBe(null);
  });

  it('keeps what was said, not who said it', () => {
    const middle = new QNetworkProxy(gateway);
    const proxy = QNetworkProxy.fromUrl('http://p.test');
    proxy.setThrough(middle);
    middle.setHostName('other.test');
    proxy.through()!.setHostName('other.test');
    expect(proxy.through()!.hostName()).toBe('gate.test');
  });

  it.each([
    ['DefaultProxy', new QNetworkProxy()],
    ['NoProxy', new QNetworkProxy(NoProxy)],
    ['http://p.test:1 (HttpCachingProxy)', new QNetworkProxy(HttpCachingProxy, 'p.test', 1)],
  ])('is not made of %s', (name, proxy) => {
    expect(() => gateway.setThrough(proxy)).toThrow(
      new TypeError(`QNetworkProxy.setThrough expects a proxy that opens tunnels; got ${name}.`),
    );
  });

  it('ends somewhere', () => {
    let proxy = gateway;
    const longer = (): void => {
      const next = QNetworkProxy.fromUrl('http://p.test');
      next.setThrough(proxy);
      proxy = next;
    };
    for (let length = 2; length <= 8; length++) longer();
    expect(longer).toThrow(RangeError);
  });
});

describe('misuse', () => {
  const proxy = new QNetworkProxy(HttpProxy, 'p.test', 1);
  const rows: [what: string, misuse: () => unknown, error: ErrorConstructor, text: string][] = [
    ['a type', () => proxy.setType(6 as never), TypeError, 'QNetworkProxy.setType expects QNetworkProxy.ProxyType; got 6.'],
    ['capabilities', () => proxy.setCapabilities(128), TypeError, 'expects a sum of QNetworkProxy.Capability; got 128.'],
    ['a port', () => proxy.setPort(65_536), RangeError, 'QNetworkProxy.setPort expects a port from 0 to 65535; got 65536.'],
    ['a URL for a host', () => proxy.setHostName('http://ada:secret@x'), TypeError, 'there is QNetworkProxy.fromUrl.'],
    [
      'no text',
      () => proxy.setPassword(1 as never),
      TypeError,
      'QNetworkProxy.setPassword expects a password as a string; got number.',
    ],
    ['a header', () => proxy.setRawHeader('a b', ''), TypeError, 'QNetworkProxy.setRawHeader: the header name "a b"'],
    [
      'a value',
      () => proxy.setHeader(QNetworkRequest.UserAgentHeader, 'a\nb'),
      TypeError,
      'QNetworkProxy.setHeader(UserAgentHeader)',
    ],
    ['no proxy', () => QNetworkProxy.setApplicationProxy(null as never), TypeError, 'expects a QNetworkProxy; got null.'],
    ['no URL', () => QNetworkProxy.fromUrl(1 as never), TypeError, 'expects a URL as a string; got number.'],
  ];
  it.each(rows)('%s', (_what, misuse, error, text) => {
    expect(misuse).toThrow(error);
    expect(misuse).toThrow(text);
    expect(proxy.equals(new QNetworkProxy(HttpProxy, 'p.test', 1))).toBe(true);
  });
});
