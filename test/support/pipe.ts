import { QIODevice } from '../../src/index.ts';

/** A device without positions, as a serial port is one: it says what it has when it has it. */
export class Pipe extends QIODevice {
  private queue: Buffer;

  constructor(text = '') {
    super();
    this.queue = Buffer.from(text);
    this.open(QIODevice.ReadOnly);
  }

  override isSequential(): boolean {
    return true;
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + this.queue.length;
  }

  protected override readData(maxSize: number): Buffer | null {
    const piece = this.queue.subarray(0, maxSize);
    this.queue = this.queue.subarray(piece.length);
    return piece;
  }

  feed(text: string): this {
    this.queue = Buffer.concat([this.queue, Buffer.from(text)]);
    this.readyRead.emit();
    return this;
  }

  /** Says that it was all. */
  over(): void {
    this.readChannelFinished.emit();
  }

  /** Feeds piece by piece, a turn apart, then says that it was all. */
  later(...all: string[]): this {
    const [first, ...rest] = all;
    setImmediate(() => {
      if (first === undefined) return this.over();
      this.feed(first);
      this.later(...rest);
    });
    return this;
  }
}
