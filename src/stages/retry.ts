import { failure } from '../contract/failure.ts';
import type { Stage } from '../contract/stage.ts';
import { isIdempotent } from '../rules/methods.ts';
import { retryVerdict } from '../rules/retry.ts';

/** Sends a request once more when its connection died before the server could answer, and says so when it must not. */
export const retry: Stage = {
  name: 'retry',
  failed(hop, problem, facts, journey) {
    const freshResends = (journey.memory.get(retry) as number | undefined) ?? 0;
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
    if (!facts.reused) journey.memory.set(retry, freshResends + 1);
    return 'again';
  },
};
