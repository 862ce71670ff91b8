import type { BodyReader } from '../../contract/body.ts';
import type { Carriage } from '../../contract/carriage.ts';
import type { Clock } from '../../contract/clock.ts';
import { failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import { type Hop, NO_FACTS } from '../../contract/hop.ts';

/** Bytes told in one turn: a large body must not keep everybody else from being served. */
const TURN = 1_048_576;

/** Carries a hop whose answer was stored: it tells the hop what a connection would have told. */
export class StoredCarriage implements Carriage {
  private readonly hop: Hop;
  private readonly clock: Clock;
  /** null when no body follows the head. */
  private reader: BodyReader | null;
  private left: number;
  private paused = false;
  private busy = false;
  private resting = false;
  private readonly goOn = (): void => this.run();

  /** `length`: bytes to deliver of what the reader gives, -1 = all. */
  constructor(hop: Hop, clock: Clock, reader: BodyReader | null, length: number) {
    this.hop = hop;
    this.clock = clock;
    this.reader = reader;
    this.left = length;
  }

  /** Tells the head and as much of the body as anybody wants now. */
  begin(head: Head): void {
    const { hop } = this;
    hop.carriedBy(this);
    hop.headAt = hop.now();
    const bodiless = this.reader === null;
    hop.head(head);
    // whoever left the answer has closed the reader
    if (bodiless) hop.end(null);
    else this.run();
  }

  private run(): void {
    if (this.busy || this.resting) return;
    this.busy = true;
    let told = 0;
    while (this.reader !== null && !this.paused && told < TURN) {
      const piece = this.left === 0 ? null : this.reader.pull(this.goOn);
      if (piece === undefined) break;
      if (piece === null) this.finish(this.reader);
      else told += this.tell(piece);
    }
    this.busy = false;
    if (told < TURN || this.reader === null || this.paused) return;
    this.resting = true;
    this.clock.afterIo(() => {
      this.resting = false;
      this.run();
    });
  }

  private tell(piece: Uint8Array): number {
    const length = this.left >= 0 ? Math.min(piece.length, this.left) : piece.length;
    if (this.left >= 0) this.left -= length;
    const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
    this.hop.data(bytes, 0, length);
    return length;
  }

  private finish(reader: BodyReader): void {
    const { hop } = this;
    const problem = reader.failure ?? (this.left > 0 ? shorter() : null);
    this.stop();
    hop.endedAt = hop.now();
    if (problem === null) hop.end(null);
    else hop.fail(problem, NO_FACTS);
  }

  private stop(): void {
    const { reader } = this;
    this.reader = null;
    reader?.close();
  }

  cancel(): void {
    this.stop();
  }

  discard(): void {
    this.stop();
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    if (!this.paused) return;
    this.paused = false;
    this.run();
  }
}

function shorter(): ReturnType<typeof failure> {
  return failure('closed', 'receive', 'the stored answer ended early: its store lost a part of it; ask again');
}
