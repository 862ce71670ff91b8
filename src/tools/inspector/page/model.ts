import { type Entry, entryOf } from './entry.ts';
import { ALL, type Filter, matcher } from './filter.ts';
import type { Beginning, Message, PoolData } from './protocol.ts';
import { Throughput } from './throughput.ts';

export type SortKey = 'path' | 'method' | 'status' | 'kind' | 'host' | 'size' | 'time' | 'start';

/** Everything the page knows, and the rows that are to be shown. */
export class Model {
  readonly entries = new Map<number, Entry>();
  readonly throughput = new Throughput();
  readonly methods = new Set<string>();
  /** Rows of each. */
  readonly hosts = new Map<string, number>();
  /** Another number whenever there are other methods or hosts. */
  vocabulary = 0;
  pools: readonly PoolData[] = [];
  beginning: Beginning = { title: '', began: 0, version: '' };
  dropped = 0;
  /** Bytes received. */
  bytes = 0;
  running = 0;
  /** What the filter lets through, in the order wished. */
  shown: Entry[] = [];
  /** The inspector's clock at the last message, and ours then. */
  private now = 0;
  private heard = 0;
  private first = 0;
  private filter: Filter = ALL;
  private matches = matcher(ALL);
  private sort: SortKey = 'start';
  private descending = false;
  /** Places in `shown`, while it is in the order of numbers. */
  private places = new Map<number, number>();

  /** Takes a message in; `ours`: milliseconds of our clock. */
  take(message: Message, ours: number): void {
    if (message.reset !== undefined) this.begin(message.reset);
    if (message.pools !== undefined) this.pools = message.pools;
    this.now = message.now;
    this.heard = ours;
    this.dropped = message.dropped;
    let resort = this.forget(message.first);
    for (const data of message.rows) resort = this.put(entryOf(data)) || resort;
    if (resort) this.arrange();
  }

  /** The inspector's clock, microseconds. */
  time(ours: number): number {
    return this.now + (ours - this.heard) * 1000;
  }

  /** The row from which on there may be news, those below are over; null = nothing was heard yet. */
  get unsettled(): number | null {
    if (this.beginning.began === 0) return null;
    let [next, running] = [this.first, Number.POSITIVE_INFINITY];
    for (const entry of this.entries.values()) {
      next = Math.max(next, entry.id + 1);
      if (isRunning(entry)) running = Math.min(running, entry.id);
    }
    return Math.min(next, running);
  }

  filterBy(filter: Filter): void {
    this.filter = filter;
    this.matches = matcher(filter);
    this.arrange();
  }

  get filtered(): boolean {
    return Object.values(this.filter).some((part) => part !== '');
  }

  /** Sorts by a column; the second time the other way round, the third time as it was. */
  sortBy(key: SortKey): void {
    if (this.sort !== key) [this.sort, this.descending] = [key, false];
    else if (!this.descending) this.descending = true;
    else [this.sort, this.descending] = ['start', false];
    this.arrange();
  }

  get order(): { readonly key: SortKey; readonly descending: boolean } {
    return { key: this.sort, descending: this.descending };
  }

  /** Where a row is among those shown; -1 = it is not. */
  placeOf(id: number): number {
    const place = this.places.get(id);
    return place !== undefined && this.shown[place]?.id === id ? place : this.shown.findIndex((entry) => entry.id === id);
  }

  private begin(beginning: Beginning): void {
    this.beginning = beginning;
    this.entries.clear();
    this.throughput.clear();
    this.hosts.clear();
    this.methods.clear();
    this.vocabulary++;
    this.bytes = 0;
    this.running = 0;
    this.arrange();
  }

  /** True when the order has to be made anew. */
  private put(entry: Entry): boolean {
    const before = this.entries.get(entry.id);
    this.entries.set(entry.id, entry);
    this.count(before, entry);
    this.throughput.add(before, entry);
    const was = before === undefined ? undefined : this.places.get(entry.id);
    if (this.sort !== 'start' || this.descending) return true;
    const wanted = this.matches(entry);
    if (was !== undefined && this.shown[was]?.id === entry.id) {
      this.shown[was] = entry;
      return !wanted;
    }
    if (!wanted) return false;
    const last = this.shown.at(-1);
    if (last !== undefined && last.id > entry.id) return true;
    this.places.set(entry.id, this.shown.length);
    this.shown.push(entry);
    return false;
  }

  private count(before: Entry | undefined, entry: Entry): void {
    this.bytes += entry.received - (before?.received ?? 0);
    this.running += Number(isRunning(entry)) - Number(before !== undefined && isRunning(before));
    if (before !== undefined) return;
    if (!this.methods.has(entry.method) || !this.hosts.has(entry.host)) this.vocabulary++;
    this.methods.add(entry.method);
    this.hosts.set(entry.host, (this.hosts.get(entry.host) ?? 0) + 1);
  }

  private leaveHost(host: string): void {
    const left = this.hosts.get(host)! - 1;
    this.hosts.set(host, left);
    if (left > 0) return;
    this.hosts.delete(host);
    this.vocabulary++;
  }

  /** Rows that the server has not any more. */
  private forget(first: number): boolean {
    const gone = this.first < first && this.entries.size > 0;
    for (const [id, entry] of this.entries) {
      if (id >= first) break;
      this.entries.delete(id);
      this.leaveHost(entry.host);
      if (isRunning(entry)) this.running--;
    }
    this.first = first;
    return gone;
  }

  private arrange(): void {
    const shown: Entry[] = [];
    for (const entry of this.entries.values()) if (this.matches(entry)) shown.push(entry);
    const way = this.descending ? -1 : 1;
    const { [this.sort]: compare } = ORDERS;
    shown.sort((a, b) => way * (compare(a, b) || a.id - b.id));
    this.shown = shown;
    this.places = new Map(shown.map((entry, i) => [entry.id, i]));
  }
}

function isRunning({ state }: Entry): boolean {
  return state !== 'done' && state !== 'failed';
}

const text = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ORDERS: Readonly<Record<SortKey, (a: Entry, b: Entry) => number>> = {
  path: (a, b) => text(a.path, b.path),
  method: (a, b) => text(a.method, b.method),
  status: (a, b) => a.status - b.status,
  kind: (a, b) => text(a.kind, b.kind),
  host: (a, b) => text(a.host, b.host),
  size: (a, b) => a.received - b.received,
  time: (a, b) => a.marks.end - b.marks.end,
  start: (a, b) => a.id - b.id,
};
