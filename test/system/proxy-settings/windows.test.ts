import { describe, expect, it } from 'vitest';
import { proxyText } from '../../../src/rules/proxy/proxy-url.ts';
import { DIRECT, type ProxySettings } from '../../../src/system/proxy-settings/settings.ts';
import { windowsSettings } from '../../../src/system/proxy-settings/windows.ts';

const KEY = String.raw`HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Internet Settings`;
const OUTPUT = String.raw`
${KEY}
    CertificateRevocation    REG_DWORD    0x1
    User Agent    REG_SZ    Mozilla/4.0 (compatible; MSIE 8.0; Win32)
    SecureProtocols    REG_DWORD    0xa80
    ProxyEnable    REG_DWORD    0x1
    ProxyServer    REG_SZ    proxy.corp.test:8080
    ProxyOverride    REG_SZ    *.local;192.168.*;<local>;<-loopback>
    AutoConfigURL    REG_SZ    http://wpad.corp.test/proxy.pac
    EmptyOne    REG_SZ    

${KEY}\5.0
    ProxyServer    REG_SZ    other.test:1

${KEY}\Connections
    DefaultConnectionSettings    REG_BINARY    4600000005000000090000000000000000000000

`.replaceAll('\n', '\r\n');

const shown = ({ proxies }: ProxySettings): string[] =>
  [proxies.http, proxies.https, proxies.ftp, proxies.socks].map((proxy) => (proxy === null ? '' : proxyText(proxy)));

describe('the settings of Windows', () => {
  it('with all there is', () => {
    const settings = windowsSettings(OUTPUT);
    const all = 'http://proxy.corp.test:8080';
    expect(shown(settings)).toEqual([all, all, all, '']);
    expect(settings.bypass.rules.map(({ entry }) => entry)).toEqual(['*.local', '192.168.*', '<local>']);
    expect(settings.bypass.unreadable).toEqual([]);
    expect(settings).toMatchObject({ autoDetect: true, script: 'http://wpad.corp.test/proxy.pac', reversed: false });
  });

  it('with detection switched off, or on by its own value', () => {
    const off = OUTPUT.replace('460000000500000009', '460000000500000001');
    expect(windowsSettings(off).autoDetect).toBe(false);
    expect(windowsSettings(off.replace('EmptyOne    REG_SZ    ', 'AutoDetect    REG_DWORD    0x1')).autoDetect).toBe(true);
  });

  it('with proxies that are switched off', () => {
    const settings = windowsSettings(OUTPUT.replace('ProxyEnable    REG_DWORD    0x1', 'ProxyEnable    REG_DWORD    0x0'));
    expect(shown(settings)).toEqual(['', '', '', '']);
    expect(settings.bypass.rules).toEqual([]);
    expect(settings.script).toBe('http://wpad.corp.test/proxy.pac');
  });

  it.each([
    [
      'http=a.test:1;https=b.test:2;ftp=c.test:3;socks=d.test:4',
      'http://a.test:1',
      'http://b.test:2',
      'http://c.test:3',
      'socks4://d.test:4',
    ],
    ['https=b.test:2', '', 'http://b.test:2', '', ''],
    ['HTTP=a.test:1 socks=socks5://d.test', 'http://a.test:1', '', '', 'socks5://d.test:1080'],
    ['http=a.test:1;b.test:2', 'http://a.test:1', 'http://b.test:2', 'http://b.test:2', ''],
    ['a.test', 'http://a.test:80', 'http://a.test:80', 'http://a.test:80', ''],
    ['http://a.test:1/', 'http://a.test:1', 'http://a.test:1', 'http://a.test:1', ''],
    ['constructor=a.test:1', '', '', '', ''],
    ['', '', '', '', ''],
  ])('with %s', (server, ...expected) => {
    expect(shown(windowsSettings(OUTPUT.replace('proxy.corp.test:8080', server)))).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['another key', OUTPUT.replaceAll('Internet Settings', 'Something Else')],
    ['an error', 'ERROR: The system was unable to find the specified registry key or value.\r\n'],
  ])('%s', (_, output) => {
    expect(windowsSettings(output)).toEqual(DIRECT);
  });
});
