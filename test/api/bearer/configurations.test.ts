import { describe, expect, it } from 'vitest';
import { ANY, configurationsOf, waysOf } from '../../../src/api/bearer/configurations.ts';
import type { Link } from '../../../src/contract/links.ts';
import { down, link } from '../../support/links.ts';

const NOWHERE = { active: '', outward: false };
const inside = (name: string): Link => link(name, { defaultMetric: -1 });
const waiting = (name: string): Link =>
  link(name, { up: false, defaultMetric: -1, addresses: [{ address: 'fe80::1', family: 6, linkLocal: true }] });

describe('configurations of the interfaces', () => {
  it('the service network of all of them, then each but the loopback one', () => {
    const loopback = link('lo', { medium: 'loopback', defaultMetric: -1 });
    expect(configurationsOf([loopback, link('eth0'), link('wlan0', { medium: 'wifi' })])).toEqual([
      { id: ANY, state: 14, bearer: 0, children: ['eth0', 'wlan0'] },
      { id: 'eth0', state: 14, bearer: 1, children: [] },
      { id: 'wlan0', state: 14, bearer: 2, children: [] },
    ]);
  });

  it.each([
    ['none', [], 2, []],
    ['down', [down('a')], 2, [2]],
    ['waits for an address', [waiting('a'), down('b')], 6, [6, 2]],
    ['one of them up', [down('a'), waiting('b'), link('c')], 14, [14, 2, 6]],
  ] as const)('states: %s', (_title, links, any, points) => {
    const [service, ...rest] = configurationsOf(links);
    expect([service?.state, rest.map(({ state }) => state)]).toEqual([any, points]);
  });

  it.each([
    ['up first', [down('a'), link('b')], 'b a'],
    ['the lower metric', [link('a', { defaultMetric: 200 }), link('b')], 'b a'],
    ['a default route first', [inside('a'), link('b', { defaultMetric: 9000 })], 'b a'],
    ['then the medium', [link('a', { medium: 'wifi' }), link('b')], 'b a'],
    ['then the name', [inside('b'), inside('a')], 'a b'],
  ] as const)('best first: %s', (_title, links, order) => {
    expect(configurationsOf(links)[0]?.children.join(' ')).toBe(order);
  });
});

describe('ways of a session', () => {
  it.each([
    ['an interface has itself', 'a', [link('a'), link('b')], NOWHERE, 'a'],
    ['without a default route, too', 'a', [inside('a'), link('b')], NOWHERE, 'a'],
    ['down', 'a', [down('a'), link('b')], NOWHERE, ''],
    ['any, best first', ANY, [link('b', { defaultMetric: 200 }), link('a')], NOWHERE, 'a b'],
    ['any: none that leads nowhere beside one that leads out', ANY, [inside('br0'), link('a')], NOWHERE, 'a'],
    ['any: what there is', ANY, [inside('br0'), inside('br1')], NOWHERE, 'br0 br1'],
    ['any: none instead of the one that led out', ANY, [inside('br0'), down('a')], { active: 'a', outward: true }, ''],
    ['any: its own that lost its route', ANY, [inside('br0'), inside('a')], { active: 'a', outward: true }, 'a'],
    ['any: not that beside one that leads out', ANY, [link('b'), inside('a')], { active: 'a', outward: true }, 'b'],
  ] as const)('%s', (_title, id, links, where, up) => {
    expect(waysOf(id, links, where).up.join(' ')).toBe(up);
  });

  it('an interface that is not there is not known, the service network is', () => {
    expect([waysOf('x', [link('a')], NOWHERE).known, waysOf(ANY, [], NOWHERE).known]).toEqual([false, true]);
  });

  it('hope is an interface that waits for an address', () => {
    expect([waysOf(ANY, [waiting('a')], NOWHERE).hope, waysOf(ANY, [down('a')], NOWHERE).hope]).toEqual([true, false]);
  });
});
