import { Fifo } from './fifo.ts';

/** Who waits for a connection. */
export interface Waiter {
  /** Kept by the queue it stands in. */
  waiting: boolean;
  /** A dial runs in its name, although it may have been lent another connection meanwhile. Kept by the ledger. */
  dialed: boolean;
  readonly priority: 0 | 1 | 2;
  /** Content with a place behind another request. */
  readonly pipelining: boolean;
  /** A connection that has not carried anything yet is wanted: the last one died of being old. */
  readonly fresh: boolean;
  /** Only looks at the connection, which then goes to the next in line. */
  readonly preconnect: boolean;
}

/** What the ledger knows of a connection. */
export interface Entry {
  /** Exchanges under way. */
  readonly depth: number;
  /** Answers it has brought so far. */
  readonly served: number;
  /** More may be sent behind them. */
  readonly persistent: boolean;
  /** Not for everybody: it is lent only to who says that it may be trusted. */
  readonly personal: boolean;
  /** It carries many exchanges at a time, and is among the idle as long as it has room for one more. */
  readonly multiplexed: boolean;
  /** It has room, if it is one of these. */
  readonly roomy: boolean;
}

/**
 * What is to be done next. `lend`: `connection` to `waiter`; `dial`: for `waiter`; `evict`: close `connection`, then ask again;
 * `offer`: ask `waiter` about `connection`, and `take` it out if the answer is yes. Nobody is asked twice about the same one.
 */
export type Action = 'none' | 'lend' | 'dial' | 'evict' | 'offer';

const PIPELINE_DEPTH = 4;

/**
 * The books of one route: who has a connection, who waits, what comes next. Pure bookkeeping: it says what to do, the pool does it,
 * so it would run in a browser.
 */
export class Ledger<C extends Entry, W extends Waiter> {
  limit: number;
  /** One connection is hoped to do for all. */
  single = false;
  /** Connections standing, busy or idle. */
  readonly standing = new Set<C>();
  /** Those that carry what they have and take no more. */
  readonly leaving = new Set<C>();
  /** Most recently used last: a warm connection is lent first, the others may age. */
  readonly idle: C[] = [];
  /** Those that are idle and personal; null until there was one. */
  private personal: Set<C> | null = null;
  /** Who was offered which. */
  private asked: WeakMap<C, WeakSet<W>> | null = null;
  dialing = 0;
  private readonly queues: readonly [Fifo<W>, Fifo<W>, Fifo<W>] = [new Fifo(), new Fifo(), new Fifo()];
  /** How many of the waiting only look. */
  private looking = 0;
  /** Filled in by `next` for the action it returns; null after 'none', so that nobody is held who was served. */
  connection: C | null = null;
  waiter: W | null = null;

  constructor(limit: number) {
    this.limit = limit;
  }

  get waiting(): number {
    const [high, normal, low] = this.queues;
    return high.size + normal.size + low.size;
  }

  /** New connections that would serve all who wait: who only looks can share one with the next. */
  get needed(): number {
    return Math.max(this.waiting - this.looking, this.looking);
  }

  /** Nothing stands, nobody waits: the books may be closed. */
  get empty(): boolean {
    return this.standing.size === 0 && this.leaving.size === 0 && this.dialing === 0 && this.waiting === 0;
  }

  enqueue(waiter: W): void {
    this.queues[waiter.priority].push(waiter);
    if (waiter.preconnect) this.looking++;
  }

  /** Before the others of its priority: the waiter had its turn and lost it through no fault of its own. */
  enqueueReturned(waiter: W): void {
    this.queues[waiter.priority].pushReturned(waiter);
    if (waiter.preconnect) this.looking++;
  }

  withdraw(waiter: W): void {
    if (!waiter.waiting) return;
    this.queues[waiter.priority].remove(waiter);
    if (waiter.preconnect) this.looking--;
  }

  /** Everybody in line. */
  line(): W[] {
    return this.queues.flatMap((queue) => queue.list());
  }

  /** Everybody out of the line. */
  drain(): W[] {
    const all: W[] = [];
    for (const queue of this.queues) for (let w = queue.shift(); w !== undefined; w = queue.shift()) all.push(w);
    this.looking = 0;
    return all;
  }

  /** The dial in `owner`'s name ended well: the connection is idle. */
  opened(connection: C, owner: W): void {
    this.dialEnded(owner);
    this.standing.add(connection);
    this.idle.push(connection);
  }

  /** The dial in `owner`'s name ended with a connection that is for its owner, who leaves the line. */
  openedFor(connection: C, owner: W): void {
    this.dialEnded(owner);
    this.standing.add(connection);
    this.withdraw(owner);
  }

  /** The dial in `owner`'s name is over, without a connection. */
  dialEnded(owner: W): void {
    this.dialing--;
    owner.dialed = false;
  }

  /** An exchange ended, or there is room for one beside those under way: the connection may carry more. */
  freed(connection: C): void {
    if (connection.multiplexed && (!this.standing.has(connection) || this.idle.includes(connection))) return;
    if (!connection.personal) this.idle.push(connection);
    else {
      this.personal ??= new Set();
      this.personal.add(connection);
    }
  }

