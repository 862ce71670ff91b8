import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import { DOOR, type DoorOwner } from '../../contract/door.ts';
import { type AnswerOptions, HarAnswers } from './answers.ts';
import type { Har, HarEntry } from './format.ts';
import { checkedHar } from './read.ts';
import { HarTransport } from './transport.ts';

/** How a HAR answers. */
export interface ReplayOptions extends AnswerOptions {
  /** `none`, the default, answers at once; `recorded` takes the time that the answers took. */
  readonly delay?: 'none' | 'recorded';
}

/** A HAR that answers in the place of the network, as {@link replayHar} begins it. */
export class HarReplay {
  private readonly answers: HarAnswers;
  private leave: () => void;

  /** @internal */
  constructor(manager: DoorOwner, har: Har, options: ReplayOptions, clock: Clock) {
    const { delay = 'none' } = options;
    if (delay !== 'none' && delay !== 'recorded')
      throw new TypeError(`replayHar: delay is 'none' or 'recorded'; got ${String(delay)}`);
    this.answers = new HarAnswers(checkedHar(har), options);
    this.leave = manager[DOOR]().carryBy(['http', 'https'], new HarTransport(this.answers, clock, delay === 'recorded'));
  }

  /** The entries that nobody has asked for so far. */
  unused(): HarEntry[] {
    return this.answers.unused();
  }

  /** The network answers again. Idempotent. */
  stop(): void {
    this.leave();
    this.leave = () => {};
  }
}

/**
 * From now on a HAR answers all http and https requests of the manager, and nothing leaves the machine. Its answers go through redirects, cookies,
 * cache, authentication and decoding like those of a server. What it has no answer for fails with a ContentNotFoundError that says so. Each entry
 * answers once, in their order, and then the last one again. Throws a HarError for what is no HAR, a TypeError for options that are none.
 *
 *     const replay = replayHar(manager, parseHar(await readFile('session.har')));
 *     console.log(await manager.get('http://example.org/').text());
 *     replay.stop();
 */
export function replayHar(manager: DoorOwner, har: Har, options: ReplayOptions = {}, clock: Clock = systemClock): HarReplay {
  return new HarReplay(manager, har, options, clock);
}
