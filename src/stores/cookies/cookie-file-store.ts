import type { Clock, Timer } from '../../contract/clock.ts';
import type { Cookie } from '../../contract/cookie.ts';
import { cookieFileText, cookieLine, cookiesInFile } from '../../rules/cookies/cookie-file.ts';
import { cookieKey } from '../../rules/cookies/made-cookie.ts';
import { SharedFile } from '../shared-file.ts';
import type { MemoryCookieStore } from './memory-store.ts';

type ByKey = Map<string, Cookie>;

/** Bytes of a file at most: more than all cookies that a store holds. */
export const MOST_BYTES = 128 * 1024 * 1024;
/** Milliseconds after a change in which more may follow, before it is written. */
const GATHER = 100;
/** Milliseconds between two looks whether others have written. */
const LOOK = 1_000;
/** Milliseconds between two tries by itself where nothing can be written. */
const REST = 10_000;

/**
 * Keeps the cookies of a store in a file that several processes may use. Everything is answered from memory. What changed here is
 * written over what the file says by then, what changed there is taken over unless it changed here as well.
 */
export class CookieFileStore {
  private keepsSessions = false;
  private readonly store: MemoryCookieStore;
  private readonly clock: Clock;
  private readonly file: SharedFile;
  private readonly trouble: (problem: unknown) => void;
  /** What the file said when we last saw it. */
  private seen: ByKey = new Map();
  private mark = '';
  private lookAt = 0;
  private tryAt = 0;
  private timer: Timer | null = null;
  private saving: Promise<void> | null = null;
  private taking = false;

  /** Reads the file, if there is one. Throws an Error when it is something else. `trouble` hears of writing by itself that failed. */
  constructor(path: string, store: MemoryCookieStore, clock: Clock, trouble: (problem: unknown) => void) {
    this.store = store;
    this.clock = clock;
    this.trouble = trouble;
    this.file = new SharedFile(path, MOST_BYTES, clock);
    this.load();
    store.changed = () => this.later();
  }

  get path(): string {
    return this.file.path;
  }

  /** Whether cookies of the session are written, and read, too. */
  get sessions(): boolean {
    return this.keepsSessions;
  }
  set sessions(keep: boolean) {
    if (keep === this.keepsSessions) return;
    this.keepsSessions = keep;
    this.mark = '';
    this.lookAt = 0;
    this.later();
  }

  /** Takes over what others have written. Throws an Error when the file is not one of cookies, or cannot be read. */
  load(): void {
    const found = process.getBuiltinModule('node:fs').statSync(this.file.path, { throwIfNoEntry: false });
    // changes when somebody puts another text in the file's place
    const mark = found === undefined ? '' : `${found.ino} ${found.size} ${found.mtimeMs}`;
    if (mark === this.mark) return;
    if (found !== undefined && (!found.isFile() || found.size > MOST_BYTES)) throw this.foreign();
    this.take(this.read(this.file.read()));
    this.mark = mark;
  }

  /** As `load`, from time to time, and never throws: what cannot be read is left for the next writing to complain of. */
  look(): void {
    const now = this.clock.now();
    if (now < this.lookAt) return;
    this.lookAt = now + LOOK;
    try {
      this.load();
    } catch {
      // said when it is written
    }
  }

  /** When everything is in the file. Rejects when it cannot be written. */
  save(): Promise<void> {
    this.timer?.cancel();
    this.timer = null;
    if (this.saving === null) {
      const mine = this.mine();
      if (!this.differs(mine)) return Promise.resolve();
      this.saving = this.saveAll(mine);
    }
    return this.saving;
  }

  private later(): void {
    if (this.taking || this.timer !== null) return;
    const wait = Math.max(GATHER, this.tryAt - this.clock.now());
    // the little wait keeps the process alive: what was changed last must not be lost
    this.timer = this.clock.after(wait, () => this.save().catch(this.trouble), wait === GATHER);
  }

  private async saveAll(first: ByKey): Promise<void> {
    try {
      for (let mine = first; this.differs(mine); mine = this.mine()) {
        let merged: ByKey = new Map();
        await this.file.replace((text) => {
          merged = this.merge(mine, this.read(text));
          return cookieFileText(merged.values());
        });
        this.take(merged);
      }
      this.tryAt = 0;
    } catch (problem) {
      this.tryAt = this.clock.now() + REST;
      throw problem;
    } finally {
      this.saving = null;
    }
  }

  /** All that the file says and that has not expired. */
  private read(text: string): ByKey {
    const cookies = cookiesInFile(text);
    if (cookies === null) throw this.foreign();
    return keyed(cookies, this.clock.wall());
  }

  private foreign(): Error {
    return new Error(`${this.file.path} is no file of cookies that this version can read; give the jar a file of its own.`);
  }

  /** What is to be in the file. */
  private mine(): ByKey {
    return this.ours(keyed(this.store.all(), this.clock.wall()));
  }

  /** Without the cookies that are none of our business: another process may keep those of its session. */
  private ours(all: ByKey): ByKey {
    if (this.keepsSessions) return all;
    return new Map([...all].filter(([, { expires }]) => expires !== Number.POSITIVE_INFINITY));
  }

  private differs(mine: ByKey): boolean {
    return keysOf(mine, this.seen).some((key) => !same(mine.get(key), this.seen.get(key)));
  }

  /** What the file says now, and over it what changed here since we saw it. */
  private merge(mine: ByKey, theirs: ByKey): ByKey {
    const merged = new Map(theirs);
    for (const key of keysOf(mine, this.seen)) {
      const cookie = mine.get(key);
      if (same(cookie, this.seen.get(key))) continue;
      if (cookie === undefined) merged.delete(key);
      else merged.set(key, cookie);
    }
    return merged;
  }

  /** Brings what changed there since we saw it into memory, unless it changed here, too. */
  private take(all: ByKey): void {
    const theirs = this.ours(all);
    const mine = this.mine();
    this.taking = true;
    for (const key of keysOf(theirs, this.seen)) {
      const [there, before, here] = [theirs.get(key), this.seen.get(key), mine.get(key)];
      if (same(there, before) || !same(here, before)) continue;
      if (there !== undefined) this.store.put(there, this.clock.wall());
      else if (here !== undefined) this.store.remove(here.name, here.domain, here.path);
    }
    this.taking = false;
    this.seen = theirs;
  }
}

function keyed(cookies: readonly Cookie[], now: number): ByKey {
  return new Map(cookies.filter(({ expires }) => expires > now).map((cookie) => [cookieKey(cookie), cookie]));
}

function same(a: Cookie | undefined, b: Cookie | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && cookieLine(a) === cookieLine(b));
}

function keysOf(a: ByKey, b: ByKey): string[] {
  return [...new Set([...a.keys(), ...b.keys()])];
}
