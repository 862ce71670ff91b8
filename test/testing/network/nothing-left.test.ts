import { describe, expect, it } from 'vitest';
import { createTestNetwork, type TestNetwork } from '../../../src/testing/network/network.ts';

/** What of the machine is in use: sockets, look-ups, pipes. */
function machine(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|UDP|Pipe|GetAddrInfo|ConnectWrap/.test(name));
}

function everything(): TestNetwork {
  const page = { routes: { '/': { body: 'page' }, '/slow': { body: 'x'.repeat(50_000), pause: 500, chunks: [100, 100] } } };
  return createTestNetwork({
    origins: { 'http://a.test': page, 'https://b.test': page, 'https://two.test': { ...page, http2: true } },
    links: { '*': { latency: 20 } },
  });
}

describe('a network in memory', () => {
  it('uses nothing of the machine', async () => {
    const before = machine();
    await using network = everything();
    const manager = network.manager();
    const during: string[][] = [];
    for (const url of ['http://a.test/', 'https://b.test/', 'https://two.test/']) {
      const reply = manager.get(url);
      reply.metaDataChanged.connect(() => void during.push(machine()));
      expect(await reply.text()).toBe('page');
    }
    expect(during).toEqual([before, before, before]);
    expect(machine()).toEqual(before);
  });

  it('leaves nothing behind when idle connections have had their time', async () => {
    const network = everything();
    const manager = network.manager();
    for (const url of ['http://a.test/', 'https://b.test/', 'https://two.test/']) await manager.get(url).text();
    expect([network.open, network.idle]).toEqual([3, false]);
    await network.clock.runUntilIdle();
    expect([network.open, network.clock.running, network.clock.holding, network.idle]).toEqual([0, 0, 0, true]);
    for (const url of ['http://a.test/', 'https://b.test/'])
      expect(network.origin(url).connections.map(({ open }) => open)).toEqual([false]);
  });

  it('leaves nothing behind when all is aborted, wherever it was', async () => {
    for (const wait of [0, 10, 30, 50, 70, 90, 130, 700]) {
      const network = everything();
      const manager = network.manager();
      const replies = ['http://a.test/slow', 'https://b.test/slow', 'https://two.test/slow'].map((url) => manager.get(url));
      await network.clock.pass(wait);
      for (const reply of replies) reply.abort();
      expect(replies.map((reply) => reply.failure()?.kind)).toEqual(['canceled', 'canceled', 'canceled']);
      await network.clock.runUntilIdle();
      expect([wait, network.open, network.clock.running, network.idle]).toEqual([wait, 0, 0, true]);
      await network.close();
    }
  });

  it('ends with everything in it', async () => {
    const network = everything();
    const reply = network.manager().get('http://a.test/slow');
    const text = expect(reply.text()).rejects.toThrow();
    await network.clock.pass(200);
    expect(network.open).toBe(1);
    await network.close();
    await text;
    await network.clock.runUntilIdle();
    expect(network.idle).toBe(true);
  });

  it('lets time stand still when nobody waits', async () => {
    await using network = everything();
    await network.manager().get('http://a.test/').text();
    const at = network.clock.now();
    for (let n = 0; n < 50; n++) await new Promise((next) => setImmediate(next));
    // the connection idles, and its timer does not keep a process alive
    expect([network.clock.now(), network.open]).toEqual([at, 1]);
  });

  it('lets time stand still when who waited has gone', async () => {
    await using network = everything();
    const reply = network.manager().get('https://b.test/slow');
    await new Promise<void>((resolve) => reply.metaDataChanged.connect(() => resolve()));
    reply.abort();
    let late = false;
    network.clock.after(60_000, () => {
      late = true;
    });
    for (let n = 0; n < 100; n++) await new Promise((next) => setImmediate(next));
    expect([late, network.clock.holding]).toEqual([false, 0]);
  });

  it('tells at once when a request would hang for ever', async () => {
    await using network = createTestNetwork({
      origins: { 'http://a.test': {} },
      links: { 'a.test': { receiving: { fault: { stall: 0 } } } },
    });
    const text = network.manager().get('http://a.test/').text();
    text.catch(() => {});
    await expect(network.clock.runUntil(text)).rejects.toThrow('1 open connections wait for a peer that is silent');
  });
});
