import { type ContractCase, casesOf, type Trial } from './case.ts';
import { keeping } from './cookie-jar/keeping.ts';
import { sending } from './cookie-jar/sending.ts';
import { type CookieJarContractOptions, JarOnTrial } from './cookie-jar/trial.ts';

export type { CookieJarContractOptions };

/**
 * What every QNetworkCookieJar keeps to, whatever its subclass does, as cases for any test runner. Each makes a jar of its own.
 *
 *     import { cookieJarContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     for (const { name, run } of cookieJarContract({ make: () => new MyJar() })) test(name, run);
 */
export function cookieJarContract(options: CookieJarContractOptions): readonly ContractCase[] {
  const { site = 'example.com', onBehalf = true } = options;
  const trials: readonly Trial<JarOnTrial>[] = [...sending, ...keeping];
  const made = async (): Promise<JarOnTrial> => new JarOnTrial(await options.make(), site, options);
  return casesOf(trials, { make: made, again: options.again && made, onBehalf: onBehalf ? made : undefined }, (trial) =>
    trial.dispose(),
  );
}
