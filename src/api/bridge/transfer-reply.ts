import { afterTurn } from '../../base/clock.ts';
import type { HeaderList } from '../../base/header-list.ts';
import type { Url } from '../../base/url.ts';
import type { Ask } from '../../contract/ask.ts';
import type { CredentialQuestion, Credentials } from '../../contract/auth.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SecureInfo } from '../../contract/security.ts';
import type { PullBody, Sink } from '../../contract/sink.ts';
import type { Engine } from '../../engine/assembly.ts';
import { NetworkError, type Operation } from '../access/access-enums.ts';
import * as R from '../access/qnetworkreply.ts';
import type { RequestState } from '../access/request-state.ts';
import { ABOUT_TO_CLOSE, QIODevice, READ_CHANNEL_FINISHED, READY_READ } from '../core/qiodevice.ts';
import { isDestroyed, peekSignal } from '../core/qobject.ts';
import { AnsweredReply } from './answered-reply.ts';
import { failureText, networkErrorOf, networkErrorOfStatus, statusText } from './error-map.ts';
import { park, unpark } from './parked.ts';
import { askForCredentials } from './reply-credentials.ts';
import type { ReplyOwner } from './reply-owner.ts';

const RUNNING = 0;
/** The last signals are being emitted. */
const ENDING = 1;
const OVER = 2;

// Flags that few replies have, in one field because every reply pays for fields.
/** The answer is complete, but not all of it fits into the read buffer yet. */
const END_WAITS = 1;
const REFILLING = 2;
/** data:, file: and qrc: are finished when get() returns; their signals come later. */
const IMMEDIATE = 4;
/** aboutToClose is being told. */
const SHUTTING = 32;
/** Bytes may be seen that readyRead has not told of. */
const FRESH = 64;
/** A server was asked. */
const ASKED = 128;

/** The reply of the network access manager: the sink of its transfer, in Qt's words and Qt's order of signals. */
export class TransferReply extends AnsweredReply implements Sink {
  private state = RUNNING;
  private flags = 0;
  private waitingBody: { cancel(): void } | null = null;

  constructor(engine: Engine, owner: ReplyOwner, operation: Operation, request: RequestState, url: Url) {
    super(engine, operation, request, url);
    this.setOpenMode(QIODevice.ReadOnly);
    this.setWeakOwner(owner);
  }

  private setWeakOwner(owner: ReplyOwner): void {
    this._manager = owner as never;
    this._parent = owner as never;
  }

  protected override get running(): boolean {
    return this.state === RUNNING;
  }

  protected override get asked(): boolean {
    return this.is(ASKED);
  }

