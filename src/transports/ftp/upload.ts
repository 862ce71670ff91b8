import type { Body } from '../../contract/body.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import type { HopFacts } from '../../contract/hop.ts';
import { BodyPump } from '../../wire/body-pump.ts';
import { Errand } from './errand.ts';

/** Writes the body of a hop into a file. */
export class Upload extends Errand {
  private pump: BodyPump | null = null;
  private allSent = false;

  protected prepare(): void {
    this.passive();
  }

  protected launch(): void {
    this.hop.sending = this.hop.body !== null && this.hop.body.length !== 0;
    this.begin(`STOR ${this.target.path}`, 'put');
  }

  /** Nothing is sent before the server wants it. */
  protected connected(): void {
    const { data, hop } = this;
    if (data === null || !this.begun || this.pump !== null || this.allSent || this.confirmed) return;
    if (hop.body === null) return this.uploadDone();
    this.pump = new BodyPump(hop.body, data, this, this.clock, hop.ask.wishes.uploadPiece, true);
    this.pump.start(0);
  }

  // PumpOwner

  uploaded(bytes: number): void {
    if (this.over) return;
    const { hop } = this;
    this.moved = bytes;
    hop.sentAt = hop.now();
    hop.uploaded(bytes, (hop.body as Body).length);
  }

  /** The end of the file is the end of the data connection. */
  uploadDone(): void {
    if (this.over) return;
    this.allSent = true;
    this.hop.sending = false;
    this.data!.end();
  }

  uploadFailed(problem: Failure): void {
    this.fail(problem, false);
  }

  /** What a server sends here means nothing. */
  bytes(): void {}

  ended(): void {
    if (!this.allSent)
      this.lostData(failure('closed', 'send', `${this.control.place} closed the data connection before all was sent`));
  }

  protected isComplete(): boolean {
    return true;
  }

  protected shortfall(): Failure | null {
    if (this.allSent) return null;
    return failure('closed', 'send', `${this.control.place} says that all has come, of which ${this.moved} bytes were sent`);
  }

  protected override get facts(): HopFacts {
    return { ...super.facts, bytesWritten: this.moved };
  }

  protected override release(): void {
    this.pump?.stop();
    super.release();
  }
}
