import { HeaderList } from '../../base/header-list.ts';
import type { Timings } from '../../contract/netlog.ts';
import { type EnumValue, withEnums } from '../core/enums.ts';
import { QIODEVICE_SIGNALS, QIODevice } from '../core/qiodevice.ts';
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
  rawHeaderText,
  readKnownHeader,
} from './known-headers.ts';
import { type HeadersInit, headerListOf, headersFrom, QHttpHeaders } from './qhttpheaders.ts';
import type { QNetworkAccessManager } from './qnetworkaccessmanager.ts';
import { QNetworkRequest } from './qnetworkrequest.ts';
import { errorOf, type ReplyFailure } from './reply-error.ts';
import * as reading from './reply-reading.ts';

export const ERROR = QIODEVICE_SIGNALS;
export const ERROR_OCCURRED = QIODEVICE_SIGNALS + 1;
export const META_DATA_CHANGED = QIODEVICE_SIGNALS + 2;
export const FINISHED = QIODEVICE_SIGNALS + 3;
export const DOWNLOAD_PROGRESS = QIODEVICE_SIGNALS + 4;
export const UPLOAD_PROGRESS = QIODEVICE_SIGNALS + 5;
export const ENCRYPTED = QIODEVICE_SIGNALS + 6;
export const SOCKET_STARTED_CONNECTING = QIODEVICE_SIGNALS + 7;
export const REQUEST_SENT = QIODEVICE_SIGNALS + 8;

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
export class QNetworkReply extends withEnums(QIODevice, { NetworkError }) {
  /** @internal */
  _manager: QNetworkAccessManager | null = null;
  /** @internal Neighbours among the replies that run. */
  _before: QNetworkReply | null = null;
  /** @internal */
  _after: QNetworkReply | null = null;
  /** @internal Latin-1 fields as received. */
  protected fields: HeaderList = NO_FIELDS;
  private attributes: Map<number, unknown> | null = null;
  private code: NetworkError = NetworkError.NoError;
  private operationValue: Operation = Operation.UnknownOperation;
  private requestValue: QNetworkRequest | null = null;
  private urlValue: QUrl | null = null;
  private done = false;
  private bufferSize = 0;
  private errorFace: CallableSignal<NetworkError, [code: NetworkError]> | null = null;

  // ---- signals

  /** The headers are complete, or have changed. */
  get metaDataChanged(): Signal<[]> {
    return this.sig(META_DATA_CHANGED);
  }
  /** The reply is over; comes exactly once, unless the reply is destroyed before. The body can still be read. */
  get finished(): Signal<[]> {
    return this.sig(FINISHED);
  }
  /** Something failed; `finished` follows. Qt 5.15. */
  get errorOccurred(): Signal<[code: NetworkError]> {
    return this.sig(ERROR_OCCURRED);
  }
  /** Body bytes so far and in all, -1 while unknown; at most every 100 ms, and once at the end. */
  get downloadProgress(): Signal<[bytesReceived: number, bytesTotal: number]> {
    return this.sig(DOWNLOAD_PROGRESS);
  }
  /** Request bytes the socket has accepted so far and in all, -1 while unknown. At the end (0, 0), as in Qt. */
  get uploadProgress(): Signal<[bytesSent: number, bytesTotal: number]> {
    return this.sig(UPLOAD_PROGRESS);
  }
  /** The TLS handshake is done and nothing of the request was sent yet. Qt 5.1. */
  get encrypted(): Signal<[]> {
    return this.sig(ENCRYPTED);
  }
  /** The first attempt to connect begins. Qt 6.3. */
  get socketStartedConnecting(): Signal<[]> {
    return this.sig(SOCKET_STARTED_CONNECTING);
  }
  /** The request was handed to the socket; again for a resend. Qt 6.3. */
  get requestSent(): Signal<[]> {
    return this.sig(REQUEST_SENT);
  }
  /** `error()` is the code, NoError so far; `error.connect` is Qt 4's signal of the same name. */
  get error(): CallableSignal<NetworkError, [code: NetworkError]> {
    this.errorFace ??= callableSignal(
      () => this.code,
      () => this.sig(ERROR),
    );
    return this.errorFace;
  }

  // ---- state

  /** Stops the transfer and finishes the reply inside the call, with OperationCanceledError. Of no use once it is finished. */
  abort(): void {
    if (this.done || isDestroyed(this)) return;
    this.close();
    if (this.done || isDestroyed(this)) return;
    this.setError(NetworkError.OperationCanceledError, 'Operation canceled');
    this.emitError();
    this.done = true;
    peekSignal(this, FINISHED)?.emit();
  }

  isFinished(): boolean {
    return this.done;
  }

  isRunning(): boolean {
    return !this.done;
  }

  override isSequential(): boolean {
    return true;
  }

  override size(): number {
    return this.bytesAvailable();
  }

  /** The manager that made the reply. */
  manager(): QNetworkAccessManager | null {
    return this._manager;
  }

  operation(): Operation {
    return this.operationValue;
  }

  /** The request as it was when the reply was made; redirects do not change it. */
  request(): QNetworkRequest {
    this.assertAlive('request');
    return new QNetworkRequest(this.requestValue ?? new QNetworkRequest());
  }

  /** The URL of the content, the last one after redirects. */
  url(): QUrl {
    return this.urlValue === null ? new QUrl() : new QUrl(this.urlValue);
  }

  /** How much is kept unread, in bytes; 0, the default, is unlimited. */
  readBufferSize(): number {
    return this.bufferSize;
  }

