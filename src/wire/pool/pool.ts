import { ALONE, type Identity } from '../../contract/carriage.ts';
import type { Clock, Timer } from '../../contract/clock.ts';
import { type Attempt, type Failure, failure } from '../../contract/failure.ts';
import type { Hop } from '../../contract/hop.ts';
import type { RouteView } from '../../contract/pool-view.ts';
import type { TlsDelegate } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import type { Connection, ConnectionOwner, Downgrade } from '../connection.ts';
import { Dial, type DialTools } from '../dial/dial.ts';
import type { PortableExchange } from '../exchange.ts';
import { H1Connection } from '../h1/connection.ts';
import { H1_LIMITS } from '../h1/limits.ts';
import { H2Connection } from '../h2/connection.ts';
import { mayBeHttp2, protocolsFor, type Route } from '../route.ts';
import { Dials } from './dials.ts';
import { type Held, HeldConnections } from './held.ts';
import { Ledger, type Waiter } from './ledger.ts';
import { Spoken } from './spoken.ts';
import { isPersonal, isTrusted } from './trusted.ts';
import { viewOf } from './view.ts';

/** Qt keeps an idle connection two minutes. */
const KEEP_IDLE_MS = 120_000;
/** A server that says when it will hang up is left this much earlier. */
const HINT_MARGIN_MS = 500;

/** A request that wants a connection of a route. */
export interface PoolClient extends Waiter, PortableExchange, TlsDelegate {
  /** On whose behalf proxies are spoken to. */
  readonly hop: Hop;
  /** Safe to be sent twice (RFC 9110 9.2.2), and surely possible. */
  readonly idempotent: boolean;
  /** Went through the engine's hands again after its connection died. */
  readonly resent: boolean;
  /** Only the connection is wanted, ahead of a request. */
  readonly preconnect: boolean;
  readonly canceled: boolean;
  /** It may go over a connection on which this user has proved himself. */
  goesAs(identity: Identity): boolean;
  /** How long the connection may idle afterwards, ms; -1 = default. */
  readonly keepIdle: number;
  /** Asked only when nobody went there before. */
  route(): Route;
  resolving(): void;
  connecting(addresses: readonly { readonly address: string }[]): void;
  attempt(attempt: Attempt): void;
  proxying(): void;
  securing(): void;
  connected(stream: ByteStream): void;
  dialFailed(problem: Failure): void;
  /** The connection is theirs; they call `send` on it. */
  lent(connection: Connection): void;
}

interface Book {
  readonly route: Route;
  readonly ledger: Ledger<Connection, PoolClient>;
  readonly dials: Dials<PoolClient>;
  /** Out of the line and not on a connection yet: one was lent to them and they are being told. */
  readonly between: Set<PoolClient>;
  keepIdle: number;
  working: boolean;
}

/** Connections by route: dials, lends, keeps and closes them as the ledger says. */
export class Pool implements ConnectionOwner {
  private readonly tools: DialTools;
  private readonly clock: Clock;
  private readonly books = new Map<string, Book>();
  private readonly spoken = new Spoken();
  private readonly held = new HeldConnections();
  private readonly bookOf = new WeakMap<Connection, Book>();
  /** A connection that was just dialled; whoever is lent it first hears that it stands. */
  private opened: Connection | null = null;
  /** Still hears how the attempts in its name end. */
  private leaving: PoolClient | null = null;
  private sweeper: Timer | null = null;
  private sweepAt = 0;
  private count = 0;

  constructor(tools: DialTools) {
    this.tools = tools;
    this.clock = tools.clock;
  }

  /** Gets in line for a connection of the route with this key. */
  request(key: string, limit: number, client: PoolClient): void {
    let book = this.books.get(key);
    if (book === undefined) {
      book = this.openBook(client.route(), limit);
      this.books.set(key, book);
    }
    if (client.resent) book.ledger.enqueueReturned(client);
    else book.ledger.enqueue(client);
    if (client.keepIdle !== -1) book.keepIdle = client.keepIdle;
    this.work(book);
  }

  private openBook(route: Route, limit: number): Book {
    const ledger = new Ledger<Connection, PoolClient>(limit);
    ledger.single = mayBeHttp2(route) && !this.spoken.isHttp1(route.key);
    const dials = new Dials<PoolClient>(ledger, this.clock, () => this.work(book));
    const book: Book = { route, ledger, dials, between: new Set(), keepIdle: -1, working: false };
    return book;
  }

  /** Leaves the line; a dial nobody waits for any more is given up. */
  withdraw(key: string, client: PoolClient): void {
    const book = this.books.get(key);
    if (book === undefined) return;
    const { ledger } = book;
    book.between.delete(client);
    ledger.withdraw(client);
    this.leaving = client;
    book.dials.endSurplus();
    book.dials.boundSurplus();
    this.leaving = null;
    this.closeBookIfEmpty(book);
  }

  /** The connection is for nobody but who has this, once its exchange is over. */
  keep(connection: Connection): Held {
    return this.held.keep(connection, (free) => this.free(free));
  }

