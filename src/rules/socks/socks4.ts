/** The messages of SOCKS 4 and of its extension 4a, by which the proxy resolves names. Neither has an RFC. */
import { addressOctets } from '../proxy/address-range.ts';
import { ProxyFault } from '../proxy/proxy-fault.ts';
import type { SocksReading } from './socks5.ts';

const VERSION = 4;
const CONNECT = 1;
/** Both texts end in NUL and have no bound by themselves; nobody takes longer ones. */
const MOST = 255;
const REPLY_OCTETS = 8;

/**
 * Asks for a connection. SOCKS 4 takes an IPv4 address only; with `names` (4a) also a name. The user is a claim, no proof: there is no
 * password.
 */
export function socks4Connect(host: string, port: number, user: string, names: boolean): Buffer | ProxyFault {
  const address = addressOf(host, names);
  if (address instanceof ProxyFault) return address;
  const identity = Buffer.from(user, 'utf8');
  if (identity.length > MOST || identity.includes(0))
    return new ProxyFault('input', `a user name for SOCKS 4 has at most ${MOST} octets, and no NUL`);
  const head = [VERSION, CONNECT, port >> 8, port & 255, ...address.octets];
  return Buffer.concat([Buffer.from(head), identity, Buffer.from(`\0${address.name}`, 'latin1')]);
}

/** The four octets of the target; a name with its NUL goes behind an address that cannot be (0.0.0.1). */
function addressOf(host: string, names: boolean): { octets: readonly number[]; name: string } | ProxyFault {
  const octets = addressOctets(host);
  if (octets === null) {
    if (!names) return new ProxyFault('input', `SOCKS 4 needs the IPv4 address of ${host}; SOCKS 4a takes the name`);
    if (host === '' || host.length > MOST || host.includes('\0'))
      return new ProxyFault('input', `a host name for SOCKS 4a has 1 to ${MOST} octets, not ${host.length}`);
    return { octets: [0, 0, 0, 1], name: `${host}\0` };
  }
  if (octets.length !== 4) return new ProxyFault('input', `SOCKS 4 knows no IPv6 addresses such as ${host}; SOCKS 5 does`);
  // 0.0.0.x announces a name, and the proxy would wait for it
  if (octets[0] === 0 && octets[1] === 0 && octets[2] === 0)
    return new ProxyFault('input', `the address ${host} cannot be reached over SOCKS 4`);
  return { octets, name: '' };
}

/** The tunnel stands, or why not. What follows `size` comes from the target. */
export function readSocks4Reply(octets: Uint8Array): SocksReading<true> {
  // the version of a reply is 0; some proxies repeat that of the request
  if (octets.length > 0 && octets[0] !== 0 && octets[0] !== VERSION)
    return new ProxyFault('network', 'the proxy does not speak SOCKS 4');
  if (octets.length < 2) return 'incomplete';
  switch (octets[1]) {
    case 90:
      return octets.length < REPLY_OCTETS ? 'incomplete' : { value: true, size: REPLY_OCTETS };
    case 91:
      return new ProxyFault('network', 'the SOCKS proxy rejected the connection, or it failed');
    case 92:
      return new ProxyFault('proxy-authentication', 'the SOCKS proxy cannot reach the identd of this machine');
    case 93:
      return new ProxyFault('proxy-authentication', 'the SOCKS proxy finds another user at the identd of this machine');
    default:
      return new ProxyFault('network', `the SOCKS proxy answers with the unknown code ${octets[1]}`);
  }
}
