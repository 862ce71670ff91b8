import { basic } from './basic.ts';
import { bearer } from './bearer.ts';
import { digest } from './digest.ts';
import { negotiate } from './negotiate.ts';
import { ntlm } from './ntlm.ts';
import type { Scheme } from './scheme.ts';

/** All ways to answer a challenge. Which of them goes first is said in `rules/auth/strength.ts`. */
const TABLE: ReadonlyMap<string, Scheme> = new Map(
  [negotiate, ntlm, digest, bearer, basic].map((scheme) => [scheme.name, scheme]),
);

export function schemeOf(name: string): Scheme | undefined {
  return TABLE.get(name);
}
