import { Fifo } from './fifo.ts';

/** Who waits for a connection. */
export interface Waiter {
  /** Kept by the queue it stands in. */
  waiting: boolean;
  readonly priority: 0 | 1 | 2;
  /** Content with a place behind another request. */
  readonly pipelining: boolean;
  /** A connection that has not carried anything yet is wanted: the last one died of being old. */
  readonly fresh: boolean;
}

/** What the ledger knows of a connection. */
export interface Entry {
  /** Exchanges under way. */
  readonly depth: number;
  /** Answers it has brought so far. */
  readonly served: number;
  /** More may be sent behind them. */
  readonly persistent: boolean;
}

/** What is to be done next. `lend`: `connection` to `waiter`; `dial`: for `waiter`; `evict`: close `connection`, then ask again. */
export type Action = 'none' | 'lend' | 'dial' | 'evict';

const PIPELINE_DEPTH = 4;

/**
 * The books of one route: who has a connection, who waits, what comes next. Pure bookkeeping: it says what to do, the pool does it,
 * so it would run in a browser.
 */
export class Ledger<C extends Entry, W extends Waiter> {
  limit: number;
  /** Connections standing, busy or idle. */
  readonly standing = new Set<C>();
  /** Most recently used last: a warm connection is lent first, the others may age. */
  readonly idle: C[] = [];
  dialing = 0;
  private readonly queues: readonly [Fifo<W>, Fifo<W>, Fifo<W>] = [new Fifo(), new Fifo(), new Fifo()];
  /** Filled in by `next` for the action it returns. */
  connection: C | null = null;
  waiter: W | null = null;

  constructor(limit: number) {
    this.limit = limit;
  }

  get waiting(): number {
    const [high, normal, low] = this.queues;
    return high.size + normal.size + low.size;
  }

  /** Nothing stands, nobody waits: the books may be closed. */
  get empty(): boolean {
    return this.standing.size === 0 && this.dialing === 0 && this.waiting === 0;
  }

  enqueue(waiter: W): void {
    this.queues[waiter.priority].push(waiter);
  }

  /** Back to the front: the waiter had its turn and lost it through no fault of its own. */
  enqueueFirst(waiter: W): void {
    this.queues[waiter.priority].unshift(waiter);
  }

  withdraw(waiter: W): void {
    if (waiter.waiting) this.queues[waiter.priority].remove(waiter);
  }

  /** Everybody out of the line. */
  drain(): W[] {
    const all: W[] = [];
    for (const queue of this.queues) for (let w = queue.shift(); w !== undefined; w = queue.shift()) all.push(w);
    return all;
  }

  /** A dial ended well: the connection is idle. */
  opened(connection: C): void {
    this.dialing--;
    this.standing.add(connection);
    this.idle.push(connection);
  }

  dialFailed(): void {
    this.dialing--;
  }

  /** An exchange ended and the connection may carry more. */
  freed(connection: C): void {
    this.idle.push(connection);
  }

  closed(connection: C): void {
    this.standing.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** The next step, to be asked for until it is 'none'. The books are brought forward as if it were done. */
  next(): Action {
    const queue = this.firstQueue();
    if (queue === null) return 'none';
    const first = queue.peek()!;
    const free = first.fresh ? this.takeUnused() : (this.idle.pop() ?? null);
    if (free !== null) return this.lend(queue, free);
    if (this.standing.size + this.dialing < this.limit) {
      // as many dials as there are waiters are enough
      if (this.dialing >= this.waiting) return 'none';
      this.dialing++;
      this.waiter = first;
      return 'dial';
    }
    if (first.fresh && this.idle.length > 0) {
      this.connection = this.idle.shift()!;
      return 'evict';
    }
    if (first.pipelining && !first.fresh) {
      const behind = this.pipelinePlace();
      if (behind !== null) return this.lend(queue, behind);
    }
    return 'none';
  }

  private takeUnused(): C | null {
    const at = this.idle.findIndex((connection) => connection.served === 0);
    return at < 0 ? null : this.idle.splice(at, 1)[0]!;
  }

  private lend(queue: Fifo<W>, connection: C): Action {
    this.waiter = queue.shift()!;
    this.connection = connection;
    return 'lend';
  }

  private firstQueue(): Fifo<W> | null {
    for (const queue of this.queues) if (queue.size > 0) return queue;
    return null;
  }

  /** The least loaded connection that takes another request behind the ones it has. */
  private pipelinePlace(): C | null {
    let best: C | null = null;
    for (const connection of this.standing) {
      if (!connection.persistent || connection.depth === 0 || connection.depth >= PIPELINE_DEPTH) continue;
      if (best === null || connection.depth < best.depth) best = connection;
    }
    return best;
  }
}
