import { describe, expect, it } from 'vitest';
import { kdeSettings } from '../../../src/system/proxy-settings/kde.ts';
import { DIRECT } from '../../../src/system/proxy-settings/settings.ts';

const FILE = `PersistentProxyConnection=false
ProxyType=2

[$Version]
update_info=kioslave.upd:kde2.2/r1,kioslave.upd:kde2.2/r2

[Proxy Settings]
# a comment=1
NoProxyFor=localhost,.corp.test,10.0.0.0/8
Proxy Config Script=http://wpad.corp.test/proxy.pac
ProxyType=1
ReversedException=false
ftpProxy=
httpProxy=http://proxy.corp.test 3128
httpsProxy[$e]=http://proxy.corp.test:3129
socksProxy=socks://127.0.0.1 1080

[Other]
httpProxy=http://other.test 1
`;
const type = (n: number): string => FILE.replace('ProxyType=1', `ProxyType=${n}`);

describe("KDE's settings", () => {
  it('with proxies', () => {
    const settings = kdeSettings(FILE, {});
    expect(settings.proxies).toEqual({
      http: { scheme: 'http', host: 'proxy.corp.test', port: 3128, user: '', password: '' },
      https: { scheme: 'http', host: 'proxy.corp.test', port: 3129, user: '', password: '' },
      ftp: null,
      socks: { scheme: 'socks5h', host: '127.0.0.1', port: 1080, user: '', password: '' },
    });
    expect(settings.bypass.rules.map(({ entry }) => entry)).toEqual(['localhost', '.corp.test', '10.0.0.0/8']);
    expect(settings).toMatchObject({ autoDetect: false, script: '', reversed: false });
  });

  it('with a list of those that use the proxy', () => {
    expect(kdeSettings(FILE.replace('Exception=false', 'Exception=true'), {}).reversed).toBe(true);
  });

  it('with variables', () => {
    const file = type(4)
      .replace(/httpProxy=.*/, 'httpProxy=HTTP_PROXY')
      .replace(/httpsProxy.*/, 'httpsProxy=MISSING')
      .replace(/NoProxyFor=.*/, 'NoProxyFor=NO_PROXY')
      .replace(/socksProxy=.*/, 'socksProxy=');
    const settings = kdeSettings(file, { HTTP_PROXY: 'http://u:p@p.test:81', NO_PROXY: 'a.test' });
    expect(settings.proxies).toMatchObject({ http: { host: 'p.test', port: 81, user: 'u' }, https: null, socks: null });
    expect(settings.bypass.rules.map(({ entry }) => entry)).toEqual(['a.test']);
  });

  it.each([
    ['with a script', type(2), { ...DIRECT, script: 'http://wpad.corp.test/proxy.pac' }],
    ['with a script to be found', type(3), { ...DIRECT, autoDetect: true }],
    ['off', type(0), DIRECT],
    ['unknown', type(9), DIRECT],
    ['empty', '', DIRECT],
  ])('%s', (_, file, expected) => {
    expect(kdeSettings(file, {})).toEqual(expected);
  });

  it.each([
    ['http://p.test 0', null],
    ['http://p.test/ 81', 81],
    ['p.test 81', 81],
    ['p.test:81', 81],
    [String.raw`http://p.test\s81`, 81],
    [String.raw`http:\x2f/p.test 81`, 81],
    ['nonsense://p.test 81', null],
  ])('with %s', (value, port) => {
    const { http } = kdeSettings(
      FILE.replace(/httpProxy=.*/, () => `httpProxy=${value}`),
      {},
    ).proxies;
    expect(http?.port ?? null).toBe(port);
    if (http !== null) expect(http.host).toBe('p.test');
  });

  it('go on in later groups of the name, with line ends of Windows too', () => {
    const file = `${FILE}[Proxy Settings][$i]\nProxyType[$i]=3\n`.replaceAll('\n', '\r\n');
    expect(kdeSettings(file, {}).autoDetect).toBe(true);
  });
});
