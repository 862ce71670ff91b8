import { describe, expect, it } from 'vitest';
import { macosSettings } from '../../../src/system/proxy-settings/macos.ts';
import { DIRECT } from '../../../src/system/proxy-settings/settings.ts';

const OUTPUT = `<dictionary> {
  ExceptionsList : <array> {
    0 : *.local
    1 : 169.254/16
    2 : fd00::/8
  }
  ExcludeSimpleHostnames : 1
  FTPPassive : 1
  HTTPEnable : 1
  HTTPPort : 3128
  HTTPProxy : proxy.corp.test
  HTTPSEnable : 0
  HTTPSPort : 3129
  HTTPSProxy : proxy.corp.test
  ProxyAutoConfigEnable : 1
  ProxyAutoConfigURLString : http://wpad.corp.test/p.pac?a : b
  ProxyAutoDiscoveryEnable : 1
  SOCKSEnable : 1
  SOCKSPort : 1080
  SOCKSProxy : 2001:db8::5
  __SCOPED__ : <dictionary> {
    en0 : <dictionary> {
      ExceptionsList : <array> {
        0 : scoped.test
      }
      HTTPEnable : 0
      HTTPProxy : other.test
    }
  }
}
`;

describe('the settings of macOS', () => {
  it('with all there is, and not those of one interface', () => {
    const settings = macosSettings(OUTPUT);
    expect(settings.proxies).toEqual({
      http: { scheme: 'http', host: 'proxy.corp.test', port: 3128, user: '', password: '' },
      https: null,
      ftp: null,
      socks: { scheme: 'socks5h', host: '2001:db8::5', port: 1080, user: '', password: '' },
    });
    expect(settings.bypass.rules.map(({ entry }) => entry)).toEqual(['*.local', '169.254/16', 'fd00::/8', '<local>']);
    expect(settings).toMatchObject({ autoDetect: true, script: 'http://wpad.corp.test/p.pac?a : b', reversed: false });
  });

  it('with a script that is switched off', () => {
    expect(macosSettings(OUTPUT.replace('ConfigEnable : 1', 'ConfigEnable : 0')).script).toBe('');
  });

  it.each([
    ['none', '<dictionary> {\n  FTPPassive : 1\n}\n'],
    ['empty', '<dictionary> {\n}\n'],
    ['nothing', ''],
    ['half a setting', '<dictionary> {\n  HTTPEnable : 1\n  HTTPProxy : p.test\n}\n'],
  ])('%s', (_, output) => {
    expect(macosSettings(output)).toEqual(DIRECT);
  });
});
