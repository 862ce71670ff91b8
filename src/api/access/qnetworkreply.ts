import { HeaderList } from '../../base/header-list.ts';
import type { Timings } from '../../contract/netlog.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { isDestroyed, peekSignal } from '../core/qobject.ts';
import { QUrl, toQUrl, type UrlLike } from '../core/qurl.ts';
import type { Signal } from '../core/signal.ts';
import { type AttributeValue, NetworkError, Operation } from './access-enums.ts';
import { type CallableSignal, callableSignal } from './callable-signal.ts';
import {
  combinedPairs,
  combinedText,
  type KnownHeaderValue,
  knownHeaderName,
  knownHeaderText,
  rawHeaderName,
  readKnownHeader,
  setCombined,
} from './known-headers.ts';
import { type HeadersInit, headerListOf, headersFrom, QHttpHeaders } from './qhttpheaders.ts';
import type { QNetworkAccessManager } from './qnetworkaccessmanager.ts';
import { QNetworkRequest } from './qnetworkrequest.ts';
import { errorOf, type ReplyFailure } from './reply-error.ts';
import * as reading from './reply-reading.ts';
import * as signals from './reply-signals.ts';
import { TracedReply } from './reply-tracing.ts';

export * from './reply-signals.ts';

/** The headers of a reply that has none. */
export const NO_FIELDS = new HeaderList();

/**
 * The answer to one request: headers, a device to read the body from, signals on the way, and promises for those who prefer them
 * (Qt: QNetworkReply). It has no `then`; no promise exists until one is asked for.
 *
 *     const reply = manager.get('http://example.org/');
 *     reply.finished.connect(() => console.log(reply.status(), reply.readAll().length));
 *     // or
 *     console.log(await manager.get('http://example.org/').text());
 *
 * A subclass made by an overridden `createRequest` uses the protected setters and `readData`; all promises work on it.
 */
export class QNetworkReply extends withEnums(TracedReply, { NetworkError }) {
  /** @internal */
  _manager: QNetworkAccessManager | null = null;
  /** @internal Neighbours among the replies that run. */
  _before: QNetworkReply | null = null;
  /** @internal */
  _after: QNetworkReply | null = null;
  /** @internal Latin-1 fields as received. */
  protected _fields: HeaderList = NO_FIELDS;
  private _attributes: Map<number, unknown> | null = null;
  private _code: NetworkError = NetworkError.NoError;
  private _operation: Operation = Operation.UnknownOperation;
  private _request: QNetworkRequest | null = null;
  private _url: QUrl | null = null;
  private _done = false;
  private _bufferSize = 0;
  private _errorFace: CallableSignal<NetworkError, [code: NetworkError]> | null = null;

  // ---- signals

  /** The headers are complete, or have changed. */
  get metaDataChanged(): Signal<[]> {
    return this.sig(signals.META_DATA_CHANGED);
  }
  /** The reply is over; comes exactly once, unless the reply is destroyed before. The body can still be read. */
  get finished(): Signal<[]> {
    return this.sig(signals.FINISHED);
  }
  /** Something failed; `finished` follows. Qt 5.15. */
  get errorOccurred(): Signal<[code: NetworkError]> {
    return this.sig(signals.ERROR_OCCURRED);
  }
  /** Body bytes so far and in all, -1 while unknown; at most every 100 ms, and once at the end. */
  get downloadProgress(): Signal<[bytesReceived: number, bytesTotal: number]> {
    return this.sig(signals.DOWNLOAD_PROGRESS);
  }
  /** Request bytes the socket has accepted so far and in all, -1 while unknown. At the end (0, 0), as in Qt. */
  get uploadProgress(): Signal<[bytesSent: number, bytesTotal: number]> {
    return this.sig(signals.UPLOAD_PROGRESS);
  }
  /** The TLS handshake is done and nothing of the request was sent yet. Qt 5.1. */
  get encrypted(): Signal<[]> {
    return this.sig(signals.ENCRYPTED);
  }
  /** The first attempt to connect begins. Qt 6.3. */
  get socketStartedConnecting(): Signal<[]> {
    return this.sig(signals.SOCKET_STARTED_CONNECTING);
  }
  /** The request was handed to the socket; again for a resend. Qt 6.3. */
  get requestSent(): Signal<[]> {
    return this.sig(signals.REQUEST_SENT);
  }
  /**
   * The server sends the request to this URL; `url()` says so already. It is followed, or with UserVerifiedRedirectPolicy once
   * `redirectAllowed` was called. Qt 5.6.
   */
  get redirected(): Signal<[url: QUrl]> {
    return this.sig(signals.REDIRECTED);
  }
  /**
   * To be called, or emitted, by a program that allows the redirect it was told of, inside the slot of `redirected` or at any time
   * later; `abort()` refuses it. Until then the reply waits, and its timeouts run. Qt 5.9.
   */
  get redirectAllowed(): CallableSignal<void, []> {
    return callableSignal(
      () => this.sig(signals.REDIRECT_ALLOWED).emit(),
      () => this.sig<[]>(signals.REDIRECT_ALLOWED),
    );
  }
  /** `error()` is the code, NoError so far; `error.connect` is Qt 4's signal of the same name. */
  get error(): CallableSignal<NetworkError, [code: NetworkError]> {
    this._errorFace ??= callableSignal(
      () => this._code,
      () => this.sig(signals.ERROR),
    );
    return this._errorFace;
  }

