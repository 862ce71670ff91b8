// Pattern 20: which proxy is used is said for the program, for a manager, or just before a request.
import { afterEach, describe, expect, it } from 'vitest';
import {
  NetworkError,
  QNetworkAccessManager,
  QNetworkProxy,
  QNetworkProxyFactory,
  QNetworkProxyQuery,
  type QNetworkReply,
} from '../../src/index.ts';
import { within } from '../support/once.ts';
import { type Served, serve } from '../support/server.ts';

/** Answers requests in absolute form, as a caching proxy does. */
const proxy = (name: string): Promise<Served> => serve({ routes: { '*': { body: name } } });
const at = (server: Served): QNetworkProxy => new QNetworkProxy(QNetworkProxy.HttpProxy, '127.0.0.1', server.port);
const NONE = new QNetworkProxy(QNetworkProxy.NoProxy);

afterEach(() => {
  QNetworkProxy.setApplicationProxy(NONE);
  QNetworkProxyFactory.setApplicationProxyFactory(null);
});

describe('a program that chooses proxies', () => {
  it('switches the proxy of its manager right before each request', async () => {
    await using first = await proxy('first');
    await using second = await proxy('second');
    await using manager = new QNetworkAccessManager();
    const replies: QNetworkReply[] = [];
    for (const server of [first, second, first]) {
      manager.setProxy(at(server));
      replies.push(manager.get('http://page.test/'));
    }
    expect(await Promise.all(replies.map((reply) => reply.text()))).toEqual(['first', 'second', 'first']);
    expect(first.requests.map((request) => request.target)).toEqual(['http://page.test/', 'http://page.test/']);
  });

  it('sets one for all managers that have none, which this machine does not need', async () => {
    await using server = await proxy('the proxy');
    await using origin = await proxy('the origin');
    QNetworkProxy.setApplicationProxy(at(server));
    await using manager = new QNetworkAccessManager();
    expect(await manager.get('http://page.test/').text()).toBe('the proxy');
    expect(await manager.get(origin.url()).text()).toBe('the origin');
    manager.setProxy(NONE);
    const direct = await within(manager.get('http://page.invalid/').whenFinished(), 'the end');
    expect(direct.error()).toBe(NetworkError.HostNotFoundError);
  });

  it('decides by the query in a factory, with exceptions and a second choice', async () => {
    await using server = await proxy('the proxy');
    await using origin = await proxy('the origin');
    const closed = await proxy('nobody');
    await closed.close();
    const asked: string[] = [];
    class Chosen extends QNetworkProxyFactory {
      override queryProxy(query: QNetworkProxyQuery): QNetworkProxy[] {
        asked.push(`${query.protocolTag()} ${query.peerHostName()}`);
        return query.peerHostName() === '127.0.0.1' ? [NONE] : [at(closed), at(server)];
      }
    }
    await using manager = new QNetworkAccessManager();
    manager.setProxyFactory(new Chosen());
    expect(await manager.get(origin.url()).text()).toBe('the origin');
    expect(await manager.get('http://page.test/').text()).toBe('the proxy');
    expect(asked).toEqual(['http 127.0.0.1', 'http page.test']);
  });

  it('asks what would be used', () => {
    class Always extends QNetworkProxyFactory {
      override queryProxy(): QNetworkProxy[] {
        return [new QNetworkProxy(QNetworkProxy.Socks5Proxy, 'socks.test', 1080)];
      }
    }
    QNetworkProxyFactory.setApplicationProxyFactory(new Always());
    const [chosen] = QNetworkProxyFactory.proxyForQuery(new QNetworkProxyQuery('http://page.test/'));
    expect([chosen!.type(), chosen!.hostName(), chosen!.port()]).toEqual([QNetworkProxy.Socks5Proxy, 'socks.test', 1080]);
  });
});
