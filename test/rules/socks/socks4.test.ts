import { describe, expect, it } from 'vitest';
import { readSocks4Reply, socks4Connect } from '../../../src/rules/socks/socks4.ts';

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const fault = (kind: string): unknown => expect.objectContaining({ kind, why: expect.any(String) });

describe('the request', () => {
  it.each([
    ['192.0.2.1', 80, '', false, '04 01 0050 c0000201 00'],
    ['192.0.2.1', 443, 'ü', false, '04 01 01bb c0000201 c3bc 00'],
    ['192.0.2.1', 443, 'me', true, '04 01 01bb c0000201 6d65 00'],
    ['a.test', 443, 'me', true, '04 01 01bb 00000001 6d65 00 612e74657374 00'],
    ['a.test', 443, '', true, '04 01 01bb 00000001 00 612e74657374 00'],
  ])('for %s:%i of %j', (host, port, user, names, expected) => {
    expect(socks4Connect(host, port, user, names)).toEqual(bytes(expected));
  });

  it.each([
    ['a name, which 4 has no place for', 'a.test', 'me', false],
    ['an IPv6 address', '2001:db8::1', 'me', true],
    ['an address that announces a name', '0.0.0.7', 'me', true],
    ['a NUL in the user, which would end it', '192.0.2.1', 'm\0e', true],
    ['a NUL in the name', 'a\0b', 'me', true],
    ['no name', '', 'me', true],
    ['a long user', '192.0.2.1', 'x'.repeat(256), true],
    ['a long name', 'x'.repeat(256), 'me', true],
  ])('has no place for %s', (_, host, user, names) => {
    expect(socks4Connect(host, 1, user, names)).toEqual(fault('input'));
  });
});

describe('the reply', () => {
  it('opens the tunnel, whatever way it is cut', () => {
    const reply = bytes('00 5a 0050 c0000201');
    for (let n = 0; n < 8; n++) expect(readSocks4Reply(reply.subarray(0, n))).toBe('incomplete');
    expect(readSocks4Reply(reply)).toEqual({ value: true, size: 8 });
    expect(readSocks4Reply(Buffer.concat([reply, reply]))).toEqual({ value: true, size: 8 });
    expect(readSocks4Reply(bytes('04 5a 0000 00000000'))).toEqual({ value: true, size: 8 });
  });

  it.each([
    ['00 5b', 'network'],
    ['00 5c', 'proxy-authentication'],
    ['00 5d', 'proxy-authentication'],
    ['00 00', 'network'],
    ['05', 'network'],
    ['48', 'network'],
  ])('%s is a refusal', (reply, kind) => {
    expect(readSocks4Reply(bytes(reply))).toEqual(fault(kind));
  });
});
