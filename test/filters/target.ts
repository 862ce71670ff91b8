import type { HeaderList } from '../../src/base/header-list.ts';
import type { BodyReader } from '../../src/contract/body.ts';
import type { Failure } from '../../src/contract/failure.ts';
import type { FilterTarget } from '../../src/contract/filter.ts';

/** Where a filter puts its output: writes it down, as `data abc`, `end`, `fail …`, `pause`, `resume`. */
export class Target implements FilterTarget {
  readonly said: string[] = [];
  /** Called inside, after it was written down. */
  on: (line: string) => void = () => {};

  get text(): string {
    return this.said.map((line) => (line.startsWith('data ') ? line.slice(5) : '')).join('');
  }

  private note(line: string): void {
    this.said.push(line);
    this.on(line);
  }

  data(chunk: Uint8Array): void {
    this.note(`data ${Buffer.from(chunk).toString()}`);
    // it is valid during the call only
    chunk.fill(0x3f);
  }
  end(trailers: HeaderList | null): void {
    this.note(trailers === null ? 'end' : `end ${trailers.flat.join()}`);
  }
  fail(failure: Failure): void {
    this.note(`fail ${failure.kind}: ${failure.message}`);
  }
  pause(): void {
    this.note('pause');
  }
  resume(): void {
    this.note('resume');
  }
}

/** Gives its pieces one by one; null is "nothing yet", until `wake` is called. */
export class Script implements BodyReader {
  failure: Failure | null = null;
  closed = 0;
  private pieces: (string | null)[];
  private waiting: (() => void) | null = null;

  constructor(...pieces: (string | null)[]) {
    this.pieces = pieces;
  }

  pull(wake: () => void): Uint8Array | null | undefined {
    if (this.closed > 0) throw new Error('it was closed');
    const [piece] = this.pieces;
    if (piece === undefined) return null;
    if (piece === null) {
      this.waiting = wake;
      return undefined;
    }
    this.pieces = this.pieces.slice(1);
    return Buffer.from(piece);
  }

  /** What was missing is there. */
  wake(): void {
    this.pieces = this.pieces.slice(1);
    this.waiting?.();
  }

  close(): void {
    this.closed++;
  }
}
