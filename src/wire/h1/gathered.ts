/** Octets that come in pieces and are read as a whole. Room doubles, so that many small pieces cost no more than one large one. */
export class Gathered {
  /** The first `size` octets are valid. */
  octets: Buffer;
  size = 0;

  constructor(b: Buffer, start: number, end: number) {
    this.octets = Buffer.allocUnsafe(end - start);
    this.add(b, start, end);
  }

  add(b: Buffer, start: number, end: number): void {
    const need = this.size + end - start;
    if (need > this.octets.length) {
      const grown = Buffer.allocUnsafe(Math.max(need, 2 * this.octets.length));
      this.octets.copy(grown, 0, 0, this.size);
      this.octets = grown;
    }
    b.copy(this.octets, this.size, start, end);
    this.size = need;
  }
}
