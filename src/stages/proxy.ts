import type { Url } from '../base/url.ts';
import type { Trip } from '../contract/ask.ts';
import type { Clock } from '../contract/clock.ts';
import { type Failure, failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import { type Hop, type HopFacts, NO_FACTS } from '../contract/hop.ts';
import type { ProxyPeer, Way } from '../contract/proxy.ts';
import type { Journey, Stage, Verdict } from '../contract/stage.ts';
import { proxyText } from '../rules/proxy/proxy-url.ts';
import { goesAbsolute, isAble, isProxyDead, livingFirst, takesProxies } from '../rules/proxy/ways.ts';

/** How long a proxy that did not work goes behind the others. */
const DEAD_MS = 300_000;
const MOST_DEAD = 1_000;

/** The ways of a trip, and which of them it takes. */
interface Ways {
  readonly trip: Trip;
  readonly ways: readonly Way[];
  readonly at: number;
}

/** Chooses the proxy of each hop: the first that can carry it, and the next one of the list when that does not work. */
export class Proxies implements Stage {
  readonly name = 'proxy';
  private readonly clock: Clock;
  /** Keys of proxies that did not work, and until when that counts. */
  private readonly dead = new Map<string, number>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Who did not work may work now. */
  clear(): void {
    this.dead.clear();
  }

  outward(hop: Hop, journey: Journey): Verdict {
    const chooser = journey.ask.wishes.proxy;
    if (chooser === null || !takesProxies(hop.url.scheme)) return 'go';
    const known = journey.recall(this) as Ways | undefined;
    // a resend, or a round of authentication
    if (known?.trip === journey.trip) return this.take(hop, known);
    let choice: readonly Way[] | PromiseLike<readonly Way[]>;
    try {
      choice = chooser.choose(hop.url);
    } catch (error) {
      return journey.refuse(notChosen(hop.url, error));
    }
    if (!('then' in choice)) return this.chosen(hop, journey, choice);
    choice.then(
      (ways) => journey.proceed(journey.over ? 'go' : this.chosen(hop, journey, ways)),
      (error: unknown) => journey.proceed(journey.over ? 'go' : journey.refuse(notChosen(hop.url, error))),
    );
    return 'wait';
  }

  private chosen(hop: Hop, journey: Journey, choice: readonly Way[]): Verdict {
    const able = choice.filter((way) => isAble(way, hop.url.scheme));
    if (able.length === 0) return journey.refuse(noneAble(hop.url, choice));
    const ways: Ways = { trip: journey.trip, ways: livingFirst(able, (proxy) => this.isDead(proxy)), at: 0 };
    journey.memory.set(this, ways);
    return this.take(hop, ways);
  }

  private take(hop: Hop, { ways, at }: Ways): Verdict {
    hop.proxy = ways[at]!;
    // in a tunnel the origin would read what is meant for the proxy
    if (hop.proxy !== null && !goesAbsolute(hop.url, hop.ask.wishes, hop.proxy)) withoutProxyFields(hop);
    if (hop.noting) hop.note('proxy', { proxy: hop.proxy === null ? 'none' : proxyText(hop.proxy) });
    return 'go';
  }

  inward(hop: Hop, _head: Head): Verdict {
    if (hop.proxy !== null && this.dead.size > 0) this.dead.delete(hop.proxy.key);
    return 'go';
  }

  /** Nothing of the request has left us as long as its proxy could not be reached. */
  failed(hop: Hop, problem: Failure, facts: HopFacts, journey: Journey): Verdict {
    if (hop.proxy === null || facts !== NO_FACTS || !isProxyDead(problem)) return 'go';
    this.bury(hop.proxy);
    const { trip, ways, at } = journey.recall(this) as Ways;
    if (at + 1 >= ways.length) return 'go';
    journey.memory.set(this, { trip, ways, at: at + 1 } satisfies Ways);
    return 'again';
  }

  private bury({ key }: ProxyPeer): void {
    this.dead.delete(key);
    this.dead.set(key, this.clock.now() + DEAD_MS);
    if (this.dead.size > MOST_DEAD) this.dead.delete(this.dead.keys().next().value!);
  }

  private isDead({ key }: ProxyPeer): boolean {
    return (this.dead.get(key) ?? 0) > this.clock.now();
  }
}

function noneAble({ origin, scheme }: Url, choice: readonly Way[]): Failure {
  const names = choice.map((way) => (way === null ? 'none' : proxyText(way))).join(', ');
  return failure(
    'proxy-not-found',
    'setup',
    `No suitable proxy found for ${origin}: ${names} cannot carry ${scheme}, which takes a proxy that opens tunnels`,
  );
}

function notChosen({ origin }: Url, error: unknown): Failure {
  const why = error instanceof Error ? error.message : String(error);
  return failure('proxy-not-found', 'setup', `The proxy for ${origin} could not be chosen: ${why}`, { cause: error });
}

function withoutProxyFields(hop: Hop): void {
  if (hop.headers.size === 0 || !hop.headers.has('Proxy-Authorization')) return;
  hop.headers = hop.headers.copy();
  hop.headers.remove('Proxy-Authorization');
}
