import { afterAll } from 'vitest';
import { QNetworkProxy, QNetworkProxyFactory, type QNetworkProxyQuery, QPacProxyFactory } from '../../src/index.ts';
import { type ProxyFactoryContractOptions, proxyFactoryContract } from '../../src/testing/index.ts';
import { bites } from './bites.ts';

type Choice = (query: QNetworkProxyQuery) => QNetworkProxy[] | PromiseLike<QNetworkProxy[]>;

const by = (choice: Choice, patience = 10_000): ProxyFactoryContractOptions => ({
  make: () => new QNetworkProxyFactory(choice),
  patience,
});
const proxy = (host = 'proxy.example.org', port = 3128): QNetworkProxy => new QNetworkProxy(QNetworkProxy.HttpProxy, host, port);
const none = (): QNetworkProxy => new QNetworkProxy(QNetworkProxy.NoProxy);

const pac = QPacProxyFactory.fromText(
  'function FindProxyForURL(url, host) { return isPlainHostName(host) ? "DIRECT" : "PROXY proxy.example.org:3128; DIRECT"; }',
);
afterAll(() => pac.close());

class Office extends QNetworkProxyFactory {
  override queryProxy(query: QNetworkProxyQuery): QNetworkProxy[] {
    return query.peerHostName() === 'localhost' ? [none()] : [proxy(), none()];
  }
}

const shared = [proxy()];
let before = 'nobody';

bites(
  proxyFactoryContract,
  {
    QPacProxyFactory: { make: () => pac },
    'a function': by((query) => [query.protocolTag() === 'https' ? proxy() : none()]),
    'a function that answers later': by(async () => [proxy()]),
    'a subclass': { make: () => new Office() },
    'the default proxy': by(() => [new QNetworkProxy(QNetworkProxy.DefaultProxy)]),
    'what only carries http, for that': {
      ...by(() => [new QNetworkProxy(QNetworkProxy.HttpCachingProxy, 'proxy.example.org', 3128)]),
      urls: ['http://www.example.org/'],
    },
  },
  {
    'never answers': by(() => new Promise(() => {}), 100),
    'gives no list': by(() => proxy() as unknown as QNetworkProxy[]),
    'gives an empty list': by(() => []),
    'gives text': by(() => ['PROXY proxy.example.org:3128'] as unknown as QNetworkProxy[]),
    'has no host': by(() => [proxy('')]),
    'has no port': by(() => [proxy('proxy.example.org', 0)]),
    'cannot carry https': by(() => [new QNetworkProxy(QNetworkProxy.HttpCachingProxy, 'proxy.example.org', 3128)]),
    'changes the query': by((query) => {
      query.setPeerPort(1);
      return [proxy()];
    }),
    'gives its own list away': by(() => shared),
    'mixes up questions': by(async (query) => {
      before = query.peerHostName().replace(/[^a-z.]/g, 'x');
      await Promise.resolve();
      return [proxy(`${before}.example.org`)];
    }),
  },
);
