import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { readBypassList } from '../../../src/rules/proxy/bypass.ts';
import { DIRECT, NO_PROXIES, type ProxySettings, proxyAt, proxyBySettings } from '../../../src/system/proxy-settings/settings.ts';

const http = proxyAt('http', 'p.test', '81', 'u', 'secret');
const socks = proxyAt('socks5h', '::1', '1080');
const SET: ProxySettings = { ...DIRECT, proxies: { ...NO_PROXIES, http, socks }, bypass: readBypassList('a.test') };

describe('settings for a URL', () => {
  it.each([
    ['http://b.test', SET, http, 'the proxy for http is http://p.test:81'],
    ['https://b.test', SET, socks, 'the proxy for SOCKS is socks5h://[::1]:1080'],
    ['ws://b.test', SET, socks, 'the proxy for SOCKS is socks5h://[::1]:1080'],
    ['http://x.a.test', SET, null, 'the list of exceptions has the entry a.test'],
    ['http://b.test', { ...SET, reversed: true }, null, 'the list of hosts that use a proxy has no entry for it'],
    ['http://x.a.test', { ...SET, reversed: true }, http, 'the proxy for http is http://p.test:81'],
    ['https://b.test', { ...SET, proxies: { ...NO_PROXIES, http } }, null, 'no proxy is set for https'],
  ])('%s', (url, settings, proxy, because) => {
    expect(proxyBySettings(Url.parse(url), settings)).toEqual({ proxy, because });
  });

  it.each([
    ['', '81'],
    [' ', '81'],
    ['p.test', ''],
    ['p.test', '0'],
    ['p.test', '65536'],
    ['p.test/x', '81'],
    ['p test', '81'],
  ])('have no proxy at %j %j', (host, port) => {
    expect(proxyAt('http', host, port)).toBeNull();
  });
});
