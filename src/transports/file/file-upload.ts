import type { BodyReader } from '../../contract/body.ts';
import type { Carriage } from '../../contract/carriage.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';
import { failureOf } from './file-body.ts';

/** A body in memory is written in pieces of this size, so that progress is seen. */
const PIECE = 1_048_576;

/** Writes the body of a PUT into an open, empty file: the next piece is asked for when the last one is written. */
export class FileUpload implements Carriage {
  readonly #hop: Hop;
  readonly #path: string;
  readonly #descriptor: number;
  readonly #fs = process.getBuiltinModule('node:fs');
  readonly #total: number;
  #reader: BodyReader | null;
  #written = 0;
  /** The descriptor is in use; whoever uses it closes it when the upload is over. */
  #busy = false;
  #over = false;

  constructor(hop: Hop, path: string, descriptor: number) {
    this.#hop = hop;
    this.#path = path;
    this.#descriptor = descriptor;
    this.#total = hop.body?.length ?? 0;
    hop.carriedBy(this);
    const bytes = hop.body?.bytes ?? null;
    this.#reader = bytes === null ? (hop.body?.open() ?? null) : null;
    if (bytes !== null) this.#write(bytes, 0, true);
    else if (this.#reader !== null) this.#pull();
    else this.#settle(null);
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#closeReader();
    if (!this.#busy) this.#fs.close(this.#descriptor, ignore);
  }

  discard(): void {
    this.cancel();
  }

  /** Nothing comes back that could be paused. */
  pause(): void {}
  resume(): void {}

  #pull(): void {
    const reader = this.#reader;
    if (this.#over || reader === null) return;
    const piece = reader.pull(() => this.#pull());
    if (this.#over || piece === undefined) return;
    if (piece !== null) this.#write(piece, 0, false);
    else this.#settle(reader.failure ?? this.#wrongLength());
  }

  #wrongLength(): Failure | null {
    if (this.#total < 0 || this.#written === this.#total) return null;
    const text = `The body for ${this.#path} had ${this.#written} bytes and not ${this.#total} as announced; the file holds what came.`;
    return failure('upload', 'send', text);
  }

  /** `last`: nothing follows these bytes. */
  #write(bytes: Uint8Array, from: number, last: boolean): void {
    if (from === bytes.length) {
      if (last) this.#settle(null);
      else this.#pull();
      return;
    }
    this.#busy = true;
    this.#fs.write(this.#descriptor, bytes, from, Math.min(PIECE, bytes.length - from), null, (error, count) => {
      this.#busy = false;
      if (this.#over) {
        this.#fs.close(this.#descriptor, ignore);
      } else if (error) {
        this.#settle(failureOf(this.#path, 'write', error));
      } else {
        this.#written += count;
        this.#hop.uploaded(this.#written, this.#total);
        // A `cancel` from in there has closed the file.
        if (!this.#over) this.#write(bytes, from + count, last);
      }
    });
  }

  /** The file is closed first: some file systems report a failed write only then. */
  #settle(wrong: Failure | null): void {
    this.#closeReader();
    this.#busy = true;
    this.#fs.close(this.#descriptor, (error) => {
      if (this.#over) return;
      this.#over = true;
      const end = wrong ?? (error ? failureOf(this.#path, 'write', error) : null);
      if (end === null) this.#hop.end(null);
      else this.#hop.fail(end, { ...NO_FACTS, bytesWritten: this.#written });
    });
  }

  #closeReader(): void {
    this.#reader?.close();
    this.#reader = null;
  }
}

function ignore(): void {}
