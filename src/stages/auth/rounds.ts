import { namesSocket } from '../../base/local-scheme.ts';
import type { AuthAnswer, AuthRequest, Conversation, Credentials } from '../../contract/auth.ts';
import { ALONE, type Identity } from '../../contract/carriage.ts';
import type { Known, Signer } from '../../contract/keyring.ts';
import { type Challenge, parseChallenges, rawRealm, realmOf } from '../../rules/auth/challenges.ts';
import { spaceOf } from '../../rules/auth/protection-space.ts';
import { byStrength, rankOf } from '../../rules/auth/strength.ts';
import type { AuthDesk } from './desk.ts';
import type { Party } from './party.ts';
import type { Asker } from './questions.ts';
import { isEqual, isNothing } from './same.ts';
import { type Dialogue, type Place, type Scheme, unbound } from './schemes/scheme.ts';
import { schemeOf } from './schemes/table.ts';

/** How often the user is asked for one request. */
const MOST_QUESTIONS = 10;
/** Refusals of one request; a server may go on for ever. */
const MOST_ROUNDS = 20;

/** How often a scheme begins anew because its connection is gone. */
const MOST_LOSSES = 3;

interface Attempt {
  readonly scheme: Scheme;
  readonly challenge: Challenge;
  readonly dialogue: Dialogue;
  readonly credentials: Credentials | null;
}

/** A refusal that is being dealt with. */
interface Refusal {
  readonly offers: readonly Challenge[];
  readonly place: Place;
  readonly answer: (answer: AuthAnswer | null) => void;
}

/** All rounds of one request with one peer, who wants to know who asks. */
export class Rounds implements Conversation, Asker {
  /** What was begun goes on, on the same connection only. */
  continues = false;
  trouble: Error | null = null;
  /** The refusal came over a connection with many requests at a time on it. */
  multiplexed = false;
  private readonly desk: AuthDesk;
  private readonly party: Party;
  private rounds = 0;
  private asked = 0;
  private losses = 0;
  private canceled = false;
  private attempt: Attempt | null = null;
  private unasked: Known | null = null;
  private refusal: Refusal | null = null;
  /** The challenge that name and password are looked for. */
  private wanted: Challenge | null = null;
  /** Of the strongest scheme it was answered with. */
  private height = Number.POSITIVE_INFINITY;
  /** Tried, and neither accepted nor rejected. */
  private unjudged: Credentials | null = null;
  private readonly rejected: Credentials[] = [];
  private readonly exhausted = new Set<string>();
  /** Sources that are tried once. */
  private givenTried = false;
  private netrcTried = false;
  /** The question it leads, or waits for; '' = none. */
  private question = '';

  constructor(desk: AuthDesk, party: Party) {
    this.desk = desk;
    this.party = party;
  }

  opening(request: AuthRequest): AuthAnswer | null {
    const { keyring } = this.desk;
    const { peer, reuse } = this.party;
    if (this.attempt === null && reuse && !keyring.empty)
      this.unasked =
        peer.proxy === null
          ? keyring.forUrl(peer.partition, peer.url, this.preset)
          : keyring.forProxy(peer.partition, peer.key, this.preset);
    const signer = this.attempt === null ? this.unasked?.signer : this.attempt.dialogue.signer;
    const value = signer?.sign(request) ?? null;
    return value === null ? null : unbound(value);
  }

  refused(fields: readonly string[], keeps: boolean, request: AuthRequest, answer: Refusal['answer']): void {
    const place: Place = { peer: this.party.peer, request, multiplexed: this.multiplexed, tools: this.desk.tools };
    const refusal = { offers: byStrength(parseChallenges(fields)), place, answer };
    this.refusal = refusal;
    this.continues = false;
    this.trouble = null;
    if (++this.rounds > MOST_ROUNDS) return this.stands(`it was refused ${MOST_ROUNDS} times`);
    const unasked = this.attempt === null;
    const before = this.attempt ?? this.resumed(refusal);
    // a token that was refused is refused everywhere
    if (unasked && this.unasked !== null && before?.scheme.asks === false)
      this.desk.keyring.drop(this.party.peer.partition, this.unasked);
    this.attempt = null;
    this.unasked = null;
    if (before === null) return this.choose();
    const challenge = refusal.offers.find((offer) => isSame(offer, before));
    if (challenge === undefined) return this.choose();
    if (before.dialogue.goesOn(challenge, keeps, unasked)) {
      this.continues = before.dialogue.bound;
      return this.say({ ...before, challenge });
    }
    this.wrong(before);
    this.choose();
  }

  accepted(info: readonly string[]): void {
    const { attempt, unasked } = this;
    this.unasked = null;
    if (attempt === null) {
      unasked?.signer?.learn(info);
      return;
    }
    const { challenge, credentials, dialogue } = attempt;
    dialogue.signer?.learn(info);
    this.desk.heights.note(this.space(challenge), rankOf(challenge));
    if (this.party.reuse) this.remember(attempt);
    // on another connection it begins anew
    if (dialogue.bound) this.attempt = null;
    if (this.question === '') return;
    const key = this.question;
    this.question = '';
    this.desk.questions.done(key, this, credentials);
  }

