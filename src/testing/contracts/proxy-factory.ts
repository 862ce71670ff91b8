import assert from 'node:assert/strict';
import { QNetworkProxy, type QNetworkProxyFactory, QNetworkProxyQuery, type UrlLike } from '../../index.ts';
import { type ContractCase, casesOf, soon, type Trial } from './case.ts';

/** How the proxy factories to be tried are made. */
export interface ProxyFactoryContractOptions {
  make(): QNetworkProxyFactory | Promise<QNetworkProxyFactory>;
  /** What it is asked for; default: a few URLs of http and https, on names, addresses and this machine. Name those for which it decides differently. */
  readonly urls?: readonly UrlLike[];
  /** Milliseconds after which a factory that does not answer has failed; default 10000. */
  readonly patience?: number;
}

const URLS: readonly UrlLike[] = [
  'http://www.example.org/',
  'https://www.example.org:8443/a/b?c',
  'http://127.0.0.1:8080/',
  'http://localhost/',
  'https://[2001:db8::1]/',
];

class FactoryOnTrial {
  readonly factory: QNetworkProxyFactory;
  readonly urls: readonly UrlLike[];
  private readonly patience: number | undefined;

  constructor(factory: QNetworkProxyFactory, { urls = URLS, patience }: ProxyFactoryContractOptions) {
    this.factory = factory;
    this.urls = urls;
    this.patience = patience;
  }

  async ask(query: QNetworkProxyQuery): Promise<QNetworkProxy[]> {
    const list: unknown = await soon(`queryProxy for ${query.url()}`, this.factory.queryProxy(query) as unknown, this.patience);
    assert.ok(Array.isArray(list), `queryProxy for ${query.url()} gave no list`);
    assert.ok(list.length > 0, `queryProxy for ${query.url()} gave an empty list; NoProxy says that there is none`);
    for (const proxy of list)
      assert.ok(proxy instanceof QNetworkProxy, `queryProxy for ${query.url()} gave something that is no QNetworkProxy`);
    return list;
  }
}

const trials: readonly Trial<FactoryOnTrial>[] = [
  {
    name: 'every query is answered by a list of proxies',
    async run(trial) {
      for (const url of trial.urls) await trial.ask(new QNetworkProxyQuery(url));
    },
  },
  {
    name: 'every proxy can be reached: it has a host and a port',
    async run(trial) {
      for (const url of trial.urls) {
        for (const proxy of await trial.ask(new QNetworkProxyQuery(url))) {
          if (isNone(proxy)) continue;
          assert.notEqual(proxy.hostName(), '', `a proxy for ${url} has no host; use setHostName()`);
          assert.notEqual(proxy.port(), 0, `a proxy for ${url} has no port; use setPort()`);
        }
      }
    },
  },
  {
    name: 'one of the list can carry what it is asked for',
    async run(trial) {
      for (const url of trial.urls) {
        const query = new QNetworkProxyQuery(url);
        const list = await trial.ask(query);
        const tag = query.protocolTag();
        assert.ok(
          list.some((proxy) => carries(proxy, tag)),
          `none of ${list.map((proxy) => proxy.toJSON()).join(', ')} carries ${tag}`,
        );
      }
    },
  },
  {
    name: 'the query stays as it is',
    async run(trial) {
      for (const url of trial.urls) {
        const query = new QNetworkProxyQuery(url);
        await trial.ask(query);
        assert.ok(query.equals(new QNetworkProxyQuery(url)), `the query for ${url} was changed`);
      }
    },
  },
  {
    name: 'the list belongs to who asked for it',
    async run(trial) {
      for (const url of trial.urls) {
        const list = await trial.ask(new QNetworkProxyQuery(url));
        const before = shown(list);
        for (const proxy of list) proxy.setHostName('changed.example.org');
        list.length = 0;
        assert.equal(shown(await trial.ask(new QNetworkProxyQuery(url))), before, `the second answer for ${url}`);
      }
    },
  },
  {
    name: 'questions at the same time have their own answers',
    async run(trial) {
      const one: string[] = [];
      for (const url of trial.urls) one.push(shown(await trial.ask(new QNetworkProxyQuery(url))));
      const all = await Promise.all(trial.urls.map((url) => trial.ask(new QNetworkProxyQuery(url))));
      assert.deepEqual(all.map(shown), one, 'asked together, and one by one');
    },
  },
];

/**
 * What every QNetworkProxyFactory keeps to, as cases for any test runner. Whether it decides rightly only you can know: ask it in a test of yours.
 *
 *     import { proxyFactoryContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     for (const { name, run } of proxyFactoryContract({ make: () => new OfficeProxies() })) test(name, run);
 */
export function proxyFactoryContract(options: ProxyFactoryContractOptions): readonly ContractCase[] {
  return casesOf(trials, { make: async () => new FactoryOnTrial(await options.make(), options) });
}

function isNone(proxy: QNetworkProxy): boolean {
  return proxy.type() === QNetworkProxy.NoProxy || proxy.type() === QNetworkProxy.DefaultProxy;
}

function carries(proxy: QNetworkProxy, scheme: string): boolean {
  const { HttpCachingProxy, FtpCachingProxy, TunnelingCapability } = QNetworkProxy;
  if (isNone(proxy)) return true;
  if (proxy.type() === HttpCachingProxy) return scheme === 'http';
  if (proxy.type() === FtpCachingProxy) return scheme === 'ftp';
  return scheme === 'http' || (proxy.capabilities() & TunnelingCapability) !== 0;
}

function shown(list: readonly QNetworkProxy[]): string {
  return list.map((proxy) => `${proxy.type()} ${proxy.user()} ${proxy.hostName()}:${proxy.port()}`).join(', ');
}
