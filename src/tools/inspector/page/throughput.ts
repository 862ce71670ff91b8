import type { Entry } from './entry.ts';

export interface Second {
  requests: number;
  failed: number;
  bytes: number;
}

const SECOND = 1_000_000;

/** Requests and bytes by the second in which they came. */
export class Throughput {
  private readonly seconds = new Map<number, Second>();
  private oldest = 0;

  /** A row became another one. What came meanwhile is laid down where it came: between head and end. */
  add(before: Entry | undefined, now: Entry): void {
    const more = now.received - (before?.received ?? 0);
    const over = (entry: Entry | undefined): boolean => entry?.state === 'done' || entry?.state === 'failed';
    const end = now.start + now.marks.end;
    if (more > 0) this.spread(before === undefined ? now.start + Math.max(0, now.marks.head) : end, end, more);
    if (!over(now) || over(before)) return;
    const second = this.at(Math.floor(end / SECOND));
    second.requests++;
    if (now.state === 'failed' || now.status >= 400) second.failed++;
  }

  clear(): void {
    this.seconds.clear();
  }

  /** The last `count` seconds up to a moment. */
  last(count: number, moment: number): Second[] {
    const end = Math.floor(moment / SECOND);
    this.forget(end - 600);
    const none: Second = { requests: 0, failed: 0, bytes: 0 };
    return Array.from({ length: count }, (_, i) => this.seconds.get(end - count + 1 + i) ?? none);
  }

  private spread(from: number, to: number, bytes: number): void {
    const [first, last] = [Math.floor(from / SECOND), Math.floor(to / SECOND)];
    // what took longer than anybody looks back is all at its end
    if (last - first > 600) this.at(last).bytes += bytes;
    else for (let s = first; s <= last; s++) this.at(s).bytes += bytes / (last - first + 1);
  }

  private at(second: number): Second {
    const known = this.seconds.get(second);
    if (known !== undefined) return known;
    const fresh: Second = { requests: 0, failed: 0, bytes: 0 };
    this.seconds.set(second, fresh);
    return fresh;
  }

  private forget(before: number): void {
    for (; this.oldest < before; this.oldest++) this.seconds.delete(this.oldest);
  }
}
