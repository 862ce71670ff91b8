import type { Clock, Timer } from '../../contract/clock.ts';
import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { Dial, type DialTools } from '../dial/dial.ts';
import { type ConnectionOwner, type Exchange, H1Connection } from '../h1/connection.ts';
import { H1_LIMITS } from '../h1/limits.ts';
import type { Route } from '../route.ts';
import { Ledger, type Waiter } from './ledger.ts';

/** Qt keeps an idle connection two minutes. */
const KEEP_IDLE_MS = 120_000;
/** A server that says when it will hang up is left this much earlier. */
const HINT_MARGIN_MS = 500;

/** A request that wants a connection of a route. */
export interface PoolClient extends Waiter, Exchange {
  /** Safe to be sent twice (RFC 9110 9.2.2). */
  readonly idempotent: boolean;
  /** Went through the engine's hands again after its connection died. */
  readonly resent: boolean;
  /** Only the connection is wanted, ahead of a request. */
  readonly preconnect: boolean;
  readonly canceled: boolean;
  /** How long the connection may idle afterwards, ms; -1 = default. */
  readonly keepIdle: number;
  resolving(): void;
  connecting(addresses: readonly { readonly address: string }[]): void;
  attempt(attempt: Attempt): void;
  securing(): void;
  connected(stream: ByteStream): void;
  dialFailed(problem: Failure): void;
  /** The connection is theirs; they call `send` on it. */
  lent(connection: H1Connection): void;
}

interface Book {
  readonly route: Route;
  readonly ledger: Ledger<H1Connection, PoolClient>;
  readonly dials: Map<Dial, PoolClient>;
  keepIdle: number;
  working: boolean;
}

/** Connections by route: dials, lends, keeps and closes them as the ledger says. */
export class Pool implements ConnectionOwner {
  private readonly tools: DialTools;
  private readonly clock: Clock;
  private readonly books = new Map<string, Book>();
  private readonly bookOf = new WeakMap<H1Connection, Book>();
  private sweeper: Timer | null = null;
  private count = 0;

  constructor(tools: DialTools) {
    this.tools = tools;
    this.clock = tools.clock;
  }

  /** Gets in line for a connection. `route` is asked only when the key is new. */
  request(key: string, route: () => Route, limit: number, client: PoolClient): Book {
    let book = this.books.get(key);
    if (book === undefined) {
      book = { route: route(), ledger: new Ledger(limit), dials: new Map(), keepIdle: -1, working: false };
      this.books.set(key, book);
    }
    if (client.resent) book.ledger.enqueueFirst(client);
    else book.ledger.enqueue(client);
    if (client.keepIdle !== -1) book.keepIdle = client.keepIdle;
    this.work(book);
    return book;
  }

  /** Leaves the line; a dial nobody waits for any more is given up. */
  withdraw(key: string, client: PoolClient): void {
    const book = this.books.get(key);
    if (book === undefined) return;
    book.ledger.withdraw(client);
    for (const [dial, owner] of book.dials) {
      if (owner !== client || book.ledger.dialing <= book.ledger.waiting) continue;
      dial.cancel();
      book.dials.delete(dial);
      book.ledger.dialFailed();
    }
    this.closeBookIfEmpty(book);
  }

  /** Closes every connection; what is under way or in line fails as canceled. */
  clear(): void {
    const problem = failure('canceled', 'queue', 'the connection cache was cleared while the request was under way');
    for (const book of [...this.books.values()]) {
      for (const dial of book.dials.keys()) {
        dial.cancel();
        book.ledger.dialFailed();
      }
      book.dials.clear();
      book.working = true;
      const stranded = book.ledger.drain();
      for (const connection of [...book.ledger.standing]) connection.abandon(problem);
      for (const client of stranded) client.dialFailed(problem);
      book.working = false;
      this.work(book);
    }
  }

  /** Closes what nobody uses now. */
  closeIdle(): void {
    for (const book of [...this.books.values()]) for (const connection of [...book.ledger.idle]) connection.destroy();
  }

