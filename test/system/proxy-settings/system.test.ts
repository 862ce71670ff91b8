import { describe, expect, it } from 'vitest';
import { Url } from '../../../src/base/url.ts';
import { proxyText } from '../../../src/rules/proxy/proxy-url.ts';
import { publicSuffixes } from '../../../src/stores/cookies/public-suffixes.ts';
import type { PacCall, PacOutcome } from '../../../src/system/pac/calls.ts';
import type { ProxyDecision } from '../../../src/system/proxy-settings/decision.ts';
import { waysOf } from '../../../src/system/proxy-settings/decision.ts';
import { DesktopProxies, type DesktopSeams } from '../../../src/system/proxy-settings/desktop-proxies.ts';
import type { SettingsMachine } from '../../../src/system/proxy-settings/machine.ts';
import { SystemProxies } from '../../../src/system/proxy-settings/system.ts';
import { ManualClock } from '../../support/clock.ts';

interface Place {
  readonly platform?: NodeJS.Platform;
  readonly env?: Readonly<Record<string, string>>;
  /** What programs write, by the command line. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** What is at a URL. */
  readonly web?: Readonly<Record<string, string>>;
  readonly autoDetect?: boolean;
}

/** A machine of tables, and what was asked of it. */
function machineOf({ platform = 'linux', env = {}, programs = {}, files = {}, web = {}, autoDetect = false }: Place) {
  const clock = new ManualClock();
  const asked: string[] = [];
  const machine: SettingsMachine = {
    platform,
    env,
    home: '/home/me',
    output: async (program, args) => {
      const line = [program, ...args].join(' ');
      asked.push(line);
      return programs[line] ?? '';
    },
    text: async (path) => {
      if (files[path] !== undefined) asked.push(path);
      return files[path] ?? '';
    },
  };
  const seams: DesktopSeams = {
    clock,
    machine,
    suffixes: publicSuffixes,
    lookup: async () => [],
    own: () => [],
    fetchScript: async (url) => {
      asked.push(url);
      if (web[url] === undefined) throw new Error('not found');
      return web[url];
    },
    // a script is its answer here
    runner: (script) => ({
      run: async (call: PacCall): Promise<PacOutcome> => {
        asked.push(`run for ${call.url}`);
        return { kind: 'answer', text: script, alerts: script.includes('alert') ? ['hello'] : [] };
      },
      close: () => asked.push('closed'),
    }),
  };
  const desktop = async (which: 'GNOME' | 'KDE' | 'macOS' | 'Windows') => new DesktopProxies(which, seams, autoDetect);
  return { clock, asked, system: new SystemProxies({ platform, env, desktop }), programs: programs as Record<string, string> };
}

async function ask(system: SystemProxies, url: string): Promise<{ ways: string[]; steps: readonly string[] }> {
  const { ways, steps, problem } = await system.decide(Url.parse(url));
  return { ways: problem === '' ? ways.map((way) => (way === null ? 'directly' : proxyText(way))) : [problem], steps };
}

const GSETTINGS = 'gsettings list-recursively org.gnome.system.proxy';
const gnome = (...lines: string[]): string => lines.map((line) => `org.gnome.system.proxy${line}\n`).join('');
const MANUAL = gnome(" mode 'manual'", ".http host 'gnome.test'", '.http port 3128', " ignore-hosts ['*.inside.test']");
const GNOME = { env: { XDG_CURRENT_DESKTOP: 'ubuntu:GNOME' }, programs: { [GSETTINGS]: MANUAL } };
const scripted = (url: string): Place => ({
  ...GNOME,
  programs: { [GSETTINGS]: gnome(" mode 'auto'", ` autoconfig-url '${url}'`) },
});
const SILENT = 'the environment: none of http_proxy, HTTP_PROXY, all_proxy, ALL_PROXY is set';

describe('the environment', () => {
  it('goes before the desktop and is answered at once', async () => {
    const { system, asked } = machineOf({ ...GNOME, env: { ...GNOME.env, http_proxy: 'http://u:secret@env.test:81' } });
    const decision = system.decide(Url.parse('http://a.test/')) as ProxyDecision;
    expect(decision.ways).toMatchObject([{ host: 'env.test', port: 81, user: 'u', password: 'secret' }]);
    expect(decision.steps).toEqual(['the environment: http_proxy names http://env.test:81']);
    expect(asked).toEqual([]);
  });

  it('takes back what no_proxy covers, without asking the desktop', async () => {
    const { system } = machineOf({ ...GNOME, env: { ...GNOME.env, http_proxy: 'env.test:81', no_proxy: '.a.test' } });
    expect(await ask(system, 'http://x.a.test/')).toEqual({
      ways: ['directly'],
      steps: ['the environment: no_proxy has the entry .a.test'],
    });
  });

  it('that names another scheme leaves it to the desktop', async () => {
    const { system } = machineOf({ ...GNOME, env: { ...GNOME.env, https_proxy: 'env.test:81' } });
    expect((await ask(system, 'http://a.test/')).ways).toEqual(['http://gnome.test:3128']);
  });

  it('that names no usable proxy is a problem and no way round', () => {
    const { system } = machineOf({ env: { http_proxy: 'http://u:secret@/' } });
    const decision = system.decide(Url.parse('http://a.test/')) as ProxyDecision;
    expect(() => waysOf(decision)).toThrow(/^the environment variable http_proxy cannot be used: it names no host$/);
  });

  it('without any desktop means directly, at once', () => {
    expect(machineOf({}).system.decide(Url.parse('http://a.test/'))).toEqual({
      ways: [null],
      steps: [SILENT, 'no settings of a desktop'],
      problem: '',
    });
  });
});

