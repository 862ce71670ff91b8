import type { Clock, Timer } from '../../contract/clock.ts';
import type { Dial } from '../dial/dial.ts';
import type { Waiter } from './ledger.ts';

/** No limit of a request is on a dial that nobody waits for any more, or whose owner has gone. */
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
  private readonly clock: Clock;
  private readonly ended: () => void;
  private patience: Timer | null = null;

  /** `ended` is called when needless ones were given up. */
  constructor(ledger: Books<W>, clock: Clock, ended: () => void) {
    super();
    this.ledger = ledger;
    this.clock = clock;
    this.ended = ended;
  }

  /** Gives up those that nobody waits for. */
  endSurplus(): void {
    const { ledger } = this;
    for (const [dial, owner] of this) if (!owner.waiting && ledger.dialing > ledger.needed) this.giveUp(dial, owner);
  }

  /**
   * Those whose owners have gone, or were served otherwise, may go on, since their connections will be of use, but not for ever: a peer
   * that is silent in the middle of a handshake would keep all who hope for it waiting.
   */
  boundSurplus(): void {
    if (this.size === 0) {
      this.patience?.cancel();
      this.patience = null;
    } else if (this.patience === null && this.orphaned) {
      this.patience = this.clock.after(SURPLUS_MS, () => {
        this.patience = null;
        for (const [dial, owner] of this) if (!owner.waiting) this.giveUp(dial, owner);
        this.ended();
      });
    }
  }

  private get orphaned(): boolean {
    for (const owner of this.values()) if (!owner.waiting) return true;
    return false;
  }

  private giveUp(dial: Dial, owner: W): void {
    dial.cancel();
    this.delete(dial);
    this.ledger.dialEnded(owner);
  }
}
