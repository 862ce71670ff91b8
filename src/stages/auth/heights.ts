/** Spaces that are remembered at most. */
const MOST_SPACES = 1_000;

/**
 * How strong the scheme was that a space has accepted: who offers less all of a sudden may be somebody else, who wants to hear the
 * password.
 */
export class Heights {
  private readonly ranks = new Map<string, number>();

  /** The rank (0 = strongest) that is expected of it. */
  of(space: string): number {
    return this.ranks.get(space) ?? Number.POSITIVE_INFINITY;
  }

  note(space: string, rank: number): void {
    const best = Math.min(rank, this.of(space));
    this.ranks.delete(space);
    this.ranks.set(space, best);
    if (this.ranks.size > MOST_SPACES) this.ranks.delete(this.ranks.keys().next().value!);
  }

  clear(): void {
    this.ranks.clear();
  }
}
