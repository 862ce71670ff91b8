import type { NetLogEvent } from '../../contract/netlog.ts';
import { isToken, tokenProblem } from '../../rules/field-syntax.ts';
import { type BodySource, deviceFor } from '../bridge/body-source.ts';
import { Desk } from '../bridge/desk.ts';
import type { ReplyOwner } from '../bridge/reply-owner.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { isDestroyed, peekSignal, QOBJECT_SIGNALS, QObject } from '../core/qobject.ts';
import { QUrl, type UrlLike } from '../core/qurl.ts';
import type { Signal } from '../core/signal.ts';
import { Attribute, NetworkAccessibility, Operation, TransferTimeoutConstant } from './access-enums.ts';
import { QNetworkReply } from './qnetworkreply.ts';
import { keptState, QNetworkRequest, snapshot } from './qnetworkrequest.ts';
import { bindAbortSignal } from './reply-reading.ts';
import { applyOptions, isRequestOptions, jsonBody, type RequestOptions } from './request-options.ts';
import type { RequestState } from './request-state.ts';

const FINISHED = QOBJECT_SIGNALS;
const ENCRYPTED = QOBJECT_SIGNALS + 1;

/** What a verb takes: a request, or just the URL. */
export type RequestLike = QNetworkRequest | UrlLike;

/**
 * Sends requests and makes their replies (Qt: QNetworkAccessManager). One manager for a program is enough: it queues, keeps
 * connections alive and shares them between requests.
 *
 *     const manager = new QNetworkAccessManager();
 *     const reply = manager.get(new QNetworkRequest('http://example.org/'));
 *     reply.finished.connect(() => console.log(reply.status(), reply.readAll().toString()));
 *
 *     const list = await manager.get('http://example.org/list', { query: { page: 2 }, timeout: 5000 }).json();
 *
 * Every verb goes through `createRequest`, which a subclass may override. An idle manager keeps no process alive.
 */
export class QNetworkAccessManager extends withEnums(QObject, { Operation, NetworkAccessibility }) implements ReplyOwner {
  private readonly desk = new Desk(this, {});
  private timeout = 0;
  private autoDelete = false;

  /** A reply of this manager is over; comes before the reply's own `finished`. */
  get finished(): Signal<[reply: QNetworkReply]> {
    return this.sig(FINISHED);
  }

  /** The TLS handshake of a reply is done and nothing of its request was sent yet. Qt 5.1. */
  get encrypted(): Signal<[reply: QNetworkReply]> {
    return this.sig(ENCRYPTED);
  }

  // ---- verbs

  get(request: RequestLike, options?: RequestOptions): QNetworkReply;
  /** With a body, since Qt 6.7. */
  get(request: RequestLike, data: BodySource | null, options?: RequestOptions): QNetworkReply;
  get(request: RequestLike, ...rest: VerbArguments): QNetworkReply {
    if (rest.length === 0) {
      // nobody else sees the request, so its state is kept and no copy is made
      const own = this.createRequest !== QNetworkAccessManager.prototype.createRequest || !(request instanceof QNetworkRequest);
      return this.dispatch(Operation.GetOperation, own ? this.copyFrom(request) : request, null, undefined);
    }
    return this.verb('get', Operation.GetOperation, request, rest);
  }

  head(request: RequestLike, options?: RequestOptions): QNetworkReply {
    return this.verb('head', Operation.HeadOperation, request, onlyOptions('head', options));
  }

  post(request: RequestLike, options?: RequestOptions): QNetworkReply;
  post(request: RequestLike, data: BodySource | null, options?: RequestOptions): QNetworkReply;
  post(request: RequestLike, ...rest: VerbArguments): QNetworkReply {
    return this.verb('post', Operation.PostOperation, request, rest);
  }

  put(request: RequestLike, options?: RequestOptions): QNetworkReply;
  put(request: RequestLike, data: BodySource | null, options?: RequestOptions): QNetworkReply;
  put(request: RequestLike, ...rest: VerbArguments): QNetworkReply {
    return this.verb('put', Operation.PutOperation, request, rest);
  }

  deleteResource(request: RequestLike, options?: RequestOptions): QNetworkReply {
    return this.verb('deleteResource', Operation.DeleteOperation, request, onlyOptions('deleteResource', options));
  }

