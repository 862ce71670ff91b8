import { speaksHttp } from '../../base/local-scheme.ts';
import type { Trip } from '../../contract/ask.ts';
import type { AuthAnswer, AuthRequest } from '../../contract/auth.ts';
import type { Body } from '../../contract/body.ts';
import { together } from '../../contract/carriage.ts';
import { type Failure, failure } from '../../contract/failure.ts';
import { FilterPhase } from '../../contract/filter.ts';
import type { Head } from '../../contract/head.ts';
import type { Hop } from '../../contract/hop.ts';
import type { Keyring } from '../../contract/keyring.ts';
import type { ProxyPeer } from '../../contract/proxy.ts';
import type { Journey, Stage, Verdict } from '../../contract/stage.ts';
import { Hold } from '../../filters/hold.ts';
import { proxyText } from '../../rules/proxy/proxy-url.ts';
import { goesAbsolute } from '../../rules/proxy/ways.ts';
import type { Rounds } from './rounds.ts';

/** Who challenges: the words of RFC 9110 11.6 and 11.7. */
export interface Challenger {
  readonly name: string;
  readonly status: 401 | 407;
  readonly challenge: string;
  readonly answer: string;
  readonly info: string;
  /** The proxy that a hop speaks to, null = the origin; undefined = it speaks to nobody of the kind. */
  peer(hop: Hop): ProxyPeer | null | undefined;
  /** A later hop begins. */
  moved?(hop: Hop, journey: Journey): void;
  rounds(hop: Hop, journey: Journey): Rounds;
  /** A request is over, whether anybody has asked or not. */
  settled?(): void;
}

/** What is remembered of a trip that had to say who asks. */
interface Talk {
  readonly trip: Trip;
  readonly proxy: ProxyPeer | null;
  readonly rounds: Rounds;
  /** What the next hop says. */
  next: AuthAnswer | null;
  /** The hop under way has said something. */
  said: boolean;
  /** Its body stayed behind, since more rounds would follow. */
  withheld: boolean;
  /** The refusal stands, and its page has to be asked for once more. */
  stands: boolean;
}

const NO_BYTES = new Uint8Array(0);

/** In the place of a body that is not needed yet. */
const NO_BODY: Body = {
  length: 0,
  replayable: true,
  bytes: NO_BYTES,
  open: () => ({ pull: () => null, failure: null, close() {} }),
};

/** Answers the challenges of origins, or of proxies that are told whole requests, on a hop of its own for each round. */
export class Challenged implements Stage {
  readonly name: string;
  private readonly challenger: Challenger;
  private readonly keyring: Keyring;
  /** Transfers with a talk. */
  private live = 0;

  constructor(challenger: Challenger, keyring: Keyring) {
    this.name = challenger.name;
    this.challenger = challenger;
    this.keyring = keyring;
  }

  outward(hop: Hop, journey: Journey): Verdict {
    if (hop.index > 0) this.challenger.moved?.(hop, journey);
    // nobody has asked, and nothing is known
    if (this.live === 0 && this.keyring.empty) return 'go';
    const talk = this.talkOf(hop, journey);
    if (talk !== null) return this.goOn(talk, hop);
    const { reuseCredentials, preconnect } = hop.ask.wishes;
    if (this.keyring.empty || !reuseCredentials || preconnect || hop.headers.has(this.challenger.answer)) return 'go';
    if (!isHttp(hop) || this.challenger.peer(hop) === undefined) return 'go';
    const rounds = this.challenger.rounds(hop, journey);
    const answer = rounds.opening(requestOf(hop));
    if (answer !== null) this.say(answer, hop, this.begin(hop, journey, rounds));
    return 'go';
  }

  private goOn(talk: Talk, hop: Hop): Verdict {
    const { next, rounds } = talk;
    talk.next = null;
    talk.said = false;
    talk.withheld = false;
    const lost = next === null ? hop.resent : next.bound && hop.kept === null;
    if (lost) rounds.lost();
    const answer = talk.stands ? null : lost || next === null ? rounds.opening(requestOf(hop)) : next;
    if (answer !== null) this.say(answer, hop, talk);
    return 'go';
  }

  private say({ value, preliminary }: AuthAnswer, hop: Hop, talk: Talk): void {
    talk.said = true;
    const headers = hop.headers.copy();
    // the caller's own was not accepted
    headers.remove(this.challenger.answer);
    headers.append(this.challenger.answer, value);
    if (preliminary && hop.body !== null && hop.body.length !== 0) {
      talk.withheld = true;
      hop.body = NO_BODY;
      for (const name of ['Content-Length', 'Transfer-Encoding', 'Expect']) headers.remove(name);
    }
    hop.headers = headers;
    const { identity } = talk.rounds;
    // a proxy may let its connection to an origin through as well
    if (identity !== null) hop.identity = together(hop.identity, identity);
  }

  inward(hop: Hop, head: Head, journey: Journey): Verdict {
    if (head.status === this.challenger.status)
      return head.status === 401 && !journey.ask.wishes.answersServers ? 'go' : this.challenged(hop, head, journey);
    return this.live === 0 ? 'go' : this.passed(hop, head, journey);
  }

  /** Any other answer says that it knows who asks, unless it comes from somebody before. */
  private passed(hop: Hop, head: Head, journey: Journey): Verdict {
    const talk = this.talkOf(hop, journey);
    // 407 is what a proxy says, on the way to the origin
    if (talk === null || !talk.said || head.status === 407 || hop.stored) return 'go';
    talk.rounds.accepted(head.headers.all(this.challenger.info));
    if (!talk.withheld || head.status >= 300) return 'go';
    // it wanted to know nothing more, and has not heard the body
    journey.reroute(journey.trip);
    return 'again';
  }

