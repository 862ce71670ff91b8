import type { HeaderList } from '../../base/header-list.ts';
import { isToken } from '../../rules/field-syntax.ts';
import { lengthValue } from '../../rules/message-framing.ts';
import { gatherOrStream } from './gather.ts';
import { extract, type TypedBody } from './init-body.ts';
import { headerList } from './init-headers.ts';
import { fieldsOfRequest, isRequestLike, type RequestFields } from './request-like.ts';
import { isForbiddenMethod, normalMethod, word } from './words.ts';

/** What a fetch takes beside the members of the standard's RequestInit. */
export interface FetchInit extends RequestInit {
  /** Milliseconds for the whole exchange, from the call to the last byte of the body; 0, the default, is no limit. */
  readonly timeout?: number;
  /** Connections, cookies and stored answers are shared only within a partition; '' by default. */
  readonly partition?: string;
  readonly cache?: RequestCache;
  readonly priority?: 'high' | 'low' | 'auto';
}

type RequestCache = 'default' | 'no-store' | 'reload' | 'no-cache' | 'force-cache' | 'only-if-cached';

/** One call in the words of the standard: checked, and with everything filled in that was not said. */
export interface Plan {
  readonly method: string;
  /** As the URL standard writes it. */
  readonly href: string;
  readonly headers: HeaderList;
  readonly body: TypedBody | Promise<TypedBody> | null;
  readonly mode: string;
  readonly credentials: string;
  readonly cache: string;
  readonly redirect: string;
  readonly priority: string;
  /** '' for none. */
  readonly referrer: string;
  readonly referrerPolicy: string;
  readonly integrity: string;
  readonly signal: AbortSignal | null;
  /** The Request, kept until all is over: the platform's signal of a Request hears of nothing once the Request is collected. */
  readonly request: object | null;
  readonly timeout: number;
  readonly partition: string;
  /** Nothing but method, fields, body and signal was said. */
  readonly plain: boolean;
}

/** Members of an init that leave a plan plain. */
const PLAIN = new Set(['method', 'headers', 'body', 'signal', 'duplex', 'keepalive', 'dispatcher', 'agent']);

const NO_INIT: Readonly<Record<string, unknown>> = Object.freeze({});

/** Reads the arguments of a fetch. Throws a TypeError or a RangeError for what the standard, or the wire, does not allow. */
export function planOf(input: unknown, init: unknown, base: string): Plan {
  const given = initOf(init);
  if (!isRequestLike(input)) return compile(String(input), given, base, null);
  const request = fieldsOfRequest(input);
  return compile(request.url, overlaid(request.init, given), base, request);
}

function initOf(init: unknown): Readonly<Record<string, unknown>> {
  if (init === undefined || init === null) return NO_INIT;
  if (typeof init !== 'object' && typeof init !== 'function')
    throw new TypeError(`fetch: the second argument is an object of options; got ${typeof init}.`);
  return init as Record<string, unknown>;
}

/** What the init says goes before what the request says. */
function overlaid(request: Readonly<Record<string, unknown>>, init: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const both: Record<string, unknown> = { ...request };
  for (const name in init) if (init[name] !== undefined) both[name] = init[name];
  return both;
}

function compile(text: string, init: Readonly<Record<string, unknown>>, base: string, request: RequestFields | null): Plan {
  const href = hrefOf(text, base);
  if (init['window'] !== undefined && init['window'] !== null) throw new TypeError('fetch: window can only be null.');
  if (init['duplex'] !== undefined) word(init, 'duplex', 'half');
  const method = methodOf(init['method']);
  const headers = headerList(init['headers']);
  const body = bodyOf(init, method, request);
  if (headers.size > 0) mendFraming(headers, body);
  const plan = {
    ...{ method, href, headers, body, signal: signalOf(init['signal']), timeout: 0, partition: '' },
    request: request === null ? null : request.from,
    ...{ mode: 'cors', credentials: 'same-origin', cache: 'default', redirect: 'follow', priority: 'auto' },
    ...{ referrer: base, referrerPolicy: '', integrity: '', plain: true },
  };
  for (const name in init) {
    if (PLAIN.has(name)) continue;
    return special(plan, init, base);
  }
  return plan;
}

