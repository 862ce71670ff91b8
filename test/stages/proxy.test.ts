import { describe, expect, it } from 'vitest';
import { HeaderList } from '../../src/base/header-list.ts';
import { type FailureKind, failure, type Phase } from '../../src/contract/failure.ts';
import { NO_FACTS } from '../../src/contract/hop.ts';
import type { ProxyPeer, Way } from '../../src/contract/proxy.ts';
import { isAble, isProxyDead, livingFirst } from '../../src/rules/proxy/ways.ts';
import { Proxies } from '../../src/stages/proxy.ts';
import { ManualClock } from '../support/clock.ts';
import { TestJourney } from './journey.ts';

const peer = (host: string, can: Partial<ProxyPeer> = {}): ProxyPeer => ({
  scheme: 'http',
  host,
  port: 8080,
  user: '',
  password: '',
  tunnels: true,
  caches: true,
  cachesFtp: false,
  headers: new HeaderList(),
  through: null,
  key: `http://${host}:8080`,
  ...can,
});

const a = peer('a.test');
const b = peer('b.test');
const caching = peer('caching.test', { tunnels: false });
const socks = peer('socks.test', { scheme: 'socks5h', caches: false });
const useless = peer('useless.test', { tunnels: false, caches: false });

/** Promises that are settled have told so. */
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

function journeyOver(url: string, choose: (url: string) => readonly Way[] | Promise<readonly Way[]>): TestJourney {
  return new TestJourney(url, { proxy: { choose: (asked) => choose(asked.href) } });
}

describe('which way', () => {
  const table: readonly [what: string, url: string, ways: readonly Way[], taken: Way | 'none'][] = [
    ['the first', 'http://h.test/', [a, b], a],
    ['directly', 'https://h.test/', [null, a], null],
    ['http over one that only caches', 'http://h.test/', [caching, a], caching],
    ['https over the first that opens tunnels', 'https://h.test/', [caching, a], a],
    ['http over SOCKS', 'http://h.test/', [socks], socks],
    ['https over nothing but a cache', 'https://h.test/', [caching], 'none'],
    ['anything over what can do nothing', 'http://h.test/', [useless], 'none'],
    ['nothing at all', 'http://h.test/', [], 'none'],
  ];
  it.each(table)('%s', (_what, url, ways, taken) => {
    const journey = journeyOver(url, () => ways);
    const verdict = new Proxies(new ManualClock()).outward(journey.hop, journey);
    expect(verdict).toBe(taken === 'none' ? 'fail' : 'go');
    if (taken === 'none') expect(journey.refused?.kind).toBe('proxy-not-found');
    else expect(journey.hop.proxy).toBe(taken);
  });

  it('is not asked for what needs no network', () => {
    const journey = journeyOver('data:,x', () => expect.unreachable());
    expect(new Proxies(new ManualClock()).outward(journey.hop, journey)).toBe('go');
  });

  it.each([
    ['a tunnel', 'https://h.test/', ['X', '1']],
    ['absolute form', 'http://h.test/', ['X', '1', 'Proxy-Authorization', 'Basic eDp5']],
  ])('%s: what is meant for the proxy stays with it', (_what, url, kept) => {
    const headers = ['X', '1', 'Proxy-Authorization', 'Basic eDp5'];
    const journey = new TestJourney(url, { headers, proxy: { choose: () => [a] } });
    new Proxies(new ManualClock()).outward(journey.hop, journey);
    expect(journey.hop.headers.flat).toEqual(kept);
    expect(journey.ask.headers.flat).toEqual(headers);
  });

  it('is not asked twice for one trip, and again for the next', () => {
    const asked: string[] = [];
    const journey = journeyOver('http://h.test/1', (url) => {
      asked.push(url);
      return [a];
    });
    const stage = new Proxies(new ManualClock());
    stage.outward(journey.hop, journey);
    journey.hop.proxy = null;
    stage.outward(journey.hop, journey);
    expect(asked).toEqual(['http://h.test/1']);
    journey.reroute({ ...journey.trip });
    stage.outward(journey.hop, journey);
    expect(asked).toHaveLength(2);
  });

  it('comes later', async () => {
    const journey = journeyOver('http://h.test/', () => Promise.resolve([b]));
    expect(new Proxies(new ManualClock()).outward(journey.hop, journey)).toBe('wait');
    await settled();
    expect(journey.proceeded).toEqual(['go']);
    expect(journey.hop.proxy).toBe(b);
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('no script'))],
    [
      'throws',
      (): never => {
        throw new Error('no script');
      },
    ],
  ])('ends the request when choosing %s', async (_what, choose) => {
    const journey = journeyOver('http://user:secret@h.test/', choose);
    const verdict = new Proxies(new ManualClock()).outward(journey.hop, journey);
    await settled();
    expect(verdict === 'wait' ? journey.proceeded[0] : verdict).toBe('fail');
    expect(journey.refused).toMatchObject({ kind: 'proxy-not-found' });
    expect(journey.refused!.message).toBe('The proxy for http://h.test:80 could not be chosen: no script');
  });
});

