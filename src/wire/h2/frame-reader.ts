import { CONTINUATION, DATA, FRAME_HEADER, HEADERS, PADDED, PUSH_PROMISE, WITH_STREAM, WITHOUT_STREAM } from './frames.ts';
import { FRAME_SIZE_ERROR, PROTOCOL_ERROR } from './stream-failure.ts';

/** Frames that have to be whole to be read are not kept beyond this, whatever is allowed. */
const LONGEST_WHOLE = 262_144;

export interface FrameTarget {
  /** Any frame but DATA, whole. The memory is valid during the call only. */
  frame(type: number, flags: number, stream: number, b: Buffer, from: number, to: number): void;
  /** A DATA frame begins; `length` is what flow control counts. */
  dataFrame(stream: number, length: number): void;
  /** Some of its data. */
  data(stream: number, b: Buffer, from: number, to: number): void;
  /** It is complete. */
  dataEnd(flags: number, stream: number): void;
  /** The peer breaks the rules of framing; nothing behind it can be read. */
  fault(code: number, why: string): void;
}

/** Cuts the octets of a connection into frames. DATA goes through piece by piece; the others are short and wait until they are whole. */
export class FrameReader {
  private readonly target: FrameTarget;
  private readonly longest: number;
  /** A frame's header that came in parts. */
  private readonly part: Buffer;
  private partial = 0;
  /** The frame that came in parts. */
  private gathered: Buffer | null = null;
  private gatheredSize = 0;
  private stopped = false;
  // the frame that is read
  private inFrame = false;
  private type = 0;
  private flags = 0;
  private stream = 0;
  private left = 0;
  private padding = 0;
  private padLength = false;
  /** The stream whose head is not complete yet, 0 = none. */
  private headOf = 0;

  /** `longest` is what we have told the peer. */
  constructor(target: FrameTarget, longest: number) {
    this.target = target;
    this.longest = longest;
    this.part = Buffer.allocUnsafe(FRAME_HEADER);
  }

  /** Nothing more is told. */
  stop(): void {
    this.stopped = true;
  }

  feed(b: Buffer, end: number): void {
    let at = 0;
    while (at < end && !this.stopped) {
      if (!this.inFrame) at = this.head(b, at, end);
      else if (this.type === DATA) at = this.piece(b, at, end);
      else at = this.whole(b, at, end);
    }
  }

  private head(b: Buffer, at: number, end: number): number {
    if (this.partial === 0 && end - at >= FRAME_HEADER) {
      this.begin(b, at);
      return at + FRAME_HEADER;
    }
    const more = Math.min(FRAME_HEADER - this.partial, end - at);
    b.copy(this.part, this.partial, at, at + more);
    this.partial += more;
    if (this.partial === FRAME_HEADER) {
      this.partial = 0;
      this.begin(this.part, 0);
    }
    return at + more;
  }

  private begin(b: Buffer, at: number): void {
    const length = b.readUIntBE(at, 3);
    this.type = b[at + 3]!;
    this.flags = b[at + 4]!;
    this.stream = b.readUInt32BE(at + 5) & 0x7fffffff;
    this.left = length;
    this.inFrame = true;
    const { type, stream, target } = this;
    if (length > (type === DATA ? this.longest : Math.min(this.longest, LONGEST_WHOLE)))
      return this.fail(FRAME_SIZE_ERROR, `a frame of ${length} octets`);
    if (WITH_STREAM.has(type) ? stream === 0 : WITHOUT_STREAM.has(type) && stream !== 0)
      return this.fail(PROTOCOL_ERROR, `a frame of type ${type} on stream ${stream}`);
    if (this.headOf !== 0 && (type !== CONTINUATION || stream !== this.headOf))
      return this.fail(PROTOCOL_ERROR, 'a frame in the middle of a head');
    if (type === DATA) {
      this.padding = 0;
      this.padLength = (this.flags & PADDED) !== 0;
      target.dataFrame(stream, length);
      if (this.padLength && length === 0) return this.fail(FRAME_SIZE_ERROR, 'a frame without its padding');
      if (length === 0) this.endData();
    } else if (length === 0) this.emit(b, 0, 0);
  }

  /** A head began that CONTINUATION goes on with; 0 = it is complete. */
  headBegan(stream: number): void {
    this.headOf = stream;
  }

  private piece(b: Buffer, at: number, end: number): number {
    if (this.padLength) {
      this.padLength = false;
      this.padding = b[at]!;
      this.left--;
      if (this.padding > this.left) this.fail(PROTOCOL_ERROR, 'a frame shorter than its padding');
      else if (this.left === 0) this.endData();
      return at + 1;
    }
    const size = Math.min(this.left, end - at);
    const data = Math.min(size, this.left - this.padding);
    this.left -= size;
    if (data > 0) this.target.data(this.stream, b, at, at + data);
    if (this.left === 0) this.endData();
    return at + size;
  }

  private endData(): void {
    this.inFrame = false;
    if (!this.stopped) this.target.dataEnd(this.flags, this.stream);
  }

  private whole(b: Buffer, at: number, end: number): number {
    const { left } = this;
    if (this.gathered === null && end - at >= left) {
      this.emit(b, at, at + left);
      return at + left;
    }
    this.gathered ??= Buffer.allocUnsafe(left);
    const more = Math.min(left - this.gatheredSize, end - at);
    b.copy(this.gathered, this.gatheredSize, at, at + more);
    this.gatheredSize += more;
    if (this.gatheredSize === left) {
      const { gathered } = this;
      this.gathered = null;
      this.gatheredSize = 0;
      this.emit(gathered, 0, left);
    }
    return at + more;
  }

  /** Padding is taken off, the priority that nobody heeds is not (6.2, 6.6). */
  private emit(b: Buffer, from: number, to: number): void {
    this.inFrame = false;
    const { type, flags, stream } = this;
    const padded = (flags & PADDED) !== 0 && (type === HEADERS || type === PUSH_PROMISE);
    if (!padded) return this.target.frame(type, flags, stream, b, from, to);
    if (from === to) return this.fail(FRAME_SIZE_ERROR, 'a frame without its padding');
    const until = to - b[from]!;
    if (until < from + 1) return this.fail(PROTOCOL_ERROR, 'a frame shorter than its padding');
    this.target.frame(type, flags, stream, b, from + 1, until);
  }

  private fail(code: number, why: string): void {
    this.stopped = true;
    this.target.fault(code, why);
  }
}
