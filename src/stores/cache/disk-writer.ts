import { randomToken } from '../../base/clock.ts';
import type { CacheKey, CacheWriter, StoredHead } from '../../contract/cache.ts';
import type { CacheFolder, Draft } from './disk-folder.ts';
import type { DiskRecord } from './disk-format.ts';
import { Collector, PIECE } from './pieces.ts';

/** What a writer needs of its store. */
export interface WriterHome {
  readonly folder: CacheFolder;
  /** Whether an answer of so many bytes may be kept. */
  fits(bytes: number): boolean;
  /** Puts a whole answer in its place; its body is in memory, or in a finished draft. Never throws, and looks after the draft. */
  commit(record: DiskRecord, body: Buffer | null, draft: string | null): void;
  trouble(error: unknown): void;
  now(): number;
}

/** Removes the drafts of writers that were neither committed nor aborted. */
const forgotten = new FinalizationRegistry<[CacheFolder, Draft]>(([folder, draft]) => drop(folder, draft));

function drop(folder: CacheFolder, draft: Draft): void {
  folder.close(draft.descriptor);
  folder.unlink(draft.path);
}

/** Keeps a small body in memory until it is whole; a larger one goes into a file piece by piece. */
export class DiskWriter implements CacheWriter {
  drained: (() => void) | null = null;
  private readonly home: WriterHome;
  private readonly key: CacheKey;
  private readonly head: StoredHead;
  private readonly length: number;
  private readonly id = randomToken();
  /** The small body; null once there is a draft, or nothing is kept any more. */
  private small: Collector | null;
  /** The file of a large body. */
  private draft: Draft | null = null;
  private room: Buffer | null = null;
  private filled = 0;
  private total = 0;
  private crc = 0;

  constructor(home: WriterHome, key: CacheKey, head: StoredHead, length: number) {
    this.home = home;
    this.key = key;
    this.head = head;
    this.length = length;
    this.small = new Collector(length <= PIECE ? length : -1);
  }

  write(bytes: Uint8Array): boolean {
    if (this.small === null && this.draft === null) return true;
    const total = this.total + bytes.length;
    if (this.length < 0 ? !this.home.fits(total) : total > this.length) {
      this.abort();
      return true;
    }
    this.total = total;
    if (this.small !== null && total <= PIECE) this.small.add(bytes);
    else this.attempt(() => this.writeLarge(bytes));
    return true;
  }

  private writeLarge(bytes: Uint8Array): void {
    const { small } = this;
    if (small !== null) {
      this.begin();
      this.small = null;
      for (const piece of small.take()) this.append(piece);
    }
    this.append(bytes);
  }

  private begin(): void {
    this.draft = this.home.folder.draft();
    forgotten.register(this, [this.home.folder, this.draft], this);
    this.room = Buffer.allocUnsafeSlow(PIECE);
  }

  /** Gathers what is small; whole pieces go straight into the file. */
  private append(bytes: Uint8Array): void {
    const room = this.room!;
    if (this.filled + bytes.length > room.length) this.flush();
    if (bytes.length >= room.length) return this.out(bytes);
    room.set(bytes, this.filled);
    this.filled += bytes.length;
  }

  private flush(): void {
    if (this.filled === 0) return;
    const { room, filled } = this;
    this.filled = 0;
    this.out(room!.subarray(0, filled));
  }

  private out(bytes: Uint8Array): void {
    this.crc = process.getBuiltinModule('node:zlib').crc32(bytes, this.crc);
    this.home.folder.write(this.draft!, bytes);
  }

  commit(own?: StoredHead): void {
    if (this.small === null && this.draft === null) return;
    if (own === undefined && this.total < this.length) return this.abort();
    const head = own ?? this.head;
    const { key, id, total: length, small } = this;
    if (small !== null) {
      this.small = null;
      this.home.commit({ key, head, id, length, crc: -1 }, small.take()[0] ?? Buffer.alloc(0), null);
      return;
    }
    this.attempt(() => this.flush());
    const draft = this.released();
    if (draft === null) return;
    try {
      this.home.folder.finish(draft, this.home.now());
    } catch (error) {
      this.home.folder.unlink(draft.path);
      return this.home.trouble(error);
    }
    this.home.commit({ key, head, id, length, crc: this.crc }, null, draft.path);
  }

  abort(): void {
    this.small = null;
    const draft = this.released();
    if (draft !== null) drop(this.home.folder, draft);
  }

  private released(): Draft | null {
    const { draft } = this;
    if (draft === null) return null;
    this.draft = null;
    this.room = null;
    forgotten.unregister(this);
    return draft;
  }

  /** Trouble of the store is none of who writes. */
  private attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.abort();
      this.home.trouble(error);
    }
  }
}
