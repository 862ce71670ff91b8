import type { Clock, Timer } from '../../contract/clock.ts';
import type { Dial } from '../dial/dial.ts';
import type { Waiter } from './ledger.ts';

/** No limit of a request is on a dial that nobody waits for any more. */
const SURPLUS_MS = 5000;

/** What the books say of them. */
interface Books<W> {
  readonly dialing: number;
  readonly needed: number;
  dialEnded(owner: W): void;
}

/** The dials of one route that are under way, each with the one in whose name it is. */
export class Dials<W extends Waiter> extends Map<Dial, W> {
  private readonly ledger: Books<W>;
  private patience: Timer | null = null;

  constructor(ledger: Books<W>) {
    super();
    this.ledger = ledger;
  }

  /** Gives up those that nobody waits for. */
  endSurplus(): void {
    const { ledger } = this;
    for (const [dial, owner] of this) {
      if (owner.waiting || ledger.dialing <= ledger.needed) continue;
      dial.cancel();
      this.delete(dial);
      ledger.dialEnded(owner);
    }
  }

  /** Those that others made needless may go on, since their connections will be of use, but not for ever. */
  boundSurplus(clock: Clock, ended: () => void): void {
    if (this.size === 0) {
      this.patience?.cancel();
      this.patience = null;
    } else if (this.patience === null && this.ledger.dialing > this.ledger.needed) {
      this.patience = clock.after(SURPLUS_MS, () => {
        this.patience = null;
        this.endSurplus();
        ended();
      });
    }
  }
}
