/** A queue whose members may leave from the middle; leaving is a mark, the place is cleared when the head comes by. */
export class Fifo<T extends { waiting: boolean }> {
  private items: (T | undefined)[] = [];
  private head = 0;
  /** Members that still wait. */
  size = 0;

  push(item: T): void {
    item.waiting = true;
    this.items.push(item);
    this.size++;
  }

  /** Back to the front: it had its turn and lost it through no fault of its own. */
  unshift(item: T): void {
    item.waiting = true;
    this.size++;
    if (this.head > 0) this.items[--this.head] = item;
    else this.items.unshift(item);
  }

  /** Takes a member out wherever it stands. */
  remove(item: T): void {
    item.waiting = false;
    this.size--;
    if (this.items.length - this.head > 64 && this.size * 2 < this.items.length - this.head) this.compact();
  }

  peek(): T | undefined {
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
    this.items[this.head++] = undefined;
    item.waiting = false;
    this.size--;
    if (this.head > 1024 && this.head * 2 > this.items.length) this.compact();
    return item;
  }

  private compact(): void {
    this.items = this.items.slice(this.head).filter((item) => item?.waiting);
    this.head = 0;
  }
}
