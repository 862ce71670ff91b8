import { describe, expect, it } from 'vitest';
import { gnomeSettings } from '../../../src/system/proxy-settings/gnome.ts';
import { DIRECT } from '../../../src/system/proxy-settings/settings.ts';

/** As GLib 2.74 printed it. */
const MANUAL = String.raw`org.gnome.system.proxy autoconfig-url ''
org.gnome.system.proxy ignore-hosts ['localhost', '*.corp.test', '10.0.0.0/8', '::1', "o'x"]
org.gnome.system.proxy mode 'manual'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password "a\\b\"c'é\nx"
org.gnome.system.proxy.http authentication-user "o'neil"
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host 'proxy.corp.test'
org.gnome.system.proxy.http port 3128
org.gnome.system.proxy.http use-authentication true
org.gnome.system.proxy.https host ''
org.gnome.system.proxy.https port 0
org.gnome.system.proxy.socks host '2001:db8::5'
org.gnome.system.proxy.socks port 1080
`;

describe("GNOME's settings", () => {
  it('with proxies', () => {
    const settings = gnomeSettings(MANUAL);
    expect(settings.proxies).toEqual({
      http: { scheme: 'http', host: 'proxy.corp.test', port: 3128, user: "o'neil", password: 'a\\b"c\'é\nx' },
      https: null,
      ftp: null,
      socks: { scheme: 'socks5h', host: '2001:db8::5', port: 1080, user: '', password: '' },
    });
    expect(settings.bypass.rules.map(({ entry }) => entry)).toEqual(['localhost', '*.corp.test', '10.0.0.0/8', '::1']);
    expect(settings.bypass.unreadable).toEqual(["o'x"]);
    expect(settings).toMatchObject({ autoDetect: false, script: '', reversed: false });
  });

  it('use user name and password only when told', () => {
    const output = MANUAL.replace('use-authentication true', 'use-authentication false');
    expect(gnomeSettings(output).proxies.http).toMatchObject({ user: '', password: '' });
  });

  it('with a script', () => {
    const output = MANUAL.replace("mode 'manual'", "mode 'auto'");
    expect(gnomeSettings(output)).toEqual({ ...DIRECT, autoDetect: true });
    const url = 'http://wpad.corp.test/proxy.pac';
    expect(gnomeSettings(output.replace("autoconfig-url ''", `autoconfig-url '${url}'`))).toEqual({ ...DIRECT, script: url });
  });

  it.each([
    ['off', MANUAL.replace("mode 'manual'", "mode 'none'")],
    ['empty', ''],
    ['no such schema', 'No such schema “org.gnome.system.proxy”\n'],
  ])('%s', (_, output) => {
    expect(gnomeSettings(output)).toEqual(DIRECT);
  });

  it('read escapes and empty lists of GVariant', () => {
    const output = MANUAL.replace(/ignore-hosts .*/, 'ignore-hosts @as []').replace(
      /authentication-user .*/,
      String.raw`authentication-user 'a\u00fcb\U0001f600\x'`,
    );
    expect(gnomeSettings(output).bypass.rules).toEqual([]);
    expect(gnomeSettings(output).proxies.http?.user).toBe('aüb😀x');
  });
});
