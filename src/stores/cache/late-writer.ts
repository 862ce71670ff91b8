import type { CacheStore, CacheWriter, StoredHead } from '../../contract/cache.ts';

/** Takes a body for a store that is still being loaded; what has come by then is handed on. */
export class LateWriter implements CacheWriter {
  drained: (() => void) | null = null;
  private readonly begun: Promise<CacheWriter | null>;
  private writer: CacheWriter | null = null;
  private pieces: Uint8Array[] = [];
  private given = false;

  /** `begin` puts the answer into the store; null = it is not kept. */
  constructor(loading: Promise<CacheStore | null>, begin: (store: CacheStore) => CacheWriter | null) {
    this.begun = loading.then((store) => {
      const writer = this.given || store === null ? null : begin(store);
      const { pieces } = this;
      this.pieces = [];
      if (writer === null) {
        this.given = true;
        return null;
      }
      writer.drained = () => this.drained?.();
      for (const piece of pieces) writer.write(piece);
      this.writer = writer;
      return writer;
    });
  }

  write(bytes: Uint8Array): boolean {
    if (this.writer !== null) return this.writer.write(bytes);
    if (!this.given) this.pieces.push(Buffer.from(bytes));
    return true;
  }

  async commit(head?: StoredHead): Promise<void> {
    await (await this.begun)?.commit(head);
  }

  abort(): void {
    this.given = true;
    this.writer?.abort();
  }
}
