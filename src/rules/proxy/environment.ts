import type { Url } from '../../base/url.ts';
import { coveringRule, readBypassList } from './bypass.ts';
import { type ProxyServer, proxyText, readProxyUrl } from './proxy-url.ts';

/** The variables of a process; those that are not set are absent or undefined. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about one URL, and a sentence without secrets about the rule that decided. */
export interface EnvironmentAnswer {
  /** `silent`: no variable is about this URL; `unreadable`: one is, and names no proxy that can be used. */
  readonly kind: 'proxy' | 'bypassed' | 'silent' | 'unreadable';
  readonly proxy: ProxyServer | null;
  /** The variable that decided; '' when none did. */
  readonly variable: string;
  readonly because: string;
}

/** Schemes that have a variable of their own. */
const OWN = ['http', 'https', 'ftp'];

/**
 * The proxy that the environment names for a URL. Of each variable the lower-case spelling goes first, and an empty one is not set:
 *
 * 1. `http_proxy`, `https_proxy`, `ftp_proxy` by the scheme of the URL, else `all_proxy`;
 * 2. `no_proxy` takes back what it covers (its grammar is that of `bypass.ts`).
 *
 * `HTTP_PROXY` in capitals is passed over when `REQUEST_METHOD` is set: in a CGI program it holds the `Proxy` field of whoever asks
 * (CVE-2016-5385). `caseless` says that both spellings are one variable here (Windows): then neither is trusted.
 */
export function environmentProxy(url: Url, environment: Environment, caseless = false): EnvironmentAnswer {
  const inCgi = environment['REQUEST_METHOD'] !== undefined;
  const distrusted = (name: string): boolean => inCgi && (name === 'HTTP_PROXY' || (caseless && name === 'http_proxy'));
  const set = (name: string): boolean => (environment[name] ?? '').trim() !== '' && !distrusted(name);
  const names = [...(OWN.includes(url.scheme) ? spellings(`${url.scheme}_proxy`) : []), ...spellings('all_proxy')];
  const variable = names.find(set);
  if (variable === undefined) {
    const passed = names.find((name) => distrusted(name) && environment[name] !== undefined);
    const because =
      passed === undefined
        ? `none of ${names.join(', ')} is set`
        : `${passed} is ignored because REQUEST_METHOD is set (a CGI program); no other variable is set for ${url.scheme}`;
    return { kind: 'silent', proxy: null, variable: '', because };
  }
  const exception = spellings('no_proxy').find(set);
  const rule =
    exception === undefined ? null : coveringRule(readBypassList(environment[exception]!), url.host ?? '', url.effectivePort);
  if (rule !== null)
    return { kind: 'bypassed', proxy: null, variable: exception!, because: `${exception} has the entry ${rule.entry}` };
  const { proxy, problem } = readProxyUrl(environment[variable]!);
  if (proxy === null) return { kind: 'unreadable', proxy, variable, because: `${variable} cannot be used: it ${problem}` };
  return { kind: 'proxy', proxy, variable, because: `${variable} names ${proxyText(proxy)}` };
}

function spellings(name: string): string[] {
  return [name, name.toUpperCase()];
}
