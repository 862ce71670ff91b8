import { expect } from 'vitest';
import type { QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

/** Says always the same. */
function always(q: Package): QNetworkProxyFactory {
  class Always extends q.QNetworkProxyFactory {
    override queryProxy(): QNetworkProxy[] {
      return [new q.QNetworkProxy(q.QNetworkProxy.HttpProxy, 'p.test', 3128)];
    }
  }
  return new Always();
}

const query = (q: Package): QNetworkProxyQuery => new q.QNetworkProxyQuery('http://a.test/');

function withFactory(q: Package, look: () => void): void {
  q.QNetworkProxyFactory.setApplicationProxyFactory(always(q));
  try {
    look();
  } finally {
    q.QNetworkProxyFactory.setApplicationProxyFactory(null);
  }
}

const chosen = (q: Package): string | undefined => q.QNetworkProxyFactory.proxyForQuery(query(q))[0]?.hostName();

export const qnetworkproxyfactory: MemberTests = {
  'QNetworkProxyFactory.constructor': (q) => {
    const proxy = new q.QNetworkProxy(q.QNetworkProxy.NoProxy);
    expect(new q.QNetworkProxyFactory(() => [proxy]).queryProxy(query(q))).toEqual([proxy]);
  },
  'QNetworkProxyFactory.queryProxy': (q) => {
    withFactory(q, () => expect(chosen(q)).toBe('p.test'));
    const [proxy] = always(q).queryProxy() as QNetworkProxy[];
    expect(new q.QNetworkProxyFactory(() => [proxy!]).queryProxy()).toEqual([proxy]);
  },
  'QNetworkProxyFactory.setApplicationProxyFactory': (q) => withFactory(q, () => expect(chosen(q)).toBe('p.test')),
  'QNetworkProxyFactory.proxyForQuery': (q) => {
    expect(q.QNetworkProxyFactory.proxyForQuery(query(q)).map((proxy) => proxy.type())).toEqual([2]);
  },
  'QNetworkProxyFactory.systemProxyForQuery': (q) => {
    const before = process.env['http_proxy'];
    process.env['http_proxy'] = 'http://p.test:81';
    try {
      const [proxy] = q.QNetworkProxyFactory.systemProxyForQuery(query(q));
      expect([proxy?.hostName(), proxy?.port()]).toEqual(['p.test', 81]);
    } finally {
      if (before === undefined) delete process.env['http_proxy'];
      else process.env['http_proxy'] = before;
    }
  },
  'QNetworkProxyFactory.setUseSystemConfiguration': (q) => {
    q.QNetworkProxyFactory.setUseSystemConfiguration(true);
    const used = q.QNetworkProxyFactory.usesSystemConfiguration();
    q.QNetworkProxyFactory.setUseSystemConfiguration(false);
    expect([used, q.QNetworkProxyFactory.usesSystemConfiguration()]).toEqual([true, false]);
  },
  'QNetworkProxyFactory.usesSystemConfiguration': (q) => expect(q.QNetworkProxyFactory.usesSystemConfiguration()).toBe(false),
};
