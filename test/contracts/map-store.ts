import type { BodyReader } from '../../src/contract/body.ts';
import type { CacheClaim, CacheKey, CacheStore, CacheWriter, StoredAnswer, StoredHead } from '../../src/contract/cache.ts';

export class MapAnswer implements StoredAnswer {
  readonly head: StoredHead;
  readonly body: Buffer;
  readonly length: number;

  constructor(head: StoredHead, body: Buffer) {
    this.head = head;
    this.body = body;
    this.length = body.length;
  }
  open(from: number): BodyReader | null {
    return this.reader(this.body.subarray(from));
  }
  /** Gives a body in pieces. */
  protected reader(body: Buffer, at = 0): BodyReader {
    return {
      failure: null,
      pull() {
        if (at >= body.length) return null;
        const piece = body.subarray(at, at + 65_536);
        at += piece.length;
        return piece;
      },
      close() {
        at = body.length;
      },
    };
  }
}

/** The smallest store that is one, with its decisions as functions of their own, so that a broken version changes just one. */
export class MapStore implements CacheStore {
  answers = new Map<string, MapAnswer>();
  protected readonly limit: number;
  claim?(key: CacheKey, seen: StoredAnswer | null): Promise<CacheClaim>;

  constructor(limit = Number.POSITIVE_INFINITY) {
    this.limit = limit;
  }
  get(key: CacheKey): StoredAnswer | null {
    return this.answers.get(this.textOf(key)) ?? null;
  }
  put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
    if (length > this.limit) return this.tooLarge(key);
    let pieces: Buffer[] | null = this.begin();
    return {
      drained: null,
      write: (bytes) => {
        pieces?.push(this.copy(bytes));
        return true;
      },
      commit: (own) => {
        if (pieces !== null && this.isWhole(Buffer.concat(pieces).length, length, own !== undefined))
          this.keep(key, this.headOf(head, own), Buffer.concat(pieces));
        pieces = null;
      },
      abort: () => {
        if (pieces !== null) this.giveUp(key, head, Buffer.concat(pieces));
        pieces = null;
      },
    };
  }
  update(key: CacheKey, answer: StoredAnswer, head: StoredHead): void {
    const current = this.answers.get(this.textOf(key));
    if (this.isSame(current, answer)) this.answers.set(this.textOf(key), this.answer(key, head, current!.body));
  }
  remove(key: CacheKey): void {
    this.answers.delete(this.textOf(key));
  }

  protected textOf({ url, partition, variant }: CacheKey): string {
    return JSON.stringify([url, partition, variant]);
  }
  protected tooLarge(_key: CacheKey): CacheWriter | null {
    return null;
  }
  protected begin(): Buffer[] {
    return [];
  }
  protected copy(bytes: Uint8Array): Buffer {
    return Buffer.from(bytes);
  }
  protected isWhole(written: number, told: number, ownHead: boolean): boolean {
    return told < 0 || written === told || (ownHead && written < told);
  }
  protected headOf(first: StoredHead, last: StoredHead | undefined): StoredHead {
    return last ?? first;
  }
  protected giveUp(_key: CacheKey, _head: StoredHead, _body: Buffer): void {}
  protected isSame(current: MapAnswer | undefined, answer: StoredAnswer): boolean {
    return current !== undefined && (answer as MapAnswer).body === current.body;
  }
  protected answer(_key: CacheKey, head: StoredHead, body: Buffer): MapAnswer {
    return new MapAnswer(head, body);
  }
  protected keep(key: CacheKey, head: StoredHead, body: Buffer): void {
    if (body.length > this.limit) return;
    this.answers.delete(this.textOf(key));
    this.answers.set(this.textOf(key), this.answer(key, head, body));
    let size = [...this.answers.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [text, { length }] of this.answers) {
      if (size <= this.limit) break;
      this.answers.delete(text);
      size -= length;
    }
  }
}
