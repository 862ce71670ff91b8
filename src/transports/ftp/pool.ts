import { type Failure, failure } from '../../contract/failure.ts';
import type { Hop } from '../../contract/hop.ts';
import type { SecureInfo, TlsDelegate } from '../../contract/security.ts';
import type { ByteStream } from '../../contract/stream.ts';
import { refuses } from '../../rules/certificate-doubts.ts';
import type { DialEvents, DialTools } from '../../wire/dial/dial.ts';
import { Ledger, type Waiter } from '../../wire/pool/ledger.ts';
import type { Control } from './control.ts';
import { Opening } from './opening.ts';
import type { Site } from './site.ts';

/** How long a control connection idles: servers hang up after a few minutes, and few transfers come that late. */
const KEEP_IDLE_MS = 60_000;

/** A hop that wants a control connection. */
export interface FtpClient
  extends Waiter,
    TlsDelegate,
    Pick<DialEvents, 'resolving' | 'connecting' | 'proxying' | 'attempt' | 'securing'> {
  readonly hop: Hop;
  connected(stream: ByteStream): void;
  /** Theirs until `free` or `drop`. */
  lent(control: Control): void;
  loginRefused(problem: Failure): void;
  dialFailed(problem: Failure): void;
}

interface Book {
  readonly site: Site;
  readonly ledger: Ledger<Control, FtpClient>;
  readonly openings: Map<Opening, FtpClient>;
  /** Who uses which. */
  readonly busy: Map<Control, FtpClient>;
  working: boolean;
}

/** Control connections by site: each carries one transfer at a time, and the next one later. */
export class FtpPool {
  readonly tools: DialTools;
  private readonly books = new Map<string, Book>();
  private readonly bookOf = new WeakMap<Control, Book>();
  private count = 0;

  constructor(tools: DialTools) {
    this.tools = tools;
  }

  /** Gets in line. */
  request(site: Site, client: FtpClient): void {
    const { connectionsPerHost } = client.hop.ask.wishes;
    let book = this.books.get(site.key);
    if (book === undefined) {
      const ledger = new Ledger<Control, FtpClient>(connectionsPerHost);
      book = { site, ledger, openings: new Map(), busy: new Map(), working: false };
      this.books.set(site.key, book);
    }
    if (client.fresh) book.ledger.enqueueReturned(client);
    else book.ledger.enqueue(client);
    this.work(book);
  }

  /** Leaves the line; an opening that nobody waits for any more is given up. */
  withdraw(site: Site, client: FtpClient): void {
    const book = this.books.get(site.key);
    if (book === undefined) return;
    const { ledger, openings } = book;
    ledger.withdraw(client);
    for (const [opening, owner] of openings) {
      if (owner.waiting || ledger.dialing <= ledger.needed) continue;
      openings.delete(opening);
      ledger.dialEnded(owner);
      opening.cancel();
    }
    this.close(book);
  }

  /** The transfer is over, and the connection may carry another one. */
  free(control: Control): void {
    const book = this.bookOf.get(control)!;
    const client = book.busy.get(control);
    if (client === undefined || !control.alive || control.surplus) return this.drop(control);
    book.busy.delete(control);
    control.depth = 0;
    control.served++;
    control.owner = { lost: () => this.gone(control) };
    book.ledger.freed(control);
    this.work(book);
    if (!book.ledger.isIdle(control)) return;
    const { keepIdle } = client.hop.ask.wishes;
    if (keepIdle === 0) this.drop(control);
    else control.rest(keepIdle < 0 ? KEEP_IDLE_MS : keepIdle, () => this.drop(control));
  }

  /** The connection is of no use any more. */
  drop(control: Control): void {
    control.destroy();
    this.gone(control);
  }

  private gone(control: Control): void {
    const book = this.bookOf.get(control)!;
    book.busy.delete(control);
    book.ledger.closed(control);
    this.work(book);
  }

  /** Connections that stand. */
  get standing(): number {
    let n = 0;
    for (const { ledger } of this.books.values()) n += ledger.standing.size;
    return n;
  }

  /** Closes every connection; what is under way or in line fails as canceled. */
  clear(): void {
    const problem = failure('canceled', 'queue', 'the connection cache was cleared while the request was under way');
    for (const book of [...this.books.values()]) this.abandon(book, problem);
  }

  /** Closes every connection that leaves from these addresses of ours; what is under way or in line fails so. */
  leave(local: string, problem: Failure): void {
    for (const book of [...this.books.values()]) if (book.site.route.local?.key === local) this.abandon(book, problem);
  }

  /** Closes what nobody uses now. */
  closeIdle(): void {
    for (const { ledger } of [...this.books.values()]) for (const control of ledger.resting()) this.drop(control);
  }