  /** Connections that stand, for tools and tests. */
  get standing(): number {
    let n = 0;
    for (const book of this.books.values()) n += book.ledger.standing.size;
    return n;
  }

  private work(book: Book): void {
    if (book.working) return;
    book.working = true;
    const { ledger } = book;
    for (let action = ledger.next(); action !== 'none'; action = ledger.next()) {
      if (action === 'lend') this.lend(book, ledger.connection!, ledger.waiter!);
      else if (action === 'dial') this.dial(book, ledger.waiter!);
      else ledger.connection!.destroy();
    }
    book.working = false;
    this.closeBookIfEmpty(book);
  }

  private lend(book: Book, connection: H1Connection, client: PoolClient): void {
    connection.keepProcess(true);
    if (client.preconnect) {
      client.lent(connection);
      book.ledger.freed(connection);
      if (connection.depth === 0) this.rest(book, connection);
      return;
    }
    if (client.idempotent || connection.served === 0) return client.lent(connection);
    // What cannot be sent twice is not written before a FIN that is already here was seen.
    this.clock.afterIo(() => {
      if (connection.alive && !client.canceled) client.lent(connection);
      else if (connection.alive) this.free(connection);
      else if (!client.canceled) {
        book.ledger.enqueueFirst(client);
        this.books.set(book.route.key, book);
        this.work(book);
      }
    });
  }

  private dial(book: Book, client: PoolClient): void {
    const heard = (): PoolClient | null => (client.waiting ? client : null);
    const dial: Dial = new Dial(book.route, this.tools, {
      resolving: () => heard()?.resolving(),
      connecting: (addresses) => heard()?.connecting(addresses),
      attempt: (attempt) => heard()?.attempt(attempt),
      securing: () => heard()?.securing(),
      done: (stream) => {
        book.dials.delete(dial);
        const connection = new H1Connection(stream, ++this.count, this, this.clock, H1_LIMITS);
        this.bookOf.set(connection, book);
        heard()?.connected(stream);
        if (!connection.alive) return book.ledger.dialFailed();
        book.ledger.opened(connection);
        this.work(book);
        if (connection.depth === 0) this.rest(book, connection);
      },
      failed: (problem) => {
        book.dials.delete(dial);
        book.ledger.dialFailed();
        if (client.waiting) {
          book.ledger.withdraw(client);
          client.dialFailed(problem);
        }
        this.work(book);
      },
    });
    book.dials.set(dial, client);
    dial.start();
  }

  // ConnectionOwner

  free(connection: H1Connection): void {
    const book = this.bookOf.get(connection)!;
    book.ledger.freed(connection);
    this.work(book);
    if (connection.depth === 0 && connection.alive) this.rest(book, connection);
  }

  gone(connection: H1Connection): void {
    const book = this.bookOf.get(connection);
    if (book === undefined) return;
    book.ledger.closed(connection);
    this.work(book);
  }

  /** Nobody needs the connection now: it must not keep the process alive, and not stay for ever. */
  private rest(book: Book, connection: H1Connection): void {
    connection.keepProcess(false);
    if (this.lifetime(book, connection) <= 0) return connection.destroy();
    connection.idleSince = this.clock.now();
    this.sweeper ??= this.clock.after(this.lifetime(book, connection), () => this.sweep());
  }

  private lifetime(book: Book, connection: H1Connection): number {
    const keep = book.keepIdle < 0 ? KEEP_IDLE_MS : book.keepIdle;
    const hint = connection.keepAliveHint;
    return hint < 0 ? keep : Math.min(keep, Math.max(hint - HINT_MARGIN_MS, HINT_MARGIN_MS));
  }

  private sweep(): void {
    this.sweeper = null;
    const now = this.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const book of [...this.books.values()]) {
      for (const connection of [...book.ledger.idle]) {
        const left = connection.idleSince + this.lifetime(book, connection) - now;
        if (left <= 1) connection.destroy();
        else next = Math.min(next, left);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.sweeper = this.clock.after(next, () => this.sweep());
  }

  private closeBookIfEmpty(book: Book): void {
    if (book.ledger.empty) this.books.delete(book.route.key);
  }
}
