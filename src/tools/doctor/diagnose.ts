import { systemClock } from '../../base/clock.ts';
import type { Clock } from '../../contract/clock.ts';
import type { DiagnoseOptions, Diagnosis } from './diagnosis.ts';
import { examine } from './examine.ts';
import { planOf } from './plan.ts';
import { unlessAborted } from './within.ts';

/**
 * Looks at an http or https URL as the program would, and tells what is wrong and what puts it right. Resolves also when nothing works: that
 * is what it is for. Rejects with a TypeError or RangeError for options that mean nothing, and with the reason of `signal`.
 *
 *     const { findings } = await diagnose('https://example.org/', { manager });
 *     for (const { code, what, fix } of findings) console.log(code, what, fix.code ?? fix.words);
 */
export async function diagnose(url: string | URL, options: DiagnoseOptions = {}, clock: Clock = systemClock): Promise<Diagnosis> {
  const plan = planOf(options);
  plan.signal?.throwIfAborted();
  return unlessAborted(plan.signal, examine(String(url), plan, clock));
}
