import net from 'node:net';

/** What is not somewhere on the internet (RFC 6890): this machine, its neighbours, private networks, groups, and what nobody has. */
const NEAR: readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'][] = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 96, 'ipv6'],
  ['64:ff9b::', 96, 'ipv6'],
  ['64:ff9b:1::', 48, 'ipv6'],
  ['2002::', 16, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
];

let near: net.BlockList | null = null;

/** Whether an address, in the text that sockets use, is not somewhere on the internet; true for what is no address. */
export function isNear(address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  const family = net.isIP(bare);
  if (near === null) {
    near = new net.BlockList();
    for (const [network, prefix, kind] of NEAR) near.addSubnet(network, prefix, kind);
  }
  // IPv4 within IPv6 is looked at as what it is
  return family === 0 || near.check(bare, family === 6 ? 'ipv6' : 'ipv4');
}