  /** Bounds what is kept unread: beyond it the socket is not read, so that the sender has to wait. */
  setReadBufferSize(size: number): void {
    if (!Number.isSafeInteger(size) || size < 0)
      throw new RangeError(`QNetworkReply.setReadBufferSize expects bytes, a whole number from 0; got ${String(size)}.`);
    this.bufferSize = size;
  }

  // ---- headers

  /** A known header in its own type, null when it is missing or cannot be read. */
  header<K extends number>(header: K): KnownHeaderValue<K> | null {
    this.assertAlive('header');
    return readKnownHeader(this.fields, header, 'QNetworkReply.header');
  }

  hasRawHeader(headerName: string | Uint8Array): boolean {
    this.assertAlive('hasRawHeader');
    return this.fields.has(text(headerName));
  }

  /** Names as received, in order, each once. */
  rawHeaderList(): Buffer[] {
    this.assertAlive('rawHeaderList');
    return combinedPairs(this.fields).map(([name]) => Buffer.from(name, 'latin1'));
  }

  /** The bytes of a header's value, several joined by ", " (Set-Cookie by a line feed); empty when it is not there. */
  rawHeader(headerName: string | Uint8Array): Buffer {
    this.assertAlive('rawHeader');
    return Buffer.from(combinedText(this.fields, text(headerName)) ?? '', 'latin1');
  }

  rawHeaderPairs(): [name: Buffer, value: Buffer][] {
    this.assertAlive('rawHeaderPairs');
    return combinedPairs(this.fields).map(([name, value]) => [Buffer.from(name, 'latin1'), Buffer.from(value, 'latin1')]);
  }

  /** All header fields; a copy. Values are Latin-1 text. Qt 6.8. */
  headers(): QHttpHeaders {
    this.assertAlive('headers');
    return headersFrom(this.fields.copy());
  }

  /** An attribute, null when it is not set. */
  attribute<C extends number>(code: C): AttributeValue<C> | null {
    return (this.attributes?.get(code) ?? null) as AttributeValue<C> | null;
  }

  // ---- for Node

  /** The HTTP status, 0 when there is none. */
  status(): number {
    return Number(this.attribute(QNetworkRequest.Attribute.HttpStatusCodeAttribute) ?? 0);
  }

  /** True when the reply is over without an error, 4xx and 5xx included among the errors. */
  ok(): boolean {
    return this.done && this.code === NetworkError.NoError;
  }

  /** What went wrong as a value, null without an error. */
  failure(): ReplyFailure | null {
    if (this.code === NetworkError.NoError) return null;
    const kind = this.code >= 100 && this.status() >= 400 ? 'status' : 'other';
    return { kind, phase: 'receive', maybeProcessed: false, attempts: [], message: this.errorString() };
  }

  /** Throws the failure as a {@link QNetworkReplyError}; else gives the reply back. */
  throwIfError(): this {
    if (this.code !== NetworkError.NoError) throw errorOf(this);
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
    if (this.isRunning()) this.abort();
    this.deleteLater();
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
    this.operationValue = operation;
  }

  protected setRequest(request: QNetworkRequest): void {
    this.requestValue = new QNetworkRequest(request);
  }

  /** Records an error and its text; emits nothing. */
  protected setError(errorCode: NetworkError, errorString: string): void {
    this.code = errorCode;
    this.setErrorString(errorString);
  }

  protected setUrl(url: UrlLike): void {
    this.urlValue = new QUrl(toQUrl(url));
  }

  protected setHeader(header: number, value: unknown): void {
    const name = knownHeaderName(header, 'QNetworkReply.setHeader');
    const value8 = knownHeaderText(header, value, 'QNetworkReply.setHeader');
    if (value8 === null) this.ownFields().remove(name);
    else this.ownFields().set(name, value8);
  }

  /** null removes the header. */
  protected setRawHeader(headerName: string | Uint8Array, value: string | Uint8Array | null): void {
    const name = rawHeaderName(headerName, 'QNetworkReply.setRawHeader');
    if (value === null) this.ownFields().remove(name);
    else this.ownFields().set(name, rawHeaderText(name, value, 'QNetworkReply.setRawHeader'));
  }

  protected setHeaders(newHeaders: HeadersInit): void {
    this.fields = headerListOf(newHeaders instanceof QHttpHeaders ? newHeaders : new QHttpHeaders(newHeaders)).copy();
  }

  protected setWellKnownHeader(name: QHttpHeaders.WellKnownHeader, value: string | Uint8Array): void {
    this.setRawHeader(QHttpHeaders.wellKnownHeaderName(name), value);
  }

  /** null or undefined removes the attribute. */
  protected setAttribute(code: number, value: unknown): void {
    if (value === null || value === undefined) {
      this.attributes?.delete(code);
      return;
    }
    this.attributes ??= new Map();
    this.attributes.set(code, value);
  }

  /** Marks the reply as over; emits nothing. */
  protected setFinished(finished: boolean): void {
    this.done = finished;
  }

  /** @internal Emits both error signals, Qt 4's first. */
  protected emitError(): void {
    const { code } = this;
    peekSignal(this, ERROR)?.emit(code);
    peekSignal(this, ERROR_OCCURRED)?.emit(code);
  }

  /** @internal */
  protected get errorCode(): NetworkError {
    return this.code;
  }

  private ownFields(): HeaderList {
    if (this.fields === NO_FIELDS) this.fields = new HeaderList();
    return this.fields;
  }
}

/** Types of the class's enums. */
export declare namespace QNetworkReply {
  type NetworkError = EnumValue<typeof NetworkError>;
}

function text(name: string | Uint8Array): string {
  return typeof name === 'string' ? name : Buffer.from(name).toString('latin1');
}
