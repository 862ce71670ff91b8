import type { Url } from '../../base/url.ts';
import type { Keyring, Known } from '../../contract/keyring.ts';
import { isInside, joined } from '../../rules/auth/protection-space.ts';

/** Spaces that are remembered at most: no server can fill the memory. Beyond, those kept first are forgotten. */
export const MOST_KNOWN = 1_000;

interface Entry {
  readonly user: string;
  readonly known: Known;
}

/** What peers have accepted, in memory and nowhere else. */
export class MemoryKeyring implements Keyring {
  private readonly most: number;
  /** By partition and peer; within, by user and realm, what was kept last comes last. */
  private readonly drawers = new Map<string, Map<string, Entry>>();
  private count = 0;

  constructor(most = MOST_KNOWN) {
    this.most = most;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** Entries, for tests. */
  get size(): number {
    return this.count;
  }

  forUrl(partition: string, url: Url, user: string): Known | null {
    let found: Known | null = null;
    for (const entry of this.drawer(partition, url.origin))
      if (entry.user === user && entry.known.signer !== null && isInside(entry.known.space, url)) found = entry.known;
    return found;
  }

  forProxy(partition: string, peer: string, user: string): Known | null {
    let found: Known | null = null;
    for (const entry of this.drawer(partition, peer)) if (entry.user === user && entry.known.signer !== null) found = entry.known;
    return found;
  }

  forRealm(partition: string, peer: string, realm: string, user: string): Known | null {
    return this.drawers.get(drawerKey(partition, peer))?.get(entryKey(user, realm))?.known ?? null;
  }

  keep(partition: string, known: Known, users: readonly string[]): void {
    const { origin, realm } = known.space;
    const name = drawerKey(partition, origin);
    const drawer = this.drawers.get(name) ?? new Map<string, Entry>();
    // who was heard of last goes last
    this.drawers.delete(name);
    this.drawers.set(name, drawer);
    for (const user of new Set(users)) {
      const key = entryKey(user, realm);
      const before = drawer.get(key);
      if (before !== undefined) {
        drawer.delete(key);
        this.count--;
      }
      const same = before !== undefined && sameUser(before.known, known);
      drawer.set(key, { user, known: same ? { ...known, space: joined(before.known.space, known.space) } : known });
      this.count++;
    }
    while (this.count > this.most) this.forgetOldest();
  }

  drop(partition: string, { space, signer, credentials }: Known): void {
    const name = drawerKey(partition, space.origin);
    const drawer = this.drawers.get(name);
    if (drawer === undefined) return;
    for (const [key, { known }] of drawer) {
      if (known.space.realm !== space.realm || known.signer !== signer || known.credentials !== credentials) continue;
      drawer.delete(key);
      this.count--;
    }
    if (drawer.size === 0) this.drawers.delete(name);
  }

  clear(): void {
    this.drawers.clear();
    this.count = 0;
  }

  private drawer(partition: string, peer: string): Iterable<Entry> {
    return this.drawers.get(drawerKey(partition, peer))?.values() ?? [];
  }

  private forgetOldest(): void {
    const [name, drawer] = this.drawers.entries().next().value!;
    drawer.delete(drawer.keys().next().value!);
    this.count--;
    if (drawer.size === 0) this.drawers.delete(name);
  }
}

function drawerKey(partition: string, peer: string): string {
  return partition === '' ? peer : `${peer} ${partition}`;
}

function entryKey(user: string, realm: string): string {
  return `${realm}\0${user}`;
}

function sameUser(a: Known, b: Known): boolean {
  return a.signer?.scheme === b.signer?.scheme && a.credentials?.user === b.credentials?.user;
}
