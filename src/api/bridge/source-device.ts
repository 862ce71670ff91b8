import { systemClock } from '../../base/clock.ts';
import type { BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { QIODevice, READ_CHANNEL_FINISHED, READY_READ } from '../core/qiodevice.ts';
import { isDestroyed, peekSignal } from '../core/qobject.ts';
import type { BodySource } from './body-source.ts';
import { openSource } from './source-body.ts';

/**
 * Streams, iterables and functions that give them: what Node programs upload. A function, also an async one, is called each time the
 * body is sent, so it can be sent again; what it gives has no Content-Type of its own.
 */
export type StreamSource =
  | ReadableStream<Uint8Array>
  | NodeJS.ReadableStream
  | AsyncIterable<Uint8Array | string>
  | Iterable<Uint8Array | string>
  | Blob
  | (() => BodySource | Promise<BodySource>);

/**
 * A stream dressed as a device, so that an overridden `createRequest` sees every body. The engine takes the stream itself; a program
 * that reads or peeks before gets a sequential device, whose rest is sent then.
 */
export class SourceDevice extends QIODevice {
  readonly source: StreamSource;
  /** Bytes in all, -1 when only the end will tell. */
  readonly length: number;
  /** What the source failed of. */
  failure: Failure | null = null;
  private reader: BodyReader | null = null;
  private piece: Uint8Array | null = null;
  private ended = false;
  private readonly wake = (): void => this.arrived();

  constructor(source: StreamSource, length = -1) {
    super();
    this.source = source;
    this.length = length;
    this.setOpenMode(QIODevice.ReadOnly);
  }

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
    this.reader ??= openSource(this.source);
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
