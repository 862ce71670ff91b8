import { describe, expect, it } from 'vitest';
import { readPacResult } from '../../../src/rules/proxy/pac-result.ts';
import { proxyText } from '../../../src/rules/proxy/proxy-url.ts';

function read(text: string): { ways: string[]; unreadable: readonly string[] } {
  const { ways, unreadable } = readPacResult(text);
  return { ways: ways.map((way) => (way === null ? 'directly' : proxyText(way))), unreadable };
}

describe('the answer of a proxy script', () => {
  it.each<[text: string, ...ways: string[]]>([
    ['DIRECT', 'directly'],
    [' direct ', 'directly'],
    ['', 'directly'],
    [' ; ;', 'directly'],
    ['PROXY a.test:3128', 'http://a.test:3128'],
    ['proxy a.test:3128', 'http://a.test:3128'],
    ['HTTP a.test', 'http://a.test:80'],
    ['HTTPS a.test', 'https://a.test:443'],
    ['SOCKS a.test', 'socks4://a.test:1080'],
    ['SOCKS4 a.test:9', 'socks4://a.test:9'],
    ['SOCKS5\ta.test:9', 'socks5h://a.test:9'],
    ['PROXY [2001:db8::1]:8080', 'http://[2001:db8::1]:8080'],
    ['PROXY [2001:db8::1]', 'http://[2001:db8::1]:80'],
    ['PROXY 2001:db8::1', 'http://[2001:db8::1]:80'],
    ['PROXY a:1; SOCKS5 b:2 ;HTTPS c:3;; DIRECT', 'http://a:1', 'socks5h://b:2', 'https://c:3', 'directly'],
  ])('%j', (text, ...ways) => {
    expect(read(text)).toEqual({ ways, unreadable: [] });
  });

  it.each([
    'PROXY',
    'QUIC a:1',
    'a:1',
    'PROXY a:0',
    'PROXY a:70000',
    'PROXY a:b',
    'PROXY u:p@a:1',
    'PROXY http://a:1',
    'PROXY a:1 b:2',
    'DIRECT x',
    'constructor a:1',
  ])('passes over %j', (entry) => {
    expect(read(entry)).toEqual({ ways: [], unreadable: [entry] });
    expect(read(`${entry}; DIRECT`)).toEqual({ ways: ['directly'], unreadable: [entry] });
  });

  it('is read up to 32 entries', () => {
    expect(read('PROXY a:1;'.repeat(1000)).ways).toHaveLength(32);
  });
});
