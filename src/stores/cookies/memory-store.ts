import type { Cookie, CookieStore, CookieWants } from '../../contract/cookie.ts';
import { bareDomain, domainMatches, domainsOf } from '../../rules/cookies/domain-match.ts';
import { toEvict } from '../../rules/cookies/eviction.ts';
import { matchingPaths, pathMatches, slashesIn } from '../../rules/cookies/path-match.ts';
import { sendOrder } from '../../rules/cookies/send-order.ts';
import { type Entry, joined, Shelf } from './shelf.ts';

/** Cookies a store holds at most (RFC 6265bis 6.1 asks for at least 3,000), and how many go at once when there are more. */
const MOST = 10_000;
const EVICTED = 500;
/** Up to here all paths of a host are looked through; beyond, those are looked up that can match. */
const FEW_PATHS = 8;

/**
 * Cookies in memory, by domain and then by path: what a look-up costs depends on the cookies that are sent, and on the length of the
 * host's name and of the path, not on how many cookies there are.
 */
export class MemoryCookieStore implements CookieStore {
  /** Told after every change. */
  changed: (() => void) | null = null;
  private count = 0;
  private ticks = 0;
  private readonly domains = new Map<string, Map<string, Shelf>>();
  /** Secure cookies by name: open connections must leave them alone. */
  private readonly guarded = new Map<string, Set<Entry>>();

  get size(): number {
    return this.count;
  }

  select(wants: CookieWants): Cookie[] {
    const entries: Entry[] = [];
    for (const shelf of this.shelvesFor(wants)) {
      shelf.used = ++this.ticks;
      shelf.chosen(wants, entries);
    }
    return entries.sort(sendOrder).map(({ cookie }) => cookie);
  }

  header(wants: CookieWants): string {
    const shelves = this.shelvesFor(wants);
    let text = '';
    for (let i = 0; i < shelves.length; ) {
      const { path } = shelves[i]!;
      const from = i;
      while (i < shelves.length && shelves[i]!.path === path) shelves[i++]!.used = ++this.ticks;
      const piece = i - from === 1 ? shelves[from]!.text(wants) : merged(shelves.slice(from, i), wants);
      if (piece !== '') text += text === '' ? piece : `; ${piece}`;
    }
    return text;
  }

  /** Shelves whose domain and path match, the longest path first. Shelves of one path stand together. */
  private shelvesFor({ host, path }: CookieWants): Shelf[] {
    const found: Shelf[] = [];
    if (this.count === 0) return found;
    const books: Map<string, Shelf>[] = [];
    let paths = 0;
    for (const domain of domainsOf(host)) {
      const book = this.domains.get(domain);
      if (book === undefined) continue;
      books.push(book);
      paths += book.size;
    }
    if (paths > FEW_PATHS && paths > 2 * slashesIn(path)) {
      for (const candidate of matchingPaths(path)) {
        for (const book of books) {
          const shelf = book.get(candidate);
          if (shelf !== undefined) found.push(shelf);
        }
      }
      return found;
    }
    for (const book of books) for (const shelf of book.values()) if (pathMatches(path, shelf.path)) found.push(shelf);
    return found.length < 2 ? found : found.sort((a, b) => b.path.length - a.path.length);
  }

  put(cookie: Cookie, now: number): void {
    this.keep(cookie);
    if (this.count > MOST) this.evict(now);
    this.changed?.();
  }

  private keep(cookie: Cookie): void {
    const { name, domain, path } = cookie;
    const shelf = this.shelfFor(domain, path);
    const known = shelf.entries.get(name);
    const came = ++this.ticks;
    if (known !== undefined) {
      this.unguard(known);
      known.cookie = cookie;
      known.came = came;
    } else {
      shelf.entries.set(name, { cookie, place: came, came });
      this.count++;
    }
    shelf.changed();
    if (cookie.secure) this.guard(shelf.entries.get(name)!);
  }

  private shelfFor(domain: string, path: string): Shelf {
    const book = this.domains.get(domain) ?? new Map<string, Shelf>();
    if (book.size === 0) this.domains.set(domain, book);
    const known = book.get(path);
    if (known !== undefined) return known;
    const shelf = new Shelf(domain, path);
    book.set(path, shelf);
    return shelf;
  }

  has(name: string, domain: string, path: string): boolean {
    return this.domains.get(domain)?.get(path)?.entries.has(name) === true;
  }

  remove(name: string, domain: string, path: string): boolean {
    if (!this.take(name, domain, path)) return false;
    this.changed?.();
    return true;
  }

  private take(name: string, domain: string, path: string): boolean {
    const book = this.domains.get(domain);
    const shelf = book?.get(path);
    const entry = shelf?.entries.get(name);
    if (book === undefined || shelf === undefined || entry === undefined) return false;
    this.unguard(entry);
    shelf.entries.delete(name);
    shelf.changed();
    this.count--;
    if (shelf.entries.size === 0) book.delete(path);
    if (book.size === 0) this.domains.delete(domain);
    return true;
  }

  shadows(name: string, domain: string, path: string, now: number): boolean {
    const bare = bareDomain(domain);
    for (const { cookie } of this.guarded.get(name) ?? []) {
      const other = bareDomain(cookie.domain);
      if (cookie.expires <= now || !pathMatches(path, cookie.path)) continue;
      if (domainMatches(other, bare) || domainMatches(bare, other)) return true;
    }
    return false;
  }

  private guard(entry: Entry): void {
    const { name } = entry.cookie;
    const known = this.guarded.get(name);
    if (known !== undefined) known.add(entry);
    else this.guarded.set(name, new Set([entry]));
  }

  private unguard(entry: Entry): void {
    const { name, secure } = entry.cookie;
    if (!secure) return;
    const known = this.guarded.get(name);
    known?.delete(entry);
    if (known?.size === 0) this.guarded.delete(name);
  }

  all(): Cookie[] {
    const entries: Entry[] = [];
    for (const shelf of this.shelves()) entries.push(...shelf.entries.values());
    return entries.sort((a, b) => a.place - b.place).map(({ cookie }) => cookie);
  }

  replace(cookies: readonly Cookie[]): void {
    this.domains.clear();
    this.guarded.clear();
    this.count = 0;
    for (const cookie of cookies) this.keep(cookie);
    this.changed?.();
  }

  private *shelves(): Generator<Shelf> {
    for (const book of this.domains.values()) yield* book.values();
  }

  private evict(now: number): void {
    const all = [...this.shelves()].flatMap((shelf) => {
      const neighbours = this.cookiesOf(shelf.domain);
      return [...shelf.entries.values()].map(({ cookie, came }) => ({ cookie, used: Math.max(came, shelf.used), neighbours }));
    });
    for (const { cookie } of toEvict(all, EVICTED, now)) this.take(cookie.name, cookie.domain, cookie.path);
  }

  private cookiesOf(domain: string): number {
    let n = 0;
    for (const shelf of this.domains.get(domain)!.values()) n += shelf.entries.size;
    return n;
  }
}

/** Shelves of one path and several domains: what came first is sent first. */
function merged(shelves: readonly Shelf[], wants: CookieWants): string {
  const entries: Entry[] = [];
  for (const shelf of shelves) shelf.chosen(wants, entries);
  return joined(entries.sort(sendOrder));
}
