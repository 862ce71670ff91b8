import type { BodyReader } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { toBytes } from '../core/qbytearray.ts';

/** Pieces held while the stream has not stopped yet. */
const MOST_READY = 2;

/**
 * Reads a Node stream piece by piece, without a promise a piece. It lets the stream flow and stops it, because `read()` without a
 * size would join what is buffered into a copy.
 */
export class StreamReader implements BodyReader {
  failure: Failure | null = null;
  private readonly stream: NodeJS.ReadableStream;
  private readonly ready: (Uint8Array | string)[] = [];
  private flowing = false;
  private ended = false;
  private wake: (() => void) | null = null;
  private readonly onData = (piece: Uint8Array | string): void => this.arrived(piece);
  private readonly onEnd = (): void => this.stop(null);
  private readonly onError = (error: unknown): void => this.stop(error);
  private readonly onClose = (): void => this.stop(this.ended ? null : new Error('the stream was closed before its end'));

  constructor(stream: NodeJS.ReadableStream) {
    this.stream = stream;
    const state = stream as { readableEnded?: boolean; errored?: unknown; destroyed?: boolean };
    if (state.errored != null) this.stop(state.errored);
    else if (state.readableEnded === true || state.destroyed === true) {
      this.stop(new Error('the stream was read before; a consumed body cannot be sent'));
    }
    stream.on('end', this.onEnd);
    stream.on('error', this.onError);
    stream.on('close', this.onClose);
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.failure !== null) return null;
    const piece = this.ready.shift();
    if (piece !== undefined) return this.checked(piece);
    if (this.ended) return null;
    this.wake = wake;
    if (!this.flowing) this.flow();
    return undefined;
  }

  private flow(): void {
    const first = this.stream.listenerCount('data') === 0;
    this.flowing = true;
    // a first listener lets the stream flow by itself, unless it was paused
    if (first) this.stream.on('data', this.onData);
    this.stream.resume();
  }

  private arrived(piece: Uint8Array | string): void {
    this.ready.push(piece);
    if (this.ready.length >= MOST_READY) {
      this.flowing = false;
      this.stream.pause();
    }
    this.call();
  }

  private checked(piece: Uint8Array | string): Uint8Array | null {
    try {
      return toBytes(piece);
    } catch (error) {
      this.stop(error);
      return null;
    }
  }

  private stop(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    if (error !== null) this.failure = sourceFailure(error);
    this.call();
  }

  private call(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
  }

  close(): void {
    const { stream } = this;
    stream.removeListener('data', this.onData);
    stream.removeListener('end', this.onEnd);
    stream.removeListener('close', this.onClose);
    this.wake = null;
    this.ready.length = 0;
    if (!this.ended) (stream as { destroy?(): void }).destroy?.();
    this.ended = true;
  }
}

/** What a body source's own error is to the transfer. */
export function sourceFailure(error: unknown): Failure {
  const text = error instanceof Error ? error.message : String(error);
  return failure('upload', 'send', `the body source failed: ${text}`, { cause: error });
}
