import { isDeepStrictEqual } from 'node:util';
import type { Scenario, ShownReply, ShownRequest, SignalEvent, Trace } from './types.ts';

/** Two views of the same part of two traces; equal where the part agrees. */
export interface Difference {
  readonly part: string;
  readonly golden: unknown;
  readonly actual: unknown;
}

// Headers a library chooses for itself. Where they are compared, any value stands for the one Qt sends on its own.
const OWN: Readonly<Record<string, string>> = {
  'user-agent': 'Mozilla/5.0',
  'accept-encoding': 'zstd, br, gzip, deflate',
  'accept-language': 'en-US,*',
};

/** Everything in which the trace differs from what was recorded, or from what is to be done instead. */
export function differences(scenario: Scenario, golden: Trace, actual: Trace): Difference[] {
  const found: Difference[] = [];
  for (const part of scenario.compare) {
    const want = view(golden, part);
    const got = part.startsWith('wire') ? withOwnValues(want, view(actual, part)) : view(actual, part);
    if (!isDeepStrictEqual(want, got)) found.push({ part, golden: want, actual: got });
  }
  for (const [path, operator, value] of scenario.expect ?? []) {
    const got = at(actual, path);
    if (!holds(got, operator, value))
      found.push({ part: `expect ${path}`, golden: `${operator} ${JSON.stringify(value)}`, actual: got });
  }
  return found;
}

type Flags = { readonly has: (flag: string) => boolean; readonly drops: (who: string, what: string) => boolean };

/** What a part (`name:flag:-dropped`) says about a trace. */
function view(trace: Trace, part: string): unknown {
  const [name = '', ...list] = part.split(':');
  const has = (flag: string): boolean => list.includes(flag);
  const drops = (who: string, what: string): boolean => has(`-${what}`) || has(`-${who}.${what}`);
  const replies = (f: (r: ShownReply) => unknown): unknown =>
    Object.fromEntries(Object.entries(trace.replies).map(([id, r]) => [id, r['deleted'] === true ? 'deleted' : f(r)]));
  switch (name) {
    case 'events':
      return trace.events.filter((e) => !ASIDE.has(e[0]) && !drops(e[0], e[1]));
    case 'cacheOps':
      return trace.events.filter(([who, call]) => who === 'cache' && call !== 'metaData');
    case 'proxyQueries':
      return trace.events.filter(([who]) => who === 'proxyFactory');
    case 'signals':
      return byObject(trace.events.filter((e) => !ASIDE.has(e[0]) && !drops(e[0], e[1])));
    case 'error':
    case 'attributes':
    case 'known':
    case 'body':
    case 'url':
    case 'operation':
    case 'tls':
      return replies((r) => r[name]);
    case 'errorString':
      return replies(textFitsError);
    case 'headers':
      return replies((r) => withoutAge(r).map(([k, v]) => [k.toLowerCase(), v]));
    case 'headersExact':
      return replies((r) => r['headers']);
    case 'state':
      return replies((r) => ({ now: r['state'], end: r['endState'] }));
    case 'values':
      return trace.values;
    case 'wire':
      return wire(trace.server.requests, { has, drops });
    case 'wireOrder': {
      const order = trace.server.requests.map((r) => `${r.l} ${r.method} ${r.target}`);
      return has('uniq') ? order.filter((x, i) => x !== order[i - 1]) : order;
    }
    case 'connections':
      return trace.server.connections;
    case 'socks':
      return trace.server.socks ?? [];
    default:
      throw new Error(`no such part of a trace: ${part}`);
  }
}

/** Calls that are no signals; parts of their own. */
const ASIDE: ReadonlySet<string> = new Set(['cache', 'proxyFactory']);

/** RFC 9111 5.1: a stored answer tells its age, and Qt does not. */
function withoutAge(r: ShownReply): [string, string][] {
  const headers = r['headers'] as [string, string][];
  const stored = 'SourceIsFromCacheAttribute' in (r['attributes'] as object);
  return stored ? headers.filter(([name]) => name !== 'Age') : headers;
}

function byObject(events: readonly SignalEvent[]): Record<string, unknown[]> {
  const out: Record<string, unknown[]> = {};
  for (const [who, ...rest] of events) {
    out[who] ??= [];
    out[who].push(rest);
  }
  return out;
}

/** The wording is free: there must be a text exactly when there is an error ("Unknown error" is what Qt says without one). */
function textFitsError(r: ShownReply): unknown {
  const failed = (r['error'] as [number, string])[0] !== 0;
  const text = r['errorString'] as string;
  return failed === (text !== '') || (!failed && text === 'Unknown error') ? 'fits' : text;
}

const byText = (a: readonly [string, ...unknown[]], b: readonly [string, ...unknown[]]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

function wire(requests: readonly ShownRequest[], { has, drops }: Flags): unknown {
  let list = requests.map((r) => {
    const { conn, ...rest } = r;
    const wanted = r.headers.filter(([k]) => !drops(r.method, k.toLowerCase()));
    const headers = has('exact')
      ? wanted
      : wanted
          .filter(([k]) => has('allheaders') || !(k.toLowerCase() in OWN))
          .map(([k, v]): [string, string] => [k.toLowerCase(), v])
          .sort(byText);
    return has('noconn') || has('anyorder') ? { ...rest, headers } : { ...rest, conn, headers };
  });
  const what = (r: { l: string; method: string; target: string }): string => `${r.l} ${r.method} ${r.target}`;
  if (has('uniq')) list = list.filter((r, i) => i === 0 || what(r) !== what(list[i - 1] as ShownRequest));
  if (has('anyorder'))
    list = list
      .map((r): [string, typeof r] => [`${r.l} ${r.target} ${r.method}`, r])
      .sort(byText)
      .map(([, r]) => r);
  return list;
}

/** Where Qt sent a value of its own, only presence and place count. */
function withOwnValues(golden: unknown, actual: unknown): unknown {
  if (!Array.isArray(golden) || !Array.isArray(actual)) return actual;
  return actual.map((r: ShownRequest | string, i) => {
    if (typeof r === 'string') return r;
    const recorded = (golden[i] as ShownRequest | undefined)?.headers;
    const headers = r.headers.map(([k, v], j) => {
      const [name, value] = recorded?.[j] ?? [];
      const own = name?.toLowerCase() === k.toLowerCase() && OWN[k.toLowerCase()] === value;
      return own ? [k, value] : [k, v];
    });
    return { ...r, headers };
  });
}

const NOTHING = Symbol('nothing there');

function at(trace: Trace, path: string): unknown {
  let value: unknown = trace;
  for (const key of path.split('/')) {
    if (value === null || typeof value !== 'object' || !(key in value)) return NOTHING;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function holds(got: unknown, operator: string, want: unknown): boolean {
  const includes = (): boolean =>
    Array.isArray(got) &&
    got.some((x: unknown) => (Array.isArray(x) ? String(x[0]).toLowerCase() === String(want).toLowerCase() : x === want));
  switch (operator) {
    case '=':
      return isDeepStrictEqual(got, want);
    case '!=':
      return got !== NOTHING && !isDeepStrictEqual(got, want);
    case 'has':
      return includes();
    case 'lacks':
      return got !== NOTHING && !includes();
    case 'size':
      return Array.isArray(got) && got.length === want;
    case '~':
      return got !== NOTHING && JSON.stringify(got).includes(String(want));
    default:
      throw new Error(`no such operator: ${operator}`);
  }
}