  /** Who proves himself on the connection that the next answer goes over; null = nobody does that. */
  get identity(): Identity | null {
    const { attempt } = this;
    if (attempt?.dialogue.bound !== true) return null;
    const { peer, reuse } = this.party;
    return reuse ? { toProxy: peer.proxy !== null, user: attempt.credentials?.user ?? '' } : ALONE;
  }

  /** The connection of a bound conversation is gone: nobody has judged what was said, and it begins anew. */
  lost(): void {
    if (this.attempt?.dialogue.bound !== true) return;
    if (++this.losses > MOST_LOSSES) this.exhausted.add(this.attempt.scheme.name);
    this.unjudged = this.attempt.credentials;
    this.attempt = null;
    this.continues = false;
  }

  cancel(): void {
    this.canceled = true;
    this.leave();
  }

  // Asker

  lead(): void {
    this.search();
  }

  told(credentials: Credentials | null): void {
    this.question = '';
    if (credentials === null) this.stands('');
    else if (this.wasRejected(credentials)) this.identify();
    else this.offer(credentials, this.known()?.signer ?? null);
  }

  // choosing

  /** What was said unasked, as an attempt: it was an answer to an earlier challenge. */
  private resumed({ offers, place }: Refusal): Attempt | null {
    const { unasked } = this;
    if (unasked?.signer == null) return null;
    const { signer, credentials, space } = unasked;
    const challenge = offers.find((offer) => offer.scheme === signer.scheme && rawRealm(offer) === space.realm);
    const scheme = challenge === undefined ? undefined : schemeOf(challenge.scheme);
    if (challenge === undefined || scheme === undefined || !scheme.fits(challenge, place)) return null;
    const dialogue = scheme.begin(challenge, credentials, place, signer);
    return dialogue === null ? null : { scheme, challenge, dialogue, credentials };
  }

  private choose(): void {
    const { offers, place } = this.refusal!;
    const able = offers.filter((offer) => schemeOf(offer.scheme)?.fits(offer, { ...place, multiplexed: false }) === true);
    for (const challenge of able) {
      const scheme = schemeOf(challenge.scheme)!;
      if (this.exhausted.has(scheme.name) || !scheme.fits(challenge, place)) continue;
      if (this.isWeaker(able[0]!, challenge)) return this.stands(`${challenge.scheme} is weaker than what was accepted before`);
      this.wanted = challenge;
      if (scheme.asks) return this.identify();
      const dialogue = scheme.begin(challenge, null, place, null);
      if (dialogue !== null) return this.say({ scheme, challenge, dialogue, credentials: null });
    }
    this.stands('there is no scheme that could be used');
  }

  /** The best that is offered is less than what the peer has made do with before. */
  private isWeaker(best: Challenge, challenge: Challenge): boolean {
    const { allowWeaker, heights } = this.desk;
    return !allowWeaker && rankOf(best) > Math.min(this.height, heights.of(this.space(challenge)));
  }

  /** Finds name and password: those of the URL, those that are known, and then what one finds out for all. */
  private identify(): void {
    const { party, desk, unjudged } = this;
    this.unjudged = null;
    if (unjudged !== null) return this.offer(unjudged, null);
    if (party.givenFirst && this.takeGiven()) return;
    const known = this.known();
    if (known?.credentials != null && !this.wasRejected(known.credentials)) return this.offer(known.credentials, known.signer);
    if (!party.reuse) return this.search();
    const key = [this.space(this.wanted!), this.preset].join('\0');
    // another realm is another question
    if (this.question !== key) this.leave();
    this.question = key;
    if (desk.questions.join(key, this)) this.search();
  }

  /** What only one looks for. */
  private search(): void {
    if (this.takeGiven()) return;
    const { peer, reuse } = this.party;
    const { netrc } = this.desk;
    // it knows hosts of the network, and sockets may be named like them
    if (netrc !== null && reuse && !this.netrcTried && !namesSocket(peer.url.scheme)) {
      this.netrcTried = true;
      let found: Credentials | null;
      try {
        found = netrc(peer.host);
      } catch (error) {
        // the user has said where to look: another answer would hide that it cannot be read
        this.trouble = asError(error);
        return this.stands(`no netrc: ${this.trouble.message}`);
      }
      if (found !== null && !this.wasRejected(found)) return this.offer(found, null);
    }
    this.ask();
  }

  private takeGiven(): boolean {
    const { given } = this.party;
    if (given === null || this.givenTried) return false;
    this.givenTried = true;
    if (this.wasRejected(given)) return false;
    this.offer(given, null);
    return true;
  }

