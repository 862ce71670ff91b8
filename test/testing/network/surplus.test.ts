import { expect, it } from 'vitest';
import { createTestNetwork } from '../../../src/testing/network/network.ts';

it('a connection that nobody waits for any more does not stay in its handshake for ever', async () => {
  const page = { routes: { '*': { body: 'page' } } };
  const origins = { 'http://a.test': page, 'https://b.test': page };
  await using network = createTestNetwork({ origins, links: { 'b.test': (nth) => (nth === 2 ? { tls: 'stall' } : {}) } });
  const manager = network.manager();
  const both = ['https://b.test/1', 'https://b.test/2'].map((url) => manager.get(url).text());
  expect(await Promise.all(both)).toEqual(['page', 'page']);
  await network.clock.pass(4_000);
  expect(network.open).toBe(2);
  await network.clock.pass(2_000);
  expect(network.open).toBe(1);
  await network.clock.runUntilIdle();
  expect([network.open, network.clock.running, network.idle]).toEqual([0, 0, true]);
});
