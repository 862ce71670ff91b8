import type { AnySignal } from '../core/signal.ts';

/** Qt's cadence of progress signals. */
const PACE_MS = 100;

/** When progress may be told again, for replies whose progress somebody listens to. */
export class ProgressPace {
  private download: number;
  private upload = Number.NEGATIVE_INFINITY;
  private sent = 0;
  private told = 0;

  /** Downloads are first told so long after the transfer began, as in Qt; uploads at once. */
  constructor(started: number) {
    this.download = started;
  }

  downloaded(signal: AnySignal, now: number, received: number, expected: number): void {
    if (now - this.download < PACE_MS) return;
    this.download = now;
    signal.emit(received, expected);
  }

  /** The whole is always told, and everything to those who want it all. */
  uploaded(signal: AnySignal, now: number, bytes: number, total: number, every: boolean): void {
    this.sent = bytes;
    if (!every && bytes !== total && now - this.upload < PACE_MS) return;
    this.upload = now;
    this.told = bytes;
    signal.emit(bytes, total);
  }

  /** What was sent and not told, when the answer begins: with an unknown length nobody could say earlier that it was the last. */
  uploadEnded(signal: AnySignal | undefined, total: number): void {
    if (this.sent === this.told) return;
    this.told = this.sent;
    signal?.emit(this.sent, total);
  }
}
