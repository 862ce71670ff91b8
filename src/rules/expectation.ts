import type { HeaderList } from '../base/header-list.ts';
import { trimOws } from './field-syntax.ts';

/** How long to wait for 100 (Continue) unless the caller says. A server that knows nothing of it costs no more than this. */
export const CONTINUE_MS = 1000;

/** The only expectation there is (RFC 9110 10.1.1). */
export const EXPECTATION = '100-continue';

/** Whether the fields announce that the body waits for 100 (Continue). */
export function expectsContinue(headers: HeaderList): boolean {
  const value = headers.combined('Expect') ?? '';
  return value.split(',').some((item) => trimOws(item).toLowerCase() === EXPECTATION);
}

export interface ExpectationQuestion {
  readonly status: number;
  /** The request announced that its body waits. */
  readonly expected: boolean;
  /** The body can be sent from its start: nobody has opened it, or it opens again. */
  readonly replayable: boolean;
}

/** RFC 9110 15.5.18: a request whose expectation was refused goes out once more without it. */
export function repeatsWithout(q: ExpectationQuestion): boolean {
  return q.status === 417 && q.expected && q.replayable;
}