  private abandon(book: Book, problem: Failure): void {
    const { ledger, openings, busy } = book;
    for (const [opening, owner] of openings) {
      ledger.dialEnded(owner);
      opening.cancel();
    }
    openings.clear();
    const stranded = ledger.drain();
    for (const control of ledger.resting()) this.drop(control);
    // a failure of their own for each: what is noted on it later belongs to one request
    for (const control of [...busy.keys()]) control.owner?.lost({ ...problem });
    for (const client of stranded) client.dialFailed({ ...problem });
    this.work(book);
  }

  /** Does what the ledger says. */
  private work(book: Book): void {
    if (book.working) return;
    book.working = true;
    const { ledger } = book;
    for (let action = ledger.next(); action !== 'none'; action = ledger.next()) {
      const [control, client] = [ledger.connection, ledger.waiter];
      if (action === 'lend') this.lend(book, control!, client!);
      else if (action === 'dial') this.open(book, client!);
      else if (action === 'evict') this.drop(control!);
      else if (mayUse(control!, client!) && control!.alive && ledger.take(control!, client!)) this.lend(book, control!, client!);
    }
    book.working = false;
    this.close(book);
  }

  private lend(book: Book, control: Control, client: FtpClient): void {
    control.wake();
    control.depth = 1;
    book.busy.set(control, client);
    client.lent(control);
  }

  private open(book: Book, client: FtpClient): void {
    const { ledger, openings, site } = book;
    const heard = (): FtpClient | null => (client.waiting ? client : null);
    /** The opening is over. */
    const over = (): void => {
      openings.delete(opening);
      ledger.dialEnded(client);
    };
    const opening: Opening = new Opening(site, this.tools, ++this.count, {
      resolving: () => heard()?.resolving(),
      connecting: (addresses) => heard()?.connecting(addresses),
      attempt: (attempt) => heard()?.attempt(attempt),
      proxying: () => heard()?.proxying(),
      securing: () => heard()?.securing(),
      sharesKeys: () => heard()?.sharesKeys === true,
      sharedKey: (hint) => heard()?.sharedKey(hint) ?? null,
      distrusted: (info) => heard()?.distrusted(info) === true,
      asker: () => heard()?.hop ?? null,
      connected: (stream) => heard()?.connected(stream),
      opened: (control) => {
        openings.delete(opening);
        this.bookOf.set(control, book);
        this.opened(book, control, client);
      },
      refused: (problem) => {
        over();
        // who has let others of us in says in this way that there are enough of them
        if (ledger.standing.size > 0) {
          ledger.limit = ledger.standing.size + ledger.dialing;
          return this.work(book);
        }
        // who else waits would say the same, and be refused as well
        for (const [other, owner] of openings) {
          ledger.dialEnded(owner);
          other.cancel();
        }
        openings.clear();
        for (const one of ledger.drain()) one.loginRefused({ ...problem });
        this.work(book);
      },
      failed: (problem) => {
        over();
        // a server that serves so many and no more: those that stand will do
        const others = ledger.standing.size + ledger.dialing;
        if (problem.kind === 'peer-overload' && others > 0) ledger.limit = others;
        else if (client.waiting) {
          ledger.withdraw(client);
          client.dialFailed(problem);
        }
        this.work(book);
      },
    });
    openings.set(opening, client);
    opening.start();
  }

  private opened(book: Book, control: Control, client: FtpClient): void {
    const { ledger, site } = book;
    const { secure } = control.stream;
    control.personal = secure !== null && (secure.sharedKey !== null || isDoubted(secure, site));
    control.owner = { lost: () => this.gone(control) };
    if (control.personal) {
      // who was asked may be gone, or served by another one
      const wanted = client.waiting;
      ledger.openedFor(control, client);
      if (wanted) this.lend(book, control, client);
      else ledger.freed(control);
    } else ledger.opened(control, client);
    this.work(book);
    if (control.alive && ledger.isIdle(control)) control.rest(KEEP_IDLE_MS, () => this.drop(control));
  }

  private close(book: Book): void {
    if (book.ledger.empty && this.books.get(book.site.key) === book) this.books.delete(book.site.key);
  }
}

/** It was opened although something spoke against the peer. */
function isDoubted({ doubts }: SecureInfo, { route }: Site): boolean {
  return doubts.length > 0 && refuses(route.tls, doubts);
}

/** Whether who did not open the connection would have done so, too. A key that two share is for the one who has it. */
function mayUse({ stream }: Control, client: FtpClient): boolean {
  const { secure } = stream;
  return secure === null || (secure.sharedKey === null && (secure.doubts.length === 0 || client.trusts(secure)));
}
