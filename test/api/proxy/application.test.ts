import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery } from '../../../src/index.ts';

const { HttpProxy, NoProxy } = QNetworkProxy;
const P = new QNetworkProxy(HttpProxy, 'p.test', 1);
const AWAY = new QNetworkProxyQuery('http://a.test/');

class Fixed extends QNetworkProxyFactory {
  readonly answer: QNetworkProxy[] | Promise<QNetworkProxy[]>;

  constructor(answer: QNetworkProxy[] | Promise<QNetworkProxy[]>) {
    super();
    this.answer = answer;
  }

  override queryProxy(): QNetworkProxy[] | Promise<QNetworkProxy[]> {
    return this.answer;
  }
}

const NAMES = [
  'http_proxy',
  'HTTP_PROXY',
  'all_proxy',
  'ALL_PROXY',
  'no_proxy',
  'NO_PROXY',
  'REQUEST_METHOD',
  'XDG_CURRENT_DESKTOP',
];
let before: (string | undefined)[] = [];

beforeEach(() => {
  before = NAMES.map((name) => process.env[name]);
  for (const name of NAMES) delete process.env[name];
});
afterEach(() => {
  QNetworkProxyFactory.setApplicationProxyFactory(null);
  for (const [i, name] of NAMES.entries()) {
    if (before[i] === undefined) delete process.env[name];
    else process.env[name] = before[i];
  }
});

const texts = (list: readonly QNetworkProxy[]): string[] => list.map((proxy) => proxy.toJSON());
const now = (query = AWAY): string[] => texts(QNetworkProxyFactory.proxyForQuery(query));

describe('what the application says', () => {
  it('is nothing at first', () => {
    expect(now()).toEqual(['NoProxy']);
    expect(QNetworkProxy.applicationProxy().type()).toBe(NoProxy);
  });

  it('is a proxy, which others cannot change', () => {
    const proxy = new QNetworkProxy(P);
    QNetworkProxy.setApplicationProxy(proxy);
    proxy.setPort(2);
    QNetworkProxy.applicationProxy().setPort(3);
    expect([now(), QNetworkProxy.applicationProxy().toJSON()]).toEqual([['http://p.test:1'], 'http://p.test:1']);
  });

  it.each([
    'localhost',
    'LOCALHOST',
    'x.localhost',
    'localhost.',
    'localhost.localdomain',
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    '::ffff:127.0.0.1',
  ])('is not about this machine: %s', (host) => {
    QNetworkProxy.setApplicationProxy(P);
    expect(now(new QNetworkProxyQuery(host, 80))).toEqual(['NoProxy']);
    QNetworkProxyFactory.setApplicationProxyFactory(new Fixed([P]));
    expect(now(new QNetworkProxyQuery(host, 80))).toEqual(['NoProxy']);
    process.env['all_proxy'] = 'http://s.test:4';
    QNetworkProxyFactory.setUseSystemConfiguration(true);
    expect(now(new QNetworkProxyQuery(host, 80))).toEqual(['NoProxy']);
  });

  it.each(['localhost.example.org', 'alocalhost', 'intranet', '10.0.0.1', '128.0.0.1', '::2'])('is about %s', (host) => {
    QNetworkProxy.setApplicationProxy(P);
    expect(now(new QNetworkProxyQuery(host, 80))).toEqual(['http://p.test:1']);
  });

  it('is a factory, the proxy or the system, whichever was said last', () => {
    process.env['http_proxy'] = 'http://s.test:4';
    QNetworkProxy.setApplicationProxy(P);
    QNetworkProxyFactory.setApplicationProxyFactory(new Fixed([new QNetworkProxy(HttpProxy, 'f.test', 3)]));
    expect([now(), QNetworkProxyFactory.usesSystemConfiguration()]).toEqual([['http://f.test:3'], false]);
    QNetworkProxyFactory.setUseSystemConfiguration(true);
    expect([now(), QNetworkProxyFactory.usesSystemConfiguration()]).toEqual([['http://s.test:4'], true]);
    QNetworkProxy.setApplicationProxy(P);
    expect([now(), QNetworkProxyFactory.usesSystemConfiguration()]).toEqual([['http://p.test:1'], false]);
    // it was not the system, so there is nothing to be taken back
    QNetworkProxyFactory.setUseSystemConfiguration(false);
    expect(now()).toEqual(['http://p.test:1']);
    QNetworkProxyFactory.setUseSystemConfiguration(true);
    QNetworkProxyFactory.setUseSystemConfiguration(false);
    expect(now()).toEqual(['NoProxy']);
  });

  it('is told at once only when it is known at once', async () => {
    QNetworkProxyFactory.setApplicationProxyFactory(new Fixed(Promise.resolve([P])));
    expect(() => now()).toThrow(/^QNetworkProxyFactory\.proxyForQuery .* Await QNetworkProxyFactory\.proxiesFor\(query\)\.$/);
    expect(() => QNetworkProxy.applicationProxy()).toThrow(/^QNetworkProxy\.applicationProxy /);
    expect(texts(await QNetworkProxyFactory.proxiesFor(AWAY))).toEqual(['http://p.test:1']);
  });

  it('does not make a rejection that nobody wanted an uncaught one', async () => {
    const lost: unknown[] = [];
    const hear = (reason: unknown): void => void lost.push(reason);
    process.on('unhandledRejection', hear);
    try {
      QNetworkProxyFactory.setApplicationProxyFactory(new Fixed(Promise.reject(new Error('no'))));
      expect(() => now()).toThrow(/Await/);
      await expect(QNetworkProxyFactory.proxiesFor(AWAY)).rejects.toThrow('no');
      await new Promise((done) => setImmediate(done));
    } finally {
      process.off('unhandledRejection', hear);
    }
    expect(lost).toEqual([]);
  });
});

