import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { QNetworkCookieJar, QNetworkDiskCache } from '../../../src/index.ts';
import { createTestNetwork } from '../../../src/testing/network/network.ts';
import { until } from '../../support/once.ts';

const URL = 'http://site.test/';

describe('time of a network', () => {
  it('ends a transfer that stalls for 30 s, and it takes none', async () => {
    await using network = createTestNetwork({
      origins: { 'http://site.test': { routes: { '*': { body: 'x'.repeat(1_000), fault: { stall: 500 } } } } },
    });
    const began = performance.now();
    const reply = network.manager().get(URL, { timeout: 30_000 });
    await expect(reply.text()).rejects.toThrow('30000 ms');
    expect(network.clock.now()).toBe(30_000);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  it('is that of the cookies', async () => {
    const cookies = (cookie: string | undefined): string => cookie ?? 'none';
    await using network = createTestNetwork({
      origins: {
        'http://site.test': {
          routes: {
            '/set': {
              headers: [
                ['Set-Cookie', 'minute=1; Max-Age=60'],
                ['Set-Cookie', 'day=1; Expires=Fri, 02 Jan 2026 00:00:00 GMT'],
              ],
            },
            '/': (request) => ({ body: cookies(request.header('cookie')) }),
          },
        },
      },
    });
    const manager = network.manager();
    await manager.get(`${URL}set`).text();
    expect(await manager.get(URL).text()).toBe('minute=1; day=1');
    await network.clock.pass(61_000);
    expect(await manager.get(URL).text()).toBe('day=1');
    const shared = new QNetworkCookieJar();
    manager.setCookieJar(shared);
    await manager.get(`${URL}set`).text();
    expect(await manager.get(URL).text()).toBe('minute=1; day=1');
    await network.clock.pass(86_400_000);
    expect(await manager.get(URL).text()).toBe('none');
  });

  it('is that of stored answers, and waits for the disk', async () => {
    const { mkdtempSync, rmSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(`${tmpdir()}/qnetwork-time-`);
    let served = 0;
    await using network = createTestNetwork({
      origins: {
        'http://site.test': { routes: { '*': () => ({ headers: { 'Cache-Control': 'max-age=60' }, body: String(++served) }) } },
      },
    });
    const manager = network.manager();
    const cache = new QNetworkDiskCache();
    cache.setCacheDirectory(folder);
    manager.setCache(cache);
    const first = await manager.get(URL, { timeout: 5_000 }).text();
    await until(() => cache.cacheSize() > 0, 'the entry');
    expect([first, await manager.get(URL, { timeout: 5_000 }).text()]).toEqual(['1', '1']);
    await network.clock.pass(61_000);
    expect(await manager.get(URL, { timeout: 5_000 }).text()).toBe('2');
    rmSync(folder, { recursive: true, force: true });
  });

  it('waits for bodies that other threads decode', async () => {
    const text = Array.from({ length: 100_000 }, (_, i) => String((i * 7919) % 100_003)).join(' ');
    await using network = createTestNetwork({
      origins: { 'http://site.test': { routes: { '*': { headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(text) } } } },
      links: { '*': { segment: 'random' } },
    });
    const manager = network.manager();
    for (let n = 0; n < 5; n++) {
      const got = await manager.get(URL, { timeout: 10 }).text();
      expect([got === text, network.clock.now()]).toEqual([true, 0]);
    }
  });

  it('goes on while a reader of decoded bytes takes his time', async () => {
    const body = gzipSync('z'.repeat(2_000_000));
    await using network = createTestNetwork({
      origins: { 'http://site.test': { routes: { '*': { headers: { 'Content-Encoding': 'gzip' }, body } } } },
    });
    const reply = network.manager().get(URL);
    reply.setReadBufferSize(10_000);
    let read = 0;
    const sip = (): void => {
      read += reply.read(5_000).length;
      if (!reply.isFinished() || reply.bytesAvailable() > 0) network.clock.after(10, sip, true);
    };
    sip();
    await network.clock.runUntil(new Promise<void>((resolve) => reply.finished.connect(() => resolve())));
    expect(read + reply.readAll().length).toBe(2_000_000);
    expect(network.clock.now()).toBeGreaterThan(3_000);
  });
});
