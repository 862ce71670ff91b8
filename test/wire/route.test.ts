import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Url } from '../../src/base/url.ts';
import { DEFAULT_WISHES, type Wishes } from '../../src/contract/ask.ts';
import type { ProxyPeer } from '../../src/contract/proxy.ts';
import { goesAbsolute } from '../../src/rules/proxy/ways.ts';
import { routeKey, routeOf } from '../../src/wire/route.ts';
import { proxyPeer } from '../support/proxy-peer.ts';
import { PLAIN_WISH } from './dial/simulated-network.ts';

const http = proxyPeer('http', { port: 1 }, { caches: true });
const tls: Wishes = { ...DEFAULT_WISHES, tls: PLAIN_WISH };

describe('whether a request goes in absolute form', () => {
  const table: readonly [what: string, url: string, wishes: Partial<Wishes>, proxy: Partial<ProxyPeer>, absolute: boolean][] = [
    ['http', 'http://h.test/', {}, {}, true],
    ['over TLS', 'http://h.test/', {}, { scheme: 'https' }, true],
    ['without tunnels', 'http://h.test/', {}, { tunnels: false }, true],
    ['https', 'https://h.test/', {}, {}, false],
    ['a proxy that only opens tunnels', 'http://h.test/', {}, { caches: false }, false],
    ['SOCKS', 'http://h.test/', {}, { scheme: 'socks5h' }, false],
    ['HTTP/2 at once', 'http://h.test/', { http2: 'direct' }, {}, false],
  ];
  it.each(table)('%s', (_what, text, wishes, more, absolute) => {
    const url = Url.parse(text);
    const proxy = { ...http, ...more };
    expect(goesAbsolute(url, { ...DEFAULT_WISHES, ...wishes }, proxy)).toBe(absolute);
    expect(routeOf(url, { ...DEFAULT_WISHES, ...wishes }, proxy, null)).toMatchObject({ proxy, absolute });
  });
});

describe('which connections are shared', () => {
  const key = (text: string, proxy: ProxyPeer | null, wishes: Wishes = DEFAULT_WISHES): string =>
    routeKey(Url.parse(text), wishes, proxy, null);

  it('directly they are those of an origin', () => {
    expect(key('http://h.test/', null)).toBe(Url.parse('http://h.test/').origin);
    expect(routeOf(Url.parse('http://h.test/'), tls, null, null)).toMatchObject({ proxy: null, absolute: false, proxyTls: null });
  });

  it('to local sockets they are those of one path', () => {
    const wishing = (localSocket: string): Wishes => ({ ...DEFAULT_WISHES, localSocket });
    const all = [
      key('http://a/', null),
      key('unix+http://a/', null),
      key('unix+http://b/', null),
      key('unix+http://%2Frun%2Fa/', null),
      key('unix+http://a/', null, wishing('/run/a')),
      key('unix+http://a/', null, wishing('/run/b')),
      key('unix+http://a/', null, { ...wishing('/run/b'), partition: 'p' }),
    ];
    expect(new Set(all).size).toBe(all.length);
    const socket = (text: string, wishes: Wishes): string => routeOf(Url.parse(text), wishes, null, null).socket;
    expect(socket('http://a/', wishing('/run/a'))).toBe('');
    expect(socket('unix+http://%2Frun%2Fa/', DEFAULT_WISHES)).toBe('/run/a');
    expect(socket('unix+http://a/', wishing('/run/b'))).toBe('/run/b');
    expect(socket('unix+http://a/', DEFAULT_WISHES)).toBe(join(tmpdir(), 'a'));
  });

  it('through proxies they are those of an origin through the same ones, with the same TLS', () => {
    const chain = { ...http, through: http, key: 'chain' };
    const all = [
      key('http://h.test/', null),
      key('http://h.test/', http),
      key('http://other.test/', http),
      key('http://h.test/', chain),
      key('http://h.test/', http, tls),
      key('https://h.test/', http),
      key('https://h.test/', http, tls),
      key('http://h.test/', http, { ...DEFAULT_WISHES, partition: 'p' }),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(key('http://h.test/a', { ...http }, { ...DEFAULT_WISHES })).toBe(key('http://h.test/b', http));
    expect(routeOf(Url.parse('http://h.test/'), tls, http, null)).toMatchObject({ tls: null, proxyTls: PLAIN_WISH });
  });
});