describe('a proxy that does not work', () => {
  const refused = failure('proxy-refused', 'connect', 'nobody there');
  const drive = (stage: Proxies, ways: readonly Way[]): Way => {
    const journey = journeyOver('http://h.test/', () => ways);
    stage.outward(journey.hop, journey);
    return journey.hop.proxy;
  };

  it('gives way to the next, and to the last word when there is none', () => {
    const stage = new Proxies(new ManualClock());
    const journey = journeyOver('http://h.test/', () => [a, b]);
    stage.outward(journey.hop, journey);
    expect(stage.failed(journey.hop, refused, NO_FACTS, journey)).toBe('again');
    journey.hop.proxy = null;
    stage.outward(journey.hop, journey);
    expect(journey.hop.proxy).toBe(b);
    expect(stage.failed(journey.hop, refused, NO_FACTS, journey)).toBe('go');
  });

  it('goes behind the others for five minutes, or until it has worked', () => {
    const clock = new ManualClock();
    const stage = new Proxies(clock);
    const journey = journeyOver('http://h.test/', () => [a]);
    stage.outward(journey.hop, journey);
    stage.failed(journey.hop, refused, NO_FACTS, journey);
    expect(drive(stage, [a, b])).toBe(b);
    expect(drive(stage, [a])).toBe(a);
    clock.advance(300_000);
    expect(drive(stage, [a, b])).toBe(a);

    stage.failed(journey.hop, refused, NO_FACTS, journey);
    expect(drive(stage, [a, b])).toBe(b);
    stage.inward(journey.hop, {} as never);
    expect(drive(stage, [a, b])).toBe(a);
  });

  it('is not blamed once bytes have gone over a connection', () => {
    const stage = new Proxies(new ManualClock());
    const journey = journeyOver('http://h.test/', () => [a, b]);
    stage.outward(journey.hop, journey);
    expect(stage.failed(journey.hop, refused, { ...NO_FACTS }, journey)).toBe('go');
  });

  it('does not push a way without a proxy back', () => {
    const isDead = (proxy: ProxyPeer): boolean => proxy === a;
    expect(livingFirst([a, null, b], isDead)).toEqual([null, b, a]);
    expect(livingFirst([b, null], isDead)).toEqual([b, null]);
  });

  const kinds: readonly [kind: FailureKind, phase: Phase, dead: boolean][] = [
    ['proxy-refused', 'connect', true],
    ['proxy-closed', 'proxy', true],
    ['proxy-not-found', 'resolve', true],
    ['proxy-timeout', 'proxy', true],
    ['network', 'connect', true],
    ['network', 'proxy', false],
    ['proxy-auth', 'proxy', false],
    ['refused', 'proxy', false],
    ['tls', 'tls', false],
    ['canceled', 'connect', false],
  ];
  it.each(kinds)('is told by %s while %s: %s', (kind, phase, dead) => {
    expect(isProxyDead(failure(kind, phase, ''))).toBe(dead);
    expect(isAble(null, 'https')).toBe(true);
  });
});
