import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { type Environment, environmentProxy } from '../../../src/rules/proxy/environment.ts';
import { proxyText } from '../../../src/rules/proxy/proxy-url.ts';

function asked(url: string, environment: Environment, caseless = false): string[] {
  const { kind, proxy, variable, because } = environmentProxy(Url.parse(url), environment, caseless);
  return [kind, proxy === null ? '' : proxyText(proxy), variable, because];
}

describe('the environment', () => {
  const rows: readonly [what: string, url: string, environment: Environment, expected: readonly string[]][] = [
    ['nothing set', 'http://a.test', {}, ['silent', '', '', 'none of http_proxy, HTTP_PROXY, all_proxy, ALL_PROXY is set']],
    ['its own variable', 'http://a.test', { http_proxy: 'p:1', all_proxy: 'q:2' }, ['proxy', 'http://p:1', 'http_proxy']],
    [
      'capitals',
      'https://a.test',
      { HTTPS_PROXY: 'p:1' },
      ['proxy', 'http://p:1', 'HTTPS_PROXY', 'HTTPS_PROXY names http://p:1'],
    ],
    ['lower case first', 'https://a.test', { HTTPS_PROXY: 'p:1', https_proxy: 'q:2' }, ['proxy', 'http://q:2', 'https_proxy']],
    ['empty is not set', 'https://a.test', { https_proxy: ' ', HTTPS_PROXY: 'p:1' }, ['proxy', 'http://p:1', 'HTTPS_PROXY']],
    ['not that of the other scheme', 'https://a.test', { http_proxy: 'p:1' }, ['silent', '', '']],
    ['all_proxy for the rest', 'https://a.test', { ALL_PROXY: 'socks5h://p' }, ['proxy', 'socks5h://p:1080', 'ALL_PROXY']],
    ['a scheme without its own', 'ws://a.test', { ws_proxy: 'p:1', all_proxy: 'q:2' }, ['proxy', 'http://q:2', 'all_proxy']],
    ['ftp', 'ftp://a.test', { ftp_proxy: 'p:1' }, ['proxy', 'http://p:1', 'ftp_proxy']],
    [
      'an exception',
      'http://x.a.test',
      { http_proxy: 'p:1', no_proxy: 'b.test,.a.test' },
      ['bypassed', '', 'no_proxy', 'no_proxy has the entry .a.test'],
    ],
    ['an exception in capitals', 'http://a.test', { http_proxy: 'p:1', NO_PROXY: '*' }, ['bypassed', '', 'NO_PROXY']],
    [
      'lower-case exceptions first',
      'http://a.test',
      { http_proxy: 'p:1', no_proxy: 'b', NO_PROXY: '*' },
      ['proxy', 'http://p:1'],
    ],
    ['the port of the scheme', 'https://a.test', { https_proxy: 'p:1', no_proxy: 'a.test:443' }, ['bypassed', '', 'no_proxy']],
    [
      'nonsense',
      'http://a.test',
      { http_proxy: 'gopher://u:secret@p', all_proxy: 'q:2' },
      [
        'unreadable',
        '',
        'http_proxy',
        expect.stringMatching(/^http_proxy cannot be used: it has the scheme gopher; (?!.*secret)/),
      ],
    ],
    // CVE-2016-5385
    [
      'CGI: capitals',
      'http://a.test',
      { HTTP_PROXY: 'evil:1', REQUEST_METHOD: 'GET' },
      ['silent', '', '', expect.stringContaining('HTTP_PROXY is ignored because REQUEST_METHOD is set')],
    ],
    ['CGI: even when empty', 'http://a.test', { HTTP_PROXY: 'evil:1', REQUEST_METHOD: '' }, ['silent']],
    [
      'CGI: lower case',
      'http://a.test',
      { HTTP_PROXY: 'evil:1', http_proxy: 'p:1', REQUEST_METHOD: 'GET' },
      ['proxy', 'http://p:1'],
    ],
    [
      'CGI: the rest',
      'http://a.test',
      { HTTP_PROXY: 'evil:1', ALL_PROXY: 'p:1', REQUEST_METHOD: 'GET' },
      ['proxy', 'http://p:1'],
    ],
    ['CGI: https', 'https://a.test', { HTTPS_PROXY: 'p:1', REQUEST_METHOD: 'GET' }, ['proxy', 'http://p:1']],
  ];
  it.each(rows)('%s', (_, url, environment, expected) => {
    expect(asked(url, environment).slice(0, expected.length)).toEqual(expected);
  });

  it('trusts neither spelling in a CGI program where both are one', () => {
    const environment = { HTTP_PROXY: 'evil:1', http_proxy: 'evil:1', REQUEST_METHOD: 'GET' };
    expect(asked('http://a.test', environment, true)[0]).toBe('silent');
    expect(asked('http://a.test', { http_proxy: 'p:1' }, true)[0]).toBe('proxy');
  });

  it('keeps user name and password out of its reason', () => {
    const { proxy, because } = environmentProxy(Url.parse('http://a.test'), { http_proxy: 'http://u:secret@p:1' });
    expect(proxy).toMatchObject({ user: 'u', password: 'secret' });
    expect(because).toBe('http_proxy names http://p:1');
  });
});
