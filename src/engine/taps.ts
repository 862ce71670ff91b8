import type { Failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { SeenHop, Tap } from '../contract/tap.ts';

/** Tells several of them. */
export class Taps implements Tap {
  readonly all: readonly Tap[];

  constructor(all: readonly Tap[]) {
    this.all = all;
  }

  lent(hop: SeenHop, address: string): void {
    for (const tap of this.all) tap.lent(hop, address);
  }
  sent(hop: SeenHop, text: string): void {
    for (const tap of this.all) tap.sent(hop, text);
  }
  sentData(hop: SeenHop, bytes: Uint8Array): void {
    for (const tap of this.all) tap.sentData(hop, bytes);
  }
  head(hop: SeenHop, head: Head): void {
    for (const tap of this.all) tap.head(hop, head);
  }
  data(hop: SeenHop, bytes: Buffer, start: number, end: number): void {
    for (const tap of this.all) tap.data(hop, bytes, start, end);
  }
  over(hop: SeenHop, problem: Failure | null): void {
    for (const tap of this.all) tap.over(hop, problem);
  }
}
