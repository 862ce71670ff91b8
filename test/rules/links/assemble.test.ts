import { expect, test } from 'vitest';
import { assembleLinks, type LinkNews, type ToldAddress } from '../../../src/rules/links/assemble.ts';

const NOTHING: LinkNews = {
  running: {},
  names: [],
  metrics: new Map(),
  wireless: new Set(),
  uses: new Map(),
  device: () => ({ kind: '', hardware: -1 }),
  mac: () => '',
};

const four = (address: string, mac = '02:fc:00:00:00:01'): ToldAddress => ({ address, family: 'IPv4', mac, internal: false });
const six = (address: string): ToldAddress => ({ address, family: 'IPv6', mac: '02:fc:00:00:00:01', internal: false });

test('interfaces come in the order of the system, those that are down too', () => {
  const links = assembleLinks({
    ...NOTHING,
    names: ['lo', 'eth1', 'eth0'],
    running: { eth0: [four('192.0.2.2')], lo: [{ ...four('127.0.0.1', '00:00:00:00:00:00'), internal: true }] },
    metrics: new Map([['eth0', 100]]),
    mac: (name) => `aa:bb:cc:00:00:0${name.at(-1)}`,
  });
  expect(links).toEqual([
    {
      name: 'lo',
      medium: 'loopback',
      up: true,
      addresses: [{ address: '127.0.0.1', family: 4, linkLocal: false }],
      hardware: '',
      defaultMetric: -1,
    },
    { name: 'eth1', medium: 'ethernet', up: false, addresses: [], hardware: 'AA:BB:CC:00:00:01', defaultMetric: -1 },
    {
      name: 'eth0',
      medium: 'ethernet',
      up: true,
      addresses: [{ address: '192.0.2.2', family: 4, linkLocal: false }],
      hardware: '02:FC:00:00:00:01',
      defaultMetric: 100,
    },
  ]);
});

test('an address with a label belongs to its interface, unless the label is one', () => {
  const running = { eth0: [four('192.0.2.2')], 'eth0:1': [four('192.0.2.3')] };
  const [joined, ...more] = assembleLinks({ ...NOTHING, names: ['eth0'], running });
  expect(joined?.addresses.map(({ address }) => address)).toEqual(['192.0.2.2', '192.0.2.3']);
  expect(more).toEqual([]);
  expect(assembleLinks({ ...NOTHING, running }).map(({ name }) => name)).toEqual(['eth0', 'eth0:1']);
});

test.each([
  ['169.254.7.1', true],
  ['169.253.7.1', false],
  ['10.0.0.1', false],
  ['fe80::1', true],
  ['febf::1', true],
  ['fec0::1', false],
  ['fd00::1', false],
])('%s alone reaches no further than the link: %s', (address, linkLocal) => {
  const told = address.includes(':') ? six(address) : four(address);
  const [link] = assembleLinks({ ...NOTHING, running: { eth0: [told] } });
  expect([link?.addresses[0]?.linkLocal, link?.up]).toEqual([linkLocal, !linkLocal]);
});

test('addresses to leave from come first, and those that are not ours yet not at all', () => {
  const uses = new Map([
    ['20010db8000000000000000000000001', 'deprecated'],
    ['20010db8000000000000000000000002', 'preferred'],
    ['20010db8000000000000000000000003', 'not'],
  ] as const);
  const running = {
    eth0: [six('fe80::1'), six('2001:db8::1'), six('2001:db8::3'), six('2001:db8::2'), four('192.0.2.2')],
  };
  const [link] = assembleLinks({ ...NOTHING, running, uses });
  expect(link?.addresses.map(({ address }) => address)).toEqual(['2001:db8::2', '192.0.2.2', '2001:db8::1', 'fe80::1']);
  const [waiting] = assembleLinks({ ...NOTHING, running: { eth0: [six('2001:db8::3')] }, uses });
  expect([waiting?.addresses, waiting?.up]).toEqual([[], false]);
});
