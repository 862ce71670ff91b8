import { expect, test } from 'vitest';
import { type LinkMachine, linksOf, machineLinks } from '../../../src/system/links/machine.ts';
import { ManualClock } from '../../support/clock.ts';

const FILES: Readonly<Record<string, string>> = {
  '/proc/self/net/dev': 'face |bytes\n lo: 1 0 0 0 0 0 0 0 1\nuplink: 20 0 0 0 0 0 0 0 30 0\n spare: 0 0 0 0 0 0 0 0 0 0\n',
  '/proc/self/net/route': 'uplink\t00000000\t010200C0\t0003\t0\t0\t7\t00000000\t0\t0\t0\n',
  '/sys/class/net/uplink/uevent': 'DEVTYPE=wwan\nINTERFACE=uplink\n',
  '/sys/class/net/uplink/type': '1\n',
  '/sys/class/net/spare/type': '1\n',
  '/sys/class/net/spare/address': '02:fc:00:00:00:09\n',
};

const UPLINK = [
  {
    address: '192.0.2.2',
    netmask: '255.255.255.0',
    family: 'IPv4',
    mac: '02:fc:00:00:00:01',
    internal: false,
    cidr: null,
  } as const,
];

function machine(changes: Partial<LinkMachine> = {}): LinkMachine {
  return {
    platform: 'linux',
    running: () => ({ uplink: UPLINK }),
    text: (path) => FILES[path] ?? '',
    names: () => ['lo', 'spare', 'uplink'],
    start: () => null,
    clock: new ManualClock(),
    ...changes,
  };
}

const summary = (one: LinkMachine): unknown[] =>
  linksOf(one)
    .list()
    .map(({ name, medium, up, hardware, defaultMetric }) => [name, medium, up, hardware, defaultMetric]);

test('Linux: the tables of this process, and the drivers', () => {
  expect(summary(machine())).toEqual([
    ['lo', 'loopback', false, '', -1],
    ['uplink', 'cellular', true, '02:FC:00:00:00:01', 7],
    ['spare', 'ethernet', false, '02:FC:00:00:00:09', -1],
  ]);
  expect(linksOf(machine()).traffic('uplink')).toEqual({ received: 20, sent: 30 });
  expect(linksOf(machine()).traffic('nobody')).toBeNull();
});

test('drivers of another network namespace are not asked', () => {
  expect(summary(machine({ names: () => ['lo', 'eth0', 'eth1'] }))).toEqual([
    ['lo', 'loopback', false, '', -1],
    ['uplink', 'unknown', true, '02:FC:00:00:00:01', 7],
    ['spare', 'unknown', false, '', -1],
  ]);
});

test('elsewhere: what Node.js says, and no routes', () => {
  const windows = machine({ platform: 'win32', running: () => ({ 'Wi-Fi': UPLINK }) });
  expect(summary(windows)).toEqual([['Wi-Fi', 'wifi', true, '02:FC:00:00:00:01', -1]]);
  expect(linksOf(windows).traffic('Wi-Fi')).toBeNull();
});

test('this machine has a loopback interface that has carried something', () => {
  const loopback = machineLinks.list().find(({ medium }) => medium === 'loopback');
  expect(loopback?.addresses.map(({ address }) => address)).toContain('127.0.0.1');
  if (process.platform === 'linux') expect(machineLinks.traffic(loopback!.name)?.received).toBeGreaterThan(0);
});
