/** Something in a file that cannot be worked with here. */
export class Unsupported extends Error {}

/** As many rounds as this take seconds, and nobody needs more. */
const MOST_ROUNDS = 10_000_000n;

/** How often a digest is to be repeated; a file must not keep the program busy for hours. */
export function rounds(count: bigint): number {
  if (count < 1n || count > MOST_ROUNDS)
    throw new Unsupported(`a key is to be derived in ${count} rounds; at most ${MOST_ROUNDS} are made`);
  return Number(count);
}
