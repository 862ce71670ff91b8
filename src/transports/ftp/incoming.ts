import type { Head } from '../../contract/head.ts';
import { Errand } from './errand.ts';

/** A transfer to us: a head that is made up of what is known, then what comes over the data connection, to its end. */
export abstract class Incoming extends Errand {
  private headTold = false;
  private paused = false;
  private dataEnded = false;

  override pause(): void {
    this.paused = true;
    this.data?.pause();
  }

  override resume(): void {
    this.paused = false;
    this.data?.resume();
  }

  /** Asked when the server begins. */
  protected abstract makeHead(): Head;

  /** How many of so many bytes are for the hop; all have come since the last time. */
  protected abstract take(size: number): number;

  /** Bytes were told to the hop. */
  protected abstract told(): void;

  protected connected(): void {
    const { data } = this;
    if (this.begun && !this.headTold) this.tellHead(this.makeHead());
    if (this.over || data === null) return;
    data.readInto(null, true);
    if (this.paused) data.pause();
  }

  protected tellHead(head: Head): void {
    this.headTold = true;
    this.hop.headAt = this.hop.now();
    this.hop.head(head);
  }

  /** Data may overtake the word that it begins. */
  bytes(memory: Buffer, size: number): void {
    if (this.over) return;
    this.begun = true;
    if (!this.headTold) this.tellHead(this.makeHead());
    if (this.over) return;
    const wanted = this.take(size);
    if (this.over) return;
    this.moved += wanted;
    this.data!.readInto(null, true);
    this.hop.data(memory, 0, wanted);
    if (!this.over) this.told();
  }

  ended(): void {
    this.dataEnded = true;
    const problem = this.confirmed ? null : this.shortfall();
    if (problem === null) this.settle();
    else this.lostData(problem);
  }

  protected isComplete(): boolean {
    return this.dataEnded;
  }
}
