import type { ProxyScheme } from '../../contract/proxy.ts';
import { readBypassList } from '../../rules/proxy/bypass.ts';
import type { ProxyServer } from '../../rules/proxy/proxy-url.ts';
import { DIRECT, type ProxySettings, proxyAt } from './settings.ts';

/** Reads what `scutil --proxy` prints. Settings for single interfaces (`__SCOPED__`) are those of others, and passed over. */
export function macosSettings(output: string): ProxySettings {
  const { values, exceptions } = topLevel(output);
  const on = (key: string): boolean => values.get(key) === '1';
  const server = (use: string, scheme: ProxyScheme): ProxyServer | null =>
    on(`${use}Enable`) ? proxyAt(scheme, values.get(`${use}Proxy`) ?? '', values.get(`${use}Port`) ?? '') : null;
  if (on('ExcludeSimpleHostnames')) exceptions.push('<local>');
  return {
    ...DIRECT,
    autoDetect: on('ProxyAutoDiscoveryEnable'),
    script: on('ProxyAutoConfigEnable') ? (values.get('ProxyAutoConfigURLString') ?? '') : '',
    proxies: {
      http: server('HTTP', 'http'),
      https: server('HTTPS', 'http'),
      ftp: server('FTP', 'http'),
      socks: server('SOCKS', 'socks5h'),
    },
    bypass: readBypassList(exceptions.join(',')),
  };
}

/** What stands in the outermost dictionary, and in its list of exceptions. */
function topLevel(output: string): { values: Map<string, string>; exceptions: string[] } {
  const values = new Map<string, string>();
  const exceptions: string[] = [];
  const open: string[] = [];
  for (const line of output.split(/\r?\n/)) {
    const container = /^\s*(?:(.*?) : )?<(?:dictionary|array)> \{$/.exec(line);
    const entry = /^\s*(.*?) : (.*)$/.exec(line);
    if (container !== null) open.push(container[1] ?? '');
    else if (line.trim() === '}') open.pop();
    else if (entry !== null && open.length === 1) values.set(entry[1]!, entry[2]!);
    else if (entry !== null && open.length === 2 && open[1] === 'ExceptionsList') exceptions.push(entry[2]!);
  }
  return { values, exceptions };
}