  // ---- state

  /** Stops the transfer and finishes the reply inside the call, with OperationCanceledError. Of no use once it is finished. */
  abort(): void {
    if (this._done || isDestroyed(this)) return;
    super.close(); // not the subclass's, which may abort
    if (this._done || isDestroyed(this)) return;
    this.setError(NetworkError.OperationCanceledError, 'Operation canceled');
    this._emitError();
    this._done = true;
    peekSignal(this, signals.FINISHED)?.emit();
  }

  isFinished(): boolean {
    return this._done;
  }

  isRunning(): boolean {
    return !this._done;
  }

  override isSequential(): boolean {
    return true;
  }

  /** The manager that made the reply. */
  manager(): QNetworkAccessManager | null {
    return this._manager;
  }

  operation(): Operation {
    return this._operation;
  }

  /** The request as it was when the reply was made; redirects do not change it. */
  request(): QNetworkRequest {
    this.assertAlive('request');
    return new QNetworkRequest(this._request ?? new QNetworkRequest());
  }

  /** The URL of the content, the last one after redirects. */
  url(): QUrl {
    return this._url === null ? new QUrl() : new QUrl(this._url);
  }

  /** How much is kept unread, in bytes; 0, the default, is unlimited. */
  readBufferSize(): number {
    return this._bufferSize;
  }