describe('what the system says', () => {
  const rows: [what: string, env: Record<string, string>, said: string[]][] = [
    ['nothing', {}, ['NoProxy']],
    ['a proxy', { http_proxy: 'http://s.test:4' }, ['http://s.test:4']],
    ['one for all', { all_proxy: 'socks5h://s.test' }, ['socks5h://s.test:1080']],
    ['an exception', { http_proxy: 'http://s.test:4', no_proxy: 'a.test' }, ['NoProxy']],
  ];
  it.each(rows)('%s', async (_what, env, said) => {
    Object.assign(process.env, env);
    expect(texts(QNetworkProxyFactory.systemProxyForQuery(AWAY))).toEqual(said);
    expect(texts(await QNetworkProxyFactory.systemProxiesFor(AWAY))).toEqual(said);
  });

  it('is asked about connections, too', () => {
    process.env['all_proxy'] = 'socks5://s.test';
    expect(texts(QNetworkProxyFactory.systemProxyForQuery(new QNetworkProxyQuery('a.test', 25, 'smtp')))).toEqual([
      'socks5://s.test:1080',
    ]);
    expect(texts(QNetworkProxyFactory.systemProxyForQuery())).toEqual(['socks5://s.test:1080']);
  });
});

describe('misuse', () => {
  const rows: [what: string, misuse: () => unknown, text: string][] = [
    [
      'no factory',
      () => QNetworkProxyFactory.setApplicationProxyFactory({} as never),
      'setApplicationProxyFactory expects a QNetworkProxyFactory',
    ],
    [
      'no query',
      () => QNetworkProxyFactory.proxyForQuery('http://a.test' as never),
      'proxyForQuery expects a QNetworkProxyQuery; got string.',
    ],
    [
      'nothing',
      () => QNetworkProxyFactory.systemProxyForQuery(null as never),
      'systemProxyForQuery expects a QNetworkProxyQuery; got null.',
    ],
  ];
  it.each(rows)('%s', (_what, misuse, text) => {
    expect(misuse).toThrow(TypeError);
    expect(misuse).toThrow(text);
  });

  it('a factory that does not say how it decides', async () => {
    QNetworkProxyFactory.setApplicationProxyFactory(new QNetworkProxyFactory());
    expect(() => now()).toThrow(/^QNetworkProxyFactory does not say how it decides: override queryProxy, or give/);
    await expect(QNetworkProxyFactory.proxiesFor(AWAY)).rejects.toThrow('override queryProxy');
    expect(() => new QNetworkProxyFactory([P] as never)).toThrow(
      new TypeError('QNetworkProxyFactory expects a function that gives a list of proxies; got object.'),
    );
  });
});
