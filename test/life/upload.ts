import { QIODevice } from '../../src/index.ts';

/** A sequential device that gives three bytes, and more when it is told. */
export class Upload extends QIODevice {
  private readonly pieces = ['abc'];

  constructor() {
    super();
    this.open(QIODevice.ReadOnly);
  }

  override isSequential(): boolean {
    return true;
  }

  override bytesAvailable(): number {
    return super.bytesAvailable() + this.pieces.reduce((sum, { length }) => sum + length, 0);
  }

  protected override readData(): Buffer | null {
    return Buffer.from(this.pieces.shift() ?? '');
  }

  more(text: string): void {
    this.pieces.push(text);
    this.readyRead.emit();
  }
}
