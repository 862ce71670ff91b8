import type { HeaderList } from '../base/header-list.ts';
import { failure } from '../contract/failure.ts';
import type { Filter, FilterTarget } from '../contract/filter.ts';

/** Counts the bytes of a body as they came over the wire, and leaves out those that came before. */
export class Meter implements Filter {
  /** Bytes that were passed on. */
  passed = 0;
  readonly #target: FilterTarget;
  #skip = 0;
  /** How many are passed on in the end; -1 = as many as come. */
  #due = -1;

  constructor(target: FilterTarget) {
    this.#target = target;
  }

  /** The rest comes: the first so many bytes of it are here already, and with it there have to be `due`; -1 = nobody knows. */
  skip(bytes: number, due: number): void {
    this.#skip = bytes;
    this.#due = due;
  }

  data(chunk: Uint8Array): void {
    const known = Math.min(this.#skip, chunk.length);
    this.#skip -= known;
    if (known === chunk.length) return;
    this.passed += chunk.length - known;
    if (this.#due >= 0 && this.passed > this.#due) return this.#fail('long');
    this.#target.data(known === 0 ? chunk : chunk.subarray(known));
  }

  end(trailers: HeaderList | null): void {
    if (this.#skip > 0 || this.passed < this.#due) this.#fail('short');
    else this.#target.end(trailers);
  }

  #fail(what: string): void {
    this.#target.fail(failure('roamed', 'receive', `the answer broke off, and what came for its rest is too ${what}`));
  }

  cancel(): void {}

  pause(): void {
    this.#target.pause();
  }

  resume(): void {
    this.#target.resume();
  }
}
