import type { ProxyScheme } from '../../contract/proxy.ts';
import { readBypassList } from '../../rules/proxy/bypass.ts';
import type { Environment } from '../../rules/proxy/environment.ts';
import { type ProxyServer, readProxyUrl } from '../../rules/proxy/proxy-url.ts';
import { DIRECT, type ProxySettings } from './settings.ts';

/** The values of `ProxyType`. */
const MANUAL = '1';
const SCRIPT = '2';
const AUTO_DETECT = '3';
const ENVIRONMENT = '4';

/** Reads KDE's `kioslaverc`. Of type 4 it names variables instead of proxies, which are then looked up in the environment. */
export function kdeSettings(file: string, environment: Environment): ProxySettings {
  const values = groupOf(file, 'Proxy Settings');
  const type = values.get('ProxyType') ?? '0';
  if (type === SCRIPT) return { ...DIRECT, script: values.get('Proxy Config Script') ?? '' };
  if (type === AUTO_DETECT) return { ...DIRECT, autoDetect: true };
  if (type !== MANUAL && type !== ENVIRONMENT) return DIRECT;
  const value = (key: string): string => {
    const found = values.get(key) ?? '';
    return type === ENVIRONMENT ? (environment[found] ?? '') : found;
  };
  return {
    ...DIRECT,
    proxies: {
      http: serverIn(value('httpProxy'), 'http'),
      https: serverIn(value('httpsProxy'), 'http'),
      ftp: serverIn(value('ftpProxy'), 'http'),
      socks: serverIn(value('socksProxy'), 'socks5h'),
    },
    bypass: readBypassList(value('NoProxyFor')),
    reversed: type === MANUAL && values.get('ReversedException') === 'true',
  };
}

/** `http://host port` as the dialog writes it, or a URL as older ones did and variables do. `socks:` means the scheme we take for it. */
function serverIn(text: string, scheme: ProxyScheme): ProxyServer | null {
  const url = text.trim().replace(/^socks:\/\//i, `${scheme}://`);
  const apart = /^(\S+?)\/?\s+(\d{1,5})$/.exec(url);
  // port 0 stands for none
  if (apart !== null && Number(apart[2]) === 0) return null;
  const whole = apart === null ? url : `${apart[1]}:${apart[2]}`;
  return readProxyUrl(whole.includes('://') ? whole : `${scheme}://${whole}`).proxy;
}

/** The entries of one group. A group may come several times; later entries go before. */
function groupOf(file: string, name: string): Map<string, string> {
  const values = new Map<string, string>();
  let inside = false;
  for (const line of file.split(/\r?\n/)) {
    // `[$i]` and the like say how an entry may be changed or expanded, and are no part of its name
    const group = /^\s*\[([^\]]*)\](?:\[\$\w+\])*\s*$/.exec(line);
    if (group !== null) inside = group[1] === name;
    const equals = line.indexOf('=');
    if (!inside || group !== null || equals < 1 || line.startsWith('#')) continue;
    const key = line.slice(0, equals).trim();
    values.set(key.replace(/(?:\[\$\w+\])+$/, ''), unescaped(line.slice(equals + 1).trim()));
  }
  return values;
}

const CONTROLS: Readonly<Record<string, string>> = { s: ' ', t: '\t', n: '\n', r: '\r' };

function unescaped(value: string): string {
  return value.replace(/\\(?:x([0-9a-f]{2})|(.))/gi, (_, hex?: string, character?: string) =>
    hex === undefined ? (CONTROLS[character!] ?? character!) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
