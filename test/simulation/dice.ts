import { Chance } from '../../src/testing/network/chance.ts';

/** Draws by seed. What one branch draws changes nothing for the others. */
export class Dice {
  private readonly chance: Chance;

  constructor(chance: Chance | number) {
    this.chance = typeof chance === 'number' ? new Chance(Math.imul(chance, 0x9e3779b1) ^ 0x5bd1e995) : chance;
  }

  branch(number: number): Dice {
    return new Dice(this.chance.branch(number));
  }

  flip(likely: number): boolean {
    return this.chance.next() < likely;
  }

  /** A whole number, both ends included. */
  between(from: number, to: number): number {
    return from + this.chance.below(to - from + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.chance.below(list.length)]!;
  }

  /** One of the values, each as likely as the number before it says. */
  weighted<T>(table: readonly (readonly [weight: number, value: T])[]): T {
    let at = this.chance.next() * table.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of table) {
      at -= weight;
      if (at < 0) return value;
    }
    return table.at(-1)![1];
  }

  /** Mostly small: bytes of a body. */
  size(): number {
    return this.weighted([
      [1, 0],
      [4, this.between(1, 400)],
      [4, this.between(400, 5_000)],
      [1, this.between(5_000, 40_000)],
      [0.1, this.between(60_000, 140_000)],
    ]);
  }
}
