import { describe, expect, it } from 'vitest';
import { TestClock } from '../../../src/testing/network/clock.ts';
import { createTestNetwork } from '../../../src/testing/network/network.ts';
import type { TestEvent } from '../../../src/testing/network/trace.ts';

describe('a network that is watched', () => {
  it('tells of each event while it happens', async () => {
    const seen: TestEvent[] = [];
    await using network = createTestNetwork({
      origins: { 'http://a.test': { routes: { '*': { body: 'x'.repeat(20_000) } } } },
      links: { 'a.test': { segment: 100, loss: 0.2, latency: 1 } },
      watch: (event) => void seen.push(event),
    });
    expect(await network.manager().get('http://a.test/').text()).toHaveLength(20_000);
    expect(seen).toEqual(network.events);
    const lost = seen.filter(({ what }) => what === 'lost');
    expect(lost.length).toBeGreaterThan(5);
    expect(lost[0]).toMatchObject({ connection: 1, detail: 'to client' });
  });

  it('wants a function', () => {
    expect(() => createTestNetwork({ watch: 'all' as never })).toThrow('createTestNetwork expects a function as watch.');
  });
});

describe('a wall clock that jumps', () => {
  it('leaves timers alone', async () => {
    const clock = new TestClock({ wall: 1_000_000 });
    let late = 0;
    clock.after(50, () => {
      late = clock.wall();
    });
    clock.jump(-500_000);
    expect([clock.now(), clock.wall()]).toEqual([0, 500_000]);
    await clock.pass(50);
    expect([late, clock.now()]).toEqual([500_050, 50]);
    expect(() => clock.jump(Number.NaN)).toThrow('TestClock.jump expects milliseconds; got NaN.');
  });
});

describe('what the simulation has found', () => {
  it('a body that is cut where a piece of it would have begun does not end as if it were whole', async () => {
    await using network = createTestNetwork({
      origins: {
        'http://a.test': {
          routes: { '*': { body: 'x'.repeat(100), framing: 'chunked', chunks: [40, 40], truncate: 40, end: 'close' } },
        },
      },
    });
    const reply = network.manager().get('http://a.test/');
    await expect(reply.text()).rejects.toThrow();
    expect([reply.failure()?.kind, reply.failure()?.phase]).toEqual(['closed', 'receive']);
  });

  it('a server that has said good-bye can refuse what it had still taken', async () => {
    await using network = createTestNetwork({
      origins: {
        'http://a.test': {
          http2: true,
          routes: {
            '/first': { body: 'one', delay: 10, end: 'close' },
            '/second': [{ delay: 20, fault: 'goaway' }, { body: 'two' }],
            '/slow': { delay: 100, body: 'slow' },
          },
        },
      },
    });
    const manager = network.manager();
    const attributes = { Http2DirectAttribute: true };
    const texts = ['/first', '/slow', '/second'].map((path) =>
      manager.get(`http://a.test${path}`, { attributes, timeout: 5_000 }).text(),
    );
    expect(await Promise.all(texts)).toEqual(['one', 'slow', 'two']);
  });

  it('a stored answer that had to be waited for is not told as downloaded at first, and not at the end', async () => {
    const { QNetworkMemoryCache } = await import('../../../src/index.ts');
    await using network = createTestNetwork({
      origins: {
        'http://a.test': { routes: { '*': { body: 'x'.repeat(300), delay: 500, headers: { 'Cache-Control': 'max-age=60' } } } },
      },
    });
    const manager = network.manager();
    manager.setCache(new QNetworkMemoryCache());
    const first = manager.get('http://a.test/');
    const second = manager.get('http://a.test/');
    const told: number[][] = [];
    second.downloadProgress.connect((received, total) => void told.push([received, total]));
    await Promise.all([first.text(), second.text()]);
    expect(network.origin('http://a.test').requests).toHaveLength(1);
    expect(told).toEqual([
      [0, 300],
      [0, 300],
    ]);
  });

  const silent = () =>
    createTestNetwork({
      origins: { 'https://a.test': { http2: true, routes: { '*': { body: 'page' } } } },
      links: { 'a.test': (nth) => (nth === 1 ? { tls: 'stall' } : {}) },
    });

  it('a connection that is opened ahead and meets a silent peer does not keep others waiting for ever', async () => {
    await using network = silent();
    const manager = network.manager();
    manager.connectToHostEncrypted('a.test');
    await network.clock.pass(10);
    expect(await manager.get('https://a.test/').text()).toBe('page');
    expect(network.clock.now()).toBe(35_000);
    await network.clock.runUntilIdle();
    expect([network.open, network.idle]).toEqual([0, true]);
  });

  it('a dial that met a silent peer goes with the last limit of who asked for it, however many hope for it', async () => {
    await using network = silent();
    const manager = network.manager();
    const first = manager.get('https://a.test/', { timeout: 1_000 });
    await network.clock.pass(500);
    const later = [1, 2, 3].map((n) => manager.get(`https://a.test/${n}`, { timeout: 10_000 }).text());
    await expect(first.text()).rejects.toThrow('no byte moved for 1000 ms');
    expect(await Promise.all(later)).toEqual(['page', 'page', 'page']);
    expect([network.clock.now(), network.attempts]).toEqual([6_000, 2]);
  });

  it('and a connection of nobody is closed when nobody needs one', async () => {
    await using network = silent();
    const manager = network.manager();
    manager.connectToHostEncrypted('a.test');
    await network.clock.runUntilIdle();
    expect([network.clock.now(), network.open, network.idle]).toEqual([30_000, 0, true]);
  });
});
