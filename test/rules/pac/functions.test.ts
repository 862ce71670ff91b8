import { describe, expect, it } from 'vitest';
import type { PacValue } from '../../../src/rules/pac/calendar.ts';
import { PAC_FUNCTIONS, type PacWorld } from '../../../src/rules/pac/functions.ts';

const NAMES: Readonly<Record<string, readonly string[]>> = {
  'both.test': ['2001:db8::7', '192.0.2.7', '192.0.2.8'],
  'six.test': ['2001:db8::6'],
};

const WORLD: PacWorld = {
  now: () => Date.UTC(2026, 6, 15, 14, 30, 20),
  own: () => ['2001:db8::1', '10.1.2.3', '192.168.1.1'],
  addresses: (name) => NAMES[name] ?? [],
  alert: () => undefined,
};

function call(name: string, args: readonly PacValue[], world = WORLD): PacValue {
  return PAC_FUNCTIONS[name]!(world, args);
}

describe('functions of proxy scripts', () => {
  it.each<[name: string, args: PacValue[], result: PacValue]>([
    ['isPlainHostName', ['www'], true],
    ['isPlainHostName', ['www.example.test'], false],
    ['isPlainHostName', ['::1'], false],
    ['dnsDomainIs', ['www.example.test', '.example.test'], true],
    ['dnsDomainIs', ['www.example.test', '.other.test'], false],
    ['dnsDomainIs', ['test', '.example.test'], false],
    ['localHostOrDomainIs', ['www.example.test', 'www.example.test'], true],
    ['localHostOrDomainIs', ['www', 'www.example.test'], true],
    ['localHostOrDomainIs', ['ww', 'www.example.test'], false],
    ['localHostOrDomainIs', ['home.example.test', 'www.example.test'], false],
    ['dnsDomainLevels', ['www'], 0],
    ['dnsDomainLevels', ['www.example.test'], 2],
    ['shExpMatch', ['http://a.test/', '*.test/*'], true],
    ['shExpMatch', ['http://a.test/', '*a?test*'], true],
    ['shExpMatch', ['http://axtest/', 'http://a.test/'], false],
    ['shExpMatch', ['ab', 'a?b'], false],
    ['shExpMatch', ['a.b', 'a[.]b'], false],
    ['shExpMatch', ['', '*'], true],
    ['shExpMatch', ['a', ''], false],

    ['isResolvable', ['both.test'], true],
    ['isResolvable', ['six.test'], false],
    ['isResolvable', ['none.test'], false],
    ['isResolvable', ['192.0.2.1'], true],
    ['dnsResolve', ['both.test'], '192.0.2.7'],
    ['dnsResolve', ['six.test'], null],
    ['dnsResolve', ['192.0.2.1'], '192.0.2.1'],
    ['dnsResolve', [''], null],
    ['dnsResolve', [undefined], null],
    ['isInNet', ['192.0.2.99', '192.0.2.0', '255.255.255.0'], true],
    ['isInNet', ['192.0.3.99', '192.0.2.0', '255.255.255.0'], false],
    ['isInNet', ['both.test', '192.0.2.0', '255.255.255.0'], true],
    ['isInNet', ['none.test', '0.0.0.0', '0.0.0.0'], false],
    ['isInNet', ['10.9.8.7', '10.0.8.0', '255.0.255.0'], true],
    ['isInNet', ['10.9.9.7', '10.0.8.0', '255.0.255.0'], false],
    ['isInNet', ['10.9.8.7', '10.0.0.0', 'wrong'], false],
    ['isInNet', ['10.9.8.7', '10.0.0.0', '255.0.0.999'], false],
    ['convert_addr', ['104.16.41.2'], 1745889538],
    ['convert_addr', ['192.0.2.1'], -1073741311],
    ['convert_addr', ['wrong'], 0],
    ['myIpAddress', [], '10.1.2.3'],

    ['isResolvableEx', ['six.test'], true],
    ['isResolvableEx', ['none.test'], false],
    ['dnsResolveEx', ['both.test'], '2001:db8::7;192.0.2.7;192.0.2.8'],
    ['dnsResolveEx', ['none.test'], ''],
    ['isInNetEx', ['192.0.2.99', '192.0.2.0/24'], true],
    ['isInNetEx', ['2001:db8:1::1', '2001:db8::/32'], true],
    ['isInNetEx', ['2001:db9::1', '2001:db8::/32'], false],
    ['isInNetEx', ['192.0.2.99', '2001:db8::/32'], false],
    ['isInNetEx', ['both.test', '192.0.2.0/24'], false],
    ['isInNetEx', ['192.0.2.99', '192.0.2.0/33'], false],
    ['myIpAddressEx', [], '2001:db8::1;10.1.2.3;192.168.1.1'],
    ['sortIpAddressList', ['10.2.3.9;2001:db8::9;10.2.3.4;2001:db8::1'], '2001:db8::1;2001:db8::9;10.2.3.4;10.2.3.9'],
    ['sortIpAddressList', ['10.2.3.9;x'], false],
    ['sortIpAddressList', [''], false],
    ['getClientVersion', [], '1.0'],

    ['weekdayRange', ['WED', 'GMT'], true],
    ['dateRange', ['JUL', 'GMT'], true],
    ['timeRange', [14, 'GMT'], true],
  ])('%s%j', (name, args, result) => {
    expect(call(name, args)).toBe(result);
  });

  it('know this machine as 127.0.0.1 when it has no IPv4 address', () => {
    expect(call('myIpAddress', [], { ...WORLD, own: () => ['2001:db8::1'] })).toBe('127.0.0.1');
  });

  it('tell alerts', () => {
    const heard: string[] = [];
    call('alert', ['hello'], { ...WORLD, alert: (text) => void heard.push(text) as undefined });
    expect(heard).toEqual(['hello']);
  });

  it('match patterns with many stars in bounded time', () => {
    const start = performance.now();
    for (const pattern of [`${'*a'.repeat(2000)}b`, `*${'a'.repeat(2000)}b`])
      expect(call('shExpMatch', ['a'.repeat(4096), pattern])).toBe(false);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
