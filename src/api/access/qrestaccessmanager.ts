import type { BodySource } from '../bridge/body-source.ts';
import type { QJsonDocument } from '../core/qjsondocument.ts';
import { isDestroyed, QObject } from '../core/qobject.ts';
import { QNetworkAccessManager, type RequestLike } from './qnetworkaccessmanager.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { QRestReply } from './qrestreply.ts';
import type { RequestOptions } from './request-options.ts';
import { type RestCall, type RestCallback, type RestJson, restCall, type TakesData } from './rest-arguments.ts';

type Data = BodySource | RestJson | null;
type GetData = BodySource | QJsonDocument | ReadonlyMap<string, unknown> | readonly unknown[] | null;
type Method<C> = (this: C, reply: QRestReply) => unknown;

/**
 * Talks to services that speak JSON, by way of a QNetworkAccessManager (Qt: QRestAccessManager, 6.7).
 *
 *     const rest = new QRestAccessManager(manager);
 *     rest.post('https://example.org/items', { name: 'one' }, this, this.onStored); // onStored(reply: QRestReply)
 *     const item = await rest.post('https://example.org/items', { name: 'one' }).json();
 *
 * The body comes right behind the request. **JSON** is an object without a class, an array, a `Map` (as an object) or a
 * `QJsonDocument`; it is sent in compact form, with `Content-Type: application/json` unless the request has one. All else is sent
 * as it is, as by the manager: text, bytes, `URLSearchParams`, `FormData`, `Blob`, multiparts, devices, streams. Only post, put,
 * patch and sendCustomRequest, which in Qt always have a body, take a plain object for one; for get, head and deleteResource it
 * is options (get with body, context and callback has no options).
 *
 * Then either options, as with the manager, or a callback, before it the object whose method it is: it is called once, with a
 * {@link QRestReply}, when the reply has finished, and `this` is the context. It is not called when the context, if it is a
 * QObject, or this object has been destroyed by then. Every verb returns the {@link QNetworkReply}, whose signals and promises
 * work as always.
 */
export class QRestAccessManager extends QObject {
  readonly #manager: QNetworkAccessManager | null;

  /**
   * `manager` sends the requests; it stays the program's and has to live as long as they do. Deleting this object ends none of
   * them.
   */
  constructor(manager: QNetworkAccessManager | null, parent: QObject | null = null) {
    super(parent);
    if (manager !== null && !(manager instanceof QNetworkAccessManager))
      throw new TypeError('QRestAccessManager expects a QNetworkAccessManager; make one and hand it over.');
    this.#manager = manager;
  }

  /** The manager that sends the requests. */
  networkAccessManager(): QNetworkAccessManager | null {
    return this.#manager;
  }

  get(request: RequestLike, callback: RestCallback): QNetworkReply;
  get<C extends object>(request: RequestLike, context: C | null, callback: Method<C>): QNetworkReply;
  get(request: RequestLike, options?: RequestOptions): QNetworkReply;
  /** With a body. */
  get(request: RequestLike, data: GetData, options?: RequestOptions): QNetworkReply;
  get<C extends object>(request: RequestLike, data: Data, context: C | null, callback: Method<C>): QNetworkReply;
  get(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('get', 'perhaps', rest, (manager, { data, options }) => manager.get(request, data, options));
  }

  head(request: RequestLike, callback: RestCallback): QNetworkReply;
  head<C extends object>(request: RequestLike, context: C | null, callback: Method<C>): QNetworkReply;
  head(request: RequestLike, options?: RequestOptions): QNetworkReply;
  head(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('head', 'never', rest, (manager, { options }) => manager.head(request, options));
  }

  /** DELETE. */
  deleteResource(request: RequestLike, callback: RestCallback): QNetworkReply;
  deleteResource<C extends object>(request: RequestLike, context: C | null, callback: Method<C>): QNetworkReply;
  deleteResource(request: RequestLike, options?: RequestOptions): QNetworkReply;
  deleteResource(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('deleteResource', 'never', rest, (manager, { options }) => manager.deleteResource(request, options));
  }

  post(request: RequestLike, data: Data, callback: RestCallback): QNetworkReply;
  post<C extends object>(request: RequestLike, data: Data, context: C | null, callback: Method<C>): QNetworkReply;
  post(request: RequestLike, data: Data, options?: RequestOptions): QNetworkReply;
  post(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('post', 'always', rest, (manager, { data, options }) => manager.post(request, data, options));
  }

  put(request: RequestLike, data: Data, callback: RestCallback): QNetworkReply;
  put<C extends object>(request: RequestLike, data: Data, context: C | null, callback: Method<C>): QNetworkReply;
  put(request: RequestLike, data: Data, options?: RequestOptions): QNetworkReply;
  put(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('put', 'always', rest, (manager, { data, options }) => manager.put(request, data, options));
  }

  /** PATCH (RFC 5789). */
  patch(request: RequestLike, data: Data, callback: RestCallback): QNetworkReply;
  patch<C extends object>(request: RequestLike, data: Data, context: C | null, callback: Method<C>): QNetworkReply;
  patch(request: RequestLike, data: Data, options?: RequestOptions): QNetworkReply;
  patch(request: RequestLike, ...rest: unknown[]): QNetworkReply {
    return this.#send('patch', 'always', rest, (manager, { data, options }) =>
      manager.sendCustomRequest(request, 'PATCH', data, options),
    );
  }

  /** Any other method, sent exactly as given; null is no body. Throws a TypeError when it is not a token (RFC 9110 9.1). */
  sendCustomRequest(request: RequestLike, method: string | Uint8Array, data: Data, callback: RestCallback): QNetworkReply;
  sendCustomRequest<C extends object>(
    request: RequestLike,
    method: string | Uint8Array,
    data: Data,
    context: C | null,
    callback: Method<C>,
  ): QNetworkReply;
  sendCustomRequest(request: RequestLike, method: string | Uint8Array, data?: Data, options?: RequestOptions): QNetworkReply;
  sendCustomRequest(request: RequestLike, method: string | Uint8Array, ...rest: unknown[]): QNetworkReply {
    return this.#send('sendCustomRequest', 'always', rest, (manager, { data, options }) =>
      manager.sendCustomRequest(request, method, data, options),
    );
  }

  #send(
    verb: string,
    takes: TakesData,
    args: readonly unknown[],
    dispatch: (manager: QNetworkAccessManager, call: RestCall) => QNetworkReply,
  ): QNetworkReply {
    this.assertAlive(verb);
    const where = `QRestAccessManager.${verb}`;
    const call = restCall(where, takes, args);
    if (this.#manager === null) throw new Error(`${where}: there is no manager; give one to the constructor.`);
    const { context, callback } = call;
    if (isGone(context)) throw new Error(`${where}: the context was deleted; its callback would never be called.`);
    const reply = dispatch(this.#manager, call);
    // Connected to this object, so that its end is the end of all callbacks.
    if (callback !== null) {
      reply.finished.connect(this, () => (isGone(context) ? undefined : callback.call(context, new QRestReply(reply))));
    }
    return reply;
  }
}

function isGone(context: object | null): boolean {
  return context instanceof QObject && isDestroyed(context);
}
