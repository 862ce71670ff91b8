import type { Body, BodyReader } from '../../contract/body.ts';
import type { Clock } from '../../contract/clock.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';

/** Bytes of one piece of a body in memory. */
const SLICE = 65_536;
/** Pieces that are ready go out together up to this size: one call of the system instead of several. */
const GATHER = 262_144;
/** Writes the system takes at once before reading gets a turn, so that an early answer is seen during a fast upload. */
const WRITES_A_TURN = 4;

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
  /** The system has not taken the last write yet. */
  private writing = false;
  private gathered: Uint8Array[] = [];
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

  /** Sends what the source has ready, as one write; goes on when the system has taken it. */
  private next(): void {
    if (this.stopped || this.pulling || this.writing) return;
    this.pulling = true;
    // a body in memory goes piece by piece, for the sake of its progress
    const most = this.reader === null ? SLICE : GATHER;
    let size = 0;
    let piece = this.take();
    while (piece instanceof Uint8Array) {
      if (piece.length > 0) {
        this.gathered.push(piece);
        size += piece.length;
      }
      if (size >= most) break;
      piece = this.take();
    }
    this.pulling = false;
    if (this.stopped) return;
    if (size > 0) this.send(size);
    else if (piece === null) this.finish();
  }

  private take(): Uint8Array | null | undefined {
    const { bytes } = this.body;
    if (bytes === null) return this.reader!.pull(this.wake);
    if (this.offset >= bytes.length) return null;
    const from = this.offset;
    this.offset = Math.min(bytes.length, from + SLICE);
    return from === 0 && this.offset === bytes.length ? bytes : bytes.subarray(from, this.offset);
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
    const { stream } = this;
    const last = pieces.length - 1;
    if (length >= 0 && last === 0) return stream.write(pieces[0]!, done);
    stream.cork();
    if (length < 0) stream.writeText(`${size.toString(16)}\r\n`);
    for (let i = 0; i <= last; i++) stream.write(pieces[i]!, length >= 0 && i === last ? done : undefined);
    if (length < 0) stream.writeText('\r\n', done);
    stream.uncork();
  }

  private took(size: number): void {
    this.writing = false;
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
      const text = `the upload source ended after ${this.accepted} of ${length} bytes; the length announced does not fit the data`;
      return this.fail(failure('upload', 'send', text));
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
