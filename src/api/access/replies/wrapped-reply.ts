import { systemClock } from '../../../base/clock.ts';
import { ABOUT_TO_CLOSE, QIODevice, READ_CHANNEL_FINISHED, READY_READ } from '../../core/qiodevice.ts';
import { isDestroyed, peekSignal } from '../../core/qobject.ts';
import { type Connection, QUEUED } from '../../core/signal.ts';
import type { QSslConfiguration } from '../../security/qsslconfiguration.ts';
import type { QSslError } from '../../security/qsslerror.ts';
import { type AttributeValue, NetworkError } from '../access-enums.ts';
import * as R from '../qnetworkreply.ts';
import { publicUrl } from '../qnetworkreplyerror.ts';
import type { ReplyFailure } from '../reply-error.ts';
import { repeatTo } from '../reply-security.ts';
import { ChangedBody } from './changed-body.ts';
import { afterOthers } from './later.ts';

/** Index of `destroyed` among the signals of an object. */
const DESTROYED = 0;

/** Signals that are passed on as they are. */
const PLAIN = [
  R.SOCKET_STARTED_CONNECTING,
  R.SSL_ERRORS,
  R.PRE_SHARED_KEY,
  R.ENCRYPTED,
  R.REQUEST_SENT,
  R.UPLOAD_PROGRESS,
  R.DOWNLOAD_PROGRESS,
];

/**
 * A reply around another one, which it owns: everything is that one's, and a subclass changes what it likes. An overridden
 * `createRequest` returns it for the reply of the base implementation; the manager then speaks of the wrapper only.
 *
 *     class WithoutCookies extends WrappedReply {
 *       takeOver() {
 *         super.takeOver();
 *         this.setRawHeader('Set-Cookie', null);
 *       }
 *     }
 *     class Private extends QNetworkAccessManager {
 *       createRequest(op, request, body) {
 *         return new WithoutCookies(super.createRequest(op, request, body));
 *       }
 *     }
 *
 * The signals come in the order of the wrapped reply. `abort()`, `close()` and `setReadBufferSize()` reach it, deleting the wrapper deletes
 * it, and when it is deleted before its end the wrapper ends with OperationCanceledError.
 */
export class WrappedReply extends R.QNetworkReply {
  #inner: R.QNetworkReply | null = null;
  #changed: ChangedBody | null = null;
  #links: Connection[] = [];
  #broken: { readonly cause: unknown } | null = null;

  /** `reply` is the one to wrap; null when it comes later, by `wrap()`. Throws a TypeError when it is no reply. */
  constructor(reply: R.QNetworkReply | null) {
    super();
    this.setOpenMode(QIODevice.ReadOnly);
    if (reply === null) return;
    this.wrap(reply);
    this.setOperation(reply.operation());
    this.setRequest(reply.request());
    this.setUrl(reply.url());
  }

  /** The wrapped reply, null while there is none. */
  protected wrapped(): R.QNetworkReply | null {
    return this.#inner;
  }

