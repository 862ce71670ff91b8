import { describe, expect, it } from 'vitest';
import { QNetworkAccessManager, QNetworkProxy, QNetworkRequest } from '../../../src/index.ts';
import { TestClock } from '../../../src/testing/network/clock.ts';
import { createTestNetwork, type TestNetwork } from '../../../src/testing/network/network.ts';
import type { TestProxy } from '../../../src/testing/network/proxy.ts';

const PAGE = { routes: { '*': { body: 'page' } } };
const UPLOAD = 'y'.repeat(200_000);

describe('names', () => {
  it('are found, each at an address of its own', async () => {
    await using network = createTestNetwork({
      origins: { 'http://a.test': PAGE, 'http://b.test:81': PAGE, 'http://[::1]': PAGE },
    });
    const manager = network.manager();
    for (const url of ['http://a.test/', 'http://b.test:81/', 'http://[::1]/'])
      expect(await manager.get(url).text()).toBe('page');
    const connected = network.events.filter(({ what }) => what === 'connected').map(({ detail }) => detail);
    expect(connected).toEqual(['192.0.2.1 port 80', '192.0.2.2 port 81', '::1 port 80']);
  });

  it('are not found, take their time, or change their mind', async () => {
    await using network = createTestNetwork({
      origins: { 'http://late.test': PAGE, 'http://moody.test': PAGE, 'http://silent.test': PAGE },
      names: {
        'late.test': { delay: 700 },
        'silent.test': { fails: 'no answer', delay: 5_000 },
        'moody.test': (nth) => (nth === 1 ? { fails: 'not found' } : {}),
      },
    });
    const manager = network.manager();
    expect(await manager.get('http://late.test/').text()).toBe('page');
    expect(network.clock.now()).toBe(700);
    await expect(manager.get('http://silent.test/').text()).rejects.toThrow('the name server did not answer');
    expect(network.clock.now()).toBe(5_700);
    await expect(manager.get('http://nobody.test/').text()).rejects.toThrow('host nobody.test not found: no such host');
    await expect(manager.get('http://moody.test/').text()).rejects.toThrow('no such host');
    expect(await manager.get('http://moody.test/').text()).toBe('page');
  });

  it('have several addresses, which race', async () => {
    await using network = createTestNetwork({
      origins: { 'http://many.test': PAGE },
      names: { 'many.test': { addresses: ['2001:db8::1', '192.0.2.77'] } },
      links: { '2001:db8::1': { connect: 'timeout' } },
    });
    expect(await network.manager().get('http://many.test/').text()).toBe('page');
    // RFC 8305 5: the head start of the first one
    expect(network.clock.now()).toBe(250);
  });

  it('nobody is at an address that the network does not have', async () => {
    await using network = createTestNetwork({ origins: { 'http://a.test': PAGE } });
    const manager = network.manager();
    await expect(manager.get('http://198.51.100.1/').text()).rejects.toThrow('network unreachable');
    await expect(manager.get('http://a.test:8080/').text()).rejects.toThrow('connection refused');
  });
});

describe('proxies', () => {
  const open = (proxies: Record<string, TestProxy>): TestNetwork =>
    createTestNetwork({ origins: { 'http://site.test': PAGE, 'https://safe.test': PAGE }, proxies });

  /** A manager of a network that goes through this proxy. */
  function through(
    network: TestNetwork,
    type: QNetworkProxy.ProxyType,
    port: number,
    user = '',
    password = '',
  ): QNetworkAccessManager {
    const manager = network.manager();
    manager.setProxy(new QNetworkProxy(type, 'proxy.test', port, user, password));
    return manager;
  }

  it('take requests and open ways', async () => {
    await using network = open({ 'http://proxy.test:3128': {} });
    const asks = through(network, QNetworkProxy.HttpCachingProxy, 3128);
    expect(await asks.get('http://site.test/').text()).toBe('page');
    expect(await asks.post('http://site.test/', UPLOAD).text()).toBe('page');
    const tunnels = through(network, QNetworkProxy.HttpProxy, 3128);
    expect(await tunnels.get('https://safe.test/').text()).toBe('page');
    expect(network.proxied).toEqual([
      'proxy.test:3128 site.test:80',
      'proxy.test:3128 site.test:80',
      'proxy.test:3128 safe.test:443',
    ]);
    expect(network.origin('http://site.test').requests.map(({ target, body }) => [target, body.length])).toEqual([
      ['/', 0],
      ['/', UPLOAD.length],
    ]);
  });

  it('speak SOCKS', async () => {
    await using network = open({ 'socks5://proxy.test:1080': { user: 'me:secret' } });
    const manager = through(network, QNetworkProxy.Socks5Proxy, 1080, 'me', 'secret');
    expect(await manager.get('http://site.test/').text()).toBe('page');
    expect(await manager.get('https://safe.test/').text()).toBe('page');
    expect(network.proxied).toHaveLength(2);
    const stranger = through(network, QNetworkProxy.Socks5Proxy, 1080, 'me', 'wrong');
    await expect(stranger.get('http://site.test/').text()).rejects.toThrow();
  });

  it('want to know who asks', async () => {
    await using network = open({ 'http://proxy.test:3128': { user: 'me:secret' } });
    const manager = through(network, QNetworkProxy.HttpProxy, 3128, 'me', 'secret');
    expect(await manager.get('http://site.test/').text()).toBe('page');
    expect(await manager.get('https://safe.test/').text()).toBe('page');
    const stranger = through(network, QNetworkProxy.HttpProxy, 3128);
    const reply = stranger.get('https://safe.test/');
    await expect(reply.text()).rejects.toThrow();
    expect(reply.failure()?.kind).toBe('proxy-auth');
  });

  it('say no, and do not find the way', async () => {
    await using network = open({ 'http://proxy.test:3128': { refuses: 403 }, 'http://proxy.test:3129': {} });
    const refused = through(network, QNetworkProxy.HttpProxy, 3128).get('https://safe.test/');
    await expect(refused.text()).rejects.toThrow('403');
    expect(refused.failure()?.proxyAnswer?.status).toBe(403);
    const lost = through(network, QNetworkProxy.HttpProxy, 3129).get('https://nowhere.test/');
    await expect(lost.text()).rejects.toThrow('502');
    const nobody = through(network, QNetworkProxy.HttpProxy, 3130).get('http://site.test/');
    await expect(nobody.text()).rejects.toThrow();
    expect(nobody.failure()?.kind).toBe('proxy-refused');
  });

  it('are as slow and as faulty as other hosts', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': PAGE },
      proxies: { 'http://proxy.test:3128': {} },
      links: { 'proxy.test': { latency: 50 }, 'site.test': { latency: 10 } },
    });
    const manager = through(network, QNetworkProxy.HttpProxy, 3128);
    expect(await manager.get('http://site.test/').text()).toBe('page');
    expect(network.clock.now()).toBe(240);
  });
});