  /** Closes every connection; what is under way or in line fails as canceled. */
  clear(): void {
    const problem = failure('canceled', 'queue', 'the connection cache was cleared while the request was under way');
    for (const book of [...this.books.values()]) this.close(book, problem);
  }

  /** Closes every connection that leaves from these addresses of ours; what is under way or in line fails so. */
  leave(local: string, problem: Failure): void {
    for (const book of [...this.books.values()]) if (book.route.local?.key === local) this.close(book, problem);
  }

  private close(book: Book, problem: Failure): void {
    const { ledger } = book;
    for (const [dial, owner] of book.dials) {
      dial.cancel();
      ledger.dialEnded(owner);
    }
    book.dials.clear();
    // perhaps we are called by somebody whom the loop of `work` told something; then that loop goes on
    const before = book.working;
    book.working = true;
    const stranded = [...book.between, ...ledger.drain()];
    book.between.clear();
    for (const connection of [...ledger.standing, ...ledger.leaving]) connection.abandon(problem);
    // a failure of their own for each: what is noted on it later belongs to one request
    for (const client of stranded) if (!client.canceled) client.dialFailed({ ...problem });
    book.working = before;
    this.work(book);
  }

  /** Closes what nobody uses now, and forgets who speaks what; what somebody has proved himself on serves nobody else. */
  closeIdle(): void {
    this.spoken.clear();
    for (const { ledger } of [...this.books.values()]) {
      for (const connection of ledger.resting()) if (connection.depth === 0) connection.destroy();
      for (const connection of ledger.standing) if (connection.identity !== null) connection.identity = ALONE;
    }
  }

  /** Something is under way, or about to be. */
  get busy(): boolean {
    for (const { ledger, dials, between } of this.books.values())
      if (dials.size + between.size > 0 || [...ledger.standing, ...ledger.leaving].some(({ depth }) => depth > 0)) return true;
    return false;
  }

  /** Connections that stand, for tools and tests. */
  get standing(): number {
    let n = 0;
    for (const { ledger } of this.books.values()) n += ledger.standing.size + ledger.leaving.size;
    return n;
  }

  views(): RouteView[] {
    return Array.from(this.books.values(), ({ route, ledger }) => viewOf(route, ledger));
  }

  private work(book: Book): void {
    if (book.working) return;
    book.working = true;
    const { ledger } = book;
    for (let action = ledger.next(); action !== 'none'; action = ledger.next()) {
      if (action === 'lend') this.lend(book, ledger.connection!, ledger.waiter!);
      else if (action === 'dial') this.dial(book, ledger.waiter!);
      else if (action === 'offer') this.offer(book, ledger.connection!, ledger.waiter!);
      else ledger.connection!.destroy();
    }
    book.working = false;
    book.dials.boundSurplus();
    this.closeBookIfEmpty(book);
  }

  /** A connection that is not for everybody, to somebody who may trust it. */
  private offer(book: Book, connection: Connection, client: PoolClient): void {
    // who is asked may do anything meanwhile
    const { stream, identity } = connection;
    const wanted = (identity === null || client.goesAs(identity)) && (stream.secure === null || isTrusted(stream.secure, client));
    if (wanted && connection.alive && book.ledger.take(connection, client)) this.lend(book, connection, client);
  }

  private lend(book: Book, connection: Connection, client: PoolClient): void {
    connection.keepProcess(true);
    if (connection === this.opened) {
      this.opened = null;
      book.between.add(client);
      client.connected(connection.stream);
      if (!this.still(book, connection, client)) return;
    }
    if (client.preconnect) {
      // back first: what its owner does when told, finds the books in order
      book.ledger.freed(connection);
      client.lent(connection);
      this.restIfIdle(book, connection);
      return;
    }
    if (client.idempotent || connection.served === 0 || connection.depth > 0) {
      this.hand(book, connection, client);
      return;
    }
    // What cannot be sent twice is not written before a FIN that is already here was seen. Two rounds: the first may end the turn
    // whose I/O was looked up before the FIN came.
    book.between.add(client);
    this.clock.afterIo(() =>
      this.clock.afterIo(() => {
        if (!this.still(book, connection, client)) return;
        this.hand(book, connection, client);
        this.work(book);
      }),
    );
  }

  private hand(book: Book, connection: Connection, client: PoolClient): void {
    client.lent(connection);
    if (connection.roomy) book.ledger.freed(connection);
  }

  /** Whether the client and the connection lent to it are both still there. If not, who is left goes back. */
  private still(book: Book, connection: Connection, client: PoolClient): boolean {
    const wanted = book.between.delete(client);
    if (wanted && connection.alive) return true;
    if (connection.alive) this.free(connection);
    else if (wanted) {
      book.ledger.enqueueReturned(client);
      this.work(book);
    }
    return false;
  }

