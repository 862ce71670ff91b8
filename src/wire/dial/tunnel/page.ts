/** What is kept of the page of a proxy. */
const MOST_OCTETS = 65_536;

/** The page a proxy shows in the place of a tunnel, as far as it is kept. */
export class Page {
  full = false;
  private readonly pieces: Buffer[] = [];
  private size = 0;

  /** The memory is valid during the call only. */
  add(memory: Buffer, start: number, end: number): void {
    const stop = Math.min(end, start + MOST_OCTETS - this.size);
    this.size += stop - start;
    if (stop > start) this.pieces.push(Buffer.from(memory.subarray(start, stop)));
    if (this.size === MOST_OCTETS) this.full = true;
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}
