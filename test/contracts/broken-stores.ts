import { HeaderList } from '../../src/base/header-list.ts';
import type { BodyReader } from '../../src/contract/body.ts';
import type { CacheClaim, CacheKey, CacheWriter, StoredAnswer, StoredHead } from '../../src/contract/cache.ts';
import type { CacheStoreContractOptions } from '../../src/testing/index.ts';
import { MapAnswer, MapStore } from './map-store.ts';

/** How such stores are tried. */
export function storesOf(Store: new (limit?: number) => MapStore): CacheStoreContractOptions {
  return {
    make: () => new Store(),
    limited: (bytes) => new Store(bytes),
    broken: () => new Store(-1),
    again(store) {
      const other = new Store();
      other.answers = (store as MapStore).answers;
      return other;
    },
  };
}

/** A store that changes heads before it keeps them. */
const changing = (change: (head: StoredHead) => Partial<StoredHead>): CacheStoreContractOptions =>
  storesOf(
    class extends MapStore {
      protected override keep(key: CacheKey, head: StoredHead, body: Buffer): void {
        super.keep(key, { ...head, ...change(head) }, body);
      }
    },
  );

/** A store whose answers are broken. */
const answering = (Answer: typeof MapAnswer): CacheStoreContractOptions =>
  storesOf(
    class extends MapStore {
      protected override answer(_key: CacheKey, head: StoredHead, body: Buffer): MapAnswer {
        return new Answer(head, body);
      }
    },
  );

const shared: Buffer[] = [];

/** Stores with one thing wrong with them. */
export const BROKEN_STORES: Readonly<Record<string, CacheStoreContractOptions>> = {
  'has something for everybody': storesOf(
    class extends MapStore {
      override get(key: CacheKey): StoredAnswer | null {
        return super.get(key) ?? [...this.answers.values()].at(-1) ?? new MapAnswer({} as StoredHead, Buffer.alloc(0));
      }
    },
  ),
  'keeps one field a name': changing(({ headers }) => ({
    headers: new HeaderList(
      [...new Map(Array.from({ length: headers.size }, (_, i) => [headers.nameAt(i), headers.valueAt(i)]))].flat(),
    ),
  })),
  'puts words in the mouth of the server': changing(({ reason }) => ({ reason: reason === '' ? 'OK' : reason })),
  'knows no variants': changing(() => ({ variants: [] })),
  'loses the last byte': storesOf(
    class extends MapStore {
      protected override keep(key: CacheKey, head: StoredHead, body: Buffer): void {
        super.keep(key, head, body.subarray(0, -1));
      }
    },
  ),
  'makes something of nothing': storesOf(
    class extends MapStore {
      protected override keep(key: CacheKey, head: StoredHead, body: Buffer): void {
        super.keep(key, head, body.length === 0 ? Buffer.of(0) : body);
      }
    },
  ),
  'keeps the memory that it was lent': storesOf(
    class extends MapStore {
      protected override copy(bytes: Uint8Array): Buffer {
        return bytes as Buffer;
      }
    },
  ),
  'always reads from the beginning': answering(
    class extends MapAnswer {
      override open(): BodyReader | null {
        return super.open(0);
      }
    },
  ),
  'has one reader for all': answering(
    class extends MapAnswer {
      private one: BodyReader | null = null;
      override open(from: number): BodyReader | null {
        if (from > 0) return super.open(from);
        this.one ??= super.open(0);
        return this.one;
      }
    },
  ),
  'is gone when a reader was closed': answering(
    class extends MapAnswer {
      private gone = false;
      override open(from: number): BodyReader | null {
        if (this.gone) return null;
        const reader = super.open(from)!;
        return {
          failure: null,
          pull: (wake) => reader.pull(wake),
          close: () => {
            this.gone = true;
          },
        };
      }
    },
  ),
  'mixes up those who write at once': storesOf(
    class extends MapStore {
      protected override begin(): Buffer[] {
        shared.length = 0;
        return shared;
      }
    },
  ),
  'is too early': storesOf(
    class extends MapStore {
      override put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
        this.keep(key, head, Buffer.alloc(0));
        return super.put(key, head, length);
      }
    },
  ),
  'stays with the first head': storesOf(
    class extends MapStore {
      protected override headOf(first: StoredHead): StoredHead {
        return first;
      }
    },
  ),
  'keeps what was given up': storesOf(
    class extends MapStore {
      protected override giveUp(key: CacheKey, head: StoredHead, body: Buffer): void {
        this.keep(key, head, body);
      }
    },
  ),
  'does not count': storesOf(
    class extends MapStore {
      protected override isWhole(): boolean {
        return true;
      }
    },
  ),
  'wants all of it': storesOf(
    class extends MapStore {
      protected override isWhole(written: number, told: number, ownHead: boolean): boolean {
        return told < 0 ? !ownHead : written === told;
      }
    },
  ),
  'never replaces': storesOf(
    class extends MapStore {
      protected override keep(key: CacheKey, head: StoredHead, body: Buffer): void {
        if (!this.answers.has(this.textOf(key))) super.keep(key, head, body);
      }
    },
  ),
  'reads what comes later': storesOf(
    class extends MapStore {
      protected override answer(key: CacheKey, head: StoredHead, body: Buffer): MapAnswer {
        const { answers } = this;
        const text = this.textOf(key);
        return new (class extends MapAnswer {
          override open(from: number): BodyReader | null {
            let at = from;
            const pull = (): Buffer | null => {
              const piece = (answers.get(text)?.body ?? Buffer.alloc(0)).subarray(at, at + 50);
              at += piece.length;
              return piece.length === 0 ? null : piece;
            };
            return { failure: null, pull, close() {} };
          }
        })(head, body);
      }
    },
  ),
  'never updates': storesOf(
    class extends MapStore {
      override update(): void {}
    },
  ),
  'updates whatever is there': storesOf(
    class extends MapStore {
      protected override isSame(current: MapAnswer | undefined): boolean {
        return current !== undefined;
      }
    },
  ),
  'never removes': storesOf(
    class extends MapStore {
      override remove(): void {}
    },
  ),
  'knows URLs only': storesOf(
    class extends MapStore {
      protected override textOf({ url }: CacheKey): string {
        return url;
      }
    },
  ),
  'is one by itself': { ...storesOf(MapStore), again: () => new MapStore() },
  'cuts what is too large': storesOf(
    class extends MapStore {
      override put(key: CacheKey, head: StoredHead, length: number): CacheWriter | null {
        return super.put(key, head, Math.min(length, this.limit));
      }
      protected override isWhole(): boolean {
        return true;
      }
      protected override keep(key: CacheKey, head: StoredHead, body: Buffer): void {
        super.keep(key, head, body.subarray(0, this.limit));
      }
    },
  ),
  'throws out what it cannot replace': storesOf(
    class extends MapStore {
      protected override tooLarge(key: CacheKey): null {
        this.remove(key);
        return null;
      }
    },
  ),
  'has no limit': { ...storesOf(MapStore), limited: () => new MapStore() },
  'works although it cannot': { ...storesOf(MapStore), broken: () => new MapStore() },
  'lets everybody fetch': storesOf(
    class extends MapStore {
      override async claim(): Promise<CacheClaim> {
        return { kind: 'fetch', release() {} };
      }
    },
  ),
};
