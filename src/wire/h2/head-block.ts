import { type DecodedHead, HpackDecoder } from './hpack/decoder.ts';
import { HEAD_LIMITS } from './settings.ts';

/** Frames that a head may be cut into. */
const MOST_PIECES = 256;

/** A header block, in one frame or in several. */
export class HeadBlock {
  /** It is not complete yet. */
  open = false;
  stream = 0;
  end = false;
  private readonly decoder = new HpackDecoder(HEAD_LIMITS);
  private pieces: Buffer[] = [];
  private size = 0;

  begin(stream: number, end: boolean, b: Buffer, from: number, to: number): void {
    this.open = true;
    this.stream = stream;
    this.end = end;
    this.add(b, from, to);
  }

  /** False = it grows beyond all measure. */
  add(b: Buffer, from: number, to: number): boolean {
    this.pieces.push(Buffer.from(b.subarray(from, to)));
    this.size += to - from;
    return this.pieces.length <= MOST_PIECES && this.size <= HEAD_LIMITS.bytes;
  }

  take(): Buffer {
    const whole = Buffer.concat(this.pieces, this.size);
    this.open = false;
    this.pieces = [];
    this.size = 0;
    return whole;
  }

  /** Null = it cannot be read, nor can anything behind it. */
  decode(b: Buffer, from: number, to: number): DecodedHead | null {
    return this.decoder.decode(b, from, to);
  }
}
