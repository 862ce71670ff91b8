/**
 * A queue whose members may leave from the middle; leaving is a mark, the place is cleared when the head comes by. Who had a turn
 * and lost it comes back before all others, and behind those who came back earlier.
 */
export class Fifo<T extends { waiting: boolean }> {
  private returned: T[] = [];
  private items: (T | undefined)[] = [];
  private head = 0;
  /** Members that still wait. */
  size = 0;

  push(item: T): void {
    item.waiting = true;
    this.items.push(item);
    this.size++;
  }

  /** It had its turn and lost it through no fault of its own. */
  pushReturned(item: T): void {
    item.waiting = true;
    this.returned.push(item);
    this.size++;
  }

  /** Takes a member out wherever it stands. */
  remove(item: T): void {
    item.waiting = false;
    this.size--;
    if (this.items.length - this.head > 64 && this.size * 2 < this.items.length - this.head) this.compact();
  }

  peek(): T | undefined {
    while (this.returned.length > 0) {
      const item = this.returned[0]!;
      if (item.waiting) return item;
      this.returned.shift();
    }
    while (this.head < this.items.length) {
      const item = this.items[this.head]!;
      if (item.waiting) return item;
      this.items[this.head++] = undefined;
    }
    this.items = [];
    this.head = 0;
    return undefined;
  }

  shift(): T | undefined {
    const item = this.peek();
    if (item === undefined) return undefined;
    if (this.returned.length > 0) this.returned.shift();
    else this.items[this.head++] = undefined;
    item.waiting = false;
    this.size--;
    if (this.head > 1024 && this.head * 2 > this.items.length) this.compact();
    return item;
  }

  /** The first member that `wanted` accepts; it stays where it is. */
  find(wanted: (item: T) => boolean): T | undefined {
    for (const item of this.returned) if (item.waiting && wanted(item)) return item;
    for (let i = this.head; i < this.items.length; i++) {
      const item = this.items[i];
      if (item?.waiting && wanted(item)) return item;
    }
    return undefined;
  }

  /** All members, in the order of their turns. */
  list(): T[] {
    const all: T[] = [];
    for (const item of this.returned) if (item.waiting) all.push(item);
    for (let i = this.head; i < this.items.length; i++) if (this.items[i]?.waiting) all.push(this.items[i]!);
    return all;
  }

  private compact(): void {
    this.items = this.items.slice(this.head).filter((item) => item?.waiting);
    this.head = 0;
  }
}
