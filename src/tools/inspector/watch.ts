import type { Failure } from '../../contract/failure.ts';
import type { Head } from '../../contract/head.ts';
import type { SeenHop, Tap } from '../../contract/tap.ts';
import { Running } from '../har/running.ts';
import { Shelf } from '../har/shelf.ts';
import { Row } from './row.ts';

/** Bytes of heads for each row that may be kept: servers may make theirs long. When there are more, the oldest rows make room. */
const HEADS_EACH = 4096;
const LEAST_HEADS = 33_554_432;

export interface WatchLimits {
  /** Rows that are kept; then the oldest make room. */
  readonly mostRows: number;
  /** Bytes of a body from which on it is not kept. */
  readonly bodyLimit: number;
  /** Bytes of all bodies; then the oldest make room. */
  readonly bodyMemory: number;
}

/** Takes down trips as they happen, in a ring. What can wait is done when somebody looks. */
export class Watch implements Tap {
  /** The number of the next row. */
  next = 0;
  /** Rows that made room for later ones. */
  dropped = 0;
  /** Whether changes are collected: somebody looks. */
  looked = false;
  private readonly limits: WatchLimits;
  private ring: (Row | undefined)[] = [];
  private running = new Running();
  private changes: Row[] = [];
  private heads = new Shelf();
  private bodies = new Shelf();
  /** Bytes of bodies that rows hold which are over. */
  private held = 0;
  /** Rows below this hold no bodies, but for those under way. */
  private bare = 0;
  private from = 0;

  constructor(limits: WatchLimits) {
    this.limits = limits;
  }

  /** The number of the oldest row. */
  get first(): number {
    return Math.max(this.from, this.next - this.limits.mostRows);
  }

  private get mostHeads(): number {
    return Math.max(LEAST_HEADS, HEADS_EACH * this.limits.mostRows);
  }

  row(id: number): Row | null {
    const row = id >= this.first ? this.ring[id % this.limits.mostRows] : undefined;
    return row?.id === id ? row : null;
  }

  /** All of them, the oldest first. */
  rows(): Row[] {
    const all: Row[] = [];
    for (let id = this.first; id < this.next; id++) all.push(this.row(id)!);
    return all;
  }

  /** The trips of the same request that are kept, in their order. */
  trips(row: Row): Row[] {
    const { ask, made } = row;
    return this.rows().filter((other) => other === row || (ask !== null && other.ask === ask && other.made === made));
  }

  /** Rows that have changed since this was asked the last time. */
  takeChanges(): readonly Row[] {
    const { changes } = this;
    this.changes = [];
    for (const row of changes) row.changed = false;
    return changes.filter((row) => this.row(row.id) === row);
  }

  /** Forgets all rows. Those under way are not heard of again. */
  clear(): void {
    this.from = this.next;
    this.bare = this.next;
    this.ring = [];
    this.changes = [];
    this.running = new Running();
    this.heads = new Shelf();
    this.bodies = new Shelf();
    this.held = 0;
    this.dropped = 0;
  }

  /** The hop stands in a line; what has been seen already stays. */
  seen(hop: SeenHop): void {
    this.begin(hop);
  }

  lent(hop: SeenHop, address: string): void {
    const row = this.begin(hop);
    if (row === null) return;
    row.lentAt = hop.now();
    row.connection = hop.connection;
    row.address = address;
  }

  sent(hop: SeenHop, text: string): void {
    const row = this.find(hop);
    if (row === null) return;
    row.request(text);
    this.touch(row);
  }

  sentData(hop: SeenHop, bytes: Uint8Array): void {
    this.find(hop)?.sentData(this.bodies, bytes, this.limits.bodyLimit);
  }

  head(hop: SeenHop, head: Head): void {
    const row = hop.stored ? this.begin(hop) : this.find(hop);
    if (row === null) return;
    row.answer(head);
    this.touch(row);
  }

  data(hop: SeenHop, bytes: Buffer, start: number, end: number): void {
    const row = this.find(hop);
    if (row === null) return;
    row.receivedData(this.bodies, bytes, start, end, this.limits.bodyLimit);
    this.touch(row);
  }

  over(hop: SeenHop, problem: Failure | null): void {
    // of what went out and is unknown the beginning was not heard, or it was forgotten
    const untold = problem !== null && hop.sentAt < 0 && hop.headAt < 0;
    const row = this.find(hop) ?? (untold ? this.begin(hop) : null);
    if (row === null) return;
    this.running.remove(hop);
    row.finish(problem);
    this.touch(row);
    this.held += row.held;
    this.bare = Math.min(this.bare, row.id);
    if (this.held > this.limits.bodyMemory) this.makeRoom();
  }

  private find(hop: SeenHop): Row | null {
    const id = this.running.find(hop);
    return id < 0 ? null : this.row(id);
  }

  private begin(hop: SeenHop): Row | null {
    const known = this.find(hop);
    if (known !== null) return known;
    // a connection opened ahead is no request
    if (hop.ask.wishes.preconnect || OTHERS.has(hop.url.scheme)) return null;
    const { mostRows, bodyLimit } = this.limits;
    const row = new Row(this.next++, hop, this.heads, bodyLimit);
    const at = row.id % mostRows;
    const old = this.ring[at];
    if (old !== undefined) this.drop(old);
    this.ring[at] = row;
    if (this.heads.held > this.mostHeads) this.shed();
    this.running.add(hop, row.id);
    this.touch(row);
    return row;
  }

  private drop(row: Row): void {
    if (row.hop === null) this.held -= row.held;
    else this.running.remove(row.hop);
    row.release();
    this.dropped++;
  }

  /** The oldest rows go, all but the last one, until there is room for heads. */
  private shed(): void {
    for (let id = this.first; id < this.next - 1 && this.heads.held > this.mostHeads; id++) {
      const at = id % this.limits.mostRows;
      this.drop(this.ring[at]!);
      this.ring[at] = undefined;
      this.from = id + 1;
    }
  }

  private touch(row: Row): void {
    if (row.changed || !this.looked) return;
    row.changed = true;
    this.changes.push(row);
  }

  /** The oldest bodies go, all but those of the last row. */
  private makeRoom(): void {
    for (this.bare = Math.max(this.bare, this.first); this.bare < this.next - 1; this.bare++) {
      if (this.held <= this.limits.bodyMemory) return;
      const row = this.row(this.bare)!;
      if (row.hop !== null) continue;
      this.held -= row.held;
      row.forgetBodies();
    }
  }
}

/** What this machine itself answers is no traffic, and what is no HTTP does not tell of its trips. */
const OTHERS: ReadonlySet<string> = new Set(['data', 'file', 'ftp', 'ftpes', 'qrc']);
