import { type Answer, ending, script as stepsOf } from '../../support/answer.ts';
import { type Asked, type Fault, httpProxy, socksProxy, type Wanted } from '../../support/proxy-server.ts';
import type { Route, SeenRequest } from '../../support/server.ts';
import { Guard } from './guard.ts';
import type { Listener, Neighbours, Verdicts } from './listener.ts';
import { routesOf } from './origin.ts';
import type { HttpProxyScript, OriginScript, ShownWay, SocksProxyScript } from './types.ts';

/** An HTTP proxy that asks who is there, refuses, opens tunnels, and answers requests in absolute form as their origin would. */
export async function listenAsHttpProxy(script: HttpProxyScript, around: Neighbours): Promise<Listener> {
  const requests: SeenRequest[] = [];
  const verdicts: Verdicts = new Map();
  const guard = script.auth === undefined ? null : new Guard(script.auth);
  const pages = new Pages(around, verdicts);
  const behind = (target: string): string => script.forward ?? nameOfPort(target, around);
  const server = await httpProxy({
    leads: ({ target }) => Number(around.fill(`\${${behind(target)}}`)),
    answer: (asked) => {
      const request = seen(asked);
      requests.push(request);
      const refusal = guard === null ? undefined : refusalBy(guard, request, script.authKeep ?? true, verdicts);
      if (refusal !== undefined) return refusal;
      if (asked.method !== 'CONNECT') return said(pages.answer(behind(asked.target), request), request);
      return script.connect === undefined ? undefined : refusedTunnel(script.connect);
    },
  });
  return {
    port: server.port,
    requests,
    get used(): number {
      return server.accepted;
    },
    verdicts,
    ways: [],
    secure: () => false,
    close: () => server.close(),
  };
}

/** A SOCKS 5 proxy that asks who is there, and refuses. */
export async function listenAsSocksProxy({ auth, refuseMethods, reply }: SocksProxyScript): Promise<Listener> {
  const refusal = (...octets: number[]): Fault => ({ write: Buffer.from(octets), end: 'close' });
  const server = await socksProxy({
    ...(auth === undefined ? {} : { users: { [auth.user]: auth.password } }),
    method: () => (refuseMethods === true ? refusal(5, 255) : undefined),
    reply: () => (reply === undefined ? undefined : refusal(5, reply, 0, 1, 127, 0, 0, 1, 0, 80)),
  });
  return {
    port: server.port,
    requests: [],
    // as the recordings count: a connection through it is one of the origin
    used: 0,
    verdicts: new Map(),
    get ways(): Omit<ShownWay, 'l'>[] {
      return server.requests.map((wanted) => way(wanted, auth));
    },
    secure: () => false,
    close: () => server.close(),
  };
}

/** What the origins behind a proxy would answer. */
class Pages {
  readonly #around: Neighbours;
  readonly #verdicts: Verdicts;
  readonly #routes = new Map<string, Record<string, Route>>();
  readonly #asked = new Map<Route, number>();

  constructor(around: Neighbours, verdicts: Verdicts) {
    this.#around = around;
    this.#verdicts = verdicts;
  }

  answer(origin: string, request: SeenRequest): Answer {
    const { scripts, fill } = this.#around;
    let routes = this.#routes.get(origin);
    if (routes === undefined) {
      routes = routesOf((scripts[origin] as OriginScript).routes ?? {}, fill, this.#verdicts);
      this.#routes.set(origin, routes);
    }
    const route = routes[new URL(request.target).pathname] ?? routes['*'] ?? { status: 404, body: 'no such route' };
    const nth = (this.#asked.get(route) ?? 0) + 1;
    this.#asked.set(route, nth);
    if (typeof route === 'function') return route(request, nth) as Answer;
    const list = [route].flat() as readonly Answer[];
    return list[Math.min(nth, list.length) - 1]!;
  }
}

/** The listener that a target means by its port. */
function nameOfPort(target: string, { scripts, fill }: Neighbours): string {
  const port = /:(\d+)(?:\/|$)/.exec(target)?.[1];
  const name = Object.keys(scripts).find((n) => fill(`\${${n}}`) === port);
  if (name === undefined) throw new Error(`The scenario has no listener for ${target}; name it with "forward".`);
  return name;
}

function seen(asked: Asked): SeenRequest {
  const { connection, method, target, version, headers, body } = asked;
  return {
    connection,
    stream: 0,
    line: `${method} ${target} ${version}`,
    method,
    target,
    version,
    headers,
    header: (name) => headers.find(([k]) => k.toLowerCase() === name.toLowerCase())?.[1],
    raw: body,
    body,
    chunked: false,
    short: false,
  };
}

function refusalBy(guard: Guard, request: SeenRequest, keep: boolean, verdicts: Verdicts): Fault | undefined {
  const { method, target } = request;
  const verdict = guard.judge({ method, target, credentials: request.header('proxy-authorization') });
  verdicts.set(request, verdict);
  if (verdict === 'valid') return undefined;
  const challenges = guard.challenges().map((c): [string, string] => ['Proxy-Authenticate', c]);
  const headers: [string, string][] = [...challenges, ['Content-Length', '9']];
  if (!keep) headers.push(['Connection', 'close']);
  return said({ status: 407, headers, body: 'need auth' }, request);
}

function refusedTunnel({ status, body, raw, end }: NonNullable<HttpProxyScript['connect']>): Fault {
  if (raw !== undefined) return end === undefined ? { write: raw } : { write: raw, end };
  return said({ status: status!, body: body ?? '' }, { method: 'CONNECT' });
}

/** An answer, whole and at once. */
function said(answer: Answer, { method }: Pick<SeenRequest, 'method'>): Fault {
  const write = Buffer.concat([...stepsOf(answer, method)].filter((step) => step instanceof Uint8Array));
  const end = ending(answer, false);
  return end === 'keep' ? { write } : { write, end };
}

/** A way as the recordings put it: only what it came to. */
function way(wanted: Wanted, auth: SocksProxyScript['auth']): Omit<ShownWay, 'l'> {
  const { methods, user, password, command: cmd, addressType: atyp, host, port } = wanted;
  return {
    methods: [...methods],
    ...(user === '' ? {} : { user, authOk: user === auth?.user && password === auth.password }),
    ...(host === '' ? {} : { cmd, atyp, host, port }),
  };
}