  private ask(): void {
    const hop = this.party.hop();
    if (hop === null) return this.abandoned();
    if (++this.asked > MOST_QUESTIONS) return this.stands(`the user was asked ${MOST_QUESTIONS} times`);
    const { peer, prefills } = this.party;
    const { refusal } = this;
    const challenge = this.wanted!;
    const user = prefills ? (this.rejected.at(-1)?.user ?? '') : '';
    const question = { proxy: peer.proxy, url: peer.url, realm: realmOf(challenge), scheme: challenge.scheme, user };
    const asking = (): boolean => !this.canceled && this.refusal === refusal && this.attempt === null;
    const answer = (credentials: Credentials | null): void => {
      if (!asking()) return;
      if (credentials === null || isNothing(credentials) || this.wasRejected(credentials)) this.stands('');
      else this.offer(credentials, null);
    };
    this.desk.people.ask(hop, question, answer, () => asking() && this.abandoned());
  }

  /** With these it is tried. */
  private offer(credentials: Credentials, signer: Signer | null): void {
    const { place } = this.refusal!;
    const challenge = this.wanted!;
    const scheme = schemeOf(challenge.scheme)!;
    const dialogue = scheme.begin(challenge, credentials, place, signer);
    if (dialogue !== null) return this.say({ scheme, challenge, dialogue, credentials });
    this.note({ refused: `the name or the password cannot be said in ${challenge.scheme}` });
    this.rejected.push(credentials);
    this.identify();
  }

  private say(attempt: Attempt): void {
    const refusal = this.refusal!;
    this.attempt = attempt;
    const heard = (said: AuthAnswer | null): void => {
      if (this.canceled || this.attempt !== attempt || this.refusal !== refusal) return;
      if (said !== null) {
        this.refusal = null;
        this.height = Math.min(this.height, rankOf(attempt.challenge));
        this.note({ scheme: attempt.scheme.name, realm: realmOf(attempt.challenge) });
        return refusal.answer(said);
      }
      this.attempt = null;
      this.continues = false;
      this.exhausted.add(attempt.scheme.name);
      this.choose();
    };
    const failed = (error: unknown): void => {
      this.trouble ??= asError(error);
      this.note({ scheme: attempt.scheme.name, failed: asError(error).message });
      heard(null);
    };
    let said: ReturnType<Dialogue['answer']>;
    try {
      said = attempt.dialogue.answer(refusal.place.request);
    } catch (error) {
      return failed(error);
    }
    if (said !== null && 'then' in said) said.then(heard, failed);
    else heard(said);
  }

  /** The refusal is the answer. */
  private stands(why: string): void {
    const { refusal } = this;
    if (this.canceled || refusal === null) return;
    this.refusal = null;
    this.attempt = null;
    if (why !== '') this.note({ refused: why });
    const key = this.question;
    this.question = '';
    refusal.answer(null);
    if (key !== '') this.desk.questions.done(key, this, null);
  }

  /** Nobody is there who could be asked; others who wait may know. */
  private abandoned(): void {
    this.leave();
    this.stands('');
  }

  private leave(): void {
    const key = this.question;
    this.question = '';
    if (key !== '') this.desk.questions.leave(key, this);
  }

  // what is known

  private wrong({ scheme, challenge, credentials, dialogue }: Attempt): void {
    const { peer } = this.party;
    const { keyring } = this.desk;
    if (credentials === null) this.exhausted.add(scheme.name);
    else this.rejected.push(credentials);
    const known = keyring.forRealm(peer.partition, peer.key, rawRealm(challenge), this.preset);
    const same =
      credentials === null
        ? known?.signer === dialogue.signer
        : known?.credentials != null && isEqual(known.credentials, credentials);
    if (known !== null && same) keyring.drop(peer.partition, known);
  }

  private known(): Known | null {
    const { peer, reuse } = this.party;
    if (!reuse) return null;
    return this.desk.keyring.forRealm(peer.partition, peer.key, rawRealm(this.wanted!), this.preset);
  }

  private remember({ challenge, credentials, dialogue }: Attempt): void {
    const { peer } = this.party;
    if (credentials === null && dialogue.signer === null) return;
    const space =
      peer.proxy === null ? spaceOf(peer.url, challenge) : { origin: peer.key, realm: rawRealm(challenge), roots: ['/'] };
    const known = { space, credentials, signer: dialogue.signer };
    // also for who names nobody, and for who names the one it turned out to be
    this.desk.keyring.keep(peer.partition, known, [this.preset, '', credentials?.user ?? '']);
  }

  /** The user that was named beforehand. */
  private get preset(): string {
    return this.party.given?.user ?? '';
  }

  private space(challenge: Challenge): string {
    const { peer } = this.party;
    return [peer.partition, peer.key, rawRealm(challenge)].join('\0');
  }

  private wasRejected(credentials: Credentials): boolean {
    return this.rejected.some((one) => isEqual(one, credentials));
  }

  private note(detail: Readonly<Record<string, unknown>>): void {
    const hop = this.party.hop();
    if (hop?.noting) hop.note('auth', { ...detail, peer: this.party.peer.key });
  }
}

function isSame(offer: Challenge, { challenge, dialogue }: Attempt): boolean {
  return offer.scheme === challenge.scheme && (dialogue.bound || rawRealm(offer) === rawRealm(challenge));
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
