import type { Trip } from '../contract/ask.ts';
import { failure } from '../contract/failure.ts';
import type { Stage } from '../contract/stage.ts';
import { isIdempotent } from '../rules/methods.ts';
import { retryVerdict } from '../rules/retry.ts';

/** Resends after a connection died that had carried nothing before; counted for each trip. */
interface Fresh {
  readonly trip: Trip;
  readonly resends: number;
}

/** Sends a request once more when its connection died before the server could answer, and says so when it must not. */
export const retry: Stage = {
  name: 'retry',
  failed(hop, problem, facts, journey) {
    const known = journey.memory.get(retry) as Fresh | undefined;
    const freshResends = known?.trip === journey.trip ? known.resends : 0;
    const answer = retryVerdict({
      failure: problem,
      facts,
      idempotent: isIdempotent(hop.method),
      replayable: hop.body === null || hop.body.replayable,
      unsafeAllowed: journey.ask.wishes.resendUnsafe,
      resends: journey.resends,
      freshResends,
    });
    if (answer.maybeProcessed) problem.maybeProcessed = true;
    if (answer.bodyGone) {
      return journey.refuse(
        failure(
          'resend',
          problem.phase,
          `${problem.message}, and the body cannot be sent again: give a function that opens it anew`,
          {
            cause: problem.cause,
          },
        ),
      );
    }
    if (!answer.again) return 'go';
    if (!facts.reused) journey.memory.set(retry, { trip: journey.trip, resends: freshResends + 1 } satisfies Fresh);
    return 'again';
  },
};
