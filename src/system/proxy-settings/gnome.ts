import type { ProxyScheme } from '../../contract/proxy.ts';
import { readBypassList } from '../../rules/proxy/bypass.ts';
import type { ProxyServer } from '../../rules/proxy/proxy-url.ts';
import { DIRECT, type ProxySettings, proxyAt } from './settings.ts';

const SCHEMA = 'org.gnome.system.proxy';

/**
 * Reads what `gsettings list-recursively org.gnome.system.proxy` prints: schema, key and value in each line. Other desktops that keep
 * GNOME's settings are read the same way. `http.enabled` and `use-same-proxy` are no longer used by anybody, so not here either.
 */
export function gnomeSettings(output: string): ProxySettings {
  const values = new Map<string, string>();
  for (const line of output.split('\n')) {
    const match = /^(\S+) (\S+) (.*?)\r?$/.exec(line);
    if (match !== null) values.set(`${match[1]} ${match[2]}`, match[3]!);
  }
  const text = (part: string, key: string): string => readStrings(values.get(`${SCHEMA}${part} ${key}`) ?? '')[0] ?? '';
  const mode = text('', 'mode');
  const script = text('', 'autoconfig-url');
  if (mode === 'auto') return { ...DIRECT, autoDetect: script === '', script };
  if (mode !== 'manual') return DIRECT;
  const server = (part: string, scheme: ProxyScheme, user = '', password = ''): ProxyServer | null =>
    proxyAt(scheme, text(part, 'host'), values.get(`${SCHEMA}${part} port`) ?? '', user, password);
  const identified = values.get(`${SCHEMA}.http use-authentication`) === 'true';
  const user = identified ? text('.http', 'authentication-user') : '';
  const password = identified ? text('.http', 'authentication-password') : '';
  return {
    ...DIRECT,
    proxies: {
      http: server('.http', 'http', user, password),
      https: server('.https', 'http'),
      ftp: server('.ftp', 'http'),
      socks: server('.socks', 'socks5h'),
    },
    bypass: readBypassList(readStrings(values.get(`${SCHEMA} ignore-hosts`) ?? '').join(',')),
  };
}

/** A string in single quotes, or in double ones when it has single ones inside. */
const STRING = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/gs;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))/gs;
const CONTROLS: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The strings of a value in GVariant's text form: one, or those of an array (`@as []` when empty). */
function readStrings(value: string): string[] {
  return [...value.matchAll(STRING)].map((match) =>
    (match[1] ?? match[2]!).replace(ESCAPE, (_, short?: string, long?: string, character?: string) => {
      if (character !== undefined) return CONTROLS[character] ?? character;
      const point = Number.parseInt(short ?? long!, 16);
      return point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point);
    }),
  );
}
