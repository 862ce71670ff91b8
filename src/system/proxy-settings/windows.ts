import type { ProxyScheme } from '../../contract/proxy.ts';
import { readBypassList } from '../../rules/proxy/bypass.ts';
import { type ProxyServer, readProxyUrl } from '../../rules/proxy/proxy-url.ts';
import { DIRECT, NO_PROXIES, type ProxiesByUse, type ProxySettings, type ProxyUse } from './settings.ts';

const KEY = '\\software\\microsoft\\windows\\currentversion\\internet settings';
/** Of the flags in `DefaultConnectionSettings`, which the dialog keeps besides. */
const AUTO_DETECT = 0x08;

/**
 * Reads what `reg query "HKCU\Software\Microsoft\Windows\CurrentVersion\Internet Settings"` prints, also with `/s`, which shows
 * automatic detection on more systems.
 */
export function windowsSettings(output: string): ProxySettings {
  const values = valuesIn(output);
  const detects = isOn(values.get('autodetect')) || (flagsIn(values.get('defaultconnectionsettings') ?? '') & AUTO_DETECT) !== 0;
  const settings = { ...DIRECT, autoDetect: detects, script: values.get('autoconfigurl') ?? '' };
  if (!isOn(values.get('proxyenable'))) return settings;
  // `<-loopback>` sends loopback through the proxy, which we do not keep from it
  const exceptions = (values.get('proxyoverride') ?? '').replace(/<-loopback>/gi, '');
  return { ...settings, proxies: serversIn(values.get('proxyserver') ?? ''), bypass: readBypassList(exceptions) };
}

/** The values of the key itself and of its `Connections`, names in lower case. */
function valuesIn(output: string): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of output.split(/\r?\n/)) {
    const key = line.trim().toLowerCase();
    if (/^hkey_/.test(key)) inside = key.endsWith(KEY) || key.endsWith(`${KEY}\\connections`);
    const value = /^ {4}(.+?) {4}REG_[A-Z_]+(?: {4}(.*))?$/.exec(line);
    if (inside && value !== null) values.set(value[1]!.toLowerCase(), (value[2] ?? '').trim());
  }
  return values;
}

/** A REG_DWORD, printed as `0x1`. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && Number(value) !== 0;
}

/** The low octet of the third number: the first two are version and count of changes. */
function flagsIn(binary: string): number {
  return Number.parseInt(binary.slice(16, 18), 16) || 0;
}

/** The names of `http=a:80;socks=b:1080`. WinINet speaks SOCKS 4 and resolves names itself. */
const USES: Readonly<Record<string, ProxyScheme>> = { http: 'http', https: 'http', ftp: 'http', socks: 'socks4' };

/** One proxy for all, or one for each use. A proxy without a port is at port 80 here. */
function serversIn(text: string): ProxiesByUse {
  const proxies: Record<ProxyUse, ProxyServer | null> = { ...NO_PROXIES };
  for (const item of text.split(/[;\s]+/)) {
    const assigned = /^(\w+)=(.*)$/.exec(item);
    if (assigned === null) {
      const proxy = serverIn(item, 'http');
      for (const use of ['http', 'https', 'ftp'] as const) proxies[use] ??= proxy;
    } else {
      const use = assigned[1]!.toLowerCase();
      if (Object.hasOwn(USES, use)) proxies[use as ProxyUse] = serverIn(assigned[2]!, USES[use]!);
    }
  }
  return proxies;
}

function serverIn(text: string, scheme: ProxyScheme): ProxyServer | null {
  if (text === '') return null;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `${scheme}://${text}`;
  const bare = url.startsWith('http://') && !/:\d+\/?$/.test(url);
  return readProxyUrl(bare ? `${url.replace(/\/$/, '')}:80` : url).proxy;
}
