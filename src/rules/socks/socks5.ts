/** The messages of SOCKS 5 (RFC 1928) and of its user names and passwords (RFC 1929). */
import { addressOctets } from '../proxy/address-range.ts';
import { ProxyFault } from '../proxy/proxy-fault.ts';

const VERSION = 5;
/** RFC 1929 2: the version of the sub-negotiation. */
const CREDENTIALS_VERSION = 1;
const CONNECT = 1;
const IPV4 = 1;
const NAME = 3;
const IPV6 = 4;
/** All lengths are one octet. */
const MOST = 255;

export type Socks5Method = 'none' | 'credentials';
const METHODS: Readonly<Record<Socks5Method, number>> = { none: 0, credentials: 2 };
const NO_METHOD = 0xff;

/** A message read from the start of what has come; `size` octets belong to it. */
export interface SocksMessage<T> {
  readonly value: T;
  readonly size: number;
}

/** What a reader says about octets that end too early, or are no such message. */
export type SocksReading<T> = SocksMessage<T> | 'incomplete' | ProxyFault;

/** RFC 1928 3: the one method there is to choose from, since credentials that are known are to be used (as in Qt). */
export function socks5Greeting(method: Socks5Method): Buffer {
  return Buffer.from([VERSION, 1, METHODS[method]]);
}

/** RFC 1928 3: whether the proxy takes the method. */
export function readSocks5Method(octets: Uint8Array, offered: Socks5Method): SocksReading<Socks5Method> {
  if (octets.length > 0 && octets[0] !== VERSION) return wrongVersion();
  if (octets.length < 2) return 'incomplete';
  if (octets[1] === NO_METHOD)
    return new ProxyFault('proxy-authentication', `the SOCKS proxy does not accept us ${HOW[offered]} (method refused)`);
  if (octets[1] !== METHODS[offered])
    return new ProxyFault('network', `the SOCKS proxy chose method ${octets[1]}, which was not offered`);
  return { value: offered, size: 2 };
}

const HOW: Readonly<Record<Socks5Method, string>> = {
  none: 'without user name and password',
  credentials: 'with user name and password',
};

/** RFC 1929 2, as UTF-8. An empty password is sent as such: proxies take it, although the RFC begins at one octet. */
export function socks5Credentials(user: string, password: string): Buffer | ProxyFault {
  const name = Buffer.from(user, 'utf8');
  const secret = Buffer.from(password, 'utf8');
  if (name.length === 0 || name.length > MOST)
    return new ProxyFault('input', `a user name for SOCKS 5 has 1 to ${MOST} octets, not ${name.length}`);
  if (secret.length > MOST)
    return new ProxyFault('input', `a password for SOCKS 5 has at most ${MOST} octets, not ${secret.length}`);
  return Buffer.concat([Buffer.from([CREDENTIALS_VERSION, name.length]), name, Buffer.from([secret.length]), secret]);
}

/** RFC 1929 2: whether the proxy accepts user name and password. */
export function readSocks5Acceptance(octets: Uint8Array): SocksReading<true> {
  if (octets.length > 0 && octets[0] !== CREDENTIALS_VERSION)
    return new ProxyFault('network', `the SOCKS proxy answers user name and password in version ${octets[0]}, not 1`);
  if (octets.length < 2) return 'incomplete';
  if (octets[1] !== 0) return new ProxyFault('proxy-authentication', 'the SOCKS proxy does not accept user name and password');
  return { value: true, size: 2 };
}

/** RFC 1928 4: asks for a connection. An address goes as octets, all else as a name that the proxy resolves. */
export function socks5Connect(host: string, port: number): Buffer | ProxyFault {
  const target = targetOf(host);
  if (target instanceof ProxyFault) return target;
  return Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), target, Buffer.from([port >> 8, port & 255])]);
}

function targetOf(host: string): Buffer | ProxyFault {
  if (host.includes('%')) return new ProxyFault('input', `the zone of ${host} means nothing to a proxy`);
  const octets = addressOctets(host);
  if (octets !== null) return Buffer.from([octets.length === 4 ? IPV4 : IPV6, ...octets]);
  const name = Buffer.from(host, 'latin1');
  if (name.length === 0 || name.length > MOST)
    return new ProxyFault('input', `a host name for SOCKS 5 has 1 to ${MOST} octets, not ${name.length}`);
  return Buffer.concat([Buffer.from([NAME, name.length]), name]);
}

/** RFC 1928 6: the tunnel stands, or why not. What follows `size` comes from the target. */
export function readSocks5Reply(octets: Uint8Array, host: string): SocksReading<true> {
  if (octets.length > 0 && octets[0] !== VERSION) return wrongVersion();
  if (octets.length < 2) return 'incomplete';
  // proxies that refuse do not always send the rest
  if (octets[1] !== 0) return refusal(octets[1]!, host);
  const size = replySize(octets);
  return typeof size === 'number' && octets.length >= size
    ? { value: true, size }
    : size instanceof ProxyFault
      ? size
      : 'incomplete';
}

/** With the address the proxy uses, which nobody needs. */
function replySize(octets: Uint8Array): number | 'incomplete' | ProxyFault {
  if (octets.length < 5) return 'incomplete';
  switch (octets[3]) {
    case IPV4:
      return 4 + 4 + 2;
    case IPV6:
      return 4 + 16 + 2;
    case NAME:
      return 4 + 1 + octets[4]! + 2;
    default:
      return new ProxyFault('network', `the SOCKS proxy names its address by the unknown type ${octets[3]}`);
  }
}

/** The words are Qt's where it has some. */
function refusal(code: number, host: string): ProxyFault {
  switch (code) {
    case 1:
    case 2:
      // most proxies say no more than this when a name does not resolve, so Qt takes it for that
      if (addressOctets(host) === null) return new ProxyFault('not-found', `Host ${host} not found`);
      return new ProxyFault(
        'network',
        code === 1 ? 'General SOCKSv5 server failure' : 'Connection not allowed by SOCKSv5 server',
      );
    case 3:
      return new ProxyFault('network', 'Network unreachable');
    case 4:
      return new ProxyFault('not-found', `Host ${host} not found`);
    case 5:
      return new ProxyFault('refused', 'Connection refused');
    case 6:
      return new ProxyFault('network', 'TTL expired');
    case 7:
      return new ProxyFault('network', 'SOCKSv5 command not supported');
    case 8:
      return new ProxyFault('network', 'Address type not supported');
    default:
      return new ProxyFault('network', `Unknown SOCKSv5 proxy error code 0x${code.toString(16)}`);
  }
}

function wrongVersion(): ProxyFault {
  return new ProxyFault('network', 'the proxy does not speak SOCKS 5');
}
