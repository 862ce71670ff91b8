import type { HeaderList } from '../base/header-list.ts';
import type { BodyReader } from '../contract/body.ts';
import { failure } from '../contract/failure.ts';
import type { Filter, FilterTarget } from '../contract/filter.ts';

/** Puts bytes that are here already before those that come; the source waits meanwhile. */
export class Prefix implements Filter {
  readonly #target: FilterTarget;
  readonly #reader: BodyReader;
  readonly #pump = (): void => this.#run();
  #left: number;
  /** What the source sent before it heard that it shall wait. */
  #early: Buffer[] = [];
  #ended = false;
  #trailers: HeaderList | null = null;
  #busy = false;
  #paused = false;
  #over = false;

  /** `length`: how many bytes of the reader come first. */
  constructor(target: FilterTarget, reader: BodyReader, length: number) {
    this.#target = target;
    this.#reader = reader;
    this.#left = length;
  }

  data(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#passing) return this.#target.data(chunk);
    this.#early.push(Buffer.from(chunk));
    this.#target.pause();
    this.#run();
  }

  end(trailers: HeaderList | null): void {
    this.#ended = true;
    this.#trailers = trailers;
    this.#run();
  }

  cancel(): void {
    this.#over = true;
    this.#early = [];
    this.#reader.close();
  }

  pause(): void {
    this.#paused = true;
    if (this.#passing) this.#target.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** Nothing stands between the source and the target. */
  get #passing(): boolean {
    return this.#left === 0 && this.#early.length === 0;
  }

  #run(): void {
    if (this.#busy || this.#over) return;
    this.#busy = true;
    while (this.#left > 0 && !this.#paused && !this.#over) if (!this.#take()) break;
    while (this.#left === 0 && this.#early.length > 0 && !this.#paused && !this.#over) this.#target.data(this.#early.shift()!);
    this.#busy = false;
    if (!this.#passing || this.#over || this.#paused) return;
    if (this.#ended) this.#finish();
    else this.#target.resume();
  }

  #finish(): void {
    this.cancel();
    this.#target.end(this.#trailers);
  }

  /** False when there is nothing yet. */
  #take(): boolean {
    const piece = this.#reader.pull(this.#pump);
    if (piece === undefined) return false;
    if (piece === null) {
      this.cancel();
      const text = 'the stored part of the answer ended early: its store lost some of it; ask again';
      this.#target.fail(this.#reader.failure ?? failure('closed', 'receive', text));
      return false;
    }
    const length = Math.min(piece.length, this.#left);
    this.#left -= length;
    this.#target.data(piece.subarray(0, length));
    return true;
  }
}
