import { expect, test } from 'vitest';
import type { Link } from '../../../src/contract/links.ts';
import { byPreference } from '../../../src/rules/links/preference.ts';
import { isPortal, networkFacts } from '../../../src/rules/links/reachability.ts';

const link = (name: string, medium: Link['medium'], defaultMetric: number, up = true): Link => ({
  name,
  medium,
  up,
  addresses: [],
  hardware: '',
  defaultMetric,
});
const LO = link('lo', 'loopback', -1);
const CABLE = link('eth0', 'ethernet', 100);
const RADIO = link('wlan0', 'wifi', 600);
const MODEM = link('wwan0', 'cellular', 700);
const BRIDGE = link('br0', 'ethernet', -1);
const DOWN = link('eth1', 'ethernet', 0, false);

test.each<[string, readonly Link[], boolean, boolean, ReturnType<typeof networkFacts>]>([
  ['nothing', [LO, DOWN], true, false, { reach: 'disconnected', portal: false, medium: 'unknown', metered: false }],
  ['no default route', [LO, BRIDGE], true, false, { reach: 'local', portal: false, medium: 'unknown', metered: false }],
  [
    'no default route, and an old portal',
    [BRIDGE],
    true,
    true,
    { reach: 'local', portal: false, medium: 'unknown', metered: false },
  ],
  ['a default route', [LO, BRIDGE, CABLE], true, false, { reach: 'online', portal: false, medium: 'ethernet', metered: false }],
  ['two of them', [MODEM, RADIO], true, false, { reach: 'online', portal: false, medium: 'wifi', metered: false }],
  ['one that is down', [DOWN, RADIO], true, false, { reach: 'online', portal: false, medium: 'wifi', metered: false }],
  ['a mobile network', [MODEM], true, false, { reach: 'online', portal: false, medium: 'cellular', metered: true }],
  ['a portal', [RADIO], true, true, { reach: 'site', portal: true, medium: 'wifi', metered: false }],
  ['no word about routes', [LO, BRIDGE], false, false, { reach: 'online', portal: false, medium: 'ethernet', metered: false }],
  [
    'no word about routes, and nothing',
    [LO],
    false,
    false,
    { reach: 'disconnected', portal: false, medium: 'unknown', metered: false },
  ],
])('%s', (_, links, routed, portal, facts) => {
  expect(networkFacts(links, routed, portal)).toEqual(facts);
});

test('best first: what is up, by metric, by what carries it, by name', () => {
  const radio = link('b', 'wifi', -1);
  const tunnel = link('c', 'tunnel', -1);
  const other = link('b2', 'wifi', -1);
  expect([tunnel, other, radio, DOWN, BRIDGE, MODEM, RADIO].sort(byPreference)).toEqual([
    ...[RADIO, MODEM, BRIDGE],
    ...[radio, other, tunnel, DOWN],
  ]);
});

test.each([
  [null, null, false],
  [null, 'success', false],
  [{ status: 204, body: '' }, null, false],
  [{ status: 200, body: '' }, null, true],
  [{ status: 302, body: '' }, null, true],
  [{ status: 511, body: '' }, null, true],
  [{ status: 200, body: 'success\n' }, 'success', false],
  [{ status: 200, body: '<html>success</html>' }, 'success', true],
  [{ status: 204, body: '' }, 'success', true],
  [{ status: 204, body: '' }, '', true],
  [{ status: 200, body: '' }, '', false],
])('the answer %o where %o is expected is a portal: %s', (answer, expected, portal) => {
  expect(isPortal(answer, expected)).toBe(portal);
});
