/**
 * Another way in: an undici Dispatcher on the engine, so that the built-in `fetch` and undici run on it, and a door for libraries on
 * `node:http`. Nothing of undici or `node:http` is used.
 *
 * @packageDocumentation
 */

import type { request as NodeRequest } from 'node:http';
import { QNetworkAccessManager } from './api/access/qnetworkaccessmanager.ts';
import { SYSTEM } from './api/bridge/proxies.ts';
import { DOOR } from './contract/door.ts';
import { Dispatcher, isComposed } from './faces/dispatcher/dispatcher.ts';
import type { DispatcherOptions } from './faces/dispatcher/settings.ts';
import { httpRequest } from './faces/node-http/http-request.ts';

export type { Interceptor } from './faces/dispatcher/compose.ts';
export type { DispatchController, DispatchHandler, FieldRecord } from './faces/dispatcher/handlers.ts';
export type { DispatchOptions } from './faces/dispatcher/request.ts';
export type { Dispatcher, DispatcherOptions };

/** The manager of a dispatcher that was made without one. */
class DispatcherManager extends QNetworkAccessManager {
  constructor() {
    super();
    this._settle({ proxies: SYSTEM });
  }
}

/**
 * An undici Dispatcher that carries requests over the engine of a manager: over its connections and proxies, by its trust, with its
 * HTTP/2 and strict transport security. Redirects, cookies, content codings and the cache stay the business of whoever dispatches.
 *
 *     const dispatcher = createDispatcher();
 *     const response = await fetch('https://example.org/', { dispatcher });
 *
 * Without a manager it has one of its own, with the proxies of the system, and its connections end with `close()`. A manager that is given
 * stays open, whatever becomes of the dispatcher. Throws a TypeError for what is no manager, and undici's InvalidArgumentError for options that
 * mean nothing.
 */
export function createDispatcher(manager?: QNetworkAccessManager | null, options: DispatcherOptions = {}): Dispatcher {
  if (manager !== undefined && manager !== null && !(manager instanceof QNetworkAccessManager))
    throw new TypeError(`createDispatcher expects a QNetworkAccessManager, or null, before its options; got ${typeof manager}.`);
  if (manager) return new Dispatcher({ door: manager[DOOR](), options, release: async () => {} });
  const own = new DispatcherManager();
  return new Dispatcher({ door: own[DOOR](), options, release: () => own.close() });
}

/** Shaped like `request` of `node:http`. It has itself as `request`, for those who want an object with that. */
export type HttpRequest = typeof NodeRequest & { readonly request: HttpRequest };

/**
 * A stand-in for `http.request` and `https.request` that goes over a dispatcher: for libraries that let `request` be given, as got does (`request`)
 * and axios (`transport`). Which options pass through is listed in docs/dispatcher.md; those that would be obeyed by nobody are refused.
 *
 *     const request = createRequest(createDispatcher(manager));
 *     await got('https://example.org/', { request });
 *     await axios.get('https://example.org/', { transport: request, maxRedirects: 0 });
 */
export function createRequest(dispatcher: Dispatcher = createDispatcher()): HttpRequest {
  if (!(dispatcher instanceof Dispatcher))
    throw new TypeError('createRequest expects a dispatcher of createDispatcher(), or nothing.');
  if (isComposed(dispatcher))
    throw new TypeError('createRequest expects a dispatcher without interceptors: they would hear nothing of such a request.');
  return httpRequest(dispatcher) as unknown as HttpRequest;
}
