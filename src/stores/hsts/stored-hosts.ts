import type { Clock } from '../../contract/clock.ts';
import type { HstsEntry, HstsStore } from '../../contract/hsts.ts';
import { isWorthKeeping } from '../../rules/hsts.ts';
import { SharedFile } from '../shared-file.ts';
import { hostsIn, hostsText } from './hosts-text.ts';
import { KnownHosts, MOST_HOSTS, trim } from './known-hosts.ts';

/** Milliseconds between two tries where nothing can be written. */
const REST = 10_000;

/** The longest line of a known host. */
const LINE_BYTES = 16 + 3 + 253 + 1;

/**
 * Known hosts in a file of a directory, which several processes may use. It is read at once, and everything is answered from memory;
 * what changes is written beside the event loop. What others have written is taken in with each write of our own.
 */
export class StoredHosts implements HstsStore {
  private readonly hosts: KnownHosts;
  private readonly clock: Clock;
  private readonly trouble: (problem: unknown) => void;
  private readonly most: number;
  private readonly file: SharedFile;
  /** What the file says, as far as we know. */
  private kept: ReadonlyMap<string, HstsEntry> = new Map();
  /** Of these it has to say something else. */
  private readonly changed = new Set<string>();
  private saving: Promise<void> | null = null;
  /** After a failure nothing is tried before. */
  private tryAt = 0;

  /** Nothing is thrown when the directory cannot be used: `trouble` is told, and the hosts are known as long as the process runs. */
  constructor(directory: string, clock: Clock, trouble: (problem: unknown) => void, most = MOST_HOSTS) {
    this.hosts = new KnownHosts(clock, most);
    this.clock = clock;
    this.trouble = trouble;
    this.most = most;
    this.file = new SharedFile(process.getBuiltinModule('node:path').join(directory, 'qnetwork-hsts'), most * LINE_BYTES, clock);
    try {
      this.take(hostsIn(this.file.read(), clock.wall()));
    } catch (problem) {
      trouble(problem);
    }
  }

  find(host: string): HstsEntry | undefined {
    return this.hosts.find(host);
  }

  note(entry: HstsEntry): void {
    this.hosts.note(entry);
    if (!this.differs(entry.host)) return;
    // where nothing can be written, not everything is remembered for later
    if (this.changed.size < this.most) this.changed.add(entry.host);
    if (this.clock.now() >= this.tryAt) this.save();
  }

  entries(): HstsEntry[] {
    return this.hosts.entries();
  }

  flush(): Promise<void> {
    this.save();
    return this.saving ?? Promise.resolve();
  }

  /** The file has to say something else of the host. */
  private differs(host: string): boolean {
    const kept = this.kept.get(host);
    const entry = this.hosts.find(host);
    return entry === undefined ? kept !== undefined : isWorthKeeping(kept, entry, this.clock.wall());
  }

  private save(): void {
    if (this.saving === null && this.changed.size > 0) this.saving = this.saveAll();
  }

  private async saveAll(): Promise<void> {
    try {
      while (this.changed.size > 0) {
        const hosts = [...this.changed];
        let merged = new Map<string, HstsEntry>();
        await this.file.replace((text) => {
          merged = this.merge(text, hosts);
          return hostsText(merged.values());
        });
        this.take(merged);
        // what has changed again meanwhile stays
        for (const host of hosts) if (!this.differs(host)) this.changed.delete(host);
      }
    } catch (problem) {
      this.tryAt = this.clock.now() + REST;
      this.trouble(problem);
    } finally {
      this.saving = null;
    }
  }

  /** What the file says, and what we know better. */
  private merge(text: string, hosts: readonly string[]): Map<string, HstsEntry> {
    const merged = hostsIn(text, this.clock.wall());
    for (const host of hosts) {
      merged.delete(host);
      const entry = this.hosts.find(host);
      if (entry !== undefined) merged.set(host, entry);
    }
    trim(merged, this.most);
    return merged;
  }

  /** Learns what others have written, unless we know better or are full. */
  private take(written: ReadonlyMap<string, HstsEntry>): void {
    this.kept = written;
    for (const entry of written.values()) {
      if (this.changed.has(entry.host)) continue;
      const known = this.hosts.find(entry.host);
      const news = known === undefined ? !this.hosts.full : entry.expires > known.expires;
      if (news) this.hosts.note(entry);
    }
  }
}
