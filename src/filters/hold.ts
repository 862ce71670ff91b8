import type { HeaderList } from '../base/header-list.ts';
import type { Filter, FilterTarget } from '../contract/filter.ts';

/** More than this is not held: the source waits. */
const MOST_BYTES = 1_048_576;

/** Keeps a body back while somebody decides whether it is wanted. The source runs on meanwhile, so that its connection gets free. */
export class Hold implements Filter {
  readonly #target: FilterTarget;
  #parts: Buffer[] = [];
  #size = 0;
  #holding = true;
  #stopped = false;
  #ended = false;
  #trailers: HeaderList | null = null;
  #busy = false;
  #paused = false;
  #over = false;

  constructor(target: FilterTarget) {
    this.#target = target;
  }

  data(chunk: Uint8Array): void {
    if (this.#over) return;
    if (this.#passing) return this.#target.data(chunk);
    this.#parts.push(Buffer.from(chunk));
    this.#size += chunk.length;
    if (this.#size <= MOST_BYTES || this.#stopped) return;
    this.#stopped = true;
    this.#target.pause();
  }

  end(trailers: HeaderList | null): void {
    this.#ended = true;
    this.#trailers = trailers;
    this.#run();
  }

  cancel(): void {
    this.#over = true;
    this.#parts = [];
  }

  pause(): void {
    this.#paused = true;
    if (this.#passing) this.#target.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#run();
  }

  /** It is wanted: all goes on as if it came now. */
  release(): void {
    this.#holding = false;
    if (this.#paused && !this.#stopped && !this.#ended) this.#target.pause();
    this.#run();
  }

  get #passing(): boolean {
    return !this.#holding && this.#parts.length === 0;
  }

  #run(): void {
    if (this.#busy || this.#holding || this.#over) return;
    this.#busy = true;
    while (this.#parts.length > 0 && !this.#paused && !this.#over) this.#target.data(this.#parts.shift()!);
    this.#busy = false;
    if (this.#parts.length > 0 || this.#over || this.#paused) return;
    if (this.#ended) this.#finish();
    else this.#target.resume();
  }

  #finish(): void {
    this.cancel();
    this.#target.end(this.#trailers);
  }
}
