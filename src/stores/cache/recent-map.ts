/** Values by text, each with a cost in bytes. Beyond `most` bytes those that were not used for longest are dropped. */
export class RecentMap<T extends { readonly cost: number }> {
  /** Those used last come last. */
  private readonly byText = new Map<string, T>();
  private newest: T | undefined;
  private limit: number;
  /** The cost of all. */
  total = 0;

  constructor(most: number) {
    this.limit = most;
  }

  get most(): number {
    return this.limit;
  }
  set most(bytes: number) {
    this.limit = bytes;
    this.trim();
  }

  /** Finds a value and makes it young. */
  get(text: string): T | undefined {
    const found = this.byText.get(text);
    if (found === undefined || found === this.newest) return found;
    this.byText.delete(text);
    this.byText.set(text, found);
    this.newest = found;
    return found;
  }

  /** Finds a value and leaves it as old as it is. */
  peek(text: string): T | undefined {
    return this.byText.get(text);
  }

  set(text: string, value: T): void {
    this.delete(text);
    this.byText.set(text, value);
    this.newest = value;
    this.total += value.cost;
    this.trim();
  }

  delete(text: string): boolean {
    const found = this.byText.get(text);
    if (found === undefined) return false;
    this.byText.delete(text);
    if (found === this.newest) this.newest = undefined;
    this.total -= found.cost;
    return true;
  }

  clear(): void {
    this.byText.clear();
    this.newest = undefined;
    this.total = 0;
  }

  values(): IterableIterator<T> {
    return this.byText.values();
  }

  private trim(): void {
    for (const text of this.byText.keys()) {
      if (this.total <= this.limit) return;
      this.delete(text);
    }
  }
}
