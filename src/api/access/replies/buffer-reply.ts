import { ByteQueue } from '../../../base/byte-queue.ts';
import { afterTurn, systemClock } from '../../../base/clock.ts';
import type { Body, BodyReader } from '../../../contract/body.ts';
import type { Failure } from '../../../contract/failure.ts';
import { isRedirect } from '../../../rules/redirect.ts';
import { type BodySource, deviceFor } from '../../bridge/body-source.ts';
import { deviceReader } from '../../bridge/device-body.ts';
import { networkErrorOfStatus, statusText } from '../../bridge/error-map.ts';
import { ProgressPace } from '../../bridge/progress-pace.ts';
import { UploadDevice } from '../../bridge/upload-device.ts';
import { asBuffer } from '../../core/qbytearray.ts';
import { type QIODevice, READY_READ } from '../../core/qiodevice.ts';
import { peekSignal } from '../../core/qobject.ts';
import { QUrl, type UrlLike } from '../../core/qurl.ts';
import { Attribute, NetworkError, Operation } from '../access-enums.ts';
import type { HeadersInit } from '../qhttpheaders.ts';
import { DOWNLOAD_PROGRESS, META_DATA_CHANGED } from '../qnetworkreply.ts';
import { publicUrl, QNetworkReplyError } from '../qnetworkreplyerror.ts';
import type { QNetworkRequest } from '../qnetworkrequest.ts';
import type { ReplyFailure } from '../reply-error.ts';
import { type AttributesInit, attributeCodes } from '../request-options.ts';
import { ReadyReply } from './ready-reply.ts';

/** Bytes taken from a stream before others have their turn. */
const AT_ONCE = 1 << 20;

/** What a {@link BufferReply} says beside its body. */
export interface BufferReplyInit {
  /** The HTTP status, default 200; 0 = none. From 400 on the reply has the error that belongs to the status. */
  status?: number;
  /** The reason phrase. Default: 'OK' for 200, else empty. */
  reason?: string;
  /** Header fields. Content-Type and Content-Length are added where the body tells them. */
  headers?: HeadersInit;
  /** Where the content comes from. Default: the URL of the request. */
  url?: UrlLike;
  /** Attributes by name or number. */
  attributes?: AttributesInit;
}

/**
 * A reply whose body a program has: what an overridden `createRequest` answers for a scheme of its own, from memory, or in a test.
 *
 *     class Memory extends QNetworkAccessManager {
 *       createRequest(op, request, body) {
 *         if (request.url().scheme() !== 'mem') return super.createRequest(op, request, body);
 *         return new BufferReply(op, request, 'hello', { headers: { 'Content-Type': 'text/plain' } });
 *       }
 *     }
 *
 * The body is anything that can be uploaded. Streams are read at the pace of the reader once `setReadBufferSize` bounds what may wait;
 * devices with positions are read when somebody reads, and have to stay open until then. The signals come on a later turn.
 */
export class BufferReply extends ReadyReply {
  #body: QIODevice | null = null;
  /** What a body that flows is read from. */
  #source: Pick<Body, 'open' | 'release'> | null = null;
  /** The body can be read at once, and so many bytes of it were not yet. */
  #left = 0;
  /** The body comes piece by piece, and these wait. */
  #queue: ByteQueue | null = null;
  #reader: BodyReader | null = null;
  #pumping = false;
  #refilling = false;
  /** Bytes may be seen that readyRead has not told of. */
  #fresh = false;
  #pace: ProgressPace | null = null;
  #problem: Failure | null = null;

  /** Throws a TypeError or RangeError for what can be no body, status, header or attribute. */
  constructor(operation: Operation, request: QNetworkRequest, body: BodySource | null = null, init: BufferReplyInit = {}) {
    const status = checkedStatus(init.status);
    const codes = attributeCodes(init.attributes ?? {}, 'BufferReply: attributes');
    super(operation, request, 'BufferReply');
    if (init.url !== undefined) this.setUrl(init.url);
    if (init.headers !== undefined) this.setHeaders(init.headers);
    if (status > 0) {
      this.setAttribute(Attribute.HttpStatusCodeAttribute, status);
      this.setAttribute(Attribute.HttpReasonPhraseAttribute, init.reason ?? (status === 200 ? 'OK' : ''));
      // as a manager does that is told not to follow
      if (isRedirect(status) && this.hasRawHeader('Location'))
        this.setAttribute(Attribute.RedirectionTargetAttribute, QUrl.fromEncoded(this.rawHeader('Location')));
    }
    for (const [code, value] of codes) this.setAttribute(code, value);
    if (body !== null) this.#take(body);
    if (operation === Operation.HeadOperation) this._drop();
    this._start();
  }

