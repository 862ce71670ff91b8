import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import { faultOf, type TestFaultKind, type WayRules } from './link.ts';

/** What travels: bytes, the end of what is sent, or the news that the connection broke. */
export type Parcel = Buffer | 'fin' | 'reset';

/** So much has got through, and now something goes wrong. */
const FAULT = Symbol('fault');

/** Who is at the far end of a lane, and who owns both. */
export interface LaneOwner {
  /** Something lies in the inbox, this at the end of it. */
  arrived(lane: Lane, parcel: Parcel): void;
  /** Something has to be sent again, so it and all behind it come later. */
  lost(lane: Lane, size: number): void;
  /** So much has got through, and now this happens. */
  fault(lane: Lane, kind: TestFaultKind): void;
}

interface Waiting {
  readonly bytes: Buffer;
  readonly counted: boolean;
  readonly done: (() => void) | undefined;
  at: number;
}

/** A lost segment is lost so often and no more. */
const MOST_LOSSES = 6;
const SEGMENT = 1460;

/** One way of a connection: in order, at a pace, up to a window, until something goes wrong. */
export class Lane {
  /** What has arrived and was not taken. */
  private readonly inbox: Parcel[] = [];
  private readonly agenda: Agenda;
  private readonly rules: WayRules;
  private readonly chance: Chance;
  private readonly owner: LaneOwner;
  /** What has not been accepted yet. */
  private readonly waiting: Waiting[] = [];
  private readonly travelling: (Parcel | typeof FAULT)[] = [];
  /** Bytes accepted and not read. */
  private outstanding = 0;
  /** Counted bytes accepted. */
  private passed = 0;
  private lineFreeAt = 0;
  private lastArrival = 0;
  private readonly faultAt: number;
  /** What is to go wrong has been set off. */
  private struck = false;
  /** Nothing more is carried; what is sent is accepted up to the window all the same. */
  private cut = false;
  /** Nothing is accepted any more, and nobody is told of what was. */
  private over = false;
  private broken = false;
  private finWanted = false;
  /** The end is under way. */
  private finSent = false;
  /** Bytes handed over that were not accepted. */
  pending = 0;

  constructor(agenda: Agenda, rules: WayRules, chance: Chance, owner: LaneOwner) {
    this.agenda = agenda;
    this.rules = rules;
    this.chance = chance;
    this.owner = owner;
    this.faultAt = rules.fault === null ? Number.POSITIVE_INFINITY : faultOf(rules.fault).at;
  }

  /** Takes bytes over, which must stay as they are until `done`; that is called later, when all of them were accepted. */
  send(bytes: Buffer, done?: () => void, counted = true): void {
    if (this.over || this.finWanted) return;
    this.pending += bytes.length;
    this.waiting.push({ bytes, counted, done, at: 0 });
    this.move();
  }

  /** The end of what is sent, behind all of it. */
  fin(): void {
    if (this.over || this.finWanted) return;
    this.finWanted = true;
    this.move();
  }

  /** The connection breaks, for the far end behind what is under way; what was not accepted is lost. */
  breakOff(): void {
    if (this.broken) return;
    this.broken = true;
    this.stop();
    this.dispatch('reset', 0);
  }

  /** The end of what is sent, behind what was accepted; the rest is lost. */
  close(): void {
    if (this.over) return;
    const told = this.finSent;
    this.stop();
    this.finSent = true;
    if (!told) this.dispatch('fin', 0);
  }

  /** All was accepted and the end of it is under way. */
  get ended(): boolean {
    return this.finSent;
  }

  private stop(): void {
    this.over = true;
    this.waiting.length = 0;
    this.pending = 0;
  }

  /** Carries nothing any more, and says so to nobody. */
  sever(): void {
    this.cut = true;
    this.travelling.length = 0;
  }

  /** The far end finds this behind what has arrived; what is under way is lost. */
  deliver(parcel: 'fin' | 'reset'): void {
    this.sever();
    this.stop();
    this.inbox.push(parcel);
    this.owner.arrived(this, parcel);
  }

  /** The next that has arrived; undefined = nothing has. */
  take(): Parcel | undefined {
    const parcel = this.inbox.shift();
    if (parcel instanceof Buffer) this.read(parcel.length);
    return parcel;
  }

