import { ByteQueue } from '../../../base/byte-queue.ts';
import { NO_BYTES } from '../../core/qiodevice.ts';
import type { QNetworkReply } from '../qnetworkreply.ts';
import { transportFailureOf } from '../reply-consumer.ts';

/** Taken from the wrapped reply at a time. */
const PIECE = 65_536;

/** The body of a wrapped reply after somebody has changed it. */
export class ChangedBody {
  readonly #inner: QNetworkReply;
  readonly #change: (piece: Buffer, last: boolean) => Buffer;
  readonly #queue = new ByteQueue();
  /** Nothing comes any more. */
  #over = false;
  /** All of it was changed, or what changes it has failed. */
  #complete = false;
  #pumping = false;

  constructor(inner: QNetworkReply, change: (piece: Buffer, last: boolean) => Buffer) {
    this.#inner = inner;
    this.#change = change;
  }

  /** Bytes that were changed already. */
  get size(): number {
    return this.#queue.size;
  }

  /** No more will come; what is left is taken with the next call. */
  end(): void {
    this.#over = true;
  }

  /** Bytes that can be read, after all has been changed for which there is room. */
  available(room: number): number {
    this.#pump(room);
    return this.#queue.size;
  }

  read(maxSize: number, room: number): Buffer {
    this.#pump(room);
    return this.#queue.take(maxSize);
  }

  canReadLine(): boolean {
    return this.#queue.indexOf(10, this.#queue.size) >= 0;
  }

  /** True while the wrapped reply is read: what it says now, it says too early. */
  get busy(): boolean {
    return this.#pumping;
  }

  #pump(room: number): void {
    if (this.#pumping || this.#complete) return;
    this.#pumping = true;
    try {
      this.#take(room);
    } catch (error) {
      this.#complete = true;
      throw error;
    } finally {
      this.#pumping = false;
    }
  }

  #take(room: number): void {
    const inner = this.#inner;
    const queue = this.#queue;
    const over = this.#over;
    while (over || queue.size < room) {
      const piece = inner.read(over ? PIECE : Math.min(PIECE, room - queue.size));
      if (piece.length === 0) break;
      this.#keep(this.#change(piece, false));
    }
    if (!over) return;
    this.#complete = true;
    // of a body that was cut short nobody knows the rest
    if (transportFailureOf(inner) === null) this.#keep(this.#change(NO_BYTES, true));
  }

  #keep(bytes: Buffer): void {
    if (bytes.length > 0) this.#queue.copyIn(bytes, 0, bytes.length, -1);
  }
}