function special(plan: Plan, init: Readonly<Record<string, unknown>>, base: string): Plan {
  const mode = word(init, 'mode', 'cors');
  const cache = word(init, 'cache', 'default');
  if (cache === 'only-if-cached' && mode !== 'same-origin')
    throw new TypeError("fetch: cache 'only-if-cached' needs mode 'same-origin', as the standard has it.");
  if (mode === 'no-cors' && !['GET', 'HEAD', 'POST'].includes(plan.method))
    throw new TypeError(`fetch: mode 'no-cors' allows GET, HEAD and POST; got ${plan.method}.`);
  const { integrity, partition, referrer, timeout } = init;
  if (timeout !== undefined && !(Number.isSafeInteger(timeout) && (timeout as number) >= 0))
    throw new RangeError(`fetch: timeout expects milliseconds, a whole number from 0; got ${String(timeout)}.`);
  const said = {
    ...plan,
    mode,
    cache,
    credentials: word(init, 'credentials', 'same-origin'),
    redirect: word(init, 'redirect', 'follow'),
    priority: word(init, 'priority', 'auto'),
    referrer: referrerOf(referrer, base),
    referrerPolicy: word(init, 'referrerPolicy', ''),
    integrity: integrity === undefined ? '' : String(integrity),
    timeout: timeout === undefined ? 0 : (timeout as number),
    partition: partition === undefined ? '' : String(partition),
  };
  return { ...said, plain: PLAIN_MEMBERS.every((name) => said[name] === plan[name]) };
}

/** A Request says all of them, mostly what is the standard's default. */
const PLAIN_MEMBERS = [
  ...(['mode', 'cache', 'credentials', 'redirect', 'priority', 'referrer', 'referrerPolicy'] as const),
  ...(['integrity', 'timeout', 'partition'] as const),
];

function hrefOf(text: string, base: string): string {
  let url: URL;
  try {
    url = base === '' ? new URL(text) : new URL(text, base);
  } catch (cause) {
    throw new TypeError(`fetch: the URL cannot be read${base === '' ? '; it has to be absolute' : ''}.`, { cause });
  }
  if (url.username !== '' || url.password !== '')
    throw new TypeError(`fetch: a URL may not contain a user name or password (${url.host}); use an Authorization field.`);
  return url.href;
}

function methodOf(given: unknown): string {
  if (given === undefined) return 'GET';
  const method = String(given);
  if (!isToken(method)) throw new TypeError(`fetch: ${JSON.stringify(method)} is no method.`);
  if (isForbiddenMethod(method)) throw new TypeError(`fetch: the method ${method} is not for programs.`);
  return normalMethod(method);
}

function bodyOf(init: Readonly<Record<string, unknown>>, method: string, request: RequestFields | null): Plan['body'] {
  const { body } = init;
  if (body === undefined || body === null) return null;
  if (method === 'GET' || method === 'HEAD') throw new TypeError(`fetch: a request with the method ${method} has no body.`);
  if (request !== null && body === request.init['body'])
    return request.streams ? extract(body) : gatherOrStream(body as ReadableStream);
  const made = extract(body);
  if (made.streams && init['duplex'] === undefined)
    throw new TypeError("fetch: a body that is a stream needs the option duplex: 'half'.");
  return made;
}

/** How the body is framed is ours to say (RFC 9112 11.2); its type is said unless the caller did. */
function mendFraming(headers: HeaderList, body: Plan['body']): void {
  if (headers.has('Transfer-Encoding')) headers.remove('Transfer-Encoding');
  const announced = headers.get('Content-Length');
  if (announced === undefined) return;
  const known = body === null ? 0 : 'then' in body ? -2 : body.body.length;
  if (lengthValue(announced) !== known || headers.all('Content-Length').length > 1) headers.remove('Content-Length');
}

function signalOf(given: unknown): AbortSignal | null {
  if (given === undefined || given === null) return null;
  const signal = given as Partial<AbortSignal>;
  if (typeof given !== 'object' || typeof signal.aborted !== 'boolean' || typeof signal.addEventListener !== 'function')
    throw new TypeError('fetch: signal expects an AbortSignal.');
  return given as AbortSignal;
}

/** That of the page unless it is said, and for one that is not the page's; '' for none. */
function referrerOf(given: unknown, base: string): string {
  if (given === undefined) return base;
  const text = String(given);
  if (text === '' || text === 'about:client') return text === '' ? '' : base;
  const url = parsed(text, base);
  if (url === null) throw new TypeError(`fetch: the referrer is no URL: ${JSON.stringify(text)}.`);
  return base !== '' && url.origin !== new URL(base).origin ? base : url.href;
}

function parsed(text: string, base: string): URL | null {
  try {
    return base === '' ? new URL(text) : new URL(text, base);
  } catch {
    return null;
  }
}