  /** Bytes that have arrived are given back, to be read first. */
  putBack(bytes: Buffer): void {
    this.outstanding += bytes.length;
    this.inbox.unshift(bytes);
  }

  /** Something has arrived and was not taken. */
  get holds(): boolean {
    return this.inbox.length > 0;
  }

  /** Who was to read it will not. */
  drop(): void {
    while (this.take() !== undefined);
  }

  private read(size: number): void {
    this.outstanding -= size;
    if (this.waiting.length > 0) this.agenda.clock.soon(() => this.move());
  }

  private move(): void {
    const { waiting, rules } = this;
    while (waiting.length > 0) {
      const first = waiting[0]!;
      const left = first.bytes.length - first.at;
      const room = rules.window - this.outstanding;
      if (room <= 0 && left > 0) return;
      const limit = first.counted && !this.struck ? Math.max(0, this.faultAt - this.passed) : left;
      const size = Math.min(left, room, limit, left === 0 ? 0 : this.segment());
      if (size > 0) this.accept(first, size);
      if (first.counted && !this.struck && this.passed >= this.faultAt && left > 0) this.fail();
      if (this.over) return;
      if (first.at < first.bytes.length) continue;
      waiting.shift();
      const { done } = first;
      if (done !== undefined) this.agenda.clock.soon(() => this.over || done());
    }
    if (this.finWanted && !this.finSent) {
      this.finSent = true;
      this.dispatch('fin', 0);
    }
  }

  private accept(from: Waiting, size: number): void {
    const piece = Buffer.from(from.bytes.subarray(from.at, from.at + size));
    from.at += size;
    this.pending -= size;
    this.outstanding += size;
    if (from.counted) this.passed += size;
    this.dispatch(piece, size);
  }

  private segment(): number {
    const { segment, bandwidth } = this.rules;
    if (segment === 'random') return 1 + this.chance.below(SEGMENT);
    // what trickles is seen to trickle
    return bandwidth === Number.POSITIVE_INFINITY ? segment : Math.min(segment, Math.max(1, Math.ceil(bandwidth / 20)));
  }

  private dispatch(parcel: Parcel, size: number): void {
    if (this.cut) return;
    const { rules, agenda, travelling } = this;
    const last = travelling.at(-1);
    if (rules.gather > 0 && last instanceof Buffer && parcel instanceof Buffer && last.length + size <= SEGMENT) {
      travelling[travelling.length - 1] = Buffer.concat([last, parcel]);
      return;
    }
    travelling.push(parcel);
    agenda.at(this.arrivalOf(size), () => this.arrive());
  }

  private arrivalOf(size: number): number {
    const { latency, jitter, bandwidth, loss, retransmission, gather } = this.rules;
    const now = this.agenda.clock.now();
    this.lineFreeAt = Math.max(now, this.lineFreeAt) + (size * 1000) / bandwidth;
    let at = this.lineFreeAt + latency + gather;
    if (jitter > 0) at += jitter * this.chance.next();
    if (loss > 0) at += this.delayOfLosses(size, loss, retransmission);
    this.lastArrival = Math.max(at, this.lastArrival);
    return this.lastArrival;
  }

  private delayOfLosses(size: number, loss: number, retransmission: number): number {
    let late = 0;
    for (let n = 0; n < MOST_LOSSES && this.chance.next() < loss; n++) late += retransmission * 2 ** n;
    if (late > 0) this.owner.lost(this, size);
    return late;
  }

  private arrive(): void {
    const parcel = this.travelling.shift();
    if (parcel === undefined) return;
    if (parcel === FAULT) return this.owner.fault(this, faultOf(this.rules.fault!).kind);
    this.inbox.push(parcel);
    this.owner.arrived(this, parcel);
  }

  /** Behind what is under way. */
  private fail(): void {
    this.struck = true;
    this.travelling.push(FAULT);
    this.agenda.at(this.arrivalOf(0), () => this.arrive());
    const { kind } = faultOf(this.rules.fault!);
    // a peer that is gone, or knows of nothing, is still sent to
    this.cut = kind !== 'close' && kind !== 'forget';
  }
}
