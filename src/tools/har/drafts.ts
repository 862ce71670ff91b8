import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SeenHop, Tap } from '../../contract/tap.ts';
import type { Draft } from './draft.ts';
import { Ledger } from './ledger.ts';
import { Running } from './running.ts';

export interface Limits {
  /** Bytes of one body. */
  readonly bodyLimit: number;
  /** Bytes of memory from which on bodies are left out. */
  readonly mostBytes: number;
  readonly mostEntries: number;
}

/** Takes down trips as they happen. What can wait is done when the HAR is made. */
export class Drafts implements Tap {
  /** Trips that are over. */
  count = 0;
  /** Trips that were not kept, because there were so many. */
  dropped = 0;
  private readonly ledger: Ledger;
  private readonly running = new Running();
  /** Whose row the ledger is turned to: often several things are told of one trip after another. */
  private latest: SeenHop | null = null;
  private readonly mostEntries: number;

  constructor({ bodyLimit, mostBytes, mostEntries }: Limits) {
    this.ledger = new Ledger(bodyLimit, mostBytes);
    this.mostEntries = mostEntries;
  }

  lent(hop: SeenHop, address: string): void {
    if (this.begin(hop)) this.ledger.lent(hop, address);
  }

  sent(hop: SeenHop, text: string): void {
    if (this.find(hop)) this.ledger.request(text);
  }

  sentData(hop: SeenHop, bytes: Uint8Array): void {
    if (this.find(hop)) this.ledger.sent(bytes);
  }

  head(hop: SeenHop, head: Head): void {
    if (hop.stored ? this.begin(hop) : this.find(hop)) this.ledger.answer(head);
  }

  data(hop: SeenHop, bytes: Buffer, start: number, end: number): void {
    if (this.find(hop)) this.ledger.received(bytes, start, end);
  }

  over(hop: SeenHop, problem: Failure | null): void {
    // of what is unknown although it was told of, the beginning was not heard, or there was no place for it
    const toldOf = hop.sentAt >= 0 || hop.headAt >= 0;
    if (!this.find(hop) && (problem === null || toldOf || !this.begin(hop))) return;
    const { ledger } = this;
    this.latest = null;
    this.running.remove(hop);
    ledger.close(hop);
    if (problem === null && !ledger.worthTelling) return ledger.giveUp();
    ledger.finish(problem);
    this.count++;
  }

  /** Trips that are over, and those under way as far as they have got, in the order of their beginnings. */
  *told(): Generator<Draft> {
    const { ledger } = this;
    this.latest = null;
    const running = this.running.entries();
    for (const [hop, row] of running) {
      ledger.turn(row);
      ledger.close(hop);
    }
    const rows = ledger.told(running.map(([, row]) => row));
    for (const row of rows) yield ledger.draft(row);
  }

  private find(hop: SeenHop): boolean {
    if (hop === this.latest) return true;
    const row = this.running.find(hop);
    if (row < 0) return false;
    this.latest = hop;
    this.ledger.turn(row);
    return true;
  }

  private begin(hop: SeenHop): boolean {
    if (this.find(hop)) return true;
    // a connection opened ahead is no request, and what this machine itself answers is no traffic
    if (hop.ask.wishes.preconnect || (hop.url.scheme !== 'http' && hop.url.scheme !== 'https')) return false;
    if (this.count + this.running.size >= this.mostEntries) {
      this.dropped++;
      return false;
    }
    this.running.add(hop, this.ledger.begin(hop));
    this.latest = hop;
    return true;
  }
}
