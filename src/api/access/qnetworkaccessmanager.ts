import { DOOR, type Door } from '../../contract/door.ts';
import { isToken, tokenProblem } from '../../rules/field-syntax.ts';
import { type BodySource, deviceFor } from '../bridge/body-source.ts';
import type { ManagerSettings } from '../bridge/compile.ts';
import type { ReplyOwner } from '../bridge/reply-owner.ts';
import type { QNetworkCookieJar } from '../cookies/qnetworkcookiejar.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import type { QIODevice } from '../core/qiodevice.ts';
import { peekSignal, QOBJECT_SIGNALS } from '../core/qobject.ts';
import { QUrl, type UrlLike } from '../core/qurl.ts';
import { raiseLater, type Signal } from '../core/signal.ts';
import type { QSslConfiguration } from '../security/qsslconfiguration.ts';
import { Attribute, NetworkAccessibility, Operation, RedirectPolicy, TransferTimeoutConstant } from './access-enums.ts';
import { CreatedReplies } from './created-replies.ts';
import { openDesk } from './hsts-manager.ts';
import type { QNetworkReply } from './qnetworkreply.ts';
import { QNetworkRequest, snapshot } from './qnetworkrequest.ts';
import { bindAbortSignal } from './reply-reading.ts';
import { applyOptions, isRequestOptions, jsonBody, type RequestOptions } from './request-options.ts';
import type { RequestState } from './request-state.ts';
import { SessionManager } from './session-manager.ts';

const FINISHED = QOBJECT_SIGNALS;
const ENCRYPTED = QOBJECT_SIGNALS + 1;

