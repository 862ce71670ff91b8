import type { Body, BodyReader } from '../contract/body.ts';
import type { Clock, Timer } from '../contract/clock.ts';
import { type Failure, failure } from '../contract/failure.ts';
import type { ByteStream } from '../contract/stream.ts';

/** Bytes a write has at most of a body in memory: for the sake of its progress. */
const SLICE = 65_536;
/** The same of a source, whose pieces go out together when they are ready: one call of the system instead of several. */
const GATHER = 262_144;
/** Writes the system takes at once before reading gets a turn, so that an early answer is seen during a fast upload. */
const WRITES_A_TURN = 4;

/** Where a body goes: a stream of bytes, or one stream of many. */
export type PumpTarget = Pick<ByteStream, 'cork' | 'uncork' | 'write' | 'writeText'>;

export interface PumpOwner {
  /** The system has accepted so many bytes in all. */
  uploaded(bytes: number): void;
  uploadDone(): void;
  uploadFailed(failure: Failure): void;
}

/** Moves a body to the stream at the speed of the stream: nothing is pulled before the system took what went before. */
export class BodyPump {
  private readonly body: Body;
  private readonly stream: PumpTarget;
  private readonly owner: PumpOwner;
  private readonly clock: Clock;
  /** Bytes a write has at most. */
  private readonly most: number;
  /** A body of unknown length needs marks for where it ends (RFC 9112 7.1). */
  private readonly chunked: boolean;
  private reader: BodyReader | null = null;
  /** What is left of a piece that was too long for one write. */
  private rest: Uint8Array | null = null;
  private offset = 0;
  private accepted = 0;
  private inTurn = 0;
  private stopped = false;
  private pulling = false;
  /** The system has not taken the last write yet. */
  private writing = false;
  private gathered: Uint8Array[] = [];
  /** Runs while the body waits for 100 (Continue). */
  private patience: Timer | null = null;
  private readonly wake = (): void => this.next();

  /** `most` bytes go into one write, 0 = as many as are good for speed. A target that `frames` tells itself where the body ends. */
  constructor(body: Body, stream: PumpTarget, owner: PumpOwner, clock: Clock, most: number, frames = false) {
    this.body = body;
    this.stream = stream;
    this.owner = owner;
    this.clock = clock;
    this.chunked = body.length < 0 && !frames;
    this.most = most || (body.bytes === null ? GATHER : SLICE);
  }

  /** Begins at once, or waits so many milliseconds for `go`. */
  start(wait: number): void {
    if (wait === 0) this.begin();
    else this.patience = this.clock.after(wait, () => this.go());
  }

  /** The body waits: nothing of it was touched. */
  get waits(): boolean {
    return this.patience !== null;
  }

  /** The server wants the body, or has said nothing for too long (RFC 9110 10.1.1). */
  go(): void {
    if (this.patience === null) return;
    this.endWaiting();
    this.begin();
  }

  private endWaiting(): void {
    this.patience?.cancel();
    this.patience = null;
  }

  private begin(): void {
    if (this.body.bytes === null) this.reader = this.body.open();
    this.next();
  }

  /** No further byte is sent; the source is told. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.endWaiting();
    this.reader?.close();
  }

  /** Sends what the source has ready, as one write; goes on when the system has taken it. */
  private next(): void {
    if (this.stopped || this.pulling || this.writing) return;
    this.pulling = true;
    const { most } = this;
    let size = 0;
    let piece = this.take(most);
    while (piece instanceof Uint8Array) {
      if (piece.length > 0) {
        this.gathered.push(piece);
        size += piece.length;
      }
      if (size >= most) break;
      piece = this.take(most - size);
    }
    this.pulling = false;
    if (this.stopped) return;
    if (size > 0) this.send(size);
    else if (piece === null) this.finish();
  }

  private take(most: number): Uint8Array | null | undefined {
    const { bytes } = this.body;
    if (bytes === null) return this.takeFrom(this.reader!, most);
    if (this.offset >= bytes.length) return null;
    const from = this.offset;
    this.offset = Math.min(bytes.length, from + most);
    return from === 0 && this.offset === bytes.length ? bytes : bytes.subarray(from, this.offset);
  }

  private takeFrom(reader: BodyReader, most: number): Uint8Array | null | undefined {
    const piece = this.rest ?? reader.pull(this.wake);
    this.rest = null;
    if (piece === null || piece === undefined || piece.length <= most) return piece;
    this.rest = piece.subarray(most);
    return piece.subarray(0, most);
  }

  private send(size: number): void {
    const { length } = this.body;
    const pieces = this.gathered;
    this.gathered = [];
    if (length >= 0 && this.accepted + size > length) {
      const text = `the upload source gave more than the ${length} bytes announced; correct Content-Length or leave it out`;
      return this.fail(failure('upload', 'send', text));
    }
    this.writing = true;
    const done = (): void => this.took(size);
    const { stream, chunked } = this;
    const last = pieces.length - 1;
    if (!chunked && last === 0) return stream.write(pieces[0]!, done);
    stream.cork();
    if (chunked) stream.writeText(`${size.toString(16)}\r\n`);
    for (let i = 0; i <= last; i++) stream.write(pieces[i]!, !chunked && i === last ? done : undefined);
    if (chunked) stream.writeText('\r\n', done);
    stream.uncork();
  }

  private took(size: number): void {
    this.writing = false;
    if (this.stopped) return;
    this.accepted += size;
    this.reader?.taken?.(this.accepted);
    this.owner.uploaded(this.accepted);
    if (this.stopped) return;
    if (++this.inTurn < WRITES_A_TURN) return this.next();
    this.inTurn = 0;
    this.clock.afterIo(this.wake);
  }

  private finish(): void {
    const problem = this.reader === null ? null : this.reader.failure;
    if (problem !== null) return this.fail(problem);
    const { length } = this.body;
    if (length >= 0 && this.accepted < length) {
      const text = `the upload source ended after ${this.accepted} of ${length} bytes; the length announced does not fit the data`;
      return this.fail(failure('upload', 'send', text));
    }
    this.stopped = true;
    this.reader?.close();
    if (this.chunked) this.stream.writeText('0\r\n\r\n');
    this.owner.uploadDone();
  }

  private fail(problem: Failure): void {
    this.stop();
    this.owner.uploadFailed(problem);
  }
}
