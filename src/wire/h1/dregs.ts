import type { Clock, Timer } from '../../contract/clock.ts';
import type { Exchange } from '../exchange.ts';

/** More than this is not read for the sake of a connection. */
const MOST_BYTES = 65_536;
/** Nor is it waited for longer. */
const MOST_MS = 1000;

/** Takes the place of an exchange whose answer nobody wants: what is left of it is read and dropped, so that the connection can be used again. */
export class Dregs implements Exchange {
  readonly method: string;
  readonly headText: string;
  readonly body = null;
  readonly closeAfter: boolean;
  private left = MOST_BYTES;
  private readonly tooMuch: (dregs: Dregs) => void;
  private readonly timer: Timer;

  constructor(exchange: Exchange, clock: Clock, tooMuch: (dregs: Dregs) => void) {
    this.method = exchange.method;
    this.headText = exchange.headText;
    this.closeAfter = exchange.closeAfter;
    this.tooMuch = tooMuch;
    this.timer = clock.after(MOST_MS, () => tooMuch(this), false);
  }

  static worth(length: number): boolean {
    return length <= MOST_BYTES;
  }

  sent(): void {}
  uploaded(): void {}
  allSent(): void {}
  interim(): void {}
  head(): void {}

  room(): null {
    return null;
  }

  data(_bytes: Buffer, start: number, end: number): void {
    this.left -= end - start;
    if (this.left < 0) this.tooMuch(this);
  }

  end(): void {
    this.timer.cancel();
  }

  fail(): void {
    this.timer.cancel();
  }
}
