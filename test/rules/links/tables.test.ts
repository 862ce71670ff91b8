import { expect, test } from 'vitest';
import { addressUses, defaultMetrics, isTold, linkCounters, wirelessNames } from '../../../src/rules/links/tables.ts';

const ROUTE = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0
wlan0\t00000000\t0201A8C0\t0003\t0\t0\t601\t00000000\t0\t0\t0
eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0
dead\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0
idle\t00000000\t00000000\t0002\t0\t0\t0\t00000000\t0\t0\t0
`;

const ZERO = '0'.repeat(32);
const ROUTE6 = `fd000000000000000000000000000000 40 ${ZERO} 00 ${ZERO} 00000100 00000001 00000000 00000001     eth0
${ZERO} 00 ${ZERO} 00 fd000000000000000000000000000001 00000400 00000003 00000000 00000003     eth0
${ZERO} 00 ${ZERO} 00 fd000000000000000000000000000001 00000040 00000003 00000000 00000003     six0
${ZERO} 00 ${ZERO} 00 ${ZERO} ffffffff 00000001 00000000 00200200       lo
`;

/** `prefix metric interface`, with `local` or `reject` for the metric of such routes. */
function ipv6(...routes: readonly string[]): string {
  const flags: Readonly<Record<string, string>> = { local: '80200001', reject: '00200200' };
  return routes
    .map((route) => {
      const [prefix = '', metric = '', name] = route.split(' ');
      const [address, length = ''] = prefix.split('/');
      const destination = address === '::' ? ZERO : `${address?.replaceAll(':', '')}${ZERO}`.slice(0, 32);
      const bits = Number(length).toString(16).padStart(2, '0');
      const number = Number(metric in flags ? 0 : metric)
        .toString(16)
        .padStart(8, '0');
      return `${destination} ${bits} ${ZERO} 00 ${ZERO} ${number} 00000001 00000000 ${flags[metric] ?? '00000001'} ${name}\n`;
    })
    .join('');
}

test('the lowest metric of the default routes that lead somewhere', () => {
  expect(Object.fromEntries(defaultMetrics(ROUTE, ''))).toEqual({ eth0: 100, wlan0: 600 });
  expect(Object.fromEntries(defaultMetrics('', ROUTE6))).toEqual({ eth0: 1024, six0: 64 });
  expect(Object.fromEntries(defaultMetrics(ROUTE, ROUTE6))).toEqual({ eth0: 100, wlan0: 600, six0: 64 });
  expect(defaultMetrics('', '').size).toBe(0);
  expect(defaultMetrics('eth0\t00000000', `${ZERO} 00`).size).toBe(0);
});

test('IPv6 default routes of other tables are not for everybody', () => {
  const all = ipv6('::/0 51820 wg0', 'fd00::/64 256 eth0', '::/0 1024 eth0', '::1/128 local lo', '::/0 reject lo');
  expect(Object.fromEntries(defaultMetrics('', all))).toEqual({ eth0: 1024 });
  const none = ipv6('::/0 51820 wg0', 'fd00::/64 256 eth0', '::1/128 local lo', '::/0 reject lo');
  expect(defaultMetrics('', none).size).toBe(0);
  const oneTable = ipv6('::1/128 local lo', 'fd00::/64 256 eth0', '::/0 1024 eth0');
  expect(Object.fromEntries(defaultMetrics('', oneTable))).toEqual({ eth0: 1024 });
});

test('the bytes of each interface, in their order', () => {
  const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    7       1    0    0    0     0          0         0        7       1    0    0    0     0       0          0
  eth0:42538852 31001    0    0    0     0          0         0   936410    8123    0    0    0     0       0          0
`;
  expect([...linkCounters(dev)]).toEqual([
    ['lo', { received: 7, sent: 7 }],
    ['eth0', { received: 42_538_852, sent: 936_410 }],
  ]);
  expect(linkCounters('').size).toBe(0);
});

test('who has a radio', () => {
  const wireless = `Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
wlp2s0: 0000   60.  -50.  -256        0      0      0      0      0        0
`;
  expect([...wirelessNames(wireless)]).toEqual(['wlp2s0']);
  expect(wirelessNames('').size).toBe(0);
});

test.each([
  ['80', 'preferred'],
  ['01', 'preferred'],
  ['20', 'deprecated'],
  ['40', 'not'],
  ['44', 'preferred'],
  ['08', 'not'],
  ['48', 'not'],
])('an IPv6 address with the flags %s: %s', (flags, use) => {
  const address = 'fd000000000000000000000000000002';
  expect([...addressUses(`${address} 04 40 00 ${flags}     eth0\n`)]).toEqual([[address, use]]);
});

test('whether a process hears the kernel', () => {
  const head = 'sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode\n';
  const row = (family: number, pid: number, groups: string): string =>
    `${head}0000000000000000 ${family}   ${pid}     ${groups} 0        0        0     2        0        123\n`;
  expect(isTold(row(0, 512, '00000551'), 512)).toBe(true);
  expect(isTold(row(0, 512, '00000551'), 51)).toBe(false);
  expect(isTold(row(0, 512, '00000000'), 512)).toBe(false);
  expect(isTold(row(15, 512, '00000002'), 512)).toBe(false);
  expect(isTold('', 512)).toBe(false);
});
