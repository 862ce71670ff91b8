/**
 * Finds where frames end in a stream of Zstandard data (RFC 8878 3.1), without decoding it. Needed because the decoders of Node versions
 * differ: some drop what follows the first frame in the same piece of input, some do not notice that the last frame is cut short, some
 * pass over what is no frame.
 */
export class ZstdFrames {
  /** True between two frames, and before the first one. */
  get atBoundary(): boolean {
    return this.#expect === 'magic' && this.#have === 0 && this.#skip === 0;
  }

  /** What came is no frame. */
  get lost(): boolean {
    return this.#expect === 'anything';
  }

  #expect: 'magic' | 'descriptor' | 'block' | 'skippable-size' | 'anything' = 'magic';
  /** Bytes of the field that is expected, as far as they came. */
  #have = 0;
  #value = 0;
  /** Bytes to pass over before the expected field. */
  #skip = 0;
  #checksum = false;

  /** Number of bytes from `from` up to and including the end of the frame, or up to the end of the piece. */
  next(piece: Uint8Array, from: number): number {
    let at = from;
    while (at < piece.length) {
      if (this.#expect === 'anything') return piece.length - from;
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, piece.length - at);
        this.#skip -= step;
        at += step;
      } else {
        this.#value += piece[at++]! * 2 ** (8 * this.#have++);
        if (this.#have === FIELD_SIZE[this.#expect]) this.#field();
      }
      if (this.atBoundary) return at - from;
    }
    return at - from;
  }

  #field(): void {
    const value = this.#value;
    this.#have = 0;
    this.#value = 0;
    switch (this.#expect) {
      case 'magic':
        if (value === 0xfd2fb528) this.#expect = 'descriptor';
        else if (value >= 0x184d2a50 && value <= 0x184d2a5f) this.#expect = 'skippable-size';
        else this.#expect = 'anything';
        break;
      case 'descriptor':
        this.#skip = restOfHeader(value);
        this.#checksum = (value & 4) !== 0;
        this.#expect = 'block';
        break;
      case 'skippable-size':
        this.#skip = value;
        this.#expect = 'magic';
        break;
      case 'block': {
        const type = (value >> 1) & 3;
        this.#skip = type === 1 ? 1 : value >> 3; // a run of one byte has a one-byte body
        if ((value & 1) === 1) {
          if (this.#checksum) this.#skip += 4;
          this.#expect = 'magic';
        }
        break;
      }
    }
  }
}

const FIELD_SIZE = { magic: 4, descriptor: 1, block: 3, 'skippable-size': 4, anything: 0 } as const;

/** RFC 8878 3.1.1.1: window descriptor, dictionary id and content size behind the frame header descriptor. */
function restOfHeader(descriptor: number): number {
  const singleSegment = (descriptor & 0x20) !== 0;
  const sizeFlag = descriptor >> 6;
  const contentSize = sizeFlag === 0 ? (singleSegment ? 1 : 0) : 1 << sizeFlag;
  const dictionary = [0, 1, 2, 4][descriptor & 3]!;
  return (singleSegment ? 0 : 1) + dictionary + contentSize;
}
