import { HeaderList } from '../../base/header-list.ts';
import { Url } from '../../base/url.ts';
import type { Ask } from '../../contract/ask.ts';
import { isToken } from '../../rules/field-syntax.ts';
import { bodyOf } from './body.ts';
import { invalidArgument, notSupported } from './errors.ts';
import { type FieldsLike, type RequestFields, requestFields } from './request-fields.ts';
import type { Settings } from './settings.ts';

/** What is dispatched, as undici has it. Beside these there may be what is the business of whoever wraps a dispatcher. */
export interface DispatchOptions {
  readonly origin?: string | URL | undefined;
  /** With the query; begins with a slash. */
  readonly path: string;
  readonly method: string;
  /** Text, bytes, a stream, an iterable of pieces, a Blob or a FormData. */
  readonly body?: unknown;
  readonly headers?: FieldsLike | object;
  /** Added to a path that has no query. */
  readonly query?: Readonly<Record<string, unknown>> | null | undefined;
  /** A method that is not may be sent again all the same, when its connection is lost. */
  readonly idempotent?: boolean | undefined;
  readonly upgrade?: boolean | string | null | undefined;
  readonly headersTimeout?: number | null | undefined;
  readonly bodyTimeout?: number | null | undefined;
  /** The connection is closed behind the answer. */
  readonly reset?: boolean | undefined;
  /** The body waits for 100 (Continue), a second at most. */
  readonly expectContinue?: boolean | undefined;
  /** Name that TLS verifies, instead of the URL's. */
  readonly servername?: string | null | undefined;
  readonly allowH2?: boolean | undefined;
  readonly maxRedirections?: number | null | undefined;
}

const NO_DEFAULTS = new HeaderList();

/** A dispatched request in the words of the engine. Throws undici's errors for what cannot be sent. */
export function askOf(options: DispatchOptions, settings: Settings): Ask {
  if (typeof options !== 'object' || options === null) throw invalidArgument('opts must be an object.');
  const { method, upgrade } = options;
  if (typeof method !== 'string') throw invalidArgument('method must be a string');
  if (!isToken(method)) throw invalidArgument('invalid request method');
  if (method === 'CONNECT' || upgrade)
    throw notSupported('this dispatcher opens no tunnels and upgrades no connections: use a dispatcher of undici for those');
  if (options.maxRedirections)
    throw invalidArgument(
      'maxRedirections is not supported, use the redirect interceptor: dispatcher.compose(interceptors.redirect())',
    );
  const url = urlOf(options);
  const fields = requestFields(options.headers as FieldsLike);
  if (closes(options, fields)) fields.list.append('Connection', 'close');
  const body = bodyOf(options.body, method, fields);
  const wishes = settings.for({ ...options, servername: servernameOf(options, fields, url) });
  return { method, url, headers: fields.list, defaults: NO_DEFAULTS, body, wishes };
}

function closes({ reset }: DispatchOptions, fields: RequestFields): boolean {
  if (reset !== undefined && reset !== null && typeof reset !== 'boolean') throw invalidArgument('invalid reset');
  return reset ?? fields.close;
}

/** As undici has it a Host field also says whose certificate is expected. */
function servernameOf({ servername }: DispatchOptions, { list }: RequestFields, url: Url): string {
  if (servername) return servername;
  const host = url.scheme === 'https' && list.size > 0 ? list.get('host') : undefined;
  if (host === undefined) return '';
  const name = Url.parse(`https://${host}/`).host ?? '';
  return name === url.host ? '' : name;
}

/** What undici takes for a path. */
const BEYOND_PATH = /[^\u0021-\u00ff]/;

function urlOf({ origin, path, query }: DispatchOptions): Url {
  if (typeof path !== 'string') throw invalidArgument('path must be a string');
  if (!path.startsWith('/')) throw invalidArgument('path must start with a slash; the rest of the URL is the origin');
  if (BEYOND_PATH.test(path)) throw invalidArgument('invalid request path');
  const url = Url.parse(originOf(origin) + withQuery(path, query));
  if (!url.valid) throw invalidArgument(`invalid request URL: ${url.error}`);
  return url;
}

/** Most requests go where the one before went. */
let knownOrigin: { readonly given: string; readonly origin: string } | null = null;

function originOf(given: string | URL | undefined): string {
  if (!given || (typeof given !== 'string' && typeof given.origin !== 'string'))
    throw invalidArgument('opts.origin must be a non-empty string or URL.');
  const text = typeof given === 'string' ? given : given.origin;
  if (knownOrigin?.given === text) return knownOrigin.origin;
  if (!URL.canParse(text)) throw invalidArgument('invalid url');
  const { protocol, origin } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw invalidArgument('Invalid URL protocol: the URL must start with `http:` or `https:`.');
  knownOrigin = { given: text, origin };
  return origin;
}

function withQuery(path: string, query: DispatchOptions['query']): string {
  if (query === null || query === undefined) return path;
  if (/[?#]/.test(path)) throw invalidArgument('Query params cannot be passed when url already contains "?" or "#".');
  const text = process.getBuiltinModule('node:querystring').stringify(query as NodeJS.Dict<string>);
  return text === '' ? path : `${path}?${text}`;
}
