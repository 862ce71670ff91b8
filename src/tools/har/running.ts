import type { SeenHop } from '../../contract/tap.ts';

const ROOM = 64;

/**
 * Trips under way, and their rows: a table that is found by when their request was made. A Map would make itself a new table every few requests,
 * and as long as the old ones are not collected they hold on to trips that are over, with all that belongs to these.
 */
export class Running {
  size = 0;
  private hops: (SeenHop | null)[] = new Array(ROOM).fill(null);
  private rows: number[] = new Array(ROOM).fill(-1);

  /** The row of a trip, -1 = it is not under way. */
  find(hop: SeenHop): number {
    return this.rows[this.placeOf(hop)]!;
  }

  add(hop: SeenHop, row: number): void {
    if (2 * ++this.size > this.hops.length) this.grow();
    this.put(this.placeOf(hop), hop, row);
  }

  remove(hop: SeenHop): void {
    const { hops } = this;
    let hole = this.placeOf(hop);
    if (hops[hole] === null) return;
    this.size--;
    // those behind it that would be looked for in its place, or before it, move up
    for (let i = this.after(hole); hops[i] !== null; i = this.after(i)) {
      if (this.distance(this.home(hops[i]!), i) < this.distance(hole, i)) continue;
      this.put(hole, hops[i]!, this.rows[i]!);
      hole = i;
    }
    this.put(hole, null, -1);
  }

  entries(): [SeenHop, number][] {
    return this.hops.flatMap((hop, i) => (hop === null ? [] : [[hop, this.rows[i]!]]));
  }

  private put(place: number, hop: SeenHop | null, row: number): void {
    this.hops[place] = hop;
    this.rows[place] = row;
  }

  /** Where it is, or would be. */
  private placeOf(hop: SeenHop): number {
    const { hops } = this;
    let place = this.home(hop);
    while (hops[place] !== null && hops[place] !== hop) place = this.after(place);
    return place;
  }

  private home(hop: SeenHop): number {
    return Math.round(hop.began * 1000) & (this.hops.length - 1);
  }

  private after(place: number): number {
    return (place + 1) & (this.hops.length - 1);
  }

  /** Steps from one place to another. */
  private distance(from: number, to: number): number {
    return (to - from) & (this.hops.length - 1);
  }

  private grow(): void {
    const known = this.entries();
    const room = 2 * this.hops.length;
    this.hops = new Array(room).fill(null);
    this.rows = new Array(room).fill(-1);
    for (const [hop, row] of known) this.put(this.placeOf(hop), hop, row);
  }
}
