import { randomToken } from '../../base/clock.ts';
import type { BodyReader } from '../../contract/body.ts';
import type { CacheClaim, CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { PiecesReader } from './pieces.ts';
import { GRACE, SharedBodies } from './shared-bodies.ts';
import { CONNECTING, type SharedServer } from './shared-client.ts';
import { type SharedEntry, sealed, unsealed } from './shared-entry.ts';
import { claim, type Lease, type LeaseTimes } from './shared-lease.ts';
import { SharedLink } from './shared-link.ts';
import { type BodyTag, SharedNames, tagIn, tagText } from './shared-names.ts';
import { SharedReader } from './shared-reader.ts';
import { PUT, REMOVE, UPDATE } from './shared-scripts.ts';
import { SharedWriter, type WriterOwner } from './shared-writer.ts';

export { givenServer, OwnServer } from './shared-client.ts';

export interface SharedSettings extends LeaseTimes {
  readonly prefix: string;
  readonly partition: string;
  /** Bytes of the longest body that is kept. */
  readonly maximumEntrySize: number;
  /** Milliseconds that an entry lives after it was stored or its head was renewed. */
  readonly lifetime: number;
  /** Milliseconds that a short answer of the server may take. */
  readonly timeout: number;
}

/** Keeps answers on a server of Redis' kind, for many machines. Which of them go first when it is full, the server decides. */
export class SharedStore implements CacheStore, WriterOwner {
  readonly shared: boolean;
  readonly link: SharedLink;
  readonly bodies: SharedBodies;
  private readonly settings: SharedSettings;
  private readonly leases = new Set<Lease>();

  constructor(server: SharedServer, settings: SharedSettings, clock: Clock, trouble: (problem: Error) => void) {
    this.settings = settings;
    this.shared = settings.partition === '';
    this.link = new SharedLink(server, clock, settings.timeout, trouble);
    this.bodies = new SharedBodies(this.link, new SharedNames(settings.prefix, settings.partition));
  }

  get maximumEntrySize(): number {
    return this.settings.maximumEntrySize;
  }

  /** Resolves when the server answers, and rejects with the reason why it does not. */
  async ready(): Promise<void> {
    await this.link.ask(Math.max(CONNECTING, this.link.short), 'ping').catch((problem: unknown) => {
      throw this.link.explained(problem);
    });
  }

  get(key: CacheKey): Promise<StoredAnswer | null> | null {
    return this.link.awake ? this.find(this.bodies.names.entry(key)).catch(() => null) : null;
  }

  private async find(name: string): Promise<StoredAnswer | null> {
    const { link } = this;
    const end = link.clock.now() + link.short;
    const fields = (await link.ask(link.short, 'hmget', name, 'h', 't', 'b', 'v')) as unknown[];
    if (fields.every((field) => field === null)) return null;
    const entry = unsealed(name, fields);
    if (entry !== null && (await this.bodies.touch(entry.tag, Math.max(1, end - link.clock.now()))))
      return new SharedAnswer(this, name, entry);
    void this.forget(name, entry === null ? '' : tagText(entry.tag));
    return null;
  }

  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    if (!this.link.awake || length > this.maximumEntrySize) return null;
    return new SharedWriter(this, this.bodies.names.entry(key), head, length, randomToken());
  }

  async enter(name: string, tag: BodyTag, head: StoredHead, length: number, sums: Buffer, small: Buffer): Promise<boolean> {
    if (!(await this.bodies.renew(tag, this.settings.lifetime + GRACE))) return false;
    const text = tagText(tag);
    const h = sealed(name, text, head, length, sums);
    const old = await this.link.ask(this.link.short, 'eval', PUT, '1', name, this.lifetime, h, text, small, randomToken());
    this.bodies.retire(tagIn(String(old)));
    return true;
  }

  private get lifetime(): string {
    return String(this.settings.lifetime);
  }

  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): Promise<void> {
    if (!(answer instanceof SharedAnswer) || !this.link.awake) return Promise.resolve();
    return this.link.job(this.renew(this.bodies.names.entry(key), answer.entry, head).catch(ignore));
  }

  private async renew(name: string, { tag, length, sums }: SharedEntry, head: StoredHead): Promise<void> {
    const text = tagText(tag);
    // the head must not outlive its body
    if (!(await this.bodies.renew(tag, this.settings.lifetime + GRACE))) return this.forget(name, text);
    const h = sealed(name, text, head, length, sums);
    await this.link.ask(this.link.short, 'eval', UPDATE, '1', name, this.lifetime, h, text, randomToken());
  }

  remove(key: CacheKey): Promise<void> {
    return this.forget(this.bodies.names.entry(key), '');
  }

  /** Takes an entry out, while it has the body with this tag or in any case. Who reads the body may go on. */
  forget(name: string, tag: string): Promise<void> {
    const { link } = this;
    if (!link.awake) return Promise.resolve();
    const removed = link.ask(link.short, 'eval', REMOVE, '1', name, tag);
    return link.job(removed.then((old) => this.bodies.retire(tagIn(String(old))), ignore));
  }

  claim(key: CacheKey, seen: StoredAnswer | null): Promise<CacheClaim> {
    const { names } = this.bodies;
    const entry = names.entry(key);
    const version = seen instanceof SharedAnswer ? seen.entry.version : '';
    return claim(this.link, { lease: names.lease(entry), entry, version, token: randomToken() }, this.settings, this.leases);
  }

  /** Ends what was begun, gives up the leases and the connection, if it is our own. */
  close(): Promise<void> {
    for (const lease of [...this.leases]) lease.release();
    return this.link.close();
  }
}

class SharedAnswer implements StoredAnswer {
  readonly entry: SharedEntry;
  private readonly store: SharedStore;
  private readonly name: string;

  constructor(store: SharedStore, name: string, entry: SharedEntry) {
    this.store = store;
    this.name = name;
    this.entry = entry;
  }

  get head(): StoredHead {
    return this.entry.head;
  }

  get length(): number {
    return this.entry.length;
  }

  open(from: number): BodyReader {
    const { store, name, entry } = this;
    if (entry.small !== null) return new PiecesReader([entry.small], from);
    return new SharedReader(store.link, store.bodies.names, entry, from, () => void store.forget(name, tagText(entry.tag)));
  }
}

function ignore(): void {}
