import type { Timer } from '../../contract/clock.ts';
import type { Link } from '../../contract/links.ts';
import { SessionError, State } from './bearer-enums.ts';
import { waysOf } from './configurations.ts';
import { type Follower, type Machine, machine, type Place } from './machine.ts';
import { type Around, type Happening, type Standing, step, type Told, UNOPENED, waitsFor } from './session-state.ts';
import { SessionTraffic } from './session-traffic.ts';

/** How long a session waits for a way after it has lost its own, milliseconds: a cable that is plugged in again. */
const GRACE = 10_000;

/** Whose course it is: who tells the signals. */
export interface SessionHost {
  /** It was deleted. */
  readonly _gone: boolean;
  /** Somebody is connected to one of its signals. */
  readonly _hasListeners: boolean;
  /** The program wants to say itself when to move. */
  readonly _asks: boolean;
  _tell(told: Told): void;
  /** It is open now, or not any more. */
  _turned(): void;
  _policed(policies: number): void;
  _connectTimeout(): number;
}

/** Somebody beside the signals who follows a session. */
export interface Companion {
  /** Before the signals: something may be different. */
  moved(): void;
  /** After them. */
  told(): void;
}

/** What becomes of a session in the course of time: it takes the steps of the rules, and does what belongs to them. */
export class SessionCourse implements Follower {
  readonly id: string;
  readonly machine: Machine = machine();
  readonly traffic = new SessionTraffic(this.machine);
  standing: Standing = UNOPENED;
  /** What went wrong last. */
  fault: SessionError = SessionError.UnknownSessionError;
  /** The last opening came to nothing, or what was open broke off. */
  failed = false;
  openedAt = 0;
  private readonly place: Place = this.machine.add(this);
  private readonly host: SessionHost;
  private readonly companions = new Set<Companion>();
  private outward = false;
  private waiting: 'connect' | 'way' | null = null;
  private patience: Timer | null = null;
  private readonly untold: Told[] = [];
  private telling = false;

  constructor(host: SessionHost, id: string) {
    this.host = host;
    this.id = id;
  }

  // ---- what is asked for

  open(): void {
    this.refresh();
    this.failed = false;
    const wasStopped = this.machine.stopped.delete(this.id);
    this.happens('open');
    if (wasStopped) for (const one of this.others()) one.settle();
  }

  /** Ends all sessions of the configuration. */
  stop(): void {
    this.refresh();
    if (this.standing.state === State.Invalid) return;
    this.machine.stopped.add(this.id);
    this.happens('stop');
    for (const one of this.others()) one.happens('stopped');
  }

  private others(): SessionCourse[] {
    const all = this.machine.followers().filter((one) => one instanceof SessionCourse);
    return all.filter((one) => one !== this && one.id === this.id);
  }

  happens(what: Happening): void {
    if (this.host._gone) return;
    this.refresh();
    this.take(what);
    this.settle();
  }

  /** Whether the program wants to be asked may be different. */
  reconsider(): void {
    for (const one of [this, ...this.others()]) one.settle();
  }

  get policies(): number {
    return this.machine.policies.get(this.id) ?? 0;
  }

  /** For all sessions of the configuration, as if the platform had said so. */
  setPolicies(policies: number): void {
    this.machine.policies.set(this.id, policies);
    for (const one of [this, ...this.others()]) {
      one.host._policed(policies);
      one.tellOfChange();
    }
  }

  /** Goes on until nothing changes any more. */
  settle(): void {
    while (!this.host._gone && this.take('look'));
  }

  /** Takes over how the machine is now: while it is not watched, nobody has heard of what was before. */
  refresh(): void {
    if (this.place.needs || this.host._gone) return;
    this.standing = step(this.standing, 'look', this.around())?.standing ?? this.standing;
  }

  // ---- a step