  private challenged(hop: Hop, head: Head, journey: Journey): Verdict {
    if (hop.stored || !isHttp(hop) || this.challenger.peer(hop) === undefined) return 'go';
    const fields = head.headers.all(this.challenger.challenge);
    let talk = this.talkOf(hop, journey);
    if (talk === null && fields.length === 0) return 'go';
    talk ??= this.begin(hop, journey, this.challenger.rounds(hop, journey));
    if (talk.stands) return 'go';
    return this.hear(talk, fields, hop, head, journey);
  }

  private hear(talk: Talk, fields: readonly string[], hop: Hop, head: Head, journey: Journey): Verdict {
    const { rounds } = talk;
    let answer: AuthAnswer | null | undefined;
    let hold: Hold | null = null;
    let waits = false;
    rounds.multiplexed = head.version === '2';
    rounds.refused(fields, keepsConnection(head), requestOf(hop), (said) => {
      if (waits) this.late(talk, said, hold, journey);
      else answer = said;
    });
    if (journey.over) return 'fail';
    if (answer === null)
      return rounds.trouble === null ? 'go' : journey.refuse(nobodyKnown(rounds.trouble, hop, this.challenger.status));
    if (answer !== undefined) return this.again(talk, answer, journey);
    waits = true;
    if (rounds.continues) journey.reroute(journey.trip, true);
    else
      journey.insert(FilterPhase.raw, (target) => {
        hold = new Hold(target);
        return hold;
      });
    return 'wait';
  }

  /** The answer to the challenge comes when the walk has stopped. */
  private late(talk: Talk, answer: AuthAnswer | null, hold: Hold | null, journey: Journey): void {
    if (journey.over) return;
    const { trouble } = talk.rounds;
    if (answer === null && trouble !== null) return journey.giveUp(nobodyKnown(trouble, journey.hop, this.challenger.status));
    if (answer !== null) journey.proceed(hold === null ? this.ready(talk, answer, journey) : this.again(talk, answer, journey));
    else if (hold === null) {
      talk.stands = true;
      journey.proceed('again');
    } else {
      journey.proceed('go');
      hold.release();
    }
  }

  private again(talk: Talk, answer: AuthAnswer, journey: Journey): Verdict {
    const verdict = this.ready(talk, answer, journey);
    // who has just been let in by a proxy would have to begin there once more on another connection
    if (verdict === 'again') journey.reroute(journey.trip, answer.bound || journey.hop.identity !== null);
    return verdict;
  }

  private ready(talk: Talk, answer: AuthAnswer, journey: Journey): Verdict {
    const { hop, trip } = journey;
    const { status } = this.challenger;
    if (trip.body !== null && !trip.body.replayable) return journey.refuse(bodyGone(status));
    if (hop.noting)
      hop.note('again', { kind: 'authentication', why: `authentication ${status}`, url: hop.url.hrefWithoutUserInfo });
    talk.next = answer;
    return 'again';
  }

  settle(journey: Journey): void {
    this.challenger.settled?.();
    if (this.live === 0) return;
    const talk = journey.recall(this) as Talk | undefined;
    if (talk === undefined) return;
    this.live--;
    talk.rounds.cancel();
    journey.hop.kept?.release();
  }

  private talkOf(hop: Hop, journey: Journey): Talk | null {
    const talk = journey.recall(this) as Talk | undefined;
    return talk !== undefined && talk.trip === journey.trip && talk.proxy === this.challenger.peer(hop) ? talk : null;
  }

  private begin(hop: Hop, journey: Journey, rounds: Rounds): Talk {
    const before = journey.recall(this) as Talk | undefined;
    if (before === undefined) this.live++;
    else before.rounds.cancel();
    const { trip } = journey;
    const proxy = this.challenger.peer(hop)!;
    const talk: Talk = {
      ...{ trip, proxy, rounds, next: null, said: false, withheld: false, stands: false },
    };
    journey.memory.set(this, talk);
    return talk;
  }
}

function requestOf(hop: Hop): AuthRequest {
  const { method, url, body, secure } = hop;
  return {
    method,
    target: url.target,
    body: body === null ? NO_BYTES : body.bytes,
    certificate: secure?.chain[0] ?? null,
  };
}

/** Whether the connection can carry the next round. One that speaks HTTP/2 has others on it at the same time. */
function keepsConnection({ version, headers }: Head): boolean {
  if (version === '2') return false;
  const options = headers.combined('Connection') ?? '';
  return version === '1.0' ? /keep-alive/i.test(options) : !/(?:^|,)\s*close\s*(?:,|$)/i.test(options);
}

/** Also who fetches files for us is spoken to in HTTP. */
function isHttp({ url, proxy, ask }: Hop): boolean {
  return speaksHttp(url.scheme) || (proxy !== null && goesAbsolute(url, ask.wishes, proxy));
}

function bodyGone(status: number): Failure {
  return failure(
    'resend',
    'receive',
    `the answer was ${status}, and the body that has to be sent once more with the credentials cannot be had again: give a function that opens it anew`,
  );
}

/** Who was to say who we are has thrown instead. */
function nobodyKnown(trouble: Error, { url, proxy }: Hop, status: 401 | 407): Failure {
  const whom = status === 401 ? url.origin : proxyText(proxy!);
  const kind = status === 401 ? 'auth' : 'proxy-auth';
  return failure(kind, 'receive', `${whom} requires authentication, and that has failed: ${trouble.message}`, { cause: trouble });
}