  /** Any other method, sent exactly as given. Throws a TypeError when the verb is not a token (RFC 9110 9.1). Qt 4.7. */
  sendCustomRequest(request: RequestLike, verb: string | Uint8Array, options?: RequestOptions): QNetworkReply;
  sendCustomRequest(
    request: RequestLike,
    verb: string | Uint8Array,
    data: BodySource | null,
    options?: RequestOptions,
  ): QNetworkReply;
  sendCustomRequest(request: RequestLike, verb: string | Uint8Array, ...rest: VerbArguments): QNetworkReply {
    const name = typeof verb === 'string' ? verb : Buffer.from(verb).toString('latin1');
    if (!isToken(name))
      throw new TypeError(`QNetworkAccessManager.sendCustomRequest: the verb cannot be sent: ${tokenProblem(name)}.`);
    const made = this.copyFrom(request);
    made.setAttribute(Attribute.CustomVerbAttribute, name);
    return this.verb('sendCustomRequest', Operation.CustomOperation, made, rest);
  }

  private verb(name: string, operation: Operation, request: RequestLike, rest: VerbArguments): QNetworkReply {
    const [first, second] = rest;
    const onlyOptions = isRequestOptions(first) && second === undefined && !isSource(first);
    const options = onlyOptions ? first : second;
    const data = onlyOptions ? null : (first as BodySource | null | undefined);
    let made = this.copyFrom(request);
    if (options !== undefined) made = applyOptions(made, options);
    const json = options === undefined ? null : jsonBody(options);
    if (json !== null && data != null)
      throw new TypeError(`QNetworkAccessManager.${name}: give either data or the option json, not both.`);
    const source = json ?? data ?? null;
    if (source === null) return this.dispatch(operation, made, null, options?.signal);
    const { device, contentType } = deviceFor(source, `QNetworkAccessManager.${name}`);
    if (contentType !== '' && !made.hasRawHeader('Content-Type')) made.setRawHeader('Content-Type', contentType);
    return this.dispatch(operation, made, device, options?.signal);
  }

  private copyFrom(request: RequestLike): QNetworkRequest {
    if (request instanceof QNetworkRequest) return snapshot(request);
    if (request === undefined || request === null)
      throw new TypeError('QNetworkAccessManager: a request or a URL is expected; got none.');
    return new QNetworkRequest(request);
  }

  private dispatch(
    operation: Operation,
    request: QNetworkRequest,
    device: QIODevice | null,
    signal: AbortSignal | undefined,
  ): QNetworkReply {
    this.assertAlive('createRequest');
    const reply = this.createRequest(operation, request, device);
    if (!(reply instanceof QNetworkReply))
      throw new TypeError(`${this.constructor.name}.createRequest must return a QNetworkReply.`);
    if (reply._manager !== this) this.adopt(reply, request);
    if (signal !== undefined) bindAbortSignal(reply, signal);
    return reply;
  }

  /** A reply that an overridden createRequest made counts as this manager's. */
  private adopt(reply: QNetworkReply, request: QNetworkRequest): void {
    const foreign = reply._manager !== null;
    reply._manager ??= this;
    if (reply.parent() === null) reply._parent = this;
    if (!foreign && !reply.isFinished()) this.desk.running.add(reply);
    const kept = keptState(request);
    reply.finished.once(() => {
      if (!foreign) this.forget(reply);
      this.finishedBy(reply);
      if (!isDestroyed(reply) && this.deletesWhenFinished(kept)) reply.deleteLater();
    });
  }

  /**
   * The single funnel of all verbs, to be overridden: change the request, refuse it, or answer with a reply of your own. It has the
   * final request and the body as a device. The base implementation sends it.
   */
  protected createRequest(op: Operation, request: QNetworkRequest, outgoingData: QIODevice | null = null): QNetworkReply {
    return this.desk.open(op, request, outgoingData, this.timeout);
  }

  // ---- settings

  /** Schemes that requests may have. */
  supportedSchemes(): string[] {
    return this.supportedSchemesImplementation();
  }

  protected supportedSchemesImplementation(): string[] {
    return ['file', 'qrc', 'http', 'https', 'data'];
  }

  /** Whether replies are deleted after `finished`; AutoDeleteReplyOnFinishAttribute of a request wins. Default: false. Qt 5.14. */
  autoDeleteReplies(): boolean {
    return this.autoDelete;
  }