  private take(what: Happening): boolean {
    const next = step(this.standing, what, this.around());
    if (next === null) return false;
    const before = this.standing;
    const now = next.standing;
    this.standing = now;
    if (before.state === State.Connecting && !now.open) this.failed = true;
    for (const told of next.told) if (told.signal === 'error') this.fail(told.error);
    if (now.open !== before.open) this.turned(now.open);
    this.traffic.countOn(now.active);
    this.wait();
    this.follow();
    this.untold.push(...next.told);
    this.tellCompanions('moved');
    this.tell();
    if (this.host._asks) for (const one of this.others()) one.settle();
    return true;
  }

  /** The signals, in the order of the steps: what a slot, or a companion, brings about comes behind what is being told. */
  private tell(): void {
    if (this.telling) return;
    this.telling = true;
    for (let told = this.untold.shift(); told !== undefined; told = this.untold.shift())
      if (!this.host._gone) this.host._tell(told);
    this.telling = false;
    this.tellCompanions('told');
  }

  private around(): Around {
    const { active } = this.standing;
    const links = this.machine.list();
    this.outward ||= links.some(({ name, defaultMetric }) => name === active && defaultMetric >= 0);
    const ways = waysOf(this.id, links, { active, outward: this.outward });
    const others = this.others().filter(({ standing }) => standing.open);
    return {
      ...ways,
      stopped: this.machine.stopped.has(this.id),
      asks: this.host._asks,
      leader: this.host._asks ? null : (others.find(({ host }) => host._asks)?.standing ?? null),
      joins: others[0]?.standing.active ?? '',
    };
  }

  private fail(why: SessionError): void {
    this.fault = why;
    this.failed = true;
  }

  private turned(open: boolean): void {
    this.outward = false;
    if (open) {
      this.openedAt = this.machine.clock.now();
      this.traffic.restart();
    }
    this.host._turned();
  }

  private wait(): void {
    const waiting = waitsFor(this.standing);
    if (waiting === this.waiting) return;
    this.waiting = waiting;
    this.patience?.cancel();
    const ms = waiting === 'connect' ? this.host._connectTimeout() : GRACE;
    this.patience = waiting === null ? null : this.machine.clock.after(ms, () => this.happens('late'));
  }

  // ---- following the machine

  /** Has the machine watched while this session is to know of changes. */
  follow(): void {
    if (this.host._gone) return;
    const { state, open } = this.standing;
    const busy = open || state === State.Connecting || state === State.Closing;
    const needs = busy || this.companions.size > 0 || this.host._hasListeners;
    if (needs === this.place.needs) return;
    this.refresh();
    this.machine.need(this.place, needs);
  }

  /** @internal */
  _linksMoved(): void {
    if (!this.place.needs) return;
    this.settle();
    this.tellOfChange();
    this.follow();
  }

  /** Tells a companion until the function returned is called. */
  accompany(companion: Companion): () => void {
    this.companions.add(companion);
    this.follow();
    return () => {
      this.companions.delete(companion);
      this.follow();
    };
  }

  /** Something that no signal is about. */
  tellOfChange(): void {
    this.tellCompanions('moved');
    this.tellCompanions('told');
  }

  private tellCompanions(when: keyof Companion): void {
    for (const companion of [...this.companions]) if (this.companions.has(companion)) companion[when]();
  }

  /** Opening it may help: it has not failed, or there is a way now. Who has `waited` for one that may come up does so no second time. */
  openable(waited: boolean): boolean {
    if (!this.failed) return true;
    const { up, hope } = this.around();
    return up.length > 0 || (hope && !waited);
  }

  /** The interfaces in use, the one for new connections first: none while there is none, two while another one is tried. */
  links(): Link[] {
    const { open, state, active, previous } = this.standing;
    const [best = ''] = !open && state === State.Connected ? this.around().up : [];
    const names = open && active !== '' ? [active, previous] : [best];
    const links = this.machine.list();
    return names.flatMap((name) => links.filter((link) => link.name === name && link.up));
  }

  /** The session was deleted. */
  end(): void {
    this.patience?.cancel();
    this.machine.remove(this.place);
    this.standing = { ...UNOPENED, state: State.Disconnected };
    this.tellOfChange();
  }
}