describe('the settings of', () => {
  it.each<[desktop: string, place: Place, way: string, because: string]>([
    ['GNOME', GNOME, 'http://gnome.test:3128', 'the settings of GNOME: the proxy for http is http://gnome.test:3128'],
    [
      'Cinnamon',
      { ...GNOME, env: { XDG_CURRENT_DESKTOP: 'X-Cinnamon' } },
      'http://gnome.test:3128',
      'the settings of GNOME: the proxy for http is http://gnome.test:3128',
    ],
    [
      'KDE, those of the user before those of the system',
      {
        env: { XDG_CURRENT_DESKTOP: 'KDE' },
        files: {
          '/etc/xdg/kioslaverc': '[Proxy Settings]\nProxyType=1\nhttpProxy=http://all.test 1',
          '/home/me/.config/kioslaverc': '[Proxy Settings]\nhttpProxy=http://kde.test 8080\n',
        },
      },
      'http://kde.test:8080',
      'the settings of KDE: the proxy for http is http://kde.test:8080',
    ],
    [
      'KDE elsewhere',
      {
        env: { XDG_CURRENT_DESKTOP: 'KDE', XDG_CONFIG_HOME: '/conf', XDG_CONFIG_DIRS: '/one:relative:/two' },
        files: {
          '/one/kioslaverc': '[Proxy Settings]\nhttpProxy=http://one.test 1',
          '/two/kioslaverc': '[Proxy Settings]\nProxyType=1\nhttpProxy=http://two.test 2',
        },
      },
      'http://one.test:1',
      'the settings of KDE: the proxy for http is http://one.test:1',
    ],
    [
      'macOS',
      {
        platform: 'darwin',
        programs: {
          '/usr/sbin/scutil --proxy': '<dictionary> {\n  HTTPEnable : 1\n  HTTPProxy : mac.test\n  HTTPPort : 8080\n}\n',
        },
      },
      'http://mac.test:8080',
      'the settings of macOS: the proxy for http is http://mac.test:8080',
    ],
    [
      'Windows',
      {
        platform: 'win32',
        env: { SystemRoot: 'D:\\Win' },
        programs: {
          'D:\\Win\\System32\\reg.exe query HKCU\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings /s':
            'HKEY_CURRENT_USER\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\r\n    ProxyEnable    REG_DWORD    0x1\r\n    ProxyServer    REG_SZ    win.test:8080\r\n',
        },
      },
      'http://win.test:8080',
      'the settings of Windows: the proxy for http is http://win.test:8080',
    ],
    ['GNOME without its program', { ...GNOME, programs: {} }, 'directly', 'the settings of GNOME: no proxy is set for http'],
  ])('%s', async (_, place, way, because) => {
    const { ways, steps } = await ask(machineOf(place).system, 'http://a.test/');
    expect(ways).toEqual([way]);
    expect(steps.at(-1)).toBe(because);
  });

  it('a desktop are read once for all who ask, and again after thirty seconds', async () => {
    const { system, asked, clock } = machineOf(GNOME);
    await Promise.all(['http://a.test/', 'http://b.inside.test/', 'https://c.test/'].map((url) => ask(system, url)));
    expect(system.decide(Url.parse('http://b.inside.test/'))).toMatchObject({
      ways: [null],
      steps: [SILENT, 'the settings of GNOME: the list of exceptions has the entry *.inside.test'],
    });
    clock.advance(29_999);
    await ask(system, 'http://a.test/');
    expect(asked).toEqual([GSETTINGS]);
    clock.advance(1);
    await ask(system, 'http://a.test/');
    expect(asked).toEqual([GSETTINGS, GSETTINGS]);
  });
});

