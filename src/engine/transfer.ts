import type { HeaderList } from '../base/header-list.ts';
import type { Ask, Trip } from '../contract/ask.ts';
import type { Carriage } from '../contract/carriage.ts';
import type { Clock } from '../contract/clock.ts';
import { type Failure, failure } from '../contract/failure.ts';
import type { Filter, FilterPhase, FilterTarget } from '../contract/filter.ts';
import type { Head } from '../contract/head.ts';
import type { Hop, HopFacts } from '../contract/hop.ts';
import type { NetLogWhat, Timings } from '../contract/netlog.ts';
import type { SecureInfo } from '../contract/security.ts';
import type { PullBody, Sink } from '../contract/sink.ts';
import type { Stage, Verdict } from '../contract/stage.ts';
import type { Tap } from '../contract/tap.ts';
import { FilterChain } from './filters.ts';
import { type HopOwner, LiveHop } from './hop.ts';
import type { Guide, Walked } from './roles.ts';

/** What a recorder hears of a transfer that nobody wants any more. */
const CANCELED = failure('canceled', 'receive', 'canceled');

/**
 * One user request, from the call to its last signal. It holds the state; the conductor walks it through the stages.
 * State is moved first, then the sink is told, because the sink may abort inside any call.
 */
export class Transfer implements Walked, HopOwner {
  readonly id: number;
  readonly ask: Ask;
  trip: Trip;
  readonly started: number;
  sink: Sink;
  /** The hop that may speak; a late answer of an earlier one finds nobody. */
  hop: LiveHop;
  over = false;
  resends = 0;
  /** The trip of which a request has gone out. */
  private sentTrip: Trip | null = null;
  /** When bytes last moved, as the hop's milestones count; kept only while watched. */
  private movedAt = 0;
  watched = false;
  paused = false;
  /** Why a stage said `fail`. */
  problem: Failure | null = null;
  /** Set while a stage waits: where the walk goes on. */
  waitingAt = -1;
  /** What a stage has put in the place of the head that came. */
  seen: Head | null = null;
  carriage: Carriage | null = null;
  private readonly conductor: Guide;
  private filters: FilterChain | null = null;
  private headTold = false;
  /** The filters have enough for now. */
  private held = false;
  private remembered: Map<Stage, unknown> | null = null;

  constructor(conductor: Guide, id: number, ask: Ask, sink: Sink) {
    this.conductor = conductor;
    this.id = id;
    this.ask = ask;
    this.trip = ask;
    this.sink = sink;
    this.started = conductor.clock.now();
    this.hop = new LiveHop(this, 0, false);
  }

  get clock(): Clock {
    return this.conductor.clock;
  }

  get lastActivity(): number {
    return this.started + this.movedAt / 1000;
  }

  get memory(): Map<Stage, unknown> {
    this.remembered ??= new Map();
    return this.remembered;
  }

  get noting(): boolean {
    return this.conductor.netlog.on;
  }

  get notingBodies(): boolean {
    return this.conductor.netlog.bodies;
  }

  get tap(): Tap | null {
    return this.conductor.netlog.tap;
  }

  /** TLS facts of the last hop's connection. */
  get secure(): SecureInfo | null {
    return this.hop.secure;
  }

  /** The answer comes out of what is stored. */
  get stored(): boolean {
    return this.hop.stored;
  }

  get timings(): Timings {
    return this.hop.timings();
  }

  note(hop: Hop, what: NetLogWhat, detail?: Readonly<Record<string, unknown>>): void {
    const { netlog } = this.conductor;
    if (!netlog.on) return;
    const event = { transfer: this.id, hop: hop.index, time: this.clock.now(), what };
    netlog.mark(detail === undefined ? event : { ...event, detail });
  }

  get waiting(): boolean {
    return this.waitingAt >= 0;
  }

  get stopped(): boolean {
    return this.filters === null ? this.paused : this.held;
  }

  /** One more hop of the same trip. */
  nextHop(resent: boolean): void {
    this.tap?.over(this.hop, null);
    if (resent) this.resends++;
    this.carriage = null;
    const { filters } = this;
    this.filters = null;
    this.held = false;
    filters?.cancel();
    this.seen = null;
    this.hop = new LiveHop(this, this.hop.index + 1, resent);
  }

