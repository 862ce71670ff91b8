import { isNodesNameCheck } from '../../engine/assembly.ts';
import { isFieldValue, isToken } from '../../rules/field-syntax.ts';
import type { DispatchOptions } from '../dispatcher/request.ts';

/** What node:http's request takes, as far as it is read here. */
export interface HttpOptions {
  readonly protocol?: string | null | undefined;
  readonly hostname?: string | null | undefined;
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
  readonly defaultPort?: number | string | undefined;
  readonly path?: string | null | undefined;
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, unknown>> | readonly string[] | undefined;
  /** `user:password`. */
  readonly auth?: string | null | undefined;
  /** Milliseconds of silence after which `timeout` is emitted. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly servername?: string | undefined;
}

/** What would go another way, or trust somebody else, than the caller has said. */
const REFUSED = ['socketPath', 'localAddress', 'createConnection', 'lookup', 'ca', 'cert', 'key', 'pfx'];

/** A URL, or options, or both: as node:http reads them. Throws a TypeError for options that only the manager can have. */
export function mergedOptions(input: string | URL | HttpOptions, options: HttpOptions | undefined): HttpOptions {
  const base = typeof input === 'string' ? fromUrl(new URL(input)) : isUrl(input) ? fromUrl(input) : input;
  const merged = { ...base, ...options };
  const given = merged as Record<string, unknown>;
  for (const name of REFUSED) {
    if (given[name] !== undefined && given[name] !== null)
      throw new TypeError(`request: the option ${name} does not pass through; set what it is for on the QNetworkAccessManager.`);
  }
  // got gives Node's own, which asks for no more than is looked at anyway
  const check = given['checkServerIdentity'] ?? null;
  if (check !== null && !isNodesNameCheck(check))
    throw new TypeError('request: the option checkServerIdentity does not pass through; pin keys on the QNetworkAccessManager.');
  if (given['rejectUnauthorized'] === false)
    throw new TypeError(
      'request: rejectUnauthorized: false does not pass through; say whom to trust on the QNetworkAccessManager.',
    );
  return merged;
}

function isUrl(x: object): x is URL {
  return typeof (x as URL).href === 'string' && typeof (x as URL).searchParams === 'object';
}

function fromUrl(url: URL): HttpOptions {
  const { protocol, hostname, port, pathname, search, username, password } = url;
  const auth = username === '' && password === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { protocol, hostname: hostname.replace(/^\[(.*)\]$/, '$1'), port, path: pathname + search, auth };
}

/** Header fields that are ours to say, or are said otherwise. */
const LEFT_OUT: ReadonlySet<string> = new Set(['transfer-encoding', 'keep-alive', 'expect', 'proxy-connection']);

/** The request of a client in the words of the dispatcher. `fields` are those that it has in the end. */
export function dispatchOptions(
  options: HttpOptions,
  fields: ReadonlyMap<string, readonly [string, unknown]>,
): Omit<DispatchOptions, 'body'> {
  const headers = new Map<string, unknown>();
  for (const [key, [name, value]] of fields) {
    // RFC 6265 5.4: one Cookie field
    if (!LEFT_OUT.has(key)) headers.set(name, key === 'cookie' && Array.isArray(value) ? value.join('; ') : value);
  }
  const expect = fields.get('expect')?.[1];
  return {
    origin: originOf(options),
    path: options.path || '/',
    method: methodOf(options),
    headers,
    expectContinue: typeof expect === 'string' && expect.toLowerCase() === '100-continue',
    servername: options.servername,
  };
}

export function methodOf({ method }: HttpOptions): string {
  return (method || 'GET').toUpperCase();
}

/** Methods whose requests have no body unless they say so. */
const BARE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Whether a request whose head goes out before anything is written has no body. */
export function goesBare(method: string, fields: ReadonlyMap<string, unknown>): boolean {
  return BARE.has(method) && !fields.has('content-length') && !fields.has('transfer-encoding');
}

/** Throws what node:http does for a method, path or scheme that cannot be sent. */
export function checkLine(options: HttpOptions): void {
  const { path, protocol } = options;
  const method = methodOf(options);
  if (!isToken(method)) throw misuse('ERR_INVALID_HTTP_TOKEN', `Method must be a valid HTTP token [${JSON.stringify(method)}]`);
  if (path && /[^\u0021-\u00ff]/.test(path))
    throw misuse('ERR_UNESCAPED_CHARACTERS', 'Request path contains unescaped characters');
  if (protocol && protocol !== 'http:' && protocol !== 'https:')
    throw misuse('ERR_INVALID_PROTOCOL', `Protocol "${protocol}" not supported. Expected "http:" or "https:"`);
}

/** The same for a header field; never with its value, which may be a secret. */
export function checkField(name: string, value: unknown): void {
  if (typeof name !== 'string' || !isToken(name))
    throw misuse('ERR_INVALID_HTTP_TOKEN', `Header name must be a valid HTTP token [${JSON.stringify(name)}]`);
  for (const one of Array.isArray(value) ? value : [value])
    if (!isFieldValue(String(one)))
      throw misuse('ERR_INVALID_CHAR', `Invalid character in header content [${JSON.stringify(name)}]`);
}

function misuse(code: string, message: string): TypeError {
  return Object.assign(new TypeError(message), { code });
}

function originOf({ protocol, hostname, host, port, defaultPort }: HttpOptions): string {
  const scheme = protocol || 'http:';
  const name = hostname || host || 'localhost';
  const at = port || defaultPort;
  return `${scheme}//${name.includes(':') ? `[${name}]` : name}${at ? `:${at}` : ''}`;
}
