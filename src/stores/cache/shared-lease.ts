import type { CacheClaim } from '../../contract/cache.ts';
import type { Timer } from '../../contract/clock.ts';
import type { SharedLink } from './shared-link.ts';
import { CLAIM, END_LEASE, RENEW_LEASE } from './shared-scripts.ts';

/** Milliseconds between two looks of one who waits: short at first, as most answers come soon. */
const SHORTEST_PAUSE = 10;
const LONGEST_PAUSE = 200;

/** Milliseconds in which nobody waits for an answer that is not kept. */
const ALONE = 10_000;

/** What a claim is about. */
export interface Wanted {
  /** Names of the lease and of the entry. */
  readonly lease: string;
  readonly entry: string;
  /** Version of the entry that was seen, '' for none. */
  readonly version: string;
  /** Names who asks. */
  readonly token: string;
}

/** Milliseconds that a lease lives without being renewed, and that somebody waits for another at most. */
export interface LeaseTimes {
  readonly lease: number;
  readonly wait: number;
}

const LOOK: CacheClaim = Object.freeze({ kind: 'look' });
const BY_ONESELF: CacheClaim = Object.freeze({ kind: 'fetch', release: () => {} });

/**
 * Asks for the lease until it is there, or something else is in the cache. It asks with growing pauses instead of being told: being told
 * takes a second connection, and who missed the message would have to ask all the same.
 */
export async function claim(link: SharedLink, wanted: Wanted, times: LeaseTimes, held: Set<Lease>): Promise<CacheClaim> {
  const { lease, entry, token, version } = wanted;
  const end = link.clock.now() + times.wait;
  for (let pause = SHORTEST_PAUSE; link.awake; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    const answer = await link
      .ask(link.short, 'eval', CLAIM, '2', lease, entry, token, String(times.lease), version)
      .then(String, () => 'trouble');
    if (answer === 'mine') return new Lease(link, wanted, times.lease, held);
    if (answer === 'look') return LOOK;
    if (answer !== 'wait' || link.clock.now() + pause > end) break;
    await new Promise<void>((resolve) => link.clock.after(pause, resolve, true));
  }
  return BY_ONESELF;
}

/** Ours while we live: it is renewed, and given up by `release`. */
export class Lease {
  readonly kind = 'fetch';
  private readonly link: SharedLink;
  private readonly wanted: Wanted;
  private readonly life: string;
  private readonly held: Set<Lease>;
  private readonly pause: number;
  private timer: Timer | null;

  constructor(link: SharedLink, wanted: Wanted, life: number, held: Set<Lease>) {
    this.link = link;
    this.wanted = wanted;
    this.life = String(life);
    this.held = held.add(this);
    this.pause = life / 3;
    this.timer = this.later();
  }

  private later(): Timer {
    return this.link.clock.after(this.pause, () => void this.renew());
  }

  private async renew(): Promise<void> {
    const { lease, token } = this.wanted;
    const answer = await this.ask(RENEW_LEASE, lease, token, this.life);
    if (this.timer === null) return;
    if (answer === 0) this.forget();
    else this.timer = this.later();
  }

  release(forNobodyElse = false): void {
    if (this.timer === null) return;
    this.forget();
    const { lease, token } = this.wanted;
    void this.link.job(this.ask(END_LEASE, lease, token, forNobodyElse ? String(ALONE) : ''));
  }

  private forget(): void {
    this.timer?.cancel();
    this.timer = null;
    this.held.delete(this);
  }

  /** While the server is away nothing is asked: the lease ends by its time. */
  private ask(script: string, lease: string, token: string, life: string): Promise<unknown> {
    if (!this.link.awake) return Promise.resolve(null);
    return this.link.ask(this.link.short, 'eval', script, '1', lease, token, life).catch(() => null);
  }
}