const DEFAULTS: ManagerSettings = { transferTimeout: 0, redirectPolicy: RedirectPolicy.NoLessSafeRedirectPolicy };

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
export class QNetworkAccessManager extends withEnums(SessionManager, { Operation, NetworkAccessibility }) implements ReplyOwner {
  private readonly _desk = openDesk(this, this._authentication);
  private _settings: ManagerSettings = { ...DEFAULTS, trust: this._trust };
  private _autoDelete = false;
  /** null as long as createRequest is not overridden. */
  private _createdReplies: CreatedReplies | null = null;

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
      const own = this._overrides || !(request instanceof QNetworkRequest);
      return this._dispatch(Operation.GetOperation, own ? this._copyFrom(request) : request, null, undefined);
    }
    return this._verb('get', Operation.GetOperation, request, rest);
  }

  head(request: RequestLike, options?: RequestOptions): QNetworkReply {
    return this._verb('head', Operation.HeadOperation, request, onlyOptions('head', options));
  }

  post(request: RequestLike, options?: RequestOptions): QNetworkReply;
  post(request: RequestLike, data: BodySource | null, options?: RequestOptions): QNetworkReply;
  post(request: RequestLike, ...rest: VerbArguments): QNetworkReply {
    return this._verb('post', Operation.PostOperation, request, rest);
  }

  put(request: RequestLike, options?: RequestOptions): QNetworkReply;
  put(request: RequestLike, data: BodySource | null, options?: RequestOptions): QNetworkReply;
  put(request: RequestLike, ...rest: VerbArguments): QNetworkReply {
    return this._verb('put', Operation.PutOperation, request, rest);
  }

  deleteResource(request: RequestLike, options?: RequestOptions): QNetworkReply {
    return this._verb('deleteResource', Operation.DeleteOperation, request, onlyOptions('deleteResource', options));
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
    const made = this._copyFrom(request);
    made.setAttribute(Attribute.CustomVerbAttribute, name);
    return this._verb('sendCustomRequest', Operation.CustomOperation, made, rest);
  }

  private _verb(name: string, operation: Operation, request: RequestLike, rest: VerbArguments): QNetworkReply {
    const [first, second] = rest;
    const onlyOptions = isRequestOptions(first) && second === undefined && !isSource(first);
    const options = onlyOptions ? first : second;
    const data = onlyOptions ? null : (first as BodySource | null | undefined);
    let made = this._copyFrom(request);
    if (options !== undefined) made = applyOptions(made, options);
    const json = options === undefined ? null : jsonBody(options);
    if (json !== null && data != null)
      throw new TypeError(`QNetworkAccessManager.${name}: give either data or the option json, not both.`);
    const source = json ?? data ?? null;
    if (source === null) return this._dispatch(operation, made, null, options?.signal);
    const { device, contentType, mime } = deviceFor(source, `QNetworkAccessManager.${name}`);
    if (contentType !== '' && !made.hasRawHeader('Content-Type')) made.setRawHeader('Content-Type', contentType);
    if (mime) made.setRawHeader('MIME-Version', '1.0');
    return this._dispatch(operation, made, device, options?.signal);
  }

  private _copyFrom(request: RequestLike): QNetworkRequest {
    if (request instanceof QNetworkRequest) return snapshot(request);
    if (request === undefined || request === null)
      throw new TypeError('QNetworkAccessManager: a request or a URL is expected; got none.');
    return new QNetworkRequest(request);
  }

  private _dispatch(
    operation: Operation,
    request: QNetworkRequest,
    device: QIODevice | null,
    signal: AbortSignal | undefined,
  ): QNetworkReply {
    this.assertAlive('createRequest');
    const reply = this._overrides
      ? this._created.create(operation, request, () => this.createRequest(operation, request, device))
      : this.createRequest(operation, request, device);
    if (signal !== undefined) bindAbortSignal(reply, signal);
    return reply;
  }

  private get _overrides(): boolean {
    return this.createRequest !== QNetworkAccessManager.prototype.createRequest;
  }

  private get _created(): CreatedReplies {
    this._createdReplies ??= new CreatedReplies(this, this._desk.running);
    return this._createdReplies;
  }

  /**
   * The single funnel of all verbs, to be overridden: change the request, refuse it, or answer with a reply of your own, such as a
   * {@link BufferReply}, {@link ErrorReply}, {@link WrappedReply} or {@link DeferredReply}. It has the final request, a copy, and the
   * body as a device. The base implementation sends it. What an override throws reaches the caller; anything but a reply is a TypeError.
   */
  protected createRequest(op: Operation, request: QNetworkRequest, outgoingData: QIODevice | null = null): QNetworkReply {
    const reply = this._desk.open(op, request, outgoingData, this._settings);
    if (this._overrides) this._created.keepSilent(reply);
    return reply;
  }

  // ---- settings

  /** Schemes that requests may have; `unix+http` and `local+http` are HTTP over a socket of this machine. */
  supportedSchemes(): string[] {
    return this.supportedSchemesImplementation();
  }

  protected supportedSchemesImplementation(): string[] {
    return ['ftp', 'ftpes', 'file', 'qrc', 'http', 'https', 'data', 'unix+http', 'local+http'];
  }

  /** Whether replies are deleted after `finished`; AutoDeleteReplyOnFinishAttribute of a request wins. Default: false. Qt 5.14. */
  autoDeleteReplies(): boolean {
    return this._autoDelete;
  }

  setAutoDeleteReplies(autoDelete: boolean): void {
    this._autoDelete = autoDelete === true;
  }

  /** Milliseconds without a byte in either direction after which requests that set no own limit are given up; 0, the default, is never. Qt 5.15. */
  transferTimeout(): number {
    return this._settings.transferTimeout;
  }

  setTransferTimeout(timeout: number = TransferTimeoutConstant.DefaultTransferTimeoutConstant): void {
    if (!Number.isSafeInteger(timeout) || timeout < 0) {
      throw new RangeError(
        `QNetworkAccessManager.setTransferTimeout expects milliseconds, a whole number from 0; got ${String(timeout)}.`,
      );
    }
    this._settings = { ...this._settings, transferTimeout: timeout };
  }

  /** The same: durations are milliseconds here. Qt 6.7. */
  transferTimeoutAsDuration(): number {
    return this._settings.transferTimeout;
  }

  /** Which redirects are followed where a request does not say; NoLessSafeRedirectPolicy unless set: all but those from https to http. Qt 5.9. */
  redirectPolicy(): RedirectPolicy {
    return this._settings.redirectPolicy;
  }

  /** Sets the policy for requests made from now on without RedirectPolicyAttribute. Throws a TypeError for what is no policy. Qt 5.9. */
  setRedirectPolicy(policy: RedirectPolicy): void {
    if (RedirectPolicy[policy] === undefined || typeof policy !== 'number') {
      throw new TypeError(
        `QNetworkAccessManager.setRedirectPolicy expects QNetworkRequest.RedirectPolicy; got ${String(policy)}.`,
      );
    }
    this._settings = { ...this._settings, redirectPolicy: policy };
  }

  /** @internal */
  protected override _settle(settings: Partial<ManagerSettings>): void {
    this._settings = { ...this._settings, ...settings };
  }

  // ---- cookies

  /**
   * Keeps the cookies of answers and has those of requests; made when it is first used. null when there is to be none. Sharing one with
   * another manager shares its cookies.
   */
  cookieJar(): QNetworkCookieJar | null {
    return this._desk.cookies.get();
  }

  /**
   * Sets the jar for requests and answers from now on; null is no cookies. A jar without a parent becomes the manager's, and is deleted with
   * it or when another takes its place. Throws a TypeError for what is no jar.
   */
  setCookieJar(cookieJar: QNetworkCookieJar | null): void {
    this.assertAlive('setCookieJar');
    this._desk.cookies.set(cookieJar);
  }

  // ---- connections

  /**
   * Opens a connection ahead of the requests that will use it; it is given up when it does not stand after 30 seconds. `finished` comes for it
   * too, as in Qt. Default port: 80. Throws a TypeError
   * for what is neither the name nor the address of a host. A GET of `preconnect-http://host:port`, or `preconnect-https`, does the same and
   * gives the reply. Qt 5.2.
   */
  connectToHost(hostName: string, port = 80): void {
    this._checkPort('connectToHost', port);
    this._desk.preconnect('http', hostName, port, this._settings);
  }

  /**
   * The same with TLS: the handshake, too, is done ahead, for requests with the same configuration and name to verify. What is wrong with
   * the certificate is told by `sslErrors`. Default port: 443; the default configuration; the name of the host. Qt 5.2.
   */
  connectToHostEncrypted(hostName: string, port = 443, sslConfiguration?: QSslConfiguration, peerName = ''): void {
    this._checkPort('connectToHostEncrypted', port);
    const request = new QNetworkRequest();
    if (sslConfiguration !== undefined) request.setSslConfiguration(sslConfiguration);
    request.setPeerVerifyName(peerName);
    this._desk.preconnect('https', hostName, port, this._settings, request);
  }

  private _checkPort(method: string, port: number): void {
    this.assertAlive(method);
    if (!Number.isInteger(port) || port < 1 || port > 65_535)
      throw new RangeError(`QNetworkAccessManager.${method} expects a port from 1 to 65535; got ${String(port)}.`);
  }

  /** Closes idle connections, forgets user names and passwords, resolved names and alternative services; what runs goes on. Qt 5.0. */
  clearAccessCache(): void {
    this._desk.clearCaches();
  }

  /** Closes all connections; requests that run or wait end with OperationCanceledError (Qt 6.11). User names and passwords stay. Qt 5.9. */
  clearConnectionCache(): void {
    this._desk.clearConnections();
  }

  /** Aborts everything and closes all connections. Requests that slots make meanwhile go on. */
  async close(): Promise<void> {
    for (const reply of this._desk.running.list()) {
      try {
        reply.abort();
      } catch (error) {
        raiseLater(error); // a reply of the program's own; the others end all the same
      }
    }
    this._desk.clearConnections();
    this._releaseSession();
    await this._desk.flush();
  }

  /** For `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
    this.deleteLater();
  }

  // ---- looking

  /** Connections that stand now, busy or idle. */
  connectionCount(): number {
    return this._desk.connections;
  }

  /** As in Qt the manager's end is the end of its replies: they are destroyed without `finished`. */
  protected override destructing(): void {
    for (const reply of this._desk.running.list()) reply._destroy();
    this._desk.clearConnections();
    super.destructing();
  }

  /** @internal For other faces: fetch, dispatchers. */
  [DOOR](): Door {
    this.assertAlive('createFetch or createDispatcher');
    return this._desk.door(() => this._settings);
  }

  // ---- ReplyOwner

  /** @internal */
  _forget(reply: QNetworkReply): void {
    this._desk.running.delete(reply);
  }

  /** @internal */
  _park(reply: QNetworkReply): void {
    this._desk.running.park(reply);
  }

  /** @internal */
  _unpark(reply: QNetworkReply): void {
    this._desk.running.unpark(reply);
  }

  /** @internal */
  _finishedBy(reply: QNetworkReply): void {
    if (this._createdReplies?.speaksOf(reply) === false) this._createdReplies.ended(reply);
    else peekSignal(this, FINISHED)?.emit(reply);
  }

  /** @internal */
  protected override _speaksOf(reply: QNetworkReply): boolean {
    return this._createdReplies?.speaksOf(reply) !== false;
  }

  /** @internal */
  _encryptedBy(reply: QNetworkReply): void {
    if (this._createdReplies?.speaksOf(reply) !== false) peekSignal(this, ENCRYPTED)?.emit(reply);
  }

  /** @internal */
  _deletesWhenFinished(reply: QNetworkReply, request: RequestState): boolean {
    if (this._createdReplies?.speaksOf(reply) === false) return false;
    const { attributes } = request;
    const own = attributes === null ? undefined : attributes.get(Attribute.AutoDeleteReplyOnFinishAttribute);
    return own === undefined ? this._autoDelete : own === true;
  }

  /** @internal */
  _urlFromWire(text: string): QUrl {
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