  /** One more hop, for the rest of a body of which some is here: what it has passed so far goes on. */
  private continuingHop(): void {
    this.tap?.over(this.hop, null);
    this.resends++;
    this.carriage = null;
    this.hop = new LiveHop(this, this.hop.index + 1, true, true);
  }

  /** Stops everything below without telling the sink. Idempotent. */
  cancel(): void {
    if (this.over) return;
    this.over = true;
    const { carriage, filters } = this;
    this.carriage = null;
    this.filters = null;
    carriage?.cancel();
    filters?.cancel();
    this.hop.endedAt = this.hop.now();
    if (this.noting) this.note(this.hop, 'fail', { kind: 'canceled', timings: this.timings });
    this.tap?.over(this.hop, CANCELED);
    this.settle();
  }

  pause(): void {
    if (this.paused || this.over) return;
    this.paused = true;
    if (this.filters !== null) this.filters.pause();
    else this.carriage?.pause();
  }

  resume(): void {
    if (!this.paused || this.over) return;
    this.paused = false;
    this.touch();
    if (this.filters !== null) this.filters.resume();
    else this.carriage?.resume();
  }

  // Journey

  reroute(trip: Trip, keep = false): void {
    const { carriage } = this;
    this.trip = trip;
    this.resends = 0;
    this.nextHop(false);
    if (keep && carriage?.keep !== undefined) this.hop.kept = carriage.keep();
    else carriage?.discard();
  }

  standIn(head: Head): void {
    this.seen = head;
  }

  refuse(failure: Failure): 'fail' {
    this.problem = failure;
    return 'fail';
  }

  giveUp(failure: Failure): void {
    if (this.over) return;
    const { carriage } = this;
    this.carriage = null;
    carriage?.cancel();
    this.finishFail(failure);
  }

  proceed(verdict: Verdict): void {
    if (!this.over && this.waitingAt >= 0) this.conductor.proceed(this, verdict);
  }

  insert(phase: FilterPhase, make: (target: FilterTarget) => Filter): void {
    this.filters ??= new FilterChain(new AfterFilters(this));
    this.filters.insert(phase, make);
  }

  recall(stage: Stage): unknown {
    return this.remembered?.get(stage);
  }

  private touch(): void {
    if (this.watched) this.movedAt = this.hop.now();
  }

  // from the hop

  onDialing(hop: LiveHop): void {
    this.touch();
    // a resend, or a round of authentication, opens its new connection behind the caller's back, as Qt does
    if (!hop.resent && this.sentTrip !== this.trip) this.sink.dialing();
  }

  onSecured(info: SecureInfo): void {
    this.touch();
    // that the rest of an answer is fetched is nobody's business
    if (!this.headTold) this.sink.secured(info);
  }

  onSent(): void {
    this.touch();
    this.sentTrip = this.trip;
    if (!this.headTold) this.sink.sent();
  }

  onUploaded(bytes: number, total: number): void {
    this.touch();
    this.sink.uploaded(bytes, total);
  }

  onInterim(hop: LiveHop, head: Head): void {
    this.touch();
    if (this.noting) this.note(hop, 'interim-head', headDetail(head));
    if (!this.headTold) this.sink.interimHead(head);
  }

  onHead(hop: LiveHop, head: Head): void {
    this.touch();
    if (this.noting)
      this.note(hop, 'head', {
        ...headDetail(head),
        stored: hop.stored,
        decodes: this.ask.wishes.decode,
        timings: hop.timings(),
      });
    this.tap?.head(hop, head);
    const verdict = this.conductor.inward(this, head, 0);
    if (verdict === 'go') this.tellHead(head);
    // it was said before there was a connection that could be stopped
    else if (verdict === 'spliced' && this.stopped) this.carriage?.pause();
  }

  tellHead(head: Head): void {
    // a body of which some is here cannot get another head
    if (this.headTold) return this.giveUp(failure('roamed', 'receive', 'the answer broke off, and its rest is not to be had'));
    this.headTold = true;
    this.sink.head(this.seen ?? head, this.filters?.changes === true);
  }

