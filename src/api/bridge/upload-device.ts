import { systemClock } from '../../base/clock.ts';
import type { Body, BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { QIODevice, READ_CHANNEL_FINISHED, READY_READ } from '../core/qiodevice.ts';
import { isDestroyed, peekSignal } from '../core/qobject.ts';

/** How a device becomes a body: at once, or after something was collected. */
export type Plan = { readonly body: Body | null } | { readonly collect: (done: (body: Body) => void) => { cancel(): void } };

/**
 * What the engine reads in its own way, dressed as a sequential device so that an overridden `createRequest` sees every body. Untouched
 * it goes to the engine as it is; of one that a program has begun to read or peek into the rest is sent.
 */
export abstract class UploadDevice extends QIODevice {
  /** What the source failed of. */
  failure: Failure | null = null;
  private reader: BodyReader | null = null;
  private piece: Uint8Array | null = null;
  private ended = false;
  private readonly wake = (): void => this.arrived();

  constructor() {
    super();
    this.setOpenMode(QIODevice.ReadOnly);
  }

  /**
   * What the engine gets while nobody has read. `announced` is the caller's Content-Length or -1; `streamed`: devices whose end is to
   * come are read as they are.
   */
  abstract plan(announced: number, streamed: boolean): Plan;

  /** As a sequential device of the program's own it is collected before it is sent, once somebody has read from it. */
  abstract readonly collected: boolean;

  /** Starts reading for a program. */
  protected abstract openReader(): BodyReader;

  /** Nothing comes any more. */
  get complete(): boolean {
    return this.ended;
  }

  /** Somebody has begun to read. */
  get touched(): boolean {
    return this.reader !== null;
  }

  override isSequential(): boolean {
    return true;
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + (this.piece?.length ?? 0);
  }

  override close(): void {
    if (!this.ended) this.failure = failure('upload', 'send', 'the upload device was closed before everything was sent');
    super.close();
    this.drop();
  }

  protected override readData(maxSize: number): Buffer | null {
    const piece = this.piece ?? this.next();
    if (piece === null) return null;
    this.piece = piece.length > maxSize ? piece.subarray(maxSize) : null;
    return Buffer.from(piece.subarray(0, maxSize));
  }

  protected override destructing(): void {
    this.drop();
    super.destructing();
  }

  private next(): Uint8Array | null {
    if (this.ended) return null;
    this.reader ??= this.openReader();
    const piece = this.reader.pull(this.wake);
    if (piece === null) this.end();
    return piece ?? null;
  }

  private arrived(): void {
    if (this.ended || isDestroyed(this)) return;
    this.piece ??= this.next();
    if (this.piece !== null) peekSignal(this, READY_READ)?.emit();
  }

  private end(): void {
    this.ended = true;
    this.failure = this.reader!.failure;
    if (this.failure !== null) this.setErrorString(this.failure.message);
    this.reader!.close();
    // not inside the read that found the end: its caller has yet to connect
    systemClock.soon(() => peekSignal(this, READ_CHANNEL_FINISHED)?.emit());
  }

  private drop(): void {
    this.ended = true;
    this.piece = null;
    this.reader?.close();
  }
}
