import { expect } from 'vitest';
import type { QNetworkProxy } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const made = (q: Package): QNetworkProxy => new q.QNetworkProxy(q.QNetworkProxy.HttpProxy, 'p.test', 3128, 'ada', 'secret');

const withHeader = (q: Package): QNetworkProxy => {
  const proxy = made(q);
  proxy.setRawHeader('X-A', '1');
  return proxy;
};

export const qnetworkproxy: MemberTests = {
  'QNetworkProxy.constructor': (q) => {
    const proxy = made(q);
    expect([proxy.type(), proxy.hostName(), proxy.port(), proxy.user(), proxy.password()]).toEqual([
      3,
      'p.test',
      3128,
      'ada',
      'secret',
    ]);
    expect(new q.QNetworkProxy(proxy).hostName()).toBe('p.test');
  },
  'QNetworkProxy.equals': (q) => {
    expect(made(q).equals(made(q))).toBe(true);
    expect(made(q).equals(new q.QNetworkProxy())).toBe(false);
  },
  'QNetworkProxy.setType': (q) => {
    const proxy = new q.QNetworkProxy();
    proxy.setType(q.QNetworkProxy.Socks5Proxy);
    expect([proxy.type(), proxy.capabilities()]).toEqual([1, 23]);
  },
  'QNetworkProxy.type': (q) => expect(made(q).type()).toBe(3),
  'QNetworkProxy.setCapabilities': (q) => {
    const proxy = made(q);
    proxy.setCapabilities(q.QNetworkProxy.CachingCapability);
    expect(proxy.capabilities()).toBe(8);
  },
  'QNetworkProxy.capabilities': (q) => expect(made(q).capabilities()).toBe(25),
  'QNetworkProxy.isCachingProxy': (q) => {
    expect(made(q).isCachingProxy()).toBe(true);
    expect(new q.QNetworkProxy(q.QNetworkProxy.Socks5Proxy).isCachingProxy()).toBe(false);
  },
  'QNetworkProxy.isTransparentProxy': (q) => {
    expect(made(q).isTransparentProxy()).toBe(true);
    expect(new q.QNetworkProxy(q.QNetworkProxy.HttpCachingProxy).isTransparentProxy()).toBe(false);
  },
  'QNetworkProxy.setUser': (q) => {
    const proxy = made(q);
    proxy.setUser('bob');
    expect(proxy.user()).toBe('bob');
  },
  'QNetworkProxy.user': (q) => expect(made(q).user()).toBe('ada'),
  'QNetworkProxy.setPassword': (q) => {
    const proxy = made(q);
    proxy.setPassword('other');
    expect(proxy.password()).toBe('other');
  },
  'QNetworkProxy.password': (q) => expect(made(q).password()).toBe('secret'),
  'QNetworkProxy.setHostName': (q) => {
    const proxy = made(q);
    proxy.setHostName('::1');
    expect(proxy.hostName()).toBe('::1');
  },
  'QNetworkProxy.hostName': (q) => expect(made(q).hostName()).toBe('p.test'),
  'QNetworkProxy.setPort': (q) => {
    const proxy = made(q);
    proxy.setPort(81);
    expect(proxy.port()).toBe(81);
  },
  'QNetworkProxy.port': (q) => expect(made(q).port()).toBe(3128),
  'QNetworkProxy.setApplicationProxy': (q) => {
    q.QNetworkProxy.setApplicationProxy(made(q));
    try {
      const [chosen] = q.QNetworkProxyFactory.proxyForQuery(new q.QNetworkProxyQuery('http://a.test/'));
      expect(chosen?.hostName()).toBe('p.test');
    } finally {
      q.QNetworkProxyFactory.setApplicationProxyFactory(null);
    }
  },
  'QNetworkProxy.applicationProxy': (q) => expect(q.QNetworkProxy.applicationProxy().type()).toBe(2),
  'QNetworkProxy.header': (q) => {
    const proxy = made(q);
    proxy.setRawHeader('User-Agent', 'own/1');
    expect(proxy.header(q.QNetworkRequest.UserAgentHeader)).toBe('own/1');
  },
  'QNetworkProxy.setHeader': (q) => {
    const proxy = made(q);
    proxy.setHeader(q.QNetworkRequest.UserAgentHeader, 'own/1');
    expect(proxy.rawHeader('user-agent').toString()).toBe('own/1');
  },
  'QNetworkProxy.hasRawHeader': (q) => {
    expect([withHeader(q).hasRawHeader('x-a'), made(q).hasRawHeader('x-a')]).toEqual([true, false]);
  },
  'QNetworkProxy.rawHeaderList': (q) => expect(withHeader(q).rawHeaderList().map(String)).toEqual(['X-A']),
  'QNetworkProxy.rawHeader': (q) => expect(withHeader(q).rawHeader('x-a').toString()).toBe('1'),
  'QNetworkProxy.setRawHeader': (q) => {
    const proxy = withHeader(q);
    proxy.setRawHeader('x-a', '2');
    expect(proxy.rawHeader('X-A').toString()).toBe('2');
    proxy.setRawHeader('X-A', null);
    expect(proxy.hasRawHeader('X-A')).toBe(false);
  },
  'QNetworkProxy.headers': (q) => expect(withHeader(q).headers().toListOfPairs()).toEqual([['x-a', '1']]),
  'QNetworkProxy.setHeaders': (q) => {
    const proxy = withHeader(q);
    proxy.setHeaders({ 'X-B': '2' });
    expect(proxy.headers().toListOfPairs()).toEqual([['x-b', '2']]);
  },
  'QNetworkProxy.ProxyType': (q) => {
    const { ProxyType } = q.QNetworkProxy;
    expect([ProxyType.FtpCachingProxy, ProxyType[5]]).toEqual([5, 'FtpCachingProxy']);
  },
  'QNetworkProxy.Capability': (q) => {
    const { Capability } = q.QNetworkProxy;
    expect([Capability.HostNameLookupCapability, Capability[16]]).toEqual([16, 'HostNameLookupCapability']);
  },
};
