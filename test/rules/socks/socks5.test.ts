import { describe, expect, it } from 'vitest';
import { ProxyFault } from '../../../src/rules/proxy/proxy-fault.ts';
import {
  readSocks5Acceptance,
  readSocks5Method,
  readSocks5Reply,
  type SocksReading,
  socks5Connect,
  socks5Credentials,
  socks5Greeting,
} from '../../../src/rules/socks/socks5.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const fault = (kind: string, why: unknown = expect.any(String)): unknown => expect.objectContaining({ kind, why });

/** Whatever way a message is cut, it is the same message; what follows is not looked at. */
function everyWay<T>(message: Buffer, read: (octets: Uint8Array) => SocksReading<T>): SocksReading<T> {
  for (let n = 0; n < message.length; n++) expect(read(message.subarray(0, n)), `after ${n}`).toBe('incomplete');
  const reading = read(message);
  expect(read(Buffer.concat([message, bytes('ff 00 05')]))).toEqual(reading);
  return reading;
}

describe('the greeting', () => {
  it('offers one method', () => {
    expect(socks5Greeting('none')).toEqual(bytes('05 01 00'));
    expect(socks5Greeting('credentials')).toEqual(bytes('05 01 02'));
  });

  it('is answered by the method', () => {
    expect(everyWay(bytes('05 00'), (octets) => readSocks5Method(octets, 'none'))).toEqual({ value: 'none', size: 2 });
    expect(everyWay(bytes('05 02'), (octets) => readSocks5Method(octets, 'credentials'))).toEqual({
      value: 'credentials',
      size: 2,
    });
  });

  it.each([
    ['05 ff', 'proxy-authentication'],
    ['05 02', 'network'],
    ['05 01', 'network'],
    ['04', 'network'],
    ['48 54', 'network'],
  ])('or by %s', (answer, kind) => {
    expect(readSocks5Method(bytes(answer), 'none')).toEqual(fault(kind));
  });
});

describe('user name and password', () => {
  it('are sent as UTF-8', () => {
    expect(socks5Credentials('pu', 'pp')).toEqual(bytes('01 02 7075 02 7070'));
    expect(socks5Credentials('ü', '€')).toEqual(bytes('01 02 c3bc 03 e282ac'));
    expect(socks5Credentials('u', '')).toEqual(bytes('01 01 75 00'));
  });

  it('have at most 255 octets each', () => {
    const most = 'x'.repeat(255);
    expect(socks5Credentials(most, most)).toHaveLength(513);
    for (const [user, password] of [
      [`${most}x`, 'p'],
      ['u', `${most}x`],
      ['u', 'ü'.repeat(128)],
      ['', 'p'],
    ] as const) {
      const refused = socks5Credentials(user, password);
      expect(refused).toEqual(fault('input'));
      expect((refused as ProxyFault).why).not.toMatch(/xx|üü/);
    }
  });

  it('are accepted or not', () => {
    expect(everyWay(bytes('01 00'), readSocks5Acceptance)).toEqual({ value: true, size: 2 });
    expect(readSocks5Acceptance(bytes('01 01'))).toEqual(fault('proxy-authentication'));
    expect(readSocks5Acceptance(bytes('05'))).toEqual(fault('network'));
  });
});

describe('the request', () => {
  it.each([
    ['site.test', 443, '05 01 00 03 09 736974652e74657374 01bb'],
    ['127.0.0.1', 8080, '05 01 00 01 7f000001 1f90'],
    ['2001:db8::1', 65_535, '05 01 00 04 20010db8000000000000000000000001 ffff'],
    ['::ffff:192.0.2.1', 1, '05 01 00 01 c0000201 0001'],
  ])('names %s:%i', (host, port, expected) => {
    expect(socks5Connect(host, port)).toEqual(bytes(expected));
  });

  it('refuses what has no place in it', () => {
    expect(socks5Connect('a'.repeat(255), 1)).toHaveLength(262);
    for (const host of ['a'.repeat(256), '', 'fe80::1%eth0']) expect(socks5Connect(host, 1)).toEqual(fault('input'));
  });
});

describe('the reply', () => {
  const read = (octets: Uint8Array): SocksReading<true> => readSocks5Reply(octets, 'site.test');

  it.each([
    ['05 00 00 01 7f000001 1f90', 10],
    ['05 00 00 04 00000000000000000000000000000000 0000', 22],
    ['05 00 00 03 04 61626364 0000', 11],
    ['05 00 00 03 00 0000', 7],
    [`05 00 00 03 ff ${'61'.repeat(255)} 0000`, 262],
  ])('%s opens the tunnel', (reply, size) => {
    expect(everyWay(bytes(reply), read)).toEqual({ value: true, size });
  });

  it('of an unknown kind of address is none', () => {
    expect(read(bytes('05 00 00 02 00'))).toEqual(fault('network'));
    expect(read(bytes('04'))).toEqual(fault('network'));
  });

  it.each([
    [1, 'site.test', 'not-found', 'Host site.test not found'],
    [1, '192.0.2.1', 'network', 'General SOCKSv5 server failure'],
    [2, 'site.test', 'not-found', 'Host site.test not found'],
    [2, '2001:db8::1', 'network', 'Connection not allowed by SOCKSv5 server'],
    [3, 'site.test', 'network', 'Network unreachable'],
    [4, 'site.test', 'not-found', 'Host site.test not found'],
    [5, 'site.test', 'refused', 'Connection refused'],
    [6, 'site.test', 'network', 'TTL expired'],
    [7, 'site.test', 'network', 'SOCKSv5 command not supported'],
    [8, 'site.test', 'network', 'Address type not supported'],
    [0xee, 'site.test', 'network', 'Unknown SOCKSv5 proxy error code 0xee'],
  ])('with code %i about %s', (code, host, kind, why) => {
    // also when the proxy closes after it
    expect(readSocks5Reply(Uint8Array.of(5, code), host)).toEqual(new ProxyFault(kind as ProxyFault['kind'], why));
  });
});
