import http, { Agent, ClientRequest } from 'node:http';
import http2 from 'node:http2';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import type { Dispatcher, Interceptor } from '../../../src/dispatcher.ts';

/** A copy of undici, as far as the tests call it; the types of three versions do not go together. */
export interface Library {
  readonly version: string;
  fetch(url: string, init?: object): Promise<Response>;
  request(url: string, options: object): Promise<Answered>;
  stream(
    url: string,
    options: object,
    factory: (data: Piped) => NodeJS.WritableStream,
  ): Promise<{ trailers: Record<string, string> | null }>;
  pipeline(url: string, options: object, handler: (data: Piped) => NodeJS.ReadableStream): NodeJS.ReadWriteStream;
  connect(url: string, options: object): Promise<unknown>;
  upgrade(url: string, options: object): Promise<unknown>;
  getGlobalDispatcher(): unknown;
  readonly interceptors: Readonly<Record<'redirect' | 'retry' | 'dump', (options?: object) => Interceptor>>;
  readonly errors: Readonly<Record<string, new (...rest: never[]) => Error>>;
  readonly FormData: typeof FormData;
  readonly [name: string]: unknown;
}

/** What a factory or a handler of a body is told. */
export interface Piped {
  readonly statusCode: number;
  readonly body: NodeJS.ReadableStream;
}

export interface Answered {
  readonly statusCode: number;
  readonly headers: Record<string, string | string[]>;
  readonly trailers: Record<string, string>;
  readonly body: NodeJS.ReadableStream &
    AsyncIterable<Buffer> & { text(): Promise<string>; dump(options?: object): Promise<void>; destroy(error?: Error): void };
}

// the undici of Node.js goes first, or another would be in the place of its dispatcher, and its own would not be disarmed
void globalThis.Response;

/** undici 8 wants Node.js 22.19. */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const eight = major > 22 || (major === 22 && minor >= 19);

export const libraries: readonly Library[] = await Promise.all([
  library('6', import('undici-6')),
  library('7', import('undici-7')),
  ...(eight ? [library('8', import('undici-8'))] : []),
]);

async function library(version: string, module: Promise<object>): Promise<Library> {
  return { ...(await module), version } as unknown as Library;
}

/** What a call has brought, whoever made it. */
export interface Got {
  readonly status: number;
  header(name: string): string | null;
  readonly cookies: readonly string[];
  readonly text: string;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** One way to make a call over a dispatcher. */
export interface Client {
  readonly name: string;
  call(url: string, call: Call, dispatcher: Dispatcher): Promise<Got>;
}

declare class Dispatching {
  dispatch(): void;
}

type Fetch = (url: string, init: object) => Promise<Response>;

export const fetches: readonly { readonly name: string; readonly fetch: Fetch }[] = [
  { name: `the fetch of Node.js`, fetch: (url, init) => fetch(url, init) },
  ...libraries.map(({ version, fetch }) => ({ name: `undici ${version} fetch`, fetch: fetch as Fetch })),
];

export const clients: readonly Client[] = [
  ...fetches.map(({ name, fetch }) => ({ name, call: fetching(fetch) })),
  ...libraries.map(({ version, request }) => ({ name: `undici ${version} request`, call: requesting(request) })),
];

function fetching(fetch: Fetch): Client['call'] {
  return async (url, call, dispatcher) => {
    const streams = typeof call.body === 'object' && call.body !== null && Symbol.asyncIterator in call.body;
    const response = await fetch(url, { redirect: 'manual', ...(streams ? { duplex: 'half' } : {}), ...call, dispatcher });
    const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
    return {
      status: response.status,
      header: (name) => response.headers.get(name),
      cookies: response.headers.getSetCookie(),
      text,
    };
  };
}

function requesting(request: Library['request']): Client['call'] {
  return async (url, call, dispatcher) => {
    const { statusCode: status, headers, body } = await request(url, { method: 'GET', ...call, dispatcher });
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece);
    const header = (name: string): string | null => {
      const value = headers[name.toLowerCase()];
      return value === undefined ? null : [value].flat().join(', ');
    };
    return { status, header, cookies: [headers['set-cookie'] ?? []].flat(), text: Buffer.concat(pieces).toString('latin1') };
  };
}

/** The error at the root of what a client says; fetch wraps it. */
export async function rootError(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  const error = await promise.then(
    () => new Error('it did not fail'),
    (reason: Error) => reason,
  );
  return error.name === 'TypeError' && error.cause instanceof Error ? error.cause : error;
}

/** Makes every other client of this thread throw: undici's own, that of the global fetch, and those of Node.js. What is sent goes another way. */
export function disarmOthers(): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`delegated to ${what}`);
  };
  for (const { version, ...undici } of libraries) {
    for (const name of ['Client', 'Pool', 'BalancedPool', 'Agent', 'ProxyAgent', 'EnvHttpProxyAgent', 'RetryAgent'])
      if (undici[name] !== undefined)
        (undici[name] as typeof Dispatching).prototype.dispatch = refuse(`${name} of undici ${version}`);
  }
  void globalThis.Response;
  for (const number of [1, 2]) {
    const found = (globalThis as unknown as Record<symbol, object | undefined>)[Symbol.for(`undici.globalDispatcher.${number}`)];
    if (found !== undefined) Object.getPrototypeOf(found).dispatch = refuse('the dispatcher of the global fetch');
  }
  for (const module of [http, https]) Object.assign(module, { request: refuse('node:http'), get: refuse('node:http') });
  Object.assign(http2, { connect: refuse('node:http2') });
  Object.assign(Agent.prototype, { addRequest: refuse('an agent of node:http') });
  Object.assign(ClientRequest.prototype, { onSocket: refuse('node:http') });
  syncBuiltinESMExports();
}