  /** Bounds what is kept unread: beyond it the socket is not read, so that the sender has to wait. */
  setReadBufferSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new RangeError(`QNetworkReply.setReadBufferSize expects bytes, a whole number from 0; got ${String(size)}.`);
    this._bufferSize = size;
  }

  // ---- headers

  /** A known header in its own type, null when it is missing or cannot be read. */
  header<K extends number>(header: K): KnownHeaderValue<K> | null {
    this.assertAlive('header');
    return readKnownHeader(this._fields, header, 'QNetworkReply.header');
  }

  hasRawHeader(headerName: string | Uint8Array): boolean {
    this.assertAlive('hasRawHeader');
    return this._fields.has(text(headerName));
  }

  /** Names as received, in order, each once. */
  rawHeaderList(): Buffer[] {
    this.assertAlive('rawHeaderList');
    return combinedPairs(this._fields).map(([name]) => Buffer.from(name, 'latin1'));
  }

  /** The bytes of a header's value, several joined by ", " (Set-Cookie by a line feed); empty when it is not there. */
  rawHeader(headerName: string | Uint8Array): Buffer {
    this.assertAlive('rawHeader');
    return Buffer.from(combinedText(this._fields, text(headerName)) ?? '', 'latin1');
  }

  rawHeaderPairs(): [name: Buffer, value: Buffer][] {
    this.assertAlive('rawHeaderPairs');
    return combinedPairs(this._fields).map(([name, value]) => [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')]);
  }

  /** All header fields; a copy. Values are Latin-1 text. Qt 6.8. */
  headers(): QHttpHeaders {
    this.assertAlive('headers');
    return headersFrom(this._fields.copy());
  }

  /** An attribute, null when it is not set. */
  attribute<C extends number>(code: C): AttributeValue<C> | null {
    return (this._attributes?.get(code) ?? null) as AttributeValue<C> | null;
  }

  // ---- for Node

  /** The HTTP status, 0 when there is none. */
  status(): number {
    return Number(this.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) ?? 0);
  }

  /** True when the reply is over without an error, 4xx and 5xx included among the errors. */
  ok(): boolean {
    return this._done && this._code === NetworkError.NoError;
  }

  /** What went wrong as a value, null without an error. */
  failure(): ReplyFailure | null {
    if (this._code === NetworkError.NoError) return null;
    const kind = this._code >= 100 && this.status() >= 400 ? 'status' : 'other';
    return { kind, phase: 'receive', maybeProcessed: false, attempts: [], message: this.errorString() };
  }

  /** Throws the failure as a {@link QNetworkReplyError}; else gives the reply back. */
  throwIfError(): this {
    if (this._code !== NetworkError.NoError) throw errorOf(this);
    return this;
  }

  /** When what happened, on the monotonic clock in milliseconds; -1 = it did not. null when nothing was measured. */
  timings(): Readonly<Timings> | null {
    return null;
  }

  /** Number of the transfer in the netlog, 0 when there is none. */
  transferId(): number {
    return 0;
  }

  /** A promise for the end, whatever it is; at once when it is over. Rejects only when the reply is destroyed before, or after `timeout` ms. */
  whenFinished(options?: { timeout?: number }): Promise<this> {
    return reading.whenFinished(this, options);
  }

  /** A promise for the final head; rejects when none comes. */
  whenHeaders(): Promise<this> {
    return reading.whenHeaders(this);
  }

  /** The whole body; rejects when `error()` is not NoError. */
  bytes(): Promise<Buffer> {
    return reading.bytes(this);
  }

  /** The whole body as text, decoded as `encoding`, the charset of its Content-Type, or UTF-8. */
  text(encoding?: string): Promise<string> {
    return reading.text(this, encoding);
  }

  /** The whole body read as JSON. */
  json<T = unknown>(): Promise<T> {
    return reading.json<T>(this);
  }

  /** The body piece by piece; leaving the loop aborts. Fails on transport errors only: look at `status()` for the rest. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Buffer> {
    return reading.iterate(this) as AsyncIterableIterator<Buffer>;
  }

  /** The body as a web stream; canceling aborts. */
  toWeb(): ReadableStream<Uint8Array> {
    return reading.toWeb(this) as ReadableStream<Uint8Array>;
  }

  /** The body as a Node stream; destroying it aborts. */
  toReadable(): import('node:stream').Readable {
    return reading.toReadable(this);
  }

  /** For `using`: aborts what still runs, then deletes. */
  [Symbol.dispose](): void {
    if (isDestroyed(this)) return;
    this.deleteLater();
    if (this.isRunning()) this.abort();
  }

  /** For `await using`: also waits until the reply is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (isDestroyed(this)) return;
    const gone = new Promise<void>((resolve) => this.destroyed.once(() => resolve()));
    this[Symbol.dispose]();
    await gone;
  }

  // ---- for subclasses

  protected setOperation(operation: Operation): void {
    this._operation = operation;
  }

  protected setRequest(request: QNetworkRequest): void {
    this._request = new QNetworkRequest(request);
  }

  /** Records an error and its text; emits nothing. */
  protected setError(errorCode: NetworkError, errorString: string): void {
    this._code = errorCode;
    this.setErrorString(errorString);
  }

  protected setUrl(url: UrlLike): void {
    this._url = new QUrl(toQUrl(url));
  }

  protected setHeader(header: number, value: unknown): void {
    const name = knownHeaderName(header, 'QNetworkReply.setHeader');
    const value8 = knownHeaderText(header, value, 'QNetworkReply.setHeader');
    if (value8 === null) this._ownFields().remove(name);
    else setCombined(this._ownFields(), name, Buffer.from(value8, 'latin1'), 'QNetworkReply.setHeader');
  }

  /** null removes the header. */
  protected setRawHeader(headerName: string | Uint8Array, value: string | Uint8Array | null): void {
    const name = rawHeaderName(headerName, 'QNetworkReply.setRawHeader');
    if (value === null) this._ownFields().remove(name);
    else setCombined(this._ownFields(), name, value, 'QNetworkReply.setRawHeader');
  }

  protected setHeaders(newHeaders: HeadersInit): void {
    this._fields = headerListOf(newHeaders instanceof QHttpHeaders ? newHeaders : new QHttpHeaders(newHeaders)).copy();
  }

  protected setWellKnownHeader(name: QHttpHeaders.WellKnownHeader, value: string | Uint8Array): void {
    this.setRawHeader(QHttpHeaders.wellKnownHeaderName(name), value);
  }

  /** null or undefined removes the attribute. */
  protected setAttribute(code: number, value: unknown): void {
    if (value === null || value === undefined) {
      this._attributes?.delete(code);
      return;
    }
    this._attributes ??= new Map();
    this._attributes.set(code, value);
  }

  /** Marks the reply as over; emits nothing. */
  protected setFinished(finished: boolean): void {
    this._done = finished;
  }

  /** @internal Emits both error signals, Qt 4's first. */
  protected _emitError(): void {
    const code = this._code;
    peekSignal(this, signals.ERROR)?.emit(code);
    peekSignal(this, signals.ERROR_OCCURRED)?.emit(code);
  }

  /** @internal */
  protected get _errorCode(): NetworkError {
    return this._code;
  }

  private _ownFields(): HeaderList {
    if (this._fields === NO_FIELDS) this._fields = new HeaderList();
    return this._fields;
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkReply {
  type NetworkError = EnumValue<typeof NetworkError>;
}

function text(name: string | Uint8Array): string {
  return typeof name === 'string' ? name : Buffer.from(name).toString('latin1');
}
