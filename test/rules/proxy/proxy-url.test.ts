import { describe, expect, it } from 'vitest';
import { type ProxyServer, proxyText, readProxyUrl } from '../../../src/rules/proxy/proxy-url.ts';

const at = (scheme: ProxyServer['scheme'], host: string, port: number, user = '', password = ''): ProxyServer => ({
  scheme,
  host,
  port,
  user,
  password,
});

describe('a proxy URL', () => {
  const rows: readonly [text: string, proxy: ProxyServer][] = [
    ['http://p.test:3128', at('http', 'p.test', 3128)],
    ['http://p.test:3128/', at('http', 'p.test', 3128)],
    ['HTTP://P.Test', at('http', 'p.test', 8080)],
    ['https://p.test', at('https', 'p.test', 443)],
    ['socks4://p.test', at('socks4', 'p.test', 1080)],
    ['socks4a://p.test', at('socks4a', 'p.test', 1080)],
    ['socks5://p.test:9', at('socks5', 'p.test', 9)],
    ['socks5h://p.test', at('socks5h', 'p.test', 1080)],
    // without a scheme
    ['p.test:3128', at('http', 'p.test', 3128)],
    [' p.test ', at('http', 'p.test', 8080)],
    ['u:p@p.test:1', at('http', 'p.test', 1, 'u', 'p')],
    // addresses
    ['http://192.0.2.1:80', at('http', '192.0.2.1', 80)],
    ['socks5://[2001:DB8:0::1]:1080', at('socks5', '2001:db8::1', 1080)],
    ['[::1]:3128', at('http', '::1', 3128)],
    // user info
    ['http://u@p.test', at('http', 'p.test', 8080, 'u')],
    ['http://corp%5Cu:p%40s%3As%2F%23@p.test', at('http', 'p.test', 8080, 'corp\\u', 'p@s:s/#')],
    ['http://u:a:b@p.test', at('http', 'p.test', 8080, 'u', 'a:b')],
    ['http://%C3%BC:%E2%82%AC@p.test', at('http', 'p.test', 8080, 'ü', '€')],
    ['http://u:100%@p.test', at('http', 'p.test', 8080, 'u', '100%')],
    ['http://:p@p.test', at('http', 'p.test', 8080, '', 'p')],
  ];
  it.each(rows)('%s', (text, proxy) => {
    expect(readProxyUrl(text)).toEqual({ proxy, problem: '' });
  });

  it.each([
    ['', /empty/],
    ['  ', /empty/],
    ['ftp://p.test', /scheme ftp; known are http, https, socks4/],
    ['constructor://p.test', /scheme constructor/],
    ['http://', /no host/],
    ['http://:8080', /no host/],
    ['http://p.test:0', /port 0/],
    ['http://p.test:65536', /port/],
    ['http://p.test:x', /port/],
    ['http://p.test/secret', /more than/],
    ['http://p.test?secret', /more than/],
    ['http://u:1#secret@p.test', /%23/],
    ['http://u:se#cret@p.test', /port/],
    ['http://u:x@secret@p.test', /'@' not permitted/],
  ])('%s is none', (text, problem) => {
    const reading = readProxyUrl(text);
    expect(reading.proxy).toBeNull();
    expect(reading.problem).toMatch(problem);
    expect(reading.problem).not.toContain('secret');
  });

  it('is shown without user name and password', () => {
    expect(proxyText(at('socks5h', '2001:db8::1', 1080, 'u', 'p'))).toBe('socks5h://[2001:db8::1]:1080');
  });
});