  /** Wraps the reply, if that was not done by the constructor. Throws when there is one already, and a TypeError for what is no reply. */
  protected wrap(reply: R.QNetworkReply): void {
    const { name } = this.constructor;
    if (!(reply instanceof R.QNetworkReply)) throw new TypeError(`${name}: a QNetworkReply to wrap is expected`);
    if (isDestroyed(reply)) throw new TypeError(`${name}: the reply to wrap was deleted`);
    if (this.#inner !== null) throw new Error(`${name}: there is a wrapped reply already`);
    this.#inner = reply;
    repeatTo(reply, this);
    reply.setParent(this);
    if (this.changeBody !== WrappedReply.prototype.changeBody)
      this.#changed = new ChangedBody(reply, (piece, last) => this.changeBody(piece, last));
    if (this.readBufferSize() > 0) reply.setReadBufferSize(this.readBufferSize());
    else super.setReadBufferSize(reply.readBufferSize());
    if (reply instanceof WrappedReply) reply._handedOver();
    this.#listen(reply);
    // it may still say so; if not, nobody has heard it who listens to us
    if (reply.isFinished()) afterOthers(() => this.#retell(reply));
  }

  // ---- to be overridden

  /**
   * Takes over URL, operation, headers and error. Called when the reply is handed over, and before each signal that tells of one of
   * them; an override calls it first and then sets what shall be different.
   */
  protected takeOver(): void {
    const inner = this.#inner;
    if (inner === null || isDestroyed(inner)) return;
    this.setOperation(inner.operation());
    this.setUrl(inner.url());
    this.setHeaders(inner.headers());
    // nobody knows how long it will be
    if (this.#changed !== null) this.setRawHeader('Content-Length', null);
    if (inner.error() !== NetworkError.NoError) this.setError(inner.error(), inner.errorString());
  }

  /**
   * What to deliver instead of a piece of the body; pieces come as they are read, and at the end an empty one with `last` true. An error
   * it throws ends the reply with UnknownContentError. Only an override is called: without one the body is not touched.
   */
  protected changeBody(piece: Buffer, _last: boolean): Buffer {
    return piece;
  }

  // ---- what is asked for

  /** One that was set here, else the wrapped reply's. */
  override attribute<C extends number>(code: C): AttributeValue<C> | null {
    return super.attribute(code) ?? this.#inner?.attribute(code) ?? null;
  }

  override failure(): ReplyFailure | null {
    const inner = this.#inner;
    const broken = this.#broken;
    if (broken === null && inner !== null && inner.error() === this._errorCode) return inner.failure();
    const failure = super.failure();
    return failure === null || broken === null ? failure : { ...failure, ...broken };
  }

  override story(): string {
    return this.#inner?.story() ?? super.story();
  }

  override toCurl(options?: Parameters<R.QNetworkReply['toCurl']>[0]): string {
    return this.#inner?.toCurl(options) ?? super.toCurl(options);
  }

  override timings(): ReturnType<R.QNetworkReply['timings']> {
    return this.#inner?.timings() ?? null;
  }

  override transferId(): number {
    return this.#inner?.transferId() ?? 0;
  }

  override bytesAvailable(): number {
    const inner = this.#inner;
    const changed = this.#changed;
    if (inner === null) return super.bytesAvailable();
    return (
      super.bytesAvailable() +
      (changed === null ? inner.bytesAvailable() : this.#guarded(() => changed.available(this.#room()), 0))
    );
  }

  override canReadLine(): boolean {
    return super.canReadLine() || (this.#changed ?? this.#inner)?.canReadLine() === true;
  }

  protected override readData(maxSize: number): Buffer | null {
    const inner = this.#inner;
    const changed = this.#changed;
    if (changed === null) return inner === null ? null : inner.read(maxSize);
    return this.#guarded(() => changed.read(maxSize, this.#room()), null);
  }

  /** A look at what is wrapped is no reading of it, and no more than what may be seen. */
  override peek(maxSize: number): Buffer {
    const plain = this.#changed === null && this.readData === WrappedReply.prototype.readData;
    if (plain && this.#inner !== null && super.bytesAvailable() === 0) return this.#inner.peek(maxSize);
    return super.peek(Math.min(maxSize, this.bytesAvailable()));
  }

  /** How much of a changed body may wait. */
  #room(): number {
    const limit = this.readBufferSize();
    return limit === 0 ? Number.POSITIVE_INFINITY : limit - super.bytesAvailable();
  }

  /** @internal */
  protected override _handedOut(): void {
    // what is wrapped does not know that there is room again
    if (this.#changed !== null && this.readBufferSize() > 0) systemClock.soon(() => this.#isOver() || this.#tellData());
  }

  override setReadBufferSize(size: number): void {
    super.setReadBufferSize(size);
    this.#inner?.setReadBufferSize(size);
  }

  override ignoreSslErrors(errors?: Iterable<QSslError>): void {
    if (errors !== undefined) return super.ignoreSslErrors(errors);
    super.ignoreSslErrors();
    this.#inner?.ignoreSslErrors();
  }

  protected override ignoreSslErrorsImplementation(errors: QSslError[]): void {
    super.ignoreSslErrorsImplementation(errors);
    this.#inner?.ignoreSslErrors(errors);
  }

  protected override sslConfigurationImplementation(configuration: QSslConfiguration): void {
    if (this.#inner === null) super.sslConfigurationImplementation(configuration);
    else configuration.swap(this.#inner.sslConfiguration());
  }

  protected override setSslConfigurationImplementation(configuration: QSslConfiguration): void {
    super.setSslConfigurationImplementation(configuration);
    this.#inner?.setSslConfiguration(configuration);
  }

  override abort(): void {
    if (this.#isOver()) return;
    this.#inner?.abort();
    if (this.#isOver()) return;
    // it was over already, or is of a class that does not end by abort()
    this.#unlisten();
    super.abort();
  }

  override close(): void {
    if (this.#inner === null) return this.abort();
    this.#inner.close();
    if (!this.#inner.isOpen()) super.close();
  }

  /** @internal Called when the constructors are through and before anybody looks at the reply. */
  _handedOver(): void {
    this.takeOver();
    // who will say something holds the wrapped reply, and that one the wrapper: a manager that held it too would keep what waits for
    // a reader that cannot come
    this._manager?._park(this);
  }

  // ---- what the wrapped reply says

  #listen(inner: R.QNetworkReply): void {
    const on = (index: number, slot: (...args: unknown[]) => void): void => {
      const link = inner['sig']<unknown[]>(index).connect(this, slot);
      // what a program undoes are its own slots
      link._kept = true;
      this.#links.push(link);
    };
    for (const index of PLAIN) on(index, (...args) => peekSignal(this, index)?.emit(...args));
    on(R.META_DATA_CHANGED, () => this.#tellHead());
    on(R.REDIRECTED, (url) => {
      this.takeOver();
      peekSignal(this, R.REDIRECTED)?.emit(url);
    });
    on(READY_READ, () => this.#tellData());
    on(READ_CHANNEL_FINISHED, () => {
      this.#tellRest();
      peekSignal(this, READ_CHANNEL_FINISHED)?.emit();
    });
    on(R.ERROR, () => this.#tellError(R.ERROR));
    on(R.ERROR_OCCURRED, () => this.#tellError(R.ERROR_OCCURRED));
    on(ABOUT_TO_CLOSE, () => super.close());
    on(R.FINISHED, () => this.#tellEnd());
    on(DESTROYED, () => this.#lost(inner));
    this.#links.push(this.redirectAllowed.connect(() => inner.redirectAllowed()));
  }

  #unlisten(): void {
    for (const link of this.#links) link.disconnect();
    this.#links = [];
  }

  /** What a reply that was over before has said. */
  #retell(inner: R.QNetworkReply): void {
    if (this.#isOver()) return;
    if (inner.status() > 0 || inner.rawHeaderList().length > 0) this.#tellHead();
    if (!this.#isOver() && this.#changed === null && this.bytesAvailable() > 0) this.#tellData();
    if (!this.#isOver()) this.#tellRest();
    if (!this.#isOver()) this.#tellError(R.ERROR);
    if (!this.#isOver()) this.#tellError(R.ERROR_OCCURRED);
    const bytes = this.bytesAvailable();
    if (!this.#isOver()) peekSignal(this, R.DOWNLOAD_PROGRESS)?.emit(bytes, bytes);
    if (!this.#isOver()) peekSignal(this, READ_CHANNEL_FINISHED)?.emit();
    if (!this.#isOver()) this.#tellEnd();
  }

  #isOver(): boolean {
    return this.isFinished() || isDestroyed(this);
  }

  #tellHead(): void {
    this.takeOver();
    peekSignal(this, R.META_DATA_CHANGED)?.emit();
  }

  /** Of a changed body only when it has more now. */
  #tellData(): void {
    const changed = this.#changed;
    if (changed !== null) {
      const before = changed.size;
      if (this.#guarded(() => changed.available(this.#room()), 0) <= before) return;
    }
    peekSignal(this, READY_READ)?.emit();
  }

  /** The end of a changed body may bring some more. */
  #tellRest(): void {
    this.#changed?.end();
    if (this.#changed !== null) this.#tellData();
  }

  #tellError(index: number): void {
    this.takeOver();
    if (this._errorCode !== NetworkError.NoError) peekSignal(this, index)?.emit(this._errorCode);
  }

  #tellEnd(): void {
    const inner = this.#inner;
    const changed = this.#changed;
    if (changed?.busy === true) return systemClock.soon(() => this.#tellEnd());
    if (this.#isOver()) return;
    this.#unlisten();
    try {
      this.takeOver();
      if (changed !== null) this.#tellRest();
      else if (inner !== null && !inner.isReadable()) this.setOpenMode(QIODevice.NotOpen);
      // one that is about to be deleted leaves what was not read
      else if (inner !== null && (inner._life & QUEUED) !== 0) super.peek(Number.MAX_SAFE_INTEGER);
    } finally {
      if (!this.#isOver()) this.#end();
    }
  }

  #end(): void {
    this.setFinished(true);
    peekSignal(this, R.FINISHED)?.emit();
  }

  /** The wrapped reply was deleted. With its manager the wrapper goes too, without a word. */
  #lost(inner: R.QNetworkReply): void {
    if (this.#isOver()) return;
    const manager = inner.manager();
    if (manager !== null && isDestroyed(manager)) return this._destroy();
    this._fail(NetworkError.OperationCanceledError, 'The reply that was wrapped was deleted before it finished');
  }

  /** @internal Ends with an error that is not the wrapped reply's. */
  protected _fail(code: NetworkError, text: string, cause?: unknown): void {
    this.#unlisten();
    if (cause !== undefined) this.#broken = { cause };
    this.setError(code, text);
    this._emitError();
    if (!this.#isOver()) this.#end();
  }

  /** An error of `changeBody` ends the reply. */
  #guarded<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this._fail(NetworkError.UnknownContentError, `Error changing the body of ${publicUrl(this.url())} - ${text}`, error);
      if (this.#inner !== null && !this.#inner.isFinished()) this.#inner.abort();
      return otherwise;
    }
  }
}
