import { afterTurn } from '../../../base/clock.ts';
import { QIODevice, READ_CHANNEL_FINISHED } from '../../core/qiodevice.ts';
import { isDestroyed, peekSignal } from '../../core/qobject.ts';
import { NetworkError, Operation } from '../access-enums.ts';
import { DOWNLOAD_PROGRESS, FINISHED, QNetworkReply } from '../qnetworkreply.ts';
import { QNetworkRequest } from '../qnetworkrequest.ts';

const RUNNING = 0;
/** aboutToClose is being told. */
const CLOSING = 1;
/** The last signals are being told. */
const ENDING = 2;
const OVER = 3;

/**
 * What the ready-made replies share: they begin on a later turn, when the caller has connected its slots; they can be stopped at any
 * time; they end once, and in Qt's order.
 */
export abstract class ReadyReply extends QNetworkReply {
  #state = RUNNING;
  /** @internal Bytes of the body that came, and in all; -1 = unknown. */
  protected _received = 0;
  /** @internal */
  protected _total = -1;

  constructor(operation: Operation, request: QNetworkRequest, who: string) {
    if (typeof operation !== 'number' || Operation[operation] === undefined)
      throw new TypeError(`${who}: the first argument is a QNetworkAccessManager.Operation, got ${String(operation)}`);
    if (!(request instanceof QNetworkRequest)) throw new TypeError(`${who}: the second argument is the QNetworkRequest`);
    super();
    this.setOperation(operation);
    this.setRequest(request);
    this.setUrl(request.url());
    this.setOpenMode(QIODevice.ReadOnly);
  }

  /** @internal Tells what there is to tell. */
  protected abstract _begin(): void;

  /** @internal Lets go of what was not read. */
  protected abstract _drop(): void;

  /** @internal The last word of a constructor. */
  protected _start(): void {
    const begin = (): void => {
      if (this._goesOn()) this._begin();
    };
    // Two turns: a deletion that is asked for at once comes before, also that of a reply around this one.
    afterTurn(() => afterTurn(begin));
  }

  /** @internal False once a slot has stopped or destroyed the reply. */
  protected _goesOn(): boolean {
    return this.#state === RUNNING && !isDestroyed(this);
  }

  override abort(): void {
    this.#stop();
  }

  override close(): void {
    this.#stop();
  }

  #stop(): void {
    const state = this.#state;
    if (state === CLOSING || state === OVER || isDestroyed(this)) return;
    this.#state = CLOSING;
    super.close();
    this._drop();
    if (state === ENDING || isDestroyed(this)) return;
    this.setError(NetworkError.OperationCanceledError, 'Operation canceled');
    this._end();
  }

  /** @internal The last signals: the error, if there is one, comes first. */
  protected _end(): void {
    this.#state = ENDING;
    // a slot may destroy the reply, whose signals are gone then
    if (this._errorCode !== NetworkError.NoError) this._emitError();
    peekSignal(this, DOWNLOAD_PROGRESS)?.emit(this._received, Math.max(this._received, this._total));
    peekSignal(this, READ_CHANNEL_FINISHED)?.emit();
    if (isDestroyed(this)) return;
    this.#state = OVER;
    this.setFinished(true);
    peekSignal(this, FINISHED)?.emit();
  }

  protected override destructing(): void {
    this._drop();
    super.destructing();
  }
}