  #take(body: BodySource): void {
    const { device, contentType } = deviceFor(body, 'BufferReply');
    if (!device.isReadable()) throw new TypeError('BufferReply: the device is not open for reading; open it before');
    this.#body = device;
    if (!device.isSequential()) this._total = Math.max(0, device.size() - device.pos());
    else {
      this.#queue = new ByteQueue();
      this.#source = sourceOf(device);
      if (body instanceof Blob) this._total = body.size;
    }
    if (contentType !== '' && !this.hasRawHeader('Content-Type')) this.setRawHeader('Content-Type', contentType);
    if (this._total >= 0 && !this.hasRawHeader('Content-Length')) this.setRawHeader('Content-Length', String(this._total));
  }

  override failure(): ReplyFailure | null {
    const failure = super.failure();
    const problem = this.#problem;
    return failure === null || problem === null ? failure : { ...failure, cause: problem.cause };
  }

  // ---- reading

  override bytesAvailable(): number {
    return super.bytesAvailable() + this.#left + this.#exposed();
  }

  override canReadLine(): boolean {
    return (
      super.canReadLine() ||
      (this.#queue === null ? this.#body?.canReadLine() === true : this.#queue.indexOf(10, this.#exposed()) >= 0)
    );
  }

  /** Never more than may be seen: what was peeked at counts for the limit. */
  override peek(maxSize: number): Buffer {
    return super.peek(Math.min(maxSize, this.bytesAvailable()));
  }

  protected override readData(maxSize: number): Buffer | null {
    if (this.#queue === null) return this.#readBody(Math.min(maxSize, this.#left));
    return this.#queue.take(Math.min(maxSize, this.#exposed()));
  }

  /** @internal */
  protected override _handedOut(): void {
    if (this.readBufferSize() === 0) return;
    this.#fresh = true;
    this.#refillSoon();
  }

  #readBody(size: number): Buffer | null {
    if (size === 0) return null;
    const piece = this.#body!.read(size);
    if (piece.length === 0) {
      const left = this.#left;
      this.#left = 0;
      throw new Error(`BufferReply: the body ended ${left} bytes too early; its device must stay open, and as long as it was`);
    }
    this.#left -= piece.length;
    return piece;
  }

  /** What may be seen of what waits. */
  #exposed(): number {
    if (this.#queue === null) return 0;
    const limit = this.readBufferSize();
    const { size } = this.#queue;
    return limit > 0 && this._goesOn() ? Math.max(0, Math.min(limit - super.bytesAvailable(), size)) : size;
  }

  override setReadBufferSize(size: number): void {
    const before = this.#exposed();
    super.setReadBufferSize(size);
    if (this.#exposed() > before) this.#fresh = true;
    this.#refillSoon();
  }

  // ---- telling

  /** @internal */
  protected override _begin(): void {
    peekSignal(this, META_DATA_CHANGED)?.emit();
    if (!this._goesOn()) return;
    if (this.#source !== null) {
      this.#reader = this.#source.open();
      return this.#pump();
    }
    if (this.#body !== null) this._received = this.#left = this._total;
    if (this.#left > 0) peekSignal(this, READY_READ)?.emit();
    if (this._goesOn()) this.#complete();
  }

  /** @internal */
  protected override _drop(): void {
    const source = this.#source;
    const reader = this.#reader;
    this.#body = null;
    this.#source = null;
    this.#reader = null;
    this.#left = 0;
    this.#queue?.clear();
    reader?.close();
    source?.release?.();
  }

  readonly #wake = (): void => this.#pump();

  /** Takes what there is, as far as there is room for it. */
  #pump(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    let rest = AT_ONCE;
    while (this.#reader !== null && this._goesOn() && this.#hasRoom()) {
      if (rest <= 0) {
        afterTurn(() => this.#pump());
        break;
      }
      const piece = this.#reader.pull(this.#wake);
      if (piece === null) {
        this.#ended(this.#reader);
        break;
      }
      if (piece === undefined) break;
      rest -= piece.length + 1;
      this.#arrived(asBuffer(piece));
    }
    this.#pumping = false;
  }

  #hasRoom(): boolean {
    const limit = this.readBufferSize();
    return limit === 0 || this.#queue!.size + super.bytesAvailable() < limit;
  }

  #arrived(piece: Buffer): void {
    if (piece.length === 0) return;
    this._received += piece.length;
    this.#queue!.copyIn(piece, 0, piece.length, -1);
    peekSignal(this, READY_READ)?.emit();
    const progress = peekSignal(this, DOWNLOAD_PROGRESS);
    if (progress === undefined || !this._goesOn()) return;
    const now = systemClock.now();
    this.#pace ??= new ProgressPace(now);
    this.#pace.downloaded(progress, now, this._received, this._total);
  }

  #ended(reader: BodyReader): void {
    this.#problem = reader.failure;
    reader.close();
    this.#reader = null;
    this.#complete();
  }

  #complete(): void {
    const problem = this.#problem;
    const status = this.status();
    if (problem !== null) {
      const { cause } = problem;
      // the body is that of another reply: what that one failed of, this one fails of
      if (cause instanceof QNetworkReplyError) this.setError(cause.networkError as NetworkError, cause.message);
      else
        this.setError(
          NetworkError.UnknownNetworkError,
          `Error reading the body of ${publicUrl(this.url())} - ${problem.message}`,
        );
    } else if (status >= 400) {
      const reason = String(this.attribute(Attribute.HttpReasonPhraseAttribute) ?? '');
      this.setError(networkErrorOfStatus(status), statusText(status, reason, publicUrl(this.url())));
    }
    this._end();
  }

  /** The reader took something, or raised the limit: go on when its code has run. */
  #refillSoon(): void {
    if (this.#refilling || this.#reader === null) return;
    this.#refilling = true;
    systemClock.soon(() => this.#refill());
  }

  #refill(): void {
    this.#refilling = false;
    if (!this._goesOn()) return;
    const tell = this.#fresh && this.#exposed() > 0;
    this.#fresh = false;
    if (tell) peekSignal(this, READY_READ)?.emit();
    this.#pump();
  }
}

function checkedStatus(status: number = 200): number {
  if (status !== 0 && !(Number.isInteger(status) && status >= 100 && status <= 999))
    throw new RangeError(`BufferReply: the status is a number from 100 to 999, or 0 for none; got ${String(status)}`);
  return status;
}

/** Streams are read as they are; a device of the program's own by what it says. */
function sourceOf(device: QIODevice): Pick<Body, 'open' | 'release'> {
  if (device instanceof UploadDevice && !device.touched) {
    const plan = device.plan(-1, true);
    if ('body' in plan && plan.body !== null && plan.body.bytes === null) return plan.body;
  }
  return { open: () => deviceReader(device) };
}
