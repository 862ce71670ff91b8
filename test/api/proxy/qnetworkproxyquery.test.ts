import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { QNetworkProxyQuery, QUrl } from '../../../src/index.ts';

const { TcpSocket, UdpSocket, TcpServer, UrlRequest } = QNetworkProxyQuery;

describe('a query', () => {
  const rows: [what: string, query: QNetworkProxyQuery, told: readonly unknown[]][] = [
    ['for nobody', new QNetworkProxyQuery(), [TcpSocket, '', -1, -1, '', '']],
    ['for a URL', new QNetworkProxyQuery('http://a.test/x?y#z'), [UrlRequest, 'a.test', -1, -1, 'http', 'http://a.test/x?y#z']],
    [
      'for a QUrl',
      new QNetworkProxyQuery(new QUrl('ftp://a.test:21'), TcpSocket),
      [TcpSocket, 'a.test', 21, -1, 'ftp', 'ftp://a.test:21'],
    ],
    [
      'for a URL and a type',
      new QNetworkProxyQuery('http://a.test/', UdpSocket),
      [UdpSocket, 'a.test', -1, -1, 'http', 'http://a.test/'],
    ],
    ['for a connection', new QNetworkProxyQuery('a.test', 25), [TcpSocket, 'a.test', 25, -1, '', '//a.test:25']],
    ['for a port that is a type', new QNetworkProxyQuery('a.test', 101), [TcpSocket, 'a.test', 101, -1, '', '//a.test:101']],
    ['for an address', new QNetworkProxyQuery('::1', 1, 'x', UdpSocket), [UdpSocket, '::1', 1, -1, 'x', 'x://[::1]:1']],
    ['for a server', new QNetworkProxyQuery(0), [TcpServer, '', -1, 0, '', '']],
    ['for a server of a kind', new QNetworkProxyQuery(21, 'ftp', UdpSocket), [UdpSocket, '', -1, 21, 'ftp', 'ftp:']],
  ];
  it.each(rows)('%s', (_what, query, told) => {
    const all = [query.queryType(), query.peerHostName(), query.peerPort(), query.localPort(), query.protocolTag()];
    expect([...all, query.url().toString()]).toEqual(told);
    expect(query.equals(new QNetworkProxyQuery(query))).toBe(true);
  });

  it('is a value', () => {
    const query = new QNetworkProxyQuery('http://a.test/');
    const copy = new QNetworkProxyQuery(query);
    query.setPeerHostName('b.test');
    query.url().setHost('c.test');
    expect([query.peerHostName(), copy.peerHostName()]).toEqual(['b.test', 'a.test']);
    expect(query.equals(copy)).toBe(false);
  });

  it('shows no password', () => {
    expect(inspect(new QNetworkProxyQuery('http://ada:secret@a.test/'), { showHidden: true })).toBe(
      'QNetworkProxyQuery(UrlRequest http://ada@a.test/)',
    );
  });
});

describe('misuse', () => {
  const query = new QNetworkProxyQuery();
  const rows: [what: string, misuse: () => unknown, error: ErrorConstructor, text: string][] = [
    ['a type', () => query.setQueryType(3 as never), TypeError, 'setQueryType expects QNetworkProxyQuery.QueryType; got 3.'],
    ['a port', () => query.setPeerPort(70_000), RangeError, 'setPeerPort expects a port from 0 to 65535, or -1; got 70000.'],
    ['another port', () => new QNetworkProxyQuery(1.5), RangeError, 'setLocalPort expects a port'],
    ['no name', () => query.setPeerHostName(1 as never), TypeError, 'setPeerHostName expects a string; got number.'],
    ['no URL', () => query.setUrl(null as never), TypeError, 'Expected a URL'],
  ];
  it.each(rows)('%s', (_what, misuse, error, text) => {
    expect(misuse).toThrow(error);
    expect(misuse).toThrow(text);
    expect(query.equals(new QNetworkProxyQuery())).toBe(true);
  });
});
