import type { HeaderList } from '../base/header-list.ts';
import type { CacheWriter, StoredHead } from '../contract/cache.ts';
import type { Filter, FilterTarget } from '../contract/filter.ts';

/**
 * Told once, after the last byte or when there will be none. `kept`: something is stored as soon as the store is through with `committing`.
 * `whole`: the body came to its end, and did not break off.
 */
export type TeeDone = (kept: boolean, whole: boolean, committing: void | Promise<void>) => void;

/** Lets a body through and has it written down on the way. */
export class Tee implements Filter {
  readonly #target: FilterTarget;
  readonly #writer: CacheWriter;
  readonly #done: TeeDone;
  /** The head with which a body that broke off after so many bytes is kept; null = it is not. */
  readonly #part: (received: number) => StoredHead | null;
  /** Bytes that came so far. */
  received = 0;
  #over = false;
  #paused = false;
  #full = false;

  constructor(target: FilterTarget, writer: CacheWriter, done: TeeDone, part: (received: number) => StoredHead | null) {
    this.#target = target;
    this.#writer = writer;
    this.#done = done;
    this.#part = part;
    writer.drained = () => this.#drained();
  }

  data(chunk: Uint8Array): void {
    this.received += chunk.length;
    if (!this.#writer.write(chunk) && !this.#full) {
      this.#full = true;
      if (!this.#paused) this.#target.pause();
    }
    this.#target.data(chunk);
  }

  end(trailers: HeaderList | null): void {
    if (this.#over) return;
    this.#over = true;
    this.#done(true, true, this.#writer.commit());
    this.#target.end(trailers);
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    const part = this.#part(this.received);
    if (part === null) this.#done(false, false, this.#writer.abort());
    else this.#done(true, false, this.#writer.commit(part));
  }

  pause(): void {
    if (this.#paused) return;
    this.#paused = true;
    if (!this.#full) this.#target.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    if (!this.#full) this.#target.resume();
  }

  #drained(): void {
    if (!this.#full) return;
    this.#full = false;
    if (!this.#paused && !this.#over) this.#target.resume();
  }
}