  /** Nobody uses it. */
  isIdle(connection: C): boolean {
    return this.idle.includes(connection) || this.personal?.has(connection) === true;
  }

  /** Those that nobody uses, in the order in which they were left. */
  resting(): C[] {
    return this.personal === null ? [...this.idle] : [...this.personal, ...this.idle];
  }

  /** The waiter has accepted the connection it was offered: both leave their lines. False when one of them is gone. */
  take(connection: C, waiter: W): boolean {
    if (!waiter.waiting || this.personal?.delete(connection) !== true) return false;
    this.withdraw(waiter);
    return true;
  }

  /** It ends what it carries and takes no more; others may be opened in its place. */
  retired(connection: C): void {
    if (!this.standing.has(connection)) return;
    this.closed(connection);
    this.leaving.add(connection);
  }

  closed(connection: C): void {
    this.standing.delete(connection);
    this.leaving.delete(connection);
    this.personal?.delete(connection);
    const at = this.idle.lastIndexOf(connection);
    if (at >= 0) this.idle.splice(at, 1);
  }

  /** The next step, to be asked for until it is 'none'. The books are brought forward as if it were done. */
  next(): Action {
    this.connection = null;
    this.waiter = null;
    const queue = this.firstQueue();
    if (queue === null) return 'none';
    const first = queue.peek()!;
    const free = first.fresh ? this.takeUnused() : this.takeIdle();
    if (free !== null) return this.lend(queue.shift()!, free);
    if (this.personal !== null && this.offer()) return 'offer';
    // as many dials as there are waiters are enough
    const short = this.dialing < this.needed;
    if (short && this.standing.size + this.dialing < this.limit && !this.hopes) return this.dial();
    if (short && this.evictPersonal()) return 'evict';
    if (first.fresh) return this.beside(short && !first.dialed);
    if (short && first.pipelining) {
      const behind = this.pipelinePlace();
      if (behind !== null) return this.lend(queue.shift()!, behind);
    }
    return 'none';
  }

  /** Somebody else's connection, standing or on its way, will do. */
  private get hopes(): boolean {
    if (!this.single) return false;
    if (this.dialing > 0) return true;
    for (const connection of this.standing) if (!connection.personal) return true;
    return false;
  }

  private dial(): Action {
    for (const queue of this.queues) {
      const waiter = queue.size === 0 ? undefined : queue.find(withoutDial);
      if (waiter === undefined) continue;
      this.dialing++;
      waiter.dialed = true;
      this.waiter = waiter;
      return 'dial';
    }
    return 'none';
  }

  /** The first in line wants a new connection: an idle one makes room for it, or, when one is on its way, serves somebody else. */
  private beside(makeRoom: boolean): Action {
    if (this.idle.length === 0) return 'none';
    if (makeRoom) {
      this.connection = this.idle.shift()!;
      return 'evict';
    }
    for (const queue of this.queues) {
      const waiter = queue.size === 0 ? undefined : queue.find(notFresh);
      if (waiter === undefined) continue;
      queue.remove(waiter);
      return this.lend(waiter, this.idle.pop()!);
    }
    return 'none';
  }

  private offer(): boolean {
    this.asked ??= new WeakMap();
    for (const connection of this.personal!) {
      if (isFull(connection)) continue;
      const asked = this.asked.get(connection) ?? new WeakSet();
      this.asked.set(connection, asked);
      for (const queue of this.queues) {
        const waiter = queue.size === 0 ? undefined : queue.find((one) => !one.fresh && !asked.has(one));
        if (waiter === undefined) continue;
        asked.add(waiter);
        this.waiter = waiter;
        this.connection = connection;
        return true;
      }
    }
    return false;
  }

  /** One that nobody in line wanted makes room for a new one. */
  private evictPersonal(): boolean {
    for (const connection of this.personal ?? []) {
      if (connection.depth > 0) continue;
      this.connection = connection;
      return true;
    }
    return false;
  }

  private takeIdle(): C | null {
    for (let one = this.idle.pop(); one !== undefined; one = this.idle.pop()) if (!isFull(one)) return one;
    return null;
  }

  private takeUnused(): C | null {
    for (let at = this.idle.length - 1; at >= 0; at--) if (isFull(this.idle[at]!)) this.idle.splice(at, 1);
    // what was lost on a connection of many was refused by it, or it would be gone
    const at = this.idle.findIndex((connection) => connection.served === 0 || connection.multiplexed);
    return at < 0 ? null : this.idle.splice(at, 1)[0]!;
  }

  private lend(waiter: W, connection: C): Action {
    if (waiter.preconnect) this.looking--;
    this.waiter = waiter;
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
      if (connection.personal || !connection.persistent || connection.depth === 0 || connection.depth >= PIPELINE_DEPTH) continue;
      if (best === null || connection.depth < best.depth) best = connection;
    }
    return best;
  }
}

/** The peer takes less than it did when the connection was put among the idle. */
function isFull(connection: Entry): boolean {
  return connection.multiplexed && !connection.roomy;
}

function notFresh(waiter: Waiter): boolean {
  return !waiter.fresh;
}

function withoutDial(waiter: Waiter): boolean {
  return !waiter.dialed;
}
