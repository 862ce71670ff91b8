import type { Duplex } from 'node:stream';

/** Reads a stream piece by piece; the end of the stream ends the reading with an error. */
export class Octets {
  private held = Buffer.alloc(0);
  private readonly stream: Duplex;
  private wake: (() => void) | null = null;
  private over = false;

  constructor(stream: Duplex) {
    this.stream = stream;
    stream.on('data', this.data);
    stream.on('end', this.ended);
    stream.on('close', this.ended);
  }

  private readonly data = (chunk: Buffer): void => {
    this.held = Buffer.concat([this.held, chunk]);
    this.wake?.();
  };

  private readonly ended = (): void => {
    this.over = true;
    this.wake?.();
  };

  async take(size: number): Promise<Buffer> {
    await this.until(() => this.held.length >= size);
    return this.cut(size);
  }

  /** Up to the delimiter, and with it. */
  async line(delimiter: string | number): Promise<Buffer> {
    const width = typeof delimiter === 'number' ? 1 : delimiter.length;
    await this.until(() => this.held.includes(delimiter));
    return this.cut(this.held.indexOf(delimiter) + width);
  }

  /** Stops reading; what has come and was not read. */
  leave(): Buffer {
    this.stream.removeListener('data', this.data);
    this.stream.removeListener('end', this.ended);
    this.stream.removeListener('close', this.ended);
    return this.held;
  }

  private cut(size: number): Buffer {
    const piece = this.held.subarray(0, size);
    this.held = this.held.subarray(size);
    return piece;
  }

  private async until(enough: () => boolean): Promise<void> {
    while (!enough()) {
      if (this.over) throw new Error('the other side has left');
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}
