import type { BodyReader } from '../../contract/body.ts';
import type { CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../contract/cache.ts';
import { checkedSize, headCost, keysOfUrl, keyText, LARGEST_SHARE } from './keys.ts';
import { Collector, PiecesReader } from './pieces.ts';
import { RecentMap } from './recent-map.ts';

/** Bytes that a store in memory takes by default. */
export const MEMORY_SIZE = 64 * 1024 * 1024;

/** An answer as it lies in memory. `get` gives this very object. */
class MemoryAnswer implements StoredAnswer {
  readonly key: CacheKey;
  readonly head: StoredHead;
  readonly length: number;
  readonly pieces: readonly Buffer[];
  /** Bytes it is taken to need, the head estimated. */
  readonly cost: number;

  constructor(key: CacheKey, head: StoredHead, length: number, pieces: readonly Buffer[]) {
    this.key = key;
    this.head = head;
    this.length = length;
    this.pieces = pieces;
    this.cost = length + headCost(key, head);
  }

  open(from: number): BodyReader {
    return new PiecesReader(this.pieces, from);
  }
}

/** An answer and what a listing tells of it. */
export interface MemoryEntry {
  readonly key: CacheKey;
  readonly head: StoredHead;
  /** Bytes of the body. */
  readonly length: number;
}

/**
 * Keeps answers in memory, up to `maximumSize` bytes; then those go that were not used for longest. One answer may take three quarters
 * of it. Heads count, by an estimate. Everything is answered at once, and the bytes that are read are those that are stored: nobody may
 * write into them.
 */
export class MemoryCacheStore implements CacheStore {
  private readonly answers: RecentMap<MemoryAnswer>;

  /** Throws a RangeError when `maximumSize` is no number of bytes. */
  constructor(maximumSize = MEMORY_SIZE) {
    this.answers = new RecentMap(checkedSize('maximumSize', maximumSize));
  }

  /** Bytes in all; 64 MiB by default. A smaller one is kept to at once. */
  get maximumSize(): number {
    return this.answers.most;
  }
  set maximumSize(bytes: number) {
    this.answers.most = checkedSize('maximumSize', bytes);
  }

  /** Bytes in use. */
  get size(): number {
    return this.answers.total;
  }

  get(key: CacheKey): StoredAnswer | null {
    return this.answers.get(keyText(key)) ?? null;
  }

  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    return this.fits(length + headCost(key, head)) ? new MemoryWriter(this, key, head, length) : null;
  }

  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): void {
    const text = keyText(key);
    const current = this.answers.peek(text);
    if (current === undefined || current.pieces !== (answer as Partial<MemoryAnswer>).pieces) return;
    this.keep(text, new MemoryAnswer(key, head, current.length, current.pieces));
  }

  remove(key: CacheKey): void {
    this.answers.delete(keyText(key));
  }

  /** Removes the answer of the URL and those of its variants; true when something was there. */
  removeUrl(url: string, partition = ''): boolean {
    return keysOfUrl(this, url, partition).filter((key) => this.answers.delete(keyText(key))).length > 0;
  }

  clear(): void {
    this.answers.clear();
  }

  /** All that is stored, those used last at the end. */
  entries(): IterableIterator<MemoryEntry> {
    return this.answers.values();
  }

  /** Whether an answer of so many bytes may be kept. For writers. */
  fits(bytes: number): boolean {
    return bytes <= LARGEST_SHARE * this.answers.most;
  }

  /** Puts a whole answer in its place. For writers. */
  commit(key: CacheKey, head: StoredHead, length: number, pieces: readonly Buffer[]): void {
    this.keep(keyText(key), new MemoryAnswer(key, head, length, pieces));
  }

  private keep(text: string, answer: MemoryAnswer): void {
    if (this.fits(answer.cost)) this.answers.set(text, answer);
  }
}

class MemoryWriter implements CacheWriter {
  drained: (() => void) | null = null;
  private readonly store: MemoryCacheStore;
  private readonly key: CacheKey;
  private readonly head: StoredHead;
  private readonly length: number;
  /** null when nothing is to be kept any more. */
  private body: Collector | null;

  constructor(store: MemoryCacheStore, key: CacheKey, head: StoredHead, length: number) {
    this.store = store;
    this.key = key;
    this.head = head;
    this.length = length;
    this.body = new Collector(length);
  }

  write(bytes: Uint8Array): boolean {
    const { body, length } = this;
    if (body === null) return true;
    const total = body.total + bytes.length;
    if (length < 0 ? this.store.fits(total) : total <= length) body.add(bytes);
    else this.body = null;
    return true;
  }

  commit(head?: StoredHead): void {
    const { body, length } = this;
    this.body = null;
    if (body === null || (head === undefined && body.total < length)) return;
    this.store.commit(this.key, head ?? this.head, body.total, body.take());
  }

  abort(): void {
    this.body = null;
  }
}
