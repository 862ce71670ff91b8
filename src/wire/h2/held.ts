/** What is held in one piece: a peer may send its octets one by one, and a piece of memory for each would cost more than they do. */
const CHUNK = 16_384;

/** Bytes that wait for their reader, in order. */
export class Held {
  private readonly chunks: Buffer[] = [];
  /** Octets of the last chunk that are in use. */
  private used = 0;

  add(b: Buffer, from: number, to: number): void {
    for (let at = from; at < to; ) {
      let last = this.chunks.at(-1);
      if (last === undefined || this.used === last.length) {
        last = Buffer.allocUnsafe(CHUNK);
        this.chunks.push(last);
        this.used = 0;
      }
      const size = b.copy(last, this.used, at, to);
      this.used += size;
      at += size;
    }
  }

  /** Takes some out; null = nothing is left. */
  shift(): Buffer | null {
    const first = this.chunks.shift();
    if (first === undefined) return null;
    return this.chunks.length === 0 ? first.subarray(0, this.used) : first;
  }
}