  private dial(book: Book, client: PoolClient): void {
    const heard = (): PoolClient | null => (client.waiting ? client : null);
    const { ledger } = book;
    const protocols = protocolsFor(book.route, this.spoken.isHttp1Only(book.route.key));
    const dial: Dial = new Dial(book.route, protocols, this.tools, {
      resolving: () => heard()?.resolving(),
      connecting: (addresses) => heard()?.connecting(addresses),
      attempt: (attempt) => (this.leaving === client ? client : heard())?.attempt(attempt),
      proxying: () => heard()?.proxying(),
      securing: () => heard()?.securing(),
      sharesKeys: () => heard()?.sharesKeys === true,
      sharedKey: (hint) => heard()?.sharedKey(hint) ?? null,
      distrusted: (info) => heard()?.distrusted(info) === true,
      asker: () => heard()?.hop ?? null,
      done: (stream) => {
        book.dials.delete(dial);
        const connection = this.connectionOver(stream, book);
        this.bookOf.set(connection, book);
        this.opened = connection;
        connection.personal = isPersonal(stream, book.route);
        if (connection.personal) {
          // who gave the key in the middle of the handshake may be gone, or served by another one
          const wanted = client.waiting;
          ledger.openedFor(connection, client);
          if (wanted) this.lend(book, connection, client);
          else ledger.freed(connection);
        } else ledger.opened(connection, client);
        this.work(book);
        this.opened = null;
        this.restIfIdle(book, connection);
      },
      failed: (problem) => {
        book.dials.delete(dial);
        ledger.dialEnded(client);
        // there is nothing to hope for: the others need not fail one after the other
        ledger.single = false;
        if (client.waiting) {
          ledger.withdraw(client);
          client.dialFailed(problem);
        }
        this.work(book);
      },
    });
    book.dials.set(dial, client);
    dial.start();
  }

  private connectionOver(stream: ByteStream, { route, ledger }: Book): Connection {
    const number = ++this.count;
    if (route.http2 === 'direct' || stream.secure?.alpn === 'h2') {
      ledger.single = true;
      return new H2Connection(stream, number, this, this.clock, route.http2Settings);
    }
    if (ledger.single) this.spoken.http1(route.key);
    ledger.single = false;
    return new H1Connection(stream, number, this, this.clock, H1_LIMITS);
  }

  // ConnectionOwner

  free(connection: Connection): void {
    if (this.held.freed(connection)) return;
    const book = this.bookOf.get(connection)!;
    book.ledger.freed(connection);
    this.work(book);
    this.restIfIdle(book, connection);
  }

  retired(connection: Connection): void {
    const book = this.bookOf.get(connection)!;
    book.ledger.retired(connection);
    this.work(book);
  }

  mastered(connection: Connection): void {
    this.spoken.http2(this.bookOf.get(connection)!.route.key);
  }

  downgrade(connection: Connection, why: Downgrade): boolean {
    const { route, ledger } = this.bookOf.get(connection)!;
    if (route.http2 === 'direct' || (why !== 'asked' && this.spoken.isHttp2(route.key))) return false;
    if (why === 'silent' && !this.spoken.fellSilent(route.key)) return false;
    this.spoken.http1Only(route.key);
    ledger.single = false;
    return true;
  }

  gone(connection: Connection): void {
    const book = this.bookOf.get(connection);
    if (book === undefined) return;
    book.ledger.closed(connection);
    this.held.gone(connection);
    this.work(book);
  }

  /** Nobody needs the connection now: it must not keep the process alive, and not stay for ever. */
  private restIfIdle(book: Book, connection: Connection): void {
    // lent, even if nothing was sent on it yet, is not idle
    if (connection.depth > 0 || !book.ledger.isIdle(connection)) return;
    connection.keepProcess(false);
    const lifetime = this.lifetime(book, connection);
    if (lifetime <= 0) {
      connection.destroy();
      return;
    }
    const now = this.clock.now();
    connection.idleSince = now;
    if (this.sweeper !== null && this.sweepAt <= now + lifetime) return;
    this.sweeper?.cancel();
    this.sweepIn(lifetime, now);
  }

  private sweepIn(milliseconds: number, now: number): void {
    this.sweepAt = now + milliseconds;
    this.sweeper = this.clock.after(milliseconds, () => this.sweep());
  }

  private lifetime(book: Book, connection: Connection): number {
    const keep = book.keepIdle < 0 ? KEEP_IDLE_MS : book.keepIdle;
    const hint = connection.keepAliveHint;
    return hint < 0 ? keep : Math.min(keep, Math.max(hint - HINT_MARGIN_MS, HINT_MARGIN_MS));
  }

  private sweep(): void {
    this.sweeper = null;
    const now = this.clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const book of [...this.books.values()]) {
      for (const connection of book.ledger.resting()) {
        if (connection.depth > 0) continue;
        const left = connection.idleSince + this.lifetime(book, connection) - now;
        if (left <= 1) connection.destroy();
        else next = Math.min(next, left);
      }
    }
    if (next !== Number.POSITIVE_INFINITY) this.sweepIn(next, now);
  }

  private closeBookIfEmpty(book: Book): void {
    const { key } = book.route;
    if (book.ledger.empty && book.between.size === 0 && this.books.get(key) === book) this.books.delete(key);
  }
}