  setAutoDeleteReplies(autoDelete: boolean): void {
    this.autoDelete = autoDelete === true;
  }

  /** Milliseconds without a byte in either direction after which requests that set no own limit are given up; 0, the default, is never. Qt 5.15. */
  transferTimeout(): number {
    return this.timeout;
  }

  setTransferTimeout(timeout: number = TransferTimeoutConstant.DefaultTransferTimeoutConstant): void {
    if (!Number.isSafeInteger(timeout) || timeout < 0) {
      throw new RangeError(
        `QNetworkAccessManager.setTransferTimeout expects milliseconds, a whole number from 0; got ${String(timeout)}.`,
      );
    }
    this.timeout = timeout;
  }

  /** The same: durations are milliseconds here. Qt 6.7. */
  transferTimeoutAsDuration(): number {
    return this.timeout;
  }

  // ---- connections

  /** Opens a connection ahead of the requests that will use it. `finished` comes for it too, as in Qt. Default port: 80. Qt 5.2. */
  connectToHost(hostName: string, port = 80): void {
    this.assertAlive('connectToHost');
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new RangeError(`QNetworkAccessManager.connectToHost expects a port from 1 to 65535; got ${String(port)}.`);
    this.desk.preconnect('http', hostName, port);
  }

  /** Closes idle connections and forgets resolved names; what runs goes on. Qt 5.0. */
  clearAccessCache(): void {
    this.desk.clearCaches();
  }

  /** Closes all connections; requests that run or wait end with OperationCanceledError (Qt 6.11). Qt 5.9. */
  clearConnectionCache(): void {
    this.desk.clearConnections();
  }

  /** Aborts everything and closes all connections. Requests that slots make meanwhile go on. */
  async close(): Promise<void> {
    for (const reply of this.desk.running.list()) reply.abort();
    this.desk.clearConnections();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.deleteLater();
  }

  // ---- looking

  /** Every event of the engine, for tools; the function returned ends it. Nobody listening costs nothing. */
  netlog(listener: (event: NetLogEvent) => void): () => void {
    return this.desk.listen(listener);
  }

  /** Connections that stand now, busy or idle. */
  connectionCount(): number {
    return this.desk.connections;
  }

  /** As in Qt the manager's end is the end of its replies: they are destroyed without `finished`. */
  protected override destructing(): void {
    for (const reply of this.desk.running.list()) reply._destroy();
    this.desk.clearConnections();
    super.destructing();
  }

  // ---- ReplyOwner

  /** @internal */
  forget(reply: QNetworkReply): void {
    this.desk.running.delete(reply);
  }

  /** @internal */
  park(reply: QNetworkReply): void {
    this.desk.running.park(reply);
  }

  /** @internal */
  unpark(reply: QNetworkReply): void {
    this.desk.running.unpark(reply);
  }

  /** @internal */
  finishedBy(reply: QNetworkReply): void {
    peekSignal(this, FINISHED)?.emit(reply);
  }

  /** @internal */
  encryptedBy(reply: QNetworkReply): void {
    peekSignal(this, ENCRYPTED)?.emit(reply);
  }

  /** @internal */
  deletesWhenFinished(request: RequestState): boolean {
    const { attributes } = request;
    const own = attributes === null ? undefined : attributes.get(Attribute.AutoDeleteReplyOnFinishAttribute);
    return own === undefined ? this.autoDelete : own === true;
  }

  /** @internal */
  urlFromWire(text: string): QUrl {
    return QUrl.fromEncoded(Buffer.from(text, 'latin1'));
  }
}

function onlyOptions(verb: string, options: RequestOptions | undefined): VerbArguments {
  if (options === undefined) return [];
  if (isRequestOptions(options) && !isSource(options)) return [options];
  throw new TypeError(
    `QNetworkAccessManager.${verb} takes no body; its last argument is an object of options. Use sendCustomRequest.`,
  );
}

/** A plain object that can be iterated is a body, not options. */
function isSource(x: object): boolean {
  return Symbol.asyncIterator in x || Symbol.iterator in x;
}

type VerbArguments = [data?: BodySource | RequestOptions | null, options?: RequestOptions];

/** Types of the class's enums. */
export declare namespace QNetworkAccessManager {
  type Operation = EnumValue<typeof Operation>;
  type NetworkAccessibility = EnumValue<typeof NetworkAccessibility>;
}
