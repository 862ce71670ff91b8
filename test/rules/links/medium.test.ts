import { expect, test } from 'vitest';
import { linkMedium } from '../../../src/rules/links/medium.ts';

const NOBODY = { kind: '', hardware: -1 };

test.each([
  // names of Linux, the BSDs and Android
  ['lo', 'loopback'],
  ['eth0', 'ethernet'],
  ['enp3s0', 'ethernet'],
  ['eno1', 'ethernet'],
  ['enx0a1b2c3d4e5f', 'ethernet'],
  ['em0', 'ethernet'],
  ['igb1', 'ethernet'],
  ['veth1a2b', 'ethernet'],
  ['docker0', 'ethernet'],
  ['br-0a1b', 'ethernet'],
  ['br0', 'ethernet'],
  ['bond0', 'ethernet'],
  ['wlan0', 'wifi'],
  ['wlp2s0', 'wifi'],
  ['ath0', 'wifi'],
  ['wwan0', 'cellular'],
  ['wwp0s20u4', 'cellular'],
  ['rmnet_data0', 'cellular'],
  ['ccmni1', 'cellular'],
  ['bnep0', 'bluetooth'],
  ['wmx0', 'wimax'],
  ['tun0', 'tunnel'],
  ['tap3', 'tunnel'],
  ['wg0', 'tunnel'],
  ['ppp0', 'tunnel'],
  ['sit0', 'tunnel'],
  ['tailscale0', 'tunnel'],
  ['zt5u4y6ejv', 'tunnel'],
  // macOS: a cable or radio, as it comes
  ['en0', 'unknown'],
  ['utun3', 'tunnel'],
  ['pdp_ip0', 'cellular'],
  ['awdl0', 'wifi'],
  ['lo0', 'loopback'],
  // Windows
  ['Ethernet 2', 'ethernet'],
  ['vEthernet (WSL)', 'ethernet'],
  ['Local Area Connection', 'ethernet'],
  ['Wi-Fi', 'wifi'],
  ['WLAN', 'wifi'],
  ['Bluetooth Network Connection', 'bluetooth'],
  ['Cellular', 'cellular'],
  ['Office VPN', 'tunnel'],
  ['Loopback Pseudo-Interface 1', 'loopback'],
  // says nothing
  ['uplink', 'unknown'],
  ['tunnel', 'unknown'],
])('%s is %s', (name, medium) => {
  expect(linkMedium({ name, loopback: false, wireless: false }, () => NOBODY)).toBe(medium);
});

test.each([
  [{ kind: 'wlan', hardware: 1 }, 'wifi'],
  [{ kind: 'wwan', hardware: 1 }, 'cellular'],
  [{ kind: 'bluetooth', hardware: 1 }, 'bluetooth'],
  [{ kind: 'bridge', hardware: 1 }, 'ethernet'],
  [{ kind: 'wireguard', hardware: 65534 }, 'tunnel'],
  [{ kind: '', hardware: 1 }, 'ethernet'],
  [{ kind: '', hardware: 519 }, 'cellular'],
  [{ kind: '', hardware: 65534 }, 'tunnel'],
  [{ kind: '', hardware: 4711 }, 'unknown'],
])('a name that says nothing, and %o: %s', (device, medium) => {
  expect(linkMedium({ name: 'uplink', loopback: false, wireless: false }, () => device)).toBe(medium);
});

test('who counts radio goes before the name, loopback before everything; the driver is not asked then', () => {
  const ask = (): never => {
    throw new Error('asked');
  };
  expect(linkMedium({ name: 'eth1', loopback: false, wireless: true }, ask)).toBe('wifi');
  expect(linkMedium({ name: 'wlan0', loopback: true, wireless: true }, ask)).toBe('loopback');
});
