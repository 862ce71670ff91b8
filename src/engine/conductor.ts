import type { Ask } from '../contract/ask.ts';
import type { Clock } from '../contract/clock.ts';
import { type Failure, failure } from '../contract/failure.ts';
import type { Head } from '../contract/head.ts';
import type { Hop, HopFacts } from '../contract/hop.ts';
import type { NetLog } from '../contract/netlog.ts';
import type { Sink } from '../contract/sink.ts';
import type { Stage, Verdict } from '../contract/stage.ts';
import type { Transport } from '../contract/transport.ts';
import type { Guide, Walked } from './roles.ts';
import { Transfer } from './transfer.ts';

/** Trips a transfer may make, whatever the reasons. */
const MOST_HOPS = 200;
/** From here on, the places where a stage waits that saw a head. */
const INWARD = 0x10000;

export interface ConductorParts {
  readonly clock: Clock;
  readonly netlog: NetLog;
  /** In the order a request passes them. */
  readonly stages: readonly Stage[];
  /** By scheme. */
  readonly transports: ReadonlyMap<string, Transport>;
}

/** The only loop: it walks hops through the stages, hands them to transports, and starts again when a stage says so. */
export class Conductor implements Guide {
  readonly clock: Clock;
  readonly netlog: NetLog;
  private readonly transports: ReadonlyMap<string, Transport>;
  private readonly outwards: readonly Stage[];
  private readonly inwards: readonly Stage[];
  private readonly failing: readonly Stage[];
  private readonly mending: readonly Stage[];
  private readonly settling: readonly Stage[];
  private starting: Transfer[] = [];
  private readonly flush = (): void => this.startAll();
  private count = 0;

  constructor(parts: ConductorParts) {
    this.clock = parts.clock;
    this.netlog = parts.netlog;
    this.transports = parts.transports;
    const reversed = [...parts.stages].reverse();
    this.outwards = parts.stages.filter((stage) => stage.outward !== undefined);
    this.inwards = reversed.filter((stage) => stage.inward !== undefined);
    // who would ask once more goes before who makes do with something old
    this.failing = parts.stages.filter((stage) => stage.failed !== undefined);
    this.mending = parts.stages.filter((stage) => stage.broken !== undefined);
    this.settling = reversed.filter((stage) => stage.settle !== undefined);
  }

  /** A new transfer; it rests until `start` or `schedule`. */
  create(ask: Ask, sink: Sink): Transfer {
    return new Transfer(this, ++this.count, ask, sink);
  }

  /** Starts the transfer before the next I/O, together with all others of this turn, the urgent ones first. */
  schedule(transfer: Transfer): void {
    this.starting.push(transfer);
    if (this.starting.length === 1) this.clock.soon(this.flush);
  }

  private startAll(): void {
    const batch = this.starting;
    this.starting = [];
    const priority = batch[0]!.ask.wishes.priority;
    if (batch.some((transfer) => transfer.ask.wishes.priority !== priority))
      batch.sort((a, b) => a.ask.wishes.priority - b.ask.wishes.priority);
    for (let i = 0; i < batch.length; i++) {
      try {
        this.start(batch[i]!);
      } catch (error) {
        // a broken promise of our own must not take the requests behind it along
        for (const transfer of batch.slice(i + 1)) this.schedule(transfer);
        throw error;
      }
    }
  }

  start(transfer: Transfer): void {
    if (transfer.over) return;
    if (this.netlog.on)
      transfer.note(transfer.hop, 'start', { method: transfer.ask.method, url: transfer.ask.url.hrefWithoutUserInfo });
    this.outward(transfer);
  }

  /** From the top, or after a stage that had to wait. */
  outward(transfer: Walked, from = 0): void {
    const { outwards } = this;
    if (transfer.hop.index > MOST_HOPS)
      return transfer.finishFail(failure('protocol', 'setup', `the transfer made more than ${MOST_HOPS} trips`));
    for (let i = from; i < outwards.length; i++) {
      const verdict = outwards[i]!.outward!(transfer.hop, transfer);
      if (transfer.over) return;
      if (verdict === 'go') continue;
      // a stage that has served may have made another one wait, further out
      if (verdict === 'wait') transfer.waitingAt = i;
      else this.obey(transfer, verdict);
      return;
    }
    this.carry(transfer);
  }

  /** A stage that waited has decided. */
  proceed(transfer: Walked, verdict: Verdict): void {
    const at = transfer.waitingAt;
    // it goes on waiting, or what it has served made another one wait
    if (verdict === 'wait' || (verdict === 'served' && at >= INWARD)) return;
    transfer.waitingAt = -1;
    if (at < INWARD) {
      if (verdict === 'go') this.outward(transfer, at + 1);
      else this.obey(transfer, verdict);
    } else if (verdict !== 'go') this.leave(transfer, verdict);
    else if (transfer.seen !== null && this.inward(transfer, transfer.seen, at - INWARD + 1) === 'go')
      transfer.tellHead(transfer.seen);
  }

  /** The answer is not wanted. */
  private leave(transfer: Walked, verdict: Verdict): void {
    const { carriage } = transfer;
    transfer.carriage = null;
    carriage?.discard();
    this.obey(transfer, verdict);
  }

  private obey(transfer: Walked, verdict: Verdict): void {
    if (verdict === 'fail') transfer.finishFail(transfer.problem!);
    // not at once: the answer that is left may be complete in this very turn, and its connection free
    else if (verdict === 'again') this.clock.soon(() => transfer.over || this.outward(transfer));
  }

  private carry(transfer: Walked): void {
    const { hop } = transfer;
    const transport = this.transports.get(hop.url.scheme);
    if (transport === undefined) throw new Error(`the gate let a hop with scheme ${hop.url.scheme} through`);
    const carriage = transport.carry(hop);
    // the whole hop may be over when carry returns
    if (transfer.over || transfer.hop !== hop) return;
    transfer.carriage = carriage;
    if (transfer.stopped) carriage.pause();
  }

  /** The head walks back through the stages; only `go` brings it to the sink. */
  inward(transfer: Walked, head: Head, from: number): Verdict {
    const { inwards } = this;
    const { hop } = transfer;
    for (let i = from; i < inwards.length; i++) {
      const verdict = inwards[i]!.inward!(transfer.hop, transfer.seen ?? head, transfer);
      if (transfer.over) return 'fail';
      if (verdict === 'go') continue;
      if (verdict === 'wait') {
        transfer.waitingAt = INWARD + i;
        if (transfer.hop === hop) transfer.standIn(transfer.seen ?? head);
      } else if (verdict !== 'spliced') this.leave(transfer, verdict);
      return verdict;
    }
    return 'go';
  }

  failed(transfer: Walked, hop: Hop, problem: Failure, facts: HopFacts): Verdict {
    for (const stage of this.failing) {
      const verdict = stage.failed!(hop, problem, facts, transfer);
      if (verdict !== 'go') return verdict;
    }
    return 'go';
  }

  broken(transfer: Walked, hop: Hop, problem: Failure): Verdict {
    for (const stage of this.mending) {
      const verdict = stage.broken!(hop, problem, transfer);
      if (verdict !== 'go') return verdict;
    }
    return 'go';
  }

  settle(transfer: Walked): void {
    const { settling } = this;
    for (let i = 0; i < settling.length; i++) settling[i]!.settle!(transfer);
  }
}
