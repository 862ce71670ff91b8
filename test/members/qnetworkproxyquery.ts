import { expect } from 'vitest';
import type { QNetworkProxyQuery } from '../../src/index.ts';
import type { Package } from './support.ts';
import type { MemberTests } from './types.ts';

const made = (q: Package): QNetworkProxyQuery => new q.QNetworkProxyQuery('https://a.test:8443/x#y');

export const qnetworkproxyquery: MemberTests = {
  'QNetworkProxyQuery.constructor': (q) => {
    const told = (query: QNetworkProxyQuery): unknown[] => [
      ...[query.queryType(), query.peerHostName(), query.peerPort(), query.localPort(), query.protocolTag()],
    ];
    expect(told(made(q))).toEqual([101, 'a.test', 8443, -1, 'https']);
    expect(told(new q.QNetworkProxyQuery('a.test', 25, 'smtp'))).toEqual([0, 'a.test', 25, -1, 'smtp']);
    expect(told(new q.QNetworkProxyQuery(21, 'ftp'))).toEqual([100, '', -1, 21, 'ftp']);
    expect(told(new q.QNetworkProxyQuery(made(q)))).toEqual(told(made(q)));
  },
  'QNetworkProxyQuery.equals': (q) => {
    expect(made(q).equals(made(q))).toBe(true);
    expect(made(q).equals(new q.QNetworkProxyQuery())).toBe(false);
  },
  'QNetworkProxyQuery.queryType': (q) => expect(made(q).queryType()).toBe(101),
  'QNetworkProxyQuery.setQueryType': (q) => {
    const query = made(q);
    query.setQueryType(q.QNetworkProxyQuery.UdpSocket);
    expect(query.queryType()).toBe(1);
  },
  'QNetworkProxyQuery.peerPort': (q) => expect(made(q).peerPort()).toBe(8443),
  'QNetworkProxyQuery.setPeerPort': (q) => {
    const query = made(q);
    query.setPeerPort(-1);
    expect(query.url().toString()).toBe('https://a.test/x#y');
  },
  'QNetworkProxyQuery.peerHostName': (q) => expect(made(q).peerHostName()).toBe('a.test'),
  'QNetworkProxyQuery.setPeerHostName': (q) => {
    const query = made(q);
    query.setPeerHostName('b.test');
    expect(query.peerHostName()).toBe('b.test');
  },
  'QNetworkProxyQuery.localPort': (q) => expect(new q.QNetworkProxyQuery(21).localPort()).toBe(21),
  'QNetworkProxyQuery.setLocalPort': (q) => {
    const query = made(q);
    query.setLocalPort(5);
    expect(query.localPort()).toBe(5);
  },
  'QNetworkProxyQuery.protocolTag': (q) => expect(made(q).protocolTag()).toBe('https'),
  'QNetworkProxyQuery.setProtocolTag': (q) => {
    const query = made(q);
    query.setProtocolTag('imap');
    expect(query.protocolTag()).toBe('imap');
  },
  'QNetworkProxyQuery.url': (q) => expect(made(q).url().toString()).toBe('https://a.test:8443/x#y'),
  'QNetworkProxyQuery.setUrl': (q) => {
    const query = made(q);
    query.setUrl('http://b.test/');
    expect([query.peerHostName(), query.protocolTag()]).toEqual(['b.test', 'http']);
  },
  'QNetworkProxyQuery.networkConfiguration': (q) => {
    const any = new q.QNetworkConfigurationManager().defaultConfiguration();
    const query = new q.QNetworkProxyQuery(any, 'http://a.test/');
    expect([query.networkConfiguration().name(), query.peerHostName()]).toEqual(['Any network', 'a.test']);
    expect(new q.QNetworkProxyQuery(query).networkConfiguration().name()).toBe('Any network');
  },
  'QNetworkProxyQuery.setNetworkConfiguration': (q) => {
    const query = made(q);
    query.setNetworkConfiguration(new q.QNetworkConfigurationManager().defaultConfiguration());
    expect([query.networkConfiguration().name(), query.equals(made(q))]).toEqual(['Any network', false]);
    expect(() => query.setNetworkConfiguration({} as never)).toThrow(TypeError);
  },
  'QNetworkProxyQuery.QueryType': (q) => {
    const { QueryType } = q.QNetworkProxyQuery;
    expect([QueryType.SctpServer, QueryType[102]]).toEqual([102, 'SctpServer']);
  },
};