describe('local sockets', () => {
  it('are there, left behind, or missing', async () => {
    await using network = createTestNetwork({ sockets: { '/run/there': PAGE, '/run/left': 'refused' } });
    const manager = network.manager();
    const url = (path: string): string => `unix+http://${encodeURIComponent(path)}/`;
    expect(await manager.get(url('/run/there')).text()).toBe('page');
    expect(network.origin('/run/there').requests).toHaveLength(1);
    await expect(manager.get(url('/run/left')).text()).rejects.toThrow('nobody listens on it');
    await expect(manager.get(url('/run/missing')).text()).rejects.toThrow('there is no such socket');
  });
});

describe('createTestNetwork', () => {
  it('is told what cannot be meant', () => {
    const wrong: [Parameters<typeof createTestNetwork>[0], RegExp][] = [
      [{ origins: { 'site.test': PAGE } }, /places as 'http:\/\/name' or 'https:\/\/name'.*got 'site\.test'/],
      [{ origins: { 'http://site.test/path': PAGE } }, /got 'http:\/\/site\.test\/path'/],
      [{ origins: { 'http://site.test:99999': PAGE } }, /99999/],
      [{ proxies: { 'ftp://site.test': {} } }, /socks5/],
      [{ names: { 'a.test': { addresses: ['nonsense'] } } }, /neither IPv4 nor IPv6/],
      [{ origins: { 'http://a.test:80': PAGE, 'https://a.test:80': PAGE } }, /cannot both listen at 192\.0\.2\.1 port 80/],
      [{ clock: {} as TestClock }, /TestClock/],
    ];
    for (const [script, text] of wrong) expect(() => createTestNetwork(script)).toThrow(text);
    expect(() => createTestNetwork({ origins: { 'http://a.test': PAGE } }).origin('http://b.test/')).toThrow(
      /there is http:\/\/a\.test:80/,
    );
  });

  it('puts a manager of yours on the network, if it has not been used', async () => {
    class Mine extends QNetworkAccessManager {}
    await using network = createTestNetwork({ origins: { 'http://site.test': PAGE } });
    const mine = network.manager(new Mine());
    expect(mine).toBeInstanceOf(Mine);
    expect(await mine.get('http://site.test/').text()).toBe('page');
    const used = new QNetworkAccessManager();
    await used.get(new QNetworkRequest('data:,x')).text();
    expect(() => network.manager(used)).toThrow('before its first request');
    expect(() => network.manager({} as QNetworkAccessManager)).toThrow(TypeError);
  });

  it('serves in the clock’s time, also one that is turned by hand', async () => {
    const clock = new TestClock();
    await using network = createTestNetwork({
      clock,
      origins: { 'http://site.test': { routes: { '*': { delay: 5_000, body: 'late' } } } },
    });
    const reply = network.manager().get('http://site.test/', { timeout: 10_000 });
    const text = reply.text();
    expect(await clock.runUntil(text)).toBe('late');
    expect(clock.now()).toBe(5_000);
    const other = network.manager().get('http://site.test/', { timeout: 3_000 });
    const failed = expect(other.text()).rejects.toThrow('3000 ms');
    await new Promise<void>((ready) => other.requestSent.connect(() => ready()));
    clock.advance(3_000);
    await failed;
  });
});