  private is(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  // ---- starting

  /** Starts in this turn's batch. */
  begin(ask: Ask): void {
    this.prepare(ask);
    this.engine.schedule(this.transfer!);
  }

  /** Starts inside the call; the reply is finished when it returns, its signals are queued. */
  beginNow(ask: Ask): void {
    this.prepare(ask);
    this.flags |= IMMEDIATE;
    this.engine.start(this.transfer!);
  }

  /** The body has to be collected first; `cancel` ends that, and so does `limit`, in milliseconds, 0 = none. */
  waitForBody(waiting: { cancel(): void }, limit: number): void {
    // a device that came to its end while it was read the first time: the transfer has begun
    if (this.transfer !== null) return;
    this.waitingBody = waiting;
    if (limit === 0) return;
    const text = `timed out: the upload device was not read to its end within ${limit} ms`;
    const late = (): void => {
      waiting.cancel();
      this.fail(failure('timeout', 'setup', text, { limit: { name: 'transfer', milliseconds: limit } }));
    };
    const timer = this.engine.clock.after(limit, late, true);
    this.waitingBody = {
      cancel() {
        timer.cancel();
        waiting.cancel();
      },
    };
  }

  private prepare(ask: Ask): void {
    this.waitingBody?.cancel();
    this.waitingBody = null;
    this.uploads = ask.body;
    this.transfer = this.engine.create(ask, this);
  }

  // ---- reading

  protected override bounded(): boolean {
    return this.state === RUNNING;
  }

  protected override drained(): void {
    this.flags |= FRESH;
    this.refillSoon();
  }

  override setReadBufferSize(size: number): void {
    if (size === this.readBufferSize()) return;
    const before = this.exposed();
    super.setReadBufferSize(size);
    if (this.state !== RUNNING) return;
    if (this.exposed() > before) this.flags |= FRESH;
    this.refillSoon();
  }

  /** The reader took something, or raised the limit: go on when its code has run. */
  private refillSoon(): void {
    if (this.is(REFILLING)) return;
    this.flags |= REFILLING;
    this.engine.clock.soon(() => this.refill());
  }

  private refill(): void {
    this.flags &= ~REFILLING;
    if (this.state !== RUNNING) return;
    const limit = this.readBufferSize();
    const fresh = this.is(FRESH);
    this.flags &= ~FRESH;
    if (fresh && this.exposed() > 0) peekSignal(this, READY_READ)?.emit();
    if (this.state !== RUNNING) return;
    if (limit > 0 && this.unread > limit) return;
    if (this.is(END_WAITS)) this.complete();
    else if (limit === 0 || this.unread < limit) this.unpark();
  }

  /** Stops reading; until somebody reads, nobody but the program holds the reply. */
  private park(): void {
    const transfer = this.transfer!;
    transfer.pause();
    this.owner._park(this);
    park(transfer, this);
  }

  private unpark(): void {
    const { transfer } = this;
    if (transfer === null) return;
    unpark(transfer, this);
    this.owner._unpark(this);
    transfer.resume();
  }

  // ---- stopping

  override abort(): void {
    this.stop();
  }

  override close(): void {
    this.stop();
  }

  private stop(): void {
    if (isDestroyed(this) || this.state === OVER) return;
    if (this.is(IMMEDIATE)) {
      this.pull?.close();
      return this.shut();
    }
    if (this.state === ENDING) {
      this.shut();
      this.dropBuffer();
      return;
    }
    this.state = ENDING;
    this.waitingBody?.cancel();
    this.transfer?.cancel();
    this.shut();
    this.forgetBytes();
    if (isDestroyed(this)) return;
    this.problem = failure('canceled', 'receive', 'Operation canceled');
    this.setError(NetworkError.OperationCanceledError, 'Operation canceled');
    this.finish();
  }

  /** Closes the device: aboutToClose, and nothing can be read any more. */
  private shut(): void {
    if (!this.isOpen() || this.is(SHUTTING)) return;
    this.flags |= SHUTTING;
    peekSignal(this, ABOUT_TO_CLOSE)?.emit();
    this.setOpenMode(QIODevice.NotOpen);
  }

  protected override destructing(): void {
    this.waitingBody?.cancel();
    this.transfer?.cancel();
    this.pull?.close();
    this.state = OVER;
    this.owner._forget(this);
    // A reply that waited long is old memory: what it lets go of now is freed with the young, without a full collection.
    this.letGo();
    this.head_ = null;
    this.transfer = null;
    super.destructing();
  }

  // ---- Sink

  credentials(question: CredentialQuestion, answer: (credentials: Credentials | null) => void): void {
    askForCredentials(this, this.owner, question, answer);
  }

  dialing(): void {
    peekSignal(this, R.SOCKET_STARTED_CONNECTING)?.emit();
  }

  secured(_info: SecureInfo): void {
    this.owner._encryptedBy(this);
    if (this.state === RUNNING) peekSignal(this, R.ENCRYPTED)?.emit();
  }

  sent(): void {
    this.flags |= ASKED;
    // Qt says nothing of a request whose body is there and empty
    if (this.uploads !== null && this.uploads.length === 0) return;
    peekSignal(this, R.REQUEST_SENT)?.emit();
  }

  data(bytes: Buffer, start: number, end: number): void {
    this.keep(bytes, start, end, this.expected);
    const limit = this.readBufferSize();
    if (limit > 0 && this.unread >= limit) this.park();
    peekSignal(this, READY_READ)?.emit();
    if (this.state !== RUNNING) return;
    const progress = peekSignal(this, R.DOWNLOAD_PROGRESS);
    if (progress !== undefined) this.pace().downloaded(progress, this.engine.clock.now(), this.downloaded, this.expected);
  }

  /** As in Qt nothing is downloaded of what was stored. */
  private get downloaded(): number {
    return this.fromCache ? 0 : this.received;
  }

  room(left: number): Buffer | null {
    return this.gathers ? null : this.roomFor(left);
  }

  end(_trailers: HeaderList | null): void {
    const limit = this.readBufferSize();
    if (limit > 0 && this.unread > limit) this.flags |= END_WAITS;
    else this.complete();
  }

  private complete(): void {
    const head = this.head_;
    if (head !== null && head.status >= 400) {
      this.setError(networkErrorOfStatus(head.status), statusText(head.status, head.reason, this.link.hrefWithoutUserInfo));
    }
    this.finish();
  }

  fail(problem: Failure): void {
    this.problem = problem;
    const code = networkErrorOf(problem, this.link.scheme);
    if (!this.is(IMMEDIATE)) this.state = ENDING;
    if (problem.kind === 'timeout' && problem.limit !== undefined) this.shut();
    if (isDestroyed(this)) return;
    this.setError(code, failureText(problem, this.link));
    if (!this.is(IMMEDIATE)) return this.finish();
    this.setFinished(true);
    afterTurn(() => this.tellImmediate(() => this._emitError()));
  }

  served(head: Head, body: PullBody): void {
    this.flags |= IMMEDIATE;
    this.head_ = head;
    this._fields = head.headers;
    this.pull = body;
    this.setFinished(true);
    afterTurn(() =>
      this.tellImmediate(() => {
        peekSignal(this, R.META_DATA_CHANGED)?.emit();
        if (!isDestroyed(this)) peekSignal(this, R.DOWNLOAD_PROGRESS)?.emit(body.length, body.length);
        if (!isDestroyed(this)) peekSignal(this, READY_READ)?.emit();
      }),
    );
  }

  private tellImmediate(first: () => void): void {
    if (isDestroyed(this)) return;
    first();
    if (!isDestroyed(this)) this.tellFinished();
  }

  // ---- the last signals

  /** Qt's order: error, the last progress, end of reading, then the manager's `finished` before the reply's. */
  private finish(): void {
    this.state = ENDING;
    this.flags &= ~END_WAITS;
    if (this._errorCode !== NetworkError.NoError) this._emitError();
    if (isDestroyed(this)) return;
    const received = this.downloaded;
    peekSignal(this, R.DOWNLOAD_PROGRESS)?.emit(received, this.expected >= 0 ? this.expected : received);
    if (isDestroyed(this)) return;
    if (this.uploads !== null && !this.wroteFile()) peekSignal(this, R.UPLOAD_PROGRESS)?.emit(0, 0);
    if (isDestroyed(this)) return;
    peekSignal(this, READ_CHANNEL_FINISHED)?.emit();
    if (isDestroyed(this)) return;
    this.setFinished(true);
    this.tellFinished();
  }

  /** Qt leaves the empty progress out when a file was written. */
  private wroteFile(): boolean {
    return this.link.scheme === 'file' && this._errorCode === NetworkError.NoError;
  }

  private tellFinished(): void {
    this.state = OVER;
    this.owner._forget(this);
    this.owner._finishedBy(this);
    if (isDestroyed(this)) return;
    // queued before the reply's own signal, as in Qt: what that one starts comes after the deletion
    if (this.owner._deletesWhenFinished(this, this.made)) this.deleteLater();
    peekSignal(this, R.FINISHED)?.emit();
  }
}