describe('a script in the settings', () => {
  const url = 'http://u:pw@conf.test/proxy.pac?key=secret';

  it('is fetched once, asked, and shown without secrets', async () => {
    const { system, asked, clock } = machineOf({ ...scripted(url), web: { [url]: 'PROXY a:1; DIRECT' } });
    const { ways, steps } = await ask(system, 'http://x.test/path');
    expect(ways).toEqual(['http://a:1', 'directly']);
    expect(steps).toEqual([
      SILENT,
      'the settings of GNOME name the proxy script http://conf.test/proxy.pac?…',
      'the script http://conf.test/proxy.pac?… returned: PROXY a:1; DIRECT',
    ]);
    await ask(system, 'http://y.test/');
    expect(asked).toEqual([GSETTINGS, url, 'run for http://x.test/', 'run for http://y.test/']);
    // the answer is old after a minute, the script after ten
    clock.advance(60_000);
    await ask(system, 'http://x.test/');
    clock.advance(540_000);
    await ask(system, 'http://x.test/');
    expect(asked.filter((what) => what === url)).toHaveLength(2);
    // it is the same one
    expect(asked).not.toContain('closed');
  });

  it('tells its alerts', async () => {
    const text = 'PROXY alert:1; PROXY u:pw@b:2';
    const { system } = machineOf({ ...scripted('file:///p.pac'), web: { 'file:///p.pac': text } });
    expect((await ask(system, 'http://x.test/')).steps.slice(-2)).toEqual([
      'the script file:///p.pac says: hello',
      'the script file:///p.pac returned: PROXY alert:1; PROXY …@b:2',
    ]);
  });

  it('that is not there is a problem, tried again after ten seconds, and no way round', async () => {
    const web: Record<string, string> = {};
    const { system, asked, clock } = machineOf({ ...scripted(url), web });
    const problem = 'the proxy script cannot be fetched: http://conf.test/proxy.pac?… (not found)';
    expect((await ask(system, 'http://x.test/')).ways).toEqual([problem]);
    expect((await ask(system, 'http://y.test/')).ways).toEqual([problem]);
    expect(asked).toEqual([GSETTINGS, url]);
    web[url] = 'DIRECT';
    clock.advance(10_000);
    expect((await ask(system, 'http://x.test/')).ways).toEqual(['directly']);
  });

  it('goes on when it cannot be fetched again, and is exchanged when it is another', async () => {
    const web: Record<string, string> = { [url]: 'PROXY a:1' };
    const { system, asked, clock } = machineOf({ ...scripted(url), web });
    await ask(system, 'http://x.test/');
    delete web[url];
    clock.advance(600_000);
    expect((await ask(system, 'http://x.test/')).ways).toEqual(['http://a:1']);
    web[url] = 'PROXY b:1';
    clock.advance(10_000);
    expect((await ask(system, 'http://x.test/')).ways).toEqual(['http://b:1']);
    expect(asked.filter((what) => what === 'closed')).toHaveLength(1);
  });

  it('that takes another place is fetched from there', async () => {
    const { system, asked, clock, programs } = machineOf({
      ...scripted('http://a.test/'),
      web: { 'http://a.test/': 'DIRECT', 'http://b.test/': 'PROXY b:1' },
    });
    await ask(system, 'http://x.test/');
    programs[GSETTINGS] = scripted('http://b.test/').programs![GSETTINGS]!;
    clock.advance(30_000);
    expect((await ask(system, 'http://x.test/')).ways).toEqual(['http://b:1']);
    expect(asked).toContain('closed');
  });
});

describe('automatic detection', () => {
  const wished = { ...GNOME, programs: { [GSETTINGS]: gnome(" mode 'auto'", " autoconfig-url ''") } };
  const files = { '/etc/resolv.conf': 'nameserver 192.0.2.53\ndomain old.test\nsearch b.corp.test corp.test\n' };
  const place = 'http://wpad.corp.test/wpad.dat';

  it('is off: the network is not asked', async () => {
    const { system, asked } = machineOf({ ...wished, files, web: { [place]: 'PROXY a:1' } });
    expect(await ask(system, 'http://x.test/')).toEqual({
      ways: ['directly'],
      steps: [
        SILENT,
        'the settings of GNOME ask for automatic detection (WPAD), which is off',
        'the settings of GNOME: no proxy is set for http',
      ],
    });
    expect(asked).toEqual([GSETTINGS]);
  });

  it('asks the domains of this machine when it was switched on', async () => {
    const { system, asked } = machineOf({ ...wished, files, web: { [place]: 'PROXY a:1' }, autoDetect: true });
    expect((await ask(system, 'http://x.test/')).ways).toEqual(['http://a:1']);
    expect(asked.indexOf('http://wpad.b.corp.test/wpad.dat')).toBeLessThan(asked.indexOf(place));
    expect(asked).not.toContain('http://wpad.old.test/wpad.dat');
  });

  it('that finds nothing leaves it to the rest', async () => {
    const { system } = machineOf({ ...wished, files, autoDetect: true });
    const { ways, steps } = await ask(system, 'http://x.test/');
    expect(ways).toEqual(['directly']);
    expect(steps.join()).toMatch(/the proxy script cannot be fetched: .*http:\/\/wpad.corp.test\/wpad.dat \(not found\)/);
  });
});
