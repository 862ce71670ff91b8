import type { Body, BodyReader } from '../../contract/body.ts';
import type { Clock } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';

/** Bytes of one write: what a progress step can resolve, and what an early answer can still stop. */
const SLICE = 65_536;
/** Writes the system takes at once before reading gets a turn, so that an early answer is seen during a fast upload. */
const WRITES_A_TURN = 8;

export interface PumpOwner {
  /** The system has accepted so many bytes in all. */
  uploaded(bytes: number): void;
  uploadDone(): void;
  uploadFailed(failure: Failure): void;
}

/** Moves a body to the stream at the speed of the stream: nothing is pulled before the system took what went before. */
export class BodyPump {
  private readonly body: Body;
  private readonly stream: ByteStream;
  private readonly owner: PumpOwner;
  private readonly clock: Clock;
  private reader: BodyReader | null = null;
  private offset = 0;
  private accepted = 0;
  private inTurn = 0;
  private stopped = false;
  private pulling = false;
  private readonly wake = (): void => this.next();

  constructor(body: Body, stream: ByteStream, owner: PumpOwner, clock: Clock) {
    this.body = body;
    this.stream = stream;
    this.owner = owner;
    this.clock = clock;
  }

  start(): void {
    if (this.body.bytes === null) this.reader = this.body.open();
    this.next();
  }

  /** No further byte is sent; the source is told. */
  stop(): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reader?.close();
  }

  private next(): void {
    if (this.stopped || this.pulling) return;
    this.pulling = true;
    const piece = this.take();
    this.pulling = false;
    if (piece === undefined || this.stopped) return;
    if (piece === null) this.finish();
    else this.send(piece);
  }

  private take(): Uint8Array | null | undefined {
    const { bytes } = this.body;
    if (bytes === null) return this.reader!.pull(this.wake);
    if (this.offset >= bytes.length) return null;
    const from = this.offset;
    this.offset = Math.min(bytes.length, from + SLICE);
    return from === 0 && this.offset === bytes.length ? bytes : bytes.subarray(from, this.offset);
  }

  private send(piece: Uint8Array): void {
    const size = piece.length;
    if (size === 0) return this.clock.soon(this.wake);
    const { length } = this.body;
    if (length >= 0 && this.accepted + size > length) {
      return this.fail(
        failure(
          'upload',
          'send',
          `the upload source gave more than the ${length} bytes announced; correct Content-Length or leave it out`,
        ),
      );
    }
    const done = (): void => this.took(size);
    if (length >= 0) {
      this.stream.write(piece, done);
      return;
    }
    this.stream.cork();
    this.stream.writeText(`${size.toString(16)}\r\n`);
    this.stream.write(piece);
    this.stream.writeText('\r\n', done);
    this.stream.uncork();
  }

  private took(size: number): void {
    if (this.stopped) return;
    this.accepted += size;
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
      return this.fail(
        failure(
          'upload',
          'send',
          `the upload source ended after ${this.accepted} of ${length} bytes; the length announced does not fit the data`,
        ),
      );
    }
    this.stopped = true;
    this.reader?.close();
    if (length < 0) this.stream.writeText('0\r\n\r\n');
    this.owner.uploadDone();
  }

  private fail(problem: Failure): void {
    this.stop();
    this.owner.uploadFailed(problem);
  }
}
