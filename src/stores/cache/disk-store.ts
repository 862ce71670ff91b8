import { systemClock } from '../../base/clock.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import type { Clock } from '../../contract/clock.ts';
import { DiskAnswer } from './disk-answer.ts';
import { answerFolders, groupsIn, removeGroup } from './disk-scan.ts';
import { DiskShelf } from './disk-shelf.ts';
import { type StoreProblem, verify } from './disk-verify.ts';
import { DiskWriter } from './disk-writer.ts';
import { checkedSize, keysOfUrl, keyText } from './keys.ts';

/** Bytes that a store on disk takes by default, as in Qt. */
export const DISK_SIZE = 52_428_800;
const MEMORY_TIER = 8 * 1024 * 1024;

export interface DiskCacheOptions {
  /** The folder; made when something is to be kept. Several stores, also of several processes, may use the same one. */
  readonly directory: string;
  /** Bytes that the files may have in all; 52428800 (50 MiB) by default. */
  readonly maximumSize?: number;
  /** Bytes of small answers that are kept in memory, too, 0 = none; 8 MiB by default. */
  readonly memoryTier?: number;
  readonly clock?: Clock;
  /** Hears what the system said when something could not be written, at most every 30 seconds. */
  readonly onTrouble?: (error: Error) => void;
}

/** What stands in a file of the store. */
export interface DiskEntry {
  readonly key: CacheKey;
  readonly head: StoredHead;
  /** Bytes of the body. */
  readonly length: number;
}

/** What a listing tells of an answer. */
export interface ListedEntry extends DiskEntry {
  readonly file: string;
  /** When it was used last, milliseconds since 1970. A second use within ten seconds is not seen. */
  readonly used: number;
}

/**
 * Keeps answers in files, for any number of processes at once, up to `maximumSize` bytes; beyond, those go that were not used for longest,
 * down to nine tenths. One answer may take three quarters. All file calls are synchronous: reading a small answer so costs a tenth of what
 * it takes in the thread pool. What is in a file is checked before it is given; what is damaged is removed, and was never there.
 * The limit may be passed for a moment by a twentieth and by what is being written right then.
 */
export class DiskCacheStore implements CacheStore {
  readonly directory: string;
  private readonly shelf: DiskShelf;

  /** Nothing is touched before it is used. Throws a TypeError without a directory, a RangeError when a size is no number of bytes. */
  constructor(options: DiskCacheOptions) {
    const { directory, maximumSize = DISK_SIZE, memoryTier = MEMORY_TIER, clock = systemClock, onTrouble = ignore } = options;
    if (typeof directory !== 'string' || directory === '')
      throw new TypeError('directory is the path of a folder, and not empty');
    const sizes = { most: checkedSize('maximumSize', maximumSize), recent: checkedSize('memoryTier', memoryTier) };
    this.directory = directory;
    this.shelf = new DiskShelf(directory, sizes, clock, onTrouble);
  }

  /** Bytes that the files may have in all. A smaller number is kept to at once. */
  get maximumSize(): number {
    return this.shelf.room.most;
  }
  set maximumSize(bytes: number) {
    this.shelf.room.most = checkedSize('maximumSize', bytes);
    if (this.size > bytes) this.expire();
  }

  /** Bytes that the files have in all, whoever wrote them; those that are not yet in their place do not count. */
  get size(): number {
    return this.shelf.room.size();
  }

  get(key: CacheKey): StoredAnswer | null {
    return this.shelf.find(keyText(key));
  }

  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    return this.shelf.fits(length) ? new DiskWriter(this.shelf, key, head, length) : null;
  }

  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): void {
    if (answer instanceof DiskAnswer) this.shelf.update(keyText(key), answer.record.id, head);
  }

  remove(key: CacheKey): void {
    this.shelf.remove(keyText(key));
  }

  /** Removes the answer of the URL and those of its variants; true when something was there. */
  removeUrl(url: string, partition = ''): boolean {
    return keysOfUrl(this, url, partition).filter((key) => this.shelf.remove(keyText(key))).length > 0;
  }

  /** Removes all answers. */
  clear(): void {
    const { folder, room } = this.shelf;
    this.shelf.forget();
    for (const path of answerFolders(folder)) for (const group of groupsIn(folder, path)) removeGroup(folder, group);
    room.expire();
  }

  /** Counts the files, sweeps what died processes left behind and, over the maximum, goes down to nine tenths of it. Tells the size. */
  expire(): number {
    return this.shelf.room.expire();
  }

  /** All that is stored, in no order. */
  *entries(): IterableIterator<ListedEntry> {
    const { folder } = this.shelf;
    for (const path of answerFolders(folder)) {
      for (const { file, used } of groupsIn(folder, path)) {
        const entry = used < 0 ? null : this.read(file);
        if (entry !== null) yield { ...entry, file, used };
      }
    }
  }

  /** What stands in one file; null when it is not of a store, or damaged. */
  read(file: string): DiskEntry | null {
    const answer = this.shelf.peek(file);
    return answer === null ? null : { key: answer.key, head: answer.head, length: answer.length };
  }

  /** The file of an answer, whether it is there or not. */
  fileOf(key: CacheKey): string {
    return this.shelf.folder.fileOf(keyText(key));
  }

  /** Reads everything and tells what is wrong; nothing is changed. */
  verify(): IterableIterator<StoreProblem> {
    const { folder } = this.shelf;
    return verify(folder, (file) => this.shelf.peek(file, { folder, damaged: ignore }));
  }
}

function ignore(): void {
  // nobody wants to hear of it
}