  onData(bytes: Buffer, start: number, end: number): void {
    this.touch();
    if (this.notingBodies) this.note(this.hop, 'data', { bytes, start, end });
    this.tap?.data(this.hop, bytes, start, end);
    if (this.filters !== null) this.filters.data(start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end));
    else this.sink.data(bytes, start, end);
  }

  room(left: number): Buffer | null {
    return this.filters === null && !this.over ? this.sink.room(left) : null;
  }

  onEnd(trailers: HeaderList | null): void {
    this.carriage = null;
    if (this.filters !== null) this.filters.end(trailers);
    else this.end(trailers);
  }

  onFail(hop: LiveHop, failure: Failure, facts: HopFacts): void {
    this.carriage = null;
    const { headTold, conductor } = this;
    const verdict = headTold ? conductor.broken(this, hop, failure) : conductor.failed(this, hop, failure, facts);
    if (verdict === 'again') {
      const detail = { kind: headTold ? 'continue' : 'resend', why: failure.message, failure: failure.kind };
      if (this.noting) this.note(hop, 'again', { ...detail, timings: hop.timings() });
      this.tap?.over(hop, failure);
      if (headTold) this.continuingHop();
      else this.nextHop(true);
      this.conductor.outward(this);
      return;
    }
    this.finishFail(verdict === 'fail' ? this.problem! : failure);
  }

  private settle(): void {
    this.conductor.settle(this);
    this.ask.body?.release?.();
  }

  /** The transport has the hop in hand; told before anything else, so that an abort inside the first signal finds it. */
  onCarried(carriage: Carriage): void {
    this.carriage = carriage;
  }

  onServed(hop: LiveHop, head: Head, body: PullBody): void {
    if (this.over) return body.close();
    this.over = true;
    this.carriage = null;
    hop.headAt = hop.now();
    hop.endedAt = hop.headAt;
    if (this.noting) this.note(hop, 'end', { served: true, length: body.length, timings: hop.timings() });
    this.settle();
    this.sink.served(head, body);
  }

  /** The source of the filters shall stop or go on; the reader's own wish is their business. */
  holdSource(hold: boolean): void {
    this.held = hold;
    if (hold) this.carriage?.pause();
    else this.carriage?.resume();
  }

  end(trailers: HeaderList | null): void {
    if (this.over) return;
    this.over = true;
    this.filters = null;
    this.tap?.over(this.hop, null);
    if (this.noting) this.note(this.hop, 'end', { trailers: trailers?.flat ?? [], timings: this.timings });
    this.settle();
    this.sink.end(trailers);
  }

  /** Ends the transfer with a failure: settle, then tell. */
  finishFail(failure: Failure): void {
    if (this.over) return;
    this.over = true;
    const { filters } = this;
    this.filters = null;
    filters?.cancel();
    this.hop.endedAt = this.hop.now();
    if (failure.attempts.length === 0 && this.hop.attempted.length > 0) failure.attempts = this.hop.attempted;
    this.tap?.over(this.hop, failure);
    if (this.noting) this.noteFailure(failure);
    this.settle();
    this.sink.fail(failure);
  }

  private noteFailure({ kind, phase, message }: Failure): void {
    this.note(this.hop, 'fail', { kind, phase, message, timings: this.timings });
  }
}

function headDetail(head: Head): Readonly<Record<string, unknown>> {
  const headers: [string, string][] = [];
  for (let i = 0; i < head.headers.size; i++) headers.push([head.headers.nameAt(i), head.headers.valueAt(i)]);
  return { status: head.status, reason: head.reason, version: head.version, headers };
}

/** Where the last filter puts its output: to the sink, and its wishes to the source. */
class AfterFilters implements FilterTarget {
  private readonly transfer: Transfer;

  constructor(transfer: Transfer) {
    this.transfer = transfer;
  }

  data(chunk: Uint8Array): void {
    if (this.transfer.over) return;
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    this.transfer.sink.data(bytes, 0, bytes.length);
  }

  end(trailers: HeaderList | null): void {
    this.transfer.end(trailers);
  }

  fail(failure: Failure): void {
    this.transfer.giveUp(failure);
  }

  pause(): void {
    this.transfer.holdSource(true);
  }

  resume(): void {
    this.transfer.holdSource(false);
  }
}
